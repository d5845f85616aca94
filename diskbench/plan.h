/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* In which order the chunks of a disk are read: front to back, or always into the middle of the biggest hole.
 *
 * Pure.
 * Method: the second order counts with its bits reversed (the base-2 van der Corput sequence), so that wherever
 *         it stops, what was read is spread evenly. Both orders visit every chunk exactly once.
 */
#ifndef KIRIWAKE_DISKBENCH_PLAN_H
#define KIRIWAKE_DISKBENCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct disk_plan {
	uint64_t block_count;
	uint32_t chunk_blocks;
	bool spread;
	unsigned bits; /* 2^bits >= number of chunks */
	uint64_t next; /* counts up */
};

/* chunk_blocks > 0. The last chunk is shorter when block_count is no multiple of it. */
void disk_plan_init(
	struct disk_plan *plan, uint64_t block_count, uint32_t chunk_blocks, bool spread);

/* The next chunk. False when every block has been visited. */
bool disk_plan_next(struct disk_plan *plan, uint64_t *ret_lba, uint32_t *ret_count);

#endif
