/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whether a disk carries a FAT volume with a certain label, found out by reading alone.
 *
 * Hardware: Block I/O of one disk.
 * Why.   To ask the firmware's file system, its partition driver has to be let loose on the disk, and that one may
 *        write. This says beforehand whether it is worth it.
 * Spec.  UEFI 2.10, 5.2 (MBR) and 5.3 (GPT).
 */
#ifndef KIRIWAKE_EFI_LABELLED_H
#define KIRIWAKE_EFI_LABELLED_H

#include "efi/firmware.h"

#define FAT_LABEL_SIZE 12 /* eleven characters and NUL */

/* The label in the FAT boot sector at `lba`, or an empty string where there is none. */
void fat_label_at(EFI_BLOCK_IO *io, uint64_t lba, char label[FAT_LABEL_SIZE]);

/* Whether the disk as a whole, or a partition of its MBR or its primary GPT, is a FAT volume with that label. */
bool disk_has_label(EFI_BLOCK_IO *io, const char *label);

#endif
