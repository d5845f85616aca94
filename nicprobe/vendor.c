/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking up the holder of a MAC address. Pure. See vendor.h. */
#include "nicprobe/vendor.h"
#include "core/fmt.h"

#define HEADER_BYTES 20
#define OFFSET_BYTES 3
#define LOCAL_BIT    2 /* of the first byte */

/* Kinds of blocks, in the order of the table. */
static const struct {
	unsigned bits, bytes; /* of a prefix */
} kinds[] = {{24, 3}, {28, 4}, {36, 5}};

#define KINDS ARRAY_LEN(kinds)

/* The registry itself holds the blocks that it deals out in smaller ones. */
static const char registry[] = "IEEE Registration Authority";

struct vendors {
	struct span blocks[KINDS];
	struct span names;
};

static bool open_table(struct span table, struct vendors *ret)
{
	size_t at = HEADER_BYTES;

	if (table.len < HEADER_BYTES || memcmp(table.at, "MACV", 4) != 0)
		return false;
	for (size_t k = 0; k < KINDS; k++) {
		const uint64_t len = (uint64_t)le32(table.at + 4 + 4 * k) *
				     (kinds[k].bytes + OFFSET_BYTES);

		if (len > table.len - at)
			return false;
		ret->blocks[k] = (struct span){table.at + at, (size_t)len};
		at += (size_t)len;
	}
	ret->names = (struct span){table.at + at, table.len - at};
	return ret->names.len == le32(table.at + 16) && ret->names.len > 0 &&
	       ret->names.at[ret->names.len - 1] == '\0';
}

/* The name of the block of one kind that `mac` lies in; NULL: none. */
static const char *find(const struct vendors *v, size_t k, struct mac mac)
{
	const unsigned bytes = kinds[k].bytes, entry = bytes + OFFSET_BYTES;
	size_t lo = 0, hi = v->blocks[k].len / entry;
	uint8_t key[MAC_BYTES];

	memcpy(key, mac.at, sizeof(key));
	if (kinds[k].bits % 8 != 0)
		key[bytes - 1] &= 0xf0;
	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;
		const uint8_t *at = v->blocks[k].at + middle * entry;
		const int order = memcmp(key, at, bytes);

		if (order == 0) {
			const size_t offset = at[bytes] | (size_t)at[bytes + 1] << 8 |
					      (size_t)at[bytes + 2] << 16;

			return offset < v->names.len ? (const char *)v->names.at + offset : NULL;
		}
		if (order < 0)
			hi = middle;
		else
			lo = middle + 1;
	}
	return NULL;
}

static const char *find_longest(const struct vendors *v, struct mac mac)
{
	for (size_t k = KINDS; k-- > 0;) {
		const char *name = find(v, k, mac);

		if (name != NULL && !text_same(name, registry))
			return name;
	}
	return NULL;
}

const char *vendor_in(struct span table, struct mac mac, char ret[VENDOR_TEXT])
{
	const bool local = (mac.at[0] & LOCAL_BIT) != 0;
	const char *name = NULL;
	struct vendors v;

	ret[0] = '\0';
	if (mac_is_group(mac) || !open_table(table, &v))
		return ret;
	name = find_longest(
		&v, mac); /* a few old blocks have the bit set and are not local at all */
	if (name != NULL) {
		text_copy(ret, VENDOR_TEXT, name);
		return ret;
	}
	if (!local)
		return ret;
	mac.at[0] &= (uint8_t)~LOCAL_BIT;
	name = find_longest(&v, mac);
	if (name != NULL)
		fmt_to(ret, VENDOR_TEXT, "%s (locally administered)", name);
	else
		text_copy(ret, VENDOR_TEXT, "locally administered");
	return ret;
}

const char *vendor_mac_text(char ret[VENDOR_MAC_TEXT], struct mac mac)
{
	char vendor[VENDOR_TEXT];

	mac_text(ret, mac);
	if (vendor_of(mac, vendor)[0] != '\0')
		fmt_add(ret, VENDOR_MAC_TEXT, " (%s)", vendor);
	return ret;
}

const char *vendor_of(struct mac mac, char ret[VENDOR_TEXT])
{
	return vendor_in(
		(struct span){vendor_table, (size_t)(vendor_table_end - vendor_table)}, mac, ret);
}
