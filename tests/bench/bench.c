/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory kernels, natively, against the memory limit measured in the same run. `make bench`.
 *
 * Method: a buffer far larger than the caches, random data (a hypervisor may treat zeros specially), limits and kernel
 *         in turn, see timing.h. Figures of a shared machine drift from run to run: only ratios mean something.
 *         Goals are judged on one thread: two contend for the memory with each other and with the whole machine, their
 *         limits come out in several modes (around the caches 23 or 42 GB/s in one run), and the threads do not
 *         start at once; so their ratios swing by a factor, and are printed for the reader alone.
 *         `build/bench sse2 1` measures only kernels whose name begins so, on so many threads only, and no
 *         costs.
 */
#include "core/rng.h"
#include "tests/bench/costs.h"
#include "tests/bench/timing.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUFFER_BYTES (WINDOWS * WINDOW_BYTES)
#define PATTERN      0xa5c3f00d5a3c0ff1u
#define LIMITS_MAX   2
#define KEPT_MIN     5 /* samples, of kernel and limit, to judge by */

static struct mem_errors errors[THREADS_MAX];
static const struct kernels *kernels; /* under test */

/* ---- what the kernels do ---- */

static const struct march_element write_0 = {MARCH_UP, 1, {{MARCH_WRITE, 0}}, false};
static const struct march_element read_0 = {MARCH_UP, 1, {{MARCH_READ, 0}}, false};
static const struct march_element up_0_1 = {
	MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}, false};
static const struct march_element up_1_0 = {
	MARCH_UP, 2, {{MARCH_READ, 1}, {MARCH_WRITE, 0}}, false};

static const struct mem_data fixed = {.kind = DATA_FIXED,
	.line = {PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN, PATTERN}};
static const struct mem_data walking = {.kind = DATA_FIXED, .line = {1, 2, 4, 8, 16, 32, 64, 128}};
static const struct mem_data own_address = {.kind = DATA_OWN_ADDRESS, .seed = 1};
static const struct mem_data seeded = {.kind = DATA_RANDOM, .seed = 1};

static struct mem_chunk chunk_of(const struct share *s)
{
	return (struct mem_chunk){s->words, s->count, (uint64_t)(uintptr_t)s->words};
}

static void march(
	const struct share *s, const struct march_element *element, const struct mem_data *data)
{
	const struct march_step step = {element, *data, false};

	kernels->march(kernels->ctx, chunk_of(s), &step, &errors[s->thread]);
}

static void complement(const struct share *s, const struct mem_data *data)
{
	march(s, *s->inverted ? &up_1_0 : &up_0_1, data);
	*s->inverted = !*s->inverted;
}

static void fixed_w(const struct share *s)
{
	march(s, &write_0, &fixed);
}
static void fixed_r(const struct share *s)
{
	march(s, &read_0, &fixed);
}
static void fixed_rw(const struct share *s)
{
	complement(s, &fixed);
}
static void walking_w(const struct share *s)
{
	march(s, &write_0, &walking);
}
static void walking_rw(const struct share *s)
{
	complement(s, &walking);
}
static void seeded_w(const struct share *s)
{
	march(s, &write_0, &seeded);
}
static void seeded_r(const struct share *s)
{
	march(s, &read_0, &seeded);
}
static void seeded_rw(const struct share *s)
{
	complement(s, &seeded);
}
static void address_w(const struct share *s)
{
	march(s, &write_0, &own_address);
}
static void address_r(const struct share *s)
{
	march(s, &read_0, &own_address);
}

/* As much as plain_modulo(): a strided word is written, then every other word twice. Here every word is checked before
 * it is written again. Word numbers count from the start of the share, as plain_modulo() has it. */
static void modulo(const struct share *s)
{
	const uint64_t was = *s->inverted ? ~PATTERN : PATTERN;
	struct modulo_step step = {.stride = 20,
		.strided = was,
		.others = ~was,
		.check = true,
		.write = MODULO_NEXT,
		.next_strided = ~was,
		.next_others = was};
	const struct mem_chunk chunk = {s->words, s->count / PLAIN_PART, 0};

	kernels->modulo(kernels->ctx, chunk, &step, &errors[s->thread]);
	step.strided = ~was;
	step.others = was;
	step.write = MODULO_OTHERS;
	kernels->modulo(kernels->ctx, chunk, &step, &errors[s->thread]);
	*s->inverted = !*s->inverted;
}

static void copy(const struct share *s)
{
	struct mem_chunk from = chunk_of(s), to;

	from.count /= 2;
	to = from;
	to.words += from.count;
	to.physical += from.count * sizeof(uint64_t);
	kernels->copy(kernels->ctx, to, from);
}

/* ---- measuring ---- */

