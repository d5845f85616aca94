/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Tests that keep two halves of each piece of memory busy at once: block move and bus stress.
 *
 * Pure. What a word is to hold is worked out from address and seed, never compared with another word: so an error is
 *       seen even when two words have it in common, and the address that failed is known.
 */
#ifndef KIRIWAKE_MEMTEST_MOVES_H
#define KIRIWAKE_MEMTEST_MOVES_H

#include "memtest/kernels.h"

/* ---- block move ---- */

struct move_step {
	uint64_t seed;
	bool complement; /* of the data */
	unsigned times;  /* there and back again */
};

/* Words read and written per word of memory. */
#define MOVE_OPS(times) (1 + 3 * (times))

/* Random data go from the lower half of the piece to the upper one and back, one line further on each time; every
 * move is checked before the next. Where the source holds the wrong word too, it is blamed, else the target.
 * A sweep_work, whose `arg` is a struct move_step. */
void move_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors);

/* ---- bus stress ---- */

struct burst_step {
	uint64_t seed;
	unsigned rounds;
	uint64_t (*own_ns)(void); /* to idle by in every other round, see cpu_port; NULL: never */
};

#define BURST_OPS(rounds) (1 + (rounds))

/* One half is filled in bursts, between them the other half is checked; then the halves change roles. The bus turns
 * round between reading and writing all the time, and idles at times, so that the power drawn goes up and down in
 * steps. A sweep_work, whose `arg` is a struct burst_step. */
void burst_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors);

#endif
