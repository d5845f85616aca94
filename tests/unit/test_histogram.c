/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* core/histogram: what it gives back, against the samples themselves. */
#include "core/bytes.h"
#include "core/histogram.h"
#include "core/rng.h"
#include "tests/test.h"

static void test_histogram(void)
{
	static struct histogram h;

	CHECK_U64(histogram_percentile(&h, 50000), 0);
	CHECK_U64(histogram_mean(&h), 0);
	for (uint64_t v = 1; v <= 1000; v++)
		histogram_add(&h, v * 1000);
	CHECK_U64(h.count, 1000);
	CHECK_U64(h.min, 1000);
	CHECK_U64(h.max, 1000000);
	CHECK_U64(histogram_mean(&h), 500500);
	for (uint32_t per_mille = 1; per_mille < 1000; per_mille++) {
		uint64_t want = per_mille * 1000;
		uint64_t got = histogram_percentile(&h, per_mille * 100);

		CHECK(got >= want - want / 128 - 1 && got <= want + want / 128 + 1,
			"%u per mille: %" PRIu64, per_mille, got);
	}
	CHECK_U64(histogram_percentile(&h, 100000), 1000000);
	CHECK(histogram_percentile(&h, 0) <= 1000 + 1000 / 128);
	histogram_add(&h, UINT64_MAX);
	CHECK_U64(h.sum, UINT64_MAX);
	CHECK(histogram_percentile(&h, 100000) >= UINT64_MAX - UINT64_MAX / 128);
}

/* Bins are ordered and gapless, and every value lies in its own. */
static void test_histogram_bins(void)
{
	for (unsigned bin = 0; bin < HISTOGRAM_BINS; bin++) {
		uint64_t floor = histogram_bin_floor(bin);

		CHECK_U64(histogram_bin(floor), bin);
		if (bin > 0)
			CHECK_U64(histogram_bin(floor - 1), bin - 1);
	}
	CHECK_U64(histogram_bin(UINT64_MAX), HISTOGRAM_BINS - 1);
}

/* Any value, in the middle of others, is given back within 1/128 of itself. */
static void test_histogram_error(void)
{
	static struct histogram h;
	struct rng rng = {7};

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t v = rng_next(&rng) >> rng_below(&rng, 64), got;

		h.bins[0] = h.bins[HISTOGRAM_BINS - 1] = 0;
		h.count = h.max = 0;
		histogram_add(&h, 0);
		histogram_add(&h, v);
		histogram_add(&h, UINT64_MAX);
		got = histogram_percentile(&h, 50000);
		CHECK((got > v ? got - v : v - got) <= v / 128, "%" PRIu64 ": %" PRIu64, v, got);
		h.bins[histogram_bin(v)] = 0;
	}
}

/* Percentiles of few samples are of nearest rank, as fio's: the last of 100 is not the 99th. */
static void test_histogram_rank(void)
{
	static struct histogram h;

	for (uint64_t v = 1; v <= 50; v++)
		histogram_add(&h, v);
	CHECK_U64(histogram_percentile(&h, 2000), 1);
	CHECK_U64(histogram_percentile(&h, 2001), 2);
	CHECK_U64(histogram_percentile(&h, 50000), 25);
	CHECK_U64(histogram_percentile(&h, 98000), 49);
	CHECK_U64(histogram_percentile(&h, 98001), 50);
	CHECK_U64(histogram_percentile(&h, 99990), 50);
}

/* Against the definition, in floating point, for small and huge values, near and far from their mean. */
static void test_histogram_stddev(void)
{
	struct rng rng = {11};

	for (unsigned round = 0; round < 200; round++) {
		static struct histogram h;
		uint64_t spread = UINT64_C(1) << rng_below(&rng, 50), values[64];
		uint64_t base = round % 2 == 0 ? 0 : UINT64_C(1) << rng_below(&rng, 56);
		size_t count = 2 + rng_below(&rng, 62);
		long double mean = 0, squares = 0, got, error;

		memset(&h, 0, sizeof(h));
		for (size_t i = 0; i < count; i++) {
			values[i] = base + rng_below(&rng, spread);
			histogram_add(&h, values[i]);
			mean += (long double)values[i] / (long double)count;
		}
		for (size_t i = 0; i < count; i++)
			squares += ((long double)values[i] - mean) *
				   ((long double)values[i] - mean);
		squares /= (long double)(count - 1);
		got = (long double)histogram_stddev(&h);
		error = got * got - squares;
		CHECK((error < 0 ? -error : error) <= 4 * (got + 1) + squares / 500,
			"round %u: %Lf squared is not %Lf", round, got, squares);
	}
}

/* Every sample is in one class of the curve, whose lower end is not above it. */
static void test_histogram_classes(void)
{
	static const uint64_t values[] = {70, 71, 80, 1000, 1000000, UINT64_MAX};
	static struct histogram h;
	struct point classes[HISTOGRAM_CLASSES];
	size_t count;
	uint64_t sum = 0;

	CHECK_U64(histogram_classes(&h, classes), 0);
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		histogram_add(&h, values[i]);
	count = histogram_classes(&h, classes);
	CHECK(count <= HISTOGRAM_CLASSES);
	CHECK_U64(classes[0].x, 64);
	CHECK_U64(classes[0].y, 2);
	CHECK_U64(classes[1].x, 72);
	CHECK_U64(classes[1].y, 0);
	CHECK_U64(classes[2].x, 80);
	CHECK_U64(classes[2].y, 1);
	for (size_t i = 0; i < count; i++)
		sum += classes[i].y;
	CHECK_U64(sum, ARRAY_LEN(values));
	CHECK_U64(classes[count - 1].y, 1);
}

int main(void)
{
	test_histogram();
	test_histogram_bins();
	test_histogram_error();
	test_histogram_rank();
	test_histogram_stddev();
	test_histogram_classes();
	return test_end(__FILE__);
}
