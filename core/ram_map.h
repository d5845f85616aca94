/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the firmware's memory map says of each piece of memory, and the sum of it.
 *
 * Pure.
 * Spec.  UEFI 2.10, 7.2: EFI_MEMORY_TYPE, and the attributes of EFI_MEMORY_DESCRIPTOR.
 * Trust. Ranges may come in any order and overlap; a type that nobody has defined is taken for memory in use.
 */
#ifndef KIRIWAKE_CORE_RAM_MAP_H
#define KIRIWAKE_CORE_RAM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a piece of the map is treated. Only MEMORY_FREE is ever taken and written to. */
enum memory_kind {
	MEMORY_DEVICE, /* addresses of devices: no memory at all */
	MEMORY_FREE,
	MEMORY_RESERVED,
	MEMORY_LOADER_CODE,
	MEMORY_LOADER_DATA,
	MEMORY_BOOT_CODE,
	MEMORY_BOOT_DATA,
	MEMORY_RUNTIME_CODE,
	MEMORY_RUNTIME_DATA,
	MEMORY_UNUSABLE,
	MEMORY_ACPI_TABLES,
	MEMORY_ACPI_NVS,
	MEMORY_PERSISTENT,
	MEMORY_UNACCEPTED,
	MEMORY_SPECIAL,
	MEMORY_OTHER, /* types that makers of firmware and loaders define for themselves */
	MEMORY_KINDS
};

struct memory_kind_info {
	const char *why; /* it is not tested; NULL for MEMORY_DEVICE and MEMORY_FREE */
	bool mapped;     /* RAM that the map gives to somebody */
};

/* The treatment of a range with this EFI_MEMORY_TYPE and these EFI_MEMORY_... attributes. */
enum memory_kind memory_kind_of(uint32_t type, uint64_t attributes);

/* Never NULL for kind < MEMORY_KINDS. */
const struct memory_kind_info *memory_kind_info(enum memory_kind kind);

struct ram_mapped {
	uint64_t low, high; /* [low, high) */
};

#define RAM_MAPPED_MAX 256

/* Zero it before the first range. */
struct ram_map {
	size_t range_count; /* RAM, whoever uses it: ascending, neither overlapping nor touching */
	struct ram_mapped ranges[RAM_MAPPED_MAX];
	uint64_t mapped_bytes;             /* all RAM, also where the ranges are full */
	uint64_t mirrored_bytes;           /* RAM of which the hardware keeps a second copy */
	uint64_t kind_bytes[MEMORY_KINDS]; /* everything, by kind */
};

/* Adds one range of the firmware's map. */
void ram_map_add(
	struct ram_map *map, uint64_t low, uint64_t bytes, uint32_t type, uint64_t attributes);

/* Bytes of RAM in [low, high). */
uint64_t ram_map_bytes(const struct ram_map *map, uint64_t low, uint64_t high);

/* The first address above all RAM; 0 without any. */
uint64_t ram_map_top(const struct ram_map *map);

#endif