static const struct row {
	const char *name;
	job *limits[LIMITS_MAX]; /* the fastest counts */
	job *prepare;            /* leaves memory as the kernel expects it, or NULL */
	job *kernel;
	double passes; /* reads plus writes of every word: by the limits and the kernel alike */
	double goal;   /* of kernels_sse2 on one thread: part of the limit, or 0 */
} rows[] = {
	{"fixed w (fill)", {limit_write, NULL}, NULL, fixed_w, 1, 0.95},
	{"fixed r (check)", {limit_read, limit_read_streams}, fixed_w, fixed_r, 1, 0.90},
	{"fixed rw", {limit_modify, limit_modify_streams}, fixed_w, fixed_rw, 2, 0.88},
	{"walking rw", {limit_modify, limit_modify_streams}, walking_w, walking_rw, 2, 0.88},
	{"random w", {limit_write, NULL}, NULL, seeded_w, 1, 0},
	{"random r", {limit_read, limit_read_streams}, seeded_w, seeded_r, 1, 0},
	{"random rw", {limit_modify, limit_modify_streams}, seeded_w, seeded_rw, 2, 0.80},
	{"own address w", {limit_write, NULL}, NULL, address_w, 1, 0},
	{"own address r", {limit_read, limit_read_streams}, address_w, address_r, 1, 0},
	{"copy", {limit_copy, NULL}, NULL, copy, 1, 0.90},
	{"modulo-20, against scalar", {plain_modulo, NULL}, plain_modulo, modulo, 4.0 / PLAIN_PART,
		1.4},
};

static void measure(const struct row *row, struct arena *arena, unsigned threads)
{
	const double gb = (double)WINDOW_BYTES * 1e-9 * row->passes;
	const bool judged = kernels == &kernels_sse2 && threads == 1 && row->goal > 0;
	job *jobs[LIMITS_MAX + 1] = {row->kernel};
	struct timing timings[LIMITS_MAX + 1];
	double limit_s = 1e9, ratio;
	unsigned limit_kept = 0;
	size_t n = 1;

	if (row->prepare != NULL)
		timing_prepare(arena, row->prepare, threads);
	for (size_t i = 0; i < LIMITS_MAX && row->limits[i] != NULL; i++)
		jobs[n++] = row->limits[i];
	timing_compare(arena, jobs, n, threads, timings);
	for (size_t i = 1; i < n; i++) {
		if (timings[i].seconds < limit_s) {
			limit_s = timings[i].seconds;
			limit_kept = timings[i].kept;
		}
	}
	ratio = limit_s / timings[0].seconds;
	printf("%-26s %u  %8.1f %8.1f  %5.2f  %2u/%-2u", row->name, threads, gb / limit_s,
		gb / timings[0].seconds, ratio, timings[0].kept,
		timings[0].kept + timings[0].dropped);
	if (judged && (timings[0].kept < KEPT_MIN || limit_kept < KEPT_MIN))
		printf("  %.2f not judged: the machine is busy", row->goal);
	else if (judged)
		printf("  %.2f %s", row->goal, ratio >= row->goal ? "reached" : "MISSED");
	printf("\n");
}

/* Why the kernels flush with CLFLUSH: where a fence follows every line, CLFLUSHOPT should be measurably faster to be
 * worth a choice by CPU. */
static void compare_flushes(struct arena *arena)
{
	job *const jobs[] = {flush_clflush, flush_clflushopt};
	struct timing timings[ARRAY_LEN(jobs)];

	if (!has_clflushopt()) {
		printf("\nCLFLUSHOPT: not on this CPU\n");
		return;
	}
	timing_compare(arena, jobs, ARRAY_LEN(jobs), 1, timings);
	printf("\nCLFLUSHOPT with a fence, speed against CLFLUSH with a fence: %.2f  %u/%u\n",
		timings[0].seconds / timings[1].seconds, timings[1].kept,
		timings[1].kept + timings[1].dropped);
}

int main(int argc, char **argv)
{
	const size_t count = BUFFER_BYTES / sizeof(uint64_t);
	struct arena arena = {.words = aligned_alloc(1 << 20, BUFFER_BYTES)};
	struct rng rng = {1};
	uint64_t wrong = 0;

	if (arena.words == NULL)
		return 1;
	for (size_t i = 0; i < count; i++)
		arena.words[i] = rng_next(&rng);
	for (size_t k = 0; bench_kernels(k) != NULL; k++) {
		kernels = bench_kernels(k);
		if (argc > 1 && strncasecmp(kernels->name, argv[1], strlen(argv[1])) != 0)
			continue;
		printf("\n%s, %zu MiB\n%-26s %s  %8s %8s  %5s  %s\n", kernels->name,
			BUFFER_BYTES >> 20, "", "T", "limit", "GB/s", "ratio", "samples kept");
		for (unsigned threads = 1; threads <= THREADS_MAX; threads++) {
			if (argc > 2 && threads != (unsigned)atoi(argv[2]))
				continue;
			for (size_t i = 0; i < ARRAY_LEN(rows); i++)
				measure(&rows[i], &arena, threads);
		}
		if (argc <= 2)
			costs_print(kernels, arena.words);
	}
	compare_flushes(&arena);
	for (unsigned t = 0; t < THREADS_MAX; t++)
		wrong += errors[t].count;
	printf("\nmismatches: %llu\n", (unsigned long long)wrong);
	free(arena.words);
	return wrong != 0;
}
