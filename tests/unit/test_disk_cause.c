/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Why a sector cannot be read: the drive's own words, over every language, lie and silence; and what is no fault of the
 * medium is not called one. */
#include "core/sat.h"
#include "diskbench/cause.h"
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

static void test_end_to_end(void)
{
	static const struct {
		const char *spec;
		enum finding_code code;
		const char *cause, *said_by, *says;
	} cases[] = {
		{"bad=7000,speaks=ata", FINDING_DISK_READ_ERROR, "UNC, uncorrectable data", "drive",
			"the drive says: UNC"},
		{"bad=7000:0x10,speaks=ata", FINDING_DISK_READ_ERROR, "IDNF, sector not found",
			"drive", "IDNF"},
		{"bad=7000:4,speaks=ata", FINDING_DISK_READ_ERROR, "ABRT, command aborted", "drive",
			"ABRT"},
		{"link=7000:0x84,speaks=ata", FINDING_DISK_LINK_ERRORS,
			"ICRC, checksum error on the interface; the medium is good", "drive",
			"ICRC"},
		{"lies=7000+128,speaks=ata", FINDING_DISK_READ_ERROR, "UNC, uncorrectable data",
			"drive", "the drive says: UNC"},
		{"loses=7000,speaks=ata", FINDING_DISK_LINK_ERRORS,
			"the drive delivers it to a direct command", "drive",
			"but the drive delivers it"},
		{"bad=7000,speaks=nvme", FINDING_DISK_READ_ERROR,
			"unrecovered read error (NVMe SCT 2 SC 81h)", "drive", "unrecovered"},
		{"link=7000:4,speaks=nvme", FINDING_DISK_LINK_ERRORS,
			"data transfer error (NVMe SCT 0 SC 04h); the medium is good", "drive",
			"data transfer error"},
		{"bad=7000:0x7c5,speaks=nvme", FINDING_DISK_READ_ERROR, "error (NVMe SCT 7 SC c5h)",
			"drive", "SCT 7"},
		{"bad=7000,speaks=scsi", FINDING_DISK_READ_ERROR,
			"unrecovered read error (medium error, ASC 11h ASCQ 00h)", "drive",
			"medium error"},
		{"link=7000:0x0b4703,speaks=scsi", FINDING_DISK_LINK_ERRORS,
			"information unit CRC error (aborted command, ASC 47h ASCQ 03h); the medium is good",
			"drive", "CRC"},
		{"bad=7000:0x04f1f2,speaks=scsi", FINDING_DISK_READ_ERROR,
			"hardware error (hardware error, ASC f1h ASCQ f2h)", "drive", "f1h"},
		{"bad=7000", FINDING_DISK_READ_ERROR,
			"not known: the simulated disk has no language", "firmware",
			"could not be read"},
		{"lies=7000+128", FINDING_DISK_READ_ERROR,
			"not known: the simulated disk has no language", "poison check",
			"success without data"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char spec[64];
		struct fixture *f;

		snprintf(spec, sizeof(spec), "size=64M,%s", cases[i].spec);
		f = fixture_new(spec);
		CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
		CHECK(f->finding_count > 0, "%s", spec);
		CHECK(f->findings[0].code == cases[i].code, "%s: %s", spec, f->findings[0].text);
		CHECK_U64(f->findings[0].lba, 7000);
		CHECK_STR(f->findings[0].cause, cases[i].cause);
		CHECK_STR(f->findings[0].said_by, cases[i].said_by);
		CHECK(strstr(f->findings[0].text, cases[i].says) != NULL, "%s",
			f->findings[0].text);
		CHECK_STR(f->findings[0].reproduced, "3 of 3");
		fixture_free(f);
	}
}

/* The link spoiled the read, and the medium is bad as well: not cleared. */
static void test_verify_fails_too(void)
{
	struct fixture *f = fixture_new("size=64M,speaks=ata,link=9:0x84,bad=9");
	struct cause cause;

	f->sims.disks[0].faults[0].times = 1;
	cause_ask(&f->disks[0], 9, 1, &cause);
	CHECK_U64(cause.kind, CAUSE_LINK);
	CHECK_STR(cause.text, "ICRC, checksum error on the interface");
	fixture_free(f);
}

/* What failed once and never again has nothing to be asked about. */
static void test_transient(void)
{
	struct fixture *f = fixture_new("size=64M,speaks=ata,bad=7000*1");

	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK_STR(f->findings[0].said_by, "firmware");
	CHECK(strstr(f->findings[0].text, "the drive says") == NULL, "%s", f->findings[0].text);
	fixture_free(f);
}

/* Neighbours are asked about once. */
static void test_asks_once_for_neighbours(void)
{
	struct fixture *f = fixture_new("size=64M,speaks=nvme,bad=7000+8");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(f->findings[0].lba_count, 8);
	CHECK_STR(f->findings[0].cause, "unrecovered read error (NVMe SCT 2 SC 81h)");
	fixture_free(f);
}

static void test_silence(void)
{
	struct fixture *f = fixture_new("size=64M,speaks=ata,timeout=7000");
	uint8_t identify[512] = {0};

	sim_disk_page(&f->sims.disks[0], (struct text){"ec", 2}, identify, sizeof(identify));
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK(f->findings[0].code == FINDING_DISK_TIMEOUT);
	CHECK_STR(f->findings[0].cause, "the drive answers other commands, but not this read");
	CHECK_STR(f->findings[0].said_by, "firmware");
	fixture_free(f);

	f = fixture_new("size=64M,speaks=ata,timeout=7000");
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_STR(f->findings[0].cause, "the drive answers no command at all");
	fixture_free(f);
}

/* The same with the very first read of the check: on USB a good block is known before. */
static void test_stuck_at_once(void)
{
	struct fixture *f = fixture_new("size=1M,bus=usb,stalls=2000:1000");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_TIMEOUT), 0);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 1);
	CHECK_U64(f->findings[0].lba_count, 2048);
	fixture_free(f);
}

