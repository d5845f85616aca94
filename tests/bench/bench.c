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

static const struct march_element write_0 = {MARCH_UP, 1, {{MARCH_WRITE, 0}}};
static const struct march_element read_0 = {MARCH_UP, 1, {{MARCH_READ, 0}}};
static const struct march_element up_0_1 = {MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}};
static const struct march_element down_1_0 = {MARCH_DOWN, 2, {{MARCH_READ, 1}, {MARCH_WRITE, 0}}};

static void march(
	uint64_t *words, size_t count, unsigned thread, const struct march_element *element)
{
	const struct march_step step = {element, {PATTERN, ~PATTERN}};
	const struct mem_chunk chunk = {
		.words = words, .count = count, .physical = (uint64_t)(uintptr_t)words};

	kernels_scalar.march(kernels_scalar.ctx, chunk, &step, &errors[thread]);
}

static void march_w0(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &write_0);
}

static void march_r0(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &read_0);
}

/* Both directions, so that a round leaves the memory as it was. */
static void march_rw(uint64_t *words, size_t count, unsigned thread)
{
	march(words, count, thread, &up_0_1);
	march(words, count, thread, &down_1_0);
}

static void address_fill(uint64_t *words, size_t count, unsigned thread)
{
	const struct mem_chunk chunk = {.words = words, .count = count, .physical = 0x100000000};

	(void)thread;
	kernels_scalar.address_fill(kernels_scalar.ctx, chunk, (struct own_address){.seed = 1});
}

static void address_verify(uint64_t *words, size_t count, unsigned thread)
{
	const struct mem_chunk chunk = {.words = words, .count = count, .physical = 0x100000000};

	kernels_scalar.address_verify(
		kernels_scalar.ctx, chunk, (struct own_address){.seed = 1}, &errors[thread]);
}

/* ---- measuring ---- */

typedef void job(uint64_t *words, size_t count, unsigned thread);

/* In the order in which they run: each finds the memory as it expects it. */
static const struct row {
	const char *name;
	job *limit, *kernel;
	unsigned limit_passes, kernel_passes; /* reads plus writes of every word */
} rows[] = {
	{"march w (fill)", limit_write, march_w0, 1, 1},
	{"march r (check)", limit_read, march_r0, 1, 1},
	{"march rw up, then down", limit_modify, march_rw, 2, 4},
	{"own address fill", limit_write, address_fill, 1, 1},
	{"own address check", limit_read, address_verify, 1, 1},
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
	const size_t count = BUFFER_BYTES / sizeof(uint64_t);
	uint64_t *words = aligned_alloc(4096, BUFFER_BYTES);
	struct rng rng = {1};
	uint64_t wrong = 0;

	if (words == NULL)
		return 1;
	for (size_t i = 0; i < count; i++)
		words[i] = rng_next(&rng);
	printf("kernels: %s, %u MiB\n", kernels_scalar.name, BUFFER_BYTES >> 20);
	printf("%-24s %s  %10s %10s  %6s  %10s\n", "kernel", "T", "limit GB/s", "GB/s", "ratio",
		"s per GiB");
	for (unsigned threads = 1; threads <= THREADS_MAX; threads++) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			measure(&rows[i], words, count, threads);
	}
	for (unsigned t = 0; t < THREADS_MAX; t++)
		wrong += errors[t].count;
	printf("mismatches: %llu\n", (unsigned long long)wrong);
	free(words);
	return wrong != 0;
}
