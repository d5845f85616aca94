/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map, read once and kept while somebody looks at it.
 *
 * Hardware: UEFI boot services.
 * Spec.  UEFI 2.10, 7.2 (GetMemoryMap).
 * Trust. The descriptor size is the firmware's: at least ours, at most a page. Ranges may come in any order;
 *        those that do not fit into the address space are left out.
 */
#ifndef KIRIWAKE_EFI_MEMORY_MAP_H
#define KIRIWAKE_EFI_MEMORY_MAP_H

#include "efi/firmware.h"

#define PAGE_BYTES 4096u

struct memory_map {
	uint8_t *descriptors; /* from the firmware's pool */
	size_t count;
	size_t stride;
};

/* False, with "Call: STATUS" in error[cap], when it cannot be had. Release with memory_map_free(). */
bool memory_map_read(struct memory_map *ret, char *error, size_t cap);
void memory_map_free(struct memory_map *map);

/* Copies descriptor `index` < count. False when it is not a sane range. */
bool memory_map_at(const struct memory_map *map, size_t index, EFI_MEMORY_DESCRIPTOR *ret);

#endif
