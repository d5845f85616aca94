/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Kernels in whose memory some words are broken. Pure. See inject.h. */
#include "memtest/inject.h"
#include <emmintrin.h>

#define LINE_WORDS FAULT_LINE_WORDS
#define LINE_BYTES (LINE_WORDS * sizeof(uint64_t))
#define ALL_WORDS  0xffu
#define PIECE_BYTES   \
	((uint64_t)64 \
		<< 10) /* long enough for the loops that the kernels use on any other memory */

/* ---- one CPU at a time ---- */

/* No call may be made to wait: other CPUs have neither services nor interrupts. */
static void lock(struct inject *inject)
{
	while (atomic_flag_test_and_set_explicit(&inject->busy, memory_order_acquire))
		_mm_pause();
}

static void unlock(struct inject *inject)
{
	atomic_flag_clear_explicit(&inject->busy, memory_order_release);
}

/* ---- the cells, for the fault models ---- */

static uint64_t *word_at(const struct inject *inject, uint64_t physical)
{
	for (size_t i = 0; i < inject->line_count; i++) {
		const struct inject_line *line = &inject->lines[i];

		if (physical - line->physical < LINE_BYTES)
			return line->words + (physical - line->physical) / sizeof(uint64_t);
	}
	return NULL;
}

static bool cell_exists(void *ctx, uint64_t physical)
{
	return word_at(ctx, physical) != NULL;
}

static uint64_t cell_load(void *ctx, uint64_t physical)
{
	const struct inject *inject = ctx;

	return inject->real->load(inject->real->ctx, word_at(inject, physical));
}

static void cell_store(void *ctx, uint64_t physical, uint64_t value)
{
	const struct inject *inject = ctx;

	inject->real->store(inject->real->ctx, word_at(inject, physical), value);
}

/* ---- a step of the real kernels on a piece of memory with one faulty line ---- */

/* Keeps what the line holds; gives it what a read would return. */
static void before_step(struct inject *inject, const struct inject_line *line, bool reads,
	uint64_t ret_held[LINE_WORDS])
{
	uint64_t shown[LINE_WORDS] = {0};

	for (size_t i = 0; reads && i < LINE_WORDS; i++)
		shown[i] = faults_load(&inject->faults, line->physical + i * sizeof(uint64_t));
	for (size_t i = 0; i < LINE_WORDS; i++)
		ret_held[i] = cell_load(inject, line->physical + i * sizeof(uint64_t));
	for (size_t i = 0; reads && i < LINE_WORDS; i++)
		cell_store(inject, line->physical + i * sizeof(uint64_t), shown[i]);
}

/* Gives the line back what it held; then what the step left in the words of `written`, a bit each, reaches them as far
 * as the faults let it. */
static void after_step(struct inject *inject, const struct inject_line *line,
	const uint64_t held[LINE_WORDS], unsigned written)
{
	uint64_t left[LINE_WORDS];

	for (size_t i = 0; i < LINE_WORDS; i++)
		left[i] = cell_load(inject, line->physical + i * sizeof(uint64_t));
	for (size_t i = 0; i < LINE_WORDS; i++)
		cell_store(inject, line->physical + i * sizeof(uint64_t), held[i]);
	for (size_t i = 0; i < LINE_WORDS; i++) {
		if (written >> i & 1)
			faults_store(
				&inject->faults, line->physical + i * sizeof(uint64_t), left[i]);
	}
}

/* Adds what a step saw, but for the words. */
static void add_errors(struct mem_errors *errors, const struct mem_errors *seen)
{
	const uint64_t known = errors->count;

	if (seen->count == 0)
		return;
	for (size_t i = 0; i < seen->kept; i++)
		mem_errors_add(errors, &seen->at[i]);
	/* Of a flood more were counted than kept. */
	errors->count = known + seen->count;
	if (seen->lowest < errors->lowest)
		errors->lowest = seen->lowest;
	if (seen->highest > errors->highest)
		errors->highest = seen->highest;
}

/* A read, a write, or a read and then a write: what the kernels have loops for. */
static struct march_element next_step(const struct march_element *element, unsigned from)
{
	const bool pair = from + 1 < element->count && element->ops[from].act == MARCH_READ &&
			  element->ops[from + 1].act == MARCH_WRITE;
	struct march_element ret = {.direction = element->direction, .count = pair ? 2 : 1};

	for (unsigned i = 0; i < ret.count; i++)
		ret.ops[i] = element->ops[from + i];
	return ret;
}

