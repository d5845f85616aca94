/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory by NUMA node: which CPUs are at home in which, how fast each is, and whether one is far slower than the others.
 *
 * Pure.
 * Speed. A node's figure is what its own CPUs move together, in slices in which all of them work on it and nobody else
 *        does; for a node without CPUs, what those who help move. Each CPU's time is its own, waiting for others is
 *        not in it.
 * Slow.  In a slice, nodes are compared that their own CPUs work on, for 50 ms or more. One is behind if its memory
 *        moves less than half of what the median node's does, and so does each of its CPUs: a node with fewer CPUs
 *        or fewer channels for each is not. It is slow in a check if it was behind in nine of ten slices, of ten or
 *        more, and mem-slow-node after two such checks in a row: noise comes and goes, a missing channel stays.
 * Trust. The firmware's tables say which CPU is in which node: where they are wrong, a node may look slow that is
 *        only far away. The finding says what was measured.
 */
#ifndef KIRIWAKE_MEMTEST_NODES_H
#define KIRIWAKE_MEMTEST_NODES_H

#include "core/check.h"
#include "memtest/deal.h"

/* Of one stretch of the line. */
struct node_speed {
	/* Of the current check. */
	uint64_t traffic;          /* bytes read and written */
	uint64_t time_ns;          /* of its CPUs on average */
	unsigned compared, behind; /* slices */

	unsigned slow_checks; /* in a row */
	bool told;
};

/* Reorders the plan by node and finds each worker's home in it. Where the machine has one node, or it is not known
 * which CPUs are where, the plan stays as it is and all are at home in its only stretch. */
void nodes_split(struct mem_plan *plan, const struct topology *topology, unsigned workers,
	uint16_t ret_homes[MEM_PARTS_MAX]);

/* Notes how memory and CPUs are split, if they are. */
void nodes_note(
	struct run *run, const struct mem_plan *plan, const uint16_t *homes, unsigned workers);

/* A check begins. */
void nodes_begin(struct node_speed *speeds, size_t count);

/* A slice of `deal` was done: `ops` words moved for each word, own_ns[w] is the time of worker w. */
void nodes_learn(struct node_speed *speeds, const struct mem_plan *plan, const uint16_t *homes,
	const struct mem_deal *deal, const uint64_t *own_ns, unsigned ops);

/* A check is over: measures "speed_node0" and so on, by the firmware's numbers, and tells which node is slow. */
void nodes_conclude(struct run *run, struct node_speed *speeds, const struct mem_plan *plan);

#endif
