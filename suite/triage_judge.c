/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage, second half: what explains what, and what that makes of each suspect. Pure. See triage.h.
 *
 * Nothing here depends on the order in which the records came: every choice is by content.
 */
#include "core/bytes.h"
#include "core/text.h"
#include "suite/triage.h"

bool triage_tests(const char *check, const struct suspect *s)
{
	static const char *const areas[PART_KIND_COUNT] = {
		[PART_BOARD] = "hw.*",
		[PART_MEMORY] = "mem.*",
		[PART_DIMM] = "mem.*",
		[PART_NETWORK] = "net.*",
		[PART_NIC] = "nic.*",
		[PART_DISK] = "disk.*",
	};
	static const char *const of_nobody[] = {"hw.setup", "hw.changes"};
	const char *area = areas[s->kind];

	for (size_t i = 0; i < ARRAY_LEN(of_nobody); i++) {
		if (text_same(check, of_nobody[i]))
			return false;
	}
	return area != NULL && text_glob((struct text){area, text_length(area)},
				       (struct text){check, text_length(check)});
}

/* ---- which case weighs more ---- */

static int compare_text(const char *a, const char *b)
{
	for (; *a != '\0' && *a == *b; a++)
		b++;
	return (unsigned char)*a - (unsigned char)*b;
}

/* As the inventory has them; what it does not have comes last. */
static int compare_place(const struct suspect *a, const struct suspect *b)
{
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return compare_text(a->part, b->part);
}

/* Below 0: `a` weighs more. */
static int compare(const struct triage_case *a, const struct triage_case *b)
{
	const bool hint_a = finding_info(a->code)->surety == HINT;
	const bool hint_b = finding_info(b->code)->surety == HINT;
	int by_key;

	if (a->planted != b->planted)
		return a->planted - b->planted;
	if (a->judged != b->judged)
		return (int)b->judged - (int)a->judged;
	if (hint_a != hint_b)
		return hint_a - hint_b;
	if (a->code != b->code)
		return (int)a->code - (int)b->code;
	by_key = compare_text(a->nics[0], b->nics[0]);
	if (by_key == 0)
		by_key = compare_text(a->nics[1], b->nics[1]);
	if (by_key == 0)
		by_key = compare_text(a->ip, b->ip);
	return by_key != 0 ? by_key : compare_place(a->suspect, b->suspect);
}

/* ---- what explains what ---- */

static bool names_card(const struct triage_case *c, const char *nic)
{
	return nic[0] != '\0' && (text_same(c->nics[0], nic) || text_same(c->nics[1], nic));
}

/* Whether some case would explain `effect` on that card. */
static bool card_has_cause(
	const struct triage *t, const struct triage_case *effect, const char *nic)
{
	for (size_t i = 0; i < t->case_count; i++) {
		const struct triage_case *c = &t->cases[i];

		for (size_t r = 0; r < explanation_count && !c->planted; r++) {
			const struct explanation *e = &explanations[r];

			if (e->bond == ON_CARD && e->cause == c->code &&
				e->effect == effect->code && names_card(c, nic))
				return true;
		}
	}
	return false;
}

static bool every_card_has_cause(const struct triage *t, const struct triage_case *effect)
{
	for (size_t i = 0; i < t->inventory->count; i++) {
		const struct part *p = &t->inventory->parts[i];

		if (p->kind == PART_NIC && !card_has_cause(t, effect, p->id))
			return false;
	}
	return true;
}

static bool is_bound(const struct triage *t, enum bond bond, const struct triage_case *cause,
	const struct triage_case *effect)
{
	switch (bond) {
	case ON_PART:
		return cause->suspect == effect->suspect;
	case ON_CARD:
		if (effect->nics[0][0] == '\0' && effect->nics[1][0] == '\0')
			return every_card_has_cause(t, effect);
		return names_card(effect, cause->nics[0]) || names_card(effect, cause->nics[1]);
	case ON_ADDRESS:
		return cause->ip[0] != '\0' && text_same(cause->ip, effect->ip);
	case ON_MACHINE:
		break;
	}
	return true;
}

