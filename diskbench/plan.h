/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* In which order the chunks of a disk are read: front to back, or always into the middle of the biggest hole.
 *
 * Pure.
 * Method: the second order counts with its bits reversed (the base-2 van der Corput sequence), so that wherever
 *         it stops, what was read is spread evenly. A seed flips bits of the result (a digital shift, which keeps that),
 *         so that every run's sample is another one. Both orders visit every chunk exactly once.
 */
#ifndef KIRIWAKE_DISKBENCH_PLAN_H
#define KIRIWAKE_DISKBENCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct disk_plan {
	uint64_t block_count;
	uint32_t chunk_blocks;
	bool spread;
	unsigned bits;        /* 2^bits >= number of chunks */
	uint64_t flip;        /* below 2^bits */
	uint64_t first, next; /* counts up from `first` */
};

/* chunk_blocks > 0. The last chunk is shorter when block_count is no multiple of it. */
void disk_plan_init(struct disk_plan *plan, uint64_t block_count, uint32_t chunk_blocks,
	bool spread, uint64_t seed);

/* Leaves out what is before this block; front to back only, before the first chunk. */
void disk_plan_start_at(struct disk_plan *plan, uint64_t lba);

uint64_t disk_plan_chunks(const struct disk_plan *plan);

/* Whether the chunk with this number has been handed out. */
bool disk_plan_visited(const struct disk_plan *plan, uint64_t chunk);

/* The next chunk. False when every block has been visited. */
bool disk_plan_next(struct disk_plan *plan, uint64_t *ret_lba, uint32_t *ret_count);

#endif
