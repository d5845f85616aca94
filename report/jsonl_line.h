/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside the results.jsonl writer: how a line begins, and what jsonl.c asks of its siblings.
 *
 * Pure. Every line is opened by one of the first three functions and ended by json_end_line().
 */
#ifndef KIRIWAKE_REPORT_JSONL_LINE_H
#define KIRIWAKE_REPORT_JSONL_LINE_H

#include "report/jsonl.h"

/* Begins a line and leaves the object `name` of a testRunArtifact open. */
void jsonl_run_open(struct jsonl *w, const struct record *r, const char *name);

/* The same of a testStepArtifact of the open step. */
void jsonl_step_open(struct jsonl *w, const struct record *r, const char *name);

/* The same, leaving the `content` of the extension `name` open. */
void jsonl_extension_open(struct jsonl *w, const struct record *r, const char *name);

/* symptom and message of a fault, into the open object. */
void jsonl_put_fault(struct jsonl *w, const struct record *r);

/* hardwareInfoId, if the record is about a part that dutInfo has. */
void jsonl_put_hardware_id(struct jsonl *w, const struct record *r);

/* The validator's type, as the schema calls it; not of LIMIT_NONE. */
const char *jsonl_limit_type(enum limit limit);

/* partType of hardware, as we call it; NULL: the part is not hardware. */
const char *jsonl_part_type(enum part_kind kind);

/* Figures and curves. */
void jsonl_measure(struct jsonl *w, const struct record *r);
void jsonl_series(struct jsonl *w, const struct record *r);

/* What the records of a step become; `r` is of any kind but RUN_BEGIN and RUN_END, and after a CHECK_BEGIN. */
void jsonl_step_hear(struct jsonl *w, const struct record *r);

/* Opens and closes a step. An open one must be closed before another is opened. */
void jsonl_step_begin(struct jsonl *w, const struct record *check_begin);
void jsonl_step_end(struct jsonl *w, const struct record *r, const char *status);

/* The testRunStart line; remembers which parts are hardware. */
void jsonl_run_start(struct jsonl *w, const struct record *run_begin);

#endif
