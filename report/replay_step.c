/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading results.jsonl: what stands in a step. Pure. See replay.h. */
#include "core/bytes.h"
#include "core/failure_code.h"
#include "report/replay_line.h"
#include "report/report.h"

#define NS_PER_MS UINT64_C(1000000)

/* ---- begin and end ---- */

static void begin(struct replay *p, const char *id, const char *check)
{
	const struct record r = {.kind = RECORD_CHECK_BEGIN};

	replay_begin(p);
	text_copy(p->step_id, sizeof(p->step_id), id);
	text_copy(p->check, sizeof(p->check), check[0] != '\0' ? check : "unnamed");
	p->has_verdict = false;
	replay_keep(p, &r);
}

/* A step whose first line is torn is known by its id: "mem.march-c#2". */
static void begin_torn(struct replay *p, const char *id)
{
	char check[REPLAY_STEP];

	text_copy(check, sizeof(check), id);
	for (char *c = check; *c != '\0'; c++) {
		if (*c == '#')
			*c = '\0';
	}
	begin(p, id, check);
	replay_flush(p);
}

static void take_verdict(struct replay *p, const struct json_node *content)
{
	const uint64_t ms = json_whole(&p->tree, content, "took_ms", 0);

	p->has_verdict = true;
	p->verdict = replay_verdict(json_string(&p->tree, content, "verdict"), UNDECIDED);
	p->took_ns = ms < UINT64_MAX / NS_PER_MS ? ms * NS_PER_MS : 0;
	text_copy(p->why, sizeof(p->why), report_text(json_string(&p->tree, content, "why")));
}

/* Without a verdict the run ended in the step: it has no end of its own. */
static void take_step_end(struct replay *p, const struct json_node *content)
{
	struct record r = {.kind = RECORD_CHECK_END, .message = p->why};

	(void)content;
	r.u.check_end.verdict = p->verdict;
	r.u.check_end.took_ns = p->took_ns;
	if (p->has_verdict)
		replay_emit(p, &r);
	p->step_id[0] = '\0';
}

/* ---- what is complete with the line after it ---- */

static void take_diagnosis(struct replay *p, const struct json_node *content)
{
	struct record r = {
		.kind = RECORD_FINDING, .message = json_string(&p->tree, content, "message")};
	const char *type = report_text(json_string(&p->tree, content, "type"));

	if (text_same(type, "PASS"))
		return;
	if (replay_code(json_string(&p->tree, content, "verdict"), &r.u.finding.code))
		r.u.finding.verdict = text_same(type, "FAIL") ? FAIL : WARN;
	else
		r.kind = RECORD_NOTE; /* of a later version of this program */
	replay_keep(p, &r);
}

static void take_error(struct replay *p, const struct json_node *content)
{
	const struct record r = {
		.kind = RECORD_FAULT, .message = json_string(&p->tree, content, "message")};

	replay_keep(p, &r);
}

static void take_log(struct replay *p, const struct json_node *content)
{
	const struct record r = {
		.kind = RECORD_NOTE, .message = json_string(&p->tree, content, "message")};

	replay_keep(p, &r);
}

static void add_criterion(struct replay *p, const struct json_node *content)
{
	p->pending.u.check_begin.title = json_string(&p->tree, content, "title");
	p->pending.u.check_begin.pass_if = json_string(&p->tree, content, "pass_if");
}

static void add_part(struct replay *p, const struct json_node *content)
{
	p->pending.part = replay_text(p, content, "part");
}

static void add_call(struct replay *p, const struct json_node *content)
{
	add_part(p, content);
	replay_split_fault(p, report_text(json_string(&p->tree, content, "call")));
}

static bool read_texts(
	struct replay *p, const struct json_node *array, size_t *used, struct field *f)
{
	*f = FIELD_LIST(array->name, p->texts + *used, 0);
	for (const struct json_node *n = json_first(&p->tree, array);
		n != NULL && *used < REPLAY_TEXTS; n = json_next(&p->tree, array, n)) {
		if (n->kind != JSON_STRING)
			return false;
		p->texts[(*used)++] = n->text;
		f->text_count++;
	}
	return true;
}

static bool read_field(
	struct replay *p, const struct json_node *n, size_t *texts_used, struct field *f)
{
	unsigned decimals;
	uint64_t number;

	if (n->kind == JSON_ARRAY)
		return read_texts(p, n, texts_used, f);
	if (n->kind == JSON_STRING) {
		*f = replay_hex(n->text, &number) ? FIELD_ADDRESS(n->name, number)
						  : FIELD_STR(n->name, n->text);
		return true;
	}
	if (!json_to_decimal(n, &number, &decimals) || decimals != 0)
		return false;
	*f = FIELD_NUM(n->name, number);
	return true;
}

