/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What each check that is a March test does: algorithm, backgrounds, rounds.
 *
 * Pure. Apart from the checks, so that their fault coverage can be measured as they are.
 */
#ifndef KIRIWAKE_MEMTEST_MARCH_JOB_H
#define KIRIWAKE_MEMTEST_MARCH_JOB_H

#include "core/config.h"
#include "memtest/algorithms.h"

enum march_job_id {
	MARCH_JOB_C_MINUS,
	MARCH_JOB_RANDOM,
	MARCH_JOB_MOVING_INVERSIONS,
	MARCH_JOB_SS,
	MARCH_JOB_FADE,
	MARCH_JOB_COUNT
};

struct march_job {
	const struct march *march;
	bool chosen[BACKGROUND_COUNT]; /* all their members */
	unsigned rounds;               /* over all of them, each with other random data */
	bool flush;                    /* every operation reaches the cells */
};

/* How many times the algorithm runs over all memory. */
unsigned march_job_times(const struct march_job *job);

/* As the profile and mem.patterns say. */
void march_job_make(enum march_job_id id, const struct config *config, struct march_job *ret);

#endif
