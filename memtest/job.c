/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The table of jobs, and their stages. Pure. See job.h. */
#include "memtest/job.h"
#include "core/fmt.h"
#include "memtest/patterns.h"

#define MODULO_STRIDE   20 /* as far as others look: a row of any layout gets words of both kinds */
#define MODULO_PATTERNS (2 * MODULO_STRIDE)
#define MOVE_TIMES      4
#define BURST_ROUNDS    8

enum job_data {
	ON_PATTERNS, /* mem.patterns, else the profile's backgrounds */
	ON_FEW, /* mem.patterns, else solid: a flush waits for memory as long as forty sweeps take */
	ON_ONE  /* a background of its own, or two, whatever mem.patterns says */
};

typedef enum sweep_result job_walker(
	const struct job *job, const struct job_taker *taker, unsigned *ret_complete);

static job_walker walk_march, walk_modulo, walk_move, walk_burst;

static const struct job_row {
	const char *name; /* NULL: that of the March test */
	job_walker *walk;
	enum march_id march;
	enum job_data data;
	size_t on[2];       /* ON_ONE: these backgrounds */
	unsigned rounds[2]; /* in the quick profile, in the others */
	bool flush;
	const char *unit, *of; /* of what was done: "round", " of random data" */
} rows[JOB_COUNT] = {
	[JOB_RANDOM] = {NULL, walk_march, MARCH_MATS_PLUS, ON_ONE,
		{BACKGROUND_RANDOM, BACKGROUND_RANDOM}, {2, 8}, false, "round", " of random data"},
	[JOB_MARCH_C] = {NULL, walk_march, MARCH_C_MINUS, ON_PATTERNS, {0, 0}, {1, 1}, false,
		"background", ""},
	[JOB_BLOCK_MOVE] = {"Block move", walk_move, MARCH_COUNT, ON_ONE, {0, 0}, {2, 2}, false,
		"round", " of random data"},
	[JOB_BUS_STRESS] = {"Bus stress", walk_burst, MARCH_COUNT, ON_ONE, {0, 0}, {1, 2}, false,
		"round", " of random data"},
	[JOB_FADE] = {NULL, walk_march, MARCH_FADE, ON_ONE, {BACKGROUND_RANDOM, BACKGROUND_RANDOM},
		{1, 1}, false, "round", " of random data"},
	[JOB_MODULO] = {"Modulo-20", walk_modulo, MARCH_COUNT, ON_ONE, {0, 0}, {1, 1}, false,
		"pattern", ""},
	[JOB_MARCH_SS] = {NULL, walk_march, MARCH_SS, ON_FEW, {0, 0}, {1, 1}, true, "background",
		""},
	[JOB_MARCH_RAW] = {NULL, walk_march, MARCH_RAW, ON_FEW, {0, 0}, {1, 1}, true, "background",
		""},
	[JOB_RANDOM_INVERSIONS] = {NULL, walk_march, MARCH_MOVING_INVERSIONS, ON_ONE,
		{BACKGROUND_RANDOM_PAIR, BACKGROUND_RANDOM_PAIR}, {2, 6}, false, "random pair", ""},
	[JOB_MOVING_INVERSIONS] = {NULL, walk_march, MARCH_MOVING_INVERSIONS, ON_PATTERNS, {0, 0},
		{1, 1}, false, "background", ""},
	[JOB_WALKING] = {"Moving inversions of a walking bit", walk_march, MARCH_MATS_PLUS, ON_ONE,
		{BACKGROUND_WALKING_ONES, BACKGROUND_WALKING_ZEROS}, {1, 1}, false, "position", ""},
};

void job_make(enum job_id id, const struct config *config, uint64_t seed, struct job *ret)
{
	const struct job_row *row = &rows[id];
	*ret = (struct job){.row = row,
		.name = row->name,
		.rounds = row->rounds[config_thorough(config)],
		.flush = row->flush,
		.seed = seed};
	if (row->march < MARCH_COUNT)
		ret->march = &marches[row->march];
	if (ret->name == NULL)
		ret->name = ret->march->name;
	if (row->data == ON_ONE)
		ret->chosen[row->on[0]] = ret->chosen[row->on[1]] = true;
	else if (row->data == ON_PATTERNS)
		patterns_choose(config, ret->chosen);
	else if (patterns_named(config, ret->chosen) == 0)
		ret->chosen[BACKGROUND_SOLID] = true;
}

