/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS from hostile firmware: the first 32 bytes are an entry point, the rest is the table. */
#include "evidence/dimm_map.h"
#include "evidence/missing.h"
#include "evidence/smbios.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The map of DIMMs, with RAM that a small machine has: what a reader of it relies on. */
static void draw_map(struct span table)
{
	static struct topology topology;
	static struct ram_map ram;
	struct installed installed;

	ram = (struct ram_map){0};
	ram_map_add(&ram, 0, UINT64_C(3) << 30, 7, 0);
	ram_map_add(&ram, UINT64_C(4) << 30, UINT64_C(5) << 30, 7, 0);
	topology = (struct topology){0};
	dimm_map_read(table, &ram, &topology);
	for (size_t i = 0; i < topology.dimm_range_count; i++) {
		const struct dimm_range *r = &topology.dimm_ranges[i];

		if (r->low >= r->high || (i > 0 && r[-1].high > r->low) ||
			dimm_set_count(r->dimms) == 0)
			__builtin_trap();
	}
	installed_read(table, &installed);
	shortfall_judge(&installed, &ram);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct inventory inv;
	struct span entry = {data, len < 32 ? len : 32};
	struct span table = {data + entry.len, len - entry.len};
	struct smbios_entry e;
	struct smbios_structure s;
	char string[64];
	size_t cursor = 0;

	smbios_entry_read(entry, &e);
	inv.count = 0;
	smbios_inventory(entry, table, &inv);
	smbios_inventory((struct span){0}, table, &inv);
	smbios_installed_bytes(table);
	draw_map(smbios_trusted(entry, table));
	draw_map(table);
	while (smbios_next(table, &cursor, &s))
		smbios_string(&s, s.formatted.at[s.formatted.len - 1], string, sizeof(string));
	cursor = 0;
	while (smbios_next_oem_string(table, &cursor, string, sizeof(string)))
		;
	return 0;
}
