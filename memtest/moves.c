/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Block move and bus stress, a piece at a time. Pure. See moves.h.
 *
 * What is filled or copied goes around the caches, so it is memory that is checked, however small the piece; except with
 * the 64-bit kernels, where a piece smaller than the caches stays in them. */
#include "memtest/moves.h"

#define LINE_BYTES (DATA_LINE_WORDS * sizeof(uint64_t))

/* Fills or checks. */
static void seeded_data(const struct kernels *kernels, struct mem_chunk c, enum march_act act,
	enum data_kind kind, uint64_t seed, bool complement, struct mem_errors *errors)
{
	const struct march_element element = {MARCH_UP, 1, {{act, complement}}, false};
	const struct march_step step = {&element, {.kind = kind, .seed = seed}, false};

	if (c.count > 0)
		kernels->march(kernels->ctx, c, &step, errors);
}

static struct mem_chunk lines_of(struct mem_chunk c, size_t first, size_t count)
{
	return (struct mem_chunk){c.words + first * DATA_LINE_WORDS, count * DATA_LINE_WORDS,
		c.physical + first * LINE_BYTES};
}

static size_t line_count(struct mem_chunk c)
{
	return c.count / DATA_LINE_WORDS;
}

/* A piece is checked over and over: of its bad words as many are counted as one check saw at most, so that none is
 * counted twice. */
struct worst {
	uint64_t before, most;
};

static void worst_note(struct worst *w, struct mem_errors *errors)
{
	if (errors->words - w->before > w->most)
		w->most = errors->words - w->before;
	errors->words = w->before;
}

/* ---- block move ---- */

/* One half of the piece, every line of which was copied from the other half. */
struct moved {
	struct mem_chunk to, from;
	uint64_t physical; /* of the lower half: the data belong to its addresses */
	size_t by;         /* line n came from line n - by */
	size_t turned;     /* line n holds what was in line n - turned of the lower half at first */
	const struct move_step *step;
};

/* Fills or checks, with the data of the step. */
static void moved_data(const struct kernels *kernels, struct mem_chunk c, enum march_act act,
	const struct move_step *step, struct mem_errors *errors)
{
	seeded_data(kernels, c, act, DATA_RANDOM, step->seed, step->complement, errors);
}

/* One word arrived wrong: is it the source's fault? */
static void blame(const struct kernels *kernels, const struct moved *m, uint64_t *word,
	const struct mem_error *seen, struct mem_errors *errors)
{
	const size_t lines = line_count(m->to), at = (size_t)(word - m->to.words);
	const size_t line = (at / DATA_LINE_WORDS + lines - m->by) % lines;
	const size_t offset = line * DATA_LINE_WORDS + at % DATA_LINE_WORDS;
	const uint64_t *source = m->from.words + offset;
	struct mem_error e = *seen;

	kernels->flush(kernels->ctx, source - at % DATA_LINE_WORDS);
	e.physical = m->to.physical + at * sizeof(*word);
	e.role = "the target of a copy whose source is right";
	if (kernels->load(kernels->ctx, source) != seen->expected) {
		e.physical = m->from.physical + offset * sizeof(*word);
		e.actual = kernels->load(kernels->ctx, source);
		kernels->flush(kernels->ctx, source - at % DATA_LINE_WORDS);
		e.reread = kernels->load(kernels->ctx, source);
		e.role = "the source of a copy";
	}
	mem_errors_add(errors, &e);
}

/* Errors that were not kept are only counted, and taken for the target's. `offset` in bytes: of the highest. */
static void count_unkept(const struct moved *m, size_t first, uint64_t offset,
	const struct mem_errors *seen, struct mem_errors *errors)
{
	const uint64_t highest = m->to.physical + first * LINE_BYTES + offset;

	errors->words += seen->words;
	errors->count += seen->count - seen->kept;
	if (seen->count > seen->kept && highest > errors->highest)
		errors->highest = highest;
}

/* Checks lines of the target that hold what belongs to neighbouring addresses. Wrong ones are put right, so that an
 * error does not travel on. */
static void check_lines(const struct kernels *kernels, const struct moved *m, size_t first,
	size_t count, size_t belongs, struct mem_errors *errors)
{
	struct mem_chunk c = lines_of(m->to, first, count);
	struct mem_errors seen;

	c.physical = m->physical + belongs * LINE_BYTES;
	mem_errors_clear(&seen);
	moved_data(kernels, c, MARCH_READ, m->step, &seen);
	if (seen.count == 0)
		return;
	for (size_t i = 0; i < seen.kept; i++)
		blame(kernels, m, c.words + (seen.at[i].physical - c.physical) / sizeof(uint64_t),
			&seen.at[i], errors);
	count_unkept(m, first, seen.highest - c.physical, &seen, errors);
	moved_data(kernels, c, MARCH_WRITE, m->step, errors);
}

