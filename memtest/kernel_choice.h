/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which kernels a run uses: what mem.kernel asks for, else the fastest that every CPU can run.
 *
 * Pure. What the CPUs can run, and the memory to measure on, come from outside.
 */
#ifndef KIRIWAKE_MEMTEST_KERNEL_CHOICE_H
#define KIRIWAKE_MEMTEST_KERNEL_CHOICE_H

#include "core/config.h"
#include "memtest/kernels.h"

#define KERNEL_CANDIDATES 4

/* An instance, by the place of its word in enum mem_kernel. */
struct kernel_candidate {
	const struct kernels *kernels;
	const char *unusable; /* why it cannot run here; NULL: it can */
	uint64_t mb_per_s;    /* 0: not measured */
};

struct kernel_candidates {
	struct kernel_candidate at[KERNEL_CANDIDATES];
};

/* The words of mem.kernel: "auto", then those of the candidates, and NULL. */
extern const char *const kernel_words[];

/* MB/s, read and written, of filling, checking and complementing random data in the chunk, the best of a few rounds;
 * 0 if a word was wrong. */
uint64_t kernel_speed(
	const struct kernels *kernels, struct mem_chunk chunk, const struct clock_port *clock);

/* What to use. A wider one has to be more than measurably faster; where nothing was measured it is SSE2. `wanted` that
 * cannot run is not used: then *ret_refused says why, else it is empty. The note tells what is used, and why. */
const struct kernels *kernel_choose(const struct kernel_candidates *candidates,
	enum mem_kernel wanted, char ret_refused[PORT_ERROR], char ret_note[MACHINE_NOTE]);

#endif
