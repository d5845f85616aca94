/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside the reader of results.jsonl: what its files ask of each other. Pure. */
#ifndef KIRIWAKE_REPORT_REPLAY_LINE_H
#define KIRIWAKE_REPORT_REPLAY_LINE_H

#include "report/replay.h"

/* What one object in a line becomes. */
struct replay_kind {
	const char *name;
	void (*take)(struct replay *p, const struct json_node *content);
};

/* Numbers *r, stamps it with the time of the line, and hands it to the listeners. */
void replay_emit(struct replay *p, struct record *r);

/* Keeps a record, and a copy of its message, until the next line. */
void replay_keep(struct replay *p, const struct record *r);

/* Emits a record that was kept, if there is one. */
void replay_flush(struct replay *p);

/* "call: what happened" of a fault taken apart; `call` NULL: up to the first colon. */
void replay_split_fault(struct replay *p, const char *call);

/* The testRunStart line. */
void replay_run_start(struct replay *p, const struct json_node *content);

/* What stands behind "KIRIWAKE END ", and the testRunEnd line. */
void replay_end_line(struct replay *p, const char *words);
void replay_run_end(struct replay *p, const struct json_node *content);

/* If the line that tells of the run's start is torn, it started all the same. */
void replay_begin(struct replay *p);

/* Members of a step. */
void replay_measurement(struct replay *p, const struct json_node *content);
void replay_series(struct replay *p, const struct json_node *content);
void replay_progress(struct replay *p, const struct json_node *content);

/* Whether `text` is what the writer makes of an address, and nothing else that begins like one. */
bool replay_hex(const char *text, uint64_t *ret);

/* Whatever stands in a testStepArtifact. */
void replay_step(struct replay *p, const struct json_node *artifact);

/* A string member; NULL if it is missing or empty. */
const char *replay_text(const struct replay *p, const struct json_node *content, const char *name);

/* The index of `name` among `count` names, NULLs allowed; `otherwise` if it is none of them or NULL. */
size_t replay_index(const char *name, const char *const *names, size_t count, size_t otherwise);

/* The verdict of that name; `otherwise` if it is none. */
enum verdict replay_verdict(const char *name, enum verdict otherwise);

/* Whether that is the code of a finding. */
bool replay_code(const char *code, enum finding_code *ret);

#endif
