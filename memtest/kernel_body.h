/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The loops over memory: a template, to be included once per way of loading and storing.
 *
 * Pure. Define before including it:
 *   KERNEL(name)                 the instance's name for a function
 *   KERNEL_LOAD(ctx, p)          the 64-bit word at p, really loaded now
 *   KERNEL_STORE(ctx, p, value)  really stored now
 * It leaves static functions KERNEL(march), KERNEL(address_fill) and KERNEL(address_verify), typed as in
 * struct kernels.
 *
 * The common shapes work on batches of eight words, one cache line: eight loads, one check, eight stores.
 * Memory sees the same traffic as from single words, because a cached line is fetched and written back as a
 * whole; so a word disturbing another in its own line is left to the backgrounds, here as in any cached test.
 */
#include "memtest/kernels.h"

#define KERNEL_BATCH   8
#define KERNEL_EACH(i) _Pragma("GCC unroll 8") for (unsigned i = 0; i < KERNEL_BATCH; i++)

/* Number `n` of the chunk's batches in walking order. */
static inline uint64_t *KERNEL(batch)(const struct mem_chunk *c, size_t n, bool downward)
{
	return c->words + (downward ? c->count / KERNEL_BATCH - 1 - n : n) * KERNEL_BATCH;
}

static inline uint64_t KERNEL(physical)(const struct mem_chunk *c, const uint64_t *word)
{
	return c->physical + (uint64_t)(word - c->words) * sizeof(*word);
}

static void KERNEL(mismatch)(void *ctx, const struct mem_chunk *c, const uint64_t *word,
	uint64_t expected, uint64_t actual, struct mem_errors *errors)
{
	(void)ctx;
	mem_errors_add(errors, &(struct mem_error){.physical = KERNEL(physical)(c, word),
				       .expected = expected,
				       .actual = actual,
				       .reread = KERNEL_LOAD(ctx, word)});
}

/* The rare case: something in a batch just read is wrong. */
static __attribute__((noinline)) void KERNEL(sort_out)(void *ctx, const struct mem_chunk *c,
	const uint64_t *batch, const uint64_t *expected, const uint64_t *got,
	struct mem_errors *errors)
{
	for (unsigned i = 0; i < KERNEL_BATCH; i++) {
		if (got[i] == expected[i])
			continue;
		errors->words++;
		KERNEL(mismatch)(ctx, c, batch + i, expected[i], got[i], errors);
	}
}

/* Loads a batch and compares it. Only the rare case takes the address of an array, and it takes that of
 * copies: the values of the common case stay in registers. */
static inline __attribute__((always_inline)) void KERNEL(check)(void *ctx,
	const struct mem_chunk *c, const uint64_t *batch, const uint64_t *expected,
	struct mem_errors *errors)
{
	uint64_t got[KERNEL_BATCH], differs = 0;

	(void)ctx;
	KERNEL_EACH(i)
	{
		got[i] = KERNEL_LOAD(ctx, batch + i);
		differs |= got[i] ^ expected[i];
	}
	if (__builtin_expect(differs != 0, 0)) {
		uint64_t expected_copy[KERNEL_BATCH], got_copy[KERNEL_BATCH];

		KERNEL_EACH(i)
		{
			expected_copy[i] = expected[i];
			got_copy[i] = got[i];
		}
		KERNEL(sort_out)(ctx, c, batch, expected_copy, got_copy, errors);
	}
}

/* (w) */
static void KERNEL(march_w)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const bool downward = step->element->direction == MARCH_DOWN;
	const uint64_t value = step->value[step->element->ops[0].background];

	(void)ctx;
	(void)errors;
	for (size_t n = 0; n < c.count / KERNEL_BATCH; n++) {
		uint64_t *batch = KERNEL(batch)(&c, n, downward);

		KERNEL_EACH(i)
		KERNEL_STORE(ctx, batch + i, value);
	}
}

/* (r) */
static void KERNEL(march_r)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const bool downward = step->element->direction == MARCH_DOWN;
	const uint64_t want = step->value[step->element->ops[0].background];
	const uint64_t expected[] = {want, want, want, want, want, want, want, want};

	for (size_t n = 0; n < c.count / KERNEL_BATCH; n++)
		KERNEL(check)(ctx, &c, KERNEL(batch)(&c, n, downward), expected, errors);
}

