/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Samples, and what is made of them. See timing.h. */
#include "tests/bench/timing.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS    15 /* samples of each job that should be good */
#define TRIES_MAX 120
#define PREEMPTED 1.03

struct worker {
	job *run;
	struct share share;
	double wall, cpu;
};

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	const double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);

	w->run(&w->share);
	w->cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu;
	w->wall = now(CLOCK_MONOTONIC) - wall;
	return NULL;
}

/* Returns the seconds from start to end; *ret_good: every thread had its CPU. */
static double sample(struct arena *arena, job *run, unsigned threads, bool *ret_good)
{
	const size_t window = arena->next++ % WINDOWS,
		     part = WINDOW_BYTES / sizeof(uint64_t) / threads;
	uint64_t *words = arena->words + window * (WINDOW_BYTES / sizeof(uint64_t));
	struct worker workers[THREADS_MAX];
	pthread_t ids[THREADS_MAX];
	const double start = now(CLOCK_MONOTONIC);
	double end;

	for (unsigned t = 0; t < threads; t++) {
		workers[t] = (struct worker){
			run, {words + t * part, part, t, &arena->inverted[window][t]}, 0, 0};
		if (t > 0 && pthread_create(&ids[t], NULL, work, &workers[t]) != 0)
			abort();
	}
	work(&workers[0]);
	for (unsigned t = 1; t < threads; t++)
		pthread_join(ids[t], NULL);
	end = now(CLOCK_MONOTONIC);
	*ret_good = true;
	for (unsigned t = 0; t < threads; t++)
		*ret_good = *ret_good && workers[t].wall <= workers[t].cpu * PREEMPTED;
	return end - start;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *samples, unsigned count)
{
	qsort(samples, count, sizeof(*samples), by_size);
	return samples[count / 2];
}

void timing_compare(
	struct arena *arena, job *const *jobs, size_t count, unsigned threads, struct timing *ret)
{
	double good[JOBS_MAX][TRIES_MAX], all[JOBS_MAX][TRIES_MAX];
	bool enough = false;

	for (size_t j = 0; j < count; j++)
		ret[j] = (struct timing){0};
	for (unsigned try = 0; try < TRIES_MAX && !enough; try++) {
		enough = true;
		for (size_t j = 0; j < count; j++) {
			bool had_cpu;

			all[j][try] = sample(arena, jobs[j], threads, &had_cpu);
			if (had_cpu)
				good[j][ret[j].kept++] = all[j][try];
			else
				ret[j].dropped++;
			enough = enough && ret[j].kept >= ROUNDS;
		}
	}
	for (size_t j = 0; j < count; j++)
		ret[j].seconds = ret[j].kept > 0 ? median(good[j], ret[j].kept)
						 : median(all[j], ret[j].dropped);
}

void timing_prepare(struct arena *arena, job *run, unsigned threads)
{
	bool had_cpu;

	memset(arena->inverted, 0, sizeof(arena->inverted));
	for (unsigned w = 0; w < WINDOWS; w++)
		sample(arena, run, threads, &had_cpu);
}
