/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage, the sentences: one TRIAGE record per suspect, what to act on first. Pure. See triage.h. */
#include "core/bytes.h"
#include "core/failure_code.h"
#include "core/text.h"
#include "suite/triage.h"

#define CODES_NAMED 3 /* of what a fault explains; of the others the number must do */
#define SENTENCE    (2 * TRIAGE_TEXT)

/* "memory", "nic0 Intel 8086:10d3", "dimm2 DIMM_B1 16 GiB DDR4": parts that a machine has once go by what they are,
 * the others by id, place if that is a slot, and model. */
static void name_suspect(char *buf, size_t cap, const struct part *p, const struct suspect *s)
{
	static const bool singles[PART_KIND_COUNT] = {[PART_BOARD] = true,
		[PART_FIRMWARE] = true,
		[PART_MEMORY] = true,
		[PART_NETWORK] = true};

	if (p == NULL)
		text_copy(buf, cap, s->part);
	else if (singles[p->kind])
		text_copy(buf, cap, part_kind_name(p->kind));
	else if (p->kind == PART_DIMM)
		fmt_to(buf, cap, "%s %s%s%s%s%s", p->id, p->location, p->location[0] ? " " : "",
			p->maker, p->maker[0] ? " " : "", p->name);
	else
		fmt_to(buf, cap, "%s %s", p->id, p->name);
}

/* Where the part is and what stands on its label, for whoever pulls it out and for whom it is sent to. Empty: of other parts. */
static void label(char buf[SENTENCE], const struct part *p)
{
	static const struct {
		const char *at, *nowhere, *serial;
	} words[PART_KIND_COUNT] = {
		[PART_DIMM] = {"Slot", "Module", "serial"},
		[PART_NIC] = {"Card at", "Card", "MAC address"},
		[PART_DISK] = {"Disk at", "Disk", "serial"},
	};

	buf[0] = '\0';
	if (p == NULL || words[p->kind].at == NULL)
		return;
	fmt_to(buf, SENTENCE, "%s %s", p->location[0] ? words[p->kind].at : words[p->kind].nowhere,
		p->location[0] ? p->location : p->id);
	if (p->part_number[0] != '\0')
		fmt_add(buf, SENTENCE, ", part number %s", p->part_number);
	if (p->serial[0] != '\0')
		fmt_add(buf, SENTENCE, ", %s %s", words[p->kind].serial, p->serial);
	fmt_add(buf, SENTENCE, ": ");
}

/* What to do, and with which part. NULL: nothing. */
static const char *what_next(char buf[SENTENCE], const struct suspect *s, const struct part *p)
{
	if (s->top == NULL && s->could_not_test && s->findings == 0)
		return "Test it by other means, or here again with other firmware.";
	if (s->top == NULL || s->top->next == NULL)
		return NULL;
	if (s->follows) {
		fmt_to(buf, SENTENCE, "Nothing yet: act on %s, then run again.",
			triage_root(s->top)->suspect->part);
		return buf;
	}
	label(buf, p);
	fmt_add(buf, SENTENCE, "%s", s->top->next);
	return buf;
}

/* What the coverage says of the memory as a whole holds for the DIMMs that are not named themselves. */
static void say_others(char buf[SENTENCE], const struct triage *t, const struct suspect *s)
{
	unsigned unreached;
	const unsigned others = triage_other_dimms(t, &unreached);

	fmt_to(buf, SENTENCE, "%s; nothing found on ", s->coverage);
	if (others == 1)
		fmt_add(buf, SENTENCE, "the other DIMM");
	else if (unreached == 0)
		fmt_add(buf, SENTENCE, "the %u other DIMMs", others);
	else
		fmt_add(buf, SENTENCE, "%u of the %u other DIMMs, and the rest not reached",
			others - unreached, others);
}

/* The checks of that suspect which never did their work: the first by name and reason. */
static void add_undone(char buf[SENTENCE], const struct triage *t, const struct suspect *s)
{
	const struct triage_step *first = NULL;
	unsigned count = 0;

	for (size_t i = 0; i < t->step_count; i++) {
		const struct triage_step *step = &t->steps[i];

		if (step->done || !triage_tests(step->id, s))
			continue;
		if (count++ == 0)
			first = step;
	}
	if (count == 0)
		return;
	fmt_add(buf, SENTENCE, "; not done: %s", first->id);
	if (first->why[0] != '\0')
		fmt_add(buf, SENTENCE, " (%s)", first->why);
	if (count > 1)
		fmt_add(buf, SENTENCE, " and %u more check%s", count - 1, count > 2 ? "s" : "");
}

