/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Block move and bus stress: who is blamed, what is counted, when they idle. And what every check that sweeps leaves
 * to the caches: nothing. */
#include "memtest/job.h"
#include "memtest/moves.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB   ((uint64_t)1 << 20)
#define PIECE 0x2000 /* bytes; the halves meet in its middle */

/* ---- one piece ---- */

/* Half a piece is all that lies below 4 GiB. */
static void break_ram(struct sim_ram *ram, const char *faults)
{
	struct text rest = {faults, strlen(faults)}, word;
	char spec[128];

	*ram = (struct sim_ram){0};
	CHECK(sim_ram_init(ram, 2 * PIECE));
	while (text_word(&rest, &word)) {
		fmt_to(spec, sizeof(spec), "%.*s", (int)word.len, word.at);
		CHECK(sim_ram_add_fault(ram, spec));
	}
}

static void work_on(
	struct sim_ram *ram, sweep_work *work, const void *arg, struct mem_errors *errors)
{
	const struct kernels kernels = sim_ram_faulty_kernels(ram);
	const struct mem_chunk piece = {
		(uint64_t *)(void *)ram->memory, PIECE / sizeof(uint64_t), SIM_RAM_LOW};

	mem_errors_clear(errors);
	work(&kernels, piece, arg, errors);
}

/* The word that is broken is named, be it where data come from or where they go to; every time it is used, and as one
 * word. The first copy goes from the lower half to the upper one; one of the two values shows in it. */
static void test_blame(void)
{
	static const struct {
		uint64_t at;
		unsigned bit;
		const char *first; /* role */
	} cases[] = {
		{0x100048, 5, "the source of a copy"},
		{0x100000, 0, "the source of a copy"},
		{0x101048, 5, "the target of a copy whose source is right"},
		{0x101ff8, 63, "the target of a copy whose source is right"},
	};
	const struct move_step step = {42, false, 4};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned roles = 0;

		for (unsigned value = 0; value < 2; value++) {
			struct mem_errors errors;
			struct sim_ram ram;
			char fault[64];

			fmt_to(fault, sizeof(fault), "stuck=0x%llx:%u:%u",
				(unsigned long long)cases[i].at, cases[i].bit, value);
			break_ram(&ram, fault);
			work_on(&ram, move_work, &step, &errors);
			CHECK(errors.count > 1 && errors.count == errors.kept);
			CHECK_U64(errors.words, 1);
			CHECK_U64(errors.lowest, cases[i].at);
			CHECK_U64(errors.highest, cases[i].at);
			CHECK_U64(errors.at[0].expected ^ errors.at[0].actual,
				(uint64_t)1 << cases[i].bit);
			CHECK_U64(errors.at[0].actual, errors.at[0].reread);
			roles += text_same(errors.at[0].role, cases[i].first);
			sim_ram_free(&ram);
		}
		CHECK(roles >= 1, "0x%llx is not %s", (unsigned long long)cases[i].at,
			cases[i].first);
	}
}

/* The same error in two words side by side, and in both halves: comparing copies could not tell. */
static void test_common_errors(void)
{
	static const uint64_t at[] = {0x100080, 0x100088, 0x101080, 0x101088};
	static sweep_work *const works[] = {move_work, burst_work};
	const struct move_step move = {7, true, 4};
	const struct burst_step burst = {7, 8, NULL};
	const void *const args[] = {&move, &burst};

	for (size_t w = 0; w < ARRAY_LEN(works); w++) {
		unsigned seen = 0;
		struct mem_errors errors;
		struct sim_ram ram;

		break_ram(&ram, "stuck=0x100080:9:1 stuck=0x100088:9:1 "
				"stuck=0x101080:9:1 stuck=0x101088:9:1");
		work_on(&ram, works[w], args[w], &errors);
		CHECK(errors.count > 4);
		CHECK(errors.words >= 1 && errors.words <= 4, "%llu words",
			(unsigned long long)errors.words);
		for (size_t n = 0; n < errors.kept; n++) {
			for (unsigned i = 0; i < ARRAY_LEN(at); i++)
				seen |= errors.at[n].physical == at[i] ? 1u << i : 0;
			CHECK_U64(errors.at[n].expected ^ errors.at[n].actual, 1 << 9);
		}
		CHECK_U64(seen, 15);
		sim_ram_free(&ram);
	}
}

/* More errors than are kept: all are counted, each word once. */
static void test_many_errors(void)
{
	static sweep_work *const works[] = {move_work, burst_work};
	const struct move_step move = {7, false, 2};
	const struct burst_step burst = {7, 2, NULL};
	const void *const args[] = {&move, &burst};
	const uint64_t dead = 0x800 / sizeof(uint64_t);

	for (size_t w = 0; w < ARRAY_LEN(works); w++) {
		struct mem_errors errors;
		struct sim_ram ram;

		break_ram(&ram, "dead=0x101000:0x800");
		work_on(&ram, works[w], args[w], &errors);
		CHECK_U64(errors.kept, MEM_ERRORS_KEPT);
		CHECK_U64(errors.words, dead);
		/* Four copies, two into the dead half and two out of it; filled and checked twice in two rounds. */
		CHECK_U64(errors.count, w == 0 ? 4 * dead : dead);
		CHECK(errors.lowest >= SIM_RAM_LOW && errors.highest < SIM_RAM_LOW + PIECE);
		sim_ram_free(&ram);
	}
}

