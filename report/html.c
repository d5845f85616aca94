/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: the page, and its first screen: verdict, what to do next, the machine. Pure. See html.h. */
#include "report/html.h"
#include "core/bytes.h"
#include "core/text.h"
#include "report/html_part.h"

#define NEXT_MAX 5

enum verdict html_state_verdict(enum suspect_state state)
{
	static const enum verdict verdicts[] = {
		[SUSPECT_UNTESTED] = SKIP,
		[SUSPECT_CLEARED] = PASS,
		[SUSPECT_SUSPECT] = WARN,
		[SUSPECT_FAULTY] = FAIL,
	};

	return verdicts[state];
}

void html_shape(struct sink out, enum verdict verdict)
{
	fmt(out, "<svg class=\"shape %s\" aria-hidden=\"true\"><use href=\"#%s\"/></svg>",
		verdict_name(verdict), verdict_name(verdict == UNDECIDED ? SKIP : verdict));
}

void html_badge(struct sink out, enum verdict verdict, const char *word)
{
	fmt(out, "<span class=\"badge %s\">", verdict_name(verdict));
	html_shape(out, verdict);
	fmt(out, "%s</span>", word);
}

void html_heading(struct sink out, const char *id, const char *text)
{
	fmt(out, "<h2 id=\"%s\">%s</h2>\n", id, text);
}

static void put_head(const struct digest *d, struct sink out)
{
	const char *word = d->ended ? verdict_name(d->verdict) : "unfinished";

	markup_raw(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
			"style-src 'unsafe-inline'\">\n<title>");
	markup(out, "%s: %s, Kiriwake run %s", word, d->head.machine, d->head.run);
	markup_raw(out, "</title>\n<style>\n");
	markup_raw(out, html_style);
	markup_raw(out, "</style>\n</head>\n<body>\n");
	markup_raw(out, html_shapes);
	markup_raw(out,
		"<header><b>Kiriwake</b><span>hardware test report</span><span class=\"run\">");
	markup(out, "run %s%s%.10s", d->head.run, d->head.has_wall ? ", " : "", d->head.started);
	markup_raw(out, "</span></header>\n<main>\n");
}

static unsigned count_state(const struct digest *d, enum suspect_state state)
{
	unsigned count = 0;

	for (size_t i = 0; i < d->suspect_count; i++)
		count += d->suspects[i].state == state;
	return count;
}

/* "2 parts are faulty, 1 is suspect, 1 was not tested." */
static void put_sum(const struct digest *d, struct sink out)
{
	static const struct {
		enum suspect_state state;
		const char *one, *many;
	} rows[] = {
		{SUSPECT_FAULTY, "is faulty", "are faulty"},
		{SUSPECT_SUSPECT, "is suspect", "are suspect"},
		{SUSPECT_UNTESTED, "was not tested", "were not tested"},
		{SUSPECT_CLEARED, "is cleared", "are cleared"},
	};
	const char *joint = "";

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const unsigned n = count_state(d, rows[i].state);

		if (n == 0)
			continue;
		fmt(out, "%s%u%s %s", joint, n,
			joint[0] != '\0' ? ""
			: n == 1         ? " suspect"
					 : " suspects",
			n == 1 ? rows[i].one : rows[i].many);
		joint = ", ";
	}
	if (joint[0] != '\0')
		markup_raw(out, ".");
}

static void put_unfinished(const struct digest *d, struct sink out)
{
	const struct digest_span *last = d->span_count > 0 ? &d->spans[d->span_count - 1] : NULL;

	markup_raw(out, "<p>The run did not come to its end");
	if (last != NULL && !last->ended)
		markup(out, ": it hung, was reset or lost power in %s",
			digest_check_id(d, last->check));
	markup(out, ".%s%s", d->verdict != UNDECIDED ? " Worst so far: " : "",
		d->verdict != UNDECIDED ? verdict_name(d->verdict) : "");
	markup_raw(out, "</p>\n");
}

static void put_counts(const struct digest *d, struct sink out)
{
	static const struct {
		enum verdict verdict;
		const char *word;
	} rows[] = {{FAIL, "failed"}, {ERROR, "could not be done"}, {WARN, "to look at"},
		{PASS, "passed"}, {SKIP, "skipped"}};

	fmt(out, "<ul class=\"counts\"><li><b>%u</b> checks</li>", d->counts.checks);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fmt(out, "<li>");
		html_shape(out, rows[i].verdict);
		fmt(out, " <b>%u</b> %s</li>", digest_count(d, rows[i].verdict), rows[i].word);
	}
	markup_raw(out, "</ul>\n");
}

static void put_verdict(const struct digest *d, struct sink out)
{
	const enum verdict verdict = d->ended ? d->verdict : UNDECIDED;

	fmt(out, "<section class=\"card hero %s\">", verdict_name(verdict));
	html_shape(out, verdict);
	fmt(out, "<div><h1>%s</h1>", d->ended ? verdict_name(verdict) : "NOT FINISHED");
	if (d->ended) {
		markup_raw(out, "<p>");
		put_sum(d, out);
		markup_raw(out, "</p>");
	} else {
		put_unfinished(d, out);
	}
	if (d->ended && !d->complete) {
		markup_raw(out, "<p><b>Not complete:</b> ");
		markup_text(out, d->incomplete_why);
		markup_raw(out, "</p>");
	}
	markup_raw(out, "</div></section>\n");
	put_counts(d, out);
}

