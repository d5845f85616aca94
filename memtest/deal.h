/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who works on which memory in a sweep: each CPU on its own node's, as long as there is any.
 *
 * Pure arithmetic.
 * Method. Each stretch of the line is cut into equal shares, one for each worker at home in it; a stretch that is
 *         nobody's home is one share that nobody has. In a slice every worker does a piece at the walking end of its
 *         share. A worker that is through takes over the longest share that nobody has, else the far half of the
 *         longest share that would take more than another slice. Length is counted in slices, so that slow memory
 *         gets more help.
 * So every byte is handed out once, each share is walked in order, and no CPU is idle while others have slices to go.
 */
#ifndef KIRIWAKE_MEMTEST_DEAL_H
#define KIRIWAKE_MEMTEST_DEAL_H

#include "memtest/plan.h"

/* More CPUs than this are left out, with a note. */
#define MEM_PARTS_MAX 512

/* The home of a worker whose node is not known or has no memory. */
#define NO_HOME UINT16_MAX

struct mem_share {
	struct mem_interval rest; /* of one stretch; not done yet */
	size_t stretch;
};

struct mem_deal {
	bool downward;    /* shares are walked from their upper ends */
	unsigned workers; /* the first shares are theirs, the others nobody's; may be set to less */
	size_t share_count;
	struct mem_share shares[MEM_PARTS_MAX + PLAN_STRETCHES_MAX];
	struct mem_interval
		pieces[MEM_PARTS_MAX]; /* of this slice, for each worker; empty: nothing */
};

/* Nothing of plan's line is done. `homes`: an index of plan->stretches or NO_HOME for each worker. */
void deal_begin(struct mem_deal *deal, const struct mem_plan *plan, const uint16_t *homes,
	unsigned workers, bool downward);

/* Hands out a slice: to each worker at most piece_bytes of the stretch its share lies in, whole pages and at least
 * one. Until deal_done() it may be handed out again. Returns the bytes of all pieces; 0: all is done. */
uint64_t deal_slice(struct mem_deal *deal, const uint64_t piece_bytes[PLAN_STRETCHES_MAX]);

/* Whether nothing will be left after this slice. */
bool deal_last(const struct mem_deal *deal);

/* The slice was done. */
void deal_done(struct mem_deal *deal);

#endif
