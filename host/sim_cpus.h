/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated CPUs: a thread each, or one after the other; and CPUs that refuse work or do not come back.
 *
 * Hardware: none. The modes do what firmware does in them: non-blocking runs all parts at once, blocking runs the
 *           others' parts first and then the boot CPU's, single runs all of them in turn on the boot CPU.
 */
#ifndef KIRIWAKE_HOST_SIM_CPUS_H
#define KIRIWAKE_HOST_SIM_CPUS_H

#include "core/machine.h"

#define SIM_CPUS_MAX 1024

/* Zero it, set what should be special, and make the port. */
struct sim_cpus {
	bool in_turn;            /* no threads: the same order every time */
	enum cpu_result failure; /* CPUS_DONE: they never fail */
	unsigned failure_after;  /* calls that still work */
	unsigned calls;          /* so far */
	unsigned count;          /* from sim_cpus_port() on */
	enum cpu_mode mode;
	uint32_t apic_ids[SIM_CPUS_MAX]; /* CPU n has the id n */
};

/* A port to 1 .. SIM_CPUS_MAX CPUs, which `cpus` must outlive. On CPUS_REFUSED no part is run, on CPUS_TIMEOUT
 * the last part never is. */
void sim_cpus_port(struct sim_cpus *cpus, unsigned count, enum cpu_mode mode, struct cpu_port *ret);

#endif
