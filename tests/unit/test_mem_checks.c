/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.address and mem.march-c as a run sees them: verdicts, findings, coverage, options, lost CPUs. */
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB ((uint64_t)1 << 20)

static void test_clean(void)
{
	static const enum cpu_mode modes[] = {CPUS_NONBLOCKING, CPUS_BLOCKING, CPUS_SINGLE};
	static const enum mem_cpus uses[] = {MEM_CPUS_ALL, MEM_CPUS_ONE, MEM_CPUS_ROUND_ROBIN};

	for (unsigned n = 0; n < 9; n++) {
		struct rig *rig = rig_new(MIB, "");

		sim_cpus_port(&rig->cpus, 3, modes[n / 3], &rig->machine.cpus);
		rig->config.mem_cpus = uses[n % 3];
		rig->config.mem_reserve_bytes = 65536;
		rig->run.installed_bytes = MIB;
		CHECK_U64(rig_run(rig, &mem_address_check), PASS);
		CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
		CHECK_U64(rig->finding_count, 0);
		CHECK_U64(rig->coverages, 2);
		CHECK_U64(rig->tested_bytes, MIB - 65536);
		CHECK(rig->most_done < rig->total);
		CHECK(rig_said(rig, "March C-, 2 backgrounds, on 960 KiB of 1 MiB mapped "
				    "(installed 1 MiB) with "));
		CHECK(rig_said(rig, "64 KiB not tested: reserve for firmware"));
		CHECK(rig_said(rig, ": no mismatch; not tested: 64 KiB reserve for firmware"));
		CHECK(rig_said(rig, "3 CPUs in turn") == (n == 2 || n == 5));
		CHECK(rig_said(rig, "1 CPU:") == (n % 3 == 1 || n / 3 == 2));
		rig_free(rig);
	}
}

static void test_stuck_bit(void)
{
	struct rig *rig = rig_new(MIB, "stuck=0x10003a008:5:1");
	const struct rig_finding *f = rig->findings;

	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(f->code, FINDING_MEM_BIT_ERROR);
	CHECK_U64(rig_field(f, "address"), 0x10003a008);
	CHECK_U64(rig_field(f, "expected"), 0);
	CHECK_U64(rig_field(f, "actual"), 0x20);
	CHECK_U64(rig_field(f, "xor"), 0x20);
	CHECK_U64(rig_field(f, "reread"), 0x20);
	CHECK_U64(rig_field(f, "cpu"), 1); /* the second half of memory is the second CPU's */
	CHECK_U64(rig_field(f, "count"), 1);
	CHECK(strstr(f->message, "bit 5 flipped") != NULL, "%s", f->message);
	CHECK_U64(rig->mismatches, 6); /* three reads of each bit value on each background */
	CHECK(rig_said(rig, "6 mismatches in all at the 1 address above"));
	rig_free(rig);
}

/* 1 MiB that holds nothing: bounded findings, exact counts. */
static void test_flood(void)
{
	struct rig *rig = rig_new(4 * MIB, "dead=0x200000:0x100000");
	const struct rig_finding *last;

	text_copy(rig->config.mem_patterns, sizeof(rig->config.mem_patterns), "solid");
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, MEM_TOLD_PER_CHECK + 1);
	last = &rig->findings[rig->finding_count - 1];
	CHECK_U64(rig_field(last, "count"), 3 * MIB / 8);
	CHECK_U64(rig_field(last, "address"), 0x200000);
	CHECK_U64(rig_field(last, "last_address"), 0x2ffff8);
	CHECK_U64(rig_field(last, "addresses_at_least"), MIB / 8);
	CHECK_U64(last->code, FINDING_MEM_BIT_ERROR);
	CHECK_U64(rig->mismatches, 3 * MIB / 8);
	rig_free(rig);
}

static void test_alias(void)
{
	struct rig *rig = rig_new(MIB, "alias=0x101000:0x141000");

	CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig->findings[0].code, FINDING_MEM_ADDRESS_ALIAS);
	CHECK_U64(rig_field(&rig->findings[0], "address"), 0x101000);
	CHECK_U64(rig_field(&rig->findings[0], "other_address"), 0x141000);
	CHECK(strstr(rig->findings[0].message, "address bit 18.") != NULL);
	rig_free(rig);
}

/* One flipped bit is not an alias, whatever the seed. */
static void test_flip_is_no_alias(void)
{
	for (unsigned seed = 0; seed < 20; seed++) {
		struct rig *rig = rig_new(MIB, "stuck=0x101008:0:0 stuck=0x100000000:40:1");

		rig->run.seed = seed;
		CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
		CHECK_U64(rig->finding_count, 2);
		for (size_t i = 0; i < rig->finding_count; i++) {
			CHECK_U64(rig->findings[i].code, FINDING_MEM_BIT_ERROR);
			CHECK(rig_field(&rig->findings[i], "xor") == 1 ||
				rig_field(&rig->findings[i], "xor") == (uint64_t)1 << 40);
		}
		rig_free(rig);
	}
}

