/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The checks that sweep over memory, beside mem.address and mem.march-c. */
#include "memtest/job.h"
#include "suite/catalogue.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB ((uint64_t)1 << 20)

static const struct {
	const struct check *check;
	const char *done; /* in the quick profile */
	bool in_quick, in_full;
} checks[] = {
	{&mem_random_check, "MATS+, 2 rounds of random data, on 1 MiB", true, true},
	{&mem_bus_stress_check, "Bus stress, 1 round of random data, on 1 MiB", false, true},
	{&mem_block_move_check, "Block move, 2 rounds of random data, on 1 MiB", false, true},
	{&mem_bit_fade_check, "Bit fade, 1 round of random data, on 1 MiB", false, true},
	{&mem_march_raw_check,
		"March RAW with a flush after every operation, 1 background, on 1 MiB", false,
		true},
	{&mem_march_ss_check, "March SS with a flush after every operation, 1 background, on 1 MiB",
		false, false},
	{&mem_random_inversions_check, "Moving inversions, 2 random pairs, on 1 MiB", false, true},
	{&mem_modulo_check, "Modulo-20, 40 patterns, on 1 MiB", false, true},
	{&mem_moving_inversions_check, "Moving inversions, 2 backgrounds, on 1 MiB", false, true},
	{&mem_walking_check, "Moving inversions of a walking bit, 128 positions, on 1 MiB", false,
		true},
};

static struct rig *rig_with(const char *faults, enum profile profile, const char *patterns)
{
	struct rig *rig = rig_new(MIB, faults);

	rig->config.profile = profile;
	text_copy(rig->config.mem_patterns, sizeof(rig->config.mem_patterns), patterns);
	return rig;
}

static void test_clean(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rig *rig = rig_with("", PROFILE_QUICK, "");

		CHECK_U64(rig_run(rig, checks[i].check), PASS);
		CHECK_U64(rig->finding_count, 0);
		CHECK_U64(rig->coverages, 1);
		CHECK_U64(rig->tested_bytes, MIB);
		CHECK(rig->most_done < rig->total);
		CHECK(rig_said(rig, checks[i].done), "%s", rig->text);
		rig_free(rig);
	}
}

/* Every check finds a stuck bit, names the word and the bit, and blames nobody else; with CPUs that share the work, or
 * take turns, or one. */
static void test_stuck_bit(void)
{
	static const enum mem_cpus uses[] = {MEM_CPUS_ALL, MEM_CPUS_ONE, MEM_CPUS_ROUND_ROBIN};

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rig *rig = rig_with("stuck=0x10003a008:5:1", PROFILE_QUICK, "");

		rig->config.mem_cpus = uses[i % ARRAY_LEN(uses)];
		CHECK_U64(rig_run(rig, checks[i].check), FAIL);
		CHECK(rig->finding_count == 1, "%s: %zu findings", checks[i].check->id,
			rig->finding_count);
		CHECK_U64(rig->findings[0].code, FINDING_MEM_BIT_ERROR);
		CHECK_U64(rig_field(&rig->findings[0], "address"), 0x10003a008);
		CHECK_U64(rig_field(&rig->findings[0], "xor"), 0x20);
		CHECK_U64(rig_field(&rig->findings[0], "actual") & 0x20, 0x20);
		if (rig->config.mem_cpus == MEM_CPUS_ALL)
			CHECK_U64(rig_field(&rig->findings[0], "cpu"), 1);
		rig_free(rig);
	}
}

/* A MiB that holds nothing: bounded findings, and no word is counted twice. */
static void test_flood(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rig *rig = rig_with("dead=0x140000:0x8000", PROFILE_QUICK, "solid");
		const struct rig_finding *last;

		CHECK_U64(rig_run(rig, checks[i].check), FAIL);
		CHECK_U64(rig->finding_count, MEM_TOLD_PER_CHECK + 1);
		last = &rig->findings[rig->finding_count - 1];
		CHECK_U64(last->code, FINDING_MEM_BIT_ERROR);
		CHECK(rig_field(last, "addresses_at_least") <= 0x1000, "%s: %llu",
			checks[i].check->id,
			(unsigned long long)rig_field(last, "addresses_at_least"));
		CHECK(rig_field(last, "address") >= 0x140000);
		/* Where a block was moved to shows what was wrong where it came from. */
		CHECK(rig_field(last, "last_address") < 0x148000 ||
				checks[i].check == &mem_block_move_check,
			"%s", checks[i].check->id);
		rig_free(rig);
	}
}

/* Two words that share a cell: with random data both hold the wrong value whatever the pattern. */
static void test_random_finds_alias(void)
{
	struct rig *rig = rig_with("alias=0x101000:0x141000", PROFILE_QUICK, "solid");

	CHECK_U64(rig_run(rig, &mem_random_check), FAIL);
	CHECK(rig->finding_count >= 1 && rig->finding_count <= 2);
	CHECK_U64(rig_field(&rig->findings[0], "address") & ~(uint64_t)0x40000, 0x101000);
	rig_free(rig);
}

