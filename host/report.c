/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `kiriwake report`. Hardware: files. See report.h.
 *
 * Trust. results.jsonl may have come from anywhere: report/replay.h reads it.
 */
#include "host/report.h"
#include "core/bytes.h"
#include "report/html.h"
#include "report/jsonl.h"
#include "report/junit.h"
#include "report/latest.h"
#include "report/prom.h"
#include "report/replay.h"
#include "report/textlog.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_SIZE 4096

struct pages {
	const char *out;
	bool log_begun;
	FILE *log_file;
	struct replay replay;
	struct digest digest;
	struct latest latest;
	struct textlog log;
};

static void to_file(void *ctx, const char *text, size_t len)
{
	if (ctx != NULL)
		fwrite(text, 1, len, ctx);
}

static bool complain(const char *path)
{
	fprintf(stderr, "kiriwake: %s: %s\n", path, strerror(errno));
	return false;
}

static FILE *open_in(const char *directory, const char *name, const char *mode)
{
	char path[PATH_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, mode);
	if (file == NULL && !(mode[0] == 'w' && mode[1] == 'x' && errno == EEXIST))
		complain(path);
	return file;
}

/* The whole file; the caller frees *ret. */
static bool read_all(const char *directory, const char *name, char **ret, size_t *ret_len)
{
	FILE *file = open_in(directory, name, "rb");
	size_t used = 0, cap = 1u << 20, got;
	char *text = malloc(cap);

	if (file == NULL || text == NULL) {
		free(text);
		return false;
	}
	while ((got = fread(text + used, 1, cap - used, file)) > 0) {
		used += got;
		if (used < cap)
			continue;
		cap *= 2;
		text = realloc(text, cap);
		if (text == NULL)
			abort();
	}
	fclose(file);
	*ret = text;
	*ret_len = used;
	return true;
}

static bool write_one(const char *out, const char *name, const struct digest *digest,
	void (*write)(const struct digest *d, struct sink out))
{
	FILE *file = open_in(out, name, "wb");

	if (file == NULL)
		return false;
	write(digest, (struct sink){to_file, file});
	return fclose(file) == 0 || complain(name);
}

/* A log that the run wrote itself stays, and where there is no record there is no log. */
static void to_log(void *ctx, const char *text, size_t len)
{
	struct pages *p = ctx;

	if (!p->log_begun)
		p->log_file = open_in(p->out, "log.txt", "wx");
	p->log_begun = true;
	to_file(p->log_file, text, len);
}

static bool write_pages(struct pages *p, struct text records)
{
	digest_init(&p->digest);
	latest_init(&p->latest);
	textlog_init(&p->log, (struct sink){to_log, p});
	replay_listen(&p->replay, digest_listener(&p->digest));
	replay_listen(&p->replay, latest_listener(&p->latest));
	replay_listen(&p->replay, textlog_listener(&p->log));
	replay_run(&p->replay, records);
	if (p->log_file != NULL && fclose(p->log_file) != 0)
		return complain("log.txt");
	if (p->replay.bad_lines > 0)
		fprintf(stderr, "kiriwake: %llu lines of results.jsonl are torn\n",
			(unsigned long long)p->replay.bad_lines);
	if (p->replay.schema > JSONL_SCHEMA)
		fprintf(stderr,
			"kiriwake: results.jsonl is of schema %llu, this program knows %d: what is new is left out\n",
			(unsigned long long)p->replay.schema, JSONL_SCHEMA);
	if (!p->replay.begun) {
		fputs("kiriwake: results.jsonl holds no record of a run\n", stderr);
		return false;
	}
	latest_write(&p->latest, (struct sink){to_file, stdout});
	return write_one(p->out, "report.html", &p->digest, html_write) &&
	       write_one(p->out, "junit.xml", &p->digest, junit_write) &&
	       write_one(p->out, "metrics.prom", &p->digest, prom_write);
}

bool report_directory(const char *directory, const char *out)
{
	struct pages *p = calloc(1, sizeof(*p));
	size_t len;
	char *text;
	bool done;

	if (p == NULL || !read_all(directory, "results.jsonl", &text, &len)) {
		free(p);
		return false;
	}
	p->out = out != NULL ? out : directory;
	done = write_pages(p, (struct text){text, len});
	free(text);
	free(p);
	return done;
}
