/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which DIMMs an address may lie on, as far as SMBIOS lets that be known.
 *
 * Pure.
 * Spec.  DSP0134 3.7: 7.18 memory device, 7.20 memory array mapped address, 7.21 memory device mapped address.
 * Trust. Little: these tables are what firmware takes least care of. A claim that contradicts the modules' sizes, the
 *        firmware's own memory map or itself is dropped for one that names more modules, and the reason is kept: to
 *        name the wrong module costs a good one.
 */
#ifndef KIRIWAKE_EVIDENCE_DIMM_MAP_H
#define KIRIWAKE_EVIDENCE_DIMM_MAP_H

#include "core/bytes.h"
#include "core/ram_map.h"
#include "core/topology.h"

/* Fills the DIMM part of *t: one module for a range where the tables can be believed that far, else all that may hold
 * it. `ram` may be empty: not known. */
void dimm_map_read(struct span table, const struct ram_map *ram, struct topology *t);

#endif