/* Words bad in several steps count once; of those bad in different ones some may be left out. */
static void march_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct march_step *step, struct mem_errors *errors)
{
	const struct march_element *whole = step->element;
	uint64_t words = 0;

	lock(inject);
	for (unsigned done = 0; done < whole->count;) {
		const struct march_element element = next_step(whole, done);
		struct march_step part = *step;
		uint64_t held[LINE_WORDS];

		part.element = &element;
		mem_errors_clear(&inject->errors);
		before_step(inject, line, element.ops[0].act == MARCH_READ, held);
		inject->real->march(inject->real->ctx, c, &part, &inject->errors);
		done += element.count;
		after_step(inject, line, held,
			whole->ops[done - 1].act == MARCH_WRITE ? ALL_WORDS : 0);
		add_errors(errors, &inject->errors);
		words = inject->errors.words > words ? inject->errors.words : words;
	}
	unlock(inject);
	errors->words += words;
}

static unsigned written_by(const struct modulo_step *step, uint64_t physical)
{
	unsigned written = 0;

	for (unsigned i = 0; i < LINE_WORDS && step->write != MODULO_NOTHING; i++) {
		const uint64_t number = physical / sizeof(uint64_t) + i;

		if ((number % step->stride == step->offset) == (step->write == MODULO_STRIDED))
			written |= 1u << i;
	}
	return written;
}

static void modulo_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors)
{
	uint64_t held[LINE_WORDS];

	lock(inject);
	mem_errors_clear(&inject->errors);
	before_step(inject, line, step->check, held);
	inject->real->modulo(inject->real->ctx, c, step, &inject->errors);
	after_step(inject, line, held, written_by(step, line->physical));
	add_errors(errors, &inject->errors);
	errors->words += inject->errors.words;
	unlock(inject);
}

/* One line or both are faulty; NULL: that one is not. */
static void copy_line(struct inject *inject, const struct inject_line *to_line,
	const struct inject_line *from_line, struct mem_chunk to, struct mem_chunk from)
{
	uint64_t to_held[LINE_WORDS], from_held[LINE_WORDS];

	lock(inject);
	if (from_line != NULL)
		before_step(inject, from_line, true, from_held);
	if (to_line != NULL)
		before_step(inject, to_line, false, to_held);
	inject->real->copy(inject->real->ctx, to, from);
	if (from_line != NULL)
		after_step(inject, from_line, from_held, 0);
	if (to_line != NULL)
		after_step(inject, to_line, to_held, ALL_WORDS);
	unlock(inject);
}

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
		return cut(rest, true, hi - (next != NULL ? next->physical + LINE_BYTES : from));
	}
	next = first_line(inject, line->physical + LINE_BYTES, to, false);
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
			march_piece(inject, line, part, step, errors);
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
			modulo_piece(inject, line, part, step, errors);
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
		const uint64_t bytes = before > 0 ? before : LINE_BYTES;
		const struct mem_chunk to_part = cut(&to, false, bytes);
		const struct mem_chunk from_part = cut(&from, false, bytes);

		if (before == 0)
			copy_line(inject, to_line, from_line, to_part, from_part);
		else
			inject->real->copy(inject->real->ctx, to_part, from_part);
	}
}

static void inject_flush(void *ctx, const void *line)
{
	const struct inject *inject = ctx;

	inject->real->flush(inject->real->ctx, line);
}

/* The address of a word that lies in a faulty line. */
static bool is_in_line(const struct inject *inject, const uint64_t *word, uint64_t *ret_physical)
{
	for (size_t i = 0; i < inject->line_count; i++) {
		const uint64_t offset = (uint64_t)((uintptr_t)word -
						   (uintptr_t)inject->lines[i].words);

		if (offset < LINE_BYTES) {
			*ret_physical = inject->lines[i].physical + offset;
			return true;
		}
	}
	return false;
}

static uint64_t inject_load(void *ctx, const uint64_t *word)
{
	struct inject *inject = ctx;
	uint64_t physical, value;

	if (!is_in_line(inject, word, &physical))
		return inject->real->load(inject->real->ctx, word);
	lock(inject);
	value = faults_load(&inject->faults, physical);
	unlock(inject);
	return value;
}

static void inject_store(void *ctx, uint64_t *word, uint64_t value)
{
	struct inject *inject = ctx;
	uint64_t physical;

	if (!is_in_line(inject, word, &physical)) {
		inject->real->store(inject->real->ctx, word, value);
		return;
	}
	lock(inject);
	faults_store(&inject->faults, physical, value);
	unlock(inject);
}

static void inject_rested(void *ctx, uint64_t rested_ns)
{
	struct inject *inject = ctx;

	if (inject->real->rested != NULL)
		inject->real->rested(inject->real->ctx, rested_ns);
	faults_rest(&inject->faults);
}

/* ---- planting ---- */

void inject_begin(struct inject *inject, const struct kernels *real)
{
	inject->real = real;
	inject->faults = (struct faults){.cells = {inject, cell_exists, cell_load, cell_store}};
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
		places[i] -= places[i] % LINE_BYTES;
		if (!plan_word(plan, places[i], &words[i]))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (word_at(inject, places[i]) == NULL)
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