/* The suspects come in the order to act on them. */
static void put_next(const struct digest *d, struct sink out)
{
	unsigned shown = 0;

	for (size_t i = 0; i < d->suspect_count && shown < NEXT_MAX; i++) {
		const struct digest_suspect *s = &d->suspects[i];

		if (s->next[0] == '\0' ||
			(s->state != SUSPECT_FAULTY && s->state != SUSPECT_SUSPECT))
			continue;
		if (shown++ == 0) {
			html_heading(out, "next", "Do this next");
			markup_raw(out, "<ol class=\"next\">");
		}
		markup_raw(out, "<li class=\"card\"><p class=\"do\">");
		markup_text(out, s->next);
		markup_raw(out, "</p><p class=\"small\">");
		html_badge(out, html_state_verdict(s->state), report_state_name(s->state));
		markup_raw(out, " <b>");
		markup_text(out, s->name);
		markup_raw(out, "</b></p><p class=\"soft small\">");
		markup_text(out, s->evidence);
		markup_raw(out, "</p>");
		html_suspect_notes(out, s);
		markup_raw(out, "</li>\n");
	}
	if (shown > 0)
		markup_raw(out, "</ol>\n");
}

static void put_pair(struct sink out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	fmt(out, "<dt>%s</dt><dd>", name);
	markup_text(out, value);
	markup_raw(out, "</dd>");
}

/* "2 x Intel Xeon E5-2620 v4", from the first CPU. */
static void describe_cpus(const struct inventory *inventory, char *buf, size_t cap)
{
	const struct part *cpu = report_part(inventory, PART_CPU);
	unsigned count = 0;

	for (size_t i = 0; i < inventory->count; i++)
		count += inventory->parts[i].kind == PART_CPU;
	buf[0] = '\0';
	if (cpu != NULL)
		fmt_to(buf, cap, "%u x %s%s%s", count, cpu->maker, cpu->maker[0] != '\0' ? " " : "",
			cpu->name);
}

static void put_machine(const struct digest *d, struct sink out)
{
	char cpus[2 * PART_TEXT + 16], took[FMT_SIZE], run[64];
	bool finished = d->ended;

	describe_cpus(&d->inventory, cpus, sizeof(cpus));
	fmt_duration(took, d->last_ns);
	fmt_add(took, sizeof(took), "%s", finished ? "" : ", so far");
	fmt_to(run, sizeof(run), "%s, Kiriwake %s", d->head.run, d->head.version);
	html_heading(out, "machine", "Machine");
	markup_raw(out, "<section class=\"card two\"><dl>");
	put_pair(out, "Machine", d->head.machine);
	put_pair(out, "UUID", d->inventory.uuid);
	put_pair(out, "Firmware", d->head.firmware);
	put_pair(out, "CPUs", cpus);
	put_pair(out, "Memory", d->head.memory);
	markup_raw(out, "</dl><dl>");
	put_pair(out, "Started",
		d->head.has_wall ? d->head.started : "at an unknown time: no real-time clock");
	put_pair(out, "Took", took);
	put_pair(out, "Run", run);
	put_pair(out, "Options", d->command_line[0] != '\0' ? d->command_line : "none given");
	markup_raw(out, "</dl></section>\n");
}

static void put_options(const struct digest *d, struct sink out)
{
	const char *rest = d->parameters;

	if (rest[0] == '\0')
		return;
	markup_raw(out,
		"<details class=\"small\"><summary>Every option that was in force</summary><pre>");
	while (*rest != '\0') {
		size_t len = 0;

		while (rest[len] != '\0' && rest[len] != '\n')
			len++;
		markup(out, "%.*s", (int)len, rest);
		markup_raw(out, "\n");
		rest += len + (rest[len] == '\n');
	}
	markup_raw(out, "</pre></details>\n");
}

/* What lies beside this page. */
static void put_files(const struct digest *d, struct sink out)
{
	for (size_t i = 0; i < d->file_count; i++) {
		markup_raw(out,
			i == 0 ? "<h2 id=\"files\">Files of this run</h2>\n<dl class=\"small\">"
			       : "");
		markup_raw(out, "<dt><code>");
		markup_text(out, d->files[i].name);
		markup_raw(out, "</code></dt><dd>");
		markup_text(out, d->files[i].what);
		markup_raw(out, "</dd>");
	}
	if (d->file_count > 0)
		markup_raw(out,
			"<dt><code>results.jsonl</code></dt><dd>the record stream: every other file can be "
			"made of it again</dd></dl>\n");
}

static void put_foot(const struct digest *d, struct sink out)
{
	markup_raw(out, "</main>\n<footer>");
	if (digest_dropped_rows(d) > 0)
		fmt(out,
			"<p>This page has room for so much: %llu rows more stand in results.jsonl and "
			"log.txt alone.</p>",
			(unsigned long long)digest_dropped_rows(d));
	markup_raw(out, "<p><code>");
	markup_text(out, d->end_line);
	markup_raw(out, "</code></p></footer>\n</body>\n</html>\n");
}

void html_write(const struct digest *d, struct sink out)
{
	put_head(d, out);
	put_verdict(d, out);
	put_next(d, out);
	put_machine(d, out);
	html_suspects(d, out);
	html_findings(d, out);
	html_timeline(d, out);
	html_plots(d, out);
	html_checks(d, out);
	html_parts(d, out);
	put_options(d, out);
	put_files(d, out);
	put_foot(d, out);
}
