/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* log.txt: every record as text, with its time since the start of the run. Pure. See textlog.h. */
#include "report/textlog.h"
#include "report/lines.h"
#include "report/report.h"

#define LINE_SIZE 768
#define DETAIL    "          " /* as wide as the time stamp */

/* Formats one line, makes it printable and writes it. */
static void put(struct textlog *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct textlog *log, const char *format, ...)
{
	char text[LINE_SIZE], line[LINE_SIZE + 1] = "";
	va_list args;

	va_start(args, format);
	fmt_to_v(text, sizeof(text), format, args);
	va_end(args);
	lines_add(line, LINE_SIZE, (struct text){text, text_length(text)});
	fmt_add(line, sizeof(line), "\n");
	log->out.write(log->out.ctx, line, text_length(line));
}

/* "+0012.345 ", the beginning of every record's first line. */
static const char *stamp(char buf[FMT_SIZE], const struct record *r)
{
	unsigned long long ms = r->t_ns / 1000000;

	fmt_to(buf, FMT_SIZE, "+%04llu.%03llu", ms / 1000, ms % 1000);
	return buf;
}

/* The step, and the part behind a slash where there is one: "net.ping/nic0". Outside a step results.jsonl has no place for
 * the part, and a log that is made from it later is to be the same. */
static const char *subject(char buf[64], const struct record *r)
{
	if (r->check == NULL)
		text_copy(buf, 64, "run");
	else
		fmt_to(buf, 64, "%s%s%s", r->check, r->part != NULL ? "/" : "",
			report_text(r->part));
	return buf;
}

static void put_record(
	struct textlog *log, const struct record *r, const char *kind, const char *what)
{
	char time[FMT_SIZE], about[64];

	put(log, "%s %-8s %s: %s", stamp(time, r), kind, subject(about, r), what);
}

static const char *const part_kinds[] = {
	[PART_BOARD] = "board",
	[PART_FIRMWARE] = "firmware",
	[PART_CPU] = "cpu",
	[PART_MEMORY] = "memory",
	[PART_DIMM] = "dimm",
	[PART_NETWORK] = "network",
	[PART_NIC] = "nic",
	[PART_DISK] = "disk",
};

static void put_part(struct textlog *log, const struct part *p)
{
	char line[LINE_SIZE], size[FMT_SIZE];
	const struct {
		const char *label, *text;
	} rest[] = {
		{"part number", p->part_number},
		{"serial", p->serial},
		{"version", p->version},
		{"at", p->location},
	};

	fmt_to(line, sizeof(line), "%-8s %s: %s%s%s", part_kinds[p->kind], p->id, p->maker,
		p->maker[0] != '\0' ? " " : "", p->name);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		if (rest[i].text[0] != '\0')
			fmt_add(line, sizeof(line), ", %s %s", rest[i].label, rest[i].text);
	}
	if (p->size_bytes != 0)
		fmt_add(line, sizeof(line), ", %s", fmt_bytes(size, p->size_bytes));
	put(log, DETAIL "%s", line);
}

