/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which disks are tested: disk.only and disk.exclude, and what a disk is called.
 *
 * Pure.
 */
#ifndef KIRIWAKE_DISKBENCH_SELECT_H
#define KIRIWAKE_DISKBENCH_SELECT_H

#include "core/check.h"

#define DISK_NAME 96

/* Fills run->disk's choice, once per run; reports a disk.only that matches nothing and disks with impossible sizes. */
void disk_select(struct run *run);

/* "disk0 (QEMU NVMe Ctrl)". */
const char *disk_name(char buf[DISK_NAME], const struct disk *disk);

/* Capacity. No overflow on a disk that was chosen. */
uint64_t disk_bytes(const struct disk *disk);

#endif
