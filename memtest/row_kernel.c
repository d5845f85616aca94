/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The loop that hammers. Pure. See row_kernel.h. */
#include "memtest/row_kernel.h"
#include <emmintrin.h>

void row_kernel(void *ctx, uint64_t *const *lines, unsigned count, unsigned rounds, bool flush)
{
	(void)ctx;
	for (unsigned i = 0; i < count; i++)
		_mm_clflush(lines[i]);
	_mm_mfence();
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned i = 0; i < count; i++)
			(void)*(const volatile uint64_t *)lines[i];
		if (!flush)
			continue;
		for (unsigned i = 0; i < count; i++)
			_mm_clflush(lines[i]);
		_mm_mfence();
	}
}
