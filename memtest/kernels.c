/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels with plain 64-bit loads and stores, and the bounded list of what all kernels find. Pure. See kernels.h. */
#define KERNEL(name)            scalar_##name
#define KERNEL_VECTOR           uint64_t
#define KERNEL_ANY(vector)      ((vector) != 0)
#define KERNEL_AROUND(p, value) (*(volatile uint64_t *)(p) = (value))
#include "memtest/kernel_real.h"

void mem_errors_add(struct mem_errors *e, const struct mem_error *error)
{
	if (e->count == 0 || error->physical < e->lowest)
		e->lowest = error->physical;
	if (e->count == 0 || error->physical > e->highest)
		e->highest = error->physical;
	e->count++;
	signs_add(&e->signs, error->physical, error->expected, error->actual, error->reread);
	if (e->kept < MEM_ERRORS_KEPT)
		e->at[e->kept++] = *error;
}

const struct kernels kernels_scalar = {
	.name = "scalar 64-bit",
	KERNELS_OF(scalar),
};
