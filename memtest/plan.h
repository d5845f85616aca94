/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is tested: the granted ranges as one line of bytes.
 *
 * Pure. Offsets on that line run from 0 to plan.bytes; holes between ranges do not count. Shares and slices are
 *       intervals of the line, chunks are what lies in one range. The line ascends with the physical address within
 *       each stretch: there is one, or one for every NUMA node.
 * Trust. The topology comes from firmware tables: nodes it numbers too high count as unknown, and a page that two
 *        nodes claim belongs to that of its first byte.
 */
#ifndef KIRIWAKE_MEMTEST_PLAN_H
#define KIRIWAKE_MEMTEST_PLAN_H

#include "core/machine.h"
#include "core/topology.h"

#define PLAN_PAGE 4096u

/* Every edge of a node's range may cut one range of memory in two. */
#define PLAN_RANGES_MAX    (RAM_RANGES_MAX + 2 * NODE_RANGES_MAX)
#define PLAN_STRETCHES_MAX (NODES_MAX + 1) /* the nodes, and what lies in none */

/* [lo, hi) on the line. */
struct mem_interval {
	uint64_t lo, hi;
};

/* The part of the line that lies in one node. */
struct mem_stretch {
	uint16_t node; /* index in struct topology; NODE_UNKNOWN: in none, or nodes do not matter */
	struct mem_interval line;
};

struct mem_plan {
	size_t range_count;
	struct ram_range ranges[PLAN_RANGES_MAX]; /* whole pages, in the order of the line */
	uint64_t starts[PLAN_RANGES_MAX];         /* offset at which each begins */
	uint16_t nodes[PLAN_RANGES_MAX];          /* of each, like mem_stretch.node */
	uint64_t bytes;                           /* the length of the line */
	size_t stretch_count;
	struct mem_stretch stretches[PLAN_STRETCHES_MAX]; /* ascending by node; together the line */
};

/* Words in one piece. `count` is a multiple of 8; `words` and `physical` are aligned to 64 bytes. */
struct mem_chunk {
	uint64_t *words;
	size_t count;
	uint64_t physical; /* address of words[0] */
};

/* The pages of `grant` that touch the physical addresses [low, high), in one stretch, in the order of
 * their addresses. An empty plan is possible. */
void plan_make(const struct ram_grant *grant, uint64_t low, uint64_t high, struct mem_plan *ret);

/* Reorders the line by node: one stretch for each that has memory in the plan. */
void plan_by_node(struct mem_plan *plan, const struct topology *topology);

static inline uint64_t interval_bytes(struct mem_interval i)
{
	return i.hi - i.lo;
}

/* Share `part` of `parts` of whole pages: contiguous, equal to within one page; together they cover each byte once. */
struct mem_interval interval_share(struct mem_interval whole, unsigned part, unsigned parts);

/* Takes the piece at the lower end (or, downward, the upper end) off *rest. False when *rest is empty. */
bool plan_take(const struct mem_plan *plan, struct mem_interval *rest, bool downward,
	struct mem_chunk *ret);

/* The physical address at an offset < plan->bytes. */
uint64_t plan_physical(const struct mem_plan *plan, uint64_t offset);

/* The 64-bit word at a physical address. False if the address is not aligned to 8 or not in the plan. */
bool plan_word(const struct mem_plan *plan, uint64_t physical, uint64_t **ret);

#endif