static void say_unaccused(char buf[SENTENCE], const struct triage *t, const struct suspect *s)
{
	const bool for_others = triage_stands_for_others(t, s);

	if (s->state == SUSPECT_CLEARED && for_others)
		say_others(buf, t, s);
	else if (s->state == SUSPECT_CLEARED)
		text_copy(buf, SENTENCE, s->coverage);
	else if (s->could_not_test)
		fmt_to(buf, SENTENCE, "could not be tested: %s", s->trouble);
	else
		text_copy(buf, SENTENCE,
			for_others ? "no check of this run measured the other DIMMs"
				   : "no check of this run measured it");
	if (s->state == SUSPECT_UNTESTED && s->could_not_test && s->coverage[0] != '\0')
		fmt_add(buf, SENTENCE, "; before or after that: %s", s->coverage);
	add_undone(buf, t, s);
}

/* What else the suspect's faults explain, by code. */
static void add_explained(char buf[SENTENCE], const struct triage *t, const struct suspect *s)
{
	bool explained[FINDING_COUNT] = {false};
	unsigned count = 0;

	for (size_t i = 0; i < t->case_count; i++) {
		const struct triage_case *c = &t->cases[i];

		if (c->because != NULL && triage_root(c)->suspect == s)
			explained[c->code] = true;
	}
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		if (explained[code] && count++ < CODES_NAMED)
			fmt_add(buf, SENTENCE, "%s%s", count == 1 ? " (explains " : ", ",
				finding_info((enum finding_code)code)->code);
	}
	if (count > CODES_NAMED)
		fmt_add(buf, SENTENCE, " and %u more", count - CODES_NAMED);
	if (count > 0)
		fmt_add(buf, SENTENCE, ")");
}

/* The findings on the suspect that no other fault explains. */
static unsigned standing(const struct triage *t, const struct suspect *s)
{
	unsigned explained = 0;

	for (size_t i = 0; i < t->case_count; i++) {
		if (t->cases[i].suspect == s && t->cases[i].because != NULL)
			explained += t->cases[i].count;
	}
	return s->findings - explained;
}

static void say_evidence(char buf[SENTENCE], const struct triage *t, const struct suspect *s)
{
	if (s->findings == 0) {
		say_unaccused(buf, t, s);
		return;
	}
	if (s->top == NULL) {
		fmt_to(buf, SENTENCE, "%u findings: see the records", s->findings);
		return;
	}
	if (s->follows) {
		fmt_to(buf, SENTENCE, "%s explains it (%s): %s", triage_root(s->top)->suspect->part,
			s->top->rule->how, s->top->message);
		return;
	}
	text_copy(buf, SENTENCE, s->top->message);
	if (standing(t, s) > 1)
		fmt_add(buf, SENTENCE, " (and %u more)", standing(t, s) - 1);
	add_explained(buf, t, s);
}

static void emit(const struct triage *t, const struct suspect *s, struct recorder *rec)
{
	const struct part *p = inventory_part(t->inventory, s->part);
	char suspect[PART_ID + 3 * PART_TEXT], evidence[SENTENCE], next[SENTENCE];
	char code[FAILURE_CODE];
	struct record r = {.kind = RECORD_TRIAGE, .part = s->part, .message = evidence};
	unsigned unreached;

	if (triage_stands_for_others(t, s) && triage_other_dimms(t, &unreached) == 0)
		return;
	name_suspect(suspect, sizeof(suspect), p, s);
	say_evidence(evidence, t, s);
	r.u.triage.suspect = suspect;
	r.u.triage.state = s->state;
	r.u.triage.next = what_next(next, s, p);
	if (s->top != NULL)
		r.u.triage.finding = finding_info(s->top->code);
	if (s->follows)
		r.u.triage.because_of = triage_root(s->top)->suspect->part;
	if (s->state == SUSPECT_FAULTY && s->top != NULL && !s->top->planted) {
		failure_code_make(code, s->top->code, s->kind, s->part, p != NULL ? p->serial : "");
		r.u.triage.failure_code = code;
	}
	record_emit(rec, &r);
}

/* What follows from a suspect's faults comes right below it. */
static void emit_with_consequences(
	const struct triage *t, const struct suspect *s, struct recorder *rec)
{
	emit(t, s, rec);
	for (size_t i = 0; i < t->count; i++) {
		const struct suspect *other = &t->suspects[i];

		if (other->follows && triage_root(other->top)->suspect == s)
			emit(t, other, rec);
	}
}

void triage_emit(struct triage *t, struct recorder *rec)
{
	bool emitted[PARTS_MAX] = {false};

	triage_judge(t);
	for (size_t n = 0; n < t->count; n++) {
		size_t next = PARTS_MAX;

		for (size_t i = 0; i < t->count; i++) {
			const struct suspect *s = &t->suspects[i];

			if (!emitted[i] && !s->follows &&
				(next == PARTS_MAX || triage_before(s, &t->suspects[next])))
				next = i;
		}
		if (next == PARTS_MAX)
			return;
		emitted[next] = true;
		emit_with_consequences(t, &t->suspects[next], rec);
	}
}