bool job_takes_patterns(enum job_id id)
{
	return rows[id].data != ON_ONE;
}

enum sweep_result job_walk(
	const struct job *job, const struct job_taker *taker, unsigned *ret_complete)
{
	*ret_complete = 0;
	return job->row->walk(job, taker, ret_complete);
}

void job_done_text(const struct job *job, unsigned complete, char buf[JOB_TEXT])
{
	buf[0] = '\0';
	if (complete > 0)
		fmt_to(buf, JOB_TEXT, "%s%s, %u %s%s%s", job->name,
			job->flush ? " with a flush after every operation" : "", complete,
			job->row->unit, complete == 1 ? "" : "s", job->row->of);
}

/* ---- March tests ---- */

/* The algorithm on one background; `on` says which. */
static enum sweep_result walk_data(const struct job *job, const struct job_taker *taker,
	const struct mem_data *data, const char *on)
{
	const struct march *march = job->march;
	enum sweep_result result = SWEEP_DONE;

	for (unsigned i = 0; i < march->count && result == SWEEP_DONE; i++) {
		const struct march_element *element = &march->elements[i];
		const struct march_step step = {element, *data, job->flush};
		struct job_stage stage = {.rest = element->rest,
			.work = march_work,
			.arg = &step,
			.ops = element->count,
			.downward = element->direction == MARCH_DOWN};

		fmt_to(stage.what, sizeof(stage.what), "%s, %s, step %u of %u", job->name, on,
			i + 1, march->count);
		result = taker->stage(taker->ctx, &stage);
	}
	return result;
}

/* Every member of one background. */
static enum sweep_result walk_background(const struct job *job, const struct job_taker *taker,
	const struct background *background, unsigned round, unsigned *complete)
{
	enum sweep_result result = SWEEP_DONE;
	struct mem_data data;
	char on[JOB_TEXT / 2];

	for (unsigned i = 0; i < background->count && result == SWEEP_DONE; i++) {
		background_data(background, i, job->seed + round, &data);
		if (background->seeded)
			taker->seed(taker->ctx, round, job->seed + round);
		if (job->rounds > 1)
			fmt_to(on, sizeof(on), "%s, round %u", background->name, round + 1);
		else if (background->count > 1)
			fmt_to(on, sizeof(on), "%s %u", background->name, i);
		else
			fmt_to(on, sizeof(on), "%s", background->name);
		result = walk_data(job, taker, &data, on);
		*complete += result == SWEEP_DONE;
	}
	return result;
}

static enum sweep_result walk_march(
	const struct job *job, const struct job_taker *taker, unsigned *complete)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned round = 0; round < job->rounds; round++) {
		for (size_t i = 0; i < BACKGROUND_COUNT && result == SWEEP_DONE; i++) {
			if (job->chosen[i])
				result = walk_background(
					job, taker, &backgrounds[i], round, complete);
		}
	}
	return result;
}

/* ---- modulo-N ---- */

static void modulo_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors)
{
	kernels->modulo(kernels->ctx, piece, arg, errors);
}

/* Pattern number `number`: every offset, with a random value and with its complement. */
static struct modulo_step modulo_pattern(uint64_t seed, unsigned number)
{
	const unsigned offset = number / 2;
	const uint64_t value = rng_mix(seed + offset * DATA_PAGE_BYTES);

	return (struct modulo_step){.stride = MODULO_STRIDE,
		.offset = offset,
		.strided = number % 2 ? ~value : value,
		.others = number % 2 ? value : ~value};
}

static enum sweep_result modulo_stage(const struct job *job, const struct job_taker *taker,
	unsigned number, const char *doing, const struct modulo_step *step)
{
	struct job_stage stage = {.work = modulo_work,
		.arg = step,
		.ops = (step->check ? 1u : 0) + (step->write != MODULO_NOTHING ? 1u : 0)};

	fmt_to(stage.what, sizeof(stage.what), "%s, pattern %u of %u, %s", job->name, number + 1,
		MODULO_PATTERNS, doing);
	return taker->stage(taker->ctx, &stage);
}

