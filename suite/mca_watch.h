/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine-check banks over a whole run: what they held before, what came during it, what came last.
 *
 * Pure. Every error is told in the step that was running when it was seen.
 */
#ifndef KIRIWAKE_SUITE_MCA_WATCH_H
#define KIRIWAKE_SUITE_MCA_WATCH_H

#include "core/check.h"
#include "evidence/mca_log.h"

struct mca_watch {
	bool started;       /* what was there before the run has been told */
	bool told_trouble;  /* that some CPUs cannot be asked */
	unsigned cpus_read; /* fewest in any look at all CPUs */
	uint64_t looks;     /* at all CPUs */
	uint64_t looked_ns; /* at the boot CPU */
	uint64_t looked_all_ns;
	struct mca_log log;
	struct mca_take take;
};

/* Tells what is left from before the run. From then on the functions below do something. */
extern const struct check hw_machine_check;

/* Looks at the banks if it is time to. Cheap: call it from every pulse. */
void mca_watch_pulse(struct mca_watch *watch, struct run *run);

/* The current step is about to end: looks at all banks, so that what its work caused is told in it. */
void mca_watch_step_end(struct mca_watch *watch, struct run *run);

/* A step of hw_machine_check's own, the last of the run: concludes. */
enum verdict mca_watch_run_end(struct mca_watch *watch, struct run *run);

#endif
