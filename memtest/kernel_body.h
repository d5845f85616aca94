/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The loops over memory: a template, to be included once per way of loading and storing.
 *
 * Pure. Define before including it:
 *   KERNEL(name)                  the instance's name for a function or type
 *   KERNEL_VECTOR                 uint64_t, or a vector of 2, 4 or 8 of them
 *   KERNEL_RAMP(start, step)      a vector of start, start + step ...
 *   KERNEL_LOAD(ctx, p)           the vector at p, really loaded now
 *   KERNEL_STORE(ctx, p, value)   really stored now
 *   KERNEL_STREAM(ctx, p, value)  stored, around the caches if that can be
 *   KERNEL_LOAD_WORD(ctx, p)      the same for a single word
 *   KERNEL_STORE_WORD(ctx, p, value)
 *   KERNEL_FLUSH(ctx, p)          the line of 64 bytes at p leaves the caches; done when it returns
 *   KERNEL_FENCE()                after streamed stores: they are visible to everybody
 * It leaves the static functions of struct kernels; KERNELS_OF(prefix) puts them into one.
 *
 * A freestanding compiler calls memcpy(); __builtin_memcpy() becomes a move between registers.
 *
 * Work goes by lines of 64 bytes: each operation of an element on all eight words, then the next. That is how
 * memory sees it anyway, because lines are fetched and written back as a whole; so a word disturbing another in
 * its own line is left to the backgrounds, here as in any cached test.
 */
#include "memtest/kernels.h"

#define KERNEL_STEPS   (DATA_LINE_WORDS * sizeof(uint64_t) / sizeof(KERNEL_VECTOR))
#define KERNEL_EACH(i) _Pragma("GCC unroll 8") for (size_t i = 0; i < KERNEL_STEPS; i++)
#define KERNEL_INLINE  static inline __attribute__((always_inline))
#define KERNEL_LINE    struct KERNEL(line)

/* The values of one line. */
struct KERNEL(line) {
	KERNEL_VECTOR at[KERNEL_STEPS];
};

/* Number `n` of the chunk's lines in walking order. */
KERNEL_INLINE KERNEL_VECTOR *KERNEL(line_at)(const struct mem_chunk *c, size_t n, bool downward)
{
	const size_t line = downward ? c->count / DATA_LINE_WORDS - 1 - n : n;

	return (KERNEL_VECTOR *)(void *)(c->words + line * DATA_LINE_WORDS);
}

KERNEL_INLINE uint64_t KERNEL(physical)(const struct mem_chunk *c, const void *at)
{
	return c->physical + (uint64_t)((const uint8_t *)at - (const uint8_t *)c->words);
}

/* What the line at `physical` is to hold; all bits of `invert` set means the complement. *page: see data_line(). */
KERNEL_INLINE KERNEL_LINE KERNEL(data)(const struct mem_data *data, enum data_kind kind,
	uint64_t physical, uint64_t invert, struct data_page *page)
{
	KERNEL_LINE ret;
	struct data_line line;
	KERNEL_VECTOR z;

	if (kind == DATA_FIXED) {
		__builtin_memcpy(&ret, data->line, sizeof(ret));
		KERNEL_EACH(i)
		ret.at[i] ^= invert;
		return ret;
	}
	line = data_line(kind, data->seed, physical, page);
	z = KERNEL_RAMP(line.start, line.step);
	KERNEL_EACH(i)
	{
		ret.at[i] = z ^ z >> 32 ^ invert;
		z += line.step * (DATA_LINE_WORDS / KERNEL_STEPS);
	}
	return ret;
}

/* The rare case: something in the line just read is wrong. Returns which words, as bits. */
static __attribute__((noinline)) unsigned KERNEL(sort_out)(void *ctx, const struct mem_chunk *c,
	const void *at, const KERNEL_LINE *expected, const KERNEL_LINE *got,
	struct mem_errors *errors)
{
	uint64_t want[DATA_LINE_WORDS], have[DATA_LINE_WORDS], again[DATA_LINE_WORDS];
	KERNEL_LINE reread;
	unsigned bad = 0;

	KERNEL_FLUSH(ctx, at);
	KERNEL_EACH(i)
	reread.at[i] = KERNEL_LOAD(ctx, (const KERNEL_VECTOR *)at + i);
	__builtin_memcpy(want, expected, sizeof(want));
	__builtin_memcpy(have, got, sizeof(have));
	__builtin_memcpy(again, &reread, sizeof(again));
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++) {
		if (have[i] == want[i])
			continue;
		bad |= 1u << i;
		mem_errors_add(errors, &(struct mem_error){.physical = KERNEL(physical)(c, at) +
								       i * sizeof(uint64_t),
					       .expected = want[i],
					       .actual = have[i],
					       .reread = again[i]});
	}
	return bad;
}

/* Loads a line and compares it. Returns which words were wrong, as bits. Only the rare case takes the address of
 * a line, and it takes that of copies: the values of the common case stay in registers. */
KERNEL_INLINE unsigned KERNEL(check)(void *ctx, const struct mem_chunk *c, const KERNEL_VECTOR *at,
	const KERNEL_LINE *expected, struct mem_errors *errors)
{
	KERNEL_LINE got;
	KERNEL_VECTOR differs = {0};
	uint64_t lanes[DATA_LINE_WORDS / KERNEL_STEPS], any = 0;

	KERNEL_EACH(i)
	{
		got.at[i] = KERNEL_LOAD(ctx, at + i);
		differs |= got.at[i] ^ expected->at[i];
	}
	__builtin_memcpy(lanes, &differs, sizeof(lanes));
	for (size_t i = 0; i < ARRAY_LEN(lanes); i++)
		any |= lanes[i];
	if (__builtin_expect(any != 0, 0)) {
		const KERNEL_LINE expected_copy = *expected, got_copy = got;

		return KERNEL(sort_out)(ctx, c, at, &expected_copy, &got_copy, errors);
	}
	return 0;
}

#include "memtest/kernel_march.h"
#include "memtest/kernel_moves.h"

#undef KERNEL_STEPS
#undef KERNEL_EACH
#undef KERNEL_INLINE
#undef KERNEL_LINE
