/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Mismatches folded into a bounded number of findings.
 *
 * Pure. Of one check: each new address is examined at once, up to MEM_ERRORS_KEPT, and told, up to MEM_TOLD_PER_CHECK;
 *       everything is counted and folded into signs; one summarising finding at the end says what all of it looks
 *       like. Of one run: once MEM_TOLD_PER_RUN addresses were told, each check tells one and sums up. So ten million
 *       mismatches cost no more log than twenty, and a run has at most 128 findings about addresses, and two more
 *       for each check that fails: at less than 2 KiB a finding, 256 KiB and 4 KiB for each of these checks.
 *       Pages with failing cells are collected over the run for badram.txt. There, mismatches that were looked at
 *       and accuse no cell do not count. Pages where none was looked at are left out only if no cell was accused
 *       in the whole check, and then as aliases, or because of the CPU that saw them.
 */
#ifndef KIRIWAKE_MEMTEST_ERRORLOG_H
#define KIRIWAKE_MEMTEST_ERRORLOG_H

#include "core/check.h"
#include "memtest/kernels.h"

#define MEM_TOLD_PER_CHECK 16
#define MEM_TOLD_PER_RUN   128

struct mem_seen {
	uint64_t physical;
	uint64_t count; /* mismatches at this address that reached us; at least one */
	enum mem_class class;
	unsigned cpu;    /* that saw it first */
	bool held_wrong; /* not only read wrong: its page is in the signs */
};

/* Zero it before the first use. */
struct mem_log {
	uint64_t mismatches;      /* exact */
	uint64_t lowest, highest; /* physical addresses; valid when mismatches > 0 */
	uint64_t sweep_words;     /* bad words in the current sweep over memory */
	uint64_t most_words;      /* in any one sweep: there are at least so many bad addresses */
	struct mem_signs signs;   /* of all mismatches */
	uint64_t examined_ns;     /* time spent on looking closely */
	size_t told;              /* addresses with a finding of their own */
	size_t aliases;           /* of these, other addresses' words */
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

/* How many different words failed, at least. */
static inline uint64_t mem_log_words(const struct mem_log *log)
{
	return log->most_words > log->seen_count ? log->most_words : log->seen_count + log->untold;
}

/* Whether every address told so far held the word of another. */
static inline bool mem_log_only_aliases(const struct mem_log *log)
{
	return log->told > 0 && log->aliases == log->told;
}

/* A new sweep over memory begins: a word can be counted once more. */
void mem_log_sweep(struct mem_log *log);

/* Folds in what CPU `cpu` saw; on the boot CPU, while nobody works on memory. */
void mem_log_take(struct mem_log *log, struct run *run, const struct mem_teller *teller,
	unsigned cpu, const struct mem_errors *errors);

/* The check is over: says what all mismatches look like, and counts what was not told. */
void mem_log_end(const struct mem_log *log, struct run *run);

/* Records a mem-bit-error; `during` says what ran, for the sentence: "March C-, solid, step 2 of 6". */
void mem_tell_bit_error(struct run *run, const char *during, unsigned cpu,
	const struct mem_error *error, uint64_t count);

/* Room for and text of the differing bits: "bit 5", "bits 0, 3 and 63", "40 of 64 bits". */
#define MEM_BITS_TEXT 40
const char *mem_bits_text(char buf[MEM_BITS_TEXT], uint64_t differing);

#endif
