/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The run's directory on the log volume. Pure over volume_port. See runlog.h. */
#include "suite/runlog.h"
#include "core/text.h"

#define RUNS           "/runs"
#define FLUSH_EVERY_NS 10000000000u
#define FINDINGS_FLUSH \
	64 /* findings that are flushed one by one; later ones wait for the next flush */
#define LOW_SPACE_BYTES (16u << 20)
#define FNV_BASIS       0xcbf29ce484222325u
#define FNV_PRIME       0x100000001b3u

static uint64_t fnv1a(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)bytes[i]) * FNV_PRIME;
	return hash;
}

/* ---- writing ---- */

static void close_file(struct log_file *f)
{
	if (f->file != NULL)
		f->log->volume->close(f->log->volume->ctx, f->file);
	f->file = NULL;
	f->used = 0;
}

/* The log is lost from here on: remember the first reason, close what can be closed. */
static void give_up(struct runlog *log, const char *what)
{
	if (log->problem[0] == '\0')
		fmt_to(log->problem, sizeof(log->problem), "%s failed: %s", what,
			log->volume->error);
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
	if (f->file != NULL && v->flush(v->ctx, f->file) != VOLUME_OK)
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

static void newest_run(void *arg, const char *name, bool is_directory, uint64_t bytes)
{
	unsigned *newest = arg;
	uint64_t number;

	(void)bytes;
	if (is_directory && text_number((struct text){name, text_length(name)}, &number) &&
		number > *newest && number < 1000000)
		*newest = (unsigned)number;
}

static void results_size(void *arg, const char *name, bool is_directory, uint64_t bytes)
{
	if (!is_directory && text_glob((struct text){"results.jsonl", 13},
				     (struct text){name, text_length(name)}))
		*(uint64_t *)arg = bytes;
}

/* Reads how run `number` ended, through the buffer of the file that is not open yet. */
static void read_previous(struct runlog *log, unsigned number)
{
	const struct volume_port *v = log->volume;
	char path[RUNLOG_PATH];
	uint64_t size = 0;
	size_t len = 0;

	fmt_to(path, sizeof(path), RUNS "/%04u", number);
	if (v->list(v->ctx, path, results_size, &size) != VOLUME_OK)
		return;
	fmt_add(path, sizeof(path), "/results.jsonl");
	if (size > 0)
		v->read(v->ctx, path, size > RUNLOG_BUFFER ? size - RUNLOG_BUFFER : 0,
			log->jsonl.buffer, RUNLOG_BUFFER, &len);
	previous_run_read((struct span){(const uint8_t *)log->jsonl.buffer, len}, &log->previous);
	log->previous_number = number;
	log->has_previous = true;
}

/* Deletes the bulky renderings of the oldest runs until there is room again; records and LATEST.TXT stay. */
static void make_room(struct runlog *log, unsigned newest, unsigned keep)
{
	static const char *const bulky[] = {"log.txt", "report.html", "junit.xml", "metrics.prom"};
	const struct volume_port *v = log->volume;
	uint64_t free_bytes;

	for (unsigned run = 1; keep > 0 && run + keep <= newest; run++) {
		if (v->free_bytes(v->ctx, &free_bytes) != VOLUME_OK ||
			free_bytes >= LOW_SPACE_BYTES)
			return;
		for (size_t i = 0; i < ARRAY_LEN(bulky); i++) {
			char path[RUNLOG_PATH];

			fmt_to(path, sizeof(path), RUNS "/%04u/%s", run, bulky[i]);
			log->dropped_files += v->remove(v->ctx, path) == VOLUME_OK;
		}
	}
}

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
	unsigned newest = 0;

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
	volume->make_directory(volume->ctx, RUNS);
	if (volume->list(volume->ctx, RUNS, newest_run, &newest) != VOLUME_OK) {
		give_up(log, "listing " RUNS);
		return;
	}
	if (newest > 0)
		read_previous(log, newest);
	make_room(log, newest, keep);
	fmt_to(log->directory, sizeof(log->directory), RUNS "/%04u", newest + 1);
	if (volume->make_directory(volume->ctx, log->directory) != VOLUME_OK ||
		!create_file(log, "results.jsonl", &log->jsonl) ||
		!create_file(log, "log.txt", &log->text)) {
		give_up(log, "creating the run's files");
		return;
	}
	fmt_to(log->number, sizeof(log->number), "%04u", newest + 1);
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

void runlog_replace(
	struct runlog *log, const char *path, void (*write)(void *ctx, struct sink out), void *ctx)
{
	const struct volume_port *v = log->volume;
	if (log->text.file == NULL)
		return;
	if (v->create(v->ctx, path, &log->small.file) != VOLUME_OK) {
		give_up(log, path);
		return;
	}
	write(ctx, (struct sink){file_write, &log->small});
	flush_file(&log->small);
	close_file(&log->small);
}

void runlog_close(struct runlog *log)
{
	runlog_flush(log);
	close_file(&log->jsonl);
	close_file(&log->text);
}
