/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Addresses to DIMMs and nodes. Pure. See place.h. */
#include "memtest/place.h"
#include "core/fmt.h"
#include "core/text.h"

#define LABELS_NAMED 4 /* of many candidates */

static bool in_set(const struct dimm_set *set, unsigned dimm)
{
	return (set->bits[dimm / 64] >> dimm % 64 & 1) != 0;
}

/* All DIMMs of the ranges that [low, high] touches. */
static struct dimm_set dimms_between(const struct topology *t, uint64_t low, uint64_t high)
{
	struct dimm_set all = {0};

	for (size_t i = 0; i < t->dimm_range_count; i++) {
		const struct dimm_range *r = &t->dimm_ranges[i];

		for (size_t k = 0; low < r->high && high >= r->low && k < ARRAY_LEN(all.bits); k++)
			all.bits[k] |= r->dimms.bits[k];
	}
	return all;
}

static const struct part *part_of(const struct run *run, unsigned dimm)
{
	char id[PART_ID];

	fmt_to(id, sizeof(id), "dimm%u", dimm);
	for (size_t i = 0; run->inventory != NULL && i < run->inventory->count; i++) {
		if (text_same(run->inventory->parts[i].id, id))
			return &run->inventory->parts[i];
	}
	return NULL;
}

static void add_label(const struct run *run, unsigned dimm, struct mem_place *place)
{
	const struct part *p = part_of(run, dimm);
	const char *comma = place->dimm[0] != '\0' ? ", " : "";

	if (p != NULL && p->location[0] != '\0')
		fmt_add(place->dimm, sizeof(place->dimm), "%s%s", comma, p->location);
	else
		fmt_add(place->dimm, sizeof(place->dimm), "%sdimm%u", comma, dimm);
}

static void name_one(const struct run *run, unsigned dimm, struct mem_place *place)
{
	const struct part *p = part_of(run, dimm);

	fmt_to(place->part, sizeof(place->part), "dimm%u", dimm);
	add_label(run, dimm, place);
	fmt_to(place->words, sizeof(place->words), "Slot %s", place->dimm);
	if (p != NULL && p->serial[0] != '\0')
		fmt_add(place->words, sizeof(place->words), ", serial %s", p->serial);
	if (p != NULL && p->part_number[0] != '\0')
		fmt_add(place->words, sizeof(place->words), ", part number %s", p->part_number);
	fmt_add(place->words, sizeof(place->words), ".");
}

/* `many_ranges`: the addresses spread over memory of different DIMMs. */
static void name_candidates(const struct run *run, const struct dimm_set *set, unsigned count,
	bool many_ranges, struct mem_place *place)
{
	const char *why = run->topology->dimm_why;
	unsigned named = 0;

	for (unsigned dimm = 0; dimm < DIMMS_MAX && named < LABELS_NAMED; dimm++) {
		if (!in_set(set, dimm))
			continue;
		add_label(run, dimm, place);
		named++;
	}
	if (count > named)
		fmt_add(place->dimm, sizeof(place->dimm), " and %u more", count - named);
	fmt_to(place->words, sizeof(place->words), "%s the slots %s%s%s%s.",
		many_ranges ? "It spreads over" : "It is one of", place->dimm,
		why[0] != '\0' ? " (" : "", why, why[0] != '\0' ? ")" : "");
}

size_t mem_place_fields(struct field *fields, size_t count, const struct mem_place *place)
{
	if (place->dimm[0] != '\0')
		fields[count++] = FIELD_STR("dimm", place->dimm);
	if (place->has_node)
		fields[count++] = FIELD_NUM("node", place->node);
	return count;
}

void mem_place(const struct run *run, uint64_t low, uint64_t high, struct mem_place *ret)
{
	const struct topology *t = run->topology;
	const struct dimm_set set = dimms_between(t, low, high);
	const unsigned count = dimm_set_count(set);
	const uint16_t node = topology_node(t, low, NULL);
	struct dimm_set at_low;

	*ret = (struct mem_place){.part = PART_ID_MEMORY};
	if (node != NODE_UNKNOWN && node == topology_node(t, high, NULL)) {
		ret->has_node = true;
		ret->node = t->node_names[node];
	}
	if (count == 0)
		text_copy(ret->words, sizeof(ret->words), "The firmware does not say which DIMM.");
	else if (count == 1)
		name_one(run, dimm_set_first(set), ret);
	else
		name_candidates(run, &set, count,
			!topology_dimms(t, low, &at_low) || dimm_set_count(at_low) < count, ret);
}
