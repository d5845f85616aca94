/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Where physical memory lies: which NUMA node and which DIMMs an address belongs to, and which node a CPU.
 *
 * Pure data and lookups. evidence/ fills it from SMBIOS and ACPI tables, which are often silent and sometimes
 * wrong: "not known" is an answer, and where interleaving spreads an address over several DIMMs, all of them are.
 */
#ifndef KIRIWAKE_CORE_TOPOLOGY_H
#define KIRIWAKE_CORE_TOPOLOGY_H

#include "core/inventory.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODES_MAX       64
#define NODE_RANGES_MAX 128
#define DIMM_RANGES_MAX 128
#define DIMMS_MAX       128
#define TOPOLOGY_CPUS   512
#define NODE_UNKNOWN    UINT16_MAX
#define TOPOLOGY_WHY    96

/* DIMMs by number: bit n is the DIMM whose part id is "dimm<n>". */
struct dimm_set {
	uint64_t bits[DIMMS_MAX / 64];
};

struct node_range {
	uint64_t low, high; /* [low, high) */
	uint16_t node;      /* < node_count */
};

struct dimm_range {
	uint64_t low, high; /* [low, high) */
	struct dimm_set dimms;
};

/* Zeroed: nothing is known, and everything lies in one node. */
struct topology {
	unsigned node_count;            /* 0: not known */
	uint32_t node_names[NODES_MAX]; /* the proximity domain as the firmware numbers it */
	size_t node_range_count;        /* ascending, not overlapping */
	struct node_range node_ranges[NODE_RANGES_MAX];
	uint16_t cpu_nodes
		[TOPOLOGY_CPUS]; /* by CPU number of the cpu port; NODE_UNKNOWN where not known */

	size_t dimm_range_count; /* ascending, not overlapping */
	struct dimm_range dimm_ranges[DIMM_RANGES_MAX];
	struct dimm_set dimms_unmapped; /* that the tables give no address, though they do others */
	char dimm_why[TOPOLOGY_WHY];    /* how good that is: "SMBIOS type 20" */
};

/* The node of a physical address; NODE_UNKNOWN where the tables say nothing. *ret_end, if not NULL: the first address
 * above it where the answer may be another. */
uint16_t topology_node(const struct topology *t, uint64_t physical, uint64_t *ret_end);

/* The DIMMs that an address may lie on. False, *ret empty: not known. */
bool topology_dimms(const struct topology *t, uint64_t physical, struct dimm_set *ret);

/* How many, and the lowest number among them (DIMMS_MAX when empty). */
unsigned dimm_set_count(struct dimm_set set);
unsigned dimm_set_first(struct dimm_set set);

/* The set of one, number < DIMMS_MAX. */
struct dimm_set dimm_set_of(unsigned number);

/* Any number: false for those that no set can hold. */
bool dimm_set_has(struct dimm_set set, unsigned number);

bool dimm_set_same(struct dimm_set a, struct dimm_set b);

/* What is in either. */
struct dimm_set dimm_set_join(struct dimm_set a, struct dimm_set b);

#endif
