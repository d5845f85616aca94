/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory kernels, natively, against the memory limit measured in the same run. `make bench`.
 *
 * Method: buffers far larger than the caches, random data (a hypervisor may treat zeros specially), rounds of
 *         limit and kernel taken in turn, the best round of each counts. Figures of a shared machine drift from
 *         run to run: only the ratio in the last column means something.
 */
#include "core/rng.h"
#include "memtest/kernels.h"
#include <emmintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BUFFER_BYTES (512u << 20)
#define ROUNDS       5
#define THREADS_MAX  2
#define PATTERN      0xa5c3f00d5a3c0ff1u
#define KEEP(value)  __asm__ volatile("" : : "x"(value))

static struct mem_errors errors[THREADS_MAX];

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- limits: what the memory gives when nothing is verified ---- */

static void limit_write(uint64_t *words, size_t count, unsigned thread)
{
	__m128i value = _mm_set1_epi64x((long long)PATTERN);

	(void)thread;
	for (size_t i = 0; i < count; i += 8) {
		for (size_t j = 0; j < 8; j += 2)
			_mm_stream_si128((__m128i *)(void *)(words + i + j), value);
	}
	_mm_sfence();
}

static void limit_read(uint64_t *words, size_t count, unsigned thread)
{
	__m128i sum = _mm_setzero_si128();

	(void)thread;
	for (size_t i = 0; i < count; i += 8) {
		for (size_t j = 0; j < 8; j += 2)
			sum = _mm_xor_si128(
				sum, _mm_load_si128((__m128i *)(void *)(words + i + j)));
	}
	KEEP(sum);
}

static void limit_modify(uint64_t *words, size_t count, unsigned thread)
{
	__m128i ones = _mm_set1_epi64x(-1);

	(void)thread;
	for (size_t i = 0; i < count; i += 8) {
		for (size_t j = 0; j < 8; j += 2) {
			__m128i *p = (__m128i *)(void *)(words + i + j);

			_mm_store_si128(p, _mm_xor_si128(_mm_load_si128(p), ones));
		}
	}
}

/* ---- kernels ---- */

static const struct march_element write_0 = {MARCH_UP, 1, {{MARCH_WRITE, 0}}, false};
static const struct march_element read_0 = {MARCH_UP, 1, {{MARCH_READ, 0}}, false};
static const struct march_element up_0_1 = {
	MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}, false};
static const struct march_element down_1_0 = {
	MARCH_DOWN, 2, {{MARCH_READ, 1}, {MARCH_WRITE, 0}}, false};

static const struct mem_data fixed = {.kind = DATA_FIXED,
	.line = {PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN}};
static const struct mem_data own_address = {.kind = DATA_OWN_ADDRESS, .seed = 1};
static const struct mem_data seeded = {.kind = DATA_RANDOM, .seed = 1};

static const struct kernels *kernels; /* under test */

static void march(uint64_t *words, size_t count, unsigned thread,
	const struct march_element *element, const struct mem_data *data)
{
	const struct march_step step = {element, *data, false};
	const struct mem_chunk chunk = {
		.words = words, .count = count, .physical = (uint64_t)(uintptr_t)words};

	kernels->march(kernels->ctx, chunk, &step, &errors[thread]);
}

static void fixed_w(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &write_0, &fixed);
}

static void fixed_r(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &read_0, &fixed);
}

/* Both directions, so that a round leaves the memory as it was. */
static void fixed_rw(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &up_0_1, &fixed);
	march(words, count, thread, &down_1_0, &fixed);
}

static void seeded_w(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &write_0, &seeded);
}

static void seeded_r(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &read_0, &seeded);
}

static void seeded_rw(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &up_0_1, &seeded);
	march(words, count, thread, &down_1_0, &seeded);
}

static void address_w(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &write_0, &own_address);
}

static void address_r(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &read_0, &own_address);
}

/* ---- measuring ---- */

typedef void job(uint64_t *words, size_t count, unsigned thread);

/* In the order in which they run: each finds the memory as it expects it. */
static const struct row {
	const char *name;
	job *limit, *kernel;
	unsigned limit_passes, kernel_passes; /* reads plus writes of every word */
} rows[] = {
	{"fixed w (fill)", limit_write, fixed_w, 1, 1},
	{"fixed r (check)", limit_read, fixed_r, 1, 1},
	{"fixed rw up, then down", limit_modify, fixed_rw, 2, 4},
	{"random w", limit_write, seeded_w, 1, 1},
	{"random r", limit_read, seeded_r, 1, 1},
	{"random rw up, then down", limit_modify, seeded_rw, 2, 4},
	{"own address w", limit_write, address_w, 1, 1},
	{"own address r", limit_read, address_r, 1, 1},
};

struct share {
	job *run;
	uint64_t *words;
	size_t count;
	unsigned thread;
};

static void *run_share(void *arg)
{
	const struct share *s = arg;

	s->run(s->words, s->count, s->thread);
	return NULL;
}

static double time_job(job *run, uint64_t *words, size_t count, unsigned threads)
{
	struct share shares[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	double start = seconds();

	for (unsigned t = 0; t < threads; t++) {
		shares[t] = (struct share){run, words + t * (count / threads), count / threads, t};
		if (t > 0 && pthread_create(&ids[t], NULL, run_share, &shares[t]) != 0)
			abort();
	}
	run_share(&shares[0]);
	for (unsigned t = 1; t < threads; t++)
		pthread_join(ids[t], NULL);
	return seconds() - start;
}

static void measure(const struct row *row, uint64_t *words, size_t count, unsigned threads)
{
	double limit_s = 1e9, kernel_s = 1e9, gb = (double)(count * sizeof(*words)) * 1e-9;

	for (unsigned round = 0; round < ROUNDS; round++) {
		/* limit_modify inverts, and inverts back */
		double a = time_job(row->limit, words, count, threads);
		double b;

		if (row->limit == limit_modify)
			time_job(row->limit, words, count, threads);
		b = time_job(row->kernel, words, count, threads);
		limit_s = a < limit_s ? a : limit_s;
		kernel_s = b < kernel_s ? b : kernel_s;
	}
	printf("%-24s %u  %10.1f %10.1f  %6.2f  %10.2f\n", row->name, threads,
		gb * row->limit_passes / limit_s, gb * row->kernel_passes / kernel_s,
		(gb * row->kernel_passes / kernel_s) / (gb * row->limit_passes / limit_s),
		kernel_s / gb * 1.073741824);
}

int main(void)
{
	static const struct kernels *const instances[] = {&kernels_scalar, &kernels_sse2};
	const size_t count = BUFFER_BYTES / sizeof(uint64_t);
	uint64_t *words = aligned_alloc(4096, BUFFER_BYTES);
	struct rng rng = {1};
	uint64_t wrong = 0;

	if (words == NULL)
		return 1;
	for (size_t i = 0; i < count; i++)
		words[i] = rng_next(&rng);
	for (size_t k = 0; k < sizeof(instances) / sizeof(instances[0]); k++) {
		kernels = instances[k];
		printf("kernels: %s, %u MiB\n", kernels->name, BUFFER_BYTES >> 20);
		printf("%-24s %s  %10s %10s  %6s  %10s\n", "kernel", "T", "limit GB/s", "GB/s",
			"ratio", "s per GiB");
		for (unsigned threads = 1; threads <= THREADS_MAX; threads++) {
			for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
				measure(&rows[i], words, count, threads);
		}
	}
	for (unsigned t = 0; t < THREADS_MAX; t++)
		wrong += errors[t].count;
	printf("mismatches: %llu\n", (unsigned long long)wrong);
	free(words);
	return wrong != 0;
}