static void put_lines(struct textlog *log, const char *label, const char *text)
{
	while (*text != '\0') {
		size_t len = 0;

		while (text[len] != '\0' && text[len] != '\n')
			len++;
		put(log, DETAIL "%s%.*s", label, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void on_run_begin(struct textlog *log, const struct record *r)
{
	const struct inventory *inventory = r->u.run_begin.inventory;
	struct report_head head;
	char time[FMT_SIZE];

	report_head(&head, r);
	put(log, "%s Kiriwake %s, run %s, started %s", stamp(time, r), head.version, head.run,
		head.has_wall ? head.started : "at an unknown time (no real-time clock)");
	put(log, DETAIL "machine: %s", head.machine);
	put(log, DETAIL "firmware: %s", head.firmware);
	put(log, DETAIL "memory: %s", head.memory);
	put(log, DETAIL "options given: %s", report_text(r->u.run_begin.command_line));
	put_lines(log, "option ", report_text(r->u.run_begin.parameters));
	for (size_t i = 0; inventory != NULL && i < inventory->count; i++)
		put_part(log, &inventory->parts[i]);
}

static void on_check_begin(struct textlog *log, const struct record *r)
{
	log->progressed = false;
	put_record(log, r, "begin", report_text(r->u.check_begin.title));
	if (report_text(r->u.check_begin.pass_if)[0] != '\0')
		put(log, DETAIL "passes if %s", r->u.check_begin.pass_if);
}

static void on_progress(struct textlog *log, const struct record *r)
{
	char line[256], figures[64], at[32], left[REPORT_LEFT];

	if (log->progressed && r->t_ns - log->progress_ns < REPORT_PROGRESS_NS)
		return;
	log->progressed = true;
	log->progress_ns = r->t_ns;
	report_progress(figures, sizeof(figures), r);
	report_position(at, sizeof(at), r);
	report_left(left, r);
	fmt_to(line, sizeof(line), "%s %s%s%s%s%s", report_text(r->u.progress.what), figures,
		at[0] != '\0' ? ", " : "", at, left[0] != '\0' ? ", " : "", left);
	put_record(log, r, "progress", line);
}

static void on_measure(struct textlog *log, const struct record *r)
{
	char line[256], figure[REPORT_FIGURE];

	report_figure(figure, r);
	fmt_to(line, sizeof(line), "%s = %s", report_text(r->u.measure.name), figure);
	put_record(log, r, "measure", line);
}

static void put_field(struct textlog *log, const struct field *f)
{
	char value[LINE_SIZE];

	report_field(value, sizeof(value), f);
	put(log, DETAIL "%s = %s", f->name, value);
}

static void on_finding(struct textlog *log, const struct record *r)
{
	const struct finding_info *info = finding_info(r->u.finding.code);
	char time[FMT_SIZE], about[64];

	put(log, "%s %-8s %s: %s %s: %s", stamp(time, r), "FINDING", subject(about, r),
		verdict_name(r->u.finding.verdict), info->code, report_text(r->message));
	for (size_t i = 0; i < r->u.finding.field_count; i++)
		put_field(log, &r->u.finding.fields[i]);
	put(log, DETAIL "do: %s", record_next(r));
}

static void on_note(struct textlog *log, const struct record *r)
{
	put_record(log, r, "note", report_text(r->message));
}

static void on_fault(struct textlog *log, const struct record *r)
{
	char time[FMT_SIZE], about[64];

	put(log, "%s %-8s %s: %s: %s", stamp(time, r), "FAULT", subject(about, r),
		report_text(r->u.fault.call), report_text(r->message));
}

static void on_coverage(struct textlog *log, const struct record *r)
{
	put_record(log, r, "covered", report_text(r->message));
}

static void on_triage(struct textlog *log, const struct record *r)
{
	char time[FMT_SIZE];

	put(log, "%s %-8s %s: %s", stamp(time, r), report_state_name(r->u.triage.state),
		report_text(r->u.triage.suspect), report_text(r->message));
	if (report_text(r->u.triage.next)[0] != '\0')
		put(log, DETAIL "next: %s", r->u.triage.next);
	if (r->u.triage.failure_code != NULL)
		put(log, DETAIL "failure code: %s", r->u.triage.failure_code);
}

static void on_file(struct textlog *log, const struct record *r)
{
	char line[256];

	fmt_to(line, sizeof(line), "%s: %s", report_text(r->u.file.name), report_text(r->message));
	put_record(log, r, "file", line);
}

static void on_check_end(struct textlog *log, const struct record *r)
{
	const char *why = report_text(r->message);
	char time[FMT_SIZE], about[64], took[FMT_SIZE];

	put(log, "%s %-8s %s: %s in %s%s%s", stamp(time, r), "end", subject(about, r),
		verdict_name(r->u.check_end.verdict), report_took(took, r->u.check_end.took_ns),
		why[0] != '\0' ? ": " : "", why);
}

static void on_run_end(struct textlog *log, const struct record *r)
{
	char time[FMT_SIZE], line[REPORT_END_LINE];

	if (!r->u.run_end.complete)
		put(log, "%s %-8s run: not complete: %s", stamp(time, r), "note",
			report_text(r->u.run_end.incomplete_why));
	report_end_line(line, sizeof(line), r);
	put(log, "%s", line);
}

static void (*const kinds[])(struct textlog *log, const struct record *r) = {
	[RECORD_RUN_BEGIN] = on_run_begin,
	[RECORD_CHECK_BEGIN] = on_check_begin,
	[RECORD_PROGRESS] = on_progress,
	[RECORD_MEASURE] = on_measure,
	[RECORD_SERIES] = NULL, /* curves are in results.jsonl and report.html */
	[RECORD_FINDING] = on_finding,
	[RECORD_NOTE] = on_note,
	[RECORD_FAULT] = on_fault,
	[RECORD_COVERAGE] = on_coverage,
	[RECORD_TRIAGE] = on_triage,
	[RECORD_FILE] = on_file,
	[RECORD_CHECK_END] = on_check_end,
	[RECORD_RUN_END] = on_run_end,
};

static void hear(void *ctx, const struct record *r)
{
	if (kinds[r->kind] != NULL)
		kinds[r->kind](ctx, r);
}

void textlog_init(struct textlog *log, struct sink out)
{
	*log = (struct textlog){.out = out};
}

struct listener textlog_listener(struct textlog *log)
{
	return (struct listener){hear, log};
}