/* One pattern, which memory holds already: the words that are not strided are written once more, then every word must be
 * what it was made. With the check of one pattern the next one comes into memory. */
static enum sweep_result walk_pattern(
	const struct job *job, const struct job_taker *taker, uint64_t seed, unsigned number)
{
	const struct modulo_step next = modulo_pattern(seed, number + 1);
	struct modulo_step step = modulo_pattern(seed, number);
	enum sweep_result result;

	step.write = MODULO_OTHERS;
	result = modulo_stage(job, taker, number, "others", &step);
	if (result != SWEEP_DONE)
		return result;
	step.check = true;
	step.write = number + 1 < MODULO_PATTERNS ? MODULO_NEXT : MODULO_NOTHING;
	step.next_offset = next.offset % MODULO_STRIDE;
	step.next_strided = next.strided;
	step.next_others = next.others;
	return modulo_stage(job, taker, number, "check", &step);
}

static enum sweep_result walk_modulo(
	const struct job *job, const struct job_taker *taker, unsigned *complete)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned round = 0; round < job->rounds && result == SWEEP_DONE; round++) {
		const uint64_t seed = job->seed + round;
		struct modulo_step all = modulo_pattern(seed, 0);

		taker->seed(taker->ctx, round, seed);
		all.write = MODULO_ALL;
		result = modulo_stage(job, taker, 0, "all", &all);
		for (unsigned i = 0; i < MODULO_PATTERNS && result == SWEEP_DONE; i++) {
			result = walk_pattern(job, taker, seed, i);
			*complete += result == SWEEP_DONE;
		}
	}
	return result;
}

/* ---- block move and bus stress ---- */

/* A whole round in one stage: each piece of memory is worked on by itself. */
static enum sweep_result walk_round(const struct job *job, const struct job_taker *taker,
	unsigned round, uint64_t seed, struct job_stage stage, unsigned *complete)
{
	enum sweep_result result;

	taker->seed(taker->ctx, round, seed);
	fmt_to(stage.what, sizeof(stage.what), "%s, round %u", job->name, round + 1);
	result = taker->stage(taker->ctx, &stage);
	*complete += result == SWEEP_DONE;
	return result;
}

static enum sweep_result walk_move(
	const struct job *job, const struct job_taker *taker, unsigned *complete)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned round = 0; round < job->rounds && result == SWEEP_DONE; round++) {
		/* Data, then their complement: every cell is to hold both values. */
		const struct move_step step = {job->seed + round / 2, round % 2 == 1, MOVE_TIMES};

		result = walk_round(job, taker, round, step.seed,
			(struct job_stage){
				.work = move_work, .arg = &step, .ops = MOVE_OPS(MOVE_TIMES)},
			complete);
	}
	return result;
}

static enum sweep_result walk_burst(
	const struct job *job, const struct job_taker *taker, unsigned *complete)
{
	enum sweep_result result = SWEEP_DONE;

	for (unsigned round = 0; round < job->rounds && result == SWEEP_DONE; round++) {
		const struct burst_step step = {job->seed + round, BURST_ROUNDS, job->own_ns};

		result = walk_round(job, taker, round, step.seed,
			(struct job_stage){
				.work = burst_work, .arg = &step, .ops = BURST_OPS(BURST_ROUNDS)},
			complete);
	}
	return result;
}

/* ---- cost ---- */

struct account {
	const struct job *job;
	struct job_cost cost;
};

static enum sweep_result count_stage(void *ctx, const struct job_stage *stage)
{
	struct account *account = ctx;

	account->cost.stages++;
	account->cost.ops += stage->ops;
	account->cost.flushed_ops += account->job->flush ? stage->ops : 0;
	account->cost.rests += stage->rest;
	return SWEEP_DONE;
}

static void ignore_seed(void *ctx, unsigned round, uint64_t seed)
{
	(void)ctx;
	(void)round;
	(void)seed;
}

struct job_cost job_cost(const struct job *job)
{
	struct account account = {.job = job};
	const struct job_taker taker = {&account, count_stage, ignore_seed};
	unsigned complete;

	job_walk(job, &taker, &complete);
	return account.cost;
}
