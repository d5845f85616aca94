/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Installed against mapped. Pure. See missing.h. */
#include "evidence/missing.h"
#include "core/topology.h"
#include "evidence/smbios.h"

#define GIB       (UINT64_C(1) << 30)
#define TOLERANCE 8  /* this part of a module may be lost in what the map lists but is no RAM */
#define HALF_PART 16 /* this part of all memory may firmware keep, and half is still half */

/* Whether a module hangs on an array of main memory; *ret_has_ecc is left alone where its array is not there. */
static bool is_main_memory(struct span table, uint16_t array, bool *ret_has_ecc)
{
	struct smbios_structure s;
	struct smbios_array a;

	if (!smbios_by_handle(table, array, &s) || s.type != 16)
		return true;
	smbios_read_array(&s, &a);
	if (a.is_main_memory && a.has_ecc)
		*ret_has_ecc = true;
	return a.is_main_memory;
}

void installed_read(struct span table, struct installed *ret)
{
	struct smbios_dimm dimm;
	size_t cursor = 0;

	*ret = (struct installed){.alike = true};
	for (unsigned n = 0; n < DIMMS_MAX && smbios_next_module(table, &cursor, &dimm); n++) {
		if (dimm.is_stacked || !is_main_memory(table, dimm.array, &ret->has_ecc)) {
			ret->has_other = true;
			continue;
		}
		ret->has_cache |= dimm.is_cached;
		ret->is_size_unknown |= dimm.size_bytes == 0 ||
					dimm.size_bytes > UINT64_MAX / DIMMS_MAX;
		ret->alike &= ret->modules == 0 || dimm.size_bytes == ret->smallest_bytes;
		if (ret->modules == 0 || dimm.size_bytes < ret->smallest_bytes)
			ret->smallest_bytes = dimm.size_bytes;
		ret->bytes += dimm.size_bytes;
		ret->modules++;
	}
}

/* All that the map shows of what is installed, in use or not; a mirrored byte costs two. */
static uint64_t accounted(const struct installed *installed, const struct ram_map *map)
{
	const uint64_t *kind = map->kind_bytes;

	return map->mapped_bytes + map->mirrored_bytes + kind[MEMORY_RESERVED] +
	       kind[MEMORY_UNUSABLE] + kind[MEMORY_UNACCEPTED] +
	       (installed->has_other ? 0 : kind[MEMORY_SPECIAL]);
}

/* Memory that lost its addresses to devices below 4 GiB and got no others: old machines do not move it up. */
static bool is_hole(const struct installed *installed, const struct ram_map *map, uint64_t missing)
{
	const uint64_t top = ram_map_top(map);

	return top > 2 * GIB && top <= 4 * GIB && installed->bytes > top && missing < 2 * GIB;
}

static bool is_half(const struct installed *installed, uint64_t missing)
{
	const uint64_t half = installed->bytes / 2, slack = installed->bytes / HALF_PART;

	return installed->has_ecc && installed->alike && installed->modules % 2 == 0 &&
	       missing >= half - slack && missing <= half + slack;
}

struct shortfall shortfall_judge(const struct installed *installed, const struct ram_map *map)
{
	const uint64_t there = accounted(installed, map);
	struct shortfall s = {.verdict = PASS};

	if (installed->modules == 0)
		return (struct shortfall){SKIP, 0, "SMBIOS lists no memory modules"};
	if (installed->is_size_unknown)
		return (struct shortfall){SKIP, 0, "SMBIOS does not say the size of every module"};
	if (map->mapped_bytes == 0)
		return (struct shortfall){SKIP, 0, "the firmware gave no memory map"};
	if (installed->has_cache)
		return (struct shortfall){SKIP, 0,
			"persistent memory is used as RAM, and the DIMMs may be its cache"};
	if (installed->bytes <= there ||
		installed->bytes - there <
			installed->smallest_bytes - installed->smallest_bytes / TOLERANCE)
		return s;
	s.bytes = installed->bytes - there;
	s.verdict = WARN;
	if (is_hole(installed, map, s.bytes)) {
		s.why = "Firmware that does not move memory above 4 GiB, out of the way of devices, leaves as much";
	} else if (is_half(installed, s.bytes)) {
		s.why = "Memory mirroring, if setup has it on, leaves half";
	} else {
		s.verdict = FAIL;
		s.why = "Memory mirroring or sparing, if setup has it on, looks the same";
	}
	return s;
}
