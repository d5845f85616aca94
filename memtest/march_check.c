/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The checks that are March tests: an algorithm of the table on one background after another, over all memory.
 *
 * Pure. Each element runs over all memory before the next begins, so that far cells can disturb each other.
 * Pass if: every word read back what was written last, on every background.
 */
#include "core/fmt.h"
#include "memtest/march_job.h"
#include "memtest/patterns.h"
#include "memtest/session.h"

#define WHAT_TEXT     80
#define REST_SLICE_NS 200000000u

typedef unsigned long long ull;

/* ---- jobs ---- */

enum job_data {
	ON_PATTERNS, /* mem.patterns, else the profile's backgrounds */
	ON_FEW, /* mem.patterns, else those of the quick profile: a flush costs as much as ten sweeps */
	ON_RANDOM /* whatever mem.patterns says */
};

static const struct {
	enum march_id march;
	enum job_data data;
	unsigned rounds[2]; /* in the quick profile, in the others */
	bool flush;
} jobs[MARCH_JOB_COUNT] = {
	[MARCH_JOB_C_MINUS] = {MARCH_C_MINUS, ON_PATTERNS, {1, 1}, false},
	[MARCH_JOB_RANDOM] = {MARCH_MATS_PLUS, ON_RANDOM, {2, 8}, false},
	[MARCH_JOB_MOVING_INVERSIONS] = {MARCH_MOVING_INVERSIONS, ON_PATTERNS, {1, 1}, false},
	[MARCH_JOB_SS] = {MARCH_SS, ON_FEW, {1, 1}, true},
	[MARCH_JOB_FADE] = {MARCH_FADE, ON_RANDOM, {1, 1}, false},
};

void march_job_make(enum march_job_id id, const struct config *config, struct march_job *ret)
{
	struct config few = *config;

	few.profile = PROFILE_QUICK;
	*ret = (struct march_job){.march = &marches[jobs[id].march],
		.rounds = jobs[id].rounds[config_thorough(config)],
		.flush = jobs[id].flush};
	if (jobs[id].data == ON_RANDOM)
		ret->chosen[BACKGROUND_RANDOM] = true;
	else
		patterns_choose(jobs[id].data == ON_FEW ? &few : config, ret->chosen);
}

unsigned march_job_times(const struct march_job *job)
{
	unsigned times = 0;

	for (size_t i = 0; i < BACKGROUND_COUNT; i++)
		times += job->chosen[i] ? backgrounds[i].count : 0;
	return times * job->rounds;
}

/* ---- running one ---- */

