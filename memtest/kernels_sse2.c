/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels with the 128-bit registers that every x86-64 CPU has. Pure. See kernels.h. */
#include <emmintrin.h>
#include <stdint.h>

typedef uint64_t pair __attribute__((vector_size(16), may_alias));

static inline int any_bit(pair value)
{
	const __m128i zero = _mm_cmpeq_epi8((__m128i)value, _mm_setzero_si128());

	return _mm_movemask_epi8(zero) != 0xffff;
}

#define KERNEL(name)            sse2_##name
#define KERNEL_VECTOR           pair
#define KERNEL_ANY(vector)      any_bit(vector)
#define KERNEL_AROUND(p, value) _mm_stream_si128((__m128i *)(p), (__m128i)(value))
#include "memtest/kernel_real.h"

const struct kernels kernels_sse2 = {
	.name = "SSE2 128-bit",
	KERNELS_OF(sse2),
};
