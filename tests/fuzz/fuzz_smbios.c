/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS from hostile firmware: the first 32 bytes are an entry point, the rest is the table. */
#include "evidence/smbios.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

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
	while (smbios_next(table, &cursor, &s))
		smbios_string(&s, s.formatted.at[s.formatted.len - 1], string, sizeof(string));
	cursor = 0;
	while (smbios_next_oem_string(table, &cursor, string, sizeof(string)))
		;
	return 0;
}
