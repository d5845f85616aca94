/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts list of a machine: what SMBIOS says, then the cards and disks that were found. Pure. */
#ifndef KIRIWAKE_SUITE_INVENTORY_H
#define KIRIWAKE_SUITE_INVENTORY_H

#include "core/inventory.h"
#include "core/machine.h"
#include "core/record.h"
#include "core/topology.h"

/* Fills *ret. Board, firmware, memory and network are always in it; what does not fit PARTS_MAX is left out. */
void inventory_take(const struct machine *machine, struct inventory *ret);

/* Fills *ret with what SMBIOS and ACPI say about where memory lies, as far as they can be believed. */
void topology_take(const struct machine *machine, struct topology *ret);

/* Says in the log how much that is. */
void topology_note(const struct topology *topology, struct recorder *rec);

#endif
