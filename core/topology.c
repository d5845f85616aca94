/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Lookups of addresses in nodes and DIMMs. Pure. See topology.h. */
#include "core/topology.h"
#include "core/bytes.h"

uint16_t topology_node(const struct topology *t, uint64_t physical, uint64_t *ret_end)
{
	uint64_t end = UINT64_MAX;
	uint16_t node = NODE_UNKNOWN;

	for (size_t i = 0; i < t->node_range_count; i++) {
		const struct node_range *r = &t->node_ranges[i];

		if (physical >= r->high)
			continue;
		if (physical >= r->low)
			node = r->node;
		end = physical >= r->low ? r->high : r->low;
		break;
	}
	if (ret_end != NULL)
		*ret_end = end;
	return node;
}

bool topology_dimms(const struct topology *t, uint64_t physical, struct dimm_set *ret)
{
	*ret = (struct dimm_set){0};
	for (size_t i = 0; i < t->dimm_range_count; i++) {
		const struct dimm_range *r = &t->dimm_ranges[i];

		if (physical < r->low || physical >= r->high)
			continue;
		*ret = r->dimms;
		return dimm_set_count(*ret) > 0;
	}
	return false;
}

unsigned dimm_set_count(struct dimm_set set)
{
	unsigned count = 0;

	for (size_t i = 0; i < ARRAY_LEN(set.bits); i++) {
		for (uint64_t left = set.bits[i]; left != 0; left &= left - 1)
			count++;
	}
	return count;
}

unsigned dimm_set_first(struct dimm_set set)
{
	for (size_t i = 0; i < ARRAY_LEN(set.bits); i++) {
		if (set.bits[i] != 0)
			return (unsigned)(i * 64) + (unsigned)__builtin_ctzll(set.bits[i]);
	}
	return DIMMS_MAX;
}

struct dimm_set dimm_set_of(unsigned number)
{
	struct dimm_set set = {0};

	set.bits[number / 64] = UINT64_C(1) << number % 64;
	return set;
}

bool dimm_set_has(struct dimm_set set, unsigned number)
{
	return number < DIMMS_MAX && (set.bits[number / 64] >> number % 64 & 1) != 0;
}

bool dimm_set_same(struct dimm_set a, struct dimm_set b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

struct dimm_set dimm_set_join(struct dimm_set a, struct dimm_set b)
{
	for (size_t i = 0; i < ARRAY_LEN(a.bits); i++)
		a.bits[i] |= b.bits[i];
	return a;
}
