/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Fault coverage, measured. Hardware: none. See sim_ram_coverage.h.
 *
 * Method: the real kernel loops, 64 to 512 bits wide, run over eight lines of memory on both sides of 4 GiB, behind
 *         a cache of one line, which is what a cache leaves of a sweep over a larger memory. One fault at a time;
 *         found means by all kernels, from all zeros and from all ones.
 */
#include "host/sim_ram_coverage.h"
#include "host/sim_ram_classes.h"
#include "memtest/checks.h"
#include "suite/catalogue.h"
#include <stdlib.h>

#define WAYS 8 /* kernels, and what memory held before */
#define SEED 0x6b69726977616b65u

/* ---- the wide kernels on faulty RAM ---- */

static void words_load(struct sim_ram *ram, const void *at, uint64_t *ret, unsigned count)
{
	const uint64_t physical = sim_ram_physical(ram, at);

	for (unsigned i = 0; i < count; i++)
		ret[i] = sim_ram_load(ram, physical + i * sizeof(*ret));
}

static void words_store(struct sim_ram *ram, const void *at, const uint64_t *words, unsigned count,
	void (*store)(struct sim_ram *ram, uint64_t physical, uint64_t value))
{
	const uint64_t physical = sim_ram_physical(ram, at);

	for (unsigned i = 0; i < count; i++)
		store(ram, physical + i * sizeof(*words), words[i]);
}

#define KERNEL(name)       wide2_##name
#define WIDE_WORDS         2
#define KERNEL_ANY(vector) (((vector)[0] | (vector)[1]) != 0)
#include "host/sim_ram_wide.h"

#define KERNEL(name)       wide4_##name
#define WIDE_WORDS         4
#define KERNEL_ANY(vector) (((vector)[0] | (vector)[1] | (vector)[2] | (vector)[3]) != 0)
#include "host/sim_ram_wide.h"

#define KERNEL(name) wide8_##name
#define WIDE_WORDS   8
#define KERNEL_ANY(vector)                                                                    \
	(((vector)[0] | (vector)[1] | (vector)[2] | (vector)[3] | (vector)[4] | (vector)[5] | \
		 (vector)[6] | (vector)[7]) != 0)
#include "host/sim_ram_wide.h"

/* ---- one test on one fault ---- */

struct trial {
	struct sim_ram *ram;
	const struct kernels *kernels;
	struct mem_errors errors;
};

static enum sweep_result try_stage(void *ctx, const struct job_stage *stage)
{
	struct trial *t = ctx;

	if (stage->rest)
		sim_ram_rest(t->ram);
	for (size_t r = 0; r < SIM_RAM_RANGES; r++) {
		const struct ram_range *range = &t->ram->ranges[stage->downward ? 1 - r : r];
		const struct mem_chunk piece = {(uint64_t *)(void *)range->at,
			FAULT_LINES / 2 * SIM_RAM_LINE_WORDS, range->physical};

		stage->work(t->kernels, piece, stage->arg, &t->errors);
	}
	sim_ram_flush(t->ram);
	return t->errors.count > 0 ? SWEEP_STOPPED : SWEEP_DONE;
}

static void ignore_seed(void *ctx, unsigned round, uint64_t seed)
{
	(void)ctx;
	(void)round;
	(void)seed;
}

static void try_march(
	struct trial *t, const struct march *march, const struct mem_data *data, bool flush)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned i = 0; i < march->count && result == SWEEP_DONE; i++) {
		const struct march_element *element = &march->elements[i];
		const struct march_step step = {element, *data, flush};
		const struct job_stage stage = {.rest = element->rest,
			.work = march_work,
			.arg = &step,
			.downward = element->direction == MARCH_DOWN};

		result = try_stage(t, &stage);
	}
}

static void test_job(const struct coverage_test *test, struct job *ret)
{
	const struct config config = {.profile = test->profile};

	job_make(test->job, &config, SEED, ret);
}

static bool test_finds(
	struct sim_ram *ram, const struct kernels *kernels, const struct coverage_test *test)
{
	static const struct mem_data solid = {.kind = DATA_FIXED},
				     own = {.kind = DATA_OWN_ADDRESS, .seed = SEED};
	struct trial trial = {.ram = ram, .kernels = kernels};
	const struct job_taker taker = {&trial, try_stage, ignore_seed};
	struct job job;
	unsigned complete;

