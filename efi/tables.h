/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finding and bounding what the firmware's configuration tables point to.
 *
 * Hardware: UEFI boot services.
 */
#ifndef KIRIWAKE_EFI_TABLES_H
#define KIRIWAKE_EFI_TABLES_H

#include "efi/firmware.h"

/* What the configuration table of that GUID points to; NULL without one. */
const uint8_t *tables_find(const EFI_GUID *guid);

/* The `bytes` at a physical address, cut at 1 MiB and where the range of the memory map that they begin in ends. Where
 * the map does not list the address they are cut at `unlisted`. Empty for address 0. */
struct span tables_span(uint64_t at, uint64_t bytes, uint64_t unlisted);

#endif
