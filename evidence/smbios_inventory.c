/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS as parts of the machine. Pure. See smbios.h. */
#include "core/fmt.h"
#include "core/text.h"
#include "evidence/smbios.h"

enum {
	TYPE_FIRMWARE = 0,
	TYPE_SYSTEM = 1,
	TYPE_BOARD = 2,
	TYPE_PROCESSOR = 4,
	TYPE_DIMM = 17,
	TYPE_IPMI = 38
};

bool smbios_is_placeholder(const char *s)
{
	static const char *const globs[] = {"", "to be filled by o.e.m*", "not specified",
		"not available", "none", "n/a", "unknown", "default string", "system serial number",
		"system product name", "system manufacturer", "system version", "*[empty]*",
		"empty", "manufacturer#*", "modulepartnumber*", "no dimm*", "*sernum*",
		"*serialnum*", "*partnum*", "00000000", "0000000000000000", "ffffffff",
		/* UUIDs that makers left in, as written or with the byte order of before 2.6; the last two are of a Dell without its
		 * service tag. */
		"12345678-1234-5678-*", "78563412-3412-7856-*", "01234567-89ab-cdef-*",
		"*deadbeef*", "10000000-0000-8000-0040-000000000000",
		"4c4c4544-0000-2010-8020-80c04f202020", "44454c4c-0000-1020-8020-80c04f202020"};
	struct text t = {s, text_length(s)};

	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		if (text_glob((struct text){globs[i], text_length(globs[i])}, t))
			return true;
	}
	return false;
}

/* Keeps the text in dst unless it is a placeholder or dst has one. */
static void keep(char dst[PART_TEXT], const char *src)
{
	if (dst[0] == '\0' && !smbios_is_placeholder(src))
		text_copy(dst, PART_TEXT, src);
}

static struct part *add(struct inventory *inv, enum part_kind kind)
{
	struct part *p;

	if (inv->count >= PARTS_MAX)
		return NULL;
	p = &inv->parts[inv->count++];
	*p = (struct part){.kind = kind};
	return p;
}

static void add_firmware(struct span table, struct inventory *inv)
{
	struct smbios_structure s;
	struct smbios_firmware fw;
	size_t cursor = 0;
	struct part *p;

	if (!smbios_next_of(table, TYPE_FIRMWARE, &cursor, &s) ||
		(p = add(inv, PART_FIRMWARE)) == NULL)
		return;
	smbios_read_firmware(&s, &fw);
	text_copy(p->id, sizeof(p->id), PART_ID_FIRMWARE);
	keep(p->maker, fw.vendor);
	keep(p->version, fw.version);
	if (!smbios_is_placeholder(fw.date))
		fmt_add(p->version, sizeof(p->version), "%s%s", p->version[0] ? " of " : "",
			fw.date);
	text_copy(p->name, sizeof(p->name), "firmware");
}

/* The main board among all boards, else the first. */
static bool find_board(struct span table, struct smbios_board *ret)
{
	struct smbios_structure s;
	struct smbios_board board;
	size_t cursor = 0;
	bool found = false;

	while (smbios_next_of(table, TYPE_BOARD, &cursor, &s)) {
		smbios_read_board(&s, &board);
		if (!found || board.is_main)
			*ret = board;
		found = true;
		if (board.is_main)
			break;
	}
	return found;
}

/* The machine around the other parts: the system's names where they are set, else the board's. */
static void add_board(const struct smbios_entry *entry, struct span table, struct inventory *inv)
{
	struct smbios_structure s;
	struct smbios_system system;
	struct smbios_board board;
	size_t cursor = 0;
	struct part p = {.kind = PART_BOARD, .id = PART_ID_BOARD}, *added;
	bool has_system = smbios_next_of(table, TYPE_SYSTEM, &cursor, &s);

	if (has_system) {
		smbios_read_system(&s, entry, &system);
		keep(p.name, system.product);
		keep(p.maker, system.maker);
		keep(p.serial, system.serial);
		keep(p.version, system.version);
		if (!smbios_is_placeholder(system.uuid))
			text_copy(inv->uuid, sizeof(inv->uuid), system.uuid);
	}
	if (find_board(table, &board)) {
		keep(p.name, board.product);
		keep(p.maker, board.maker);
		keep(p.serial, board.serial);
		keep(p.version, board.version);
		keep(p.part_number, board.product);
	} else if (!has_system) {
		return;
	}
	keep(p.name, "machine without a name");
	added = add(inv, PART_BOARD);
	if (added != NULL)
		*added = p;
}