/* After an error the driver fails every read: one place is bad, no good sector is called so, and it is said. */
static void test_stuck_path(void)
{
	struct fixture *f = fixture_new("size=64M,stalls=70000:1000");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->finding_count, 1);
	CHECK(f->findings[0].code == FINDING_DISK_READ_ERROR);
	CHECK(f->findings[0].lba <= 70000 && 70000 < f->findings[0].lba + f->findings[0].lba_count);
	CHECK(fixture_has_note(
		f, "blocks that had been read before failed too. The rest is not tested."));
	CHECK(f->run.gave_up);
	CHECK(f->now_ns < 30000 * MS);
	fixture_free(f);
}

static void test_sense_formats(void)
{
	static const uint8_t fixed[18] = {0x70, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11, 4};
	static const uint8_t descriptor[8] = {0x72, 4, 0x44, 0, 0, 0, 0, 0};
	uint8_t key = 0xee;
	uint16_t code = 0xeeee;

	CHECK(cause_sense((struct span){fixed, 18}, &key, &code));
	CHECK_U64(key, 3);
	CHECK_U64(code, 0x1104);
	CHECK(cause_sense((struct span){descriptor, 8}, &key, &code));
	CHECK_U64(key, 4);
	CHECK_U64(code, 0x4400);
	for (size_t len = 0; len < 14; len++)
		CHECK(!cause_sense((struct span){fixed, len}, &key, &code), "%zu", len);
	CHECK_U64(code, 0x4400);
}

static struct disk_answer answer_of(const uint8_t *sense, uint8_t len)
{
	struct disk_answer a = {.answered = true};

	a.u.scsi.target = SCSI_CHECK_CONDITION;
	a.u.scsi.sense_bytes = len;
	memcpy(a.u.scsi.sense, sense, len);
	return a;
}

static void test_sat(void)
{
	static const uint8_t status[22] = {0x72, 1, 0, 0x1d, 0, 0, 0, 14, 9, 12, 0, 0x04, 0, 1,
		0xaa, 0, 0xbb, 0xf4, 0xcc, 0x2c, 0x40, 0x51};
	const struct ata_request smart = {0xb0, 0xda, 0, 0xc24f00, 0xa0, false, ATA_NO_DATA};
	const struct ata_request read = {
		0x25, 0, 1, UINT64_C(0x665544332211), 0x40, true, ATA_DMA_IN};
	struct disk_answer outer = answer_of(status, sizeof(status)), a;
	struct scsi_request cdb;

	sat_wrap(&smart, &cdb);
	CHECK(memcmp(cdb.cdb, "\x85\x06\x28\x00\xda\x00\x00\x00\x00\x00\x4f\x00\xc2\xa0\xb0\x00",
		      16) == 0);
	sat_wrap(&read, &cdb);
	CHECK(memcmp(cdb.cdb, "\x85\x0d\x1e\x00\x00\x00\x01\x44\x11\x55\x22\x66\x33\x40\x25\x00",
		      16) == 0);
	sat_unwrap(&outer, &a);
	CHECK(a.answered);
	CHECK_U64(a.u.ata.status, 0x51);
	CHECK_U64(a.u.ata.error, 0x04);
	CHECK_U64(a.u.ata.lba, UINT64_C(0xccbbaa2cf400));
	for (uint8_t len = 0; len < sizeof(status); len++) {
		outer = answer_of(status, len);
		sat_unwrap(&outer, &a);
		CHECK(!a.answered, "%u", len);
	}
	outer = (struct disk_answer){.answered = true, .bytes = 512};
	sat_unwrap(&outer, &a);
	CHECK(a.answered && a.u.ata.status == 0x50 && a.bytes == 512);
}

int main(void)
{
	test_end_to_end();
	test_verify_fails_too();
	test_transient();
	test_asks_once_for_neighbours();
	test_silence();
	test_stuck_path();
	test_stuck_at_once();
	test_sense_formats();
	test_sat();
	return test_end(__FILE__);
}
