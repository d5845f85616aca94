/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Is memory missing: what SMBIOS says is installed against what the firmware's memory map gives out.
 *
 * Pure.
 * Trust. Firmware keeps memory for itself without listing it, and switches that halve the memory (mirroring, sparing)
 *        leave no mark in any table: so only a shortfall of a whole module counts, and where there is a harmless
 *        explanation that fits, it is told instead.
 */
#ifndef KIRIWAKE_EVIDENCE_MISSING_H
#define KIRIWAKE_EVIDENCE_MISSING_H

#include "core/bytes.h"
#include "core/ram_map.h"
#include "core/verdict.h"

/* The modules that should be in the map. */
struct installed {
	unsigned modules;
	uint64_t bytes;
	uint64_t smallest_bytes; /* of a module */
	bool alike;              /* all of one size */
	bool is_size_unknown;    /* of some module: then the sums mean nothing */
	bool has_ecc;
	bool has_cache; /* some of it may only be the cache of persistent memory */
	bool has_other; /* HBM or memory behind CXL, which may be mapped, and is not counted here */
};

void installed_read(struct span table, struct installed *ret);

struct shortfall {
	enum verdict
		verdict; /* PASS: nothing missing; WARN: missing, but maybe rightly; FAIL; SKIP: cannot be judged */
	uint64_t bytes; /* missing, beyond what the map accounts for; 0 on PASS and SKIP */
	const char *
		why; /* SKIP: the reason; WARN and FAIL: a sentence on what would look the same; PASS: NULL */
};

struct shortfall shortfall_judge(const struct installed *installed, const struct ram_map *map);

#endif
