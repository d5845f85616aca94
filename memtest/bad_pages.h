/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ranges of pages in bounded lists: what does not fit is joined, never dropped.
 *
 * Pure.
 */
#ifndef KIRIWAKE_MEMTEST_BAD_PAGES_H
#define KIRIWAKE_MEMTEST_BAD_PAGES_H

#include "core/pages.h"

/* Adds a range to the ascending list at[*count], *count < cap: to what it overlaps or touches, else as an entry of its
 * own. A list that is full then joins the two entries with the fewest pages between them. Returns the index of the entry
 * that the range is in. */
size_t page_ranges_add(
	struct page_range *at, size_t cap, size_t *count, const struct page_range *add);

/* The pages [first, last] look like one failing row: kept while there is room, once each. */
void bad_pages_add_row(struct bad_pages *pages, const struct page_range *row);

#endif
