/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables: nodes from SRAT, firmware-first from HEST, what BERT's region holds; cut and broken at every byte. */
#include "evidence/acpi.h"
#include "evidence/claims.h"
#include "tests/test.h"
#include "tests/unit/acpi_maker.h"
#include <stdlib.h>

#define GIB (UINT64_C(1) << 30)

static struct topology topology;

/* Two nodes, the first in two ranges around the hole, numbered 1 and 70000; and what must not count. */
static struct span two_nodes(struct maker *m)
{
	acpi_begin(m, "SRAT", 48, 3);
	srat_cpu(m, 1, 0, 1);
	srat_cpu(m, 70000, 2, 1);
	srat_cpu(m, 1, 4, 0);
	srat_x2apic(m, 70000, 300);
	srat_memory(m, 70000, 10 * GIB, 18 * GIB, 1);
	srat_memory(m, 1, 0, 2 * GIB, 1);
	srat_memory(m, 1, 4 * GIB, 8 * GIB, 1);
	srat_memory(m, 1, 8 * GIB, 10 * GIB, 1);
	srat_memory(m, 5, 18 * GIB, 20 * GIB, 0);         /* not enabled */
	srat_memory(m, 1, 20 * GIB, 30 * GIB, 1 | 4);     /* non-volatile */
	srat_memory(m, 70000, 40 * GIB, 48 * GIB, 1 | 2); /* for memory to come */
	srat_memory(m, 6, 0, 0, 1);
	return acpi_end(m);
}

static void test_find(void)
{
	struct maker srat, hest, bad;
	struct span tables[3], got = {NULL, 0};

	tables[0] = acpi_end((acpi_begin(&bad, "SRAT", 60, 3), &bad));
	bad.bytes[50] ^= 1;
	tables[1] = acpi_end((acpi_begin(&hest, "HEST", 40, 1), &hest));
	tables[2] = two_nodes(&srat);
	tables[2].len += 100; /* what is mapped behind it */
	CHECK(acpi_find(tables, 3, "SRAT", &got));
	CHECK(got.at == srat.bytes && got.len == srat.len, "not the one whose sum is wrong");
	CHECK(!acpi_find(tables, 3, "SLIT", &got) && got.at == srat.bytes);
	CHECK(!acpi_find(NULL, 0, "SRAT", &got));
	tables[2].len = srat.len - 1;
	CHECK(!acpi_find(tables, 3, "SRAT", &got), "longer than what is there");
	put_le(srat.bytes + 4, 35, 4);
	tables[2].len = srat.len;
	CHECK(!acpi_find(tables, 3, "SRAT", &got), "shorter than a header");
}

static void test_nodes(void)
{
	static const uint32_t apic_ids[] = {0, 2, 4, 300, 9};
	struct maker m;
	uint64_t end;

	memset(&topology, 0, sizeof(topology));
	srat_read(two_nodes(&m), apic_ids, 5, &topology);
	CHECK_U64(topology.node_count, 2);
	CHECK_U64(topology.node_names[0], 1);
	CHECK_U64(topology.node_names[1], 70000);
	CHECK_U64(topology.node_range_count, 4);
	CHECK_U64(topology_node(&topology, 0, &end), 0);
	CHECK_U64(end, 2 * GIB);
	CHECK_U64(topology_node(&topology, 3 * GIB, NULL), NODE_UNKNOWN);
	CHECK_U64(topology_node(&topology, 5 * GIB, &end), 0);
	CHECK_U64(end, 10 * GIB);
	CHECK_U64(topology_node(&topology, 10 * GIB, NULL), 1);
	CHECK_U64(topology_node(&topology, 19 * GIB, NULL), NODE_UNKNOWN);
	CHECK_U64(topology_node(&topology, 25 * GIB, NULL), NODE_UNKNOWN);
	CHECK_U64(topology_node(&topology, 47 * GIB, NULL), 1);
	CHECK_U64(topology.cpu_nodes[0], 0);
	CHECK_U64(topology.cpu_nodes[1], 1);
	CHECK_U64(topology.cpu_nodes[2], NODE_UNKNOWN);
	CHECK_U64(topology.cpu_nodes[3], 1);
	CHECK_U64(topology.cpu_nodes[4], NODE_UNKNOWN);
	srat_read(two_nodes(&m), NULL, 5, &topology);
	CHECK_U64(topology.cpu_nodes[0], NODE_UNKNOWN);
}

/* What two nodes claim is neither's; twice the same claim is one; 8-bit domains in the old revision. */
static void test_contradictions(void)
{
	struct maker m;

	acpi_begin(&m, "SRAT", 48, 1);
	srat_memory(&m, 0x5500, 0, 4 * GIB, 1);
	srat_memory(&m, 0x6600, 0, 4 * GIB, 1);
	srat_memory(&m, 1, 3 * GIB, 8 * GIB, 1);
	srat_memory(&m, 1, UINT64_MAX - GIB, UINT64_MAX, 1);
	memset(&topology, 0, sizeof(topology));
	srat_read(acpi_end(&m), NULL, 0, &topology);
	CHECK_U64(topology.node_count, 2);
	CHECK_U64(topology.node_range_count, 2);
	CHECK_U64(topology_node(&topology, GIB, NULL), 0);
	CHECK_U64(topology_node(&topology, 3 * GIB, NULL), NODE_UNKNOWN);
	CHECK_U64(topology_node(&topology, 4 * GIB, NULL), 1);
}

