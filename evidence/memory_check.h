/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.inventory: what the firmware's tables say about the memory. */
#ifndef KIRIWAKE_EVIDENCE_MEMORY_CHECK_H
#define KIRIWAKE_EVIDENCE_MEMORY_CHECK_H

#include "core/check.h"

extern const struct check mem_inventory_check;

#endif
