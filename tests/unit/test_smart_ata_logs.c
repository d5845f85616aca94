/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Decoding the logs, statistics and link counters of ATA drives: made pages at the edges of their formats. */
#include "diskbench/ata_attributes.h"
#include "tests/test.h"
#include "tests/unit/smart_maker.h"

/* ---- logs ---- */

static void test_error_log(void)
{
	uint8_t page[512] = {1};
	struct ata_error_log log;
	uint8_t *e;

	seal(page);
	CHECK_U64(ata_error_log_read(SPAN(page), &log), PAGE_EMPTY);
	CHECK_U64(log.count, 0);
	/* Seven errors in all: the newest is the second entry, the one before the first, then the fifth. */
	page[1] = 2;
	put_le(page + 452, 7, 2);
	for (size_t i = 0; i < 5; i++) {
		e = page + 2 + 90 * i + 60;
		e[1] = i == 1 ? ATA_ERROR_UNC : ATA_ERROR_ABRT;
		put_le(e + 3, 0x112233 + i, 3);
		e[6] = 0xe4;
		e[7] = 0x51;
		put_le(e + 28, 1000 + i, 2);
	}
	seal(page);
	CHECK_U64(ata_error_log_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.total, 7);
	CHECK_U64(log.count, 5);
	CHECK_U64(log.newest[0].error, ATA_ERROR_UNC);
	CHECK_U64(log.newest[0].lba, 0x4112234);
	CHECK_U64(log.newest[0].hours, 1001);
	CHECK_U64(log.newest[1].hours, 1000);
	CHECK_U64(log.newest[2].hours, 1004);
	CHECK(ata_error_is_data(log.newest[0].error) && !ata_error_is_data(log.newest[1].error));
	page[1] = 6; /* no such entry */
	seal(page);
	CHECK_U64(ata_error_log_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.count, 0);
	page[9]++;
	CHECK_U64(ata_error_log_read(SPAN(page), &log), PAGE_CHECKSUM);
}

static void test_extended_error_log(void)
{
	uint8_t page[512] = {1}, *e = page + 4 + 90;
	struct ata_error_log log;

	page[2] = 1;
	put_le(page + 500, 1, 2);
	e[1] = ATA_ERROR_UNC;
	e[4] = 0x66;
	e[6] = 0x55;
	e[8] = 0x44;
	e[5] = 0x33;
	e[7] = 0x22;
	e[9] = 0x11;
	e[11] = 0x51;
	put_le(e + 32, 4711, 2);
	seal(page);
	CHECK_U64(ata_error_log_ext_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.count, 1);
	CHECK_U64(log.newest[0].lba, 0x112233445566);
	CHECK_U64(log.newest[0].hours, 4711);
	put_le(page + 2, 9, 2); /* the newest entry is on the third page */
	seal(page);
	CHECK_U64(ata_error_log_ext_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.count, 0);
}

static void test_self_test_logs(void)
{
	uint8_t page[512] = {1}, *e = page + 2;
	struct ata_test_log log;

	seal(page);
	CHECK_U64(ata_test_log_read(SPAN(page), &log), PAGE_EMPTY);
	e[0] = 2; /* extended, read failure */
	e[1] = 0x72;
	put_le(e + 2, 500, 2);
	put_le(e + 5, 123456, 4);
	e[24] = 1; /* short, good */
	put_le(e + 26, 501, 2);
	put_le(e + 29, 0xffffffff, 4);
	page[508] = 2;
	seal(page);
	CHECK_U64(ata_test_log_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.count, 2);
	CHECK_U64(log.newest[0].kind, 1);
	CHECK(!log.newest[0].has_lba);
	CHECK_U64(log.newest[1].status, ATA_TEST_FAILED_READ);
	CHECK(log.newest[1].has_lba && log.newest[1].lba == 123456);
	CHECK_STR(ata_self_test_text(log.newest[1].status), "read element failed");

	memset(page, 0, sizeof(page));
	page[0] = page[2] = 1;
	e = page + 4;
	e[0] = 1;
	e[1] = 0x70;
	put_le(e + 2, 9, 2);
	put_le(e + 5, 0x112233445566, 6);
	seal(page);
	CHECK_U64(ata_test_log_ext_read(SPAN(page), &log), PAGE_GOOD);
	CHECK_U64(log.newest[0].lba, 0x112233445566);
	CHECK_STR(ata_self_test_text(99), "unknown result");
}

/* ---- statistics ---- */

static void put_statistic(uint8_t *page, size_t at, uint8_t flags, uint64_t value, size_t bytes)
{
	put_le(page + at, value, bytes);
	page[at + 7] = flags;
}

