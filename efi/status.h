/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* EFI_STATUS ends here: what a firmware call answered, as text for people and logs.
 *
 * Spec.  UEFI 2.10, appendix D.
 */
#ifndef KIRIWAKE_EFI_STATUS_H
#define KIRIWAKE_EFI_STATUS_H

#include <efi.h>
#include <stddef.h>

/* Writes "Call: EFI_DEVICE_ERROR" into dst[cap], cap > 0; an unknown code is written in hexadecimal. */
void status_say(char *dst, size_t cap, const char *call, EFI_STATUS status);

#endif