/* The seeds are in the log, differ from round to round and pass to pass, and come back with the run's seed. */
static void test_random_seeds(void)
{
	struct rig *rig = rig_with("", PROFILE_FULL, "");
	char seed[2][64];
	const char *at;

	CHECK_U64(rig_run(rig, &mem_random_check), PASS);
	CHECK(rig_said(rig, "MATS+, 8 rounds of random data, on 1 MiB"));
	for (unsigned round = 0; round < 2; round++) {
		char words[64];

		fmt_to(words, sizeof(words), "random data of round %u have seed ", round + 1);
		at = strstr(rig->text, words);
		CHECK(at != NULL);
		text_copy(seed[round], 19, at != NULL ? at + strlen(words) : "");
	}
	CHECK(!text_same(seed[0], seed[1]));
	CHECK(rig_said(rig, "random data of round 8 have seed 0x"));
	CHECK(!rig_said(rig, "round 9"));
	rig_free(rig);

	for (unsigned pass = 0; pass < 2; pass++) {
		rig = rig_with("", PROFILE_QUICK, "");
		rig->run.pass = pass;
		CHECK_U64(rig_run(rig, &mem_random_check), PASS);
		CHECK(rig_said(rig, seed[0]) == (pass == 0));
		rig_free(rig);
	}
}

/* What a read or write does to a cell shows only where every operation reaches it. */
static void test_march_ss(void)
{
	static const char *const faults[] = {
		"deceive=0x101008:7:0", "deceive=0x101008:7:1", "writeflip=0x101008:7:1"};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct rig *rig = rig_with(faults[i], PROFILE_QUICK, "solid");

		CHECK_U64(rig_run(rig, &mem_moving_inversions_check), PASS);
		CHECK_U64(rig_run(rig, &mem_march_ss_check), FAIL);
		CHECK_U64(rig_field(&rig->findings[0], "address"), 0x101008);
		CHECK_U64(rig_field(&rig->findings[0], "xor"), 0x80);
		rig_free(rig);
	}
}

static void test_bit_fade(void)
{
	static const char *const faults[] = {"fade=0x101008:7:0", "fade=0x100000000:63:1"};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct rig *rig = rig_with(faults[i], PROFILE_FULL, "");

		CHECK_U64(rig_run(rig, &mem_random_check), PASS);
		CHECK_U64(rig_run(rig, &mem_bit_fade_check), FAIL);
		CHECK_U64(rig->finding_count, 1);
		CHECK_U64(rig_field(&rig->findings[0], "address"), i == 0 ? 0x101008 : 0x100000000);
		CHECK(rig->slept_ns / 1000000000 >= 235); /* the clock moves by itself a little */
		CHECK(rig->pulses > 2 * 500, "%u pulses", rig->pulses);
		rig_free(rig);
	}
}

static void test_stopped(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rig *rig = rig_with("", PROFILE_FULL, "");

		rig->pulses_left = checks[i].check == &mem_bit_fade_check ? 300 : 3;
		CHECK_U64(rig_run(rig, checks[i].check), SKIP);
		CHECK_U64(rig->coverages, 0);
		CHECK_U64(rig->tested_bytes, 0);
		CHECK(strstr(rig->rec.check_why, "stopped by a key after ") != NULL);
		rig_free(rig);
	}
}

static void test_cpu_failures(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct rig *rig = rig_with("", PROFILE_QUICK, "");

		rig->cpus.failure = CPUS_TIMEOUT;
		rig->cpus.failure_after = 1;
		CHECK_U64(rig_run(rig, checks[i].check), ERROR);
		CHECK_U64(rig->coverages, 0);
		CHECK(rig->session->cpu_lost);
		CHECK(rig->run.gave_up);
		rig_free(rig);
	}
}

/* A family of backgrounds: every member. */
static void test_walking(void)
{
	struct rig *rig = rig_with(
		"coupling=0x101000:0:up:0x101000:2:1", PROFILE_QUICK, "walking-*");

	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK(rig_said(rig, "March C-, 128 backgrounds,"));
	CHECK_U64(rig_field(&rig->findings[0], "address"), 0x101000);
	rig_free(rig);
}

static bool selects(enum profile profile, const char *words, const struct check *check)
{
	struct config config = {.profile = profile};

	text_copy(config.checks, sizeof(config.checks), words);
	return catalogue_selects(&config, check);
}

/* What takes long waits for the longer profiles, or to be named. */
static void test_selection(void)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		const struct check *check = checks[i].check;

		CHECK(selects(PROFILE_QUICK, "", check) == checks[i].in_quick);
		CHECK(selects(PROFILE_QUICK, "mem.*", check) == checks[i].in_quick);
		CHECK(selects(PROFILE_QUICK, check->id, check));
		CHECK(selects(PROFILE_FULL, "", check) == checks[i].in_full);
		CHECK(selects(PROFILE_MEMORY, "mem.*", check) == checks[i].in_full);
		CHECK(!selects(PROFILE_BURNIN, "-mem.*", check));
		CHECK(!selects(PROFILE_NETWORK, "", check));
	}
}

int main(void)
{
	test_clean();
	test_stuck_bit();
	test_flood();
	test_random_finds_alias();
	test_random_seeds();
	test_march_ss();
	test_bit_fade();
	test_stopped();
	test_cpu_failures();
	test_walking();
	test_selection();
	return test_end(__FILE__);
}