/* (r, w) */
static void KERNEL(march_rw)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const bool downward = step->element->direction == MARCH_DOWN;
	const uint64_t want = step->value[step->element->ops[0].background];
	const uint64_t next = step->value[step->element->ops[1].background];
	const uint64_t expected[] = {want, want, want, want, want, want, want, want};

	for (size_t n = 0; n < c.count / KERNEL_BATCH; n++) {
		uint64_t *batch = KERNEL(batch)(&c, n, downward);

		KERNEL(check)(ctx, &c, batch, expected, errors);
		KERNEL_EACH(i)
		KERNEL_STORE(ctx, batch + i, next);
	}
}

/* Any element, word by word. */
static void KERNEL(march_any)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const struct march_element *element = step->element;

	for (size_t n = 0; n < c.count; n++) {
		uint64_t *word = c.words + (element->direction == MARCH_DOWN ? c.count - 1 - n : n);
		uint64_t before = errors->count;

		for (unsigned i = 0; i < element->count; i++) {
			uint64_t value = step->value[element->ops[i].background], got;

			if (element->ops[i].act == MARCH_WRITE) {
				KERNEL_STORE(ctx, word, value);
				continue;
			}
			got = KERNEL_LOAD(ctx, word);
			if (got != value)
				KERNEL(mismatch)(ctx, &c, word, value, got, errors);
		}
		errors->words += errors->count != before;
	}
}

static void KERNEL(march)(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	static const struct {
		unsigned count;
		enum march_act acts[2];
		void (*run)(void *ctx, struct mem_chunk c, const struct march_step *step,
			struct mem_errors *errors);
	} shapes[] = {
		{1, {MARCH_WRITE}, KERNEL(march_w)},
		{1, {MARCH_READ}, KERNEL(march_r)},
		{2, {MARCH_READ, MARCH_WRITE}, KERNEL(march_rw)},
	};
	const struct march_element *element = step->element;

	for (size_t s = 0; s < ARRAY_LEN(shapes); s++) {
		bool same = shapes[s].count == element->count;

		for (unsigned i = 0; same && i < element->count; i++)
			same = shapes[s].acts[i] == element->ops[i].act;
		if (same) {
			shapes[s].run(ctx, c, step, errors);
			return;
		}
	}
	KERNEL(march_any)(ctx, c, step, errors);
}

static void KERNEL(address_fill)(void *ctx, struct mem_chunk c, struct own_address key)
{
	(void)ctx;
	for (size_t n = 0; n < c.count / KERNEL_BATCH; n++) {
		uint64_t *batch = KERNEL(batch)(&c, n, false);
		const uint64_t line = own_address_line(key, KERNEL(physical)(&c, batch));

		KERNEL_EACH(i)
		KERNEL_STORE(ctx, batch + i, own_address_word(key, line, i));
	}
}

/* The rare case of address_verify(). It works the values out once more, so that the common case need not keep them. */
static __attribute__((noinline)) void KERNEL(sort_out_address)(void *ctx, const struct mem_chunk *c,
	const uint64_t *batch, struct own_address key, const uint64_t *got,
	struct mem_errors *errors)
{
	uint64_t expected[KERNEL_BATCH];

	for (unsigned i = 0; i < KERNEL_BATCH; i++)
		expected[i] = own_address_value(key, KERNEL(physical)(c, batch + i));
	KERNEL(sort_out)(ctx, c, batch, expected, got, errors);
}

static void KERNEL(address_verify)(
	void *ctx, struct mem_chunk c, struct own_address key, struct mem_errors *errors)
{
	for (size_t n = 0; n < c.count / KERNEL_BATCH; n++) {
		const uint64_t *batch = KERNEL(batch)(&c, n, false);
		const uint64_t line = own_address_line(key, KERNEL(physical)(&c, batch));
		uint64_t got[KERNEL_BATCH], differs = 0;

		KERNEL_EACH(i)
		{
			got[i] = KERNEL_LOAD(ctx, batch + i);
			differs |= got[i] ^ own_address_word(key, line, i);
		}
		if (__builtin_expect(differs != 0, 0)) {
			uint64_t got_copy[KERNEL_BATCH];

			KERNEL_EACH(i)
			got_copy[i] = got[i];
			KERNEL(sort_out_address)(ctx, &c, batch, key, got_copy, errors);
		}
	}
}
