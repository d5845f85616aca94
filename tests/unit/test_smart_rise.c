/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What disk.smart and disk.changes make of figures that rise: while the disk is read, and since an earlier run. */
#include "diskbench/disk_memory.h"
#include "host/sim_volume.h"
#include "tests/unit/smart_fixture.h"

/* ---- what rises while the disk is read ---- */

static void raise(struct fixture *f, uint8_t id, uint64_t raw)
{
	uint8_t *page = page_at(f, KEY_SMART);

	for (size_t i = 0; i < ARRAY_LEN(good_drive); i++) {
		if (page[2 + 12 * i] == id)
			put_le(page + 7 + 12 * i, raw, 6);
	}
	seal(page);
}

static void test_growth(void)
{
	static const struct {
		uint8_t id;
		enum finding_code code;
		enum verdict verdict;
		const char *status;
	} cases[] = {
		{5, FINDING_DISK_ERRORS_GREW, WARN, "reallocated"},
		{187, FINDING_DISK_ERRORS_GREW, FAIL, "media_errors"},
		{197, FINDING_DISK_ERRORS_GREW, FAIL, "pending"},
		{198, FINDING_DISK_ERRORS_GREW, FAIL, "offline_uncorrectable"},
		{199, FINDING_DISK_LINK_ERRORS, WARN, "link_errors"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = ata_fixture("ST", 7200);

		CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
		raise(f, cases[i].id, 2);
		CHECK(fixture_check(f, &disk_changes_check) == cases[i].verdict, "%u", cases[i].id);
		CHECK_U64(f->finding_count, 1);
		CHECK_U64(f->findings[0].code, cases[i].code);
		CHECK_STR(f->findings[0].status, cases[i].status);
		CHECK(strstr(f->findings[0].text, "rose from 0 to 2") != NULL, "%s",
			f->findings[0].text);
		CHECK_U64(fixture_check(f, &disk_changes_check), PASS); /* told once */
		fixture_free(f);
	}
}

/* Hours pass, and falling counts are no fault. */
static void test_no_growth(void)
{
	struct fixture *f = ata_fixture("ST", 7200);

	raise(f, 197, 8);
	CHECK_U64(fixture_check(f, &disk_smart_check), WARN);
	raise(f, 197, 0);
	raise(f, 9, 12346);
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	CHECK_U64(f->finding_count, 0);
	fixture_free(f);
}

/* A run that was stopped still asks the drives that it read, and no others. */
static void test_growth_in_stopped_run(void)
{
	struct fixture *f = ata_fixture("ST", 7200);
	uint64_t commands;

	CHECK(disk_changes_check.sums_up);
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	f->run.stopped = true;
	text_copy(f->run.stop_why, sizeof(f->run.stop_why), "stopped by a test");
	raise(f, 197, 8);
	commands = f->sims.disks[0].command_count;
	CHECK_U64(fixture_check(f, &disk_changes_check), SKIP);
	CHECK_STR(f->why, "disk0: not reached, stopped by a test");
	CHECK_U64(f->sims.disks[0].command_count, commands);

	f->run.stopped = false;
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	f->run.stopped = true;
	CHECK_U64(fixture_check(f, &disk_changes_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_ERRORS_GREW), 1);
	fixture_free(f);
}

/* The newest of `total` errors. */
static void log_error(uint8_t *log, uint8_t total, uint8_t error)
{
	log[1] = 1;
	log[452] = total;
	log[2 + 60 + 1] = error;
	put_le(log + 2 + 60 + 3, 4096, 3);
	log[2 + 60 + 7] = 0x51;
	seal(log);
}

static void test_logged_errors(void)
{
	struct fixture *f = ata_fixture("ST", 7200);

	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	log_error(page_at(f, KEY_ERRORS), 1, ATA_ERROR_ABRT);
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	CHECK(fixture_has_note(f, "from 0 to 1"));
	log_error(page_at(f, KEY_ERRORS), 2, ATA_ERROR_UNC);
	CHECK_U64(fixture_check(f, &disk_changes_check), FAIL);
	CHECK_U64(f->findings[0].lba, 4096);
	fixture_free(f);

	f = nvme_fixture();
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	put_le(page_at(f, KEY_HEALTH) + 176, 1, 8);
	page_at(f, KEY_NVME_ERR)[0] = 1;
	put_le(page_at(f, KEY_NVME_ERR) + 12, 2 << 9 | 0x81 << 1, 2);
	put_le(page_at(f, KEY_NVME_ERR) + 16, 777, 8);
	CHECK_U64(fixture_check(f, &disk_changes_check), FAIL);
	CHECK_U64(f->findings[0].lba, 777);
	put_le(page_at(f, KEY_HEALTH) + 144, 1, 8);
	CHECK_U64(fixture_check(f, &disk_changes_check), WARN);
	CHECK_STR(f->findings[0].status, "unsafe_shutdowns");
	fixture_free(f);
}

/* ---- since an earlier run ---- */

static void use_volume(struct fixture *f, struct sim_volume *v, const char *directory)
{
	sim_volume_port(v, directory, &f->machine.volume);
}

static void test_earlier_run(void)
{
	char directory[] = "/tmp/kiriwake-smart-XXXXXX";
	struct sim_volume volume;
	struct fixture *f = ata_fixture("ST", 7200);

	CHECK(mkdtemp(directory) != NULL);
	use_volume(f, &volume, directory);
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	f->session.disks[0].bytes_per_s = 200000000;
	CHECK_STR((fixture_check(f, &disk_changes_check), f->why),
		"disk0: no worse than before its test");
	fixture_free(f);

	f = ata_fixture("ST", 7200);
	use_volume(f, &volume, directory);
	raise(f, 5, 4);
	raise(f, 9, 12400);
	put_le(page_at(f, KEY_IDENTIFY) + 2 * 77, 4, 2);
	seal(page_at(f, KEY_IDENTIFY));
	CHECK_U64(fixture_check(f, &disk_smart_check), WARN);
	f->session.disks[0].bytes_per_s = 90000000;
	CHECK_U64(fixture_check(f, &disk_changes_check), WARN);
	CHECK_U64(fixture_count(f, FINDING_DISK_CHANGED), 2);
	CHECK(strstr(f->findings[0].text, "reallocated sectors went from 0 to 4") != NULL, "%s",
		f->findings[0].text);
	CHECK(strstr(f->findings[1].text, "SATA link went from 3 to 2") != NULL, "%s",
		f->findings[1].text);
	CHECK(fixture_has_note(f, "200 MB/s when this stick saw it last, and 90 MB/s now"));
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	CHECK_STR(f->why, "disk0: no worse than before its test and in its last run");
	f->session.disks[0].bytes_per_s = 20000000;
	CHECK_U64(fixture_check(f, &disk_changes_check), WARN);
	fixture_free(f);

	f = ata_fixture("OTHER", 7200); /* the same serial number on another model */
	use_volume(f, &volume, directory);
	CHECK_U64(fixture_check(f, &disk_smart_check), PASS);
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	CHECK_STR(f->why, "disk0: no worse than before its test");
	fixture_free(f);
}

/* What is not known this time stays on record; and twins are never compared. */
static void test_record(void)
{
	char directory[] = "/tmp/kiriwake-smart-XXXXXX", path[DISK_MEMORY_PATH], file[128],
	     text[1024] = "";
	struct sim_volume volume;
	struct fixture *f = ata_fixture("ST", 7200);
	FILE *stream;

	CHECK(mkdtemp(directory) != NULL);
	use_volume(f, &volume, directory);
	f->session.disks[0].bytes_per_s = 150000000;
	CHECK_U64(
		(fixture_check(f, &disk_smart_check), fixture_check(f, &disk_changes_check)), PASS);
	fixture_free(f);

	f = fixture_new("size=64M,bus=sata,model=ST,serial=S1"); /* today it says nothing */
	use_volume(f, &volume, directory);
	CHECK_U64(fixture_check(f, &disk_smart_check), SKIP);
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	CHECK(disk_memory_path("ST", "", path) == false && disk_memory_path("SU", "S1", file));
	CHECK(disk_memory_path("ST", "S1", path) && !text_same(path, file));
	snprintf(file, sizeof(file), "%s%s", directory, path);
	stream = fopen(file, "r");
	CHECK(stream != NULL);
	if (stream != NULL) {
		CHECK(fread(text, 1, sizeof(text) - 1, stream) > 0);
		fclose(stream);
	}
	CHECK(strstr(text, "reallocated=0 attributes\n") != NULL, "%s", text);
	CHECK(strstr(text, "bytes_per_second=150000000\n") != NULL, "%s", text);
	CHECK(strstr(text, "sata_generation=3\n") != NULL, "%s", text);

	stream = fopen(file, "w"); /* torn */
	fputs("kiriwake-di", stream);
	fclose(stream);
	CHECK_U64(fixture_check(f, &disk_changes_check), SKIP);
	CHECK(fixture_has_note(f, "is begun anew"));
	CHECK_U64(fixture_check(f, &disk_changes_check), PASS);
	fixture_free(f);

	f = fixture_new("size=64M,model=ST,serial=S1|size=64M,model=ST,serial=S1");
	use_volume(f, &volume, directory);
	CHECK_U64(fixture_check(f, &disk_changes_check), SKIP);
	fixture_free(f);
}

int main(void)
{
	test_growth();
	test_no_growth();
	test_growth_in_stopped_run();
	test_logged_errors();
	test_earlier_run();
	test_record();
	return test_end(__FILE__);
}
