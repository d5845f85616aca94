/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is tested, and how it is shared out: the granted ranges as one line of bytes.
 *
 * Pure. Offsets on that line run from 0 to plan.bytes, ascending with the physical address; holes between
 *       ranges do not count. Shares and slices are intervals of the line, chunks are what lies in one range.
 */
#ifndef KIRIWAKE_MEMTEST_PLAN_H
#define KIRIWAKE_MEMTEST_PLAN_H

#include "core/machine.h"

#define PLAN_PAGE 4096u

struct mem_plan {
	size_t range_count;
	struct ram_range ranges[RAM_RANGES_MAX]; /* ascending, whole pages */
	uint64_t starts[RAM_RANGES_MAX];         /* offset at which each begins */
	uint64_t bytes;                          /* the length of the line */
};

/* Words in one piece. `count` is a multiple of 8; `words` and `physical` are aligned to 64 bytes. */
struct mem_chunk {
	uint64_t *words;
	size_t count;
	uint64_t physical; /* address of words[0] */
};

/* [lo, hi) on the line. */
struct mem_interval {
	uint64_t lo, hi;
};

/* The pages of `grant` that touch the physical addresses [low, high). An empty plan is possible. */
void plan_make(const struct ram_grant *grant, uint64_t low, uint64_t high, struct mem_plan *ret);

/* Share `part` of `parts`: whole pages, contiguous on the line, equal to within one page; together they cover
 * each byte once. */
struct mem_interval plan_share(const struct mem_plan *plan, unsigned part, unsigned parts);

/* Takes the piece at the lower end (or, downward, the upper end) off *rest. False when *rest is empty. */
bool plan_take(const struct mem_plan *plan, struct mem_interval *rest, bool downward,
	struct mem_chunk *ret);

/* The physical address at an offset < plan->bytes. */
uint64_t plan_physical(const struct mem_plan *plan, uint64_t offset);

/* The 64-bit word at a physical address. False if the address is not aligned to 8 or not in the plan. */
bool plan_word(const struct mem_plan *plan, uint64_t physical, uint64_t **ret);

#endif
