/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Log-linear histogram of durations, with percentiles.
 *
 * Pure. 16 KiB each; the owner provides the storage and zeroes it.
 * Method: values below 64 have a counter each; above, every power of two is cut into 64 equal bins,
 *         so that a bin's middle is within 1/128 of every value in it. fio's histograms are made the same way, and
 *         its percentiles are of the same kind, so that figures can be compared.
 */
#ifndef KIRIWAKE_CORE_HISTOGRAM_H
#define KIRIWAKE_CORE_HISTOGRAM_H

#include "core/point.h"
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_BINS     ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count;
	uint64_t min;
	uint64_t max;
	uint64_t sum;              /* saturates */
	unsigned __int128 squares; /* sum of squares, modulo 2^128 */
	uint32_t bins[HISTOGRAM_BINS];
};

/* One more sample, in the unit of all the others. O(1). */
void histogram_add(struct histogram *h, uint64_t value);

/* The least sample that at least `per_100k` / 100 000 of all samples do not exceed (50 000: the median; nearest rank),
 * within 1/128; never outside [min, max]. 0 when empty. */
uint64_t histogram_percentile(const struct histogram *h, uint32_t per_100k);

/* Arithmetic mean, 0 when empty. */
uint64_t histogram_mean(const struct histogram *h);

/* Standard deviation of a sample (over count - 1), within 2^-20 of the samples' own size; 0 for less than two.
 * Means nothing once the sum is saturated. */
uint64_t histogram_stddev(const struct histogram *h);

#define HISTOGRAM_CLASSES (HISTOGRAM_BINS / 8)

/* The curve of the samples: y of them are at least x and below the next x. Classes of eight bins, eight to a power of
 * two, from the first that has samples to the last, empty ones in between included. Returns how many. */
size_t histogram_classes(const struct histogram *h, struct point ret[HISTOGRAM_CLASSES]);

/* The bin of a value and the smallest value of a bin, for renderers. */
unsigned histogram_bin(uint64_t value);
uint64_t histogram_bin_floor(unsigned bin);

#endif
