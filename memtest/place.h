/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which DIMM and node addresses belong to, in words and fields for findings.
 *
 * Pure. As good as the firmware's tables are, and no better: where they name several DIMMs, so do we.
 */
#ifndef KIRIWAKE_MEMTEST_PLACE_H
#define KIRIWAKE_MEMTEST_PLACE_H

#include "core/check.h"

#define PLACE_LABELS 96
#define PLACE_WORDS  208

struct mem_place {
	char part[PART_ID];      /* "dimm3" when it can only be that one, else "mem" */
	char dimm[PLACE_LABELS]; /* its slot label, or those of all candidates; empty: not known */
	char words[PLACE_WORDS]; /* a sentence */
	bool has_node;
	uint32_t node; /* as the firmware numbers it */
};

/* Where the addresses [low, high] lie. */
void mem_place(const struct run *run, uint64_t low, uint64_t high, struct mem_place *ret);

/* Appends the fields `dimm` and `node`, as far as they are known, to the first `count`: room for two more, which point
 * into *place. Returns the new count. */
size_t mem_place_fields(struct field *fields, size_t count, const struct mem_place *place);

#endif
