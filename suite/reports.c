/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The files of a run that are written once it is over. Pure over volume_port.
 *
 * Not earlier: a flush costs a stick 64 KiB, and should the run never come to its end, `kiriwake report` makes the same files
 * out of results.jsonl on any other machine.
 */
#include "report/html.h"
#include "report/junit.h"
#include "report/prom.h"
#include "suite/state.h"

static void write_html(void *ctx, struct sink out)
{
	html_write(ctx, out);
}

static void write_junit(void *ctx, struct sink out)
{
	junit_write(ctx, out);
}

static void write_prom(void *ctx, struct sink out)
{
	prom_write(ctx, out);
}

static const struct {
	const char *name, *type, *what;
	void (*write)(void *ctx, struct sink out); /* NULL: it grows while the run goes on */
} files[] = {
	{"report.html", "text/html", "the whole run for people, in any browser", write_html},
	{"junit.xml", "application/xml", "the checks as test cases, for CI systems", write_junit},
	{"metrics.prom", "text/plain", "the figures, for Prometheus", write_prom},
	{"log.txt", "text/plain", "every record as a line", NULL},
};

void tell_reports(struct suite *s)
{
	for (size_t i = 0; s->log.text.file != NULL && i < ARRAY_LEN(files); i++)
		record_file(&s->rec, files[i].name, files[i].type, files[i].what);
}

void write_reports(struct suite *s)
{
	char path[RUNLOG_PATH];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		fmt_to(path, sizeof(path), "%s/%s", s->log.directory, files[i].name);
		if (files[i].write != NULL)
			runlog_replace(&s->log, path, files[i].write, &s->digest);
	}
}
