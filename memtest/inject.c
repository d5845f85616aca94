/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Kernels in whose memory some words are broken. Pure. See inject.h. */
#include "memtest/inject.h"
#include <emmintrin.h>

#define LINE_WORDS FAULT_LINE_WORDS
#define LINE_BYTES (LINE_WORDS * sizeof(uint64_t))
#define ALL_WORDS  0xffu

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

/* ---- a step of the real kernels on a faulty line ---- */

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

/* Adds what the step saw to *errors. Returns which words were wrong, as bits. */
static unsigned hand_over(
	const struct inject *inject, const struct inject_line *line, struct mem_errors *errors)
{
	unsigned bad = 0;

	for (size_t i = 0; i < inject->errors.kept; i++) {
		const struct mem_error *error = &inject->errors.at[i];

		mem_errors_add(errors, error);
		bad |= 1u << (error->physical - line->physical) / sizeof(uint64_t) % LINE_WORDS;
	}
	return bad;
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

static void march_line(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct march_step *step, struct mem_errors *errors)
{
	const struct march_element *whole = step->element;
	unsigned bad = 0;

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
		bad |= hand_over(inject, line, errors);
	}
	unlock(inject);
	mem_errors_add_words(errors, bad);
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

static void modulo_line(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
	const struct modulo_step *step, struct mem_errors *errors)
{
	uint64_t held[LINE_WORDS];
	unsigned bad;

	lock(inject);
	mem_errors_clear(&inject->errors);
	before_step(inject, line, step->check, held);
	inject->real->modulo(inject->real->ctx, c, step, &inject->errors);
	after_step(inject, line, held, written_by(step, line->physical));
	bad = hand_over(inject, line, errors);
	unlock(inject);
	mem_errors_add_words(errors, bad);
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

/* The faulty line of the chunk that a walk meets first; NULL: none. */
static const struct inject_line *first_line(
	const struct inject *inject, const struct mem_chunk *c, bool downward)
{
	const struct inject_line *first = NULL;

	for (size_t i = 0; i < inject->line_count; i++) {
		const struct inject_line *line = &inject->lines[i];

		if (line->physical - c->physical >= c->count * sizeof(uint64_t))
			continue;
		if (first == NULL || (line->physical < first->physical) != downward)
			first = line;
	}
	return first;
}

/* Splits *c behind `words` words; returns the lower part, and leaves the upper one. */
static struct mem_chunk split(struct mem_chunk *c, size_t words)
{
	const struct mem_chunk lower = {c->words, words, c->physical};

	c->words += words;
	c->count -= words;
	c->physical += words * sizeof(uint64_t);
	return lower;
}

/* Takes what a walk does next off *rest: a faulty line, or all up to one; *ret_line is NULL then. */
static struct mem_chunk take(const struct inject *inject, struct mem_chunk *rest, bool downward,
	const struct inject_line **ret_line)
{
	const struct inject_line *line = first_line(inject, rest, downward);
	const size_t below = line == NULL
				     ? 0
				     : (size_t)(line->physical - rest->physical) / sizeof(uint64_t);
	const size_t above = line == NULL ? 0 : rest->count - below - LINE_WORDS;
	const size_t before = line == NULL ? rest->count : downward ? above : below;
	const size_t count = before > 0 ? before : LINE_WORDS;
	struct mem_chunk upper = *rest;

	*ret_line = before > 0 ? NULL : line;
	if (!downward)
		return split(rest, count);
	*rest = split(&upper, rest->count - count);
	return upper;
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
			march_line(inject, line, part, step, errors);
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
			modulo_line(inject, line, part, step, errors);
		else
			inject->real->modulo(inject->real->ctx, part, step, errors);
	}
}

/* Words of the chunk before its first faulty line, which is *ret_line if there are none. */
static size_t words_before(
	const struct inject *inject, const struct mem_chunk *c, const struct inject_line **ret_line)
{
	const struct inject_line *line = first_line(inject, c, false);
	const size_t before = line == NULL
				      ? c->count
				      : (size_t)(line->physical - c->physical) / sizeof(uint64_t);

	*ret_line = before == 0 ? line : NULL;
	return before;
}

static void inject_copy(void *ctx, struct mem_chunk to, struct mem_chunk from)
{
	struct inject *inject = ctx;
	const struct inject_line *to_line, *from_line;

	while (to.count > 0) {
		const size_t to_before = words_before(inject, &to, &to_line);
		const size_t from_before = words_before(inject, &from, &from_line);
		const size_t before = to_before < from_before ? to_before : from_before;
		const size_t count = before > 0 ? before : LINE_WORDS;
		const struct mem_chunk to_part = split(&to, count), from_part = split(&from, count);

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
