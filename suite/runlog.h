/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The run's directory on the log volume: numbering, buffering, flushing, reading back.
 *
 * Pure over volume_port. Flush policy: a step's begin before the step starts, every finding up to a bound,
 * every step's end, and otherwise every 10 s, because one flush costs a stick 64 KiB or more.
 * Trust. The volume's contents: none. Its calls: status checked, and the records are read back once.
 */
#ifndef KIRIWAKE_SUITE_RUNLOG_H
#define KIRIWAKE_SUITE_RUNLOG_H

#include "core/fmt.h"
#include "core/record.h"
#include "suite/old_runs.h"

#define RUNLOG_BUFFER OLD_RUNS_TAIL
#define RUNLOG_PATH   48

struct runlog;

/* One growing file, written through a buffer. */
struct log_file {
	struct runlog *log;
	struct volume_file *file; /* NULL: closed, what is written is dropped */
	size_t used;
	bool unflushed; /* handed to the volume since the last flush */
	uint64_t hash;  /* FNV-1a of all that was handed to the volume */
	uint64_t bytes;
	char buffer[RUNLOG_BUFFER];
};

struct runlog {
	const struct volume_port *volume;
	const struct clock_port *clock;
	char number[12]; /* "0007", or "none" */
	char directory[RUNLOG_PATH];
	char problem[192]; /* why there is no log, or what broke; empty: all is well */
	uint64_t last_flush_ns;
	unsigned findings_flushed;
	struct log_file jsonl;
	struct log_file text;
	struct log_file small; /* the one runlog_replace() is writing */

	struct old_runs old;
};

/* Finds the newest run, makes the next directory and its files, deletes bulky files of old runs when the volume is
 * nearly full and `keep` > 0 newest runs are to be spared. On any failure: number "none" and `problem` says why. */
void runlog_open(struct runlog *log, const struct volume_port *volume,
	const struct clock_port *clock, unsigned keep);

/* Sinks for the renderers; they drop text when there is no log. */
struct sink runlog_jsonl(struct runlog *log);
struct sink runlog_text(struct runlog *log);

/* Applies the flush policy. Register it behind the renderers, so that they have written first. */
struct listener runlog_listener(struct runlog *log);

/* Call often: flushes when the last flush is 10 s ago. */
void runlog_tick(struct runlog *log);

/* Writes out what is buffered, and has the volume write it to the medium. */
void runlog_flush(struct runlog *log);

/* Flushes, then reads results.jsonl back and compares. False: `problem` says what differs. True without a log. */
bool runlog_read_back(struct runlog *log);

/* Replaces a small file by what `write` puts into the sink. False: nothing without a log; if the file cannot be
 * replaced, `problem` says so and the records go on. */
bool runlog_replace(
	struct runlog *log, const char *path, void (*write)(void *ctx, struct sink out), void *ctx);

/* Flushes and closes results.jsonl and log.txt. Nothing can be added afterwards. */
void runlog_close(struct runlog *log);

#endif
