/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the vendors put into SMART attributes: names, and how much of the raw value is the count.
 *
 * Pure.
 * Spec.  None: ATA leaves attributes to the vendors. Ids, names and widths are what they and their tools have in common;
 *        where a model differs, the table of quirks says so.
 * Trust. A raw value that makes no sense for what it should be is not judged.
 */
#ifndef KIRIWAKE_DISKBENCH_ATA_ATTRIBUTES_H
#define KIRIWAKE_DISKBENCH_ATA_ATTRIBUTES_H

#include "diskbench/ata_smart.h"
#include "diskbench/health.h"

/* As smartctl calls it: "Reallocated_Sector_Ct"; "Unknown_Attribute" for the rest. Some ids mean different things on drives
 * with and without moving parts. */
const char *ata_attribute_name(uint8_t id, bool solid_state);

/* Whether an attribute tells how much of a solid-state drive's endurance is used up, counting down. */
bool ata_attribute_is_wear(const struct ata_identity *id, const struct ata_attribute *a);

/* Degrees Celsius from a temperature attribute (190, 194). False: not to be had from it. */
bool ata_attribute_temperature(const struct ata_attribute *a, int *ret_c);

/* Takes the figures that attributes tell. Those known already stay. */
void ata_attributes_fold(
	const struct ata_identity *id, const struct ata_smart *smart, struct health *h);

#endif
