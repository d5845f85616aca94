/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.smart over simulated drives: what each page leads to, and what is never judged. */
#include "tests/unit/smart_fixture.h"

/* ---- ATA ---- */

static void test_good_ata(void)
{
	struct fixture *f = ata_fixture("ST1000NM", 7200);

	CHECK(fixture_check(f, &disk_smart_check) == PASS, "%s", f->why);
	CHECK_U64(f->finding_count, 0);
	CHECK_STR(f->coverage[0], "its own health data show no failure and no warning");
	CHECK_U64(fixture_measure(f, "power_on_time.hours"), 12345);
	CHECK_U64(fixture_measure(f, "temperature.current"), 36);
	CHECK_U64(fixture_measure(f, "power_cycle_count"), 40);
	CHECK_U64(fixture_measure(f, "smart_status.passed"), 1);
	CHECK_U64(fixture_measure(f, "rotation_rate"), 7200);
	CHECK_U64(f->session.disks[0].rotation, 7200);
	CHECK_U64(f->sims.disks[0].self_tests, 0);
	CHECK(fixture_check(f, &disk_changes_check) == PASS, "%s", f->why);
	CHECK_U64(f->finding_count, 0);
	CHECK_STR(f->why, "disk0: no worse than before its test");
	fixture_free(f);
}

