/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.inject and mem.selftest: planted faults are caught where they are, and a tester that is blind is found out. */
#include "memtest/session.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define KIB  ((uint64_t)1 << 10)
#define RAM  (64 * KIB) /* 0x100000-0x108000 and 0x100000000-0x100008000 */
#define LOW  0x100000u
#define HIGH ((uint64_t)1 << 32)

static struct rig *rig_with(const char *inject, unsigned cpus)
{
	struct rig *rig = rig_new(RAM, "");

	text_copy(rig->config.mem_inject, sizeof(rig->config.mem_inject), inject);
	sim_cpus_port(&rig->cpus, cpus, CPUS_NONBLOCKING, &rig->machine.cpus);
	return rig;
}

/* ---- mem.inject ---- */

static const struct check *const checks[] = {&mem_address_check, &mem_march_c_check,
	&mem_random_check, &mem_moving_inversions_check, &mem_march_ss_check, &mem_bit_fade_check,
	&mem_modulo_check, &mem_block_move_check};

enum {
	ADDRESS = 1,
	MARCH_C = 2,
	RANDOM = 4,
	INVERSIONS = 8,
	SS = 16,
	FADE = 32,
	MODULO = 64,
	MOVE = 128,
	ALL = 255
};

/* Each kind, and the checks that find it whatever happens; others may. Random data of the quick profile miss some. */
static const struct planted {
	const char *inject;
	uint64_t address, other, bit; /* where it shows; `other` of an alias */
	unsigned by, not_by;
} planted[] = {
	{"stuck@0:5:1", LOW, 0, 1 << 5, ALL, 0},
	{"stuck@0x7fff:63:0", LOW + 0x7ff8, 0, (uint64_t)1 << 63, ALL, 0},
	{"stuck@0x8000:0:1", HIGH, 0, 1, ALL, 0},
	{"stuck@0x2340", LOW + 0x2340, 0, 0, ALL, 0},
	{"transition@0x1000:7:up", LOW + 0x1000, 0, 1 << 7, MARCH_C | INVERSIONS | SS | MODULO, 0},
	{"transition@0xfff8:7:down", HIGH + 0x7ff8, 0, 1 << 7, MARCH_C | INVERSIONS | SS | MODULO,
		0},
	{"transition@0x5000", LOW + 0x5000, 0, 0, MARCH_C | INVERSIONS | SS | MODULO, 0},
	{"coupling@0x2008:9:invert:0x2100:3:up", LOW + 0x2008, 0, 1 << 9, MARCH_C | INVERSIONS | SS,
		0},
	{"coupling@0x2108:9:0:0x2000:3:down", LOW + 0x2108, 0, 1 << 9, MARCH_C | INVERSIONS | SS,
		0},
	{"coupling@0xc000", HIGH + 0x4000, 0, 0, MARCH_C | INVERSIONS | SS, 0},
	{"alias@0x3000:0xb000", LOW + 0x3000, HIGH + 0x3000, 0, ADDRESS, 0},
	{"alias@0x5000", LOW + 0x5000, 1, 0, ADDRESS, 0},
	{"fade@0x4000:1:0", LOW + 0x4000, 0, 2, FADE, ALL & ~FADE},
	{"fade@0xc000", HIGH + 0x4000, 0, 0, FADE, ALL & ~FADE},
};

static void check_finding(
	const struct planted *p, const struct check *check, const struct rig_finding *f)
{
	const uint64_t address = rig_field(f, "address"), other = rig_field(f, "other_address");

	CHECK_U64(rig_field(f, "injected"), 1);
	CHECK(strncmp(f->message, "Planted by mem.inject: ", 23) == 0, "%s", f->message);
	if (p->other == 0) {
		CHECK_U64(f->code, FINDING_MEM_BIT_ERROR);
		CHECK(address == p->address, "%s by %s: 0x%llx", p->inject, check->id,
			(unsigned long long)address);
		CHECK(p->bit == 0 || rig_field(f, "xor") == p->bit);
		CHECK((rig_field(f, "xor") & (rig_field(f, "xor") - 1)) == 0);
		return;
	}
	if (check == &mem_address_check) {
		CHECK_U64(f->code, FINDING_MEM_ADDRESS_ALIAS);
		CHECK(address == p->address || other == p->address);
		CHECK(p->other == 1 || address == p->other || other == p->other);
	}
	CHECK(address == p->address || p->other == 1 || address == p->other);
}

