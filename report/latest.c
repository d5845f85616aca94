/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* LATEST.TXT: the newest run on one page. Pure. See latest.h. */
#include "report/latest.h"
#include "core/bytes.h"
#include "report/lines.h"

#define LABEL  10 /* columns of "machine   " */
#define DETAIL 5

static void keep(char *dst, size_t cap, const char *text)
{
	text_copy(dst, cap, report_text(text));
	text_mark_cut(dst, cap, text_length(report_text(text)));
}

static void on_run_begin(struct latest *l, const struct record *r)
{
	report_head(&l->head, r);
}

static void on_check_begin(struct latest *l, const struct record *r)
{
	keep(l->step, sizeof(l->step), r->check);
}

static void on_check_end(struct latest *l, const struct record *r)
{
	l->worst = verdict_worse(l->worst, r->u.check_end.verdict);
}

/* If there is no place left, the newest of those that weigh less gives way. */
static struct latest_finding *place_for(struct latest *l, enum verdict verdict)
{
	size_t i = LATEST_FINDINGS;

	if (l->finding_count < LATEST_FINDINGS)
		return &l->findings[l->finding_count];
	while (i > 0 && l->findings[i - 1].verdict >= verdict)
		i--;
	if (i == 0)
		return NULL;
	memmove(&l->findings[i - 1], &l->findings[i],
		(LATEST_FINDINGS - i) * sizeof(l->findings[0]));
	return &l->findings[LATEST_FINDINGS - 1];
}

static void on_finding(struct latest *l, const struct record *r)
{
	struct latest_finding *f;

	if (r->u.finding.more)
		return; /* triage quotes it */
	f = place_for(l, r->u.finding.verdict);
	l->worst = verdict_worse(l->worst, r->u.finding.verdict);
	l->finding_count++;
	if (f == NULL)
		return;
	f->code = r->u.finding.code;
	f->verdict = r->u.finding.verdict;
	f->next = record_next(r);
	keep(f->part, sizeof(f->part), r->part);
	keep(f->message, sizeof(f->message), r->message);
}

static void on_fault(struct latest *l, const struct record *r)
{
	(void)r;
	l->worst = verdict_worse(l->worst, ERROR);
}

static void on_triage(struct latest *l, const struct record *r)
{
	struct latest_suspect *s;

	if (l->suspect_count++ >= LATEST_SUSPECTS)
		return;
	s = &l->suspects[l->suspect_count - 1];
	s->state = r->u.triage.state;
	keep(s->name, sizeof(s->name), r->u.triage.suspect);
	keep(s->evidence, sizeof(s->evidence), r->message);
	keep(s->next, sizeof(s->next), r->u.triage.next);
	keep(s->failure_code, sizeof(s->failure_code), r->u.triage.failure_code);
}

static void on_file(struct latest *l, const struct record *r)
{
	l->has_badram |= text_same(report_text(r->u.file.name), "badram.txt");
	l->has_report |= text_same(report_text(r->u.file.name), "report.html");
}

static void on_run_end(struct latest *l, const struct record *r)
{
	l->ended = true;
	l->took_ns = r->t_ns;
	l->worst = r->u.run_end.verdict;
	if (!r->u.run_end.complete)
		keep(l->incomplete_why, sizeof(l->incomplete_why), r->u.run_end.incomplete_why);
	report_end_line(l->end_line, sizeof(l->end_line), r);
}

/* NULL: not for the first page. */
static void (*const kinds[])(struct latest *l, const struct record *r) = {
	[RECORD_RUN_BEGIN] = on_run_begin,
	[RECORD_CHECK_BEGIN] = on_check_begin,
	[RECORD_FINDING] = on_finding,
	[RECORD_FAULT] = on_fault,
	[RECORD_TRIAGE] = on_triage,
	[RECORD_FILE] = on_file,
	[RECORD_CHECK_END] = on_check_end,
	[RECORD_RUN_END] = on_run_end,
};

static void hear(void *ctx, const struct record *r)
{
	if ((size_t)r->kind < ARRAY_LEN(kinds) && kinds[r->kind] != NULL)
		kinds[r->kind](ctx, r);
}

void latest_init(struct latest *l)
{
	memset(l, 0, sizeof(*l));
}

struct listener latest_listener(struct latest *l)
{
	return (struct listener){hear, l};
}

