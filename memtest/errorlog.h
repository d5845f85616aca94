/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Mismatches folded into a bounded number of findings.
 *
 * Pure. Of one check: each new address is told at once, up to MEM_ERRORS_KEPT; everything is counted; what was
 *       not told goes into one summarising finding at the end. Ten million mismatches cost no more log than fifty.
 */
#ifndef KIRIWAKE_MEMTEST_ERRORLOG_H
#define KIRIWAKE_MEMTEST_ERRORLOG_H

#include "core/check.h"
#include "memtest/kernels.h"

struct mem_seen {
	uint64_t physical;
	uint64_t count; /* mismatches at this address that reached us; at least one */
};

/* Zero it before the first use. */
struct mem_log {
	uint64_t mismatches;      /* exact */
	uint64_t lowest, highest; /* physical addresses; valid when mismatches > 0 */
	uint64_t sweep_words;     /* bad words in the current sweep over memory */
	uint64_t most_words;      /* in any one sweep: there are at least so many bad addresses */
	size_t aliases;           /* among the addresses seen */
	bool untold;              /* a new address came when there was no room for it */
	size_t seen_count;
	struct mem_seen seen[MEM_ERRORS_KEPT];
};

/* How a check words a finding about one address. */
struct mem_teller {
	/* Records one finding and returns its code. `count`: mismatches at that address so far. */
	enum finding_code (*tell)(struct run *run, const void *arg, unsigned cpu,
		const struct mem_error *error, uint64_t count);
	const void *arg;
};

/* A new sweep over memory begins: a word can be counted once more. */
void mem_log_sweep(struct mem_log *log);

/* Folds in what CPU `cpu` saw. */
void mem_log_take(struct mem_log *log, struct run *run, const struct mem_teller *teller,
	unsigned cpu, const struct mem_errors *errors);

/* The check is over: counts what was not told. */
void mem_log_end(const struct mem_log *log, struct run *run);

/* Records a mem-bit-error; `during` says what ran, for the sentence: "March C-, solid, step 2 of 6". */
void mem_tell_bit_error(struct run *run, const char *during, unsigned cpu,
	const struct mem_error *error, uint64_t count);

/* Room for and text of the differing bits: "bit 5", "bits 0, 3 and 63", "40 of 64 bits". */
#define MEM_BITS_TEXT 40
const char *mem_bits_text(char buf[MEM_BITS_TEXT], uint64_t differing);

#endif
