/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The PCI Express link of one function, out of its configuration space.
 *
 * Pure.
 * Spec.  PCI Express Base 4.0, 7.5.3 (PCI Express Capability).
 * Trust. None: the capability list is bounded, and what no specification knows is not believed.
 */
#ifndef KIRIWAKE_CORE_PCIE_H
#define KIRIWAKE_CORE_PCIE_H

#include "core/bytes.h"

struct pcie_link {
	unsigned width, max_width; /* lanes */
	unsigned speed, max_speed; /* of a lane, in 0.1 GT/s */
};

/* False, *ret untouched: no PCI Express link of its own (also: integrated in the chipset). */
bool pcie_link_read(struct span config, struct pcie_link *ret);

#endif
