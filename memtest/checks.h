/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The checks of the memory room, and what it remembers between them.
 *
 * Pure. The suite owns one zeroed struct mem_session per run (about two megabytes) in run->mem.
 */
#ifndef KIRIWAKE_MEMTEST_CHECKS_H
#define KIRIWAKE_MEMTEST_CHECKS_H

#include "memtest/selftest.h"
#include "memtest/work.h"

struct mem_session {
	bool acquired; /* the memory is ours, from the first check to mem_session_end() */
	bool cpu_lost; /* a CPU did not come back: it may still write, so nothing here can be trusted */
	bool patterns_told; /* a bad mem.patterns was reported */
	bool covered;       /* some check completed something on all of the plan */
	struct ram_grant grant;
	struct mem_plan plan;
	const struct kernels
		*kernels; /* how the tests reach the memory: the machine's, or those of `inject` */
	struct inject inject; /* what mem.inject planted; valid if `kernels` are its kernels */
	struct selftest selftest;
	struct mem_work work;
	struct mem_log log;                      /* of the current check */
	struct bad_pages bad_pages;              /* of the run */
	unsigned told;                           /* addresses, one by one, in the run */
	struct mem_errors errors[MEM_PARTS_MAX]; /* of the current slice, one per piece */
};

/* Gives the memory back to the firmware, unless a lost CPU may still write to it. Harmless when nothing was taken. */
void mem_session_end(struct run *run);

/* The account of the run, node by node and module by module: measures and notes in the current step. Nothing when no
 * memory was taken. ledger.c */
void mem_tell_ledger(struct run *run);

extern const struct check mem_address_check;
extern const struct check mem_random_check;
extern const struct check mem_march_c_check;
extern const struct check mem_block_move_check;
extern const struct check mem_bus_stress_check;
extern const struct check mem_bit_fade_check;
extern const struct check mem_selftest_check;
extern const struct check mem_modulo_check;
extern const struct check mem_march_ss_check;
extern const struct check mem_march_raw_check;
extern const struct check mem_random_inversions_check;
extern const struct check mem_moving_inversions_check;
extern const struct check mem_walking_check;
extern const struct check mem_row_hammer_check;

/* What a check has to do: words it reads and writes for each word of memory, and how long it leaves memory alone. */
struct mem_effort {
	unsigned ops;
	uint64_t rests_ns;
};

/* False: that cannot be told beforehand. */
bool mem_effort(const struct check *check, const struct config *config, struct mem_effort *ret);

/* mem.address: fill and verify, twice. */
#define MEM_ADDRESS_OPS 4

/* Whether a word of mem.patterns, a name or glob, matches any background. */
bool mem_pattern_known(struct text glob);

/* Their names, comma separated, into buf[cap]. */
void mem_pattern_list(char *buf, size_t cap);

#endif
