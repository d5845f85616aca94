/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the memory gives when nothing is verified: the plainest loops there are, to measure the kernels against.
 *
 * Where more than one loop is known to be the fastest somewhere, all of them stand here: the limit is the best.
 */
#ifndef KIRIWAKE_TESTS_BENCH_LIMITS_H
#define KIRIWAKE_TESTS_BENCH_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thread's share of a window of the buffer, a multiple of 1 MiB. */
struct share {
	uint64_t *words;
	size_t count;
	unsigned thread;
	bool *inverted; /* of the window: every word holds the complement of what it was prepared to hold */
};

typedef void job(const struct share *s);

/* A pass over the share each. */
job limit_write;          /* around the caches */
job limit_read;           /* one stream */
job limit_read_streams;   /* four streams 64 KiB apart */
job limit_modify;         /* complements every word in place */
job limit_modify_streams; /* the same, four streams 64 KiB apart */
job limit_copy;           /* lower half to upper half, around the caches */

/* Modulo-20 in plain C: one word in twenty is written, the others twice, the one is read. Leaves the window not
 * inverted. */
job plain_modulo;

/* Every line of a part of the share is read, written and read again, and leaves the caches after each, done before the
 * next: what March RAW does with flush, with either of the two instructions (Intel SDM vol. 2, CLFLUSH, CLFLUSHOPT). */
job flush_clflush;
job flush_clflushopt;      /* only where the CPU has it: */
bool has_clflushopt(void); /* CPUID leaf 7, EBX bit 23 */

#define PLAIN_PART 4 /* it takes so long that only this part of the share is gone over */

#endif
