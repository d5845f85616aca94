/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The ACPI tables that the firmware lists, and the region for errors that it kept from the last boot.
 *
 * Hardware: the firmware's configuration tables, read in place.
 * Spec.  ACPI 6.5: 5.2.5 RSDP, 5.2.6 table header, 5.2.7 RSDT, 5.2.8 XSDT, 18.3.1 BERT.
 * Trust. No pointer is followed out of the memory map, and a table ends with the range it lies in. Signatures,
 *        lengths and checksums are for whoever reads the tables to doubt.
 */
#include "efi/parts.h"
#include "efi/tables.h"

#define RSDP_REVISION 15
#define RSDP_RSDT     16
#define RSDP_XSDT     24
#define HEADER_BYTES  36
#define HEADER_LENGTH 4
#define BERT_BYTES    48
#define BERT_LENGTH   36
#define BERT_ADDRESS  40

/* The table at a physical address, header included; empty where none can be. */
static struct span table_at(uint64_t at)
{
	const struct span header = tables_span(at, HEADER_BYTES, 0);

	if (header.len < HEADER_BYTES)
		return (struct span){NULL, 0};
	return tables_span(at, le32(header.at + HEADER_LENGTH), 0);
}

/* Takes every table that the XSDT or RSDT lists with entries of so many bytes. False: it lists none. */
static bool take_listed(struct machine *machine, struct span list, size_t entry_bytes)
{
	for (size_t at = HEADER_BYTES; at + entry_bytes <= list.len; at += entry_bytes) {
		const uint8_t *entry = list.at + at;
		const struct span table = table_at(entry_bytes == 8 ? le64(entry) : le32(entry));

		if (table.len >= HEADER_BYTES && machine->acpi_table_count < ACPI_TABLES_MAX)
			machine->acpi_tables[machine->acpi_table_count++] = table;
	}
	return machine->acpi_table_count > 0;
}

static bool take_tables(struct machine *machine)
{
	const uint8_t *new = tables_find(&guid_acpi2), *old = tables_find(&guid_acpi1);
	const uint8_t *rsdp = new != NULL ? new : old;

	if (rsdp == NULL || memcmp(rsdp, "RSD PTR ", 8) != 0)
		return false;
	if (rsdp[RSDP_REVISION] >= 2 &&
		take_listed(machine, table_at(le64(rsdp + RSDP_XSDT)), sizeof(uint64_t)))
		return true;
	return take_listed(machine, table_at(le32(rsdp + RSDP_RSDT)), sizeof(uint32_t));
}

static void take_boot_errors(struct machine *machine)
{
	for (size_t i = 0; i < machine->acpi_table_count; i++) {
		const struct span t = machine->acpi_tables[i];

		if (t.len >= BERT_BYTES && memcmp(t.at, "BERT", 4) == 0)
			machine->boot_errors = tables_span(
				le64(t.at + BERT_ADDRESS), le32(t.at + BERT_LENGTH), 0);
	}
}

void acpi_build(struct machine *machine)
{
	machine->acpi_table_count = 0;
	machine->boot_errors = (struct span){NULL, 0};
	if (take_tables(machine))
		take_boot_errors(machine);
	else
		machine_note(machine, "The firmware publishes no ACPI tables");
}
