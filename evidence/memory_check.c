/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.inventory: are all installed modules in use, and what do the firmware's tables know of memory errors? Pure.
 *
 * Pass if: no module is missing from the memory map, and the tables hold no memory error.
 * Trust. None of the tables; see missing.h and dimm_map.h. What they say of errors has no date: it is worth a look, not
 *        a verdict on a module.
 */
#include "evidence/memory_check.h"
#include "core/fmt.h"
#include "evidence/acpi.h"
#include "evidence/encryption.h"
#include "evidence/missing.h"
#include "evidence/smbios.h"

static struct span table_of(const struct run *run)
{
	return smbios_trusted(run->machine->smbios_entry, run->machine->smbios_table);
}

/* ---- modules without addresses ---- */

/* The one module that the tables give no address, if there is one such and the shortfall is about its size: else
 * DIMMS_MAX. */
static unsigned unmapped_module(const struct run *run, uint64_t missing)
{
	const struct dimm_set unmapped = run->topology->dimms_unmapped;
	char id[PART_ID];
	const struct part *p;

	if (dimm_set_count(unmapped) != 1)
		return DIMMS_MAX;
	fmt_to(id, sizeof(id), "dimm%u", dimm_set_first(unmapped));
	p = inventory_part(run->inventory, id);
	return p != NULL && missing >= p->size_bytes - p->size_bytes / 8 &&
			       missing < p->size_bytes + p->size_bytes / 2
		       ? dimm_set_first(unmapped)
		       : DIMMS_MAX;
}

static void tell_missing(
	struct run *run, const struct installed *installed, const struct shortfall *s)
{
	const unsigned dimm = unmapped_module(run, s->bytes);
	const uint64_t mapped = run->machine->ram.map.mapped_bytes;
	char total[FMT_SIZE], there[FMT_SIZE], missing[FMT_SIZE], id[PART_ID];
	char label[PART_LABEL], which[PART_LABEL + 64];
	const struct field fields[] = {
		FIELD_NUM("installed_bytes", installed->bytes),
		FIELD_NUM("mapped_bytes", mapped),
		FIELD_NUM("missing_bytes", s->bytes),
		FIELD_STR("dimm", id),
	};

	fmt_to(id, sizeof(id), "dimm%u", dimm);
	if (dimm < DIMMS_MAX)
		fmt_to(which, sizeof(which), "The firmware has mapped out %s",
			dimm_label(label, sizeof(label), run->inventory, dimm));
	else
		fmt_to(which, sizeof(which), "Which of the %u modules it is, no table says. %s",
			installed->modules, s->why);
	record_finding_as(run->rec, FINDING_MEM_DIMM_MISSING, dimm < DIMMS_MAX ? FAIL : s->verdict,
		dimm < DIMMS_MAX ? id : PART_ID_MEMORY, fields,
		ARRAY_LEN(fields) - (dimm < DIMMS_MAX ? 0 : 1),
		"%u modules with %s are installed, but the memory map has %s: %s are missing. %s.",
		installed->modules, fmt_bytes(total, installed->bytes), fmt_bytes(there, mapped),
		fmt_bytes(missing, s->bytes), which);
}

/* Whether a name can be that of a module: no placeholder, and not one character over and over. */
static bool is_name(const char *s)
{
	size_t same = 0;

	while (s[same] != '\0' && s[same] == s[0])
		same++;
	return s[same] != '\0' && !smbios_is_placeholder(s);
}

/* A slot whose module the firmware can name, but gives no size: it read the module's SPD and then did without it. */
static void tell_disabled(struct run *run, const struct smbios_dimm *d)
{
	const struct field fields[] = {FIELD_STR("slot", d->locator),
		FIELD_STR("part_number", d->part_number), FIELD_STR("serial", d->serial)};

	record_finding_as(run->rec, FINDING_MEM_DIMM_MISSING, WARN, PART_ID_MEMORY, fields,
		ARRAY_LEN(fields),
		"The firmware knows the module in %s (%s %s, serial %s), but counts the slot as empty.",
		d->locator, d->maker, d->part_number, d->serial);
}

static void look_for_disabled(struct run *run)
{
	struct smbios_structure s;
	struct smbios_dimm d;
	size_t cursor = 0;
	unsigned told = 0;

	while (told < DIMMS_MAX && smbios_next_of(table_of(run), 17, &cursor, &s)) {
		smbios_read_dimm(&s, &d);
		if (!d.populated && is_name(d.serial) && is_name(d.part_number)) {
			tell_disabled(run, &d);
			told++;
		}
	}
}

/* ---- errors that the tables know of ---- */

static void tell_error(struct run *run, uint16_t handle, const char *part, const char *whose)
{
	struct smbios_structure s;
	struct smbios_memory_error e;
	const struct field fields[] = {FIELD_NUM("handle", handle)};

	if (handle >= SMBIOS_NO_ERROR || !smbios_by_handle(table_of(run), handle, &s) ||
		(s.type != 18 && s.type != 33))
		return;
	smbios_read_memory_error(&s, &e);
	if (e.what == NULL)
		return;
	record_finding_as(run->rec,
		e.is_corrected ? FINDING_MEM_CORRECTED_ERROR : FINDING_MEM_UNCORRECTED_ERROR, WARN,
		part, fields, ARRAY_LEN(fields),
		"The firmware's tables hold %s of %s (SMBIOS type %u); they do not say when.",
		e.what, whose, s.type);
}

