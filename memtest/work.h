/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sweeps over all memory under test, shared out to the CPUs in short slices.
 *
 * Pure. While a slice runs nothing else does: no screen, no log, no watchdog. So a slice aims at 0.6 s, measured
 *       on the slices before it for each node's memory, and findings, progress and the pulse come in between.
 * CPUs that the firmware no longer gives work to are done without: the boot CPU goes on alone. What they still hold
 *       in their own caches then, a few megabytes, memory was not asked for in that sweep.
 */
#ifndef KIRIWAKE_MEMTEST_WORK_H
#define KIRIWAKE_MEMTEST_WORK_H

#include "memtest/deal.h"
#include "memtest/errorlog.h"
#include "memtest/nodes.h"

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
	uint16_t homes[MEM_PARTS_MAX];              /* of the workers: see deal.h */
	uint64_t slice_traffic[PLAN_STRETCHES_MAX]; /* bytes to read and write per CPU and slice */
	struct node_speed speeds[PLAN_STRETCHES_MAX];

	/* Of the current sweep and slice. */
	struct mem_deal deal;
	uint64_t own_ns[MEM_PARTS_MAX]; /* what each worker's piece took */

	/* Of the current check. */
	uint64_t traffic, traffic_total; /* bytes read and written; to be */
	uint64_t busy_ns;                /* spent on `traffic` */
	uint64_t rests_ns;               /* in which memory will be left alone: still to come */
	unsigned cpus_at_first;          /* before the firmware refused work; 0: it did not */
	uint64_t refused_traffic, refused_ns; /* done until then */
};

/* How the CPUs are used, as mem.cpus says and the machine allows, and which memory each works on: the plan is put
 * in order for that. */
void work_init(struct mem_work *work, const struct cpu_port *cpus, const struct config *config,
	const struct topology *topology, struct mem_plan *plan);

/* A check begins that will move so many bytes. */
void work_begin(struct mem_work *work, const struct mem_plan *plan, uint64_t traffic_total);

/* How long the rest of the check will take, by what was measured so far. 0: too early to tell. */
uint64_t work_left_ns(const struct mem_work *work);

/* Records how far the check is; `what` as in struct sweep, at_name and at as for record_progress(). */
void work_tell_progress(struct run *run, const char *what, const char *at_name, uint64_t at);

/* A sweep_work whose `arg` is a struct march_step. */
void march_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors);

/* A sweep that does `step` on every line, in its direction. */
struct sweep sweep_of_march(
	const char *what, const struct march_step *step, struct mem_teller teller);

/* Sweeps over run->mem->plan and tells what is found. Every CPU empties its caches after its last access, so the
 * next sweep reads what memory holds. On SWEEP_FAULT after a timeout run->mem->cpu_lost is set: that CPU may still
 * be writing to the memory. */
enum sweep_result sweep_run(struct run *run, const struct sweep *sweep);

/* Bytes for each CPU's next piece, from what it should read and write: whole pages, at least one. `first`: of a
 * sweep, whose speed is not known yet. */
uint64_t work_piece_bytes(uint64_t slice_traffic, unsigned ops, bool first);

/* Learns from a slice in which a CPU moved `traffic` bytes in took_ns; `whole` unless it had less to do than it should.
 * Returns what it should move in the next. */
uint64_t work_learn(uint64_t slice_traffic, uint64_t traffic, uint64_t took_ns, bool whole);

#endif
