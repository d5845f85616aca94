/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Faults in writing, and where they lie. Pure. See faults.h.
 *
 * Trust. Specs come from people: every argument is checked against its kind. */
#include "core/bytes.h"
#include "core/fmt.h"
#include "memtest/faults.h"

/* ---- reading ---- */

/* The kinds of arguments: their words, else a number below `limit`. */
static const struct argument {
	char letter;
	uint64_t limit;
	uint64_t mask; /* bits of the number that count */
	const char *words[2];
	uint64_t values[2];
} arguments[] = {
	{'a', UINT64_MAX, ~(uint64_t)7, {NULL}, {0}},                         /* address */
	{'b', 64, UINT64_MAX, {NULL}, {0}},                                   /* bit */
	{'v', 2, UINT64_MAX, {NULL}, {0}},                                    /* value of a bit */
	{'d', 0, UINT64_MAX, {"up", "down"}, {FAULT_UP, FAULT_DOWN}},         /* direction */
	{'e', FAULT_INVERT, UINT64_MAX, {"invert", NULL}, {FAULT_INVERT, 0}}, /* effect */
	{'n', (uint64_t)1 << 40, ~(uint64_t)7, {NULL}, {0}},                  /* bytes */
};

static const struct argument *argument_of(char letter)
{
	const struct argument *a = arguments;

	while (a->letter != letter)
		a++;
	return a;
}

bool fault_argument_read(char letter, struct text t, uint64_t *ret)
{
	const struct argument *a = argument_of(letter);
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(a->words) && a->words[i] != NULL; i++) {
		if (text_is(t, a->words[i])) {
			*ret = a->values[i];
			return true;
		}
	}
	if (!text_size(t, &number) || number >= a->limit)
		return false;
	*ret = number & a->mask;
	return true;
}

uint64_t fault_argument_choices(char letter)
{
	const struct argument *a = argument_of(letter);
	uint64_t words = 0;

	while (words < ARRAY_LEN(a->words) && a->words[words] != NULL)
		words++;
	return a->limit + words;
}

struct text fault_take_until(struct text *rest, char mark)
{
	struct text t = {rest->at, 0};
	size_t taken;

	while (t.len < rest->len && rest->at[t.len] != mark)
		t.len++;
	taken = t.len + (t.len < rest->len);
	*rest = (struct text){rest->at + taken, rest->len - taken};
	return t;
}

const struct fault_kind *fault_kind_named(struct text name)
{
	for (size_t i = 0; i < fault_kind_count; i++) {
		if (text_is(name, fault_kinds[i].name))
			return &fault_kinds[i];
	}
	return NULL;
}

bool fault_read(const char *spec, struct fault *ret)
{
	struct text rest = {spec, text_length(spec)};
	const struct text name = fault_take_until(&rest, '=');
	struct fault fault = {0};
	size_t count = 0;

	fault.kind = fault_kind_named(name);
	if (fault.kind == NULL)
		return false;
	for (const char *letter = fault.kind->arguments; *letter != '\0'; letter++) {
		if (!fault_argument_read(*letter, fault_take_until(&rest, ':'), &fault.at[count++]))
			return false;
	}
	if (rest.len > 0 || (fault.kind->run && fault.at[1] == 0))
		return false;
	*ret = fault;
	return true;
}

const char *fault_text(char buf[FAULT_TEXT], const struct fault *f)
{
	fmt_to(buf, FAULT_TEXT, "%s", f->kind->name);
	for (size_t i = 0; f->kind->arguments[i] != '\0'; i++) {
		const struct argument *a = argument_of(f->kind->arguments[i]);
		const char *word = NULL;

		for (size_t w = 0; w < ARRAY_LEN(a->words) && a->words[w] != NULL; w++)
			word = a->values[w] == f->at[i] ? a->words[w] : word;
		fmt_add(buf, FAULT_TEXT, "%c", i > 0 ? ':' : '=');
		if (word != NULL)
			fmt_add(buf, FAULT_TEXT, "%s", word);
		else
			fmt_add(buf, FAULT_TEXT, a->mask != UINT64_MAX ? "0x%llx" : "%llu",
				(unsigned long long)f->at[i]);
	}
	return buf;
}

/* ---- places ---- */

size_t fault_places(const struct fault *f, uint64_t ret[FAULT_PLACES])
{
	size_t count = 0;

	for (size_t i = 0; f->kind->arguments[i] != '\0'; i++) {
		if (f->kind->arguments[i] == 'a')
			ret[count++] = f->at[i];
	}
	if (f->kind->run)
		ret[count++] = f->at[0] + f->at[1] - sizeof(uint64_t);
	return count;
}

bool fault_touches(const struct fault *f, uint64_t physical, uint64_t bytes)
{
	uint64_t places[FAULT_PLACES];
	const size_t count = fault_places(f, places);

	if (f->kind->everywhere)
		return true;
	if (f->kind->run)
		return places[0] < physical + bytes && places[1] >= physical;
	for (size_t i = 0; i < count; i++) {
		if (places[i] - physical < bytes)
			return true;
	}
	return false;
}
