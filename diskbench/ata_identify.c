/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IDENTIFY DEVICE data. Pure. See ata_identify.h. */
#include "diskbench/ata_identify.h"
#include "core/text.h"

#define CHECKSUM_SIGNATURE 0xa5 /* word 255 bits 7:0 */

static uint16_t word(struct span page, size_t number)
{
	return le16(page.at + 2 * number);
}

static uint64_t words(struct span page, size_t first, size_t count)
{
	uint64_t value = 0;

	for (size_t i = count; i-- > 0;)
		value = value << 16 | word(page, first + i);
	return value;
}

/* Two characters per word, the first in the high byte. */
static void text(struct span page, size_t first, size_t count, char *ret, size_t cap)
{
	uint8_t raw[ATA_MODEL];

	for (size_t i = 0; i < count; i++)
		put_be16(raw + 2 * i, word(page, first + i));
	text_clean(ret, cap, raw, 2 * count);
}

/* Words that are zeros or ones on drives too old to have them. */
static bool is_valid(uint16_t feature_word)
{
	return (feature_word & 0xc000) == 0x4000;
}

static bool has_feature(struct span page, unsigned bit)
{
	const uint16_t supported = word(page, 84), enabled = word(page, 87);

	return (is_valid(supported) && supported >> bit & 1) ||
	       (is_valid(enabled) && enabled >> bit & 1);
}

static void read_sizes(struct span page, struct ata_identity *id)
{
	const uint16_t sizes = word(page, 106);
	const bool big = is_valid(word(page, 83)) && word(page, 83) >> 10 & 1;
	const uint64_t long_words = words(page, 117, 2);

	id->blocks = big ? words(page, 100, 4) : words(page, 60, 2);
	id->logical_bytes = 512;
	if (is_valid(sizes) && sizes >> 12 & 1 && long_words >= 256 && long_words <= 1u << 16)
		id->logical_bytes = 2 * (uint32_t)long_words;
	id->physical_bytes = id->logical_bytes;
	if (is_valid(sizes) && sizes >> 13 & 1)
		id->physical_bytes <<= sizes & 15;
}

static void read_link(struct span page, struct ata_identity *id)
{
	const uint16_t can = word(page, 76), now = word(page, 77);

	if (can == 0 || can == 0xffff)
		return;
	for (unsigned gen = 1; gen <= 3; gen++) {
		if (can >> gen & 1)
			id->sata_gen = gen;
	}
	id->phy_counters = can >> 10 & 1;
	id->sata_gen_now = now == 0xffff ? 0 : now >> 1 & 7;
}

enum page_result ata_identity_read(struct span page, struct ata_identity *ret)
{
	struct ata_identity id = {0};
	uint16_t rotation;

	if (page.len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	page.len = ATA_PAGE_BYTES;
	if (page.at[510] == CHECKSUM_SIGNATURE && !page_adds_up(page))
		return PAGE_CHECKSUM;
	text(page, 27, 20, id.model, sizeof(id.model));
	if (id.model[0] == '\0')
		return PAGE_EMPTY;
	if (word(page, 0) >> 15 != 0)
		return PAGE_ABSURD; /* not an ATA drive: bit 15 marks packet devices */
	text(page, 10, 10, id.serial, sizeof(id.serial));
	text(page, 23, 4, id.firmware, sizeof(id.firmware));
	read_sizes(page, &id);
	read_link(page, &id);
	id.wwn = is_valid(word(page, 87)) && word(page, 87) >> 8 & 1
			 ? (uint64_t)word(page, 108) << 48 | (uint64_t)word(page, 109) << 32 |
				   (uint64_t)word(page, 110) << 16 | word(page, 111)
			 : 0;
	rotation = word(page, 217);
	id.solid_state = rotation == 1;
	id.rpm = rotation > 0x400 && rotation < 0xffff ? rotation : 0;
	/* Before ATA/ATAPI-4 there was no validity mark, and no SMART bit 0 without SMART. */
	id.smart_supported = word(page, 82) != 0xffff && (word(page, 82) & 1) != 0;
	id.smart_enabled = word(page, 85) != 0xffff && (word(page, 85) & 1) != 0;
	id.error_logging = has_feature(page, 0);
	id.self_test = has_feature(page, 1);
	id.log_pages = has_feature(page, 5);
	id.locked = word(page, 128) != 0xffff && (word(page, 128) >> 2 & 1) != 0;
	*ret = id;
	return PAGE_GOOD;
}