static void test_caught(void)
{
	static const unsigned cpus[] = {1, 2, 7};

	for (unsigned n = 0; n < ARRAY_LEN(planted) * ARRAY_LEN(cpus); n++) {
		const struct planted *p = &planted[n / ARRAY_LEN(cpus)];
		struct rig *rig = rig_with(p->inject, cpus[n % ARRAY_LEN(cpus)]);

		for (unsigned c = 0; c < ARRAY_LEN(checks); c++) {
			rig->finding_count = 0;
			const enum verdict v = rig_run(rig, checks[c]);

			CHECK((p->by >> c & 1) == 0 || v == FAIL, "%s by %s", p->inject,
				checks[c]->id);
			CHECK((p->not_by >> c & 1) == 0 || v == PASS, "%s by %s", p->inject,
				checks[c]->id);
			CHECK(v == (rig->finding_count > 0 ? FAIL : PASS));
			CHECK(rig->finding_count <= (p->other == 0 ? 1 : 2), "%s by %s", p->inject,
				checks[c]->id);
			for (size_t i = 0; i < rig->finding_count; i++)
				check_finding(p, checks[c], &rig->findings[i]);
		}
		CHECK(rig_said(rig, "mem.inject plants a fault, "));
		rig_free(rig);
	}
}

/* Several at once, in one line and in others; each is found, and nothing else. */
static void test_several(void)
{
	struct rig *rig = rig_with(
		"stuck@0x40:1:0 stuck@0x48:2:1 transition@0x80:3:up stuck@0x8000:4:1", 2);
	uint64_t addresses = 0;

	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 4 + 1); /* and the one that sums up */
	for (size_t i = 0; i < 4; i++)
		addresses ^= rig_field(&rig->findings[i], "address");
	CHECK_U64(addresses, (LOW + 0x40) ^ (LOW + 0x48) ^ (LOW + 0x80) ^ HIGH);
	rig_free(rig);
}

/* A real fault beside a planted one is not excused. */
static void test_real_beside(void)
{
	struct rig *rig = rig_new(RAM, "stuck=0x104008:5:1");

	text_copy(rig->config.mem_inject, sizeof(rig->config.mem_inject), "stuck@0x4000:6:1");
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 2);
	for (size_t i = 0; i < rig->finding_count; i++) {
		const bool real = rig_field(&rig->findings[i], "address") == 0x104008;

		CHECK_U64(rig_field(&rig->findings[i], "injected"), real ? 0xdead : 1);
		CHECK((strstr(rig->findings[i].message, "Planted") == NULL) == real);
	}
	rig_free(rig);
}

/* Modulo-N and block move go through the model too. */
static void test_modulo_and_copy(void)
{
	const struct modulo_step fill = {.stride = 3,
		.offset = 1,
		.strided = 0,
		.others = UINT64_MAX,
		.write = MODULO_OTHERS};
	struct modulo_step step = fill;
	static struct mem_errors errors;
	struct rig *rig = rig_with("stuck@0x1008:5:0 stuck@0x2020:6:1", 1);
	struct mem_chunk c = {(uint64_t *)(void *)rig->ram.memory, 0x3000 / 8, LOW}, to = c;
	const struct kernels *kernels;
	enum verdict v;

	CHECK(session_begin(&rig->run, 1, &v));
	kernels = rig->session->kernels;
	mem_errors_clear(&errors);
	kernels->modulo(kernels->ctx, c, &fill, &errors);
	step.write = MODULO_STRIDED;
	kernels->modulo(kernels->ctx, c, &step, &errors);
	CHECK_U64(errors.count, 0);
	step.write = MODULO_NOTHING;
	step.check = true;
	kernels->modulo(kernels->ctx, c, &step, &errors);
	/* 0x101008 is word 0x20201 = 131585, 2 modulo 3: one of the others, all ones but bit 5. */
	CHECK_U64(errors.count, 2);
	CHECK_U64(errors.words, 2);
	CHECK_U64(errors.at[0].physical, LOW + 0x1008);
	CHECK_U64(errors.at[0].actual, ~(uint64_t)0x20);
	CHECK_U64(errors.at[1].physical, LOW + 0x2020);
	CHECK_U64(errors.at[1].actual, 0x40);
	/* What the move reads is what the faults show, and what arrives in a faulty word shows them again. */
	c.count = 0x1000 / 8;
	c.words += 0x1000 / 8;
	c.physical += 0x1000;
	to.count = 0x1000 / 8;
	kernels->copy(kernels->ctx, to, c);
	CHECK_U64(to.words[1], ~(uint64_t)0x20);
	to.words = c.words + 0x1000 / 8;
	to.physical = c.physical + 0x1000;
	kernels->copy(kernels->ctx, to, c);
	CHECK_U64(kernels->load(kernels->ctx, to.words + 1), ~(uint64_t)0x20);
	CHECK_U64(kernels->load(kernels->ctx, to.words + 4) & 0x40, 0x40);
	rig_free(rig);
}

