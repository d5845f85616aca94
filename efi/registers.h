/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Peeking at a network card's registers while the firmware's driver has it.
 *
 * Hardware: PCI configuration space and the first memory BAR, read through the firmware's PCI I/O, never written.
 * Spec.  UEFI 2.10, 14.4. The protocol is looked up, not opened: its driver is not asked and not disturbed.
 */
#ifndef KIRIWAKE_EFI_REGISTERS_H
#define KIRIWAKE_EFI_REGISTERS_H

#include "efi/firmware.h"
#include <efipciio.h>

#define PCI_CONFIG_BYTES 256

/* Reads the configuration space of the PCI function `handle` into config[PCI_CONFIG_BYTES]. Returns what was read; empty:
 * the handle has no PCI I/O, or it failed. */
struct span registers_config(EFI_HANDLE handle, uint8_t config[PCI_CONFIG_BYTES]);

/* The same of the PCI function next above the one at `path`: the port that its link ends at. */
struct span registers_config_above(struct span path, uint8_t config[PCI_CONFIG_BYTES]);

/* The way to read 1, 2 or 4 bytes. */
EFI_PCI_IO_PROTOCOL_WIDTH registers_width(unsigned bytes);

/* What the function's registers say of its wire. False, *ret untouched: not known, or not to be had now. */
bool registers_wire(EFI_HANDLE handle, struct nic_wire *ret);

#endif
