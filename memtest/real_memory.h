/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the kernels on real memory have in common. Needs SSE2, which every x86-64 CPU has. */
#ifndef KIRIWAKE_MEMTEST_REAL_MEMORY_H
#define KIRIWAKE_MEMTEST_REAL_MEMORY_H

#include <emmintrin.h>
#include <stdint.h>

/* Makes the compiler load what stands there anew, once. Unlike with a volatile access, the load may be part of the
 * instruction that uses the value. */
#define MEMORY_MAY_HAVE_CHANGED(place) __asm__ volatile("" : "+m"(place))

/* Out of the caches of every CPU, and done before anything that follows. */
static inline void flush_line(const void *line)
{
	_mm_clflush(line);
	_mm_mfence();
}

/* One word. */
static inline uint64_t real_load(void *ctx, const uint64_t *word)
{
	(void)ctx;
	return *(const volatile uint64_t *)word;
}

static inline void real_store(void *ctx, uint64_t *word, uint64_t value)
{
	(void)ctx;
	*(volatile uint64_t *)word = value;
}

#endif