static const struct explanation *rule_for(
	const struct triage *t, const struct triage_case *cause, const struct triage_case *effect)
{
	for (size_t i = 0; i < explanation_count; i++) {
		const struct explanation *e = &explanations[i];

		if (e->cause == cause->code && e->effect == effect->code &&
			is_bound(t, e->bond, cause, effect))
			return e;
	}
	return NULL;
}

static void explain(struct triage *t, struct triage_case *effect)
{
	effect->because = NULL;
	effect->rule = NULL;
	for (size_t i = 0; i < t->case_count && !effect->planted; i++) {
		const struct triage_case *c = &t->cases[i];
		const struct explanation *rule = c->planted ? NULL : rule_for(t, c, effect);

		if (rule != NULL && (effect->because == NULL || compare(c, effect->because) < 0)) {
			effect->because = c;
			effect->rule = rule;
		}
	}
}

const struct triage_case *triage_root(const struct triage_case *c)
{
	while (c->because != NULL)
		c = c->because;
	return c;
}

static void explain_all(struct triage *t)
{
	for (size_t i = 0; i < t->case_count; i++)
		t->cases[i].judged = t->cases[i].verdict;
	for (size_t i = 0; i < t->case_count; i++)
		explain(t, &t->cases[i]);
	for (size_t i = 0; i < t->case_count; i++) {
		struct triage_case *root = &t->cases[triage_root(&t->cases[i]) - t->cases];

		root->judged = verdict_worse(root->judged, t->cases[i].verdict);
	}
}

/* ---- suspects ---- */

unsigned triage_other_dimms(const struct triage *t, unsigned *ret_unreached)
{
	unsigned others = 0;

	*ret_unreached = 0;
	for (size_t i = 0; i < t->inventory->count; i++) {
		if (t->inventory->parts[i].kind != PART_DIMM || t->named[i])
			continue;
		others++;
		*ret_unreached += t->unreached[i];
	}
	return others;
}

bool triage_stands_for_others(const struct triage *t, const struct suspect *s)
{
	return t->has_dimms && s->findings == 0 && text_same(s->part, PART_ID_MEMORY);
}

/* The weightiest case, of those that stand if there are any. */
static const struct triage_case *top_case(const struct triage *t, const struct suspect *s)
{
	const struct triage_case *top = NULL;

	for (size_t i = 0; i < t->case_count; i++) {
		const struct triage_case *c = &t->cases[i];
		const bool stands = c->because == NULL;

		if (c->suspect != s)
			continue;
		if (top == NULL || stands > (top->because == NULL) ||
			(stands == (top->because == NULL) && compare(c, top) < 0))
			top = c;
	}
	return top;
}

static enum suspect_state state_of(const struct triage *t, const struct suspect *s)
{
	bool covered = s->coverage[0] != '\0' && !s->could_not_test;
	enum verdict worst = s->untold;
	unsigned unreached = 0;

	if (s->top != NULL && !s->follows)
		worst = verdict_worse(worst, s->top->judged);
	if (worst != UNDECIDED)
		return worst == FAIL ? SUSPECT_FAULTY : SUSPECT_SUSPECT;
	if (triage_stands_for_others(t, s))
		covered = covered && triage_other_dimms(t, &unreached) > unreached;
	return covered && s->findings == 0 ? SUSPECT_CLEARED : SUSPECT_UNTESTED;
}

void triage_judge(struct triage *t)
{
	explain_all(t);
	for (size_t i = 0; i < t->count; i++) {
		struct suspect *s = &t->suspects[i];

		s->top = top_case(t, s);
		s->follows = s->top != NULL && s->top->because != NULL && s->untold == UNDECIDED;
		s->state = state_of(t, s);
	}
}

bool triage_before(const struct suspect *a, const struct suspect *b)
{
	static const unsigned order[] = {[SUSPECT_FAULTY] = 0,
		[SUSPECT_SUSPECT] = 1,
		[SUSPECT_UNTESTED] = 2,
		[SUSPECT_CLEARED] = 3};
	if (a->state != b->state)
		return order[a->state] < order[b->state];
	if ((a->top == NULL) != (b->top == NULL))
		return a->top != NULL;
	if (a->top == NULL && a->could_not_test != b->could_not_test)
		return a->could_not_test;
	return (a->top != NULL ? compare(a->top, b->top) : compare_place(a, b)) < 0;
}
