/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SRAT: nodes of memory and CPUs. Pure. See acpi.h.
 *
 * Spec.  ACPI 6.5, 5.2.16. In revision 1 of the table a proximity domain had 8 bits and what are its upper ones today
 *        was reserved.
 */
#include "evidence/acpi.h"
#include "evidence/claims.h"

#define ENTRIES_AT   48
#define REVISION_AT  8
#define ENABLED      1u
#define NON_VOLATILE 4u
#define APIC_BYTES   16
#define MEMORY_BYTES 40
#define X2APIC_BYTES 24
#define OLD_DOMAIN   0xffu

enum { ENTRY_APIC = 0, ENTRY_MEMORY = 1, ENTRY_X2APIC = 2 };

/* One enabled entry: memory in [low, high), or where low == high a CPU. */
struct affinity {
	uint32_t domain;
	uint32_t apic_id;
	uint64_t low, high;
};

static bool read_memory(const uint8_t *p, struct affinity *ret)
{
	const uint32_t flags = le32(p + 28);
	const uint64_t base = le64(p + 8), bytes = le64(p + 16);

	if ((flags & ENABLED) == 0 || (flags & NON_VOLATILE) != 0 || bytes == 0 ||
		base >= ADDRESSES_TOP || bytes > ADDRESSES_TOP - base)
		return false;
	*ret = (struct affinity){.domain = le32(p + 2), .low = base, .high = base + bytes};
	return true;
}

static bool read_apic(const uint8_t *p, struct affinity *ret)
{
	*ret = (struct affinity){
		.domain = p[2] | (uint32_t)p[9] << 8 | (uint32_t)le16(p + 10) << 16,
		.apic_id = p[3]};
	return (le32(p + 4) & ENABLED) != 0;
}

static bool read_x2apic(const uint8_t *p, struct affinity *ret)
{
	*ret = (struct affinity){.domain = le32(p + 4), .apic_id = le32(p + 8)};
	return (le32(p + 12) & ENABLED) != 0;
}

/* Takes entries from *at on until one is enabled and sane. False at the end, or where an entry is cut. */
static bool next_affinity(struct span srat, size_t *at, struct affinity *ret)
{
	static const struct {
		uint8_t bytes;
		bool (*read)(const uint8_t *p, struct affinity *ret);
	} kinds[] = {
		[ENTRY_APIC] = {APIC_BYTES, read_apic},
		[ENTRY_MEMORY] = {MEMORY_BYTES, read_memory},
		[ENTRY_X2APIC] = {X2APIC_BYTES, read_x2apic},
	};

	while (srat.len - *at >= 2) {
		const uint8_t *p = srat.at + *at;

		if (p[1] < 2 || p[1] > srat.len - *at)
			return false;
		*at += p[1];
		if (p[0] < ARRAY_LEN(kinds) && p[1] >= kinds[p[0]].bytes &&
			kinds[p[0]].read(p, ret)) {
			if (srat.at[REVISION_AT] < 2)
				ret->domain &= OLD_DOMAIN;
			return true;
		}
	}
	return false;
}

/* The node of a proximity domain; NODE_UNKNOWN when it has none. */
static uint16_t node_of(const struct topology *t, uint32_t domain)
{
	for (uint16_t i = 0; i < t->node_count; i++) {
		if (t->node_names[i] == domain)
			return i;
	}
	return NODE_UNKNOWN;
}

/* Keeps the names ascending. */
static void add_node(struct topology *t, uint32_t domain)
{
	size_t at = t->node_count;

	if (node_of(t, domain) != NODE_UNKNOWN || t->node_count == NODES_MAX)
		return;
	for (; at > 0 && t->node_names[at - 1] > domain; at--)
		t->node_names[at] = t->node_names[at - 1];
	t->node_names[at] = domain;
	t->node_count++;
}

static void add_nodes(struct span srat, struct topology *t)
{
	struct affinity a;
	size_t at = ENTRIES_AT;

	t->node_count = 0;
	while (next_affinity(srat, &at, &a))
		add_node(t, a.domain);
}

/* False: no memory is placed, or in more pieces than there is room for. */
static bool place_memory(struct span srat, struct topology *t)
{
	struct claim claims[CLAIMS_MAX], pieces[NODE_RANGES_MAX];
	struct affinity a;
	size_t at = ENTRIES_AT, count = 0;

	while (next_affinity(srat, &at, &a)) {
		const uint16_t node = node_of(t, a.domain);

		if (a.low == a.high || node == NODE_UNKNOWN)
			continue;
		if (count == CLAIMS_MAX)
			return false;
		claims[count++] = (struct claim){a.low, a.high, dimm_set_of(node)};
	}
	if (!claims_flatten(claims, count, pieces, NODE_RANGES_MAX, &count))
		return false;
	t->node_range_count = 0;
	for (size_t i = 0; i < count; i++) {
		/* What two nodes claim belongs to neither. */
		if (dimm_set_count(pieces[i].who) == 1)
			t->node_ranges[t->node_range_count++] = (struct node_range){pieces[i].low,
				pieces[i].high, (uint16_t)dimm_set_first(pieces[i].who)};
	}
	return t->node_range_count > 0;
}

static void place_cpus(
	struct span srat, const uint32_t *apic_ids, unsigned cpus, struct topology *t)
{
	struct affinity a;
	size_t at = ENTRIES_AT;

	for (size_t i = 0; i < TOPOLOGY_CPUS; i++)
		t->cpu_nodes[i] = NODE_UNKNOWN;
	while (apic_ids != NULL && next_affinity(srat, &at, &a)) {
		for (unsigned i = 0; a.low == a.high && i < cpus && i < TOPOLOGY_CPUS; i++) {
			if (apic_ids[i] == a.apic_id)
				t->cpu_nodes[i] = node_of(t, a.domain);
		}
	}
}

void srat_read(struct span srat, const uint32_t *apic_ids, unsigned cpus, struct topology *t)
{
	const struct topology before = *t;

	if (srat.len < ENTRIES_AT)
		return;
	add_nodes(srat, t);
	if (place_memory(srat, t))
		place_cpus(srat, apic_ids, cpus, t);
	else
		*t = before;
}
