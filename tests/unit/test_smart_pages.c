/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Decoding what NVMe and SCSI drives say of themselves, from made pages. */
#include "diskbench/nvme_pages.h"
#include "diskbench/scsi_pages.h"
#include "tests/test.h"
#include "tests/unit/smart_maker.h"

/* ---- NVMe ---- */

static void test_nvme_controller(void)
{
	uint8_t page[4096] = {0};
	struct nvme_controller c;

	CHECK_U64(nvme_controller_read(SPAN(page), &c), PAGE_EMPTY);
	CHECK_U64(nvme_controller_read((struct span){page, 4095}, &c), PAGE_SHORT);
	memcpy(page + 4, "S4EVNX0N123456      ", 20);
	memcpy(page + 24, "Samsung SSD 970 EVO Plus\x01               ", 40);
	memcpy(page + 64, "2B2QEXM7", 8);
	put_le(page + 80, 0x10300, 4);
	put_le(page + 256, 0x0017, 2);
	page[262] = 63;
	put_le(page + 266, 358, 2);
	put_le(page + 268, 359, 2);
	CHECK_U64(nvme_controller_read(SPAN(page), &c), PAGE_GOOD);
	CHECK_STR(c.serial, "S4EVNX0N123456");
	CHECK_STR(c.model, "Samsung SSD 970 EVO Plus?");
	CHECK_STR(c.firmware, "2B2QEXM7");
	CHECK(c.self_test && c.error_entries == 64 && c.warning_k == 358 && c.critical_k == 359);
	page[256] = 0x07;
	CHECK_U64(nvme_controller_read(SPAN(page), &c), PAGE_GOOD);
	CHECK(!c.self_test);
}

static void test_nvme_health(void)
{
	uint8_t page[512] = {0};
	struct nvme_health n = {0};
	struct health h = {0};

	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_EMPTY);
	page[0] = 0x14;
	put_le(page + 1, 310, 2);
	page[3] = 100;
	page[4] = 10;
	page[5] = 255;
	for (size_t i = 0; i < 10; i++)
		put_le(page + 32 + 16 * i, 1000 + i, 8);
	put_le(page + 192, 5, 4);
	put_le(page + 200, 320, 2);
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_GOOD);
	CHECK_U64(n.critical_warning, 0x14);
	CHECK(n.units_read == 1000 && n.units_written == 1001 && n.host_reads == 1002);
	CHECK(n.host_writes == 1003 && n.busy_minutes == 1004 && n.power_cycles == 1005);
	CHECK(n.power_on_hours == 1006 && n.unsafe_shutdowns == 1007 && n.media_errors == 1008);
	CHECK(n.log_entries == 1009 && n.warning_minutes == 5 && n.sensors_k[0] == 320);
	CHECK(!nvme_spare_is_low(&n));
	nvme_health_fold(&n, &h);
	CHECK(h.counts[HEALTH_MEDIA].value == 1008 && h.temperature_c == 37 &&
		h.used_percent == 255);
	page[160 + 15] = 1; /* beyond 64 bits */
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_GOOD);
	CHECK_U64(n.media_errors, UINT64_MAX);
	page[3] = 9;
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_GOOD);
	CHECK(nvme_spare_is_low(&n));
	page[3] = page[4] = 0; /* QEMU: not known, both */
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_GOOD);
	CHECK(!nvme_spare_is_low(&n));
	page[3] = 101;
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_ABSURD);
	memset(page, 0xff, sizeof(page));
	CHECK_U64(nvme_health_read(SPAN(page), &n), PAGE_ABSURD);
	CHECK_U64(nvme_health_read((struct span){page, 511}, &n), PAGE_SHORT);
}

static void test_nvme_errors(void)
{
	static const struct {
		uint16_t status;
		bool data;
	} cases[] = {
		{2 << 9 | 0x81 << 1, true},     /* unrecovered read */
		{2 << 9 | 0x81 << 1 | 1, true}, /* with the phase bit */
		{0x7 << 12 | 2 << 9 | 0x84 << 1, true},
		{2 << 9 | 0x86 << 1, false}, /* access denied */
		{2 << 9 | 0x87 << 1, false}, /* never written */
		{0 << 9 | 0x02 << 1, false}, /* invalid field */
		{0 << 9 | 0x04 << 1, true},  /* data transfer */
		{1 << 9 | 0x09 << 1, false}, /* invalid log page */
	};
	uint8_t entry[64] = {0};
	struct nvme_error e;

	CHECK_U64(nvme_error_read(SPAN(entry), &e), PAGE_EMPTY);
	entry[0] = 9;
	put_le(entry + 16, 0x123456789a, 8);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		put_le(entry + 12, cases[i].status, 2);
		CHECK_U64(nvme_error_read(SPAN(entry), &e), PAGE_GOOD);
		CHECK(nvme_error_is_data(&e) == cases[i].data, "case %zu", i);
		CHECK(e.number == 9 && e.lba == 0x123456789a);
	}
	CHECK_U64(nvme_error_read((struct span){entry, 63}, &e), PAGE_SHORT);
}

