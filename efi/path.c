/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device paths. See path.h. */
#include "efi/path.h"
#include "core/fmt.h"
#include "efi/firmware.h"

#define NODE_HEADER    4
#define PATH_BYTES_MAX 4096

struct span path_span(const EFI_DEVICE_PATH *path)
{
	const uint8_t *at = (const uint8_t *)path;
	size_t len = 0;

	if (path == NULL)
		return (struct span){NULL, 0};
	while (len < PATH_BYTES_MAX) {
		size_t node = le16(at + len + 2);

		if ((at[len] & EFI_DP_TYPE_MASK) == END_DEVICE_PATH_TYPE)
			return (struct span){at, len};
		if (node < NODE_HEADER)
			break;
		len += node;
	}
	return (struct span){NULL, 0};
}

struct span path_of(EFI_HANDLE handle)
{
	return path_span(protocol_on(handle, &guid_device_path));
}

bool path_next(struct span *rest, struct path_node *ret)
{
	size_t len;

	if (rest->len < NODE_HEADER)
		return false;
	len = le16(rest->at + 2);
	if (len < NODE_HEADER || len > rest->len)
		return false;
	*ret = (struct path_node){rest->at[0] & EFI_DP_TYPE_MASK, rest->at[1],
		{rest->at + NODE_HEADER, len - NODE_HEADER}};
	*rest = (struct span){rest->at + len, rest->len - len};
	return true;
}

struct span path_disk(struct span path)
{
	struct span rest = path;
	struct path_node node;
	size_t len = 0;

	while (path_next(&rest, &node) && node.type != MEDIA_DEVICE_PATH)
		len = path.len - rest.len;
	return (struct span){path.at, len};
}

bool path_below(struct span path, struct span prefix)
{
	return prefix.len > 0 && path.len >= prefix.len &&
	       memcmp(path.at, prefix.at, prefix.len) == 0;
}

bool path_has(struct span path, uint8_t type, uint8_t subtype)
{
	struct path_node node;

	while (path_next(&path, &node)) {
		if (node.type == type && node.subtype == subtype)
			return true;
	}
	return false;
}

bool path_last(struct span path, struct path_node *ret)
{
	bool any = false;

	while (path_next(&path, ret))
		any = true;
	return any;
}

/* ---- in words ---- */

static void say_ata(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " %s %s", p[0] == 0 ? "primary" : "secondary",
		p[1] == 0 ? "master" : "slave");
}

static void say_scsi(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " target %u lun %u", le16(p), le16(p + 2));
}

static void say_port(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " port %u", le16(p));
}

static void say_usb(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " port %u", p[0]);
}

static void say_lun(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " lun %u", p[0]);
}

static void say_namespace(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " namespace %u", le32(p));
}

static void say_partition(char *dst, size_t cap, const uint8_t *p)
{
	fmt_add(dst, cap, " partition %u", le32(p));
}

static const struct {
	uint8_t type, subtype, body_bytes;
	void (*say)(char *dst, size_t cap, const uint8_t *body);
} words[] = {
	{MESSAGING_DEVICE_PATH, MSG_ATAPI_DP, 4, say_ata},
	{MESSAGING_DEVICE_PATH, MSG_SCSI_DP, 4, say_scsi},
	{MESSAGING_DEVICE_PATH, MSG_SATA_DP, 6, say_port},
	{MESSAGING_DEVICE_PATH, MSG_USB_DP, 2, say_usb},
	{MESSAGING_DEVICE_PATH, MSG_DEVICE_LOGICAL_UNIT_DP, 1, say_lun},
	{MESSAGING_DEVICE_PATH, MSG_NVME_DP, 12, say_namespace},
	{MEDIA_DEVICE_PATH, MEDIA_HARDDRIVE_DP, 4, say_partition},
};

void path_describe(struct span path, char *dst, size_t cap)
{
	struct path_node node;

	while (path_next(&path, &node)) {
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			if (words[i].type == node.type && words[i].subtype == node.subtype &&
				node.body.len >= words[i].body_bytes)
				words[i].say(dst, cap, node.body.at);
		}
	}
}
