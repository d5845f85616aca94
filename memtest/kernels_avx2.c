/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels with 256-bit registers. Pure. See kernels.h.
 *
 * Compiled for CPUs that have AVX2: nothing here may be called before it is known that the calling CPU does, and that
 * these registers are switched on. */
#include <immintrin.h>
#include <stdint.h>

typedef uint64_t quad __attribute__((vector_size(32), may_alias));

#define KERNEL(name)            avx2_##name
#define KERNEL_VECTOR           quad
#define KERNEL_ANY(vector)      !_mm256_testz_si256((__m256i)(vector), (__m256i)(vector))
#define KERNEL_AROUND(p, value) _mm256_stream_si256((__m256i *)(p), (__m256i)(value))
#include "memtest/kernel_real.h"

const struct kernels kernels_avx2 = {
	.name = "AVX2 256-bit",
	KERNELS_OF(avx2),
};
