/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Units behind SCSI, SAS and RAID controllers: all of them, however they are numbered.
 *
 * Hardware: one controller; an INQUIRY to every unit that its driver thinks possible.
 * Spec.  UEFI 2.10, 15.7 (extended SCSI pass through). Why the firmware's own search is not enough: docs/QUIRKS.md.
 */
#ifndef KIRIWAKE_EFI_SCSI_H
#define KIRIWAKE_EFI_SCSI_H

#include "efi/firmware.h"
#include "efi/pci.h"

/* Starts the controller's drivers and has the firmware make a handle for each unit that answers. */
void scsi_connect(struct machine *machine, const struct pci_device *d, const char *what);

#endif
