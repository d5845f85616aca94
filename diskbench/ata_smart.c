/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMART data and thresholds. Pure. See ata_smart.h. */
#include "diskbench/ata_smart.h"

#define FIRST_ENTRY 2 /* after the revision */
#define ENTRY_BYTES 12

#define VALUE_MAX        253 /* 254 and 255 are reserved */
#define THRESHOLD_ALWAYS 0   /* always passing */

/* Little-endian, 6 bytes. */
static uint64_t raw_at(const uint8_t *p)
{
	return (uint64_t)le16(p + 4) << 32 | le32(p);
}

enum page_result ata_smart_read(struct span data, struct ata_smart *ret)
{
	struct ata_smart smart = {0};

	if (data.len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	data.len = ATA_PAGE_BYTES;
	if (!page_adds_up(data))
		return PAGE_CHECKSUM;
	for (size_t i = 0; i < ATA_ATTRIBUTES; i++) {
		const uint8_t *entry = data.at + FIRST_ENTRY + i * ENTRY_BYTES;

		if (entry[0] == 0)
			continue;
		smart.attributes[smart.count++] = (struct ata_attribute){
			.id = entry[0],
			.prefail = entry[1] & 1,
			.value = entry[3],
			.worst = entry[4],
			.raw = raw_at(entry + 5),
		};
	}
	if (smart.count == 0)
		return PAGE_EMPTY;
	smart.self_test = data.at[363] >> 4;
	smart.self_test_left_percent = 10u * (data.at[363] & 15);
	smart.can_self_test = data.at[367] >> 4 & 1;
	smart.short_minutes = data.at[372];
	*ret = smart;
	return PAGE_GOOD;
}

enum page_result ata_smart_add_thresholds(struct span thresholds, struct ata_smart *smart)
{
	bool any = false;

	if (thresholds.len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	thresholds.len = ATA_PAGE_BYTES;
	if (!page_adds_up(thresholds))
		return PAGE_CHECKSUM;
	for (size_t i = 0; i < ATA_ATTRIBUTES; i++) {
		const uint8_t *entry = thresholds.at + FIRST_ENTRY + i * ENTRY_BYTES;

		for (unsigned a = 0; a < smart->count && entry[0] != 0; a++) {
			if (smart->attributes[a].id == entry[0]) {
				smart->attributes[a].threshold = entry[1];
				any = true;
			}
		}
	}
	if (!any)
		return PAGE_EMPTY;
	smart->has_thresholds = true;
	return PAGE_GOOD;
}

enum attribute_state ata_attribute_state(const struct ata_attribute *a)
{
	if (a->threshold == THRESHOLD_ALWAYS || a->threshold > VALUE_MAX || a->value > VALUE_MAX)
		return ATTRIBUTE_UNJUDGED;
	if (a->value <= a->threshold)
		return ATTRIBUTE_FAILING;
	/* A worst value of 0 was never set: no drive counts down to 0 and up again. */
	if (a->worst > 0 && a->worst <= a->threshold)
		return ATTRIBUTE_FAILED_PAST;
	return ATTRIBUTE_GOOD;
}

const struct ata_attribute *ata_smart_find(const struct ata_smart *smart, uint8_t id)
{
	for (unsigned i = 0; i < smart->count; i++) {
		if (smart->attributes[i].id == id)
			return &smart->attributes[i];
	}
	return NULL;
}

const char *ata_self_test_text(unsigned status)
{
	static const char *const texts[TEST_RESULTS] = {
		[0] = "completed without error",
		[1] = "aborted by the host",
		[2] = "interrupted by a reset",
		[3] = "could not be completed",
		[4] = "unknown element failed",
		[5] = "electrical element failed",
		[6] = "servo or seek element failed",
		[7] = "read element failed",
		[8] = "failed, suspected handling damage",
		[15] = "still running",
	};

	return test_result_text(texts, status);
}