/* A line stuck at 0 is found by the line walk, and named. Above 4 GiB too: line 32. */
static void test_address_line(void)
{
	static const char *const lines[] = {"line=14", "line=32"}, *const names[] = {
									   "bit 14.", "bit 32."};

	for (unsigned i = 0; i < 2; i++) {
		/* With 4 MiB, 0x100100000 and 0x100000 both exist. */
		struct rig *rig = rig_new(4 * MIB, lines[i]);

		rig->pulses_left = 1; /* before the first sweep */
		CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
		CHECK(rig->finding_count > 0);
		CHECK_U64(rig->findings[0].code, FINDING_MEM_ADDRESS_ALIAS);
		CHECK(strstr(rig->findings[0].message, names[i]) != NULL, "%s",
			rig->findings[0].message);
		CHECK_U64(rig->coverages, 0);
		rig_free(rig);
	}
}

static void test_line_flood(void)
{
	struct rig *rig = rig_new(MIB, "line=14");
	const struct rig_finding *last;

	CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
	CHECK_U64(rig->finding_count, MEM_TOLD_PER_CHECK + 1);
	last = &rig->findings[rig->finding_count - 1];
	CHECK_U64(last->code, FINDING_MEM_ADDRESS_ALIAS);
	CHECK_U64(rig_field(last, "addresses_at_least"), MIB / 8 / 2);
	rig_free(rig);
}

static void test_range(void)
{
	struct rig *rig = rig_new(MIB, "stuck=0x100000008:1:1 stuck=0x140008:1:1");

	rig->config.mem_low = 0x140000;
	rig->config.mem_high = 0x150000;
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig_field(&rig->findings[0], "address"), 0x140008);
	CHECK_U64(rig->tested_bytes, 0x10000);
	CHECK(rig_said(rig, "not tested: 960 KiB outside mem.range"));
	rig_free(rig);

	rig = rig_new(MIB, "");
	rig->config.mem_low = 0x40000000;
	rig->config.mem_high = 0x50000000;
	CHECK_U64(rig_run(rig, &mem_address_check), WARN);
	CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
	CHECK_U64(rig->finding_count, 1); /* told once */
	CHECK_U64(rig->findings[0].code, FINDING_OPTION_BAD_VALUE);
	CHECK(strstr(rig->findings[0].message, "mem.range") != NULL);
	CHECK(strstr(rig->findings[0].message, "0x100000-0x180000, 0x100000000-0x100080000") !=
		NULL);
	CHECK_U64(rig->tested_bytes, MIB);
	rig_free(rig);
}

static void test_patterns(void)
{
	struct rig *rig = rig_new(MIB, "");

	text_copy(rig->config.mem_patterns, sizeof(rig->config.mem_patterns), "zebra bytes");
	CHECK_U64(rig_run(rig, &mem_march_c_check), WARN);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig->findings[0].code, FINDING_OPTION_BAD_VALUE);
	CHECK(strstr(rig->findings[0].message, "mem.patterns: no pattern matches \"zebra\"") !=
		NULL);
	CHECK(strstr(rig->findings[0].message, "halves") != NULL);
	CHECK(rig_said(rig, "March C-, 1 background,"));
	rig_free(rig);
}

/* CPUs that do not come back on the first call, or later, on all of them or in turn: never a PASS. */
static void test_lost_cpu(void)
{
	for (unsigned n = 0; n < 4; n++) {
		struct rig *rig = rig_new(MIB, "");

		rig->cpus.failure = CPUS_TIMEOUT;
		rig->cpus.failure_after = n % 2 ? 3 : 0;
		rig->config.mem_cpus = n / 2 ? MEM_CPUS_ROUND_ROBIN : MEM_CPUS_ALL;
		sim_cpus_port(&rig->cpus, 2, CPUS_NONBLOCKING, &rig->machine.cpus);
		CHECK_U64(rig_run(rig, &mem_march_c_check), ERROR);
		CHECK_U64(rig->faults, 1);
		CHECK_U64(rig->coverages, 0);
		CHECK_U64(rig->tested_bytes, 0);
		CHECK(rig->run.gave_up);
		CHECK(rig_said(rig, "StartupAllAPs"));
		CHECK(rig->session->cpu_lost);
		/* A lost CPU may still write: nothing after it is believed. */
		CHECK_U64(rig_run(rig, &mem_address_check), SKIP);
		CHECK_U64(rig->finding_count, 0);
		rig_free(rig);
	}
}

