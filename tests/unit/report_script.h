/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Recorded runs for the renderers' tests: fixed records on a clock that only the script moves. */
#ifndef KIRIWAKE_TESTS_REPORT_SCRIPT_H
#define KIRIWAKE_TESTS_REPORT_SCRIPT_H

#include "core/bytes.h"
#include "core/record.h"
#include "core/text.h"

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

/* What a malicious DIMM, switch or SMBIOS table could put into a string. */
#define HOSTILE "\x1b[2J\"<script>\\ \r\n\t\x01\x7f caf\xc3\xa9 \xff"

static uint64_t script_ns;

static uint64_t script_now(void *ctx)
{
	(void)ctx;
	return script_ns;
}

static const struct clock_port script_clock = {.now_ns = script_now};

static void after(uint64_t ns)
{
	script_ns += ns;
}

static void script_part(struct inventory *inv, struct part p)
{
	inv->parts[inv->count++] = p;
}

static void script_inventory(struct inventory *inv)
{
	inv->count = 0;
	text_copy(inv->uuid, sizeof(inv->uuid), "00000000-0000-0000-0000-ac1f6b010203");
	script_part(inv, (struct part){.kind = PART_BOARD,
				 .id = "board",
				 .name = "X10SRi-F",
				 .maker = "Supermicro",
				 .serial = "ZM154S001234",
				 .version = "1.02"});
	script_part(inv, (struct part){.kind = PART_FIRMWARE,
				 .id = "fw",
				 .name = "EDK II, UEFI 2.70",
				 .maker = "Debian",
				 .version = "2022.11"});
	script_part(inv, (struct part){.kind = PART_CPU,
				 .id = "cpu0",
				 .name = "Xeon E5-2620 v4",
				 .maker = "Intel",
				 .location = "CPU1"});
	script_part(inv, (struct part){.kind = PART_MEMORY,
				 .id = "mem",
				 .name = "memory",
				 .size_bytes = UINT64_C(16) << 30});
	script_part(inv, (struct part){.kind = PART_DIMM,
				 .id = "dimm0",
				 .name = "DDR4-2400",
				 .maker = "Micron",
				 .part_number = "18ASF1G72PZ",
				 .serial = "1A2B3C4D",
				 .location = "P1-DIMMA1",
				 .size_bytes = UINT64_C(8) << 30});
	script_part(inv, (struct part){.kind = PART_DIMM,
				 .id = "dimm1",
				 .name = "DDR4-2400",
				 .maker = "Micron",
				 .part_number = "18ASF1G72PZ",
				 .serial = "1A2B3C4E",
				 .location = "P1-DIMMB1",
				 .size_bytes = UINT64_C(8) << 30});
	script_part(inv, (struct part){.kind = PART_NETWORK, .id = "net", .name = "network"});
	script_part(inv, (struct part){.kind = PART_NIC,
				 .id = "nic0",
				 .name = "Intel 8086:10d3",
				 .location = "PCI 0000:00:02.0"});
	script_part(inv, (struct part){.kind = PART_DISK,
				 .id = "disk0",
				 .name = "Samsung SSD 860",
				 .serial = "S3Z9NB0K",
				 .version = "RVT01B6Q",
				 .location = "PCI 0000:00:1f.2 port 1",
				 .size_bytes = UINT64_C(500107862016)});
}

static void script_run_begin(struct recorder *rec, const char *run, const struct inventory *inv)
{
	struct record r = {.kind = RECORD_RUN_BEGIN};

	r.u.run_begin.version = "0.1.0";
	r.u.run_begin.run = run;
	r.u.run_begin.command_line = "profile=quick net.ip=192.168.1.20/24";
	r.u.run_begin.parameters = "profile=quick\nchecks=mem.* \"x\"\nnet.ip=192.168.1.20/24\n";
	r.u.run_begin.inventory = inv;
	r.u.run_begin.has_wall = true;
	r.u.run_begin.wall_s = 1709164800; /* 2024-02-29T00:00:00Z */
	record_emit(rec, &r);
}

