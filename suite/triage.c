/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage: one line per suspect, from what was found and what was really measured. Pure. See triage.h. */
#include "suite/triage.h"
#include "core/fmt.h"
#include "core/text.h"

static bool can_be_guilty(enum part_kind kind)
{
	return kind != PART_CPU && kind != PART_DIMM;
}

void triage_begin(struct triage *t, const struct inventory *inventory)
{
	*t = (struct triage){0};
	for (size_t i = 0; i < inventory->count; i++) {
		if (can_be_guilty(inventory->parts[i].kind))
			text_copy(t->suspects[t->count++].part, PART_ID, inventory->parts[i].id);
	}
}

static struct suspect *suspect_of(struct triage *t, const char *part)
{
	for (size_t i = 0; part != NULL && i < t->count; i++) {
		if (text_same(t->suspects[i].part, part))
			return &t->suspects[i];
	}
	return NULL;
}

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

static void hear_finding(struct triage *t, const struct record *r)
{
	const struct finding_info *info = finding_info(r->u.finding.code);
	enum suspect_state state = r->u.finding.verdict == FAIL ? SUSPECT_FAULTY : SUSPECT_SUSPECT;
	struct suspect *s = suspect_of(t, r->part);

	/* A DIMM is no suspect of its own: the memory it is part of is. */
	if (s == NULL)
		s = suspect_of(t, info->suspect);
	if (s == NULL)
		return;
	s->findings++;
	if (state > s->state) {
		s->state = state;
		s->next = info->next;
		text_copy(s->evidence, sizeof(s->evidence), r->message);
	}
}

static void hear(void *ctx, const struct record *r)
{
	struct triage *t = ctx;
	struct suspect *s = suspect_of(t, r->part);

	if (r->kind == RECORD_FINDING) {
		hear_finding(t, r);
	} else if (s != NULL && r->kind == RECORD_COVERAGE) {
		add_coverage(s, r->message);
	} else if (s != NULL && r->kind == RECORD_FAULT && !s->could_not_test) {
		s->could_not_test = true;
		text_copy(s->trouble, sizeof(s->trouble), r->message);
	}
}

struct listener triage_listener(struct triage *t)
{
	return (struct listener){hear, t};
}

static enum suspect_state state_of(const struct suspect *s)
{
	if (s->findings > 0)
		return s->state;
	return s->coverage[0] != '\0' && !s->could_not_test ? SUSPECT_CLEARED : SUSPECT_UNTESTED;
}

/* "memory", "nic0 Intel 8086:10d3": parts that a machine has once go by what they are, the others by id and model. */
static void name_suspect(char *buf, size_t cap, const struct inventory *inventory, const char *id)
{
	static const char *const singles[] = {[PART_BOARD] = "board and CPUs",
		[PART_FIRMWARE] = "firmware",
		[PART_MEMORY] = "memory",
		[PART_NETWORK] = "network",
		[PART_DISK] = NULL};

	for (size_t i = 0; i < inventory->count; i++) {
		const struct part *p = &inventory->parts[i];

		if (!text_same(p->id, id))
			continue;
		if (singles[p->kind] != NULL)
			text_copy(buf, cap, singles[p->kind]);
		else
			fmt_to(buf, cap, "%s %s", p->id, p->name);
		return;
	}
	text_copy(buf, cap, id);
}

static void emit(const struct suspect *s, const struct inventory *inventory, struct recorder *rec)
{
	char suspect[PART_ID + PART_TEXT + 2], evidence[2 * TRIAGE_TEXT];
	enum suspect_state state = state_of(s);
	struct record r = {.kind = RECORD_TRIAGE, .part = s->part, .message = evidence};

	name_suspect(suspect, sizeof(suspect), inventory, s->part);
	if (s->findings > 1)
		fmt_to(evidence, sizeof(evidence), "%s (and %u more)", s->evidence,
			s->findings - 1);
	else if (s->findings == 1)
		text_copy(evidence, sizeof(evidence), s->evidence);
	else if (state == SUSPECT_CLEARED)
		text_copy(evidence, sizeof(evidence), s->coverage);
	else if (s->could_not_test)
		fmt_to(evidence, sizeof(evidence), "could not be tested: %s", s->trouble);
	else
		text_copy(evidence, sizeof(evidence), "no check of this run measured it");
	r.u.triage.suspect = suspect;
	r.u.triage.state = state;
	r.u.triage.next = s->findings > 0 ? s->next : NULL;
	record_emit(rec, &r);
}

void triage_emit(const struct triage *t, const struct inventory *inventory, struct recorder *rec)
{
	static const enum suspect_state order[] = {
		SUSPECT_FAULTY, SUSPECT_SUSPECT, SUSPECT_UNTESTED, SUSPECT_CLEARED};

	for (size_t o = 0; o < ARRAY_LEN(order); o++) {
		for (size_t i = 0; i < t->count; i++) {
			if (state_of(&t->suspects[i]) == order[o])
				emit(&t->suspects[i], inventory, rec);
		}
	}
}
