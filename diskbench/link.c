/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What came of a disk's PCI Express link. Pure. See link.h. */
#include "diskbench/link.h"
#include "core/fmt.h"
#include "core/pcie.h"
#include "diskbench/select.h"

#define LINK_TEXT 32

static const char *link_text(char buf[LINK_TEXT], unsigned width, unsigned speed)
{
	char figure[FMT_SIZE];

	fmt_to(buf, LINK_TEXT, "x%u at %s GT/s", width, fmt_decimal(figure, speed, 1));
	return buf;
}

static unsigned lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool is_degraded(const struct pcie_link *link)
{
	return link->width < link->max_width || link->speed < link->max_speed;
}

static void tell_degraded(struct run *run, const struct disk *disk, const struct pcie_link *link)
{
	char name[DISK_NAME], is[LINK_TEXT], could[LINK_TEXT];
	const struct field fields[] = {
		FIELD_STR("disk", disk->id),
		FIELD_NUM("width", link->width),
		FIELD_NUM("max_width", link->max_width),
		FIELD_STR("link", link_text(is, link->width, link->speed)),
		FIELD_STR("max_link", link_text(could, link->max_width, link->max_speed)),
	};

	record_finding(run->rec, FINDING_DISK_LINK_DEGRADED, disk->id, fields, ARRAY_LEN(fields),
		"%s: its PCI Express link is %s, and both its ends can %s.", disk_name(name, disk),
		is, could);
}

void disk_link_tell(struct run *run, const struct disk *disk)
{
	struct span own = {0}, above = {0};
	struct pcie_link link, port;
	char is[LINK_TEXT], could[LINK_TEXT];

	if (disk->link == NULL)
		return;
	disk->link(disk->ctx, &own, &above);
	if (!pcie_link_read(own, &link))
		return;
	record_measure(run->rec, disk->id, "pcie_width", link.width, 0, "lanes");
	record_measure(run->rec, disk->id, "pcie_speed", link.speed, 1, "GT/s");
	if (!is_degraded(&link))
		return;
	if (!pcie_link_read(above, &port)) {
		record_note(run->rec, disk->id,
			"The PCI Express link of %s is %s; the drive can %s, and what its slot can is not known.",
			disk->id, link_text(is, link.width, link.speed),
			link_text(could, link.max_width, link.max_speed));
		return;
	}
	link.max_width = lesser(link.max_width, port.max_width);
	link.max_speed = lesser(link.max_speed, port.max_speed);
	if (is_degraded(&link))
		tell_degraded(run, disk, &link);
}
