/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl: the records of a step as testStepArtifacts. Pure.
 *
 * Spec.  OCP Test & Validation output 2.0, testStepArtifact.
 */
#include "core/fnv.h"
#include "report/jsonl_line.h"
#include "report/report.h"

#define STEP_NUMBER_ROOM 12 /* "#4294967295" */
#define NS_PER_MS        1000000u
#define NS_PER_S         1000000000u

/* Counts how often the check has begun, this time included. With the table full, any number that is new. */
static unsigned times_begun(struct jsonl *w, const char *id)
{
	const uint64_t hash = fnv1a(FNV_BASIS, id, text_length(id));

	for (size_t i = 0; i < w->step_count; i++) {
		if (w->steps[i].id_hash == hash)
			return ++w->steps[i].times;
	}
	if (w->step_count == JSONL_STEPS)
		return w->sequence;
	w->steps[w->step_count++] = (struct jsonl_step){hash, 1};
	return 1;
}

void jsonl_step_begin(struct jsonl *w, const struct record *check_begin)
{
	const char *id = report_text(check_begin->check);
	unsigned times = times_begun(w, id);

	text_copy(w->step, sizeof(w->step) - STEP_NUMBER_ROOM, id);
	if (times > 1)
		fmt_add(w->step, sizeof(w->step), "#%u", times);
	w->progressed = false;
	w->step_begin_ns = check_begin->t_ns;
	jsonl_step_open(w, check_begin, "testStepStart");
	json_text(&w->json, "name", id);
	json_end_line(&w->json);
	jsonl_extension_open(w, check_begin, "criterion");
	json_text(&w->json, "title", check_begin->u.check_begin.title);
	json_text(&w->json, "pass_if", check_begin->u.check_begin.pass_if);
	json_end_line(&w->json);
}

void jsonl_step_end(struct jsonl *w, const struct record *r, const char *status)
{
	jsonl_step_open(w, r, "testStepEnd");
	json_text(&w->json, "status", status);
	json_end_line(&w->json);
	w->step[0] = '\0';
}

static void put_part(struct jsonl *w, const struct record *r)
{
	if (r->part != NULL)
		json_text(&w->json, "part", r->part);
}

static void on_progress(struct jsonl *w, const struct record *r)
{
	const char *at = r->u.progress.at_name;
	const bool due = !w->progressed || r->t_ns - w->progress_ns >= REPORT_PROGRESS_NS;

	if (!due && !r->u.progress.surely)
		return;
	if (due) /* the others leave the text log's rhythm alone, so that it can be made again from these records */
		w->progress_ns = r->t_ns;
	w->progressed = true;
	jsonl_extension_open(w, r, "progress");
	json_text(&w->json, "what", r->u.progress.what);
	json_number(&w->json, "done", r->u.progress.done);
	json_number(&w->json, "total", r->u.progress.total);
	json_text(&w->json, "unit", r->u.progress.unit);
	put_part(w, r);
	if (r->u.progress.left_ns != 0)
		json_number(&w->json, "left_s", r->u.progress.left_ns / NS_PER_S);
	if (at != NULL && text_same(at, "address"))
		json_hex(&w->json, at, r->u.progress.at);
	else if (at != NULL)
		json_number(&w->json, at, r->u.progress.at);
	json_end_line(&w->json);
}

static void put_texts(struct json *j, const struct field *f)
{
	json_array(j, f->name);
	for (size_t i = 0; i < f->text_count; i++)
		json_text(j, NULL, f->texts[i]);
	json_close(j);
}

static void put_field(struct json *j, const struct field *f)
{
	if (f->kind == FIELD_NUMBER)
		json_number(j, f->name, f->number);
	else if (f->kind == FIELD_HEX)
		json_hex(j, f->name, f->number);
	else if (f->kind == FIELD_TEXTS)
		put_texts(j, f);
	else
		json_text(j, f->name, f->text);
}

static void on_finding(struct jsonl *w, const struct record *r)
{
	const char *code = finding_info(r->u.finding.code)->code;

	jsonl_step_open(w, r, "diagnosis");
	json_text(&w->json, "verdict", code);
	json_text(&w->json, "type", r->u.finding.verdict == FAIL ? "FAIL" : "UNKNOWN");
	json_text(&w->json, "message", r->message);
	jsonl_put_hardware_id(w, r);
	json_end_line(&w->json);

	jsonl_extension_open(w, r, "finding");
	json_text(&w->json, "code", code);
	put_part(w, r);
	for (size_t i = 0; i < r->u.finding.field_count; i++)
		put_field(&w->json, &r->u.finding.fields[i]);
	json_end_line(&w->json);
}

