/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the kernels do at a faulty line, bent by the faults. Pure. See inject_step.h. */
#include "memtest/inject_step.h"
#include <emmintrin.h>

#define LINE_WORDS FAULT_LINE_WORDS
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

uint64_t *inject_word(const struct inject *inject, uint64_t physical)
{
	for (size_t i = 0; i < inject->line_count; i++) {
		const struct inject_line *line = &inject->lines[i];

		if (physical - line->physical < INJECT_LINE_BYTES)
			return line->words + (physical - line->physical) / sizeof(uint64_t);
	}
	return NULL;
}

static bool cell_exists(void *ctx, uint64_t physical)
{
	return inject_word(ctx, physical) != NULL;
}

static uint64_t cell_load(void *ctx, uint64_t physical)
{
	const struct inject *inject = ctx;

	return inject->real->load(inject->real->ctx, inject_word(inject, physical));
}

static void cell_store(void *ctx, uint64_t physical, uint64_t value)
{
	const struct inject *inject = ctx;

	inject->real->store(inject->real->ctx, inject_word(inject, physical), value);
}

void inject_cells(struct inject *inject, struct fault_cells *ret)
{
	*ret = (struct fault_cells){inject, cell_exists, cell_load, cell_store};
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

void inject_march_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
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
	unsigned strided = 0;

	for (unsigned i = 0; i < LINE_WORDS; i++) {
		if ((physical / sizeof(uint64_t) + i) % step->stride == step->offset)
			strided |= 1u << i;
	}
	switch (step->write) {
	case MODULO_NOTHING:
		return 0;
	case MODULO_STRIDED:
		return strided;
	case MODULO_OTHERS:
		return ALL_WORDS & ~strided;
	case MODULO_ALL:
	case MODULO_NEXT:
		break;
	}
	return ALL_WORDS;
}

void inject_modulo_piece(struct inject *inject, const struct inject_line *line, struct mem_chunk c,
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

void inject_copy_line(struct inject *inject, const struct inject_line *to_line,
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

/* ---- single words ---- */

/* The address of a word that lies in a faulty line. */
static bool is_in_line(const struct inject *inject, const uint64_t *word, uint64_t *ret_physical)
{
	for (size_t i = 0; i < inject->line_count; i++) {
		const uint64_t offset = (uint64_t)((uintptr_t)word -
						   (uintptr_t)inject->lines[i].words);

		if (offset < INJECT_LINE_BYTES) {
			*ret_physical = inject->lines[i].physical + offset;
			return true;
		}
	}
	return false;
}

uint64_t inject_load(void *ctx, const uint64_t *word)
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

void inject_store(void *ctx, uint64_t *word, uint64_t value)
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

void inject_rested(void *ctx, uint64_t rested_ns)
{
	struct inject *inject = ctx;

	if (inject->real->rested != NULL)
		inject->real->rested(inject->real->ctx, rested_ns);
	faults_rest(&inject->faults);
}
