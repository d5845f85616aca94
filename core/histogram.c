/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Log-linear histogram of durations, with percentiles. Pure. See histogram.h. */
#include "core/histogram.h"

#define SUB      (1u << HISTOGRAM_SUB_BITS)
#define ALL_100K 100000
#define CLASS    (HISTOGRAM_BINS / HISTOGRAM_CLASSES)

unsigned histogram_bin(uint64_t value)
{
	unsigned shift;

	if (value < SUB)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return (shift << HISTOGRAM_SUB_BITS) + (unsigned)(value >> shift);
}

uint64_t histogram_bin_floor(unsigned bin)
{
	unsigned group = bin >> HISTOGRAM_SUB_BITS;

	if (group <= 1)
		return bin;
	return (uint64_t)(SUB + bin % SUB) << (group - 1);
}

void histogram_add(struct histogram *h, uint64_t value)
{
	if (h->count == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count++;
	if (__builtin_add_overflow(h->sum, value, &h->sum))
		h->sum = UINT64_MAX;
	h->squares += (unsigned __int128)value * value;
	h->bins[histogram_bin(value)]++;
}

uint64_t histogram_percentile(const struct histogram *h, uint32_t per_100k)
{
	uint64_t rank = h->count / ALL_100K * per_100k +
			(h->count % ALL_100K * per_100k + ALL_100K - 1) / ALL_100K;
	uint64_t seen = 0;

	if (h->count == 0)
		return 0;
	for (unsigned bin = 0; bin < HISTOGRAM_BINS; bin++) {
		seen += h->bins[bin];
		if (seen > 0 && seen >= rank) {
			uint64_t floor = histogram_bin_floor(bin);
			unsigned group = bin >> HISTOGRAM_SUB_BITS;
			uint64_t middle = group <= 1 ? floor
						     : floor + (UINT64_C(1) << (group - 1)) / 2;

			if (middle < h->min)
				return h->min;
			return middle > h->max ? h->max : middle;
		}
	}
	return h->max;
}

uint64_t histogram_mean(const struct histogram *h)
{
	return h->count == 0 ? 0 : h->sum / h->count;
}

/* Rounded down. */
static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit != 0; bit >>= 1) {
		if ((root | bit) * (root | bit) <= value)
			root |= bit;
	}
	return root;
}

/* With mean m and remainder r of the sum s by the count n, the squared deviations from m sum up to
 * squares - m (s + r). Wide division is not to be had: what is too wide is cut by an even number of bits. */
uint64_t histogram_stddev(const struct histogram *h)
{
	uint64_t mean = histogram_mean(h);
	unsigned __int128 deviations;
	unsigned half_shift = 0;

	if (h->count < 2)
		return 0;
	deviations = h->squares - (unsigned __int128)mean * h->sum -
		     (unsigned __int128)mean * (h->sum % h->count);
	for (; deviations >> 64 != 0; deviations >>= 2)
		half_shift++;
	return square_root((uint64_t)deviations / (h->count - 1)) << half_shift;
}

static uint64_t class_count(const struct histogram *h, size_t class)
{
	uint64_t count = 0;

	for (size_t i = class * CLASS; i < (class + 1) * CLASS; i++)
		count += h->bins[i];
	return count;
}

size_t histogram_classes(const struct histogram *h, struct point ret[HISTOGRAM_CLASSES])
{
	size_t last = histogram_bin(h->max) / CLASS, made = 0;

	if (h->count == 0)
		return 0;
	for (size_t class = histogram_bin(h->min) / CLASS; class <= last; class ++)
		ret[made++] = (struct point){
			histogram_bin_floor((unsigned)(class * CLASS)), class_count(h, class)};
	return made;
}