static enum finding_code tell_mismatch(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	mem_tell_bit_error(run, arg, cpu, error, count);
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

static struct mem_effort job_effort(const struct march_job *job, uint64_t rest_ns)
{
	const unsigned times = march_job_times(job);
	unsigned rests = 0;

	for (unsigned i = 0; i < job->march->count; i++)
		rests += job->march->elements[i].rest;
	return (struct mem_effort){march_ops(job->march) * times, rests * times * rest_ns};
}

bool mem_effort(const struct check *check, const struct config *config, struct mem_effort *ret)
{
	static const struct check *const checks[MARCH_JOB_COUNT] = {
		[MARCH_JOB_C_MINUS] = &mem_march_c_check,
		[MARCH_JOB_RANDOM] = &mem_random_check,
		[MARCH_JOB_MOVING_INVERSIONS] = &mem_moving_inversions_check,
		[MARCH_JOB_SS] = &mem_march_ss_check,
		[MARCH_JOB_FADE] = &mem_bit_fade_check,
	};
	struct march_job job;

	for (unsigned id = 0; id < MARCH_JOB_COUNT; id++) {
		if (checks[id] != check)
			continue;
		march_job_make((enum march_job_id)id, config, &job);
		*ret = job_effort(&job, config->mem_fade_ns);
		return true;
	}
	if (check != &mem_address_check)
		return false;
	*ret = (struct mem_effort){MEM_ADDRESS_OPS, 0};
	return true;
}

/* The algorithm on one background; `name` says which. */
static enum sweep_result run_data(
	struct run *run, const struct march_job *job, const struct mem_data *data, const char *name)
{
	const struct march *march = job->march;
	enum sweep_result result = SWEEP_DONE;

	for (unsigned i = 0; i < march->count && result == SWEEP_DONE; i++) {
		const struct march_element *element = &march->elements[i];
		const struct march_step step = {element, *data, job->flush};
		char what[WHAT_TEXT];
		struct sweep sweep;

		fmt_to(what, sizeof(what), "%s, %s, step %u of %u", march->name, name, i + 1,
			march->count);
		if (element->rest && !rest(run, what))
			return SWEEP_STOPPED;
		sweep = sweep_of_march(what, &step, (struct mem_teller){tell_mismatch, what});
		result = sweep_run(run, &sweep);
	}
	return result;
}

/* Every member of one background, the random ones with a seed that occurs once in a run. */
static enum sweep_result run_background(struct run *run, const struct march_job *job,
	const struct background *background, unsigned round, unsigned *ret_complete)
{
	const char *name = background->name;
	const uint64_t seed = rng_mix(run->seed + ((uint64_t)run->pass << 32)) + round;
	enum sweep_result result = SWEEP_DONE;
	struct mem_data data;
	char text[WHAT_TEXT / 2];

	for (unsigned i = 0; i < background->count && result == SWEEP_DONE; i++) {
		background_data(background, i, seed, &data);
		if (data.kind == DATA_RANDOM)
			record_note(run->rec, PART_ID_MEMORY,
				"random data of round %u have seed 0x%016llx", round + 1,
				(ull)seed);
		if (job->rounds > 1)
			fmt_to(text, sizeof(text), "%s, round %u", name, round + 1);
		else if (background->count > 1)
			fmt_to(text, sizeof(text), "%s %u", name, i);
		else
			fmt_to(text, sizeof(text), "%s", name);
		result = run_data(run, job, &data, text);
		*ret_complete += result == SWEEP_DONE;
	}
	return result;
}

static void tell_bad_patterns(struct run *run)
{
	char word[32], list[160];
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

static enum verdict run_job(struct run *run, enum march_job_id id)
{
	const bool on_random = jobs[id].data == ON_RANDOM;
	enum sweep_result result = SWEEP_DONE;
	struct march_job job;
	struct mem_effort effort;
	unsigned complete = 0;
	enum verdict verdict;
	char done[WHAT_TEXT] = "";

	if (!on_random)
		tell_bad_patterns(run);
	march_job_make(id, run->config, &job);
	effort = job_effort(&job, run->config->mem_fade_ns);
	if (!session_begin(run, effort.ops, &verdict))
		return verdict;
	run->mem->work.rests_ns = effort.rests_ns;
	for (unsigned round = 0; round < job.rounds; round++) {
		for (size_t i = 0; i < BACKGROUND_COUNT && result == SWEEP_DONE; i++) {
			if (job.chosen[i])
				result = run_background(
					run, &job, &backgrounds[i], round, &complete);
		}
	}
	if (complete > 0)
		fmt_to(done, sizeof(done), "%s%s, %u %s%s%s", job.march->name,
			job.flush ? " with a flush after every operation" : "", complete,
			on_random ? "round" : "background", complete == 1 ? "" : "s",
			on_random ? " of random data" : "");
	return session_conclude(run, result, done);
}

/* ---- the checks ---- */

static enum verdict run_march_c(struct run *run)
{
	return run_job(run, MARCH_JOB_C_MINUS);
}

const struct check mem_march_c_check = {
	.id = "mem.march-c",
	.title = "Memory cells: March C-",
	.pass_if =
		"every word of memory reads back what was written, in both directions, on every background",
	.need = NEED_RAM,
	.run = run_march_c,
};

static enum verdict run_random(struct run *run)
{
	return run_job(run, MARCH_JOB_RANDOM);
}

const struct check mem_random_check = {
	.id = "mem.random",
	.title = "Memory cells: random data and its complement, upwards and downwards",
	.pass_if = "every word of memory reads back its random value, and then the complement",
	.need = NEED_RAM,
	.run = run_random,
};

static enum verdict run_moving_inversions(struct run *run)
{
	return run_job(run, MARCH_JOB_MOVING_INVERSIONS);
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

static enum verdict run_march_ss(struct run *run)
{
	return run_job(run, MARCH_JOB_SS);
}

const struct check mem_march_ss_check = {
	.id = "mem.march-ss",
	.title = "Memory cells: March SS, every operation past the caches",
	.pass_if = "every word of memory reads back what was written, each time it is read",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_march_ss,
};

static enum verdict run_bit_fade(struct run *run)
{
	return run_job(run, MARCH_JOB_FADE);
}

const struct check mem_bit_fade_check = {
	.id = "mem.bit-fade",
	.title = "Memory cells: random data and its complement, left alone for a while each",
	.pass_if = "every word of memory still holds its value after the rest",
	.need = NEED_RAM,
	.thorough = true,
	.run = run_bit_fade,
};
