/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.inject: planting the faults it names, loudly. Pure. */
#ifndef KIRIWAKE_MEMTEST_PLANT_H
#define KIRIWAKE_MEMTEST_PLANT_H

#include "memtest/checks.h"

/* Once the plan is made: sets run->mem->kernels, and plants what mem.inject asks for. What cannot be planted is a WARN.
 * From then on findings at planted words say so. */
void plant_faults(struct run *run);

/* The number in a finding's hexadecimal field of that name. False: it has none. */
bool plant_field(const struct record *finding, const char *name, uint64_t *ret);

#endif
