/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl: records as OCP Test & Validation Diagnostics output: lines, and what belongs to the run as a whole.
 * Pure. See jsonl.h. */
#include "report/jsonl.h"
#include "report/jsonl_line.h"
#include "report/report.h"

static void line_open(struct jsonl *w, const struct record *r)
{
	char time[CIVIL_TEXT];

	json_object(&w->json, NULL);
	json_number(&w->json, "sequenceNumber", w->sequence++);
	json_text(&w->json, "timestamp", civil_text(time, w->wall_s, r->t_ns));
}

void jsonl_run_open(struct jsonl *w, const struct record *r, const char *name)
{
	line_open(w, r);
	json_object(&w->json, "testRunArtifact");
	json_object(&w->json, name);
}

void jsonl_step_open(struct jsonl *w, const struct record *r, const char *name)
{
	line_open(w, r);
	json_object(&w->json, "testStepArtifact");
	json_text(&w->json, "testStepId", w->step);
	json_object(&w->json, name);
}

void jsonl_extension_open(struct jsonl *w, const struct record *r, const char *name)
{
	jsonl_step_open(w, r, "extension");
	json_text(&w->json, "name", name);
	json_object(&w->json, "content");
}

/* "Snp.Transmit" becomes "snp-transmit": letters and digits, with single dashes between them. */
static void slug(char *buf, size_t cap, const char *text)
{
	size_t used = 0;
	bool gap = false;

	for (; *text != '\0' && used + 2 < cap; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
			gap = used > 0;
			continue;
		}
		if (gap)
			buf[used++] = '-';
		buf[used++] = c;
		gap = false;
	}
	buf[used] = '\0';
}

void jsonl_put_fault(struct jsonl *w, const struct record *r)
{
	const char *call = report_text(r->u.fault.call);
	char name[48], symptom[64], message[640];

	slug(name, sizeof(name), call);
	fmt_to(symptom, sizeof(symptom), "%s-failed", name[0] != '\0' ? name : "call");
	fmt_to(message, sizeof(message), "%s: %s", call, report_text(r->message));
	json_text(&w->json, "symptom", symptom);
	json_text(&w->json, "message", message);
}

static void put_log(
	struct jsonl *w, const struct record *r, const char *severity, const char *message)
{
	jsonl_run_open(w, r, "log");
	json_text(&w->json, "severity", severity);
	json_text(&w->json, "message", message);
	json_end_line(&w->json);
}

static void on_run_begin(struct jsonl *w, const struct record *r)
{
	if (r->u.run_begin.has_wall)
		w->wall_s = r->u.run_begin.wall_s;
	line_open(w, r);
	json_object(&w->json, "schemaVersion");
	json_number(&w->json, "major", JSONL_SCHEMA);
	json_number(&w->json, "minor", 0);
	json_end_line(&w->json);
	jsonl_run_start(w, r);
}

static void on_finding(struct jsonl *w, const struct record *r)
{
	jsonl_run_open(w, r, "error");
	json_text(&w->json, "symptom", finding_info(r->u.finding.code)->code);
	json_text(&w->json, "message", r->message);
	json_end_line(&w->json);
}

static void on_fault(struct jsonl *w, const struct record *r)
{
	jsonl_run_open(w, r, "error");
	jsonl_put_fault(w, r);
	json_end_line(&w->json);
}

static void on_sentence(struct jsonl *w, const struct record *r)
{
	put_log(w, r, "INFO", r->message);
}

static void on_measure(struct jsonl *w, const struct record *r)
{
	char line[256], value[FMT_SIZE];

	fmt_to(line, sizeof(line), "%s = %s %s", report_text(r->u.measure.name),
		fmt_decimal(value, r->u.measure.value, r->u.measure.decimals),
		report_text(r->u.measure.unit));
	put_log(w, r, "INFO", line);
}

static void on_run_end(struct jsonl *w, const struct record *r)
{
	static const struct {
		const char *status, *result;
	} ends[VERDICT_COUNT] = {
		[UNDECIDED] = {"ERROR", "NOT_APPLICABLE"},
		[SKIP] = {"SKIP", "NOT_APPLICABLE"},
		[PASS] = {"COMPLETE", "PASS"},
		[WARN] = {"COMPLETE", "PASS"},
		[ERROR] = {"ERROR", "NOT_APPLICABLE"},
		[FAIL] = {"COMPLETE", "FAIL"},
	};
	enum verdict verdict = r->u.run_end.verdict;
	char line[REPORT_END_LINE];

	if (!r->u.run_end.complete) {
		fmt_to(line, sizeof(line), "not complete: %s",
			report_text(r->u.run_end.incomplete_why));
		put_log(w, r, "WARNING", line);
	}
	report_end_line(line, sizeof(line), r);
	put_log(w, r, "INFO", line);
	jsonl_run_open(w, r, "testRunEnd");
	json_text(&w->json, "status", ends[verdict].status);
	json_text(&w->json, "result", ends[verdict].result);
	json_end_line(&w->json);
}

/* NULL: of no interest outside a step. */
static void (*const outside[])(struct jsonl *, const struct record *) = {
	[RECORD_RUN_BEGIN] = on_run_begin,
	[RECORD_CHECK_BEGIN] = jsonl_step_begin,
	[RECORD_PROGRESS] = NULL,
	[RECORD_MEASURE] = on_measure,
	[RECORD_SERIES] = NULL,
	[RECORD_FINDING] = on_finding,
	[RECORD_NOTE] = on_sentence,
	[RECORD_FAULT] = on_fault,
	[RECORD_COVERAGE] = on_sentence,
	[RECORD_TRIAGE] = on_sentence,
	[RECORD_FILE] = NULL,
	[RECORD_CHECK_END] = NULL,
	[RECORD_RUN_END] = on_run_end,
};

static bool is_of_run(enum record_kind kind)
{
	return kind == RECORD_RUN_BEGIN || kind == RECORD_CHECK_BEGIN || kind == RECORD_RUN_END;
}

static void hear(void *ctx, const struct record *r)
{
	struct jsonl *w = ctx;
	bool in_step = w->step[0] != '\0';

	if (in_step && !is_of_run(r->kind)) {
		jsonl_step_hear(w, r);
		return;
	}
	if (in_step)
		jsonl_step_end(w, r, "ERROR"); /* abandoned: every step that was started is ended */
	if (outside[r->kind] != NULL)
		outside[r->kind](w, r);
}

void jsonl_init(struct jsonl *w, struct sink out)
{
	*w = (struct jsonl){.step_count = 0};
	json_init(&w->json, out);
}

struct listener jsonl_listener(struct jsonl *w)
{
	return (struct listener){hear, w};
}