/* Firmware that stops taking work, at once or later: the boot CPU does what was refused and all the rest. */
static void test_refused_work(void)
{
	for (unsigned n = 0; n < 4; n++) {
		struct rig *rig = rig_new(MIB, "stuck=0x10003a008:5:1");

		rig->cpus.failure = CPUS_REFUSED;
		rig->cpus.failure_after = n % 2 ? 3 : 0;
		rig->config.mem_cpus = n / 2 ? MEM_CPUS_ROUND_ROBIN : MEM_CPUS_ALL;
		sim_cpus_port(&rig->cpus, 4, CPUS_NONBLOCKING, &rig->machine.cpus);
		CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
		CHECK_U64(rig->faults, 0);
		CHECK_U64(rig->coverages, 1);
		CHECK_U64(rig->tested_bytes, MIB);
		CHECK(!rig->run.gave_up);
		CHECK_U64(rig->finding_count, 1);
		CHECK_U64(rig->mismatches, 6);
		CHECK(n != 0 || rig_field(&rig->findings[0], "cpu") == 0);
		CHECK(rig_said(rig, "the firmware gives the other 3 CPUs no more work; the boot "
				    "CPU goes on alone: StartupAllAPs"),
			"%s", rig->text);
		CHECK(rig_said(rig, "mapped with 4 CPUs, from "), "%s", rig->text);
		CHECK(rig_said(rig, " % on with 1:"), "%s", rig->text);
		CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
		CHECK(rig_said(rig, "mapped with 1 CPU:"));
		rig_free(rig);
	}
}

static unsigned flushes;

static void count_flush(void)
{
	flushes++;
}

/* Every CPU that touched memory empties its caches before another sweep looks at it. */
static void test_caches_are_flushed(void)
{
	static const enum mem_cpus uses[] = {MEM_CPUS_ALL, MEM_CPUS_ROUND_ROBIN};

	for (unsigned i = 0; i < 2; i++) {
		struct rig *rig = rig_new(MIB, "");
		rig->cpus.in_turn = true;
		rig->machine.cpus.flush_caches = count_flush;
		rig->config.mem_cpus = uses[i];
		flushes = 0;
		CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
		CHECK_U64(flushes, i == 0 ? 2 * 2 * marches[MARCH_C_MINUS].count : rig->cpus.calls);
		flushes = 0;
		rig->cpus.calls = 0;
		CHECK_U64(rig_run(rig, &mem_address_check), PASS);
		/* Two walks over the lines, on the boot CPU; fill and verify, twice. */
		CHECK_U64(flushes, 2 + (i == 0 ? 4 * 2 : rig->cpus.calls));
		rig_free(rig);
	}
}

static void test_stopped(void)
{
	struct rig *rig = rig_new(8 * MIB, "");

	rig->pulses_left = 4;
	CHECK_U64(rig_run(rig, &mem_march_c_check), SKIP);
	CHECK_U64(rig->coverages, 0);
	CHECK_U64(rig->tested_bytes, 0);
	CHECK(strstr(rig->rec.check_why, "stopped by a key after ") != NULL, "%s",
		rig->rec.check_why);
	CHECK(strstr(rig->rec.check_why, "complete: nothing") != NULL);
	rig_free(rig);
}

static bool no_memory(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	(void)ctx;
	(void)reserve_bytes;
	(void)ret;
	return false;
}

static void test_no_memory(void)
{
	struct rig *rig = rig_new(MIB, "");

	rig->machine.ram.acquire = no_memory;
	text_copy(rig->machine.ram.error, PORT_ERROR, "AllocatePages: out of resources");
	CHECK_U64(rig_run(rig, &mem_address_check), ERROR);
	CHECK(rig_said(rig, "AllocatePages: out of resources"));
	rig_free(rig);
}

static bool acquire_with_ledger(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	static const struct ram_skipped skipped[] = {{"loader code", 4096}, {"ACPI tables", 4096},
		{"boot services data", 65536}, {"runtime data", 4096}};
	const struct sim_ram *ram = ctx;

	(void)reserve_bytes;
	*ret = (struct ram_grant){.range_count = SIM_RAM_RANGES,
		.granted_bytes = ram->bytes,
		.mapped_bytes = ram->bytes + 65536 + 3 * 4096,
		.skipped_count = ARRAY_LEN(skipped)};
	memcpy(ret->ranges, ram->ranges, sizeof(ram->ranges));
	memcpy(ret->skipped, skipped, sizeof(skipped));
	return true;
}

/* Kinds of untested memory that happen to be of one size are all named, the largest first. */
static void test_ledger(void)
{
	struct rig *rig = rig_new(MIB, "");

	rig->machine.ram.acquire = acquire_with_ledger;
	CHECK_U64(rig_run(rig, &mem_address_check), PASS);
	CHECK(rig_said(rig, "not tested: 64 KiB boot services data, 4 KiB loader code, "
			    "4 KiB ACPI tables, 4 KiB runtime data\n"),
		"%s", rig->text);
	rig_free(rig);
}

int main(void)
{
	test_clean();
	test_stuck_bit();
	test_flood();
	test_alias();
	test_flip_is_no_alias();
	test_address_line();
	test_line_flood();
	test_range();
	test_patterns();
	test_lost_cpu();
	test_refused_work();
	test_caches_are_flushed();
	test_stopped();
	test_no_memory();
	test_ledger();
	return test_end(__FILE__);
}
