/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The loops over memory: a template, to be included once per way of loading and storing.
 *
 * Pure. Define before including it:
 *   KERNEL(name)                  the instance's name for a function or type
 *   KERNEL_VECTOR                 uint64_t, or a vector of 2, 4 or 8 of them
 *   KERNEL_LOAD(ctx, p)           the vector at p, really loaded now
 *   KERNEL_STORE(ctx, p, value)   really stored now
 *   KERNEL_STREAM(ctx, p, value)  stored, around the caches if that can be
 *   KERNEL_LOAD_WORD(ctx, p)      the same for a single word
 *   KERNEL_STORE_WORD(ctx, p, value)
 *   KERNEL_FLUSH(ctx, p)          the line of 64 bytes at p leaves the caches; done when it returns
 *   KERNEL_ANY(vector)            whether any bit of a vector is set
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
#define KERNEL_SOURCE  struct KERNEL(source)
#define KERNEL_PLACE   struct KERNEL(place)

/* The values of one line. */
struct KERNEL(line) {
	KERNEL_VECTOR at[KERNEL_STEPS];
};

/* What lines are computed from. Fixed data: the line itself; random: the columns of the page and all rows; own
 * address: 0, f, 2 f ... */
struct KERNEL(source) {
	KERNEL_LINE line;
	uint64_t rows[DATA_PAGE_LINES];
	uint64_t seed, invert;
};

/* Vectors are put together from words here and now: left to itself, the compiler does it for every line again. */
KERNEL_INLINE void KERNEL(set_line)(KERNEL_LINE *ret, uint64_t words[static DATA_LINE_WORDS])
{
	__asm__("" : "+m"(*(uint64_t(*)[DATA_LINE_WORDS])words));
	__builtin_memcpy(ret, words, sizeof(*ret));
}

/* `invert` is what to exclusive-or every word with: all ones for the complement. */
KERNEL_INLINE void KERNEL(source_begin)(
	KERNEL_SOURCE *ret, const struct mem_data *data, enum data_kind kind, uint64_t invert)
{
	uint64_t words[DATA_LINE_WORDS];

	ret->seed = data->seed;
	ret->invert = invert;
	for (unsigned i = 0; kind != DATA_RANDOM && i < DATA_LINE_WORDS; i++)
		words[i] = kind == DATA_FIXED ? data->line[i] ^ invert
					      : i * sizeof(uint64_t) * OWN_ADDRESS_FACTOR;
	if (kind != DATA_RANDOM)
		KERNEL(set_line)(&ret->line, words);
	for (unsigned i = 0; kind == DATA_RANDOM && i < DATA_PAGE_LINES; i++)
		ret->rows[i] = data_row(data->seed, i) ^ invert;
}

/* To be called before the first line of each page. */
KERNEL_INLINE void KERNEL(source_enter)(
	KERNEL_SOURCE *source, enum data_kind kind, uint64_t physical)
{
	const uint64_t start = physical & ~(uint64_t)(DATA_PAGE_BYTES - 1);
	const struct data_page page = data_page(source->seed, start);
	uint64_t words[DATA_LINE_WORDS];

	if (kind != DATA_RANDOM)
		return;
	_Pragma("GCC unroll 8") for (unsigned i = 0; i < DATA_LINE_WORDS; i++)
		words[i] = data_column(page, i);
	KERNEL(set_line)(&source->line, words);
}

/* What the line at `physical` is to hold. */
KERNEL_INLINE KERNEL_LINE KERNEL(data)(
	const KERNEL_SOURCE *source, enum data_kind kind, uint64_t physical)
{
	KERNEL_LINE ret = source->line;
	uint64_t common = 0;

	if (kind == DATA_RANDOM)
		common = source->rows[physical / DATA_LINE_BYTES % DATA_PAGE_LINES];
	if (kind == DATA_OWN_ADDRESS)
		common = own_address_line((struct own_address){source->seed, 0}, physical);
	KERNEL_EACH(i)
	{
		if (kind == DATA_RANDOM)
			ret.at[i] ^= common;
		if (kind == DATA_OWN_ADDRESS) {
			ret.at[i] += common;
			ret.at[i] ^= ret.at[i] >> 32 ^ source->invert;
		}
	}
	return ret;
}

