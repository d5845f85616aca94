/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Machine-check errors folded into a bounded number of findings.
 *
 * Pure. Of one run: each new place (bank, page of memory, kind of error) is told at once, up to MCA_PLACES_MAX; everything
 *       is counted; what was not told by itself goes into at most one finding per kind and step. A storm costs no
 *       more log than a drizzle.
 */
#ifndef KIRIWAKE_EVIDENCE_MCA_LOG_H
#define KIRIWAKE_EVIDENCE_MCA_LOG_H

#include "core/check.h"
#include "evidence/mca.h"

#define MCA_PLACES_MAX 32

/* Kinds of finding, by memory or CPU and by whether data were lost; worst first. */
enum mca_kind {
	MCA_KIND_MEM_UNCORRECTED,
	MCA_KIND_CPU_UNCORRECTED,
	MCA_KIND_MEM_CORRECTED,
	MCA_KIND_CPU_CORRECTED,
	MCA_KIND_COUNT
};

/* Errors with the same key are one place. A memory controller's bank is seen from every CPU of its package: its errors
 * are told apart by NUMA node, those of other units by CPU. */
struct mca_place {
	enum mca_kind kind;
	unsigned bank;
	unsigned seen_from; /* CPU, or node */
	uint64_t page;      /* physical address / 4096; UINT64_MAX: no address */
	uint64_t count;     /* in this run */
};

/* Errors of one kind in the current step that no finding told yet: at places that are known, or beyond the last one. */
struct mca_untold {
	uint64_t count;
	enum verdict verdict;
};

/* Zero it before the first use. */
struct mca_log {
	size_t place_count;
	struct mca_place places[MCA_PLACES_MAX];
	uint64_t totals[MCA_KIND_COUNT]; /* in this run, those from before it included */
	struct mca_untold untold[MCA_KIND_COUNT];
	bool overflow; /* some error said that others were lost: counts are lower bounds */
};

/* Folds in what was taken, and tells what is new. `before`: it was there before the run began. */
void mca_log_take(struct mca_log *log, struct run *run, const struct mca_take *take, bool before);

/* The step is about to end: tells how much more there was than it told. */
void mca_log_step_end(struct mca_log *log, struct run *run);

/* All errors so far. */
uint64_t mca_log_total(const struct mca_log *log);

#endif
