/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated machine-check banks: errors that appear at given times, in given banks of given CPUs.
 *
 * Hardware: none. CPUs are asked through the CPU port, so that CPUs that refuse work refuse this too.
 * Trust. Specs come from the command line and are checked.
 */
#ifndef KIRIWAKE_HOST_SIM_MCA_H
#define KIRIWAKE_HOST_SIM_MCA_H

#include "core/machine.h"

#define SIM_MCA_ERRORS 512

struct sim_mca_error {
	struct mca_bank bank;
	uint64_t at_ns;    /* after the start: 0 is before the run */
	uint64_t times;    /* so often it is there again as soon as it has been taken */
	uint64_t every_ns; /* but not sooner than so long after it was */
};

struct sim_mca {
	const struct clock_port *clock;
	const struct cpu_port *cpus;
	uint64_t start_ns;
	size_t count;
	struct sim_mca_error errors[SIM_MCA_ERRORS];
};

/* Adds an error: "cpu=0,bank=7,status=0x9c...,addr=0x1234000,misc=0x8c,synd=...,ipid=...,at=2s,times=100,every=1ms".
 * False: not understood, or too many. */
bool sim_mca_add(struct sim_mca *sim, const char *spec);

/* A port to banks as Intel's CPUs have them, with counts and kinds of addresses; change ret->layout and
 * ret->capabilities for others. Time begins now. What is pointed to must outlive it. */
void sim_mca_port(struct sim_mca *sim, const struct clock_port *clock, const struct cpu_port *cpus,
	struct mca_port *ret);

#endif