static void write_verdict(const struct latest *l, struct sink out)
{
	char line[LATEST_TEXT];

	if (l->ended) {
		fmt(out, "Verdict: %s%s\n", verdict_name(l->worst),
			l->incomplete_why[0] != '\0' ? ", but not complete" : "");
		if (l->incomplete_why[0] != '\0')
			lines_write(out, "Not complete: ", DETAIL, l->incomplete_why);
		return;
	}
	fmt(out, "Verdict: none yet: run %s is not finished\n", l->head.run);
	fmt_to(line, sizeof(line), "%s%s%s", l->step[0] != '\0' ? l->step : "none begun",
		l->worst != UNDECIDED ? "; worst so far: " : "",
		l->worst != UNDECIDED ? verdict_name(l->worst) : "");
	lines_write(out, "Last step: ", DETAIL, line);
	lines_write(out, "", 0,
		"If the machine is no longer testing, it hung, was reset or lost power in that step.");
}

static void write_head(const struct latest *l, struct sink out)
{
	char took[FMT_SIZE];

	lines_write(out, "machine   ", LABEL, l->head.machine);
	lines_write(out, "firmware  ", LABEL, l->head.firmware);
	lines_write(out, "memory    ", LABEL, l->head.memory);
	lines_write(out, "started   ", LABEL,
		l->head.has_wall ? l->head.started : "at an unknown time: no real-time clock");
	if (l->ended)
		lines_write(out, "took      ", LABEL, fmt_duration(took, l->took_ns));
	fmt(out, "program   Kiriwake %s, run %s\n", l->head.version, l->head.run);
}

static void write_suspects(const struct latest *l, struct sink out)
{
	char head[LABEL + 1], sentence[sizeof(l->suspects[0])];

	if (l->suspect_count == 0)
		return;
	fmt(out, "\nSuspects, what to act on first:\n\n");
	for (size_t i = 0; i < l->suspect_count && i < LATEST_SUSPECTS; i++) {
		const struct latest_suspect *s = &l->suspects[i];

		fmt_to(head, sizeof(head), "%-*s", LABEL, report_state_name(s->state));
		fmt_to(sentence, sizeof(sentence), "%s%s%s", s->name,
			s->evidence[0] != '\0' ? ": " : "", s->evidence);
		lines_write(out, head, LABEL, sentence);
		if (s->next[0] != '\0')
			lines_write(out, "          next: ", LABEL + 6, s->next);
		if (s->failure_code[0] != '\0')
			fmt(out, "%*sfailure code: %s\n", LABEL, "", s->failure_code);
	}
	if (l->suspect_count > LATEST_SUSPECTS)
		fmt(out, "%zu more stand in log.txt.\n", l->suspect_count - LATEST_SUSPECTS);
}

static void write_findings(const struct latest *l, struct sink out)
{
	char head[96];

	fmt(out, "\nFindings: %zu\n\n", l->finding_count);
	for (size_t i = 0; i < l->finding_count && i < LATEST_FINDINGS; i++) {
		const struct latest_finding *f = &l->findings[i];
		const struct finding_info *info = finding_info(f->code);

		fmt_to(head, sizeof(head), "%-4s %s%s%s%s: ", verdict_name(f->verdict), info->code,
			f->part[0] != '\0' ? " (" : "", f->part, f->part[0] != '\0' ? ")" : "");
		lines_write(out, head, DETAIL, f->message);
		if (i == 0 || f[-1].next != f->next)
			lines_write(out, "     do: ", DETAIL + 4, f->next);
	}
	if (l->finding_count > LATEST_FINDINGS)
		fmt(out, "%zu more stand in log.txt.\n", l->finding_count - LATEST_FINDINGS);
}

void latest_write(const struct latest *l, struct sink out)
{
	char place[48];

	write_verdict(l, out);
	fmt(out, "\n");
	write_head(l, out);
	write_suspects(l, out);
	write_findings(l, out);
	if (report_place(place, sizeof(place), l->head.run))
		fmt(out,
			"\nThe whole record is in %s\n%s"
			"  log.txt        to read\n"
			"  results.jsonl  for programs\n%s",
			place, l->has_report ? "  report.html    to read, in any browser\n" : "",
			l->has_badram
				? "  badram.txt     memory that failed, for GRUB, Linux and Windows\n"
				: "");
	if (l->ended)
		fmt(out, "\n%s\n", l->end_line);
}
