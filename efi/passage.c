/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which way commands go. See passage.h. */
#include "efi/passage.h"
#include "core/fmt.h"
#include "core/text.h"
#include "efi/status.h"

#define INQUIRY       0x12u
#define INQUIRY_BYTES 36u
#define VENDOR_AT     8 /* in INQUIRY data; SAT requires "ATA     " there */

static const struct {
	EFI_STATUS status;
	enum disk_result result;
} results[] = {
	{EFI_TIMEOUT, DISK_TIMEOUT},
	{EFI_NO_MEDIA, DISK_GONE},
	{EFI_MEDIA_CHANGED, DISK_GONE},
	{EFI_UNSUPPORTED, DISK_REFUSED},
	{EFI_INVALID_PARAMETER, DISK_REFUSED},
	{EFI_BAD_BUFFER_SIZE, DISK_REFUSED},
	{EFI_NOT_FOUND, DISK_REFUSED},
};

static const struct {
	const char *bus, *why;
} mutes[] = {
	{"virtio", "a virtio disk knows no commands but reads and writes"},
	{"usb", "the firmware's USB storage driver lets no commands through"},
};

enum disk_result passage_send(struct passage *passage, struct disk *disk,
	const struct disk_command *c, struct disk_answer *ret)
{
	EFI_STATUS status = passage->send(passage, c, disk->buffer, ret);

	if (ret->bytes > c->bytes)
		ret->bytes = c->bytes;
	if (!EFI_ERROR(status))
		return DISK_OK;
	status_say(disk->error, sizeof(disk->error), passage->call, status);
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		if (results[i].status == status)
			return results[i].result;
	}
	return DISK_ERROR;
}

/* Whether a SCSI unit is an ATA drive behind a translation layer. */
static bool is_bridge(struct passage *passage, struct disk *disk)
{
	const struct disk_command inquiry = {.language = DISK_SCSI,
		.u.scsi = {.cdb = {INQUIRY, 0, 0, 0, INQUIRY_BYTES}, .cdb_bytes = 6},
		.bytes = INQUIRY_BYTES};
	struct disk_answer answer = {0};

	memset(disk->buffer, 0, INQUIRY_BYTES);
	return passage_send(passage, disk, &inquiry, &answer) == DISK_OK &&
	       memcmp(disk->buffer + VENDOR_AT, "ATA     ", 8) == 0;
}

void passage_find(
	EFI_HANDLE handle, const struct pci_device *pci, struct disk *disk, struct passage *ret)
{
	struct span path = path_of(handle), rest = path;
	struct path_node node;

	*ret = (struct passage){0};
	if (path_has(path, MESSAGING_DEVICE_PATH, MSG_NVME_DP)) {
		while (path_next(&rest, &node)) {
			if (node.type == MESSAGING_DEVICE_PATH && node.subtype == MSG_NVME_DP &&
				node.body.len >= 4)
				disk->namespace_id = le32(node.body.at);
		}
		if (nvme_passage(pci, ret))
			disk->speaks = DISK_SPEAKS_NVME;
	} else if (ata_passage(path, pci, ret)) {
		disk->speaks = DISK_SPEAKS_ATA;
	} else if (scsi_passage(handle, ret)) {
		disk->speaks = DISK_SPEAKS_SCSI;
		if (is_bridge(ret, disk))
			disk->speaks |= DISK_SPEAKS_ATA;
	}
	if (disk->speaks != 0)
		return;
	text_copy(disk->mute, sizeof(disk->mute), "the firmware offers no way to send commands");
	for (size_t i = 0; i < ARRAY_LEN(mutes); i++) {
		if (text_same(mutes[i].bus, disk->bus))
			text_copy(disk->mute, sizeof(disk->mute), mutes[i].why);
	}
}
