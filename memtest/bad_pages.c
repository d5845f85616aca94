/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Bounded lists of page ranges. Pure. See bad_pages.h. */
#include "memtest/bad_pages.h"
#include <stdbool.h>
#include <string.h>

/* Whether nothing lies between them; `b` does not end before `a` begins. */
static bool touch(const struct page_range *a, const struct page_range *b)
{
	return b->first <= a->last || b->first - a->last == 1;
}

static void remove_at(struct page_range *at, size_t *count, size_t i)
{
	--*count;
	memmove(&at[i], &at[i + 1], (*count - i) * sizeof(*at));
}

/* Joins entry i with the next. */
static void join(struct page_range *at, size_t *count, size_t i)
{
	const struct page_range *next = &at[i + 1];

	if (!touch(&at[i], next))
		at[i].between += next->first - at[i].last - 1;
	if (next->last > at[i].last)
		at[i].last = next->last;
	at[i].mismatches += next->mismatches;
	at[i].between += next->between;
	remove_at(at, count, i + 1);
}

/* The entry before the smallest gap; of equal ones the first. */
static size_t cheapest(const struct page_range *at, size_t count)
{
	size_t best = 0;

	for (size_t i = 1; i + 1 < count; i++) {
		if (at[i + 1].first - at[i].last < at[best + 1].first - at[best].last)
			best = i;
	}
	return best;
}

/* The first entry that does not end before `page`; *count if all do. */
static size_t entry_from(const struct page_range *at, size_t count, uint64_t page)
{
	size_t lo = 0, hi = count;

	while (lo < hi) {
		const size_t middle = lo + (hi - lo) / 2;

		if (at[middle].last < page)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

size_t page_ranges_add(
	struct page_range *at, size_t cap, size_t *count, const struct page_range *add)
{
	size_t i = entry_from(at, *count, add->first > 0 ? add->first - 1 : 0), joined;

	if (i < *count && touch(add, &at[i])) {
		if (add->first < at[i].first)
			at[i].first = add->first;
		if (add->last > at[i].last)
			at[i].last = add->last;
		at[i].mismatches += add->mismatches;
		at[i].between += add->between;
		while (i + 1 < *count && touch(&at[i], &at[i + 1]))
			join(at, count, i);
		return i;
	}
	memmove(&at[i + 1], &at[i], (*count - i) * sizeof(*at));
	at[i] = *add;
	if (++*count < cap)
		return i;
	joined = cheapest(at, *count);
	join(at, count, joined);
	return i > joined ? i - 1 : i;
}

void bad_pages_add_row(struct bad_pages *pages, const struct page_range *row)
{
	for (size_t i = 0; i < pages->row_count; i++) {
		struct page_range *known = &pages->rows[i];

		if (row->first <= known->last && known->first <= row->last) {
			known->mismatches += row->mismatches;
			return;
		}
	}
	if (pages->row_count < BAD_ROWS_MAX)
		pages->rows[pages->row_count++] = *row;
}
