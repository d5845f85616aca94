/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl: records as OCP Test & Validation Diagnostics output, one JSON object per line.
 *
 * Pure. Progress is thinned to one line in ten seconds; everything else is there.
 * Spec.  OCP Test & Validation output, schema 2.0 (opencomputeproject/ocp-diag-core, json_spec).
 *
 * Ours on top of it: a finding is a `diagnosis` directly followed by an `extension` named "finding" with `code` and
 * typed fields; likewise an `error` by "fault", a `log` about a part by "note", a testStepStart by "criterion". "coverage",
 * "progress", "series", "check", "triage" and "judged" are extensions too. A step's id is the check's, with "#2" and so on
 * when it runs again. All that any renderer uses is in the file: report/replay.h makes the same records of it again.
 */
#ifndef KIRIWAKE_REPORT_JSONL_H
#define KIRIWAKE_REPORT_JSONL_H

#include "core/record.h"
#include "report/json.h"

#define JSONL_SCHEMA  2  /* its major version */
#define JSONL_STEPS   96 /* different checks in one run */
#define JSONL_STEP_ID 64

struct jsonl_step {
	uint64_t id_hash;
	unsigned times; /* begun */
};

struct jsonl {
	struct json json;
	uint32_t sequence; /* of lines, not of records: one record may take several */
	int64_t wall_s; /* at t_ns = 0; 0 without a real-time clock: stamps then count from 1970 */
	char step[JSONL_STEP_ID]; /* id of the open step, empty outside */
	uint64_t step_begin_ns;
	size_t step_count;
	struct jsonl_step steps[JSONL_STEPS];
	bool progressed;      /* progress was written in the open step */
	uint64_t progress_ns; /* when */
	size_t hardware_count;
	char hardware[PARTS_MAX][PART_ID]; /* ids that dutInfo has */
};

void jsonl_init(struct jsonl *w, struct sink out);

/* `w` must outlive the listener. */
struct listener jsonl_listener(struct jsonl *w);

#endif
