/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a disk says it is: model, serial number, firmware.
 *
 * Hardware: IDENTIFY and INQUIRY data the firmware keeps; NVMe Identify Controller and the SCSI serial number by command.
 * Spec.  ATA8-ACS 7.16 (IDENTIFY DEVICE), SPC-4 6.6 (INQUIRY), NVMe base 2.0 5.17.2.1.
 * Trust. None: bounded reads, text_clean().
 */
#ifndef KIRIWAKE_EFI_IDENTITY_H
#define KIRIWAKE_EFI_IDENTITY_H

#include "efi/firmware.h"

/* Fills model, serial and firmware of *disk as far as the firmware tells; leaves the rest as it is.
 * The disk's way for commands has been found before. */
void identity_read(EFI_HANDLE handle, struct disk *disk);

#endif
