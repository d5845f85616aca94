/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The SMBIOS reader against dumps of real machines in $KIRIWAKE_DATA/smbios; skipped with a message where there are none. */
#include "core/fmt.h"
#include "evidence/dimm_map.h"
#include "evidence/missing.h"
#include "evidence/smbios.h"
#include "tests/test.h"
#include <stdlib.h>

#define TABLE_MAX 65536

struct dump {
	const char *file;
	const char *board, *fw; /* expected to be part of the names */
	unsigned cpus, dimms;   /* populated */
	unsigned installed_gib;
	unsigned hole_mib;    /* below 4 GiB; 0: no RAM above */
	const char *map;      /* why the map of DIMMs is as good as it is */
	unsigned first, last; /* how many DIMMs the lowest and the highest RAM may lie on */
};

static size_t count_parts(const struct inventory *inv, enum part_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < inv->count; i++)
		count += inv->parts[i].kind == kind;
	return count;
}

static size_t count_structures(struct span table)
{
	struct smbios_structure s;
	size_t cursor = 0, count = 0;

	while (smbios_next(table, &cursor, &s))
		count++;
	return count;
}

static bool load(const char *folder, const char *name, uint8_t *bytes, size_t *ret_len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/smbios/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	*ret_len = fread(bytes, 1, TABLE_MAX, file);
	fclose(file);
	return true;
}

/* The map of DIMMs against the RAM that such a machine has. */
static void check_map(const struct dump *d, struct span table)
{
	static struct topology topology;
	static struct ram_map ram;
	const uint64_t bytes = (uint64_t)d->installed_gib << 30, mib = 1 << 20;
	const uint64_t low = d->hole_mib == 0 ? bytes : (4096 - d->hole_mib) * mib;
	struct dimm_set first, last;

	memset(&ram, 0, sizeof(ram));
	ram_map_add(&ram, 0, low, 7, 0);
	ram_map_add(&ram, 4096 * mib, bytes - low, 7, 0);
	dimm_map_read(table, &ram, &topology);
	CHECK_STR(topology.dimm_why, d->map);
	CHECK(topology_dimms(&topology, 0, &first) &&
			topology_dimms(&topology, ram_map_top(&ram) - 1, &last),
		"%s", d->file);
	CHECK(dimm_set_count(first) == d->first && dimm_set_count(last) == d->last, "%s: %u and %u",
		d->file, dimm_set_count(first), dimm_set_count(last));
}

/* Nothing is missing where all that is installed is mapped. */
static void check_installed(const struct dump *d, struct span table)
{
	static struct ram_map ram;
	struct installed installed;

	memset(&ram, 0, sizeof(ram));
	ram_map_add(&ram, 0, ((uint64_t)d->installed_gib << 30) - (100 << 20), 7, 0);
	installed_read(table, &installed);
	CHECK_U64(installed.modules, d->dimms);
	CHECK_U64(installed.bytes, (uint64_t)d->installed_gib << 30);
	CHECK(shortfall_judge(&installed, &ram).verdict == PASS, "%s", d->file);
}

static void check_dump(const struct dump *d, const uint8_t *bytes, size_t len)
{
	static struct inventory inv;
	char fw[2 * PART_TEXT + 2];
	struct smbios_entry e;
	struct span entry = {bytes, 31}, table = {bytes + 32, len - 32};

	if (!smbios_entry_read(entry, &e)) {
		CHECK(false, "%s: no entry point", d->file);
		return;
	}
	if (e.table_address <
		len) /* where the dump says, unless the pointers were left as they were */
		table = (struct span){bytes + e.table_address, len - (size_t)e.table_address};
	inv.count = 0;
	CHECK(smbios_inventory(entry, table, &inv) > 2, "%s", d->file);
	CHECK(strstr(inv.parts[0].name, d->board) != NULL, "%s: %s", d->file, inv.parts[0].name);
	fmt_to(fw, sizeof(fw), "%s %s", inv.parts[1].maker, inv.parts[1].version);
	CHECK(strstr(fw, d->fw) != NULL, "%s: %s", d->file, fw);
	CHECK(count_parts(&inv, PART_CPU) == d->cpus, "%s: %zu CPUs", d->file,
		count_parts(&inv, PART_CPU));
	CHECK(count_parts(&inv, PART_DIMM) == d->dimms, "%s: %zu DIMMs", d->file,
		count_parts(&inv, PART_DIMM));
	CHECK_U64(smbios_installed_bytes(table), (uint64_t)d->installed_gib << 30);
	check_map(d, table);
	check_installed(d, table);
	CHECK(count_structures(table) == e.structures - 1, "%s: all but the end mark", d->file);
}

