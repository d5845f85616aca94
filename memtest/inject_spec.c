/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Planted faults in words: what mem.inject takes, and what it leaves to chance. Pure. See inject.h.
 *
 * Trust. Words come from people: each detail is checked against its kind, each offset against the plan. */
#include "core/bytes.h"
#include "memtest/inject.h"

#define LINE_BYTES (FAULT_LINE_WORDS * sizeof(uint64_t))

/* Which argument of the model each detail stands for, the word where the fault shows first. */
static const struct inject_kind {
	const char *name;
	unsigned count;
	unsigned order[FAULT_ARGUMENTS];
	unsigned shows; /* at so many of its words, the first ones */
} kinds[] = {
	{"stuck", 3, {0, 1, 2}, 1},
	{"transition", 3, {0, 1, 2}, 1},
	{"fade", 3, {0, 1, 2}, 1},
	{"coupling", 6, {3, 4, 5, 0, 1, 2}, 1},
	{"alias", 2, {0, 1}, 2},
};

static const struct inject_kind *kind_named(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (text_is(name, kinds[i].name))
			return &kinds[i];
	}
	return NULL;
}

/* The letter of detail number `i`. */
static char letter_of(const struct inject_kind *kind, const struct fault *fault, unsigned i)
{
	return fault->kind->arguments[kind->order[i]];
}

/* ---- the second word ---- */

/* The aggressor lies in another line of the same page: one CPU meets both, in the order of the walk. */
static uint64_t choose_neighbour(uint64_t physical, struct rng *rng)
{
	const uint64_t lines = PLAN_PAGE / LINE_BYTES, in_page = physical % PLAN_PAGE;
	const uint64_t line = (in_page / LINE_BYTES + 1 + rng_below(rng, lines - 1)) % lines;

	return physical - in_page + line * LINE_BYTES + in_page % LINE_BYTES;
}

/* The other address of an alias differs in one address line, within a page if nowhere else. */
static uint64_t choose_alias(const struct mem_plan *plan, uint64_t physical, struct rng *rng)
{
	uint64_t found = 0, ret = physical, *word;

	for (uint64_t line = LINE_BYTES; line != 0; line <<= 1) {
		if (plan_word(plan, physical ^ line, &word) && rng_below(rng, ++found) == 0)
			ret = physical ^ line;
	}
	return ret;
}

/* ---- making ---- */

/* Fills in the details from number `given` on. */
static void choose_rest(const struct inject_kind *kind, unsigned given, const struct mem_plan *plan,
	struct rng *rng, struct fault *fault)
{
	const uint64_t physical = fault->at[kind->order[0]];

	for (unsigned i = given; i < kind->count; i++) {
		const char letter = letter_of(kind, fault, i);
		uint64_t *at = &fault->at[kind->order[i]];

		if (letter != 'a')
			*at = rng_below(rng, fault_argument_choices(letter));
		else if (kind->shows == 1)
			*at = choose_neighbour(physical, rng);
		else
			*at = choose_alias(plan, physical, rng);
	}
}

void inject_make(struct text name, const struct mem_plan *plan, uint64_t physical, uint64_t other,
	struct rng *rng, struct fault *ret)
{
	const struct inject_kind *kind = kind_named(name);

	*ret = (struct fault){.kind = fault_kind_named(name)};
	ret->at[kind->order[0]] = physical;
	choose_rest(kind, 1, plan, rng, ret);
	for (unsigned i = 1; other != 0 && i < kind->count; i++) {
		if (letter_of(kind, ret, i) == 'a')
			ret->at[kind->order[i]] = other;
	}
}

static const struct inject_kind *kind_of(const struct fault *fault)
{
	return kind_named((struct text){fault->kind->name, text_length(fault->kind->name)});
}

uint64_t inject_bit(const struct fault *fault)
{
	const struct inject_kind *kind = kind_of(fault);

	return letter_of(kind, fault, 1) == 'b' ? (uint64_t)1 << fault->at[kind->order[1]] : 0;
}

size_t inject_shows(const struct fault *fault, uint64_t ret[FAULT_PLACES])
{
	const struct inject_kind *kind = kind_of(fault);

	for (unsigned i = 0; i < kind->shows; i++)
		ret[i] = fault->at[kind->order[i]];
	return kind->shows;
}

/* ---- reading ---- */

/* Reads kind and details as they stand: places are offsets still. Returns how many details there are; 0: it is not
 * understood. */
static unsigned read_details(
	struct text word, const struct inject_kind **ret_kind, struct fault *ret)
{
	const struct text name = fault_take_until(&word, '@');
	unsigned given = 0;

	*ret_kind = kind_named(name);
	if (*ret_kind == NULL)
		return 0;
	*ret = (struct fault){.kind = fault_kind_named(name)};
	for (; word.len > 0 && given < (*ret_kind)->count; given++) {
		if (!fault_argument_read(letter_of(*ret_kind, ret, given),
			    fault_take_until(&word, ':'), &ret->at[(*ret_kind)->order[given]]))
			return 0;
	}
	return word.len > 0 ? 0 : given;
}

bool inject_words_valid(struct text words)
{
	const struct inject_kind *kind;
	struct fault fault;
	struct text word;
	unsigned count = 0;

	while (text_word(&words, &word)) {
		if (++count > INJECT_FAULTS_MAX || read_details(word, &kind, &fault) == 0)
			return false;
	}
	return true;
}

enum inject_result inject_read(
	struct text word, const struct mem_plan *plan, struct rng *rng, struct fault *ret)
{
	const struct inject_kind *kind;
	struct fault fault;
	const unsigned given = read_details(word, &kind, &fault);

	if (given == 0)
		return INJECT_NOT_UNDERSTOOD;
	for (unsigned i = 0; i < given; i++) {
		uint64_t *at = &fault.at[kind->order[i]];

		if (letter_of(kind, &fault, i) != 'a')
			continue;
		if (*at >= plan->bytes)
			return INJECT_OUTSIDE;
		*at = plan_physical(plan, *at);
	}
	choose_rest(kind, given, plan, rng, &fault);
	/* A word is no alias of itself. */
	if (kind->shows == 2 && fault.at[0] == fault.at[1])
		return INJECT_NOT_UNDERSTOOD;
	*ret = fault;
	return INJECT_OK;
}
