/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Kernels in whose memory some words are broken: planting, and finding the way around. Pure. See inject.h. */
#include "memtest/inject_step.h"

/* Long enough for the loops that the kernels use on any other memory. */
#define PIECE_BYTES ((uint64_t)64 << 10)

/* ---- kernels ---- */

/* The faulty line in [from, to) that a walk meets first; NULL: none. */
static const struct inject_line *first_line(
	const struct inject *inject, uint64_t from, uint64_t to, bool downward)
{
	const struct inject_line *first = NULL;

	for (size_t i = 0; i < inject->line_count; i++) {
		const struct inject_line *line = &inject->lines[i];

		if (line->physical < from || line->physical >= to)
			continue;
		if (first == NULL || (line->physical < first->physical) != downward)
			first = line;
	}
	return first;
}

static uint64_t end_of(const struct mem_chunk *c)
{
	return c->physical + c->count * sizeof(uint64_t);
}

/* Takes `bytes` off the lower or upper end of *rest. */
static struct mem_chunk cut(struct mem_chunk *rest, bool downward, uint64_t bytes)
{
	const size_t words = (size_t)(bytes / sizeof(uint64_t));
	const size_t below = downward ? rest->count - words : words;
	const struct mem_chunk lower = {rest->words, below, rest->physical};
	const struct mem_chunk upper = {rest->words + below, rest->count - below,
		rest->physical + below * sizeof(uint64_t)};

	*rest = downward ? lower : upper;
	return downward ? upper : lower;
}

/* Takes what a walk does next off *rest: all up to a piece with a faulty line, *ret_line is NULL then; or that piece,
 * which ends where the next faulty line begins, for their order is all that matters. */
static struct mem_chunk take(const struct inject *inject, struct mem_chunk *rest, bool downward,
	const struct inject_line **ret_line)
{
	const uint64_t lo = rest->physical, hi = end_of(rest);
	const struct inject_line *line = first_line(inject, lo, hi, downward), *next;
	uint64_t from, to;

	*ret_line = NULL;
	if (line == NULL)
		return cut(rest, downward, hi - lo);
	from = line->physical & ~(PIECE_BYTES - 1);
	to = from + PIECE_BYTES < hi ? from + PIECE_BYTES : hi;
	from = from > lo ? from : lo;
	if (downward ? to < hi : from > lo)
		return cut(rest, downward, downward ? hi - to : from - lo);
	*ret_line = line;
	if (downward) {
		next = first_line(inject, from, line->physical, true);
		return cut(rest, true,
			hi - (next != NULL ? next->physical + INJECT_LINE_BYTES : from));
	}
	next = first_line(inject, line->physical + INJECT_LINE_BYTES, to, false);
	return cut(rest, false, (next != NULL ? next->physical : to) - lo);
}

static void inject_march(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	struct inject *inject = ctx;
	const struct inject_line *line;

	while (c.count > 0) {
		const struct mem_chunk part = take(
			inject, &c, step->element->direction == MARCH_DOWN, &line);

		if (line != NULL)
			inject_march_piece(inject, line, part, step, errors);
		else
			inject->real->march(inject->real->ctx, part, step, errors);
	}
}

static void inject_modulo(
	void *ctx, struct mem_chunk c, const struct modulo_step *step, struct mem_errors *errors)
{
	struct inject *inject = ctx;
	const struct inject_line *line;

	while (c.count > 0) {
		const struct mem_chunk part = take(inject, &c, false, &line);

		if (line != NULL)
			inject_modulo_piece(inject, line, part, step, errors);
		else
			inject->real->modulo(inject->real->ctx, part, step, errors);
	}
}

/* Bytes of the chunk before its first faulty line, which is *ret_line if there are none. */
static uint64_t bytes_before(
	const struct inject *inject, const struct mem_chunk *c, const struct inject_line **ret_line)
{
	const uint64_t end = end_of(c);
	const struct inject_line *line = first_line(inject, c->physical, end, false);
	const uint64_t before = (line != NULL ? line->physical : end) - c->physical;

	*ret_line = before == 0 ? line : NULL;
	return before;
}

static void inject_copy(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	struct inject *inject = ctx;
	const struct inject_line *to_line, *from_line;

	while (to.count > 0) {
		const uint64_t to_before = bytes_before(inject, &to, &to_line);
		const uint64_t from_before = bytes_before(inject, &from, &from_line);
		const uint64_t before = to_before < from_before ? to_before : from_before;
		const uint64_t bytes = before > 0 ? before : INJECT_LINE_BYTES;
		const struct mem_chunk to_part = cut(&to, false, bytes);
		const struct mem_chunk from_part = cut(&from, false, bytes);

		if (before == 0)
			inject_copy_line(inject, to_line, from_line, to_part, from_part);
		else
			inject->real->copy(inject->real->ctx, to_part, from_part);
	}
}

static void inject_flush(void *ctx, const void *line)
{
	const struct inject *inject = ctx;

	inject->real->flush(inject->real->ctx, line);
}

/* ---- planting ---- */

void inject_begin(struct inject *inject, const struct kernels *real)
{
	inject->real = real;
	inject->faults.count = 0;
	inject_cells(inject, &inject->faults.cells);
	inject->line_count = 0;
	atomic_flag_clear(&inject->busy);
	inject->kernels = (struct kernels){.name = real->name,
		.ctx = inject,
		.march = inject_march,
		.modulo = inject_modulo,
		.copy = inject_copy,
		.flush = inject_flush,
		.load = inject_load,
		.store = inject_store,
		.rested = inject_rested};
}

bool inject_add(struct inject *inject, const struct mem_plan *plan, const struct fault *fault)
{
	uint64_t places[FAULT_PLACES], *words[FAULT_PLACES];
	const size_t count = fault_places(fault, places);

	if (inject->faults.count == INJECT_FAULTS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		places[i] -= places[i] % INJECT_LINE_BYTES;
		if (!plan_word(plan, places[i], &words[i]))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (inject_word(inject, places[i]) == NULL)
			inject->lines[inject->line_count++] = (struct inject_line){
				places[i], words[i]};
	}
	inject->faults.at[inject->faults.count++] = *fault;
	return true;
}

bool inject_concerns(const struct inject *inject, uint64_t physical)
{
	uint64_t places[FAULT_PLACES];

	for (size_t f = 0; f < inject->faults.count; f++) {
		const size_t count = fault_places(&inject->faults.at[f], places);

		for (size_t i = 0; i < count; i++) {
			if (physical - places[i] < sizeof(uint64_t))
				return true;
		}
	}
	return false;
}