/* ---- pauses ---- */

static struct {
	uint64_t now_ns, step_ns;
	unsigned looks;
} fake;

static uint64_t look(void)
{
	fake.looks++;
	return fake.now_ns += fake.step_ns;
}

/* Every other round idles 1.5 ms for every 4 MiB moved; a clock that stands still ends nothing but the pause. */
static void test_pauses(void)
{
	static const struct {
		uint64_t step_ns;
		unsigned rounds;
		unsigned looks;
	} cases[] = {{500000, 8, 2 * 4 * 4}, {500000, 2, 2 * 4}, {0, 1, 2 * 1000001}};
	const size_t words = 8 * MIB / sizeof(uint64_t);
	uint64_t *memory = aligned_alloc(4096, 8 * MIB);
	static struct mem_errors errors;

	CHECK(memory != NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct burst_step step = {1, cases[i].rounds, look};

		fake.step_ns = cases[i].step_ns;
		fake.looks = 0;
		mem_errors_clear(&errors);
		burst_work(&kernels_sse2, (struct mem_chunk){memory, words, 4096}, &step, &errors);
		CHECK_U64(errors.count, 0);
		CHECK_U64(fake.looks, cases[i].looks);
	}
	free(memory);
}

/* ---- caches ---- */

static unsigned flushes;

static void count_flush(void)
{
	flushes++;
}

/* Every CPU empties its caches at the end of each stage: between what is written and what is read back. */
static void test_caches_are_flushed(void)
{
	for (unsigned id = 0; id < JOB_COUNT; id++) {
		struct rig *rig = rig_new(MIB / 4, "");
		struct job job;
		unsigned stages = 0;

		rig->cpus.in_turn = true;
		rig->machine.cpus.flush_caches = count_flush;
		job_make((enum job_id)id, &rig->config, 0, &job);
		stages = job_cost(&job).stages;
		flushes = 0;
		CHECK_U64(rig_run(rig, job_checks[id]), PASS);
		CHECK(flushes == 2 * stages, "%s: %u", job_checks[id]->id, flushes);
		rig_free(rig);
	}
}

static void note_flushes(void *ctx, uint64_t ns)
{
	static const unsigned before[] = {
		2, 6}; /* two CPUs: after the fill; and the check and second fill */
	struct rig *rig = ctx;
	const uint64_t half_ns = 120 * UINT64_C(1000000000);

	CHECK_U64(flushes, before[rig->slept_ns >= half_ns]);
	rig_sleep(ctx, ns);
}

static void test_fade_rests_with_empty_caches(void)
{
	struct rig *rig = rig_new(MIB / 4, "");

	rig->tick_ns = 1;
	rig->cpus.in_turn = true;
	rig->machine.cpus.flush_caches = count_flush;
	rig->machine.clock.sleep_ns = note_flushes;
	flushes = 0;
	CHECK_U64(rig_run(rig, &mem_bit_fade_check), PASS);
	CHECK_U64(flushes, 8);
	rig_free(rig);
}

/* ---- seeds ---- */

/* Every job that uses random data tells the seed, and another one in the next pass. */
static void test_seeds(void)
{
	static const enum job_id ids[] = {JOB_RANDOM, JOB_BLOCK_MOVE, JOB_BUS_STRESS, JOB_FADE,
		JOB_MODULO, JOB_RANDOM_INVERSIONS};
	static const char words[] = "random data of round 1 have seed ";

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char seed[2][24] = {"", ""};

		for (unsigned pass = 0; pass < 2; pass++) {
			struct rig *rig = rig_new(MIB / 4, "");
			const char *at;

			rig->run.pass = pass;
			CHECK_U64(rig_run(rig, job_checks[ids[i]]), PASS);
			at = strstr(rig->text, words);
			CHECK(at != NULL, "%s", job_checks[ids[i]]->id);
			text_copy(seed[pass], 19, at != NULL ? at + strlen(words) : "");
			rig_free(rig);
		}
		CHECK(!text_same(seed[0], seed[1]));
	}
}

/* Stopped in the middle: what was complete is said, and no more. */
static void test_stopped_in_the_middle(void)
{
	struct rig *rig = rig_new(MIB / 4, "");

	rig->pulses_left = 50;
	CHECK_U64(rig_run(rig, &mem_modulo_check), SKIP);
	CHECK(strstr(rig->rec.check_why, "stopped by a key after ") != NULL);
	CHECK(strstr(rig->rec.check_why, "complete: Modulo-20, ") != NULL, "%s",
		rig->rec.check_why);
	CHECK(strstr(rig->rec.check_why, " patterns at every offset") == NULL, "%s",
		rig->rec.check_why);
	rig_free(rig);
}

int main(void)
{
	test_blame();
	test_common_errors();
	test_many_errors();
	test_pauses();
	test_caches_are_flushed();
	test_fade_rests_with_empty_caches();
	test_seeds();
	test_stopped_in_the_middle();
	return test_end(__FILE__);
}