static void test_nvme_tests(void)
{
	uint8_t page[564] = {0};
	struct nvme_test_log log;

	for (size_t i = 0; i < 20; i++)
		page[4 + 28 * i] = 15;
	CHECK_U64(nvme_test_log_read(SPAN(page), &log), PAGE_EMPTY);
	page[0] = 1;
	page[1] = 40;
	page[4] = 0x17;
	page[6] = 2;
	put_le(page + 8, 4711, 8);
	put_le(page + 20, 987654321, 8);
	page[32] = 0x20;
	put_le(page + 36, 4000, 8);
	CHECK_U64(nvme_test_log_read(SPAN(page), &log), PAGE_GOOD);
	CHECK(log.running == 1 && log.percent_done == 40 && log.count == 2);
	CHECK(nvme_test_failed(log.newest[0].result) && log.newest[0].has_lba);
	CHECK(log.newest[0].lba == 987654321 && log.newest[0].hours == 4711);
	CHECK(log.newest[1].kind == 2 && !nvme_test_failed(log.newest[1].result));
	CHECK_U64(nvme_test_log_read((struct span){page, 563}, &log), PAGE_SHORT);
}

/* ---- SCSI ---- */

static void test_inquiry(void)
{
	uint8_t data[96] = {0, 0x80, 6, 0x12, 91};
	struct scsi_inquiry q;
	uint8_t rotation[64] = {0, 0xb1, 0, 60, 0, 1};
	unsigned rpm;

	memcpy(data + 8, "SEAGATE ST4000NM0023    0004", 28);
	CHECK_U64(scsi_inquiry_read(SPAN(data), &q), PAGE_GOOD);
	CHECK_STR(q.vendor, "SEAGATE");
	CHECK_STR(q.product, "ST4000NM0023");
	CHECK_STR(q.revision, "0004");
	CHECK(q.removable && !q.is_ata);
	memcpy(data + 8, "ATA     ", 8);
	CHECK_U64(scsi_inquiry_read(SPAN(data), &q), PAGE_GOOD);
	CHECK(q.is_ata);
	data[0] = 0x7f;
	CHECK_U64(scsi_inquiry_read(SPAN(data), &q), PAGE_ABSURD);
	CHECK_U64(scsi_inquiry_read((struct span){data, 35}, &q), PAGE_SHORT);

	rotation[3] = 61; /* one more than there are */
	CHECK_U64(scsi_rotation_read(SPAN(rotation), &rpm), PAGE_SHORT);
	rotation[3] = 60;
	rotation[1] = 0x80;
	CHECK_U64(scsi_rotation_read(SPAN(rotation), &rpm), PAGE_ABSURD);
	rotation[1] = 0xb1;
	CHECK_U64(scsi_rotation_read(SPAN(rotation), &rpm), PAGE_GOOD);
	CHECK_U64(rpm, 1);
}

/* A log page in the making. */
struct log {
	uint8_t bytes[1024];
	size_t len;
};

static void log_begin(struct log *l, uint8_t code)
{
	*l = (struct log){.bytes = {code}, .len = 4};
}

static void log_put(struct log *l, unsigned code, const void *data, size_t len)
{
	put_be16(l->bytes + l->len, (uint16_t)code);
	l->bytes[l->len + 2] = 3;
	l->bytes[l->len + 3] = (uint8_t)len;
	memcpy(l->bytes + l->len + 4, data, len);
	l->len += 4 + len;
	put_be16(l->bytes + 2, (uint16_t)(l->len - 4));
}

static struct span log_span(const struct log *l)
{
	return (struct span){l->bytes, l->len};
}