static void test_bad_words(void)
{
	static const char *const bad[] = {"stuck", "stuck@", "stuck@x", "worn@0", "stuck@0:64",
		"stuck@0:1:2", "stuck@0:1:1:1", "transition@0:1:1", "line@5", "coupling@0:1:3",
		"stuck@0 stuck@0 stuck@0 stuck@0 stuck@0 stuck@0 stuck@0 stuck@0 stuck@0"};
	static const char *const good[] = {"", "stuck@0", "stuck@16M:5:1 fade@4G", "alias@0x10:1K",
		"coupling@64M:1:invert:8M:2:down", "transition@1T:63:up"};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!inject_words_valid((struct text){bad[i], strlen(bad[i])}), "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(inject_words_valid((struct text){good[i], strlen(good[i])}), "%s", good[i]);
}

/* Beyond the end: a WARN that names key and range, and the rest is planted. */
static void test_outside(void)
{
	struct rig *rig = rig_with("stuck@0x10000 alias@8:0x10000 alias@8:9", 2);

	CHECK_U64(rig_run(rig, &mem_address_check), WARN);
	CHECK_U64(rig->finding_count, 3);
	for (size_t i = 0; i < rig->finding_count; i++) {
		CHECK_U64(rig->findings[i].code, FINDING_OPTION_BAD_VALUE);
		CHECK(strstr(rig->findings[i].message, "mem.inject: \"") != NULL);
	}
	CHECK(strstr(rig->findings[0].message, "offsets from 0 to 0xffff") != NULL, "%s",
		rig->findings[0].message);
	rig_free(rig);

	rig = rig_with("stuck@1T stuck@8:0:1", 2);
	CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
	CHECK_U64(rig->finding_count, 2);
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 3); /* told once */
	rig_free(rig);
}

/* ---- mem.selftest ---- */

#define PLACED(places) \
	(21u * (places) + 3u) /* faults over all checks; three are planted at one place only */

static void test_selftest(void)
{
	static const unsigned cpus[] = {1, 3};

	for (unsigned i = 0; i < ARRAY_LEN(cpus); i++) {
		struct rig *rig = rig_with("", cpus[i]);

		CHECK_U64(rig_run(rig, &mem_selftest_check), PASS);
		CHECK(rig->finding_count == 0, "%s", rig->findings[0].message);
		CHECK_U64(rig->session->selftest.planted, PLACED(i == 0 ? 3 : 4));
		CHECK_U64(rig->session->selftest.caught, PLACED(i == 0 ? 3 : 4));
		CHECK_U64(rig->coverages, 0);
		/* Nothing of it stays. */
		CHECK_U64(rig->session->plan.bytes, RAM);
		CHECK(rig->session->kernels == rig->machine.ram.kernels);
		CHECK(rig->run.rec == &rig->rec && rig->run.config == &rig->config);
		CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
		CHECK_U64(rig->tested_bytes, RAM);
		rig_free(rig);
	}
}

/* Kernels that are broken on purpose. */
static void march_blind(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	static struct mem_errors unseen[2];
	struct sim_ram *ram = ctx;

	mem_errors_clear(&unseen[c.physical >= HIGH]);
	ram->kernels.march(ctx, c, step, &unseen[c.physical >= HIGH]);
	(void)errors;
}

