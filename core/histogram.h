/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Log-linear histogram of durations, with percentiles.
 *
 * Pure. 16 KiB each; the owner provides the storage and zeroes it.
 * Method: values below 64 have a counter each; above, every power of two is cut into 64 equal bins,
 *         so that a bin's middle is within 1/128 of every value in it.
 */
#ifndef KIRIWAKE_CORE_HISTOGRAM_H
#define KIRIWAKE_CORE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_BINS     ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count;
	uint64_t min;
	uint64_t max;
	uint64_t sum; /* saturates */
	uint32_t bins[HISTOGRAM_BINS];
};

void histogram_add(struct histogram *h, uint64_t value);

/* The value below or at which `per_100k` / 100 000 of all samples lie (50 000: the median), within 1/128;
 * never outside [min, max]. 0 when empty. */
uint64_t histogram_percentile(const struct histogram *h, uint32_t per_100k);

/* Arithmetic mean, 0 when empty. */
uint64_t histogram_mean(const struct histogram *h);

/* The bin of a value and the smallest value of a bin, for renderers. */
unsigned histogram_bin(uint64_t value);
uint64_t histogram_bin_floor(unsigned bin);

#endif
