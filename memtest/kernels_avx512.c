/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels with 512-bit registers. Pure. See kernels.h.
 *
 * Compiled for CPUs that have AVX-512F: nothing here may be called before it is known that the calling CPU does, and that
 * these registers are switched on. */
#include <immintrin.h>
#include <stdint.h>

typedef uint64_t whole __attribute__((vector_size(64), may_alias));

#define KERNEL(name)            avx512_##name
#define KERNEL_VECTOR           whole
#define KERNEL_ANY(vector)      (_mm512_test_epi64_mask((__m512i)(vector), (__m512i)(vector)) != 0)
#define KERNEL_AROUND(p, value) _mm512_stream_si512((__m512i *)(p), (__m512i)(value))
#include "memtest/kernel_real.h"

const struct kernels kernels_avx512 = {
	.name = "AVX-512 512-bit",
	KERNELS_OF(avx512),
};
