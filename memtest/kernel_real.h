/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An instance of the kernels on real memory: part of a template, to be included once per width of registers.
 *
 * Pure. Define before including it:
 *   KERNEL(name)               the instance's name for a function or type
 *   KERNEL_VECTOR              see kernel_body.h
 *   KERNEL_ANY(vector)         see kernel_body.h
 *   KERNEL_AROUND(p, value)    stores a vector around the caches
 */
#include "memtest/kernels.h"
#include <emmintrin.h>

/* Makes the compiler load what stands there anew, once. Unlike a volatile load, it can be part of the instruction that
 * uses the value. */
#define KERNEL_NOW(type, p) __asm__ volatile("" : "+m"(*(type *)(uintptr_t)(p)))

static inline KERNEL_VECTOR KERNEL(load_vector)(const void *p)
{
	KERNEL_NOW(KERNEL_VECTOR, p);
	return *(const KERNEL_VECTOR *)p;
}

/* Out of the caches of every CPU, and done before anything that follows. CLFLUSHOPT gains nothing with a fence after
 * every line, as the bench shows; and without one, cells would no longer see the operations in the order of the test. */
static inline void KERNEL(flush_line)(const void *line)
{
	_mm_clflush(line);
	_mm_mfence();
}

#define KERNEL_LOAD(ctx, p)              ((void)(ctx), KERNEL(load_vector)(p))
#define KERNEL_STORE(ctx, p, value)      ((void)(ctx), *(volatile KERNEL_VECTOR *)(p) = (value))
#define KERNEL_STREAM(ctx, p, value)     ((void)(ctx), KERNEL_AROUND(p, value))
#define KERNEL_LOAD_WORD(ctx, p)         ((void)(ctx), *(const volatile uint64_t *)(p))
#define KERNEL_STORE_WORD(ctx, p, value) ((void)(ctx), *(volatile uint64_t *)(p) = (value))
#define KERNEL_FLUSH(ctx, p)             ((void)(ctx), KERNEL(flush_line)(p))
#define KERNEL_FENCE()                   _mm_sfence()
#include "memtest/kernel_body.h"
