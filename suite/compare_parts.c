/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which part of one run is which of the other. Pure. See compare_parts.h. */
#include "suite/compare_parts.h"
#include "core/bytes.h"
#include "core/text.h"

static bool same_and_known(const char *a, const char *b)
{
	return a[0] != '\0' && text_same(a, b);
}

static bool same_serial(const struct part *a, const struct part *b)
{
	return same_and_known(a->serial, b->serial);
}

static bool same_serial_and_place(const struct part *a, const struct part *b)
{
	return same_serial(a, b) && text_same(a->location, b->location);
}

static bool same_place(const struct part *a, const struct part *b)
{
	return same_and_known(a->location, b->location);
}

static bool same_name(const struct part *a, const struct part *b)
{
	return a->location[0] == '\0' && b->location[0] == '\0' && text_same(a->name, b->name);
}

/* Of these every machine has one. */
static bool single(const struct part *a, const struct part *b)
{
	return a->kind == b->kind && (a->kind == PART_BOARD || a->kind == PART_FIRMWARE ||
					     a->kind == PART_MEMORY || a->kind == PART_NETWORK);
}

/* Pairs what is alone on both sides and alike. */
static void pair(const struct inventory *old, const struct inventory *new, struct twins *t,
	bool (*alike)(const struct part *a, const struct part *b))
{
	for (size_t i = 0; i < old->count; i++) {
		for (size_t j = 0; j < new->count && t->of_old[i] == NO_PART; j++) {
			if (t->of_new[j] != NO_PART || old->parts[i].kind != new->parts[j].kind ||
				!alike(&old->parts[i], &new->parts[j]))
				continue;
			t->of_old[i] = j;
			t->of_new[j] = i;
		}
	}
}

void twins_find(const struct inventory *old, const struct inventory *new, struct twins *ret)
{
	for (size_t i = 0; i < PARTS_MAX; i++)
		ret->of_old[i] = ret->of_new[i] = NO_PART;
	pair(old, new, ret, same_serial_and_place);
	pair(old, new, ret, same_serial);
	pair(old, new, ret, same_place);
	pair(old, new, ret, same_name);
	pair(old, new, ret, single);
}
