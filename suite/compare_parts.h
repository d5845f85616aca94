/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside compare: which part of one run is which of the other. Pure. */
#ifndef KIRIWAKE_SUITE_COMPARE_PARTS_H
#define KIRIWAKE_SUITE_COMPARE_PARTS_H

#include "core/inventory.h"

#define NO_PART SIZE_MAX

/* For each part of `old` its place in `new`, or NO_PART, and the other way round. Each part has at most one twin, of
 * its own kind. */
struct twins {
	size_t of_old[PARTS_MAX], of_new[PARTS_MAX];
};

void twins_find(const struct inventory *old, const struct inventory *new, struct twins *ret);

#endif
