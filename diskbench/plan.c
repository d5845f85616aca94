/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Orders of reading. Pure. See plan.h. */
#include "diskbench/plan.h"

uint64_t disk_plan_chunks(const struct disk_plan *plan)
{
	return plan->block_count / plan->chunk_blocks +
	       (plan->block_count % plan->chunk_blocks != 0);
}

void disk_plan_init(struct disk_plan *plan, uint64_t block_count, uint32_t chunk_blocks,
	bool spread, uint64_t seed)
{
	*plan = (struct disk_plan){
		.block_count = block_count, .chunk_blocks = chunk_blocks, .spread = spread};
	while (plan->bits < 63 && UINT64_C(1) << plan->bits < disk_plan_chunks(plan))
		plan->bits++;
	plan->flip = seed & ((UINT64_C(1) << plan->bits) - 1);
}

void disk_plan_start_at(struct disk_plan *plan, uint64_t lba)
{
	plan->first = plan->next = lba / plan->chunk_blocks;
}

static uint64_t reverse(uint64_t value, unsigned bits)
{
	uint64_t reversed = 0;

	for (unsigned i = 0; i < bits; i++, value >>= 1)
		reversed = reversed << 1 | (value & 1);
	return reversed;
}

bool disk_plan_visited(const struct disk_plan *plan, uint64_t chunk)
{
	uint64_t turn = plan->spread ? reverse(chunk ^ plan->flip, plan->bits) : chunk;

	return turn >= plan->first && turn < plan->next;
}

bool disk_plan_next(struct disk_plan *plan, uint64_t *ret_lba, uint32_t *ret_count)
{
	uint64_t chunks = disk_plan_chunks(plan);
	uint64_t end = plan->spread ? UINT64_C(1) << plan->bits : chunks;

	while (plan->next < end) {
		uint64_t chunk = plan->spread ? reverse(plan->next, plan->bits) ^ plan->flip
					      : plan->next;
		uint64_t lba, left;

		plan->next++;
		if (chunk >= chunks)
			continue;
		lba = chunk * plan->chunk_blocks;
		left = plan->block_count - lba;
		*ret_lba = lba;
		*ret_count = left < plan->chunk_blocks ? (uint32_t)left : plan->chunk_blocks;
		return true;
	}
	return false;
}
