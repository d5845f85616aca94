/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which faults of RAM the memory tests find: measured, by running them on simulated faulty RAM.
 *
 * Hardware: none.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_COVERAGE_H
#define KIRIWAKE_HOST_SIM_RAM_COVERAGE_H

#include "core/fmt.h"
#include "host/sim_ram.h"
#include "memtest/march_job.h"

/* What is run one after the other, over memory behind a cache; until something is found. */
struct coverage_test {
	const char *name;
	const struct march *march; /* on the solid background; NULL: the jobs */
	bool flush;                /* of `march`: every operation reaches the cells */
	unsigned jobs;             /* bits: 1 << enum march_job_id */
	bool own_address;          /* mem.address as well */
	enum profile profile;      /* chooses backgrounds and rounds of the jobs */
};

#define COVERAGE_CLASSES 17

/* Short and long name of a class of faults. */
const char *coverage_class(size_t which, const char **ret_what);

/* The part of the class that the test always finds, whatever memory held before, in percent; rounded down. */
unsigned coverage_percent(struct sim_ram *ram, const struct coverage_test *test, size_t which);

/* RAM for it, to be freed by sim_ram_free(). False: no memory. */
bool coverage_ram(struct sim_ram *ret);

/* docs/FAULT-COVERAGE.md. */
void coverage_document(struct sink out);

#endif
