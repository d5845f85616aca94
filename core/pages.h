/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pages of memory that failed: what memtest/ collects and report/ writes down for operating systems.
 *
 * Pure data. A page is 4 KiB; its number is its physical address divided by that.
 */
#ifndef KIRIWAKE_CORE_PAGES_H
#define KIRIWAKE_CORE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#define PAGE4K_BITS  12
#define PAGE4K_BYTES ((uint64_t)1 << PAGE4K_BITS)

/* Pages [first, last]. */
struct page_range {
	uint64_t first, last;
	uint64_t mismatches; /* exact */
	uint64_t between; /* of these pages, at most so many never failed: they joined what did */
};

#define BAD_PAGES_MAX 256
#define BAD_ROWS_MAX  16

/* Of one run. Zeroed: none. */
struct bad_pages {
	size_t count;                        /* < BAD_PAGES_MAX */
	struct page_range at[BAD_PAGES_MAX]; /* ascending, neither overlapping nor adjacent */
	size_t row_count;
	struct page_range rows[BAD_ROWS_MAX]; /* where one row of cells seems to have failed */

	/* Mismatches that accuse no cell, and so no page. */
	uint64_t read_path;    /* the cell held the right value */
	uint64_t cpu_specific; /* only through one CPU */
	uint64_t aliases;      /* the word of another address was there */
};

#endif