static void check_moved(
	const struct kernels *kernels, const struct moved *m, struct mem_errors *errors)
{
	const size_t lines = line_count(m->to), turned = m->turned % lines;

	check_lines(kernels, m, turned, lines - turned, 0, errors);
	check_lines(kernels, m, 0, turned, lines - turned, errors);
}

void move_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors)
{
	const struct move_step *step = arg;
	const size_t lines = line_count(piece) / 2;
	const struct mem_chunk low = lines_of(piece, 0, lines),
			       high = lines_of(piece, lines, lines);
	struct worst worst = {errors->words, 0};

	/* The upper half too: what the first copy writes over is known. */
	moved_data(kernels, piece, MARCH_WRITE, step, errors);
	for (unsigned t = 0; t < step->times; t++) {
		const struct moved up = {high, low, low.physical, 0, t, step};
		const struct moved down = {low, high, low.physical, 1, t + 1, step};

		kernels->copy(kernels->ctx, high, low);
		check_moved(kernels, &up, errors);
		worst_note(&worst, errors);
		kernels->copy(
			kernels->ctx, lines_of(low, 1, lines - 1), lines_of(high, 0, lines - 1));
		kernels->copy(kernels->ctx, lines_of(low, 0, 1), lines_of(high, lines - 1, 1));
		check_moved(kernels, &down, errors);
		worst_note(&worst, errors);
	}
	errors->words += worst.most;
}

/* ---- bus stress ---- */

#define IDLE_NS          1500000u
#define IDLE_EVERY_BYTES ((uint64_t)4 << 20)
#define IDLE_LOOKS_MAX   1000000u /* at a clock that may stand still */

static void idle(uint64_t (*own_ns)(void))
{
	const uint64_t start_ns = own_ns();

	for (unsigned looks = 0; looks < IDLE_LOOKS_MAX; looks++) {
		if (own_ns() - start_ns >= IDLE_NS)
			return;
		__builtin_ia32_pause();
	}
}

/* Values of own address, scattered by another seed each round: they cost next to nothing to begin a burst with. */
static void burst(const struct kernels *kernels, struct mem_chunk c, enum march_act act,
	const struct burst_step *step, unsigned round, struct mem_errors *errors)
{
	seeded_data(kernels, c, act, DATA_OWN_ADDRESS, rng_mix(step->seed + round), false, errors);
}

/* Fills one half, and checks the other in between. */
static void burst_round(const struct kernels *kernels, const struct burst_step *step,
	unsigned round, struct mem_chunk filled, struct mem_chunk checked,
	struct mem_errors *errors)
{
	static const size_t bursts[] = {8, 16, 32}; /* lines */
	const size_t lines = line_count(filled);
	const bool idles = step->own_ns != NULL && round % 2 == 1;
	uint64_t since_idle = 0;

	for (size_t at = 0, n = 0; at < lines; n++) {
		const size_t want = bursts[n % ARRAY_LEN(bursts)];
		const size_t count = want < lines - at ? want : lines - at;

		burst(kernels, lines_of(filled, at, count), MARCH_WRITE, step, round, errors);
		burst(kernels, lines_of(checked, at, count), MARCH_READ, step, round - 1, errors);
		at += count;
		since_idle += 2 * count * LINE_BYTES;
		if (idles && since_idle >= IDLE_EVERY_BYTES) {
			idle(step->own_ns);
			since_idle = 0;
		}
	}
}

void burst_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors)
{
	const struct burst_step *step = arg;
	const size_t lines = line_count(piece) / 2;
	const struct mem_chunk halves[] = {
		lines_of(piece, 0, lines), lines_of(piece, lines, lines)};
	struct worst worst = {errors->words, 0};

	burst(kernels, halves[0], MARCH_WRITE, step, 0, errors);
	for (unsigned round = 1; round <= step->rounds; round++) {
		burst_round(
			kernels, step, round, halves[round % 2], halves[(round + 1) % 2], errors);
		worst_note(&worst, errors);
	}
	burst(kernels, halves[step->rounds % 2], MARCH_READ, step, step->rounds, errors);
	worst_note(&worst, errors);
	errors->words += worst.most;
}
