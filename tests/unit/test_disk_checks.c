/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.inventory, disk.benchmark and disk.surface over simulated disks: what is found, what is claimed, and what is
 * left alone. */
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

/* ---- which disks ---- */

static void test_inventory(void)
{
	struct fixture *f = fixture_new("");
	struct unreachable raid = {
		"RAID controller 1000:005d", "PCI 0000:03:00.0", 0x1000, 0x5d, 0x0104, NO_DRIVER};

	CHECK_U64(fixture_check(f, &disk_inventory_check), SKIP);
	CHECK_STR(f->why, "no disk found");
	f->machine.unreachable = &raid;
	f->machine.unreachable_count = 1;
	CHECK_U64(fixture_check(f, &disk_inventory_check), WARN);
	CHECK_U64(fixture_count(f, FINDING_DISK_UNREACHABLE), 1);
	fixture_free(f);

	f = fixture_new("size=64M,model=Brand X,serial=S1,bus=nvme|size=1M,block=4096");
	CHECK_U64(fixture_check(f, &disk_inventory_check), PASS);
	CHECK(fixture_has_note(
		f, "disk0 (Brand X), serial S1, firmware unknown: 64 MiB, nvme, 512-byte blocks"));
	CHECK(fixture_has_note(
		f, "disk1, serial unknown, firmware unknown: 1 MiB, block, 4096-byte blocks"));
	fixture_free(f);
}

/* Each kind of controller gets the advice that is meant for it, and so does each drive that shows nothing to read. */
static void test_advice(void)
{
	static const struct {
		uint16_t vendor_id, device_id, pci_class;
		const char *said;
		enum unreachable_why why;
	} cases[] = {
		{0x8086, 0x9a0b, 0x0104, "Intel VMD", NO_DRIVER},
		{0x8086, 0x2822, 0x0104, "Intel RST", NO_DRIVER},
		{0x1022, 0x43bd, 0x0104, "AMD RAIDXpert", NO_DRIVER},
		{0x1000, 0x005d, 0x0104, "a RAID controller", NO_DRIVER},
		{0x1000, 0x0097, 0x0107, "a SAS controller", NO_DRIVER},
		{0x15ad, 0x07c0, 0x0100, "VMware", NO_DRIVER},
		{0x1000, 0x0012, 0x0100, "a SCSI controller", NO_DRIVER},
		{0x1b36, 0x0007, 0x0805, "SD cards", NO_DRIVER},
		{0x46f4, 0x0003, 0, "UAS", NO_DRIVER},
		{0x8086, 0x9a0b, 0, "UAS", NO_DRIVER},
		{0x1000, 0x0097, 0x0107, "it says that it has no medium", NO_MEDIUM},
		{0x144d, 0xa80a, 0x0108, "it claims to have no capacity", NO_CAPACITY},
		{0x1000, 0x0097, 0x0107, "520 or 528 bytes", ODD_BLOCKS},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new("");
		struct unreachable u = {"X", "Y", cases[i].vendor_id, cases[i].device_id,
			cases[i].pci_class, cases[i].why};

		f->machine.unreachable = &u;
		f->machine.unreachable_count = 1;
		CHECK_U64(fixture_check(f, &disk_inventory_check), WARN);
		CHECK(strstr(f->findings[0].text, cases[i].said) != NULL, "%s",
			f->findings[0].text);
		fixture_free(f);
	}
}