	if (test->march != NULL) {
		try_march(&trial, test->march, &solid, test->flush);
	} else if (test->own_address) {
		try_march(&trial, &marches[MARCH_FILL_VERIFY], &own, false);
	} else {
		test_job(test, &job);
		job_walk(&job, &taker, &complete);
	}
	return trial.errors.count > 0;
}

void coverage_measure(struct sim_ram *ram, const struct coverage_test *test, struct coverage *ret)
{
	const struct kernels kernels[WAYS / 2] = {
		sim_ram_faulty_kernels(ram),
		{.name = "128-bit", .ctx = ram, KERNELS_OF(wide2)},
		{.name = "256-bit", .ctx = ram, KERNELS_OF(wide4)},
		{.name = "512-bit", .ctx = ram, KERNELS_OF(wide8)},
	};
	struct fault_at at = FAULT_BEFORE_FIRST;

	*ret = (struct coverage){{0}};
	while (fault_next(&at)) {
		if (at.number == COVERAGE_FAULTS_MAX)
			abort(); /* make it larger */
		for (unsigned way = 0; way < WAYS; way++) {
			sim_ram_reset(ram, way & 1 ? UINT64_MAX : 0);
			fault_plant(ram, &at);
			if (test_finds(ram, &kernels[way / 2], test))
				ret->found[at.number] |= (unsigned char)(1u << way);
		}
	}
}

struct coverage_cost coverage_cost(const struct coverage_test *test)
{
	const struct march *march = test->own_address ? &marches[MARCH_FILL_VERIFY] : test->march;
	struct job_cost cost = {0};
	struct job job;

	if (march == NULL) {
		test_job(test, &job);
		cost = job_cost(&job);
	} else {
		cost.ops = march_ops(march);
		cost.flushed_ops = test->flush ? cost.ops : 0;
		for (unsigned i = 0; i < march->count; i++)
			cost.rests += march->elements[i].rest;
	}
	return (struct coverage_cost){
		cost.ops, cost.ops + cost.flushed_ops * (COVERAGE_FLUSH_COST - 1) +
				  cost.rests * COVERAGE_REST_COST};
}

/* ---- sums ---- */

void coverage_join(struct coverage *sum, const struct coverage *more)
{
	for (size_t i = 0; i < COVERAGE_FAULTS_MAX; i++)
		sum->found[i] |= more->found[i];
}

/* Faults of a class that are always found, in 1/10000 of all. */
static unsigned class_part(const struct coverage *c, size_t which)
{
	struct fault_at at = FAULT_BEFORE_FIRST;
	unsigned found = 0, all = 0;

	while (fault_next(&at)) {
		if (at.class != which)
			continue;
		found += c->found[at.number] == (1u << WAYS) - 1;
		all++;
	}
	return found * 10000 / all;
}

unsigned coverage_percent(const struct coverage *c, size_t which)
{
	return class_part(c, which) / 100;
}

unsigned coverage_gain(const struct coverage *sum, const struct coverage *more)
{
	struct coverage both = *sum;
	unsigned gain = 0;

	coverage_join(&both, more);
	for (size_t i = 0; i < FAULT_CLASSES; i++)
		gain += class_part(&both, i) - class_part(sum, i);
	return gain / FAULT_CLASSES;
}

bool coverage_ram(struct sim_ram *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->cached = true;
	return sim_ram_init(ret, SIM_RAM_RANGES * PLAN_PAGE);
}

/* ---- the catalogue ---- */

size_t coverage_checks(
	enum profile profile, bool on_request, struct coverage_test ret[COVERAGE_CHECKS_MAX])
{
	const struct config config = {.profile = profile};
	size_t count = 0;

	for (size_t i = 0; i < catalogue_count; i++) {
		struct coverage_test test = {.name = catalogue[i]->id, .profile = profile};

		test.own_address = catalogue[i] == &mem_address_check;
		while (test.job < JOB_COUNT && job_checks[test.job] != catalogue[i])
			test.job++;
		if (!test.own_address && test.job == JOB_COUNT)
			continue;
		if (on_request ? catalogue[i]->on_request
			       : catalogue_selects(&config, catalogue[i]))
			ret[count++] = test;
	}
	return count;
}
