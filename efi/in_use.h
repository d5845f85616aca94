/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory that the CPU is using although the firmware's map calls it free.
 *
 * Hardware: control and descriptor table registers, page tables.
 * Spec.  Intel SDM volume 3, 2.4, 2.5 and 4.5.
 * Why.   U-Boot's page tables and stack lie in memory it offers to everybody; see docs/QUIRKS.md.
 */
#ifndef KIRIWAKE_EFI_IN_USE_H
#define KIRIWAKE_EFI_IN_USE_H

#include "efi/memory_map.h"

#define IN_USE_MAX 32
#define IN_USE_BLOCK_BYTES \
	UINT64_C(0x100000) /* what else lies near such a page is not ours either */

/* Blocks of IN_USE_BLOCK_BYTES, by their addresses. Empty on firmware whose map is right. */
struct in_use {
	size_t count;
	uint64_t at[IN_USE_MAX];
};

/* What the calling CPU's page tables, descriptor tables and stack lie in, where the map calls that free. Walks page tables
 * as they are: boot CPU, identity mapping. */
void in_use_find(const struct memory_map *map, struct in_use *ret);

/* The lowest block that touches [start, end); false when none does. */
bool in_use_touches(const struct in_use *in_use, uint64_t start, uint64_t end, uint64_t *ret_at);

#endif