/* More nodes or pieces than there is room for: no overflow, and no half a map. */
static void test_too_much(void)
{
	struct maker m;

	acpi_begin(&m, "SRAT", 48, 3);
	for (uint32_t i = 0; i < 150; i++)
		srat_memory(&m, i % 2, i * 2 * GIB, (i * 2 + 1) * GIB, 1);
	memset(&topology, 0, sizeof(topology));
	srat_read(acpi_end(&m), NULL, 0, &topology);
	CHECK_U64(topology.node_count, 0);
	CHECK_U64(topology.node_range_count, 0);
	acpi_begin(&m, "SRAT", 48, 3);
	for (uint32_t i = 0; i < 100; i++)
		srat_memory(&m, i, i * GIB, (i + 1) * GIB, 1);
	srat_read(acpi_end(&m), NULL, 0, &topology);
	CHECK_U64(topology.node_count, NODES_MAX);
	CHECK_U64(topology_node(&topology, 63 * GIB, NULL), 63);
	CHECK_U64(topology_node(&topology, 64 * GIB, NULL), NODE_UNKNOWN);
}

static void test_claims(void)
{
	const struct claim claims[] = {{10, 20, dimm_set_of(1)}, {15, 30, dimm_set_of(127)},
		{30, 40, dimm_set_of(127)}, {12, 14, dimm_set_of(1)}};
	struct claim got[4];
	size_t count;

	CHECK(claims_flatten(claims, 4, got, 4, &count));
	CHECK_U64(count, 3);
	CHECK(got[0].low == 10 && got[0].high == 15 && dimm_set_count(got[0].who) == 1);
	CHECK(got[1].low == 15 && got[1].high == 20 && dimm_set_count(got[1].who) == 2);
	CHECK(got[2].low == 20 && got[2].high == 40 && dimm_set_first(got[2].who) == 127);
	CHECK(!claims_flatten(claims, 4, got, 2, &count));
	CHECK(claims_flatten(claims, 0, got, 0, &count) && count == 0);
}

/* ---- errors ---- */

static struct hest hest_of(struct maker *m, uint32_t sources)
{
	struct hest got;

	put_le(m->bytes + 36, sources, 4);
	hest_read(acpi_end(m), &got);
	return got;
}

static void test_hest(void)
{
	struct maker m;
	struct hest got;

	acpi_begin(&m, "HEST", 40, 1);
	CHECK(!hest_of(&m, 5).firmware_first);
	/* A machine check source with two banks, then a corrected one that has the flag, then a generic one. */
	acpi_entry(&m, 0, 40)[1] = 0;
	m.bytes[40 + 32] = 2;
	m.len += 2 * 28;
	m.bytes[m.len] = 1;
	m.bytes[m.len + 6] = 1;
	m.len += 48;
	CHECK(!hest_of(&m, 1).firmware_first, "only as many as it counts");
	got = hest_of(&m, 3);
	CHECK(got.firmware_first && !got.generic);
	m.bytes[m.len] = 9;
	m.len += 64;
	CHECK(!hest_of(&m, 3).generic, "not enabled");
	m.bytes[m.len - 64 + 7] = 1;
	CHECK(hest_of(&m, 3).generic);
	m.bytes[40 + 6] = 1;
	m.bytes[40 + 32] = 255; /* banks beyond the end */
	got = hest_of(&m, 3);
	CHECK(got.firmware_first && !got.generic);
	m.bytes[40] = 3; /* a type that nobody has defined */
	CHECK(!hest_of(&m, 3).firmware_first);
}

static void test_bert(void)
{
	const uint8_t none[] = {0xf0, 0xff, 0, 0}, corrected[] = {0x12, 0, 0, 0};

	CHECK_U64(bert_status((struct span){none, 4}), 0);
	CHECK_U64(bert_status((struct span){corrected, 4}), BERT_CORRECTED & 2);
	CHECK_U64(bert_status((struct span){corrected, 3}), 0);
}

/* Cut at every byte, in memory of exactly that size, and with every byte broken. */
static void test_hostile(void)
{
	static const uint8_t values[] = {0, 1, 2, 0x27, 0x7f, 0xff};
	static const uint32_t apic_ids[] = {0, 2};
	struct maker m;
	struct hest hest;
	size_t whole = two_nodes(&m).len;

	for (size_t len = 0; len <= whole; len++) {
		uint8_t *exact = malloc(len == 0 ? 1 : len);

		memcpy(exact, m.bytes, len);
		srat_read((struct span){exact, len}, apic_ids, 2, &topology);
		hest_read((struct span){exact, len}, &hest);
		free(exact);
	}
	for (size_t at = 36; at < whole; at++) {
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			const uint8_t kept = m.bytes[at];

			m.bytes[at] = values[v];
			srat_read(table_of(&m), apic_ids, 2, &topology);
			for (size_t i = 0; i < topology.node_range_count; i++) {
				const struct node_range *r = &topology.node_ranges[i];

				CHECK(r->low < r->high && r->node < topology.node_count);
				CHECK(i == 0 || r[-1].high <= r->low);
			}
			m.bytes[at] = kept;
		}
	}
}

int main(void)
{
	test_find();
	test_nodes();
	test_contradictions();
	test_too_much();
	test_claims();
	test_hest();
	test_bert();
	test_hostile();
	return test_end(__FILE__);
}
