/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map by kinds, and the sum of it. Pure. See ram_map.h. */
#include "core/ram_map.h"
#include "core/bytes.h"

/* EFI_MEMORY_... attributes. */
#define CACHED        (UINT64_C(1) << 3)  /* WB */
#define NON_VOLATILE  (UINT64_C(1) << 15) /* NV */
#define MORE_RELIABLE (UINT64_C(1) << 16)
#define SPECIFIC      (UINT64_C(1) << 18) /* SP */

static const enum memory_kind kind_by_type[] = {
	[0] = MEMORY_RESERVED,
	[1] = MEMORY_LOADER_CODE,
	[2] = MEMORY_LOADER_DATA,
	[3] = MEMORY_BOOT_CODE,
	[4] = MEMORY_BOOT_DATA,
	[5] = MEMORY_RUNTIME_CODE,
	[6] = MEMORY_RUNTIME_DATA,
	[7] = MEMORY_FREE,
	[8] = MEMORY_UNUSABLE,
	[9] = MEMORY_ACPI_TABLES,
	[10] = MEMORY_ACPI_NVS,
	[11] = MEMORY_DEVICE,   /* memory mapped I/O */
	[12] = MEMORY_DEVICE,   /* memory mapped I/O ports */
	[13] = MEMORY_RESERVED, /* processor code of another architecture */
	[14] = MEMORY_PERSISTENT,
	[15] = MEMORY_UNACCEPTED,
};

static const struct memory_kind_info infos[MEMORY_KINDS] = {
	[MEMORY_DEVICE] = {NULL, false},
	[MEMORY_FREE] = {NULL, true},
	[MEMORY_RESERVED] = {"reserved by firmware (not counted as RAM)", false},
	[MEMORY_LOADER_CODE] = {"loader code (boot loader, this program)", true},
	[MEMORY_LOADER_DATA] = {"loader data (boot loader, this program)", true},
	[MEMORY_BOOT_CODE] = {"boot services code", true},
	[MEMORY_BOOT_DATA] = {"boot services data", true},
	[MEMORY_RUNTIME_CODE] = {"runtime services code", true},
	[MEMORY_RUNTIME_DATA] = {"runtime services data", true},
	[MEMORY_UNUSABLE] = {"unusable: firmware found errors", false},
	[MEMORY_ACPI_TABLES] = {"ACPI tables", true},
	[MEMORY_ACPI_NVS] = {"ACPI non-volatile storage", true},
	[MEMORY_PERSISTENT] = {"persistent memory, never written", false},
	[MEMORY_UNACCEPTED] = {"not yet accepted by firmware", false},
	[MEMORY_SPECIAL] = {"set aside for special purposes", false},
	[MEMORY_OTHER] = {"of a type that only this firmware knows", true},
};

enum memory_kind memory_kind_of(uint32_t type, uint64_t attributes)
{
	enum memory_kind kind = type < ARRAY_LEN(kind_by_type) ? kind_by_type[type] : MEMORY_OTHER;

	if (kind == MEMORY_DEVICE)
		return kind;
	/* Reserved ranges that cannot be cached are addresses of devices, such as PCIe configuration space. */
	if (kind == MEMORY_RESERVED && (attributes & CACHED) == 0)
		return MEMORY_DEVICE;
	if ((attributes & NON_VOLATILE) != 0)
		return MEMORY_PERSISTENT;
	return kind == MEMORY_FREE && (attributes & SPECIFIC) != 0 ? MEMORY_SPECIAL : kind;
}

const struct memory_kind_info *memory_kind_info(enum memory_kind kind)
{
	return &infos[kind];
}

/* Joins [low, high) with every range that it touches, and puts the result in its place. */
static void add_range(struct ram_map *map, uint64_t low, uint64_t high)
{
	struct ram_mapped *r = map->ranges;
	size_t first = 0, behind;

	while (first < map->range_count && r[first].high < low)
		first++;
	for (behind = first; behind < map->range_count && r[behind].low <= high; behind++) {
		low = r[behind].low < low ? r[behind].low : low;
		high = r[behind].high > high ? r[behind].high : high;
	}
	if (behind == first && map->range_count == RAM_MAPPED_MAX)
		return;
	memmove(r + first + 1, r + behind, (map->range_count - behind) * sizeof(*r));
	r[first] = (struct ram_mapped){low, high};
	map->range_count = map->range_count + 1 - (behind - first);
}

void ram_map_add(
	struct ram_map *map, uint64_t low, uint64_t bytes, uint32_t type, uint64_t attributes)
{
	const enum memory_kind kind = memory_kind_of(type, attributes);

	if (bytes == 0 || low + bytes < low)
		return;
	map->kind_bytes[kind] += bytes;
	if (!infos[kind].mapped)
		return;
	map->mapped_bytes += bytes;
	if ((attributes & MORE_RELIABLE) != 0)
		map->mirrored_bytes += bytes;
	add_range(map, low, low + bytes);
}

uint64_t ram_map_bytes(const struct ram_map *map, uint64_t low, uint64_t high)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < map->range_count; i++) {
		const struct ram_mapped *r = &map->ranges[i];
		const uint64_t from = r->low > low ? r->low : low;
		const uint64_t to = r->high < high ? r->high : high;

		sum += to > from ? to - from : 0;
	}
	return sum;
}

uint64_t ram_map_top(const struct ram_map *map)
{
	return map->range_count == 0 ? 0 : map->ranges[map->range_count - 1].high;
}
