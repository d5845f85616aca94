/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the firmware publishes about the machine: its own name, and the SMBIOS structures. See tables.h.
 *
 * Hardware: the firmware's configuration tables, read in place.
 * Spec.  UEFI 2.10, 4.6; DSP0134 3.6.0, 5.2.
 * Trust. Anchors and lengths are checked here, and a table ends with the memory range it lies in, whatever its
 *        entry point claims; the structures themselves are for whoever reads them to doubt.
 */
#include "efi/tables.h"
#include "core/fmt.h"
#include "efi/memory_map.h"
#include "efi/parts.h"

#define TABLES_MAX       1024
#define SMBIOS3_ENTRY    24
#define SMBIOS2_ENTRY    31
#define TABLE_BYTES_MAX  (1u << 20)
#define OLD_BIOS_BYTES   (64u << 10) /* its segment is not in the map */
#define VENDOR_CHARS_MAX 48

const uint8_t *tables_find(const EFI_GUID *guid)
{
	const EFI_SYSTEM_TABLE *st = fw.table;

	for (UINTN i = 0;
		st->ConfigurationTable != NULL && i < st->NumberOfTableEntries && i < TABLES_MAX;
		i++) {
		if (guid_same(&st->ConfigurationTable[i].VendorGuid, guid))
			return st->ConfigurationTable[i].VendorTable;
	}
	return NULL;
}

/* How many bytes from `at` on lie in one range of the memory map; `unlisted` where the map does not say. */
static uint64_t bytes_mapped(uint64_t at, uint64_t unlisted)
{
	struct memory_map map;
	char error[PORT_ERROR];
	uint64_t bytes = unlisted;

	if (!memory_map_read(&map, error, sizeof(error)))
		return bytes;
	for (size_t i = 0; i < map.count; i++) {
		EFI_MEMORY_DESCRIPTOR d;
		uint64_t end;

		if (!memory_map_at(&map, i, &d))
			continue;
		end = d.PhysicalStart + d.NumberOfPages * PAGE_BYTES;
		if (at >= d.PhysicalStart && at < end)
			bytes = end - at;
	}
	memory_map_free(&map);
	return bytes;
}

struct span tables_span(uint64_t at, uint64_t bytes, uint64_t unlisted)
{
	const uint64_t mapped = bytes_mapped(at, unlisted);

	if (bytes > TABLE_BYTES_MAX)
		bytes = TABLE_BYTES_MAX;
	if (bytes > mapped)
		bytes = mapped;
	return at == 0 ? (struct span){NULL, 0} : (struct span){(const uint8_t *)at, bytes};
}

static bool read_smbios3(struct machine *machine)
{
	const uint8_t *entry = tables_find(&guid_smbios3);

	if (entry == NULL || memcmp(entry, "_SM3_", 5) != 0 || entry[6] < SMBIOS3_ENTRY)
		return false;
	machine->smbios_entry = (struct span){entry, entry[6]};
	machine->smbios_table = tables_span(le64(entry + 16), le32(entry + 12), OLD_BIOS_BYTES);
	return machine->smbios_table.len > 0;
}

static bool read_smbios2(struct machine *machine)
{
	const uint8_t *entry = tables_find(&guid_smbios2);

	/* Version 2.1 of the specification printed the length as 30; tables with that value exist. */
	if (entry == NULL || memcmp(entry, "_SM_", 4) != 0 || memcmp(entry + 16, "_DMI_", 5) != 0 ||
		entry[5] < SMBIOS2_ENTRY - 1)
		return false;
	machine->smbios_entry = (struct span){entry, SMBIOS2_ENTRY};
	machine->smbios_table = tables_span(le32(entry + 24), le16(entry + 22), OLD_BIOS_BYTES);
	return machine->smbios_table.len > 0;
}

void tables_build(struct machine *machine)
{
	const EFI_SYSTEM_TABLE *st = fw.table;
	char vendor[VENDOR_CHARS_MAX];

	text_from_ucs2(vendor, sizeof(vendor), st->FirmwareVendor, VENDOR_CHARS_MAX);
	fmt_to(machine->firmware, sizeof(machine->firmware), "%s %u.%02u, UEFI %u.%u", vendor,
		st->FirmwareRevision >> 16, st->FirmwareRevision & 0xffff, st->Hdr.Revision >> 16,
		(st->Hdr.Revision & 0xffff) / 10);
	if (!read_smbios3(machine) && !read_smbios2(machine)) {
		machine->smbios_entry = (struct span){NULL, 0};
		machine->smbios_table = (struct span){NULL, 0};
		machine_note(machine, "The firmware publishes no SMBIOS tables");
	}
}
