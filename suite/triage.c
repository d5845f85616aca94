/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage, first half: what the records say of whom. Pure. See triage.h. */
#include "suite/triage.h"
#include "core/bytes.h"
#include "core/fmt.h"
#include "core/text.h"

/* ---- suspects ---- */

static bool can_be_guilty(enum part_kind kind)
{
	return kind != PART_CPU && kind != PART_DIMM;
}

static struct suspect *add_suspect(
	struct triage *t, const char *part, enum part_kind kind, size_t place)
{
	struct suspect *s = &t->suspects[t->count];

	if (t->count == PARTS_MAX)
		return NULL;
	t->count++;
	*s = (struct suspect){.kind = kind, .place = place};
	text_copy(s->part, PART_ID, part);
	return s;
}

void triage_begin(struct triage *t, const struct inventory *inventory)
{
	memset(t, 0, sizeof(*t));
	t->inventory = inventory;
	for (size_t i = 0; i < inventory->count; i++) {
		if (can_be_guilty(inventory->parts[i].kind))
			add_suspect(t, inventory->parts[i].id, inventory->parts[i].kind, i);
	}
}

/* Strangers do not count: whether there are any depends on what came before. */
static struct suspect *suspect_of(struct triage *t, const char *part)
{
	for (size_t i = 0; part != NULL && i < t->count; i++) {
		if (t->suspects[i].place != SIZE_MAX && text_same(t->suspects[i].part, part))
			return &t->suspects[i];
	}
	return NULL;
}

/* A DIMM is a suspect of its own as soon as something is found on it. */
static struct suspect *add_dimm(struct triage *t, const char *part)
{
	const struct part *p = part != NULL ? inventory_part(t->inventory, part) : NULL;
	struct suspect *s = NULL;

	if (p != NULL && p->kind == PART_DIMM)
		s = add_suspect(t, part, PART_DIMM, (size_t)(p - t->inventory->parts));
	if (s == NULL)
		return NULL;
	t->has_dimms = true;
	t->named[s->place] = true;
	return s;
}

/* A part that the inventory does not have; of which kind, the first word of the finding's code says. */
static struct suspect *stranger(struct triage *t, const char *part, const char *code)
{
	static const struct {
		const char *codes;
		enum part_kind kind;
	} areas[] = {{"nic-*", PART_NIC}, {"net-*", PART_NETWORK}, {"disk-*", PART_DISK},
		{"mem-*", PART_MEMORY}, {"cpu-*", PART_BOARD}};
	size_t area = 0;

	while (area < ARRAY_LEN(areas) &&
		!text_glob((struct text){areas[area].codes, text_length(areas[area].codes)},
			(struct text){code, text_length(code)}))
		area++;
	if (area == ARRAY_LEN(areas))
		return NULL;
	if (part == NULL || part[0] == '\0')
		part = "unknown";
	for (size_t i = 0; i < t->count; i++) {
		if (t->suspects[i].place == SIZE_MAX && t->suspects[i].kind == areas[area].kind &&
			text_same(t->suspects[i].part, part))
			return &t->suspects[i];
	}
	return add_suspect(t, part, areas[area].kind, SIZE_MAX);
}

/* Whom a finding accuses. NULL: nobody. What is found on hardware always accuses somebody. */
static struct suspect *accused(struct triage *t, const struct record *r)
{
	const struct finding_info *info = finding_info(r->u.finding.code);
	struct suspect *s = suspect_of(t, r->part);

	if (s == NULL)
		s = add_dimm(t, r->part);
	if (s == NULL)
		s = suspect_of(t, info->suspect);
	if (s != NULL || triage_doubts(r->u.finding.code) != NULL)
		return s;
	s = stranger(t, r->part, info->code);
	if (s == NULL && r->u.finding.verdict == FAIL)
		s = suspect_of(t, PART_ID_BOARD);
	return s;
}

/* ---- findings ---- */

static void keep(char dst[TRIAGE_TEXT], const char *message)
{
	if (message == NULL)
		message = "";
	text_copy(dst, TRIAGE_TEXT, message);
	text_mark_cut(dst, TRIAGE_TEXT, text_length(message));
}

static const char *text_field(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->u.finding.field_count; i++) {
		const struct field *f = &r->u.finding.fields[i];

		if (f->kind == FIELD_TEXT && f->text != NULL && text_same(f->name, name))
			return f->text;
	}
	return "";
}

static void describe(struct triage_case *c, const struct suspect *s, const struct record *r)
{
	*c = (struct triage_case){
		.suspect = s, .code = r->u.finding.code, .planted = r->u.finding.injected};
	text_copy(c->nics[0], PART_ID,
		s->kind == PART_NIC && s->place != SIZE_MAX ? s->part : text_field(r, "nic"));
	text_copy(c->nics[1], PART_ID, text_field(r, "to_nic"));
	text_copy(c->ip, sizeof(c->ip), text_field(r, "ip"));
}

static bool is_same(const struct triage_case *a, const struct triage_case *b)
{
	return a->code == b->code && a->planted == b->planted && a->suspect == b->suspect &&
	       text_same(a->nics[0], b->nics[0]) && text_same(a->nics[1], b->nics[1]) &&
	       text_same(a->ip, b->ip);
}

/* The case that the finding belongs to, a new one if need be. NULL: no room. */
static struct triage_case *case_for(
	struct triage *t, const struct suspect *s, const struct record *r)
{
	struct triage_case *c = &t->cases[0], new;

