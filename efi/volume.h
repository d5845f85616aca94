/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* FAT volumes through the firmware's file system: which one takes the log, and its files.
 *
 * Hardware: the stick booted from. Files of this room call these; others see struct volume_port.
 * Spec.  UEFI 2.10, 13.4 and 13.5.
 */
#ifndef KIRIWAKE_EFI_VOLUME_H
#define KIRIWAKE_EFI_VOLUME_H

#include "efi/firmware.h"

#define LOG_LABEL "KIRIWAKELOG"
#define ESP_LABEL "KIRIWAKE"

/* Opens the root of a handle's file system and reads its label. NULL when there is none. */
EFI_FILE_HANDLE volume_open(EFI_HANDLE handle, char *label, size_t cap);

/* Opens `path` ("/runs/0007") below a root; mode as in the specification. */
EFI_STATUS file_open(EFI_FILE_HANDLE root, const char *path, UINT64 mode, UINT64 attributes,
	EFI_FILE_HANDLE *ret);

/* Reads up to `cap` bytes from `offset` on; beyond the end there are none. */
EFI_STATUS file_read(EFI_FILE_HANDLE root, const char *path, uint64_t offset, void *buf, size_t cap,
	size_t *ret);

/* Fills *port with the functions that work on an open root. files.c */
void files_build(struct volume_port *port, EFI_FILE_HANDLE root);

/* Finds the log volume again after its medium was reported changed: a new root, or NULL. volume.c */
EFI_FILE_HANDLE volume_find_again(void);

/* The handle of the log volume, or NULL. volume.c */
EFI_HANDLE log_volume(void);

/* The root of the volume that kiriwake.efi was loaded from, or NULL; the caller closes it. volume.c */
EFI_FILE_HANDLE volume_open_esp(void);

#endif
