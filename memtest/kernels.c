/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels on real memory, and the bounded list of what they find. Pure. See kernels.h.
 *
 * Accesses are volatile: the compiler can neither merge, drop nor reorder them. */
#include "memtest/kernels.h"
#include "memtest/real_memory.h"

#define KERNEL(name)                     scalar_##name
#define KERNEL_VECTOR                    uint64_t
#define KERNEL_LOAD(ctx, p)              real_load(ctx, p)
#define KERNEL_STORE(ctx, p, value)      real_store(ctx, p, value)
#define KERNEL_STREAM(ctx, p, value)     real_store(ctx, p, value)
#define KERNEL_LOAD_WORD(ctx, p)         real_load(ctx, p)
#define KERNEL_STORE_WORD(ctx, p, value) real_store(ctx, p, value)
#define KERNEL_FLUSH(ctx, p)             ((void)(ctx), flush_line(p))
#define KERNEL_ANY(vector)               ((vector) != 0)
#define KERNEL_FENCE()                   ((void)0)
#include "memtest/kernel_body.h"

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