	describe(&new, s, r);
	while (c < &t->cases[t->case_count] && !is_same(c, &new))
		c++;
	if (c == &t->cases[t->case_count]) {
		if (t->case_count == TRIAGE_CASES)
			return NULL;
		t->case_count++;
		*c = new;
	}
	return c;
}

static void hear_finding(struct triage *t, const struct record *r)
{
	const enum verdict verdict = r->u.finding.verdict;
	struct suspect *s = accused(t, r);
	struct triage_case *c;

	t->found = verdict_worse(t->found, verdict);
	if (s == NULL)
		return;
	c = case_for(t, s, r);
	s->findings += c == NULL || c->count == 0 || !r->u.finding.more;
	if (c == NULL) {
		s->untold = verdict_worse(s->untold, verdict);
		return;
	}
	if (c->count > 0 && (r->u.finding.more ? verdict < c->verdict : verdict <= c->verdict)) {
		c->count += !r->u.finding.more;
		return;
	}
	c->count += c->count == 0 || !r->u.finding.more;
	c->verdict = verdict;
	c->next = record_next(r);
	keep(c->message, r->message);
}

/* ---- what was measured, and what could not be ---- */

/* The length of the sentence up to its first semicolon. */
static size_t first_clause(const char *sentence)
{
	size_t len = 0;

	while (sentence[len] != '\0' && sentence[len] != ';')
		len++;
	return len;
}

/* Several passes cover the same: that is said once. What does not fit is left out whole. */
static void add_coverage(struct suspect *s, const char *message)
{
	size_t used = text_length(s->coverage), len = first_clause(message);

	for (size_t at = 0; at + len <= used; at++) {
		if (memcmp(s->coverage + at, message, len) == 0)
			return;
	}
	if (used == 0 || used + 2 + len < sizeof(s->coverage))
		fmt_add(s->coverage, sizeof(s->coverage), "%s%.*s", used != 0 ? "; " : "", (int)len,
			message);
}

/* The ledger says which DIMMs no check reached, as far as it can tell them apart. */
static void hear_measure(struct triage *t, const struct record *r)
{
	const struct part *p = r->part != NULL ? inventory_part(t->inventory, r->part) : NULL;

	if (p != NULL && p->kind == PART_DIMM && text_same(r->u.measure.name, "tested_bytes"))
		t->unreached[p - t->inventory->parts] = r->u.measure.value == 0;
}

static void add_trouble(struct suspect *s, const char *message)
{
	if (s->could_not_test)
		return;
	s->could_not_test = true;
	keep(s->trouble, message);
}

/* A trouble that names no suspect of ours is a trouble of all that the check tests. */
static void trouble_all(struct triage *t, const struct record *r)
{
	for (size_t i = 0; i < t->count; i++) {
		if (triage_tests(r->check, &t->suspects[i]))
			add_trouble(&t->suspects[i], r->message);
	}
}

static void hear_fault(struct triage *t, const struct record *r)
{
	struct suspect *s = suspect_of(t, r->part);

	t->blamed = true;
	if (s != NULL)
		add_trouble(s, r->message);
	else if (r->check != NULL)
		trouble_all(t, r);
}

static struct triage_step *step_of(struct triage *t, const char *id)
{
	struct triage_step *step = &t->steps[0];

	while (step < &t->steps[t->step_count] && !text_same(step->id, id))
		step++;
	if (step == &t->steps[t->step_count]) {
		if (t->step_count == TRIAGE_STEPS)
			return NULL;
		t->step_count++;
		*step = (struct triage_step){.done = false};
		text_copy(step->id, sizeof(step->id), id);
	}
	return step;
}

/* Whether what was recorded in the step says whom its verdict is about. */
static bool is_accounted_for(const struct triage *t, enum verdict verdict)
{
	if (verdict == ERROR)
		return t->blamed;
	return verdict <= PASS || t->found >= verdict;
}

static void hear_check_end(struct triage *t, const struct record *r)
{
	struct triage_step *step = r->check != NULL ? step_of(t, r->check) : NULL;

	if (r->check != NULL && !is_accounted_for(t, r->u.check_end.verdict))
		trouble_all(t, r);
	if (step == NULL)
		return;
	step->done = step->done || r->u.check_end.verdict != SKIP;
	text_copy(step->why, sizeof(step->why), r->message != NULL ? r->message : "");
}

static void hear_doubt(struct triage *t, const struct record *r)
{
	struct suspect *s = suspect_of(t, triage_doubts(r->u.finding.code));

	if (s != NULL)
		add_trouble(s, r->message);
}

static void hear(void *ctx, const struct record *r)
{
	struct triage *t = ctx;
	struct suspect *s;

	if (r->kind == RECORD_FINDING) {
		hear_finding(t, r);
		hear_doubt(t, r);
	} else if (r->kind == RECORD_MEASURE) {
		hear_measure(t, r);
	} else if (r->kind == RECORD_COVERAGE) {
		s = suspect_of(t, r->part);
		if (s != NULL && r->message != NULL)
			add_coverage(s, r->message);
	} else if (r->kind == RECORD_FAULT) {
		hear_fault(t, r);
	} else if (r->kind == RECORD_CHECK_BEGIN) {
		t->blamed = false;
		t->found = UNDECIDED;
	} else if (r->kind == RECORD_CHECK_END) {
		hear_check_end(t, r);
	}
}

struct listener triage_listener(struct triage *t)
{
	return (struct listener){hear, t};
}
