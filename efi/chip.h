/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A PCI card for ourselves: its driver sent away, its registers and memory for it to reach; and the way back.
 *
 * Hardware: the first memory BAR, and bus-master memory by the firmware's PCI I/O.
 * Spec.  UEFI 2.10, 7.3 (exclusive open), 14.4.
 */
#ifndef KIRIWAKE_EFI_CHIP_H
#define KIRIWAKE_EFI_CHIP_H

#include "efi/firmware.h"
#include <efipciio.h>

struct chip_door {
	EFI_HANDLE pci;
	const struct clock_port *clock;
	EFI_PCI_IO_PROTOCOL *io; /* NULL: not open */
	unsigned bar;
	VOID *memory, *mapping;
};

/* Fills *ret with the function `door->pci`, with `bytes` of memory. NULL: done; else the call that failed, with *ret_status.
 * Either way chip_give_back() is due. */
const char *chip_take(
	struct chip_door *door, size_t bytes, struct nic_chip *ret, EFI_STATUS *ret_status);

/* Frees all, and lets the firmware connect its driver again. */
void chip_give_back(struct chip_door *door, size_t bytes);

#endif