static void test_selection(void)
{
	static const struct {
		const char *only, *exclude;
		bool chosen[3];
		size_t bad_values;
	} cases[] = {
		{"", "", {1, 1, 1}, 0},
		{"disk1", "", {0, 1, 0}, 0},
		{"disk0,disk2", "", {1, 0, 1}, 0},
		{"nvme", "", {1, 0, 1}, 0},
		{"fast*", "", {1, 0, 0}, 0},
		{"*", "s-2", {1, 0, 1}, 0},
		{"", "nvme disk1", {0, 0, 0}, 0},
		{"sdb", "", {1, 1, 1}, 1},
		{"sdb", "disk0", {0, 1, 1}, 1},
		{"*0a:00*", "", {0, 0, 1}, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(
			"size=1M,model=Fast One,bus=nvme|size=1M,serial=S-2,bus=usb|size=1M,bus=nvme,location=PCI 0a:00.0");
		bool any = cases[i].chosen[0] || cases[i].chosen[1] || cases[i].chosen[2];

		text_copy(f->config.disk_only, CONFIG_GLOBS, cases[i].only);
		text_copy(f->config.disk_exclude, CONFIG_GLOBS, cases[i].exclude);
		fixture_check(f, &disk_inventory_check);
		CHECK_U64(fixture_count(f, FINDING_OPTION_BAD_VALUE), cases[i].bad_values);
		if (cases[i].bad_values > 0)
			CHECK(strstr(f->findings[0].text, "disk0, disk1, disk2") != NULL);
		CHECK_U64(fixture_check(f, &disk_benchmark_check), any ? PASS : SKIP);
		CHECK_U64(fixture_count(f, FINDING_OPTION_BAD_VALUE), 0);
		CHECK_U64(fixture_check(f, &disk_surface_check), any ? PASS : SKIP);
		for (size_t d = 0; d < 3; d++)
			CHECK((f->sims.disks[d].request_count > 0) == cases[i].chosen[d],
				"only=%s exclude=%s disk%zu", cases[i].only, cases[i].exclude, d);
		fixture_free(f);
	}
}

/* Firmware that claims impossible sizes: an error of the environment, and no read. */
static void test_impossible_sizes(void)
{
	static const struct {
		uint32_t block_bytes;
		uint64_t block_count;
	} cases[] = {{1, 100}, {513, 100}, {0, 100}, {512, 0}, {2u << 20, 8}, {4096, UINT64_MAX}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new("size=1M");

		f->disks[0].block_bytes = cases[i].block_bytes;
		f->disks[0].block_count = cases[i].block_count;
		CHECK_U64(fixture_check(f, &disk_inventory_check), ERROR);
		CHECK_U64(fixture_check(f, &disk_surface_check), SKIP);
		CHECK_U64(f->sims.disks[0].request_count, 0);
		fixture_free(f);
	}
}

/* ---- disks of any size ---- */

static void test_tiny_disks(void)
{
	static const char *const specs[] = {"size=512", "size=1024", "size=4096,block=4096",
		"size=1537K", "size=3M,block=65536"};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct fixture *f = fixture_new(specs[i]);

		CHECK(fixture_check(f, &disk_benchmark_check) == PASS, "%s", specs[i]);
		CHECK(fixture_check(f, &disk_surface_check) == PASS, "%s", specs[i]);
		CHECK(strstr(f->coverage[0], "every block") != NULL, "%s", specs[i]);
		fixture_free(f);
	}
}

/* Buffers smaller than a chunk, down to one block, and of an odd number of blocks. */
static void test_small_buffers(void)
{
	static const size_t sizes[] = {512, 3 * 512, 4096, 7 * 4096};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct fixture *f = fixture_new("size=300K,bad=577");

		f->disks[0].buffer_bytes = sizes[i];
		f->sims.disks[0].settings.buffer_bytes = sizes[i];
		CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
		CHECK_U64(f->finding_count, 1);
		CHECK_U64(f->findings[0].lba, 577);
		CHECK(strstr(f->why, "99.83 %") != NULL, "%s", f->why);
		fixture_free(f);
	}
}

/* The largest disk whose size in bytes still fits: nothing overflows. */
static void test_largest_disk(void)
{
	struct fixture *f = fixture_new("size=8388607T,latency=10ms,bad=18014396361998335");

	CHECK_U64(fixture_check(f, &disk_benchmark_check), FAIL);
	CHECK_U64(f->findings[0].lba, 18014396361998335);
	CHECK_U64(f->findings[0].lba_count, 1);
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK_STR(f->coverage[0], "read 1.4 GiB of 7.9 EiB, 0.0000 %, evenly spread, no error");
	fixture_free(f);
}

/* ---- faults ---- */

