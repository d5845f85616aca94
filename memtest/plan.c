/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Clipping, sharing out and looking up of memory ranges. Pure. See plan.h. */
#include "memtest/plan.h"

static uint64_t page_floor(uint64_t address)
{
	return address & ~(uint64_t)(PLAN_PAGE - 1);
}

static uint64_t page_ceiling(uint64_t address)
{
	return address > UINT64_MAX - PLAN_PAGE ? UINT64_MAX : page_floor(address + PLAN_PAGE - 1);
}

void plan_make(const struct ram_grant *grant, uint64_t low, uint64_t high, struct mem_plan *ret)
{
	low = page_floor(low);
	high = page_ceiling(high);
	ret->range_count = 0;
	ret->bytes = 0;
	for (size_t i = 0; i < grant->range_count; i++) {
		const struct ram_range *r = &grant->ranges[i];
		uint64_t from = r->physical > low ? r->physical : low;
		uint64_t to = r->physical + r->bytes < high ? r->physical + r->bytes : high;

		if (from >= to)
			continue;
		ret->ranges[ret->range_count] = (struct ram_range){
			from, to - from, r->at + (from - r->physical)};
		ret->starts[ret->range_count++] = ret->bytes;
		ret->bytes += to - from;
	}
}

struct mem_interval plan_share(const struct mem_plan *plan, unsigned part, unsigned parts)
{
	uint64_t pages = plan->bytes / PLAN_PAGE, each = pages / parts, more = pages % parts;
	uint64_t before = each * part + (part < more ? part : more);

	return (struct mem_interval){
		before * PLAN_PAGE, (before + each + (part < more)) * PLAN_PAGE};
}

/* Index of the range that holds an offset < plan->bytes. */
static size_t range_at(const struct mem_plan *plan, uint64_t offset)
{
	size_t lo = 0, hi = plan->range_count;

	while (hi - lo > 1) {
		size_t middle = lo + (hi - lo) / 2;

		if (plan->starts[middle] <= offset)
			lo = middle;
		else
			hi = middle;
	}
	return lo;
}

bool plan_take(const struct mem_plan *plan, struct mem_interval *rest, bool downward,
	struct mem_chunk *ret)
{
	const struct ram_range *r;
	uint64_t start, from, to;
	size_t i;

	if (rest->lo >= rest->hi)
		return false;
	i = range_at(plan, downward ? rest->hi - 1 : rest->lo);
	r = &plan->ranges[i];
	start = plan->starts[i];
	from = rest->lo > start ? rest->lo : start;
	to = rest->hi < start + r->bytes ? rest->hi : start + r->bytes;
	if (downward)
		rest->hi = from;
	else
		rest->lo = to;
	*ret = (struct mem_chunk){.words = (uint64_t *)(void *)(r->at + (from - start)),
		.count = (size_t)((to - from) / sizeof(uint64_t)),
		.physical = r->physical + (from - start)};
	return true;
}

uint64_t plan_physical(const struct mem_plan *plan, uint64_t offset)
{
	size_t i = range_at(plan, offset);

	return plan->ranges[i].physical + (offset - plan->starts[i]);
}

bool plan_word(const struct mem_plan *plan, uint64_t physical, uint64_t **ret)
{
	if (physical % sizeof(uint64_t) != 0)
		return false;
	for (size_t i = 0; i < plan->range_count; i++) {
		const struct ram_range *r = &plan->ranges[i];

		if (physical >= r->physical && physical - r->physical < r->bytes) {
			*ret = (uint64_t *)(void *)(r->at + (physical - r->physical));
			return true;
		}
	}
	return false;
}
