/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What each check that sweeps over memory does: algorithm, data, rounds, as a list of stages.
 *
 * Pure. Apart from the checks, so that their fault coverage can be measured as they are.
 */
#ifndef KIRIWAKE_MEMTEST_JOB_H
#define KIRIWAKE_MEMTEST_JOB_H

#include "core/config.h"
#include "memtest/moves.h"
#include "memtest/work.h"

enum job_id {
	JOB_RANDOM,
	JOB_MARCH_C,
	JOB_BLOCK_MOVE,
	JOB_BUS_STRESS,
	JOB_FADE,
	JOB_MODULO,
	JOB_MARCH_SS,
	JOB_MARCH_RAW,
	JOB_RANDOM_INVERSIONS,
	JOB_MOVING_INVERSIONS,
	JOB_WALKING,
	JOB_COUNT
};

struct job {
	const struct job_row *row;
	const struct march *march;     /* NULL: no March test */
	const char *name;              /* "March C-" */
	bool chosen[BACKGROUND_COUNT]; /* of a March test: all their members */
	unsigned rounds;               /* over all of them, each with other random data */
	bool flush;                    /* every operation reaches the cells */
	uint64_t seed;                 /* of round 0; seed + n of round n */
	uint64_t (*own_ns)(
		void); /* for those that idle at times, see cpu_port; NULL: they do not */
};

#define JOB_TEXT 80

/* One walk over all memory. */
struct job_stage {
	char what[JOB_TEXT]; /* "March C-, solid, step 2 of 6" */
	bool rest;           /* memory is left alone first */
	sweep_work *work;
	const void *arg;
	unsigned ops; /* words read and written per word of memory */
	bool downward;
};

/* Who gets the stages, one after the other. */
struct job_taker {
	void *ctx;
	/* Anything but SWEEP_DONE ends the job. */
	enum sweep_result (*stage)(void *ctx, const struct job_stage *stage);
	/* Random data with this seed come next. */
	void (*seed)(void *ctx, unsigned round, uint64_t seed);
};

/* As the profile and mem.patterns say. */
void job_make(enum job_id id, const struct config *config, uint64_t seed, struct job *ret);

/* The check that does each. */
extern const struct check *const job_checks[JOB_COUNT];

/* Whether mem.patterns has a say in it. */
bool job_takes_patterns(enum job_id id);

/* Hands out all stages. *ret_complete: how many backgrounds, rounds or patterns were done, see job_done_text(). */
enum sweep_result job_walk(
	const struct job *job, const struct job_taker *taker, unsigned *ret_complete);

/* Of the whole job. */
struct job_cost {
	unsigned stages, rests;
	unsigned ops,
		flushed_ops; /* words read and written per word of memory; and how many with a flush */
};
struct job_cost job_cost(const struct job *job);

/* "MATS+, 2 rounds of random data"; empty if nothing is complete. */
void job_done_text(const struct job *job, unsigned complete, char buf[JOB_TEXT]);

#endif
