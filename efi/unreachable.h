/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What no disk can be read behind: storage controllers and drives that no firmware driver took, or that show nothing.
 *
 * Hardware: handles, PCI configuration headers, USB descriptors; one register of SD slots. Reading only.
 * Spec.  UEFI 2.10, 14.4 and 17.2.
 */
#ifndef KIRIWAKE_EFI_UNREACHABLE_H
#define KIRIWAKE_EFI_UNREACHABLE_H

#include "core/machine.h"

/* A new entry for what is at `location`. NULL: it has one already, or there is no room. */
struct unreachable *unreachable_add(const char *location, enum unreachable_why why);

#endif
