/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The checks that sweep over memory with a job of job.c.
 *
 * Pure. Each stage runs over all memory before the next begins, so that far cells can disturb each other. Every CPU
 * empties its caches at the end of its share of a stage, so what the next one reads, also after a rest, is memory.
 * Pass if: every word read back what was written last.
 */
#include "core/fmt.h"
#include "memtest/job.h"
#include "memtest/patterns.h"
#include "memtest/session.h"

#define REST_SLICE_NS 200000000u

typedef unsigned long long ull;

/* ---- running a job ---- */

static enum finding_code tell_mismatch(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	const char *what = arg;
	char during[2 * JOB_TEXT];

	fmt_to(during, sizeof(during), "%s%s%s", what, error->role != NULL ? ", " : "",
		error->role != NULL ? error->role : "");
	mem_tell_bit_error(run, during, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

/* Leaves memory alone. False: a pulse said stop. */
static bool rest(struct run *run, const char *what)
{
	const struct kernels *kernels = run->mem->kernels;
	const uint64_t rest_ns = run->config->mem_fade_ns, start_ns = run_now_ns(run);
	const uint64_t end_ns = start_ns + rest_ns;
	struct mem_work *work = &run->mem->work;
	const uint64_t rests_ns = work->rests_ns - rest_ns;

	for (uint64_t now_ns = run_now_ns(run); now_ns < end_ns; now_ns = run_now_ns(run)) {
		if (!run_pulse(run))
			return false;
		work->rests_ns = rests_ns + (end_ns - now_ns);
		work_tell_progress(run, what, NULL, 0);
		run->machine->clock.sleep_ns(run->machine->clock.ctx, REST_SLICE_NS);
	}
	work->rests_ns = rests_ns;
	if (kernels->rested != NULL)
		kernels->rested(kernels->ctx, run_now_ns(run) - start_ns);
	return true;
}

static enum sweep_result run_stage(void *ctx, const struct job_stage *stage)
{
	struct run *run = ctx;
	const struct sweep sweep = {.what = stage->what,
		.work = stage->work,
		.arg = stage->arg,
		.ops = stage->ops,
		.downward = stage->downward,
		.teller = {tell_mismatch, stage->what}};

	if (stage->rest && !rest(run, stage->what))
		return SWEEP_STOPPED;
	return sweep_run(run, &sweep);
}

static void note_seed(void *ctx, unsigned round, uint64_t seed)
{
	struct run *run = ctx;

	record_note(run->rec, PART_ID_MEMORY, "random data of round %u have seed 0x%016llx",
		round + 1, (ull)seed);
}

static void tell_bad_patterns(struct run *run)
{
	char word[32], list[192];
	const struct field fields[] = {FIELD_STR("key", "mem.patterns"), FIELD_STR("value", word)};
	struct text unknown;

	if (run->mem->patterns_told || !patterns_unknown(run->config, &unknown))
		return;
	run->mem->patterns_told = true;
	text_clean(word, sizeof(word), unknown.at, unknown.len);
	mem_pattern_list(list, sizeof(list));
	record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
		"mem.patterns: no pattern matches \"%s\"; there are: %s. What is left of the option, "
		"else the profile's own choice, is used.",
		word, list);
}

static struct mem_effort job_effort(const struct job *job, uint64_t rest_ns)
{
	const struct job_cost cost = job_cost(job);

	return (struct mem_effort){cost.ops, cost.rests * rest_ns};
}

bool mem_effort(const struct check *check, const struct config *config, struct mem_effort *ret)
{
	struct job job;

	for (unsigned id = 0; id < JOB_COUNT; id++) {
		if (job_checks[id] != check)
			continue;
		job_make((enum job_id)id, config, 0, &job);
		*ret = job_effort(&job, config->mem_fade_ns);
		return true;
	}
	if (check != &mem_address_check)
		return false;
	*ret = (struct mem_effort){MEM_ADDRESS_OPS, 0};
	return true;
}

/* Random data have a seed that occurs once in a run: other data in every pass. */
static enum verdict run_job(struct run *run, enum job_id id)
{
	const struct job_taker taker = {run, run_stage, note_seed};
	enum sweep_result result;
	struct mem_effort effort;
	struct job job;
	unsigned complete;
	enum verdict verdict;
	char done[JOB_TEXT];

	if (job_takes_patterns(id))
		tell_bad_patterns(run);
	job_make(id, run->config, rng_mix(run->seed + ((uint64_t)run->pass << 32)), &job);
	job.own_ns = run->machine->cpus.own_ns;
	effort = job_effort(&job, run->config->mem_fade_ns);
	if (!session_begin(run, effort.ops, &verdict))
		return verdict;
	run->mem->work.rests_ns = effort.rests_ns;
	result = job_walk(&job, &taker, &complete);
	job_done_text(&job, complete, done);
	return session_conclude(run, result, done);
}

/* ---- the checks ---- */

static enum verdict run_random(struct run *run)
{
	return run_job(run, JOB_RANDOM);
}

const struct check mem_random_check = {
	.id = "mem.random",
	.title = "Memory cells: random data and its complement, upwards and downwards",
	.pass_if = "every word of memory reads back its random value, and then the complement",
	.need = NEED_RAM,
	.run = run_random,
};

static enum verdict run_march_c(struct run *run)
{
	return run_job(run, JOB_MARCH_C);
}

const struct check mem_march_c_check = {
	.id = "mem.march-c",
	.title = "Memory cells: March C-",
	.pass_if =
		"every word of memory reads back what was written, in both directions, on every background",
	.need = NEED_RAM,
	.run = run_march_c,
};

static enum verdict run_block_move(struct run *run)
{
	return run_job(run, JOB_BLOCK_MOVE);
}

const struct check mem_block_move_check = {
	.id = "mem.block-move",
	.title = "Memory bus: blocks moved back and forth, each word checked after every move",
	.pass_if = "every word arrives as it was when its block was made",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_block_move,
};

static enum verdict run_bus_stress(struct run *run)
{
	return run_job(run, JOB_BUS_STRESS);
}

const struct check mem_bus_stress_check = {
	.id = "mem.bus-stress",
	.title = "Memory bus and power: bursts of writes between bursts of reads, with pauses",
	.pass_if = "every word of memory reads back its random value",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_bus_stress,
};

static enum verdict run_bit_fade(struct run *run)
{
	return run_job(run, JOB_FADE);
}

const struct check mem_bit_fade_check = {
	.id = "mem.bit-fade",
	.title = "Memory cells: random data and its complement, left alone for a while each",
	.pass_if =
		"every word of memory still holds its value after the rest, before which every CPU emptied its caches",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_bit_fade,
};

static enum verdict run_modulo(struct run *run)
{
	return run_job(run, JOB_MODULO);
}

const struct check mem_modulo_check = {
	.id = "mem.modulo",
	.title = "Memory cells: every 20th word against all others, at every offset",
	.pass_if = "every word of memory keeps its value while all others are written twice",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_modulo,
};

static enum verdict run_march_ss(struct run *run)
{
	return run_job(run, JOB_MARCH_SS);
}

const struct check mem_march_ss_check = {
	.id = "mem.march-ss",
	.title = "Memory cells: March SS, every operation past the caches",
	.pass_if = "every word of memory reads back what was written, each time it is read",
	.need = NEED_RAM,
	.on_request = true, /* mem.march-raw finds all that it does */
	.run = run_march_ss,
};

static enum verdict run_march_raw(struct run *run)
{
	return run_job(run, JOB_MARCH_RAW);
}

const struct check mem_march_raw_check = {
	.id = "mem.march-raw",
	.title = "Memory cells: March RAW, every operation past the caches",
	.pass_if =
		"every word of memory reads back what was written, each time it is read, also straight after the write",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_march_raw,
};

static enum verdict run_random_inversions(struct run *run)
{
	return run_job(run, JOB_RANDOM_INVERSIONS);
}

const struct check mem_random_inversions_check = {
	.id = "mem.random-inversions",
	.title = "Memory cells: moving inversions of random values",
	.pass_if =
		"every word of memory reads back what was written, in both directions, for every random value",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_random_inversions,
};

static enum verdict run_moving_inversions(struct run *run)
{
	return run_job(run, JOB_MOVING_INVERSIONS);
}

const struct check mem_moving_inversions_check = {
	.id = "mem.moving-inversions",
	.title = "Memory cells: moving inversions",
	.pass_if =
		"every word of memory reads back what was written, in both directions, on every background",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_moving_inversions,
};

static enum verdict run_walking(struct run *run)
{
	return run_job(run, JOB_WALKING);
}

const struct check mem_walking_check = {
	.id = "mem.walking",
	.title = "Memory cells: moving inversions of a walking bit, 64 places, one and zero",
	.pass_if =
		"every word of memory reads back what was written, in both directions, with the odd bit in each place",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_walking,
};

const struct check *const job_checks[JOB_COUNT] = {
	[JOB_RANDOM] = &mem_random_check,
	[JOB_MARCH_C] = &mem_march_c_check,
	[JOB_BLOCK_MOVE] = &mem_block_move_check,
	[JOB_BUS_STRESS] = &mem_bus_stress_check,
	[JOB_FADE] = &mem_bit_fade_check,
	[JOB_MODULO] = &mem_modulo_check,
	[JOB_MARCH_SS] = &mem_march_ss_check,
	[JOB_MARCH_RAW] = &mem_march_raw_check,
	[JOB_RANDOM_INVERSIONS] = &mem_random_inversions_check,
	[JOB_MOVING_INVERSIONS] = &mem_moving_inversions_check,
	[JOB_WALKING] = &mem_walking_check,
};
