/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading results.jsonl: lines, time, and what belongs to the run as a whole. Pure. See replay.h. */
#include "report/replay.h"
#include "core/bytes.h"
#include "report/civil.h"
#include "report/replay_line.h"
#include "report/report.h"

#define NS_PER_MS 1000000
#define MS_MAX    (UINT64_MAX / NS_PER_MS)

static const char not_complete[] = "not complete: ";
static const char end_mark[] = "KIRIWAKE END ";

const char *replay_text(const struct replay *p, const struct json_node *content, const char *name)
{
	const char *text = json_string(&p->tree, content, name);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

size_t replay_index(const char *name, const char *const *names, size_t count, size_t otherwise)
{
	for (size_t i = 0; name != NULL && i < count; i++) {
		if (names[i] != NULL && text_same(names[i], name))
			return i;
	}
	return otherwise;
}

enum verdict replay_verdict(const char *name, enum verdict otherwise)
{
	for (unsigned v = 0; name != NULL && v < VERDICT_COUNT; v++) {
		if (text_same(verdict_name((enum verdict)v), name))
			return (enum verdict)v;
	}
	return otherwise;
}

bool replay_code(const char *code, enum finding_code *ret)
{
	for (unsigned c = 0; code != NULL && c < FINDING_COUNT; c++) {
		if (text_same(finding_info((enum finding_code)c)->code, code)) {
			*ret = (enum finding_code)c;
			return true;
		}
	}
	return false;
}

/* What speaks against the machine or the run. A PASS does not: where all that was asked for was skipped, the run is. */
static enum verdict verdict_in(const struct record *r)
{
	switch (r->kind) {
	case RECORD_FINDING:
		return r->u.finding.verdict;
	case RECORD_FAULT:
		return ERROR;
	case RECORD_CHECK_END:
		return r->u.check_end.verdict > PASS ? r->u.check_end.verdict : UNDECIDED;
	default:
		return UNDECIDED;
	}
}

static void hand_out(struct replay *p, struct record *r)
{
	p->worst = verdict_worse(p->worst, verdict_in(r));
	r->seq = p->seq++;
	r->check = p->step_id[0] != '\0' ? p->check : NULL;
	for (size_t i = 0; i < p->listener_count; i++)
		p->listeners[i].hear(p->listeners[i].ctx, r);
}

void replay_emit(struct replay *p, struct record *r)
{
	r->t_ns = p->now_ns;
	hand_out(p, r);
}

void replay_begin(struct replay *p)
{
	struct record r = {.kind = RECORD_RUN_BEGIN, .u.run_begin.inventory = &p->inventory};

	if (!p->begun)
		replay_emit(p, &r);
	p->begun = true;
}

void replay_keep(struct replay *p, const struct record *r)
{
	p->pending = *r;
	p->pending.t_ns = p->now_ns;
	text_copy(p->message, sizeof(p->message), report_text(r->message));
	p->pending.message = p->message;
	p->is_pending = true;
}

void replay_flush(struct replay *p)
{
	if (!p->is_pending)
		return;
	p->is_pending = false;
	if (p->pending.kind == RECORD_FAULT && p->pending.u.fault.call == NULL)
		replay_split_fault(p, NULL);
	hand_out(p, &p->pending);
}

static bool begins_with(const char *text, const char *with)
{
	while (*with != '\0' && *text == *with) {
		text++;
		with++;
	}
	return *with == '\0';
}

void replay_split_fault(struct replay *p, const char *call)
{
	const char *rest = p->message;
	size_t len = 0;

	if (call != NULL && begins_with(rest, call))
		len = text_length(call);
	while (call == NULL && rest[len] != '\0' && !begins_with(rest + len, ": "))
		len++;
	p->pending.u.fault.call = call;
	if (!begins_with(rest + len, ": "))
		return;
	if (call == NULL) {
		p->message[len] = '\0';
		p->pending.u.fault.call = p->message;
	}
	p->pending.message = rest + len + 2;
}

static void take_log(struct replay *p, const struct json_node *content)
{
	const char *message = report_text(json_string(&p->tree, content, "message"));
	const char *severity = report_text(json_string(&p->tree, content, "severity"));
	struct record r = {.kind = RECORD_NOTE, .message = message};

	if (text_same(severity, "WARNING") && begins_with(message, not_complete))
		text_copy(p->incomplete_why, sizeof(p->incomplete_why),
			message + sizeof(not_complete) - 1);
	else if (begins_with(message, end_mark))
		replay_end_line(p, message + sizeof(end_mark) - 1);
	else
		replay_emit(p, &r);
}

/* A finding, or a fault of the environment, outside every step. */
static void take_error(struct replay *p, const struct json_node *content)
{
	struct record r = {.message = json_string(&p->tree, content, "message")};
	enum finding_code code;

	r.kind = RECORD_FAULT;
	if (replay_code(json_string(&p->tree, content, "symptom"), &code)) {
		r.kind = RECORD_FINDING;
		r.u.finding.code = code;
		r.u.finding.verdict = finding_info(code)->verdict;
	}
	replay_keep(p, &r);
	replay_flush(p);
}

static void take_run(struct replay *p, const struct json_node *artifact)
{
	static const struct replay_kind kinds[] = {
		{"testRunStart", replay_run_start},
		{"log", take_log},
		{"error", take_error},
		{"testRunEnd", replay_run_end},
	};

	replay_flush(p);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct json_node *content = json_member(
			&p->tree, artifact, kinds[i].name, JSON_OBJECT);

		if (content == NULL)
			continue;
		if (i > 0)
			replay_begin(p);
		kinds[i].take(p, content);
	}
}

/* Time does not go back, and before the run's start there is none. */
static void take_time(struct replay *p, const char *stamp)
{
	uint64_t ms;

	if (stamp == NULL || !civil_read(stamp, &ms))
		return;
	ms = ms > p->wall_ms ? ms - p->wall_ms : 0;
	if (ms > MS_MAX)
		ms = MS_MAX;
	if (ms * NS_PER_MS > p->now_ns)
		p->now_ns = ms * NS_PER_MS;
}

void replay_line(struct replay *p, struct text line)
{
	const struct json_tree *t = &p->tree;
	const struct json_node *artifact;

	if (!json_read(&p->tree, line) || t->nodes[0].kind != JSON_OBJECT) {
		p->bad_lines++;
		return;
	}
	take_time(p, json_string(t, t->nodes, "timestamp"));
	artifact = json_member(t, t->nodes, "schemaVersion", JSON_OBJECT);
	if (artifact != NULL)
		p->schema = json_whole(t, artifact, "major", 0);
	artifact = json_member(t, t->nodes, "testRunArtifact", JSON_OBJECT);
	if (artifact != NULL)
		take_run(p, artifact);
	artifact = json_member(t, t->nodes, "testStepArtifact", JSON_OBJECT);
	if (artifact != NULL)
		replay_step(p, artifact);
}

void replay_listen(struct replay *p, struct listener l)
{
	if (p->listener_count < LISTENERS_MAX)
		p->listeners[p->listener_count++] = l;
}

void replay_run(struct replay *p, struct text text)
{
	size_t start = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.at[i] != '\n')
			continue;
		if (i > start)
			replay_line(p, (struct text){text.at + start, i - start});
		start = i + 1;
	}
	replay_end(p);
}

void replay_end(struct replay *p)
{
	replay_flush(p);
}
