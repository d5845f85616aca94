/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device statistics and SATA phy event counters. Pure. See ata_logs.h. */
#include "diskbench/ata_logs.h"

/* ---- statistics ---- */

/* Each is 8 bytes: value in the low bytes, flags in the highest. */
#define FLAG_SUPPORTED 0x80
#define FLAG_VALID     0x40

#define PAGE_NUMBER_AT 2 /* in the header */

static const struct {
	const char *name;
	uint8_t page, at, bytes;
	bool is_signed;
} statistics[ATA_STATISTICS] = {
	[ATA_STAT_POWER_CYCLES] = {"Lifetime Power-On Resets", 1, 8, 4, false},
	[ATA_STAT_HOURS] = {"Power-on Hours", 1, 16, 4, false},
	[ATA_STAT_WRITTEN] = {"Logical Sectors Written", 1, 24, 6, false},
	[ATA_STAT_READ] = {"Logical Sectors Read", 1, 40, 6, false},
	[ATA_STAT_PENDING] = {"Pending Error Count", 1, 64, 4, false},
	[ATA_STAT_REALLOCATED] = {"Number of Reallocated Logical Sectors", 3, 32, 4, false},
	[ATA_STAT_RECOVERIES] = {"Read Recovery Attempts", 3, 40, 4, false},
	[ATA_STAT_START_FAILURES] = {"Number of Mechanical Start Failures", 3, 48, 4, false},
	[ATA_STAT_CANDIDATES] = {"Number of Realloc. Candidate Logical Sectors", 3, 56, 4, false},
	[ATA_STAT_UNCORRECTABLE] = {"Number of Reported Uncorrectable Errors", 4, 8, 4, false},
	[ATA_STAT_TEMPERATURE] = {"Current Temperature", 5, 8, 1, true},
	[ATA_STAT_HIGHEST] = {"Highest Temperature", 5, 32, 1, true},
	[ATA_STAT_LOWEST] = {"Lowest Temperature", 5, 40, 1, true},
	[ATA_STAT_MAX_OPERATING] = {"Specified Maximum Operating Temperature", 5, 88, 1, true},
	[ATA_STAT_OVER_TIME] = {"Time in Over-Temperature", 5, 80, 4, false},
	[ATA_STAT_HARD_RESETS] = {"Number of Hardware Resets", 6, 8, 4, false},
	[ATA_STAT_CRC] = {"Number of Interface CRC Errors", 6, 24, 4, false},
	[ATA_STAT_USED] = {"Percentage Used Endurance Indicator", 7, 8, 1, false},
};

const char *ata_statistic_name(enum ata_statistic which)
{
	return statistics[which].name;
}

static int64_t value_at(const uint8_t *p, unsigned bytes, bool is_signed)
{
	uint64_t value = 0;

	for (unsigned i = bytes; i-- > 0;)
		value = value << 8 | p[i];
	return is_signed && bytes == 1 ? (int8_t)value : (int64_t)value;
}

enum page_result ata_statistics_add(struct span page, unsigned number, struct ata_statistics *stats)
{
	if (page.len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	if (page.at[PAGE_NUMBER_AT] == 0 && le16(page.at) == 0)
		return PAGE_EMPTY;
	if (page.at[PAGE_NUMBER_AT] != number)
		return PAGE_ABSURD;
	for (size_t i = 0; i < ATA_STATISTICS; i++) {
		const uint8_t *p = page.at + statistics[i].at;

		if (statistics[i].page != number ||
			(p[7] & (FLAG_SUPPORTED | FLAG_VALID)) != (FLAG_SUPPORTED | FLAG_VALID))
			continue;
		stats->valid[i] = true;
		stats->value[i] = value_at(p, statistics[i].bytes, statistics[i].is_signed);
	}
	return PAGE_GOOD;
}

static const struct {
	enum ata_statistic statistic;
	enum health_count figure;
} figures[] = {
	{ATA_STAT_POWER_CYCLES, HEALTH_POWER_CYCLES},
	{ATA_STAT_HOURS, HEALTH_HOURS},
	{ATA_STAT_PENDING, HEALTH_PENDING},
	{ATA_STAT_REALLOCATED, HEALTH_REALLOCATED},
	{ATA_STAT_UNCORRECTABLE, HEALTH_MEDIA},
	{ATA_STAT_CRC, HEALTH_LINK},
};

void ata_statistics_fold(const struct ata_statistics *stats, struct health *h)
{
	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		const enum ata_statistic s = figures[i].statistic;

		if (stats->valid[s])
			health_take(
				h, figures[i].figure, SOURCE_STATISTICS, (uint64_t)stats->value[s]);
	}
	if (stats->valid[ATA_STAT_TEMPERATURE] && !h->has_temperature) {
		h->has_temperature = true;
		h->temperature_c = (int)stats->value[ATA_STAT_TEMPERATURE];
	}
	if (stats->valid[ATA_STAT_USED] && !h->has_used) {
		h->has_used = true;
		h->used_percent = (unsigned)stats->value[ATA_STAT_USED];
	}
}

/* ---- the link ---- */

#define PHY_FIRST     4
#define PHY_ID        0x0fff /* bits 14:12: words of the value; bit 15: vendor specific */
#define PHY_VENDOR    0x8000
#define PHY_LINK_LOST 0x009

/* Ids of damaged transfers that do not count the same damage twice: 001h counts commands, 003h and 004h data both ways,
 * 006h and 007h everything else both ways. */
static bool is_damage(unsigned id)
{
	return id == 0x003 || id == 0x004 || id == 0x006 || id == 0x007;
}

static uint64_t saturated(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

enum page_result ata_phy_counters_read(struct span page, struct ata_phy_counters *ret)
{
	struct ata_phy_counters c = {0};
	uint64_t commands = 0;

	if (page.len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	page.len = ATA_PAGE_BYTES;
	if (!page_adds_up(page))
		return PAGE_CHECKSUM;
	for (size_t at = PHY_FIRST; at + 2 < ATA_PAGE_BYTES && le16(page.at + at) != 0;) {
		const uint16_t head = le16(page.at + at);
		const unsigned bytes = 2u * (head >> 12 & 7);
		uint64_t value;

		if (bytes == 0 || at + 2 + bytes > ATA_PAGE_BYTES - 1)
			return PAGE_ABSURD;
		value = bytes <= 6 ? (uint64_t)value_at(page.at + at + 2, bytes, false)
				   : le64(page.at + at + 2);
		at += 2 + bytes;
		c.count++;
		if (head & PHY_VENDOR)
			continue;
		if (is_damage(head & PHY_ID))
			c.damaged = saturated(c.damaged, value);
		else if ((head & PHY_ID) == 0x001)
			commands = value;
		else if ((head & PHY_ID) == PHY_LINK_LOST)
			c.lost = value;
	}
	if (c.count == 0)
		return PAGE_EMPTY;
	if (c.damaged < commands)
		c.damaged = commands;
	*ret = c;
	return PAGE_GOOD;
}
