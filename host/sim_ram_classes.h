/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The classes of faults of RAM that tests are measured by: every kind of each, in every order of its cells.
 *
 * Hardware: none.
 * Spec.  Classes after van de Goor and Al-Ars, "Functional Memory Faults: A Formal Notation and a Taxonomy", VTS 2000.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_CLASSES_H
#define KIRIWAKE_HOST_SIM_RAM_CLASSES_H

#include "core/text.h"
#include "host/sim_ram.h"

#define FAULT_CLASSES 17
#define FAULT_LINES   8 /* lines of 64 bytes that they lie in: the first of each half of memory */

/* Short and long name of a class. */
const char *fault_class(size_t which, const char **ret_what);

/* One fault of all classes. */
struct fault_at {
	size_t number; /* from 0 */
	size_t class;
	struct text faults; /* one alternative of the class, in its notation */
	unsigned variant;
	const char *rest; /* alternatives to come */
};

#define FAULT_BEFORE_FIRST ((struct fault_at){.number = SIZE_MAX})

/* On to the next fault. False: that was the last one. */
bool fault_next(struct fault_at *at);

/* Breaks the memory so. */
void fault_plant(struct sim_ram *ram, const struct fault_at *at);

#endif