/* Neither a log nor an error can say which part it is about: the extension behind it does. */
static void on_note(struct jsonl *w, const struct record *r)
{
	jsonl_step_open(w, r, "log");
	json_text(&w->json, "severity", "INFO");
	json_text(&w->json, "message", r->message);
	json_end_line(&w->json);
	if (r->part == NULL)
		return;
	jsonl_extension_open(w, r, "note");
	put_part(w, r);
	json_end_line(&w->json);
}

static void on_fault(struct jsonl *w, const struct record *r)
{
	jsonl_step_open(w, r, "error");
	jsonl_put_fault(w, r);
	json_end_line(&w->json);
	jsonl_extension_open(w, r, "fault");
	json_text(&w->json, "call", r->u.fault.call);
	put_part(w, r);
	json_end_line(&w->json);
}

static void on_file(struct jsonl *w, const struct record *r)
{
	jsonl_step_open(w, r, "file");
	json_text(&w->json, "displayName", r->u.file.name);
	json_text(&w->json, "uri", r->u.file.name);
	json_text(&w->json, "description", r->message);
	json_text(&w->json, "contentType", r->u.file.type);
	json_bool(&w->json, "isSnapshot", false);
	json_end_line(&w->json);
}

static void on_coverage(struct jsonl *w, const struct record *r)
{
	jsonl_extension_open(w, r, "coverage");
	json_text(&w->json, "part", r->part);
	json_text(&w->json, "text", r->message);
	json_end_line(&w->json);
}

static void on_triage(struct jsonl *w, const struct record *r)
{
	jsonl_extension_open(w, r, "triage");
	json_text(&w->json, "suspect", r->u.triage.suspect);
	json_text(&w->json, "part", r->part);
	json_text(&w->json, "state", report_state_name(r->u.triage.state));
	json_text(&w->json, "evidence", r->message);
	json_text(&w->json, "next", r->u.triage.next);
	if (r->u.triage.finding != NULL)
		json_text(&w->json, "code", r->u.triage.finding->code);
	if (r->u.triage.failure_code != NULL)
		json_text(&w->json, "failure_code", r->u.triage.failure_code);
	if (r->u.triage.because_of != NULL)
		json_text(&w->json, "because_of", r->u.triage.because_of);
	json_end_line(&w->json);
}

static void put_pass(struct jsonl *w, const struct record *r)
{
	char verdict[JSONL_STEP_ID + 8];

	fmt_to(verdict, sizeof(verdict), "%s-pass", report_text(r->check));
	jsonl_step_open(w, r, "diagnosis");
	json_text(&w->json, "verdict", verdict);
	json_text(&w->json, "type", "PASS");
	json_text(&w->json, "message", r->message);
	json_end_line(&w->json);
}

/* Triage is a step but no check: it judges what the checks found. */
static void put_check(struct jsonl *w, const struct record *r, const char *name)
{
	jsonl_extension_open(w, r, name);
	json_text(&w->json, "id", r->check);
	json_text(&w->json, "verdict", verdict_name(r->u.check_end.verdict));
	json_text(&w->json, "why", r->message);
	json_number(&w->json, "took_ms", r->u.check_end.took_ns / NS_PER_MS);
	json_end_line(&w->json);
}

static void on_check_end(struct jsonl *w, const struct record *r)
{
	static const char *const status[VERDICT_COUNT] = {
		[UNDECIDED] = "ERROR",
		[SKIP] = "SKIP",
		[PASS] = "COMPLETE",
		[WARN] = "COMPLETE",
		[ERROR] = "ERROR",
		[FAIL] = "COMPLETE",
	};
	const enum verdict verdict = r->u.check_end.verdict;
	const bool is_triage = text_same(report_text(r->check), REPORT_TRIAGE);

	if (verdict == PASS && !is_triage)
		put_pass(w, r);
	put_check(w, r, is_triage ? "judged" : "check");
	jsonl_step_end(w, r, status[verdict]);
}

void jsonl_step_hear(struct jsonl *w, const struct record *r)
{
	static void (*const kinds[])(struct jsonl *, const struct record *) = {
		[RECORD_PROGRESS] = on_progress,
		[RECORD_MEASURE] = jsonl_measure,
		[RECORD_SERIES] = jsonl_series,
		[RECORD_FINDING] = on_finding,
		[RECORD_NOTE] = on_note,
		[RECORD_FAULT] = on_fault,
		[RECORD_COVERAGE] = on_coverage,
		[RECORD_TRIAGE] = on_triage,
		[RECORD_FILE] = on_file,
		[RECORD_CHECK_END] = on_check_end,
	};

	kinds[r->kind](w, r);
}