static void script_triage(struct recorder *rec, const char *part, const char *suspect,
	enum suspect_state state, const char *evidence, const char *next)
{
	struct record r = {.kind = RECORD_TRIAGE, .part = part, .message = evidence};

	r.u.triage.suspect = suspect;
	r.u.triage.state = state;
	r.u.triage.next = next;
	record_emit(rec, &r);
}

static void script_run_end(
	struct recorder *rec, const char *run, enum verdict verdict, const char *incomplete_why)
{
	struct record r = {.kind = RECORD_RUN_END};

	r.u.run_end.verdict = verdict;
	r.u.run_end.complete = incomplete_why == NULL;
	r.u.run_end.run = run;
	r.u.run_end.counts = (struct counts){
		.checks = 5, .pass = 2, .fail = 2, .skip = 1, .warn = 0, .error = 0};
	r.u.run_end.incomplete_why = incomplete_why;
	record_emit(rec, &r);
}

static void script_memory(struct recorder *rec)
{
	static const struct point speed[] = {{0, 1234567}, {8ull << 30, 1200000}, {16ull << 30, 5}};
	record_check_begin(rec, "mem.march-c", "March C- over all free memory",
		"every word reads back as it was written");
	for (uint64_t done = 0; done <= 12; done++) {
		record_progress_left(rec, "mem", "step 3 of 6", done << 25, UINT64_C(12) << 25, "B",
			"address", UINT64_C(0x100000000) + (done << 25),
			done < 4 ? 0 : (12 - done) * 1000 * S, false);
		after(1025 * MS);
	}
	record_measure(rec, "mem", "write speed", 1234567, 3, "MB/s");
	record_series(rec, "mem", "speed", "B", "MB/s", 1, speed, ARRAY_LEN(speed));
	record_series(rec, "mem", "nothing", "B", "1", 0, speed, 0);
	record_coverage(rec, "mem", "wrote and read 15.5 of 16 GiB with 2 backgrounds, no error");
	record_why(rec, "15.5 of 16 GiB, 2 backgrounds, no mismatch");
	record_check_end(rec, PASS);
}

static void script_duplicate_ip(struct recorder *rec)
{
	static const char *const macs[] = {"02:00:00:00:00:01", "02:00:00:00:00:02"};
	const struct field fields[] = {FIELD_STR("ip", "192.168.1.20"), FIELD_LIST("macs", macs, 2),
		FIELD_NUM("count", 9), FIELD_STR("nic", "nic0")};

	record_check_begin(rec, "net.duplicate-ip", "Is our address ours alone?",
		"nobody answers for net.ip while we are silent");
	after(2500 * MS);
	record_finding(rec, FINDING_NET_DUPLICATE_IP, "net", fields, ARRAY_LEN(fields),
		"192.168.1.20 is held by 02:00:00:00:00:01 and 02:00:00:00:00:02: both answered "
		"while this server was off the air.");
	record_why(rec, "2 other owners of 192.168.1.20");
	record_check_end(rec, FAIL);
}

static void script_disk(struct recorder *rec)
{
	const struct field fields[] = {FIELD_STR("disk", "disk0"),
		FIELD_NUM("lba", UINT64_C(976773167)), FIELD_NUM("lba_count", 1),
		FIELD_ADDRESS("status", UINT64_C(0x8000000000000007))};

	record_check_begin(rec, "disk.read", "Sequential and random reads", "every read succeeds");
	record_progress(rec, "disk0", "sequential", 5, 0, "reads", "lba", 12345);
	after(700 * MS);
	for (int i = 0; i < 10; i++)
		record_finding(rec, FINDING_DISK_READ_ERROR, "disk0", fields, ARRAY_LEN(fields),
			"Sector 976773167 could not be read in 3 tries.");
	record_fault(rec, "BlockIo.ReadBlocks()", "disk0", "EFI_NO_RESPONSE at LBA 1");
	record_check_end(rec, UNDECIDED);
}

