/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Log-linear histogram of durations, with percentiles. Pure. See histogram.h. */
#include "core/histogram.h"

#define SUB      (1u << HISTOGRAM_SUB_BITS)
#define ALL_100K 100000

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
	h->bins[histogram_bin(value)]++;
}

uint64_t histogram_percentile(const struct histogram *h, uint32_t per_100k)
{
	uint64_t rank = h->count / ALL_100K * per_100k + h->count % ALL_100K * per_100k / ALL_100K;
	uint64_t seen = 0;

	if (h->count == 0)
		return 0;
	for (unsigned bin = 0; bin < HISTOGRAM_BINS; bin++) {
		seen += h->bins[bin];
		if (seen > rank || seen == h->count) {
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