static void test_scsi_logs(void)
{
	static const uint8_t six[8] = {0, 0, 0, 0, 0, 0, 1, 2}, corrected[4] = {0, 0, 1, 0},
			     heat[2] = {0, 41}, reference[2] = {0, 60}, unknown[2] = {0, 255},
			     starts[4] = {0, 0, 0, 99}, used[4] = {0, 0, 0, 101},
			     exceptions[4] = {0x5d, 0x10, 38, 60}, wide[9] = {1};
	static const uint8_t test[16] = {0x27, 2, 0x12, 0x34, 0, 0, 0, 0, 0, 1, 0, 0, 3, 0x11, 0,
		0},
			     unused[16] = {0};
	static const uint8_t scan[12] = {0, 0, 0x0e, 0x10},
			     medium[20] = {0, 0, 0, 0, 0x13, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				     0, 1, 0},
			     done[20] = {0, 0, 0, 0, 0x51};
	struct scsi_health s = {0};
	struct health h = {0};
	struct log l;

	log_begin(&l, SCSI_LOG_READ_ERRORS);
	log_put(&l, 3, corrected, 4);
	log_put(&l, 6, six, 8);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_READ_ERRORS, &s), PAGE_GOOD);
	CHECK(s.has_errors[SCSI_READS] && s.uncorrected[SCSI_READS] == 258 &&
		s.corrected[SCSI_READS] == 256);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_WRITE_ERRORS, &s), PAGE_ABSURD);
	CHECK(!s.has_errors[SCSI_WRITES]);
	log_begin(&l, SCSI_LOG_WRITE_ERRORS);
	log_put(&l, 6, wide, 9);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_WRITE_ERRORS, &s), PAGE_GOOD);
	CHECK_U64(s.uncorrected[SCSI_WRITES], UINT64_MAX);

	log_begin(&l, SCSI_LOG_TEMPERATURE);
	log_put(&l, 0, unknown, 2);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_TEMPERATURE, &s), PAGE_GOOD);
	CHECK(!s.has_temperature);
	log_put(&l, 0, heat, 2);
	log_put(&l, 1, reference, 2);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_TEMPERATURE, &s), PAGE_GOOD);
	CHECK(s.temperature_c == 41 && s.reference_c == 60);

	log_begin(&l, SCSI_LOG_START_STOP);
	log_put(&l, 4, starts, 4);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_START_STOP, &s), PAGE_GOOD);
	log_begin(&l, SCSI_LOG_SOLID_STATE);
	log_put(&l, 1, used, 4);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_SOLID_STATE, &s), PAGE_GOOD);

	log_begin(&l, SCSI_LOG_SELF_TESTS);
	log_put(&l, 1, test, 16);
	log_put(&l, 2, unused, 16);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_SELF_TESTS, &s), PAGE_GOOD);
	CHECK(s.test_count == 1 && scsi_test_failed(s.tests[0].result) && s.tests[0].kind == 1);
	CHECK(s.tests[0].hours == 0x1234 && s.tests[0].has_lba && s.tests[0].lba == 0x10000);

	log_begin(&l, SCSI_LOG_BACKGROUND);
	log_put(&l, 0, scan, 12);
	log_put(&l, 1, done, 20);
	log_put(&l, 2, medium, 20);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_BACKGROUND, &s), PAGE_GOOD);
	CHECK(s.hours == 60 && s.background_bad == 1 && s.background_lba == 256);

	log_begin(&l, SCSI_LOG_EXCEPTIONS);
	log_put(&l, 0, exceptions, 4);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_EXCEPTIONS, &s), PAGE_GOOD);
	CHECK(s.has_exceptions && s.asc == 0x5d && s.ascq == 0x10 && s.temperature_c == 41);
	scsi_health_fold(&s, &h);
	CHECK(h.counts[HEALTH_MEDIA].value == 258 && h.counts[HEALTH_PENDING].value == 1);
	CHECK(h.counts[HEALTH_HOURS].value == 60 && h.used_percent == 101);
}

/* Lengths that do not hold. */
static void test_scsi_lengths(void)
{
	static const uint8_t counter[4] = {0, 0, 0, 7};
	struct scsi_health s = {0};
	struct log l;

	log_begin(&l, SCSI_LOG_READ_ERRORS);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_READ_ERRORS, &s), PAGE_EMPTY);
	CHECK_U64(scsi_log_add((struct span){l.bytes, 3}, SCSI_LOG_READ_ERRORS, &s), PAGE_SHORT);
	log_put(&l, 6, counter, 4);
	put_be16(l.bytes + 2, 0xffff);
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_READ_ERRORS, &s), PAGE_GOOD);
	CHECK_U64(s.uncorrected[SCSI_READS], 7);
	l.bytes[7] = 5; /* one byte more than there is */
	s = (struct scsi_health){0};
	CHECK_U64(scsi_log_add(log_span(&l), SCSI_LOG_READ_ERRORS, &s), PAGE_EMPTY);
	CHECK(!s.has_errors[SCSI_READS]);
}

int main(void)
{
	test_nvme_controller();
	test_nvme_health();
	test_nvme_errors();
	test_nvme_tests();
	test_inquiry();
	test_scsi_logs();
	test_scsi_lengths();
	return test_end(__FILE__);
}