static void add_processors(struct span table, struct inventory *inv)
{
	struct smbios_structure s;
	struct smbios_processor cpu;
	size_t cursor = 0;
	unsigned number = 0;

	while (smbios_next_of(table, TYPE_PROCESSOR, &cursor, &s)) {
		struct part *p;

		smbios_read_processor(&s, &cpu);
		if (!cpu.populated)
			continue;
		p = add(inv, PART_CPU);
		if (p == NULL)
			return;
		fmt_to(p->id, sizeof(p->id), "cpu%u", number++);
		keep(p->name, cpu.version);
		keep(p->name, cpu.socket);
		keep(p->name, "CPU");
		keep(p->maker, cpu.maker);
		keep(p->serial, cpu.serial);
		keep(p->part_number, cpu.part_number);
		keep(p->location, cpu.socket);
	}
}

static void fill_dimm(const struct smbios_dimm *dimm, unsigned number, struct part *p)
{
	char size[FMT_SIZE];

	fmt_to(p->id, sizeof(p->id), "dimm%u", number);
	p->size_bytes = dimm->size_bytes;
	fmt_to(p->name, sizeof(p->name), "%s %s",
		dimm->size_bytes == 0 ? "unknown size" : fmt_bytes(size, dimm->size_bytes),
		dimm->technology);
	if (dimm->speed_mts != 0)
		fmt_add(p->name, sizeof(p->name), " %u MT/s", dimm->speed_mts);
	keep(p->maker, dimm->maker);
	keep(p->serial, dimm->serial);
	keep(p->part_number, dimm->part_number);
	keep(p->location, dimm->locator);
	if (p->location[0] == '\0')
		keep(p->location, dimm->bank);
	else if (!smbios_is_placeholder(dimm->bank))
		fmt_add(p->location, sizeof(p->location), " (%s)", dimm->bank);
}

bool smbios_next_module(struct span table, size_t *cursor, struct smbios_dimm *ret)
{
	struct smbios_structure s;
	struct smbios_dimm dimm;

	while (smbios_next_of(table, TYPE_DIMM, cursor, &s)) {
		smbios_read_dimm(&s, &dimm);
		if (dimm.populated && dimm.is_ram) {
			*ret = dimm;
			return true;
		}
	}
	return false;
}

static void add_dimms(struct span table, struct inventory *inv)
{
	struct smbios_dimm dimm;
	size_t cursor = 0;
	unsigned number = 0;

	while (smbios_next_module(table, &cursor, &dimm)) {
		struct part *p = add(inv, PART_DIMM);

		if (p == NULL)
			return;
		fill_dimm(&dimm, number++, p);
	}
}

uint64_t smbios_installed_bytes(struct span table)
{
	struct smbios_dimm dimm;
	size_t cursor = 0;
	uint64_t sum = 0;

	while (smbios_next_module(table, &cursor, &dimm)) {
		if (dimm.size_bytes == 0 || __builtin_add_overflow(sum, dimm.size_bytes, &sum))
			return 0;
	}
	return sum;
}

struct span smbios_trusted(struct span entry, struct span table)
{
	struct smbios_entry e;

	if (entry.len == 0)
		return table;
	if (!smbios_entry_read(entry, &e))
		return (struct span){table.at, 0};
	if (e.table_bytes != 0 && e.table_bytes < table.len)
		table.len = e.table_bytes;
	return table;
}

size_t smbios_inventory(struct span entry, struct span table, struct inventory *inv)
{
	struct smbios_entry e;
	struct smbios_structure ipmi;
	size_t cursor = 0;
	const size_t before = inv->count;
	const bool has_entry = smbios_entry_read(entry, &e);

	table = smbios_trusted(entry, table);
	add_board(has_entry ? &e : NULL, table, inv);
	add_firmware(table, inv);
	add_processors(table, inv);
	add_dimms(table, inv);
	inv->has_bmc = smbios_next_of(table, TYPE_IPMI, &cursor, &ipmi);
	return inv->count - before;
}