/* Takes what lies in one page of 4 KiB off one end of *rest. False when nothing is left. */
KERNEL_INLINE bool KERNEL(take_page)(struct mem_chunk *rest, bool downward, struct mem_chunk *ret)
{
	const uint64_t end = rest->physical + rest->count * sizeof(uint64_t);
	const size_t words = (size_t)(downward ? (end - 1) % DATA_PAGE_BYTES + 1
					       : DATA_PAGE_BYTES -
							 rest->physical % DATA_PAGE_BYTES) /
			     sizeof(uint64_t);

	if (rest->count == 0)
		return false;
	*ret = chunk_take(rest, words < rest->count ? words : rest->count, downward);
	return true;
}

/* The first line of a walk over a chunk, and how far on the next one lies. */
struct KERNEL(place) {
	KERNEL_VECTOR *at;
	uint64_t physical;
	ptrdiff_t step_bytes;
};

KERNEL_INLINE KERNEL_PLACE KERNEL(first)(const struct mem_chunk *c, bool downward)
{
	const size_t before = downward ? c->count - DATA_LINE_WORDS : 0;

	return (KERNEL_PLACE){(KERNEL_VECTOR *)(void *)(c->words + before),
		c->physical + before * sizeof(uint64_t),
		downward ? -(ptrdiff_t)DATA_LINE_BYTES : (ptrdiff_t)DATA_LINE_BYTES};
}

KERNEL_INLINE void KERNEL(next)(KERNEL_PLACE *p)
{
	p->at = (KERNEL_VECTOR *)(void *)((uint8_t *)p->at + p->step_bytes);
	p->physical += (uint64_t)p->step_bytes;
}

/* The rare case: some bits of the line just read are wrong. Returns of which words, as bits. */
static __attribute__((noinline)) unsigned KERNEL(sort_out)(void *ctx, const KERNEL_PLACE *p,
	const KERNEL_LINE *expected, const KERNEL_LINE *wrong, struct mem_errors *errors)
{
	uint64_t want[DATA_LINE_WORDS], flipped[DATA_LINE_WORDS], again[DATA_LINE_WORDS];
	KERNEL_LINE reread;
	unsigned bad = 0;

	KERNEL_FLUSH(ctx, p->at);
	KERNEL_EACH(i)
	reread.at[i] = KERNEL_LOAD(ctx, p->at + i);
	__builtin_memcpy(want, expected, sizeof(want));
	__builtin_memcpy(flipped, wrong, sizeof(flipped));
	__builtin_memcpy(again, &reread, sizeof(again));
	for (unsigned i = 0; i < DATA_LINE_WORDS; i++) {
		if (flipped[i] == 0)
			continue;
		bad |= 1u << i;
		mem_errors_add(
			errors, &(struct mem_error){.physical = p->physical + i * sizeof(uint64_t),
					.expected = want[i],
					.actual = want[i] ^ flipped[i],
					.reread = again[i]});
	}
	return bad;
}

/* Loads a line and compares it. Returns which words were wrong, as bits. Only the rare case takes the address of
 * a line, and it takes that of copies: the values of the common case stay in registers. */
KERNEL_INLINE unsigned KERNEL(check)(
	void *ctx, const KERNEL_PLACE *p, const KERNEL_LINE *expected, struct mem_errors *errors)
{
	KERNEL_VECTOR any = {0};
	KERNEL_LINE wrong;

	KERNEL_EACH(i)
	{
		wrong.at[i] = expected->at[i] ^ KERNEL_LOAD(ctx, p->at + i);
		any |= wrong.at[i];
	}
	if (__builtin_expect(KERNEL_ANY(any), 0)) {
		const KERNEL_LINE expected_copy = *expected, wrong_copy = wrong;
		const KERNEL_PLACE place_copy = *p;

		return KERNEL(sort_out)(ctx, &place_copy, &expected_copy, &wrong_copy, errors);
	}
	return 0;
}

#include "memtest/kernel_march.h"
#include "memtest/kernel_moves.h"

#undef KERNEL_STEPS
#undef KERNEL_EACH
#undef KERNEL_INLINE
#undef KERNEL_LINE
#undef KERNEL_SOURCE
#undef KERNEL_PLACE
