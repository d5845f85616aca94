/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How an earlier run ended, read off the end of its results.jsonl.
 *
 * Pure.
 * Trust. None: the file may be torn anywhere, edited, or not ours at all.
 */
#ifndef KIRIWAKE_SUITE_PREVIOUS_H
#define KIRIWAKE_SUITE_PREVIOUS_H

#include "core/bytes.h"

struct previous_run {
	char machine
		[160];  /* the one it ran on, up to the first quote in its name; empty: not told */
	bool ended;     /* it wrote its testRunEnd */
	char check[32]; /* the step it was in; empty: in none */
	char where
		[96]; /* the last progress it wrote: "address 0x1234000"; empty: none in that step */

	/* The disk whose surface it was reading from front to back, and how far that had come. */
	char disk[12];   /* its id; empty: none */
	char serial[64]; /* empty: not told */
	uint64_t lba;
	bool behind_bad; /* right before that, blocks are on record as bad */
	bool in_step;    /* it died within SURFACE_STEP bytes from there */
};

/* Reads the last bytes of a results.jsonl; `tail` may begin in the middle of a line. Never fails: what is not
 * there stays empty. */
void previous_run_read(struct span tail, struct previous_run *ret);

/* Reads the first bytes of the same file: sets run->machine and, of run->disk, run->serial if they tell it. */
void previous_run_read_head(struct span head, struct previous_run *run);

#endif