static void add_fields(struct replay *p, const struct json_node *content)
{
	size_t count = 0, texts = 0;

	if (p->pending.kind != RECORD_FINDING)
		return;
	add_part(p, content);
	for (const struct json_node *n = json_first(&p->tree, content);
		n != NULL && count < REPLAY_FIELDS; n = json_next(&p->tree, content, n)) {
		if (text_same(n->name, "code") || text_same(n->name, "part"))
			continue;
		if (!read_field(p, n, &texts, &p->fields[count]))
			continue;
		if (text_same(n->name, "injected") && p->fields[count].kind == FIELD_NUMBER)
			p->pending.u.finding.injected = p->fields[count].number != 0;
		if (text_same(n->name, "follow_up") && p->fields[count].kind == FIELD_NUMBER)
			p->pending.u.finding.more = p->fields[count].number != 0;
		count++;
	}
	p->pending.u.finding.fields = p->fields;
	p->pending.u.finding.field_count = count;
}

/* ---- the rest ---- */

static void take_coverage(struct replay *p, const struct json_node *content)
{
	struct record r = {.kind = RECORD_COVERAGE,
		.part = replay_text(p, content, "part"),
		.message = json_string(&p->tree, content, "text")};

	replay_emit(p, &r);
}

/* What is no failure code is left out. */
static const char *failure_code(const struct replay *p, const struct json_node *content)
{
	const char *text = replay_text(p, content, "failure_code");
	struct failure ignored;

	return text != NULL && failure_code_read(text, &ignored) == FAILURE_OK ? text : NULL;
}

static void take_triage(struct replay *p, const struct json_node *content)
{
	struct record r = {.kind = RECORD_TRIAGE,
		.part = replay_text(p, content, "part"),
		.message = json_string(&p->tree, content, "evidence")};
	const char *state = report_text(json_string(&p->tree, content, "state"));
	enum finding_code code;

	r.u.triage.state = SUSPECT_UNTESTED;
	for (unsigned s = SUSPECT_UNTESTED; s <= SUSPECT_FAULTY; s++) {
		if (text_same(report_state_name((enum suspect_state)s), state))
			r.u.triage.state = (enum suspect_state)s;
	}
	r.u.triage.suspect = json_string(&p->tree, content, "suspect");
	r.u.triage.next = json_string(&p->tree, content, "next");
	if (replay_code(json_string(&p->tree, content, "code"), &code))
		r.u.triage.finding = finding_info(code);
	r.u.triage.failure_code = failure_code(p, content);
	r.u.triage.because_of = replay_text(p, content, "because_of");
	replay_emit(p, &r);
}

static void take_file(struct replay *p, const struct json_node *content)
{
	struct record r = {
		.kind = RECORD_FILE, .message = json_string(&p->tree, content, "description")};

	r.u.file.name = report_text(json_string(&p->tree, content, "displayName"));
	r.u.file.type = json_string(&p->tree, content, "contentType");
	replay_emit(p, &r);
}

/* The rest of a record that was kept, if that is what was. */
static bool completes(struct replay *p, const char *name, const struct json_node *content)
{
	static const struct {
		struct replay_kind kind;
		enum record_kind of;
	} rest[] = {
		{{"criterion", add_criterion}, RECORD_CHECK_BEGIN},
		{{"finding", add_fields}, RECORD_FINDING},
		{{"fault", add_call}, RECORD_FAULT},
		{{"note", add_part}, RECORD_NOTE},
	};

	for (size_t i = 0; p->is_pending && i < ARRAY_LEN(rest); i++) {
		if (p->pending.kind == rest[i].of && text_same(rest[i].kind.name, name)) {
			rest[i].kind.take(p, content);
			return true;
		}
	}
	return false;
}

static void take_extension(struct replay *p, const struct json_node *extension)
{
	static const struct replay_kind kinds[] = {
		{"progress", replay_progress},
		{"series", replay_series},
		{"coverage", take_coverage},
		{"triage", take_triage},
		{"check", take_verdict},
		{"judged", take_verdict},
	};
	const char *name = report_text(json_string(&p->tree, extension, "name"));
	const struct json_node *content = json_member(&p->tree, extension, "content", JSON_OBJECT);

	if (content != NULL && completes(p, name, content)) {
		replay_flush(p);
		return;
	}
	replay_flush(p);
	for (size_t i = 0; content != NULL && i < ARRAY_LEN(kinds); i++) {
		if (text_same(kinds[i].name, name))
			kinds[i].take(p, content);
	}
}

void replay_step(struct replay *p, const struct json_node *artifact)
{
	static const struct replay_kind kinds[] = {
		{"measurement", replay_measurement},
		{"diagnosis", take_diagnosis},
		{"error", take_error},
		{"log", take_log},
		{"file", take_file},
		{"testStepEnd", take_step_end},
	};
	const struct json_tree *t = &p->tree;
	const struct json_node *content = json_member(t, artifact, "extension", JSON_OBJECT);
	const struct json_node *start = json_member(t, artifact, "testStepStart", JSON_OBJECT);
	char id[REPLAY_STEP];

	text_copy(id, sizeof(id), report_text(json_string(t, artifact, "testStepId")));
	if (content == NULL || start != NULL)
		replay_flush(p);
	if (id[0] == '\0')
		return;
	if (start != NULL) {
		begin(p, id, report_text(json_string(t, start, "name")));
		return;
	}
	if (!text_same(p->step_id, id)) {
		replay_flush(p);
		begin_torn(p, id);
	}
	if (content != NULL)
		take_extension(p, content);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		content = json_member(t, artifact, kinds[i].name, JSON_OBJECT);
		if (content != NULL)
			kinds[i].take(p, content);
	}
}
