/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts list of a machine. Pure. See inventory.h. */
#include "suite/inventory.h"
#include "core/fmt.h"
#include "evidence/acpi.h"
#include "evidence/dimm_map.h"
#include "evidence/smbios.h"

static struct part *add(
	struct inventory *inv, enum part_kind kind, const char *id, const char *name)
{
	struct part *p;

	if (inv->count == PARTS_MAX)
		return NULL;
	p = &inv->parts[inv->count++];
	*p = (struct part){.kind = kind};
	text_copy(p->id, sizeof(p->id), id);
	text_copy(p->name, sizeof(p->name), name);
	return p;
}

static bool has(const struct inventory *inv, enum part_kind kind)
{
	for (size_t i = 0; i < inv->count; i++) {
		if (inv->parts[i].kind == kind)
			return true;
	}
	return false;
}

static void add_nic(struct inventory *inv, const struct nic *nic)
{
	struct part *p = add(inv, PART_NIC, nic->id, nic->name);

	if (p == NULL)
		return;
	text_copy(p->location, sizeof(p->location), nic->location);
	text_copy(p->version, sizeof(p->version), nic->driver);
	if (nic->has_driver && mac_is_host(nic->permanent))
		mac_text(p->serial, nic->permanent);
}

static void add_disk(struct inventory *inv, const struct disk *disk)
{
	char size[FMT_SIZE], name[PART_TEXT];
	struct part *p;

	fmt_to(name, sizeof(name), "%s %s", disk->model[0] ? disk->model : disk->bus,
		fmt_bytes(size, disk->block_count * disk->block_bytes));
	p = add(inv, PART_DISK, disk->id, name);
	if (p == NULL)
		return;
	text_copy(p->part_number, sizeof(p->part_number), disk->model);
	text_copy(p->serial, sizeof(p->serial), disk->serial);
	text_copy(p->version, sizeof(p->version), disk->firmware);
	text_copy(p->location, sizeof(p->location), disk->location);
	p->size_bytes = disk->block_count * disk->block_bytes;
}

void inventory_take(const struct machine *machine, struct inventory *ret)
{
	*ret = (struct inventory){0};
	smbios_inventory(machine->smbios_entry, machine->smbios_table, ret);
	if (!has(ret, PART_BOARD))
		add(ret, PART_BOARD, PART_ID_BOARD, "unknown machine (no SMBIOS)");
	if (!has(ret, PART_FIRMWARE))
		add(ret, PART_FIRMWARE, PART_ID_FIRMWARE, machine->firmware);
	add(ret, PART_MEMORY, PART_ID_MEMORY, "memory");
	add(ret, PART_NETWORK, PART_ID_NETWORK, "network");
	for (size_t i = 0; i < machine->nic_count; i++)
		add_nic(ret, &machine->nics[i]);
	for (size_t i = 0; i < machine->disk_count; i++)
		add_disk(ret, &machine->disks[i]);
}

void topology_take(const struct machine *machine, struct topology *ret)
{
	struct span srat;

	*ret = (struct topology){0};
	if (acpi_find(machine->acpi_tables, machine->acpi_table_count, "SRAT", &srat))
		srat_read(srat, machine->cpus.apic_ids, machine->cpus.count, ret);
	dimm_map_read(smbios_trusted(machine->smbios_entry, machine->smbios_table),
		&machine->ram.map, ret);
}

/* How many sets of DIMMs the map tells apart. */
static unsigned count_sets(const struct topology *t)
{
	unsigned sets = 0;

	for (size_t i = 0; i < t->dimm_range_count; i++) {
		size_t j = 0;

		while (j < i && !dimm_set_same(t->dimm_ranges[j].dimms, t->dimm_ranges[i].dimms))
			j++;
		sets += j == i;
	}
	return sets;
}

void topology_note(const struct topology *t, struct recorder *rec)
{
	const unsigned sets = count_sets(t);

	if (t->node_count > 1)
		record_note(rec, PART_ID_MEMORY, "%u NUMA nodes (ACPI SRAT), memory in %u ranges",
			t->node_count, (unsigned)t->node_range_count);
	else
		record_note(rec, PART_ID_MEMORY, "the firmware names %s",
			t->node_count == 1 ? "one NUMA node" : "no NUMA nodes");
	if (sets > 1)
		record_note(rec, PART_ID_MEMORY, "an address tells %u groups of DIMMs apart (%s)",
			sets, t->dimm_why);
	else
		record_note(rec, PART_ID_MEMORY, "an address does not tell DIMMs apart: %s",
			t->dimm_why);
}
