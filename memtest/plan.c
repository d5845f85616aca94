/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Clipping, ordering, sharing out and looking up of memory ranges. Pure. See plan.h. */
#include "memtest/plan.h"

static uint64_t page_floor(uint64_t address)
{
	return address & ~(uint64_t)(PLAN_PAGE - 1);
}

static uint64_t page_ceiling(uint64_t address)
{
	return address > UINT64_MAX - PLAN_PAGE ? UINT64_MAX : page_floor(address + PLAN_PAGE - 1);
}

/* Puts the ranges one after the other, and stretches around those of one node. */
static void lay_out(struct mem_plan *plan)
{
	plan->bytes = 0;
	plan->stretch_count = 0;
	for (size_t i = 0; i < plan->range_count; i++) {
		if (i == 0 || plan->nodes[i] != plan->nodes[i - 1])
			plan->stretches[plan->stretch_count++] = (struct mem_stretch){
				plan->nodes[i], {plan->bytes, plan->bytes}};
		plan->starts[i] = plan->bytes;
		plan->bytes += plan->ranges[i].bytes;
		plan->stretches[plan->stretch_count - 1].line.hi = plan->bytes;
	}
}

void plan_make(const struct ram_grant *grant, uint64_t low, uint64_t high, struct mem_plan *ret)
{
	low = page_floor(low);
	high = page_ceiling(high);
	ret->range_count = 0;
	for (size_t i = 0; i < grant->range_count; i++) {
		const struct ram_range *r = &grant->ranges[i];
		uint64_t from = r->physical > low ? r->physical : low;
		uint64_t to = r->physical + r->bytes < high ? r->physical + r->bytes : high;

		if (from >= to)
			continue;
		ret->nodes[ret->range_count] = NODE_UNKNOWN;
		ret->ranges[ret->range_count++] = (struct ram_range){
			from, to - from, r->at + (from - r->physical)};
	}
	lay_out(ret);
}

/* ---- by node ---- */

/* Cuts range `i` where another node begins; what lies behind becomes the next range. */
static void cut_at_node(struct mem_plan *plan, size_t i, uint64_t node_end)
{
	struct ram_range *r = &plan->ranges[i];
	const uint64_t bytes = page_ceiling(node_end) - r->physical;

	if (bytes >= r->bytes || plan->range_count >= PLAN_RANGES_MAX)
		return;
	for (size_t j = plan->range_count++; j > i + 1; j--)
		plan->ranges[j] = plan->ranges[j - 1];
	r[1] = (struct ram_range){r->physical + bytes, r->bytes - bytes, r->at + bytes};
	r->bytes = bytes;
}

/* Moves range `i` in front of those before it that lie in higher nodes. */
static void sort_in(struct mem_plan *plan, size_t i)
{
	const struct ram_range range = plan->ranges[i];
	const uint16_t node = plan->nodes[i];

	for (; i > 0 && plan->nodes[i - 1] > node; i--) {
		plan->ranges[i] = plan->ranges[i - 1];
		plan->nodes[i] = plan->nodes[i - 1];
	}
	plan->ranges[i] = range;
	plan->nodes[i] = node;
}

void plan_by_node(struct mem_plan *plan, const struct topology *topology)
{
	for (size_t i = 0; i < plan->range_count; i++) {
		uint64_t end;
		uint16_t node = topology_node(topology, plan->ranges[i].physical, &end);

		plan->nodes[i] = node < NODES_MAX ? node : NODE_UNKNOWN;
		cut_at_node(plan, i, end);
	}
	for (size_t i = 1; i < plan->range_count; i++)
		sort_in(plan, i);
	lay_out(plan);
}

/* ---- intervals and chunks ---- */

struct mem_interval interval_share(struct mem_interval whole, unsigned part, unsigned parts)
{
	uint64_t pages = interval_bytes(whole) / PLAN_PAGE;
	uint64_t each = pages / parts, more = pages % parts;
	uint64_t before = each * part + (part < more ? part : more);

	return (struct mem_interval){whole.lo + before * PLAN_PAGE,
		whole.lo + (before + each + (part < more)) * PLAN_PAGE};
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