static void test_statistics(void)
{
	struct ata_statistics stats = {0};
	struct health h = {0};
	uint8_t page[512] = {1, 0, 1};

	put_statistic(page, 8, 0xc0, 77, 4);
	put_statistic(page, 16, 0x80, 12345, 4); /* not valid */
	put_statistic(page, 64, 0x40, 9, 4);     /* not supported */
	CHECK_U64(ata_statistics_add(SPAN(page), 1, &stats), PAGE_GOOD);
	CHECK(stats.valid[ATA_STAT_POWER_CYCLES] && stats.value[ATA_STAT_POWER_CYCLES] == 77);
	CHECK(!stats.valid[ATA_STAT_HOURS] && !stats.valid[ATA_STAT_PENDING]);
	CHECK_U64(ata_statistics_add(SPAN(page), 5, &stats), PAGE_ABSURD);

	memset(page, 0, sizeof(page));
	CHECK_U64(ata_statistics_add(SPAN(page), 5, &stats), PAGE_EMPTY);
	page[0] = 1;
	page[2] = 5;
	put_statistic(page, 8, 0xc0, 0xf6, 1);
	put_statistic(page, 32, 0xc8, 61, 1);
	CHECK_U64(ata_statistics_add(SPAN(page), 5, &stats), PAGE_GOOD);
	CHECK(stats.value[ATA_STAT_TEMPERATURE] == -10 && stats.value[ATA_STAT_HIGHEST] == 61);
	page[2] = 6;
	put_statistic(page, 24, 0xc0, 3, 4);
	CHECK_U64(ata_statistics_add(SPAN(page), 6, &stats), PAGE_GOOD);
	page[2] = 7;
	put_statistic(page, 8, 0xc0, 104, 1);
	CHECK_U64(ata_statistics_add(SPAN(page), 7, &stats), PAGE_GOOD);
	ata_statistics_fold(&stats, &h);
	CHECK_U64(h.counts[HEALTH_LINK].value, 3);
	CHECK_U64(h.counts[HEALTH_POWER_CYCLES].value, 77);
	CHECK(h.counts[HEALTH_HOURS].source == SOURCE_NONE &&
		h.counts[HEALTH_MEDIA].source == SOURCE_NONE);
	CHECK(h.has_used && h.used_percent == 104 && h.temperature_c == -10);
}

/* Figures of different sources are never compared: they count differently. */
static void test_sources(void)
{
	struct health before = {0}, now = {0};

	health_take(&before, HEALTH_PENDING, SOURCE_ATTRIBUTE, 1);
	CHECK(!health_grew(&before, &now, HEALTH_PENDING));
	health_take(&now, HEALTH_PENDING, SOURCE_STATISTICS, 2);
	health_take(&now, HEALTH_PENDING, SOURCE_ATTRIBUTE, 3); /* the first one counts */
	CHECK(now.counts[HEALTH_PENDING].value == 2 && !health_grew(&before, &now, HEALTH_PENDING));
	now.counts[HEALTH_PENDING].source = SOURCE_ATTRIBUTE;
	CHECK(health_grew(&before, &now, HEALTH_PENDING));
}

static void test_phy_counters(void)
{
	uint8_t page[512] = {0}, *p = page + 4;
	struct ata_phy_counters c;

	seal(page);
	CHECK_U64(ata_phy_counters_read(SPAN(page), &c), PAGE_EMPTY);
	put_le(p, 0x1001, 2); /* one word: commands with a CRC error */
	put_le(p + 2, 2, 2);
	put_le(p + 4, 0x2004, 2); /* two words: R_ERR for data to the drive */
	put_le(p + 6, 70000, 4);
	put_le(p + 10, 0xb00b, 2); /* a vendor's, three words */
	put_le(p + 12, 999, 6);
	put_le(p + 18, 0x1009, 2);
	put_le(p + 20, 5, 2);
	put_le(p + 22, 0x100b, 2); /* counts what 004h and 007h count */
	put_le(p + 24, 70000, 2);
	seal(page);
	CHECK_U64(ata_phy_counters_read(SPAN(page), &c), PAGE_GOOD);
	CHECK_U64(c.count, 5);
	CHECK_U64(c.damaged, 70000);
	CHECK_U64(c.lost, 5);
	put_le(p + 26, 0x0011, 2); /* no words: it would never end */
	seal(page);
	CHECK_U64(ata_phy_counters_read(SPAN(page), &c), PAGE_ABSURD);
}

int main(void)
{
	test_error_log();
	test_extended_error_log();
	test_self_test_logs();
	test_statistics();
	test_sources();
	test_phy_counters();
	return test_end(__FILE__);
}
