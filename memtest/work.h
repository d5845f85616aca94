/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sweeps over all memory under test, shared out to the CPUs in short slices.
 *
 * Pure. While a slice runs nothing else does: no screen, no log, no watchdog. So a slice aims at 0.6 s, measured
 *       on the slices before it, and findings, progress and the pulse come in between.
 */
#ifndef KIRIWAKE_MEMTEST_WORK_H
#define KIRIWAKE_MEMTEST_WORK_H

#include "memtest/errorlog.h"

/* More CPUs than this are left out, with a note. */
#define MEM_PARTS_MAX 512

/* What a sweep does to each piece of memory. Runs on any CPU, see cpu_work. A piece is whole pages; where one
 * ends and the next begins depends on speed, so nothing that is compared later may depend on that. */
typedef void sweep_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors);

/* One walk over all memory, each CPU over its share. */
struct sweep {
	const char *what; /* "March C-, solid, step 2 of 6": for progress */
	sweep_work *work;
	const void *arg;
	unsigned ops;  /* words read and written per word of memory */
	bool downward; /* pieces come in descending order */
	struct mem_teller teller;
};

enum sweep_result {
	SWEEP_DONE,
	SWEEP_STOPPED, /* a pulse said stop: part of memory was not reached */
	SWEEP_FAULT    /* the CPUs did not do their work; recorded */
};

struct mem_work {
	unsigned cpus;   /* taking part */
	unsigned shares; /* worked on at the same time: cpus, or 1 when they take turns */
	unsigned next_cpu;
	uint64_t slice_traffic; /* bytes to read and write per share and slice */

	/* Of the current check. */
	uint64_t traffic, traffic_total; /* bytes read and written; to be */
	uint64_t busy_ns;                /* spent on `traffic` */
};

/* How the CPUs are used, as mem.cpus says and the machine allows. */
void work_init(struct mem_work *work, const struct cpu_port *cpus, const struct config *config);

/* A check begins that will move so many bytes. */
void work_begin(struct mem_work *work, uint64_t traffic_total);

/* A sweep that does `step` on every line, in its direction. */
struct sweep sweep_of_march(
	const char *what, const struct march_step *step, struct mem_teller teller);

/* Sweeps over run->mem->plan and tells what is found. Every CPU empties its caches after its last access, so the
 * next sweep reads what memory holds. On SWEEP_FAULT after a timeout run->mem->cpu_lost is set: that CPU may still
 * be writing to the memory. */
enum sweep_result sweep_run(struct run *run, const struct sweep *sweep);

/* Bytes for the next slice of each share: whole pages, at least one. `first`: of a sweep, whose speed is not
 * known yet. */
uint64_t work_slice_bytes(const struct mem_work *work, unsigned ops, bool first);

/* Learns from a slice that moved `traffic` bytes per share in took_ns; `whole` unless the share ended early. */
void work_learn(struct mem_work *work, uint64_t traffic, uint64_t took_ns, bool whole);

#endif
