/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.inventory: what disks there are, which of them are tested, and what cannot be reached.
 *
 * Pure, over struct machine.
 * Pass if at least one disk is there to be tested.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define VMD_ADVICE                                                                                    \
	"Intel VMD hides the NVMe drives behind it: switch VMD off in firmware setup for this test, " \
	"and back on before the installed system boots"

static void note_disk(struct run *run, const struct disk *disk)
{
	char name[DISK_NAME], size[FMT_SIZE];

	record_note(run->rec, disk->id, "%s, serial %s, firmware %s: %s, %s, %u-byte blocks%s%s%s.",
		disk_name(name, disk), disk->serial[0] == '\0' ? "unknown" : disk->serial,
		disk->firmware[0] == '\0' ? "unknown" : disk->firmware,
		fmt_bytes(size, disk_bytes(disk)), disk->bus, disk->block_bytes,
		disk->removable ? ", removable" : "", disk->location[0] == '\0' ? "" : ", ",
		disk->location);
}

/* What to do about kinds of controllers, the most special first. 0: any. */
static const struct {
	uint16_t vendor_id, device_id, pci_class;
	const char *advice;
} advices[] = {
	{0x8086, 0x201d, 0, VMD_ADVICE},
	{0x8086, 0x28c0, 0, VMD_ADVICE},
	{0x8086, 0x467f, 0, VMD_ADVICE},
	{0x8086, 0x9a0b, 0, VMD_ADVICE},
	{0x8086, 0xa77f, 0, VMD_ADVICE},
	{0x8086, 0x7d0b, 0, VMD_ADVICE},
	{0x8086, 0xad0b, 0, VMD_ADVICE},
	{0x8086, 0, 0x0104,
		"Intel RST hides its drives in RAID mode: choose AHCI in firmware setup for this test, and go back before the installed system boots"},
	{0x1022, 0, 0x0104,
		"AMD RAIDXpert hides its drives: choose AHCI or NVMe mode in firmware setup for this test, and go back before the installed system boots"},
	{0x15ad, 0x07c0, 0,
		"a VMware paravirtual controller: give the virtual machine an NVMe or SATA controller instead"},
	{0, 0, 0x0104,
		"a RAID controller: enable the UEFI option ROM of its slot in firmware setup, or test the drives on an HBA or SATA port"},
	{0, 0, 0x0107,
		"a SAS controller: enable the UEFI option ROM of its slot in firmware setup, or load its UEFI driver"},
	{0, 0, 0x0100,
		"a SCSI controller: enable the UEFI option ROM of its slot in firmware setup, or load its UEFI driver"},
	{0, 0, 0x0106, "set the SATA controller to AHCI in firmware setup"},
	{0, 0, 0x0108,
		"enable NVMe support in firmware setup, or update the firmware; where other NVMe drives are found, this one does not start"},
	{0, 0, 0x0805, "this firmware reads no SD cards: test the card in a USB reader"},
	{0, 0, 0x0101, "set the controller to AHCI or native IDE in firmware setup"},
	{0, 0, 0, "this firmware does not speak UAS: use a USB 2 port or another enclosure"},
};

/* Of each reason: what nobody could do, and of drives, what to do about it. */
static const struct {
	const char *cause, *advice;
} reasons[] = {
	[NO_DRIVER] = {"the firmware has no driver for it, so no disk behind it was tested", NULL},
	[NO_MEDIUM] = {"it says that it has no medium, so nothing on it was tested",
		"switch the machine off and on and reseat the drive; a fixed drive that stays so is broken, or reserved by another host"},
	[NO_CAPACITY] = {"it claims to have no capacity (an NVMe drive: no active namespace), so nothing on it was tested",
		"switch the machine off and on and reseat the drive; if it stays so, its firmware has given up: replace it"},
	[ODD_BLOCKS] = {"its blocks have a size that the firmware cannot read, so nothing on it was tested",
		"drives of storage arrays have blocks of 520 or 528 bytes: test it there, or format it with 512 (sg_format) when nothing on it is needed"},
};

static const char *advice_for(const struct unreachable *u)
{
	size_t i = 0;

	if (reasons[u->why].advice != NULL)
		return reasons[u->why].advice;
	while (i + 1 < ARRAY_LEN(advices) &&
		((advices[i].vendor_id != 0 && advices[i].vendor_id != u->vendor_id) ||
			(advices[i].device_id != 0 && advices[i].device_id != u->device_id) ||
			(u->pci_class == 0 || (advices[i].pci_class != 0 &&
						      advices[i].pci_class != u->pci_class))))
		i++;
	return advices[i].advice;
}

static void report_unreachable(struct run *run, const struct unreachable *u)
{
	char class[8] = "usb";
	const struct field fields[] = {
		FIELD_STR("controller", u->name),
		FIELD_STR("location", u->location),
		FIELD_ADDRESS("vendor_id", u->vendor_id),
		FIELD_ADDRESS("device_id", u->device_id),
		FIELD_STR("class", class),
		FIELD_STR("advice", advice_for(u)),
	};

	if (u->pci_class != 0)
		fmt_to(class, sizeof(class), "%04x", u->pci_class);
	record_finding(run->rec, FINDING_DISK_UNREACHABLE, NULL, fields, ARRAY_LEN(fields),
		"%s at %s: %s; %s.", u->name, u->location, reasons[u->why].cause, advice_for(u));
}

static enum verdict run_inventory(struct run *run)
{
	const struct machine *m = run->machine;

	for (size_t i = 0; i < m->disk_count; i++)
		note_disk(run, &m->disks[i]);
	for (size_t i = 0; i < m->unreachable_count; i++)
		report_unreachable(run, &m->unreachable[i]);
	disk_select(run);
	if (m->disk_count == 0) {
		record_why(run->rec, "%s",
			m->unreachable_count == 0 ? "no disk found"
						  : "no disk that the firmware can read");
		return SKIP;
	}
	if (run->disk->chosen_count == 0) {
		record_why(run->rec, "no disk is left by disk.only and disk.exclude");
		return SKIP;
	}
	record_why(run->rec, "%zu of %zu disks are to be tested", run->disk->chosen_count,
		m->disk_count);
	return PASS;
}

const struct check disk_inventory_check = {
	.id = "disk.inventory",
	.title = "Disks and storage controllers",
	.pass_if =
		"at least one disk is there to be tested, and every storage controller can be reached",
	.housekeeping = true,
	.run = run_inventory,
};