/* A machine whose serial number repeats its UUID: the byte order was right. */
static void check_uuid(const uint8_t *bytes, size_t len)
{
	struct span table = {bytes + 32, len - 32};
	struct smbios_structure s;
	struct smbios_system system;
	struct smbios_entry e;
	size_t cursor = 0;

	CHECK(smbios_entry_read((struct span){bytes, 31}, &e) &&
		smbios_next_of(table, 1, &cursor, &s));
	smbios_read_system(&s, &e, &system);
	CHECK_STR(system.serial, "VMware-50 36 00 e5 9f 24 76 3a-84 d1 b1 7d fc b7 4a ff");
	CHECK_STR(system.uuid, "503600e5-9f24-763a-84d1-b17dfcb74aff");
}

/* A machine without SMBIOS. */
static void check_nothing(void)
{
	static struct inventory inv;
	struct span none = {0};
	size_t cursor = 0;
	char string[8];

	CHECK_U64(smbios_inventory(none, none, &inv), 0);
	CHECK_U64(smbios_installed_bytes(none), 0);
	CHECK(!smbios_next_oem_string(none, &cursor, string, sizeof(string)));
}

int main(void)
{
	static const char alone[] = "it is the only one";
	static const struct dump dumps[] = {
		{"DellPrecisionWorkStation-490.dmp", "Precision WorkStation 490", "Dell Inc. A05",
			1, 2, 2, 0, "SMBIOS type 20", 2, 2},
		{"IBM-x3950-M2.0.dmidump", "x3950 M2", "IBM", 4, 18, 48, 1024,
			"SMBIOS type 20 is missing, type 19 knows one array", 18, 18},
		{"PowerEdge-1800.0.dmidump", "PowerEdge 1800", "A05 of 09/21/2005", 1, 2, 1, 0,
			"SMBIOS type 20", 2, 2},
		{"ProLiant-BL460c-G1.0.dmidump", "ProLiant BL460c G1", "HP I15", 1, 4, 16, 768,
			"SMBIOS type 20", 4, 4},
		{"ProLiant-DL585-G2.0.dmidump", "ProLiant DL585 G2", "HP A07", 4, 20, 32, 2048,
			"SMBIOS type 20", 4, 6},
		{"VMware-Virtual-Platform.0.dmidump", "VMware Virtual Platform", "Phoenix", 1, 1, 2,
			0, alone, 1, 1},
		{"dell-ES3020.dat", "ES3020", "UNISYS Corp. A10", 2, 2, 2, 0, "SMBIOS type 20", 2,
			2},
		{"dell-PE0400.dat", "PowerEdge 400SC", "A02", 1, 2, 1, 0,
			"SMBIOS type 20 knows nothing of channels, type 19 knows one array", 2, 2},
	};
	const char *folder = getenv("KIRIWAKE_DATA");
	static uint8_t bytes[TABLE_MAX];
	size_t len, loaded = 0;

	check_nothing();
	if (folder == NULL)
		folder = "../shared/data";
	for (size_t i = 0; i < ARRAY_LEN(dumps); i++) {
		if (!load(folder, dumps[i].file, bytes, &len))
			continue;
		check_dump(&dumps[i], bytes, len);
		loaded++;
	}
	if (load(folder, "VMware-Virtual-Platform.0.dmidump", bytes, &len))
		check_uuid(bytes, len);
	if (loaded < ARRAY_LEN(dumps))
		printf("%s: skipped %zu of %zu dumps: not in %s/smbios\n", __FILE__,
			ARRAY_LEN(dumps) - loaded, ARRAY_LEN(dumps), folder);
	return test_end(__FILE__);
}