static void look_for_errors(struct run *run)
{
	const struct span table = table_of(run);
	struct smbios_structure s;
	struct smbios_dimm d;
	struct smbios_array a;
	char id[PART_ID], label[PART_LABEL];
	size_t cursor = 0;

	for (unsigned n = 0; n < DIMMS_MAX && smbios_next_module(table, &cursor, &d); n++) {
		fmt_to(id, sizeof(id), "dimm%u", n);
		tell_error(run, d.errors, id, dimm_label(label, sizeof(label), run->inventory, n));
	}
	cursor = 0;
	for (unsigned n = 0; n < DIMMS_MAX && smbios_next_of(table, 16, &cursor, &s); n++) {
		smbios_read_array(&s, &a);
		tell_error(run, a.errors, PART_ID_MEMORY, "a memory array");
	}
}

/* ---- what else bears on the memory tests ---- */

static void note_firmware_first(struct run *run)
{
	const struct machine *m = run->machine;
	struct span table;
	struct hest hest;
	uint32_t status = bert_status(m->boot_errors);

	if (acpi_find(m->acpi_tables, m->acpi_table_count, "HEST", &table)) {
		hest_read(table, &hest);
		if (hest.firmware_first || hest.generic)
			record_note(run->rec, PART_ID_MEMORY,
				"firmware may take corrected errors first: read the BMC log");
	}
	if (acpi_find(m->acpi_tables, m->acpi_table_count, "BERT", &table) && status != 0)
		record_note(run->rec, PART_ID_BOARD,
			"the firmware kept %s hardware error from before this boot (ACPI BERT, status 0x%x)",
			(status & BERT_UNCORRECTED) != 0 ? "an uncorrected" : "a corrected",
			status);
}

static void note_kinds(struct run *run)
{
	static const struct {
		enum memory_kind kind;
		const char *note;
	} rows[] = {
		{MEMORY_PERSISTENT, "persistent memory: never written"},
		{MEMORY_SPECIAL, "memory set aside for special purposes: never written"},
		{MEMORY_UNACCEPTED, "memory that the firmware has not accepted: never written"},
		{MEMORY_UNUSABLE, "memory that the firmware found bad and took out of use"},
	};
	const struct ram_map *map = &run->machine->ram.map;
	const char *encryption = encryption_sentence(&run->machine->encryption);
	char bytes[FMT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (map->kind_bytes[rows[i].kind] > 0)
			record_note(run->rec, PART_ID_MEMORY, "%s of %s",
				fmt_bytes(bytes, map->kind_bytes[rows[i].kind]), rows[i].note);
	}
	if (map->mirrored_bytes > 0)
		record_note(run->rec, PART_ID_MEMORY,
			"%s of memory are mirrored: the hardware hides what fails in one copy",
			fmt_bytes(bytes, map->mirrored_bytes));
	if (encryption != NULL)
		record_note(run->rec, PART_ID_MEMORY, "%s", encryption);
}

/* ---- the check ---- */

static void tell_unsized(struct run *run)
{
	struct smbios_dimm d;
	size_t cursor = 0;
	char label[PART_LABEL];

	for (unsigned n = 0; n < DIMMS_MAX && smbios_next_module(table_of(run), &cursor, &d); n++) {
		if (d.size_bytes == 0)
			record_note(run->rec, PART_ID_MEMORY,
				"the firmware does not say the size of %s",
				dimm_label(label, sizeof(label), run->inventory, n));
	}
}

static enum verdict run_inventory(struct run *run)
{
	const struct ram_map *map = &run->machine->ram.map;
	struct installed installed;
	struct shortfall shortfall;
	char total[FMT_SIZE], mapped[FMT_SIZE];

	note_firmware_first(run);
	note_kinds(run);
	installed_read(table_of(run), &installed);
	shortfall = shortfall_judge(&installed, map);
	look_for_disabled(run);
	look_for_errors(run);
	tell_unsized(run);
	if (shortfall.verdict == SKIP) {
		record_why(run->rec, "installed and mapped memory cannot be compared: %s",
			shortfall.why);
		return SKIP;
	}
	if (shortfall.bytes > 0)
		tell_missing(run, &installed, &shortfall);
	record_why(run->rec, "%u module%s with %s installed, %s in the memory map",
		installed.modules, installed.modules == 1 ? "" : "s",
		fmt_bytes(total, installed.bytes), fmt_bytes(mapped, map->mapped_bytes));
	return PASS;
}

const struct check mem_inventory_check = {
	.id = "mem.inventory",
	.title = "Memory modules: installed against mapped, and errors the firmware knows of",
	.pass_if =
		"the memory map has room for every installed module, and the firmware's tables hold no memory error",
	.once = true,
	.run = run_inventory,
};