/* One attribute of the good drive is another; and the one finding that comes of it. */
static void test_attributes(void)
{
	static const struct {
		const char *model;
		unsigned rotation;
		struct made_attribute attribute;
		bool any;
		enum finding_code code;
		enum verdict verdict;
		const char *says;
	} cases[] = {
		{"ST", 7200, {5, 1, 10, 10, 10, 0}, true, FINDING_DISK_SMART_FAILING, FAIL,
			"is at 10 and must be above 10"},
		{"ST", 7200, {5, 1, 11, 11, 10, 0}, false, 0, PASS, ""},
		{"ST", 7200, {5, 1, 60, 9, 10, 0}, true, FINDING_DISK_SMART_WARNING, WARN,
			"once was at 9"},
		{"ST", 7200, {5, 1, 98, 98, 10, 8}, true, FINDING_DISK_SMART_WARNING, WARN,
			"8 reallocated sectors"},
		{"ST", 7200, {197, 0, 100, 100, 0, 8}, true, FINDING_DISK_SMART_WARNING, WARN,
			"8 pending sectors"},
		{"ST", 7200, {199, 0, 200, 200, 0, 3}, true, FINDING_DISK_SMART_WARNING, WARN,
			"cable"},
		{"ST", 7200, {187, 0, 98, 98, 0, 2}, true, FINDING_DISK_SMART_WARNING, WARN,
			"2 uncorrectable errors"},
		{"ST", 7200, {190, 0, 55, 35, 40, 45}, true, FINDING_DISK_SMART_WARNING, WARN,
			"Airflow_Temperature_Cel"},
		{"ST", 7200, {190, 0, 35, 35, 40, 65}, true, FINDING_DISK_SMART_WARNING, WARN,
			"is at 35"},
		{"ST", 7200, {1, 1, 60, 60, 44, UINT64_C(0xffffffffffff)}, false, 0, PASS, ""},
		{"INTEL SSD", 1, {233, 0, 1, 1, 0, 0}, true, FINDING_DISK_SMART_WORN, WARN,
			"100 %"},
		{"SAMSUNG MZ7", 1, {177, 1, 5, 5, 5, 0}, true, FINDING_DISK_SMART_WORN, WARN,
			"Wear_Leveling_Count"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = ata_fixture(cases[i].model, cases[i].rotation);
		struct made_attribute made[ARRAY_LEN(good_drive) + 1];
		uint8_t data[512], thresholds[512];
		size_t at = 0;

		memcpy(made, good_drive, sizeof(good_drive));
		while (at < ARRAY_LEN(good_drive) && made[at].id != cases[i].attribute.id)
			at++;
		made[at] = cases[i].attribute;
		make_smart(data, thresholds, made,
			ARRAY_LEN(good_drive) + (at == ARRAY_LEN(good_drive)));
		memcpy(page_at(f, KEY_SMART), data, 512);
		memcpy(page_at(f, 0xb0d100), thresholds, 512);
		CHECK(fixture_check(f, &disk_smart_check) == cases[i].verdict, "case %zu: %s", i,
			f->why);
		CHECK(f->finding_count == cases[i].any, "case %zu: %zu", i, f->finding_count);
		if (f->finding_count > 0) {
			CHECK(f->findings[0].code == cases[i].code, "case %zu: %d", i,
				f->findings[0].code);
			CHECK(strstr(f->findings[0].text, cases[i].says) != NULL, "case %zu: %s", i,
				f->findings[0].text);
			CHECK_U64(f->coverage_count, 0);
		}
		fixture_free(f);
	}
}

static void test_status(void)
{
	struct fixture *f = ata_fixture("ST", 7200);

	f->sims.disks[0].smart_failing = true;
	CHECK_U64(fixture_check(f, &disk_smart_check), FAIL);
	CHECK_U64(f->findings[0].code, FINDING_DISK_SMART_FAILING);
	CHECK_STR(f->findings[0].status, "smart-status");
	CHECK_U64(fixture_measure(f, "smart_status.passed"), 0);
	fixture_free(f);
}

static void test_self_test_log(void)
{
	struct fixture *f = ata_fixture("ST", 7200);
	uint8_t *log = page_at(f, KEY_TESTS);

	log[2] = 2;
	log[3] = 0x72;
	put_le(log + 7, 123456, 4);
	log[508] = 1;
	seal(log);
	CHECK_U64(fixture_check(f, &disk_smart_check), FAIL);
	CHECK_U64(f->findings[0].code, FINDING_DISK_SMART_FAILING);
	CHECK_U64(f->findings[0].lba, 123456);
	log[26] = 1; /* a good one since: aborted ones say nothing */
	log[508] = 2;
	log[50] = 1;
	log[51] = 0x10;
	log[508] = 3;
	seal(log);
	CHECK_U64(fixture_check(f, &disk_smart_check), WARN);
	CHECK_U64(f->findings[0].code, FINDING_DISK_SMART_WARNING);
	log[27] = 0x10; /* that one was aborted, too */
	seal(log);
	CHECK_U64(fixture_check(f, &disk_smart_check), FAIL);
	fixture_free(f);
}

/* What cannot be trusted is said, and never taken for good. */
static void test_not_judged(void)
{
	struct fixture *f = fixture_new("size=64M,bus=virtio");

	text_copy(f->disks[0].mute, PORT_ERROR, "virtio has none");
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_STR(f->why, "disk0: health not reachable: virtio has none");
	CHECK_U64(f->coverage_count, 0);
	CHECK_U64(fixture_check(f, &disk_changes_check), SKIP);
	fixture_free(f);

	f = ata_fixture("ST", 7200);
	page_at(f, KEY_SMART)[20] ^= 0x40;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS); /* its status speaks for it */
	CHECK(fixture_has_note(f, "its SMART data has a wrong checksum"));
	CHECK_U64(fixture_measure(f, "power_on_time.hours"), UINT64_MAX);
	fixture_free(f);

	f = ata_fixture("ST", 7200);
	page_at(f, KEY_IDENTIFY)[20] ^= 0x40;
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_STR(f->why, "disk0: health not reachable: its identify data has a wrong checksum");
	fixture_free(f);

	f = ata_fixture("ST", 7200);
	put_le(page_at(f, KEY_IDENTIFY) + 2 * 85, 0x3468, 2);
	seal(page_at(f, KEY_IDENTIFY));
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK(strstr(f->why, "switched off") != NULL, "%s", f->why);
	CHECK_U64(f->finding_count, 0);
	fixture_free(f);

	f = nvme_fixture();
	memset(page_at(f, KEY_HEALTH), 0xff, 512);
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_STR(f->why, "disk0: health not reachable: its health log is not what it should be");
	CHECK_U64(f->finding_count, 0);
	fixture_free(f);
}

