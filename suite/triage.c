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
	t->inventory = inventory;
	for (size_t i = 0; i < inventory->count; i++) {
		if (can_be_guilty(inventory->parts[i].kind))
			text_copy(t->suspects[t->count++].part, PART_ID, inventory->parts[i].id);
	}
}

/* A DIMM is a suspect of its own as soon as something is found on it. */
static struct suspect *add_dimm(struct triage *t, const char *part)
{
	const struct part *p = part != NULL ? inventory_part(t->inventory, part) : NULL;

	if (p == NULL || p->kind != PART_DIMM || t->count == PARTS_MAX)
		return NULL;
	text_copy(t->suspects[t->count].part, PART_ID, part);
	t->has_dimms = true;
	t->named[p - t->inventory->parts] = true;
	return &t->suspects[t->count++];
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

/* Whether a finding says more about the suspect than those before. */
static bool is_worse(const struct suspect *s, enum suspect_state state, bool planted)
{
	if (s->findings == 0)
		return true;
	if (s->planted != planted)
		return s->planted;
	return state > s->state;
}

static void hear_finding(struct triage *t, const struct record *r)
{
	const struct finding_info *info = finding_info(r->u.finding.code);
	enum suspect_state state = r->u.finding.verdict == FAIL ? SUSPECT_FAULTY : SUSPECT_SUSPECT;
	struct suspect *s = suspect_of(t, r->part);

	if (s == NULL)
		s = add_dimm(t, r->part);
	if (s == NULL)
		s = suspect_of(t, info->suspect);
	if (s == NULL)
		return;
	if (is_worse(s, state, r->u.finding.injected)) {
		s->state = state;
		s->planted = r->u.finding.injected;
		s->next = record_next(r);
		text_copy(s->evidence, sizeof(s->evidence), r->message);
	}
	s->findings++;
}

/* The ledger says which DIMMs no check reached, as far as it can tell them apart. */
static void hear_measure(struct triage *t, const struct record *r)
{
	const struct part *p = r->part != NULL ? inventory_part(t->inventory, r->part) : NULL;

	if (p != NULL && p->kind == PART_DIMM && text_same(r->u.measure.name, "tested_bytes"))
		t->unreached[p - t->inventory->parts] = r->u.measure.value == 0;
}

static void hear(void *ctx, const struct record *r)
{
	struct triage *t = ctx;
	struct suspect *s = suspect_of(t, r->part);

	if (r->kind == RECORD_FINDING) {
		hear_finding(t, r);
	} else if (r->kind == RECORD_MEASURE) {
		hear_measure(t, r);
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

/* "memory", "nic0 Intel 8086:10d3", "dimm2 DIMM_B1 16 GiB DDR4": parts that a machine has once go by what they are,
 * the others by id, place if that is a slot, and model. */
static void name_suspect(char *buf, size_t cap, const struct part *p, const char *id)
{
	static const char *const singles[] = {[PART_BOARD] = "board and CPUs",
		[PART_FIRMWARE] = "firmware",
		[PART_MEMORY] = "memory",
		[PART_NETWORK] = "network",
		[PART_DISK] = NULL};

	if (p == NULL)
		text_copy(buf, cap, id);
	else if (singles[p->kind] != NULL)
		text_copy(buf, cap, singles[p->kind]);
	else if (p->kind == PART_DIMM)
		fmt_to(buf, cap, "%s %s%s%s%s%s", p->id, p->location, p->location[0] ? " " : "",
			p->maker, p->maker[0] ? " " : "", p->name);
	else
		fmt_to(buf, cap, "%s %s", p->id, p->name);
}

/* What to do; of a DIMM also which one to pull out. NULL: nothing. */
static const char *what_next(char *buf, size_t cap, const struct suspect *s, const struct part *p)
{
	if (s->findings == 0 || s->next == NULL || p == NULL || p->kind != PART_DIMM)
		return s->findings > 0 ? s->next : NULL;
	fmt_to(buf, cap, "%s %s%s%s%s%s: %s", p->location[0] ? "Slot" : "Module",
		p->location[0] ? p->location : p->id, p->part_number[0] ? ", part number " : "",
		p->part_number, p->serial[0] ? ", serial " : "", p->serial, s->next);
	return buf;
}

/* The DIMMs that are no suspects themselves, and how many of them no check reached. */
static unsigned other_dimms(const struct triage *t, unsigned *ret_unreached)
{
	unsigned others = 0;

	*ret_unreached = 0;
	for (size_t i = 0; i < t->inventory->count; i++) {
		const struct part *p = &t->inventory->parts[i];

		if (p->kind != PART_DIMM || t->named[i])
			continue;
		others++;
		*ret_unreached += t->unreached[i];
	}
	return others;
}

/* What the coverage says of the memory as a whole holds for the DIMMs that are not named themselves. */
static void say_others(char *buf, size_t cap, const struct triage *t, const struct suspect *s)
{
	unsigned unreached;
	const unsigned others = other_dimms(t, &unreached);

	fmt_to(buf, cap, "%s; nothing found on ", s->coverage);
	if (others == 1)
		fmt_add(buf, cap, "the other DIMM");
	else if (unreached == 0)
		fmt_add(buf, cap, "the %u other DIMMs", others);
	else
		fmt_add(buf, cap, "%u of the %u other DIMMs, and the rest not reached",
			others - unreached, others);
}

/* Where some DIMMs are suspects, the memory as a whole stands for the others. */
static bool stands_for_others(const struct triage *t, const struct suspect *s)
{
	return t->has_dimms && s->findings == 0 && text_same(s->part, PART_ID_MEMORY);
}

static enum suspect_state state_of(const struct triage *t, const struct suspect *s)
{
	bool covered = s->coverage[0] != '\0' && !s->could_not_test;
	unsigned unreached = 0;

	if (s->findings > 0)
		return s->state;
	if (stands_for_others(t, s))
		covered = covered && other_dimms(t, &unreached) > unreached;
	return covered ? SUSPECT_CLEARED : SUSPECT_UNTESTED;
}

static void say_evidence(char *buf, size_t cap, const struct triage *t, const struct suspect *s)
{
	const enum suspect_state state = state_of(t, s);

	if (s->findings > 1)
		fmt_to(buf, cap, "%s (and %u more)", s->evidence, s->findings - 1);
	else if (s->findings == 1)
		text_copy(buf, cap, s->evidence);
	else if (state == SUSPECT_CLEARED && stands_for_others(t, s))
		say_others(buf, cap, t, s);
	else if (state == SUSPECT_CLEARED)
		text_copy(buf, cap, s->coverage);
	else if (s->could_not_test)
		fmt_to(buf, cap, "could not be tested: %s", s->trouble);
	else
		text_copy(buf, cap,
			stands_for_others(t, s) ? "no check of this run measured the other DIMMs"
						: "no check of this run measured it");
}

static void emit(const struct triage *t, const struct suspect *s, struct recorder *rec)
{
	const struct part *p = inventory_part(t->inventory, s->part);
	char suspect[PART_ID + 3 * PART_TEXT], evidence[2 * TRIAGE_TEXT], next[2 * TRIAGE_TEXT];
	struct record r = {.kind = RECORD_TRIAGE, .part = s->part, .message = evidence};
	unsigned unreached;

	if (stands_for_others(t, s) && other_dimms(t, &unreached) == 0)
		return;
	name_suspect(suspect, sizeof(suspect), p, s->part);
	say_evidence(evidence, sizeof(evidence), t, s);
	r.u.triage.suspect = suspect;
	r.u.triage.state = state_of(t, s);
	r.u.triage.next = what_next(next, sizeof(next), s, p);
	record_emit(rec, &r);
}

void triage_emit(const struct triage *t, struct recorder *rec)
{
	static const enum suspect_state order[] = {
		SUSPECT_FAULTY, SUSPECT_SUSPECT, SUSPECT_UNTESTED, SUSPECT_CLEARED};

	for (size_t o = 0; o < ARRAY_LEN(order); o++) {
		for (size_t i = 0; i < t->count; i++) {
			if (state_of(t, &t->suspects[i]) == order[o])
				emit(t, &t->suspects[i], rec);
		}
	}
}
