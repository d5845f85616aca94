/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.inventory: what disks there are, which of them are tested, and what cannot be reached.
 *
 * Pure, over struct machine.
 * Pass if at least one disk is there to be tested.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

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

static void report_unreachable(struct run *run, const struct unreachable *u)
{
	const struct field fields[] = {
		FIELD_STR("controller", u->name),
		FIELD_STR("location", u->location),
	};

	record_finding(run->rec, FINDING_DISK_UNREACHABLE, NULL, fields, ARRAY_LEN(fields),
		"%s at %s: the firmware has no driver for it, so no disk behind it was tested.",
		u->name, u->location);
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