/* Firmware that claims success and delivers nothing: the page before it in the buffer is not taken for this one. */
static enum disk_result lying_command(
	void *ctx, const struct disk_command *c, struct disk_answer *ret)
{
	if (c->u.ata.command != 0xb0 || c->bytes == 0)
		return sim_disk_command(ctx, c, ret);
	*ret = (struct disk_answer){.answered = true, .bytes = c->bytes};
	return DISK_OK;
}

static void test_lies(void)
{
	struct fixture *f = ata_fixture("ST", 7200);

	f->disks[0].command = lying_command;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS); /* by its status alone */
	CHECK_U64(fixture_measure(f, "smart_status.passed"), 1);
	CHECK(!fixture_has_note(f, "attribute"));
	fixture_free(f);
}

/* ---- NVMe ---- */

static void test_nvme(void)
{
	static const struct {
		uint8_t warning, spare, used;
		size_t findings;
		enum finding_code code;
		enum verdict verdict;
		const char *says;
	} cases[] = {
		{0x00, 100, 3, 0, 0, PASS, ""},
		{0x01, 5, 3, 1, FINDING_DISK_SMART_WARNING, WARN, "spare"},
		{0x00, 9, 3, 1, FINDING_DISK_SMART_WARNING, WARN, "9 % of its spare"},
		{0x00, 10, 3, 0, 0, PASS, ""},
		{0x02, 100, 3, 1, FINDING_DISK_SMART_WARNING, WARN, "temperature"},
		{0x04, 100, 3, 1, FINDING_DISK_SMART_FAILING, FAIL, "reliability"},
		{0x08, 100, 3, 1, FINDING_DISK_SMART_FAILING, FAIL, "read-only"},
		{0x10, 100, 3, 1, FINDING_DISK_SMART_FAILING, FAIL, "backup"},
		{0x20, 100, 3, 1, FINDING_DISK_SMART_WARNING, WARN, "persistent memory region"},
		{0x40, 100, 3, 0, 0, PASS, ""},
		{0x1c, 100, 3, 3, FINDING_DISK_SMART_FAILING, FAIL, "bit 2"},
		{0x00, 100, 99, 0, 0, PASS, ""},
		{0x00, 100, 100, 1, FINDING_DISK_SMART_WORN, WARN, "100 %"},
		{0x00, 100, 255, 1, FINDING_DISK_SMART_WORN, WARN, "255 %"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = nvme_fixture();
		uint8_t *log = page_at(f, KEY_HEALTH);

		log[0] = cases[i].warning;
		log[3] = cases[i].spare;
		log[5] = cases[i].used;
		CHECK(fixture_check(f, &disk_smart_check) == cases[i].verdict, "case %zu: %s", i,
			f->why);
		CHECK(f->finding_count == cases[i].findings, "case %zu: %zu", i, f->finding_count);
		if (f->finding_count > 0) {
			CHECK(f->findings[0].code == cases[i].code, "case %zu", i);
			CHECK(strstr(f->findings[0].text, cases[i].says) != NULL, "case %zu: %s", i,
				f->findings[0].text);
		}
		CHECK_U64(fixture_measure(f, "nvme_smart_health_information_log.critical_warning"),
			cases[i].warning);
		CHECK_U64(fixture_measure(f, "power_on_time.hours"), 4711);
		CHECK_U64(fixture_measure(f, "temperature.current"), 37);
		fixture_free(f);
	}
}

/* ---- SCSI ---- */

static void test_scsi(void)
{
	static const uint8_t list[] = {0, 0, 0, 3, 0x03, 0x0d, 0x2f};
	static const uint8_t reads[] = {0x03, 0, 0, 8, 0, 6, 3, 4, 0, 0, 0, 0};
	static const uint8_t heat[] = {0x0d, 0, 0, 6, 0, 0, 3, 2, 0, 33};
	uint8_t inquiry[96] = {0, 0, 6, 2, 91},
		exceptions[] = {0x2f, 0, 0, 8, 0, 0, 3, 4, 0, 0, 33, 60};
	struct fixture *f = fixture_new("size=64M,bus=scsi,speaks=scsi,model=ST,serial=S3");

	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	memcpy(inquiry + 8, "SEAGATE ST4000NM0023    0004", 28);
	give(f, "12", inquiry, sizeof(inquiry));
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_STR(f->why, "disk0: health not reachable: it has no log pages");
	give(f, "4d", list, sizeof(list));
	give(f, "4d.3", reads, sizeof(reads));
	give(f, "4d.d", heat, sizeof(heat));
	give(f, "4d.2f", exceptions, sizeof(exceptions));
	CHECK(fixture_check(f, &disk_smart_check) == PASS, "%s", f->why);
	CHECK_U64(fixture_measure(f, "temperature.current"), 33);
	CHECK_U64(fixture_measure(f, "scsi_error_counter_log.read.total_uncorrected_errors"), 0);
	page_at(f, 0x4d2f00)[8] = 0x5d;
	CHECK_U64(fixture_check(f, &disk_smart_check), FAIL);
	CHECK_U64(f->findings[0].code, FINDING_DISK_SMART_FAILING);
	page_at(f, 0x4d2f00)[8] = 0x0b;
	CHECK_U64(fixture_check(f, &disk_smart_check), WARN);
	page_at(f, 0x4d2f00)[8] = 0;
	page_at(f, 0x4d0300)[11] = 2;
	CHECK_U64(fixture_check(f, &disk_changes_check), FAIL);
	CHECK_U64(f->findings[0].code, FINDING_DISK_ERRORS_GREW);
	fixture_free(f);
}

/* ---- self-test ---- */

/* A drive whose self-test begins and never ends. */
static struct fixture *endless;

static enum disk_result endless_command(
	void *ctx, const struct disk_command *c, struct disk_answer *ret)
{
	if (c->language == DISK_NVME_ADMIN && c->u.nvme.opcode == 0x14)
		page_at(endless, 0x020600)[0] = c->u.nvme.cdw10 == 1;
	return sim_disk_command(ctx, c, ret);
}

static void test_endless_self_test(void)
{
	const uint64_t start_ns = (endless = nvme_fixture())->now_ns;
	struct fixture *f = endless;

	f->config.disk_self_test = SELF_TEST_SHORT;
	f->disks[0].command = endless_command;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK(fixture_has_note(f, "was aborted"));
	CHECK_U64(f->sims.disks[0].self_tests, 2);
	CHECK(f->now_ns - start_ns < UINT64_C(620000000000));
	CHECK(f->progress_count > 50);
	CHECK_U64(page_at(f, 0x020600)[0], 0);
	f->stop_at_pulse = f->pulses + 100; /* a person presses Escape: aborted at once */
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_U64(f->sims.disks[0].self_tests, 4);
	CHECK_U64(page_at(f, 0x020600)[0], 0);
	CHECK(!f->disks[0].self_test_allowed);
	fixture_free(f);
}

static void test_self_test(void)
{
	struct fixture *f = ata_fixture("ST", 7200);
	uint64_t start_ns;

	f->config.disk_self_test = SELF_TEST_SHORT;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK(fixture_has_note(f, "came to its end, and its log does not say how"));
	page_at(f, KEY_TESTS)[2] = 1;
	page_at(f, KEY_TESTS)[508] = 1;
	seal(page_at(f, KEY_TESTS));
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK(fixture_has_note(f, "its short self-test: completed without error"));
	CHECK_STR(f->coverage[0], "its own short self-test completed without error");
	page_at(f, KEY_TESTS)[3] = 0x70;
	seal(page_at(f, KEY_TESTS));
	CHECK_U64(fixture_check(f, &disk_smart_check), FAIL);
	CHECK_STR(f->findings[0].status, "self-test");
	page_at(f, KEY_TESTS)[3] = 0;
	seal(page_at(f, KEY_TESTS));
	CHECK_U64(f->sims.disks[0].self_tests, 3);
	CHECK(!f->disks[0].self_test_allowed);
	page_at(f, KEY_SMART)[367] = 0; /* it has none */
	seal(page_at(f, KEY_SMART));
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK_U64(f->sims.disks[0].self_tests, 3);
	CHECK(fixture_has_note(f, "has no short self-test"));
	fixture_free(f);

	f = nvme_fixture(); /* one that never ends: aborted after a bounded time */
	f->config.disk_self_test = SELF_TEST_SHORT;
	page_at(f, 0x020600)[0] = 0;
	start_ns = f->now_ns;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK_U64(f->sims.disks[0].self_tests, 1);
	page_at(f, 0x020600)[0] = 1;
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK(fixture_has_note(f, "running already"));
	CHECK(f->now_ns - start_ns < UINT64_C(700000000000));
	fixture_free(f);
}

/* ---- real drives ---- */

/* Verdicts on the pages of real drives, and what is held against each. */
static const struct {
	const char *file;
	enum verdict verdict;
	size_t findings;
	const char *status; /* of the worst */
} reals[] = {
	{"FUJITSU_MHY2120BH--0084000D.blob", PASS, 0, ""},
	{"FUJITSU_MHY2250BH--0085000B.blob", WARN, 2, "pending"},
	{"INTEL_SSDSA2CW120G3--4PC10302.blob", PASS, 0, ""},
	{"MCCOE64GEMPP--2.9.09.blob", PASS, 0, ""},
	{"Maxtor_96147H8--BAC51KJ0--2.blob", FAIL, 5, "smart-status"},
	{"SAMSUNG_MMCQE28G8MUP--0VA_VAM08L1Q.blob", PASS, 0, ""},
	{"ST320410A--3.39.blob", WARN, 3, "attribute"},
	{"ST9160821AS--3.CLH.blob", WARN, 3, "attribute"},
	{"WDC_WD2500JB--00REA0-20.00K20.blob", WARN, 2, "attribute"},
	{"WDC_WD5000AAKS--00TMA0-12.01C01.blob", WARN, 2, "pending"},
};

static void check_real(size_t i, const struct blob *b)
{
	struct fixture *f = fixture_new("size=64M,bus=sata,speaks=ata");
	const struct span status = blob_chunk(b, "SMST"), identity = blob_chunk(b, "IDFY"),
			  data = blob_chunk(b, "SMDT"), thresholds = blob_chunk(b, "SMTH");

	give(f, "ec", identity.at, identity.len);
	give(f, "b0.d0", data.at, data.len);
	give(f, "b0.d1", thresholds.at, thresholds.len);
	f->sims.disks[0].smart_failing = status.len == 4 && be32(status.at) == 0;
	CHECK(fixture_check(f, &disk_smart_check) == reals[i].verdict, "%s: %s", reals[i].file,
		f->why);
	CHECK(f->finding_count == reals[i].findings, "%s: %zu", reals[i].file, f->finding_count);
	for (size_t n = 0; n < f->finding_count; n++)
		CHECK(f->findings[n].text[0] != '\0', "%s", f->findings[n].text);
	if (f->finding_count > 0)
		CHECK(text_same(f->findings[0].status, reals[i].status), "%s: %s", reals[i].file,
			f->findings[0].text);
	fixture_free(f);
}

static void test_real_drives(void)
{
	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		struct blob b;

		if (blob_load(reals[i].file, &b))
			check_real(i, &b);
	}
}

int main(void)
{
	test_real_drives();
	test_good_ata();
	test_attributes();
	test_status();
	test_self_test_log();
	test_not_judged();
	test_lies();
	test_nvme();
	test_scsi();
	test_self_test();
	test_endless_self_test();
	return test_end(__FILE__);
}
