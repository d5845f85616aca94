/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels on real memory, and the bounded list of what they find. Pure. See kernels.h.
 *
 * Accesses are volatile: the compiler can neither merge, drop nor reorder them. */
#include "memtest/kernels.h"

#define KERNEL(name)                scalar_##name
#define KERNEL_LOAD(ctx, p)         (*(const volatile uint64_t *)(p))
#define KERNEL_STORE(ctx, p, value) (*(volatile uint64_t *)(p) = (value))
#include "memtest/kernel_body.h"

void mem_errors_add(struct mem_errors *e, const struct mem_error *error)
{
	if (e->count == 0 || error->physical < e->lowest)
		e->lowest = error->physical;
	if (e->count == 0 || error->physical > e->highest)
		e->highest = error->physical;
	e->count++;
	if (e->kept < MEM_ERRORS_KEPT)
		e->at[e->kept++] = *error;
}

static uint64_t scalar_load(void *ctx, const uint64_t *word)
{
	(void)ctx;
	return KERNEL_LOAD(ctx, word);
}

static void scalar_store(void *ctx, uint64_t *word, uint64_t value)
{
	(void)ctx;
	KERNEL_STORE(ctx, word, value);
}

const struct kernels kernels_scalar = {
	.name = "scalar 64-bit",
	.march = scalar_march,
	.address_fill = scalar_address_fill,
	.address_verify = scalar_address_verify,
	.load = scalar_load,
	.store = scalar_store,
};
