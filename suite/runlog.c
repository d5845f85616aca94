/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The run's directory on the log volume. Pure over volume_port. See runlog.h. */
#include "suite/runlog.h"
#include "core/fnv.h"
#include "core/text.h"

#define FLUSH_EVERY_NS 10000000000u
#define FINDINGS_FLUSH \
	64 /* findings that are flushed one by one; later ones wait for the next flush */

/* ---- writing ---- */

static void close_file(struct log_file *f)
{
	if (f->file != NULL)
		f->log->volume->close(f->log->volume->ctx, f->file);
	f->file = NULL;
	f->used = 0;
	f->unflushed = false;
}

/* The first reason is the one that is told. */
static void report_problem(struct runlog *log, const char *what)
{
	if (log->problem[0] == '\0')
		fmt_to(log->problem, sizeof(log->problem), "%s failed: %s", what,
			log->volume->error);
}

/* The log is lost from here on: close what can be closed. */
static void give_up(struct runlog *log, const char *what)
{
	report_problem(log, what);
	close_file(&log->jsonl);
	close_file(&log->text);
	close_file(&log->small);
}

static void drain(struct log_file *f)
{
	const struct volume_port *v = f->log->volume;

	if (f->file == NULL || f->used == 0)
		return;
	if (v->append(v->ctx, f->file, f->buffer, f->used) != VOLUME_OK) {
		give_up(f->log, "writing the log");
		return;
	}
	f->hash = fnv1a(f->hash, f->buffer, f->used);
	f->bytes += f->used;
	f->used = 0;
	f->unflushed = true;
}

static void file_write(void *ctx, const char *text, size_t len)
{
	struct log_file *f = ctx;

	while (f->file != NULL && len > 0) {
		size_t room = sizeof(f->buffer) - f->used;
		size_t take = len < room ? len : room;

		memcpy(f->buffer + f->used, text, take);
		f->used += take;
		text += take;
		len -= take;
		if (f->used == sizeof(f->buffer))
			drain(f);
	}
}

struct sink runlog_jsonl(struct runlog *log)
{
	return (struct sink){file_write, &log->jsonl};
}

struct sink runlog_text(struct runlog *log)
{
	return (struct sink){file_write, &log->text};
}

static void flush_file(struct log_file *f)
{
	const struct volume_port *v = f->log->volume;

	drain(f);
	if (f->file == NULL || !f->unflushed)
		return;
	f->unflushed = false;
	if (v->flush(v->ctx, f->file) != VOLUME_OK)
		give_up(f->log, "flushing the log");
}

void runlog_flush(struct runlog *log)
{
	flush_file(&log->jsonl);
	flush_file(&log->text);
	log->last_flush_ns = log->clock->now_ns(log->clock->ctx);
}

void runlog_tick(struct runlog *log)
{
	if (log->clock->now_ns(log->clock->ctx) - log->last_flush_ns >= FLUSH_EVERY_NS)
		runlog_flush(log);
}

static void hear(void *ctx, const struct record *r)
{
	struct runlog *log = ctx;

	switch (r->kind) {
	case RECORD_FINDING:
		if (log->findings_flushed++ < FINDINGS_FLUSH)
			runlog_flush(log);
		else
			runlog_tick(log);
		break;
	case RECORD_PROGRESS:
		if (r->u.progress.surely)
			runlog_flush(log);
		else
			runlog_tick(log);
		break;
	case RECORD_RUN_BEGIN:
	case RECORD_CHECK_BEGIN:
	case RECORD_CHECK_END:
	case RECORD_RUN_END:
		runlog_flush(log);
		break;
	default:
		runlog_tick(log);
	}
}

struct listener runlog_listener(struct runlog *log)
{
	return (struct listener){hear, log};
}

/* ---- opening ---- */

static bool create_file(struct runlog *log, const char *name, struct log_file *f)
{
	const struct volume_port *v = log->volume;
	char path[RUNLOG_PATH];

	fmt_to(path, sizeof(path), "%s/%s", log->directory, name);
	return v->create(v->ctx, path, &f->file) == VOLUME_OK;
}

void runlog_open(struct runlog *log, const struct volume_port *volume,
	const struct clock_port *clock, unsigned keep)
{
	log->volume = volume;
	log->clock = clock;
	log->last_flush_ns = clock->now_ns(clock->ctx);
	log->jsonl.log = log->text.log = log->small.log = log;
	log->jsonl.hash = log->text.hash = FNV_BASIS;
	text_copy(log->number, sizeof(log->number), "none");
	if (!volume->present || !volume->writable) {
		fmt_to(log->problem, sizeof(log->problem), "%s%s", volume->where,
			volume->present ? " is not writable" : "");
		return;
	}
	volume->make_directory(volume->ctx, OLD_RUNS_DIRECTORY);
	/* The buffer of a file that is not open yet serves to read in. */
	if (!old_runs_look(volume, log->jsonl.buffer, keep, &log->old)) {
		give_up(log, "listing " OLD_RUNS_DIRECTORY);
		return;
	}
	if (log->old.newest == OLD_RUNS_LAST) {
		text_copy(log->problem, sizeof(log->problem),
			"the numbers for runs are used up: clear " OLD_RUNS_DIRECTORY);
		return;
	}
	fmt_to(log->directory, sizeof(log->directory), OLD_RUNS_DIRECTORY "/%04u",
		log->old.newest + 1);
	if (volume->make_directory(volume->ctx, log->directory) != VOLUME_OK ||
		!create_file(log, "results.jsonl", &log->jsonl) ||
		!create_file(log, "log.txt", &log->text)) {
		give_up(log, "creating the run's files");
		return;
	}
	fmt_to(log->number, sizeof(log->number), "%04u", log->old.newest + 1);
}

/* ---- checking and closing ---- */

bool runlog_read_back(struct runlog *log)
{
	const struct volume_port *v = log->volume;
	uint64_t offset = 0, hash = FNV_BASIS;
	char path[RUNLOG_PATH];
	size_t len;

	runlog_flush(log);
	if (log->jsonl.file == NULL)
		return log->problem[0] == '\0';
	fmt_to(path, sizeof(path), "%s/results.jsonl", log->directory);
	do {
		/* The buffer is empty after a flush. */
		if (v->read(v->ctx, path, offset, log->jsonl.buffer, RUNLOG_BUFFER, &len) !=
			VOLUME_OK) {
			give_up(log, "reading the log back");
			return false;
		}
		hash = fnv1a(hash, log->jsonl.buffer, len);
		offset += len;
	} while (len == RUNLOG_BUFFER);
	if (offset == log->jsonl.bytes && hash == log->jsonl.hash)
		return true;
	fmt_to(log->problem, sizeof(log->problem),
		"results.jsonl reads back differently from what was written (%llu of %llu bytes)",
		(unsigned long long)offset, (unsigned long long)log->jsonl.bytes);
	return false;
}

bool runlog_replace(
	struct runlog *log, const char *path, void (*write)(void *ctx, struct sink out), void *ctx)
{
	const struct volume_port *v = log->volume;

	if (log->text.file == NULL)
		return false;
	if (v->create(v->ctx, path, &log->small.file) != VOLUME_OK) {
		/* Somebody may have made it read-only: no reason to lose the records. */
		log->small.file = NULL;
		report_problem(log, path);
		return false;
	}
	write(ctx, (struct sink){file_write, &log->small});
	flush_file(&log->small);
	close_file(&log->small);
	return log->text.file != NULL;
}

void runlog_close(struct runlog *log)
{
	runlog_flush(log);
	close_file(&log->jsonl);
	close_file(&log->text);
}
