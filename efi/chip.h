/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A PCI card for ourselves: its driver sent away, its registers and memory for it to reach; and the way back.
 *
 * Hardware: the first memory BAR, or else the first I/O BAR, and bus-master memory by the firmware's PCI I/O.
 * Spec.  UEFI 2.10, 7.3 (exclusive open), 14.4.
 */
#ifndef KIRIWAKE_EFI_CHIP_H
#define KIRIWAKE_EFI_CHIP_H

#include "efi/firmware.h"
#include "nicprobe/chip.h"
#include <efipciio.h>

struct chip_door {
	EFI_HANDLE pci;
	const struct clock_port *clock;
	struct nic *nic;         /* gets the error texts */
	EFI_PCI_IO_PROTOCOL *io; /* NULL: not open */
	struct chip_bar bar;
	VOID *memory, *mapping;
};

/* Fills *ret with the function `door->pci`. NULL: done; else the call that failed, with *ret_status. Either way chip_give_back()
 * is due. */
const char *chip_take(struct chip_door *door, struct nic_chip *ret, EFI_STATUS *ret_status);

/* Frees all, and lets the firmware connect its driver again, if it has one; but not what builds on that. */
void chip_give_back(struct chip_door *door);

/* Makes a card that has no driver offer its chip; pci, clock and nic of `door`, which must stay, are filled. */
void chip_offer(struct chip_door *door);

#endif