/* Names the word beside the bad one. */
static void march_squinting(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	struct sim_ram *ram = ctx;
	const size_t known = errors->kept;

	ram->kernels.march(ctx, c, step, errors);
	for (size_t i = known; i < errors->kept; i++)
		errors->at[i].physical ^= 8;
}

/* Sees nothing in the last line of a long chunk. */
static void march_short(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	static struct mem_errors unseen;
	struct sim_ram *ram = ctx;
	struct mem_chunk last = c;

	last.words += c.count - 8;
	last.physical += (c.count - 8) * 8;
	last.count = 8;
	c.count -= 8;
	mem_errors_clear(&unseen);
	ram->kernels.march(ctx, c, step, errors);
	ram->kernels.march(ctx, last, step, &unseen);
}

/* Sees nothing at all. */
static void modulo_blind(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	static struct mem_errors unseen;
	struct sim_ram *ram = ctx;

	mem_errors_clear(&unseen);
	ram->kernels.modulo(ctx, c, step, &unseen);
	(void)errors;
}

/* One kernel is broken: the one check that uses it is, and no other. */
static void test_broken_check(void)
{
	struct rig *rig = rig_with("", 1);
	struct kernels broken = *rig->machine.ram.kernels;

	broken.modulo = modulo_blind;
	rig->machine.ram.kernels = &broken;
	CHECK_U64(rig_run(rig, &mem_selftest_check), FAIL);
	for (size_t f = 0; f < rig->finding_count; f++)
		CHECK_STR(rig_text(&rig->findings[f], "check"), "mem.modulo");
	CHECK(rig_said(rig, "the tester itself, mem.modulo: FAIL, 0 of 2 faults caught"));
	CHECK(rig_said(rig, "the tester itself, mem.march-c: PASS, 9 of 9 faults caught"));
	rig_free(rig);
}

static void test_broken_tester(void)
{
	static void (*const marches_broken[])(void *ctx, struct mem_chunk c,
		const struct march_step *step,
		struct mem_errors *errors) = {march_blind, march_squinting, march_short};

	for (unsigned i = 0; i < ARRAY_LEN(marches_broken); i++) {
		struct rig *rig = rig_with("", 1);
		struct kernels broken = *rig->machine.ram.kernels;

		broken.march = marches_broken[i];
		rig->machine.ram.kernels = &broken;
		CHECK_U64(rig_run(rig, &mem_selftest_check), FAIL);
		CHECK(rig->finding_count > 0 && rig->finding_count <= 8);
		for (size_t f = 0; f < rig->finding_count; f++)
			CHECK_U64(rig->findings[f].code, FINDING_MEM_SELFTEST_MISSED);
		CHECK(rig->session->selftest.caught < rig->session->selftest.planted);
		rig_free(rig);
	}
}

/* Real faults: told as what they are, and no judgement. */
static void test_selftest_on_bad_memory(void)
{
	struct rig *rig = rig_new(RAM, "stuck=0x104008:5:1");

	CHECK_U64(rig_run(rig, &mem_selftest_check), FAIL);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig->findings[0].code, FINDING_MEM_BIT_ERROR);
	CHECK_U64(rig_field(&rig->findings[0], "injected"), 0xdead);
	CHECK(rig->run.gave_up);
	rig_free(rig);

	rig = rig_with("", 2);
	rig->pulses_left = 100;
	CHECK_U64(rig_run(rig, &mem_selftest_check), SKIP);
	CHECK_U64(rig->finding_count, 0);
	rig_free(rig);

	rig = rig_with("", 2);
	rig->cpus.failure = CPUS_TIMEOUT;
	rig->cpus.failure_after = 50;
	sim_cpus_port(&rig->cpus, 2, CPUS_NONBLOCKING, &rig->machine.cpus);
	CHECK_U64(rig_run(rig, &mem_selftest_check), ERROR);
	CHECK_U64(rig->faults, 1);
	rig_free(rig);
}

int main(void)
{
	test_caught();
	test_several();
	test_real_beside();
	test_modulo_and_copy();
	test_bad_words();
	test_outside();
	test_selftest();
	test_broken_tester();
	test_broken_check();
	test_selftest_on_bad_memory();
	return test_end(__FILE__);
}
