/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The account of a run: how much of each node and module is installed, mapped, tested. Pure. See checks.h.
 *
 * Why memory was not tested is noted when it is taken; here is where that lies.
 */
#include "core/fmt.h"
#include "memtest/checks.h"

#define DIMM_ROWS_MAX 32 /* more are summed up by their nodes */

struct row {
	uint64_t installed, mapped, tested; /* bytes; installed 0: not known */
};

/* Adds what [low, high) has of RAM, and of that under test. */
static void add(struct row *row, const struct run *run, uint64_t low, uint64_t high)
{
	const struct mem_session *m = run->mem;

	row->mapped += ram_map_bytes(&run->machine->ram.map, low, high);
	for (size_t i = 0; i < m->plan.range_count && m->covered; i++) {
		const struct ram_range *r = &m->plan.ranges[i];
		const uint64_t from = r->physical > low ? r->physical : low;
		const uint64_t end = r->physical + r->bytes, to = end < high ? end : high;

		row->tested += to > from ? to - from : 0;
	}
}

static uint64_t module_bytes(const struct run *run, unsigned number)
{
	const struct part *p;
	char id[PART_ID];

	fmt_to(id, sizeof(id), "dimm%u", number);
	p = run->inventory == NULL ? NULL : inventory_part(run->inventory, id);
	return p == NULL ? 0 : p->size_bytes;
}

/* The DIMMs of a node's addresses; false when they are not known, or hold addresses of another as well. */
static bool node_dimms(const struct topology *t, uint16_t node, struct dimm_set *ret)
{
	struct dimm_set here = {0}, elsewhere = {0};

	for (size_t i = 0; i < t->dimm_range_count; i++) {
		const struct dimm_range *d = &t->dimm_ranges[i];

		for (size_t j = 0; j < t->node_range_count; j++) {
			const struct node_range *n = &t->node_ranges[j];
			struct dimm_set *set = n->node == node ? &here : &elsewhere;

			if (d->low < n->high && n->low < d->high)
				*set = dimm_set_join(*set, d->dimms);
		}
	}
	*ret = here;
	for (unsigned n = 0; n < DIMMS_MAX; n++) {
		if (dimm_set_has(here, n) && dimm_set_has(elsewhere, n))
			return false;
	}
	return dimm_set_count(here) > 0;
}

static void tell_node(struct run *run, uint16_t node)
{
	const struct topology *t = run->topology;
	struct row row = {0};
	struct dimm_set dimms;
	bool known;
	char mapped[FMT_SIZE], tested[FMT_SIZE], bytes[FMT_SIZE], installed[48] = "";

	for (size_t i = 0; i < t->node_range_count; i++) {
		if (t->node_ranges[i].node == node)
			add(&row, run, t->node_ranges[i].low, t->node_ranges[i].high);
	}
	known = node_dimms(t, node, &dimms);
	for (unsigned n = 0; known && n < DIMMS_MAX; n++)
		row.installed += dimm_set_has(dimms, n) ? module_bytes(run, n) : 0;
	if (row.installed > 0)
		fmt_to(installed, sizeof(installed), "%s installed, ",
			fmt_bytes(bytes, row.installed));
	record_note(run->rec, PART_ID_MEMORY, "node %u: %s%s mapped, %s tested",
		t->node_names[node], installed, fmt_bytes(mapped, row.mapped),
		fmt_bytes(tested, row.tested));
}

/* Only where addresses are one module's alone: of shared ones nobody knows which part is whose. */
static void tell_module(struct run *run, unsigned number)
{
	const struct topology *t = run->topology;
	struct row row = {.installed = module_bytes(run, number)};
	char id[PART_ID];

	for (size_t i = 0; i < t->dimm_range_count; i++) {
		const struct dimm_range *r = &t->dimm_ranges[i];

		if (!dimm_set_has(r->dimms, number))
			continue;
		if (dimm_set_count(r->dimms) > 1)
			return;
		add(&row, run, r->low, r->high);
	}
	if (row.mapped == 0)
		return;
	fmt_to(id, sizeof(id), "dimm%u", number);
	if (row.installed > 0)
		record_measure(run->rec, id, "installed_bytes", row.installed, 0, "B");
	record_measure(run->rec, id, "mapped_bytes", row.mapped, 0, "B");
	record_measure(run->rec, id, "tested_bytes", row.tested, 0, "B");
}

void mem_tell_ledger(struct run *run)
{
	const struct topology *t = run->topology;

	if (run->mem->plan.bytes == 0)
		return;
	for (uint16_t node = 0; t->node_count > 1 && node < t->node_count; node++)
		tell_node(run, node);
	for (unsigned n = 0; n < DIMM_ROWS_MAX; n++)
		tell_module(run, n);
}
