/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels with the 128-bit registers that every x86-64 CPU has. Pure. See kernels.h.
 *
 * Plain writes go around the caches: a line that is only written need not be fetched first. */
#include "memtest/kernels.h"
#include "memtest/real_memory.h"

typedef uint64_t pair __attribute__((vector_size(16), may_alias));

static inline pair load(const void *at)
{
	MEMORY_MAY_HAVE_CHANGED(*(pair *)(uintptr_t)at);
	return *(const pair *)at;
}

static inline void stream(void *at, pair value)
{
	_mm_stream_si128(at, (__m128i)value);
}

static inline bool any_bit(pair value)
{
	const __m128i zero = _mm_cmpeq_epi8((__m128i)value, _mm_setzero_si128());

	return _mm_movemask_epi8(zero) != 0xffff;
}

#define KERNEL(name)                     sse2_##name
#define KERNEL_VECTOR                    pair
#define KERNEL_LOAD(ctx, p)              ((void)(ctx), load(p))
#define KERNEL_STORE(ctx, p, value)      ((void)(ctx), *(volatile pair *)(p) = (value))
#define KERNEL_STREAM(ctx, p, value)     ((void)(ctx), stream(p, value))
#define KERNEL_LOAD_WORD(ctx, p)         real_load(ctx, p)
#define KERNEL_STORE_WORD(ctx, p, value) real_store(ctx, p, value)
#define KERNEL_FLUSH(ctx, p)             ((void)(ctx), flush_line(p))
#define KERNEL_ANY(vector)               any_bit(vector)
#define KERNEL_FENCE()                   _mm_sfence()
#include "memtest/kernel_body.h"

const struct kernels kernels_sse2 = {
	.name = "SSE2 128-bit",
	KERNELS_OF(sse2),
};