/* What the suite says at the end of a run. */
static void script_triage_step(struct recorder *rec)
{
	struct record follows = {.kind = RECORD_TRIAGE, .part = "nic0", .message = "No link."};

	record_check_begin(rec, "triage", "Who is to blame?", "");
	script_triage(rec, "disk0", "disk0 Samsung SSD 860", SUSPECT_FAULTY,
		"1 sector could not be read at LBA 976773167.",
		"Save the data, then replace the drive.");
	script_triage(rec, "net", "network", SUSPECT_FAULTY, "Two more owners of 192.168.1.20.",
		"Find 02:00:00:00:00:01 in the switch's address table.");
	script_triage(rec, "mem", "memory", SUSPECT_CLEARED,
		"Wrote and read 15.5 of 16 GiB with 2 backgrounds, no error.", NULL);
	script_triage(rec, "cpu0", "CPU and board", SUSPECT_UNTESTED, "No check ran on it.", "");
	follows.u.triage.suspect = "nic0";
	follows.u.triage.state = SUSPECT_SUSPECT;
	follows.u.triage.finding = finding_info(FINDING_NIC_NO_LINK);
	follows.u.triage.failure_code = "B8XG-FAVX";
	follows.u.triage.because_of = "disk0";
	record_emit(rec, &follows);
	record_file(rec, "report.html", "text/html", "the whole run for people");
	record_check_end(rec, PASS);
}

/* A run with every kind of record. */
static inline void script_run(struct recorder *rec, const struct inventory *inv)
{
	script_run_begin(rec, "0007", inv);
	after(12 * MS);
	record_note(rec, NULL, "Connected 3 controllers, none of them recursively.");
	record_finding(rec, FINDING_OPTION_UNKNOWN, NULL, NULL, 0,
		"kiriwake.cfg, line 3: unknown key \"net.ipp\" (did you mean net.ip?)");
	script_memory(rec);
	script_duplicate_ip(rec);
	script_disk(rec);
	record_check_begin(rec, "nic.loopback-of-the-card", "Loop in the card", "");
	record_why(rec, "the card has no loopback that we know");
	record_check_end(rec, SKIP);
	record_check_begin(rec, "mem.march-c", "March C- over all free memory", "");
	record_why(rec, "again, no mismatch");
	record_check_end(rec, PASS);
	script_triage_step(rec);
	script_run_end(rec, "0007", FAIL, "the budget of 30 s ended before disk.surface");
}

/* The same kinds with strings that mean harm. */
static inline void script_hostile(struct recorder *rec, struct inventory *inv)
{
	static const char *const list[] = {HOSTILE, NULL, ""};
	static char endless[3000];
	const struct field fields[] = {FIELD_STR("vendor", HOSTILE), FIELD_STR("ip", NULL),
		FIELD_LIST("macs", list, ARRAY_LEN(list)), FIELD_STR("nic", endless)};
	struct record r = {.kind = RECORD_NOTE, .message = endless};

	memset(endless, 'x', sizeof(endless) - 1);
	for (size_t i = 0; i < inv->count; i++) {
		text_copy(inv->parts[i].name, PART_TEXT, HOSTILE);
		text_copy(inv->parts[i].serial, PART_TEXT, HOSTILE);
	}
	text_copy(inv->uuid, sizeof(inv->uuid), HOSTILE);
	script_run_begin(rec, "none", inv);
	record_measure(rec, NULL, "outside", 5, 1, "s");
	record_fault(rec, HOSTILE, NULL, HOSTILE);
	record_check_begin(rec, "net.hostile", HOSTILE, HOSTILE);
	record_progress(rec, HOSTILE, HOSTILE, UINT64_MAX - 1, UINT64_MAX, HOSTILE, "lba", 1);
	record_emit(rec, &r);
	record_finding(rec, FINDING_NET_ROGUE_DHCP, "no-such-part", fields, ARRAY_LEN(fields), "%s",
		HOSTILE);
	record_fault(rec, "...", "disk0", HOSTILE);
	record_coverage(rec, NULL, HOSTILE);
	record_measure(rec, "disk0", HOSTILE, UINT64_MAX, 9, HOSTILE);
	script_triage(rec, NULL, HOSTILE, SUSPECT_SUSPECT, endless, endless);
	script_run_end(rec, NULL, ERROR, NULL); /* the step is left open */
}

#endif
