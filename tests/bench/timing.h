/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Timing of jobs on a machine that has other things to do.
 *
 * Method: the jobs of a comparison take turns, each sample in another window of the buffer: short enough to often end
 *         undisturbed, and the caches hold nothing of a window when its turn comes again. A sample during which a
 *         thread did not have its CPU (wall time more than 3 % above CPU time) is dropped; of the others the median
 *         counts.
 */
#ifndef KIRIWAKE_TESTS_BENCH_TIMING_H
#define KIRIWAKE_TESTS_BENCH_TIMING_H

#include "tests/bench/limits.h"

#define THREADS_MAX 2
#define JOBS_MAX    4

#define WINDOWS      16
#define WINDOW_BYTES ((size_t)32 << 20)

/* The buffer, and which windows are inverted: see struct share. */
struct arena {
	uint64_t *words;
	bool inverted[WINDOWS][THREADS_MAX];
	size_t next; /* window */
};

struct timing {
	double seconds; /* median, of a window; of all samples, if every one had to be dropped */
	unsigned kept, dropped;
};

/* Times `count` <= JOBS_MAX jobs, each thread on its share of a window. */
void timing_compare(
	struct arena *arena, job *const *jobs, size_t count, unsigned threads, struct timing *ret);

/* Runs a job on every window; none is inverted after that. */
void timing_prepare(struct arena *arena, job *run, unsigned threads);

#endif
