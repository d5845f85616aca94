/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A run's records once more, out of its results.jsonl: what jsonl.c wrote, read back.
 *
 * Pure. A renderer that listens to it writes the same bytes as it did while the run went on, as far as the file goes.
 * Trust. The file: none. It may be torn anywhere, cut, mixed up or made to do harm: a line that is no JSON, or says nothing
 *        we know, is left out; texts are cut to what a record may hold.
 */
#ifndef KIRIWAKE_REPORT_REPLAY_H
#define KIRIWAKE_REPORT_REPLAY_H

#include "core/record.h"
#include "report/json_read.h"

#define REPLAY_STEP       64
#define REPLAY_MESSAGE    4096
#define REPLAY_FIELDS     32
#define REPLAY_TEXTS      64
#define REPLAY_PARAMETERS 4096

/* Big: the owner provides it, zeroed. */
struct replay {
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;
	uint64_t bad_lines; /* no JSON, or not an object: torn */
	uint32_t seq;
	uint64_t wall_ms;          /* since 1970, at t_ns = 0 */
	uint64_t now_ns;           /* of the newest line */
	bool begun;                /* RUN_BEGIN was emitted */
	uint64_t schema;           /* major version that the file names; 0: it names none */
	enum verdict worst;        /* of all trouble that was told: no END says better */
	char step_id[REPLAY_STEP]; /* of the open step, empty outside */
	char check[REPLAY_STEP];   /* its check */

	/* What the next line may have the rest of: CHECK_BEGIN, FINDING, FAULT or NOTE. */
	bool is_pending;
	struct record pending;
	char message[REPLAY_MESSAGE];

	/* Of the open step, and of the run, until they end. */
	bool has_verdict;
	enum verdict verdict;
	uint64_t took_ns;
	char why[REPLAY_MESSAGE];
	bool has_end;
	struct record end;
	char end_run[12];
	char incomplete_why[REPLAY_MESSAGE];

	/* What records point into. */
	struct inventory inventory;
	char parameters[REPLAY_PARAMETERS];
	struct field fields[REPLAY_FIELDS];
	const char *texts[REPLAY_TEXTS];
	struct point points[SERIES_POINTS];
	struct json_tree tree;
};

/* At most LISTENERS_MAX. */
void replay_listen(struct replay *p, struct listener l);

/* The next line, not empty, without its line end; and after the last one the end. */
void replay_line(struct replay *p, struct text line);
void replay_end(struct replay *p);

/* Every line of `text`, and then the end. Once for a replay. */
void replay_run(struct replay *p, struct text text);

#endif
