/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which faults of RAM the memory tests find: measured, by running them on simulated faulty RAM.
 *
 * Hardware: none.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_COVERAGE_H
#define KIRIWAKE_HOST_SIM_RAM_COVERAGE_H

#include "core/fmt.h"
#include "host/sim_ram.h"
#include "memtest/job.h"

/* What is run over memory behind a cache: a March test, mem.address, or a job. */
struct coverage_test {
	const char *name;
	const struct march *march; /* on the solid background; NULL: one of the others */
	bool flush;                /* of `march`: every operation reaches the cells */
	bool own_address;          /* mem.address */
	enum job_id job;           /* neither: this */
	enum profile profile;      /* chooses backgrounds and rounds of the job */
};

#define COVERAGE_FAULTS_MAX 2048

/* What was found: of each fault a bit for every way it was tried. */
struct coverage {
	unsigned char found[COVERAGE_FAULTS_MAX];
};

/* Runs the test on every fault. */
void coverage_measure(struct sim_ram *ram, const struct coverage_test *test, struct coverage *ret);

/* What is found when both have run. */
void coverage_join(struct coverage *sum, const struct coverage *more);

/* The part of the class that is found in every way it was tried, in percent; rounded down. */
unsigned coverage_percent(const struct coverage *c, size_t which);

/* Mean over the classes of what `more` finds beyond `sum`, in 1/10000. */
unsigned coverage_gain(const struct coverage *sum, const struct coverage *more);

/* What the test costs, in words moved per word of memory. A flushed one counts as many as COVERAGE_FLUSH_COST, because
 * it waits for memory: 250 ns where a CPU moves a line in 6. A rest counts COVERAGE_REST_COST, as two minutes do where a
 * sweep takes 1.5 s: 64 GiB at 46 GB/s. */
#define COVERAGE_FLUSH_COST 40
#define COVERAGE_REST_COST  80
struct coverage_cost {
	unsigned words, cost;
};
struct coverage_cost coverage_cost(const struct coverage_test *test);

/* RAM for it, to be freed by sim_ram_free(). False: no memory. */
bool coverage_ram(struct sim_ram *ret);

/* The checks of the catalogue that sweep over memory, in its order, as the profile runs them: those it takes, and those
 * that have to be named. Return how many. */
#define COVERAGE_CHECKS_MAX (JOB_COUNT + 1)
size_t coverage_checks(
	enum profile profile, bool on_request, struct coverage_test ret[COVERAGE_CHECKS_MAX]);

/* docs/FAULT-COVERAGE.md. */
void coverage_document(struct sink out);

#endif
