/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Records as lines for an 80x25 screen and a serial line at once. Pure. See console.h.
 *
 * Columns of a check's line:   0 verdict   6 id   25 why   68-78 time
 */
#include "report/console.h"
#include "report/lines.h"
#include "report/report.h"

#define AT_ID         6
#define AT_WHY        25
#define WHY_COLUMNS   42
#define ID_COLUMNS    (AT_WHY - AT_ID - 1)
#define DETAIL        5  /* indentation of what belongs to a finding */
#define TRIAGE_INDENT 10 /* behind "UNTESTED  " */
#define FINDINGS_MAX  8  /* per step, when a log has them all */
#define LIVE_NS       UINT64_C(1000000000)

static const char rule[] =
	"-------------------------------------------------------------------------------\n";
static const char triage_rule[] =
	"\n-- suspects, what to act on first ---------------------------------------------\n";

static void put(struct console_report *c, const char *text)
{
	c->out.write(c->out.ctx, text, text_length(text));
}

/* One line, in one write: each costs a firmware call. */
static void put_line(struct console_report *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put_line(struct console_report *c, const char *format, ...)
{
	char line[REPORT_END_LINE + 2];
	va_list args;

	va_start(args, format);
	fmt_to_v(line, sizeof(line) - 1, format, args);
	va_end(args);
	fmt_add(line, sizeof(line), "\n");
	put(c, line);
}

/* Takes the progress line off the screen; the cursor is at column 0 then. */
static void erase_live(struct console_report *c)
{
	char line[LINES_COLUMNS + 3];

	if (!c->live)
		return;
	fmt_to(line, sizeof(line), "\r%*s\r", LINES_COLUMNS, "");
	put(c, line);
	c->live = false;
}

/* Puts `what` of the current step on the progress line, over what was there: always all columns. */
static void draw_live(struct console_report *c, const struct record *r, const char *what)
{
	char line[LINES_COLUMNS + 2], column[WHY_COLUMNS + 1] = "", time[FMT_SIZE];

	lines_add(column, sizeof(column), (struct text){what, text_length(what)});
	fmt_to(line, sizeof(line), "\r%-*s%-*.*s %-*s %11s", AT_ID, "...", ID_COLUMNS, ID_COLUMNS,
		report_text(r->check), WHY_COLUMNS, column, fmt_duration(time, r->t_ns));
	put(c, line);
	c->live = true;
	c->live_ns = r->t_ns;
}

static void on_run_begin(struct console_report *c, const struct record *r)
{
	struct report_head head;
	char title[LINES_COLUMNS + 1], where[48];

	report_head(&head, r);
	c->has_log = report_place(where, sizeof(where), head.run);
	fmt_to(title, sizeof(title), "Kiriwake %s", head.version);
	put(c, rule);
	put_line(c, "%-*s run %s", (int)(LINES_COLUMNS - 5 - text_length(head.run)), title,
		head.run);
	lines_write(c->out, "machine   ", TRIAGE_INDENT, head.machine);
	lines_write(c->out, "firmware  ", TRIAGE_INDENT, head.firmware);
	lines_write(c->out, "memory    ", TRIAGE_INDENT, head.memory);
	lines_write(c->out, "started   ", TRIAGE_INDENT,
		head.has_wall ? head.started : "at an unknown time: no real-time clock");
	put(c, rule);
}

static void on_check_begin(struct console_report *c, const struct record *r)
{
	c->findings = 0;
	c->last_next = NULL;
	draw_live(c, r, report_text(r->u.check_begin.title));
}

/* How far and at what; once it can be told, how much longer, which comes first: the end may be cut off. */
static void on_progress(struct console_report *c, const struct record *r)
{
	char what[2 * LINES_COLUMNS], figures[64], at[32], left[REPORT_LEFT];
	const char *name = report_text(r->u.progress.what);
	const unsigned percent = report_percent(r->u.progress.done, r->u.progress.total);

	if (r->t_ns - c->live_ns < LIVE_NS)
		return;
	report_progress(figures, sizeof(figures), r);
	report_position(at, sizeof(at), r);
	report_left(left, r);
	if (left[0] != '\0')
		fmt_to(what, sizeof(what), "%u %%, %s: %s", percent, left, name);
	else if (r->u.progress.total != 0)
		fmt_to(what, sizeof(what), "%s, %u %%, %s", name, percent,
			at[0] != '\0' ? at : figures);
	else
		fmt_to(what, sizeof(what), "%s, %s%s%s", name, figures, at[0] != '\0' ? ", " : "",
			at);
	draw_live(c, r, what);
}

/* "  !! code (part): sentence" */
static void put_marked(
	struct console_report *c, const char *mark, const char *what, const struct record *r)
{
	char head[64];

	fmt_to(head, sizeof(head), "  %-2s ", mark);
	lines_add(head, sizeof(head), (struct text){what, text_length(what)});
	if (r->part != NULL)
		fmt_add(head, sizeof(head), " (%s)", r->part);
	fmt_add(head, sizeof(head), ": ");
	lines_write(c->out, head, DETAIL, report_text(r->message));
}

static void on_finding(struct console_report *c, const struct record *r)
{
	const struct finding_info *info = finding_info(r->u.finding.code);

	if (r->u.finding.code == FINDING_LOG_UNAVAILABLE) {
		c->has_log = false;
		c->log_broke = true;
	}
	c->findings++;
	if (c->has_log && c->findings > FINDINGS_MAX)
		return;
	put_marked(c, r->u.finding.verdict == FAIL ? "!!" : "!", info->code, r);
	if (c->last_next != record_next(r))
		lines_write(c->out, "     do: ", DETAIL + 4, record_next(r));
	c->last_next = record_next(r);
}

static void on_fault(struct console_report *c, const struct record *r)
{
	put_marked(c, "??", report_text(r->u.fault.call), r);
}

static void on_note(struct console_report *c, const struct record *r)
{
	put_marked(c, "-", "note", r);
}

static void on_coverage(struct console_report *c, const struct record *r)
{
	put_marked(c, "+", "covered", r);
}

static void on_measure(struct console_report *c, const struct record *r)
{
	char figure[REPORT_FIGURE];
	struct record with_value = *r;

	report_figure(figure, r);
	with_value.message = figure;
	put_marked(c, "=", report_text(r->u.measure.name), &with_value);
}

static void on_triage(struct console_report *c, const struct record *r)
{
	char head[TRIAGE_INDENT + 1], sentence[1024] = "";
	const char *evidence = report_text(r->message);

	if (!c->triage_begun)
		put(c, triage_rule);
	c->triage_begun = true;
	fmt_to(head, sizeof(head), "%-*s", TRIAGE_INDENT, report_state_name(r->u.triage.state));
	fmt_to(sentence, sizeof(sentence), "%s%s%s", report_text(r->u.triage.suspect),
		evidence[0] != '\0' ? ": " : "", evidence);
	lines_write(c->out, head, TRIAGE_INDENT, sentence);
	if (report_text(r->u.triage.next)[0] != '\0')
		lines_write(c->out, "          next: ", TRIAGE_INDENT + 6, r->u.triage.next);
	if (r->u.triage.failure_code != NULL)
		put_line(c, "%*sfailure code: %s", TRIAGE_INDENT, "", r->u.triage.failure_code);
}

static void on_check_end(struct console_report *c, const struct record *r)
{
	const char *id = report_text(r->check), *why = report_text(r->message);
	const char *verdict = verdict_name(r->u.check_end.verdict);
	struct text rest = {why, text_length(why)}, part = {why, 0};
	char column[WHY_COLUMNS + 1] = "", time[FMT_SIZE];

	if (text_same(id, REPORT_TRIAGE))
		return;
	if (c->has_log && c->findings > FINDINGS_MAX)
		put_line(c, "  ... %u more of them stand in log.txt", c->findings - FINDINGS_MAX);
	if (text_length(id) > ID_COLUMNS) {
		put_line(c, "%-*s%.*s", AT_ID, verdict, LINES_COLUMNS - AT_ID, id);
		verdict = id = "";
	}
	lines_next(&rest, WHY_COLUMNS, &part);
	lines_add(column, sizeof(column), part);
	put_line(c, "%-*s%-*s %-*s %11s", AT_ID, verdict, ID_COLUMNS, id, WHY_COLUMNS, column,
		report_took(time, r->u.check_end.took_ns));
	while (lines_next(&rest, WHY_COLUMNS, &part)) {
		column[0] = '\0';
		lines_add(column, sizeof(column), part);
		put_line(c, "%*s%s", AT_WHY, "", column);
	}
}

static void on_run_end(struct console_report *c, const struct record *r)
{
	char line[REPORT_END_LINE], where[48];

	put(c, "\n");
	if (!r->u.run_end.complete)
		lines_write(
			c->out, "Not complete: ", DETAIL, report_text(r->u.run_end.incomplete_why));
	if (!report_place(where, sizeof(where), r->u.run_end.run))
		put(c, "No log was written: what stands here is all there is.\n");
	else if (c->log_broke)
		put_line(c, "Keep what stands here: the record in %s is damaged", where);
	else
		put_line(c, "The whole record is in %s", where);
	report_end_line(line, sizeof(line), r);
	put_line(c, "%s", line);
}

enum effect {
	KEEPS_LIVE,  /* deals with the progress line itself */
	ERASES_LIVE, /* writes lines of its own */
	IF_VERBOSE   /* the same, when they are wanted */
};

static const struct {
	void (*show)(struct console_report *c, const struct record *r);
	enum effect effect;
} kinds[] = {
	[RECORD_RUN_BEGIN] = {on_run_begin, ERASES_LIVE},
	[RECORD_CHECK_BEGIN] = {on_check_begin, KEEPS_LIVE},
	[RECORD_PROGRESS] = {on_progress, KEEPS_LIVE},
	[RECORD_MEASURE] = {on_measure, IF_VERBOSE},
	[RECORD_SERIES] = {NULL, KEEPS_LIVE}, /* curves are for the files */
	[RECORD_FINDING] = {on_finding, ERASES_LIVE},
	[RECORD_NOTE] = {on_note, IF_VERBOSE},
	[RECORD_FAULT] = {on_fault, ERASES_LIVE},
	[RECORD_COVERAGE] = {on_coverage, IF_VERBOSE},
	[RECORD_TRIAGE] = {on_triage, ERASES_LIVE},
	[RECORD_FILE] = {NULL, KEEPS_LIVE},
	[RECORD_CHECK_END] = {on_check_end, ERASES_LIVE},
	[RECORD_RUN_END] = {on_run_end, ERASES_LIVE},
};

static void hear(void *ctx, const struct record *r)
{
	struct console_report *c = ctx;

	if (kinds[r->kind].effect == IF_VERBOSE && !c->verbose)
		return;
	if (kinds[r->kind].effect != KEEPS_LIVE)
		erase_live(c);
	if (kinds[r->kind].show != NULL)
		kinds[r->kind].show(c, r);
}

void console_report_init(struct console_report *c, struct sink out)
{
	*c = (struct console_report){.out = out};
}

struct listener console_report_listener(struct console_report *c)
{
	return (struct listener){hear, c};
}