/* One fault, and the one finding it must give in a scan of the whole disk. */
static void test_faults(void)
{
	static const struct {
		const char *spec;
		uint64_t lba, count;
		const char *status, *said_by, *reproduced;
	} cases[] = {
		{"bad=0", 0, 1, "DEVICE_ERROR", "firmware", "3 of 3"},
		{"bad=70000", 70000, 1, "DEVICE_ERROR", "firmware", "3 of 3"},
		{"bad=131071", 131071, 1, "DEVICE_ERROR", "firmware", "3 of 3"},
		{"bad=5000+8", 5000, 8, "DEVICE_ERROR", "firmware", "3 of 3"},
		{"lies=0", 0, 1, "success without data", "poison check", "3 of 3"},
		{"lies=70000", 70000, 1, "success without data", "poison check", "3 of 3"},
		{"lies=131071", 131071, 1, "success without data", "poison check", "3 of 3"},
		{"lies=300+3", 300, 3, "success without data", "poison check", "3 of 3"},
		{"partial=300:100", 300, 1, "success with only part of the data", "poison check",
			"3 of 3"},
		{"bad=70000*13", 70000, 1, "DEVICE_ERROR", "firmware", "1 of 3"},
		{"bad=70000*14", 70000, 1, "DEVICE_ERROR", "firmware", "2 of 3"},
		{"bad=70000*12", 70000, 1, "DEVICE_ERROR", "firmware", "1 of 4"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char spec[128];
		struct fixture *f;
		bool lied = strstr(cases[i].said_by, "poison") != NULL;
		const struct heard *h;

		snprintf(spec, sizeof(spec), "size=64M,model=M,%s", cases[i].spec);
		f = fixture_new(spec);
		h = &f->findings[0];
		CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
		CHECK(fixture_count(f, FINDING_DISK_READ_ERROR) == 1, "%s", spec);
		CHECK(fixture_count(f, FINDING_DISK_FIRMWARE_LIED) == lied, "%s", spec);
		CHECK_U64(f->finding_count, 1u + lied);
		CHECK(h->lba == cases[i].lba && h->lba_count == cases[i].count,
			"%s: lba %" PRIu64 "+%" PRIu64, spec, h->lba, h->lba_count);
		CHECK_STR(h->status, cases[i].status);
		CHECK_STR(h->said_by, cases[i].said_by);
		CHECK(text_same(h->reproduced, cases[i].reproduced), "%s: %s", spec, h->reproduced);
		CHECK_STR(h->part, "disk0");
		CHECK_U64(f->coverage_count, 0);
		fixture_free(f);
	}
}

/* A read fails and its blocks are all there afterwards: told, and no block is called bad. */
static void test_accidents(void)
{
	static const struct {
		const char *spec;
		uint64_t lba, count;
		const char *reproduced;
	} cases[] = {
		{"bad=70000*1", 69632, 2048, "0 of 2"},
		{"bad=70000*5", 69632, 2048, "4 of 10"},
		{"lies=70143*1", 70143, 1, "0 of 3"},
		{"speaks=ata,bad=70000*1", 69632, 2048, "0 of 2"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char spec[64];
		struct fixture *f;

		snprintf(spec, sizeof(spec), "size=64M,%s", cases[i].spec);
		f = fixture_new(spec);
		CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
		CHECK(f->findings[0].code == FINDING_DISK_READ_UNSTEADY, "%s", spec);
		CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 0);
		CHECK_U64(f->findings[0].lba, cases[i].lba);
		CHECK_U64(f->findings[0].lba_count, cases[i].count);
		CHECK_STR(f->findings[0].reproduced, cases[i].reproduced);
		CHECK(strstr(f->findings[0].text, "could not be read") == NULL, "%s",
			f->findings[0].text);
		CHECK(strstr(f->why, "read all 64 MiB, every block; 1 failed read") != NULL, "%s",
			f->why);
		CHECK_U64(f->coverage_count, 0);
		CHECK_U64(f->session.bad_count, 0);
		fixture_free(f);
	}
}

/* Once is an accident; a disk that does it again and again is not fit for work. */
static void test_many_accidents(void)
{
	static const char *const specs[] = {
		"size=64M,bad=100*1,bad=9000*1,bad=30000*1|size=64M,bad=100*1",
		"size=64M,bad=100*1,bad=9000*1,bad=30000*1,bad=70000*1",
	};
	static const enum verdict verdicts[] = {WARN, FAIL};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct fixture *f = fixture_new(specs[i]);

		CHECK_U64(fixture_check(f, &disk_surface_check), verdicts[i]);
		CHECK_U64(fixture_count(f, FINDING_DISK_READ_UNSTEADY), 4);
		CHECK_U64(f->finding_count, 4);
		fixture_free(f);
	}
}

/* A range longer than most, whole. */
static void test_bad_range(void)
{
	struct fixture *f = fixture_new("size=64M,bad=70001+200");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(f->findings[0].lba, 70001);
	CHECK_U64(f->findings[0].lba_count, 200);
	CHECK(strstr(f->why, "read 63.9 MiB of 64 MiB") != NULL, "%s", f->why);
	CHECK(!f->run.gave_up);
	fixture_free(f);
}

/* Ten bad blocks far apart, all found; and the scan goes on behind them. */
static void test_ten_bad_blocks(void)
{
	struct fixture *f = fixture_new(
		"size=64M,bad=7,bad=10000,bad=20001,bad=30002,bad=40003,bad=50004,bad=60005,bad=70006,bad=80007,bad=131070");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 10);
	CHECK(strstr(f->why, "99.99 %") != NULL, "%s", f->why);
	fixture_free(f);
}

/* What disk.benchmark reported, disk.surface counts. */
static void test_remembered(void)
{
	struct fixture *f = fixture_new("size=2G,bad=100,bad=40000");

	CHECK_U64(fixture_check(f, &disk_benchmark_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 1);
	CHECK_U64(f->findings[0].lba, 100);
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 1);
	CHECK_U64(f->findings[0].lba, 40000);
	CHECK(fixture_has_note(f, "reported by an earlier check and met again: 1"));
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->finding_count, 0);
	CHECK_U64(f->coverage_count, 0);
	CHECK(strstr(f->why, "; 2 failed reads, bad blocks reported before: 2") != NULL, "%s",
		f->why);
	fixture_free(f);
}

int main(void)
{
	test_inventory();
	test_advice();
	test_selection();
	test_impossible_sizes();
	test_tiny_disks();
	test_small_buffers();
	test_largest_disk();
	test_faults();
	test_accidents();
	test_many_accidents();
	test_bad_range();
	test_ten_bad_blocks();
	test_remembered();
	return test_end(__FILE__);
}
