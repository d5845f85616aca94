/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What comes of reading a page that a drive sent about itself.
 *
 * Pure.
 * Trust. None: bridges invent pages, drives die while they write them. A page that is not PAGE_GOOD is said, not judged.
 */
#ifndef KIRIWAKE_DISKBENCH_PAGE_H
#define KIRIWAKE_DISKBENCH_PAGE_H

#include "core/bytes.h"

enum page_result {
	PAGE_GOOD,
	PAGE_SHORT,    /* fewer bytes than the page must have */
	PAGE_CHECKSUM, /* its bytes do not add up */
	PAGE_EMPTY,    /* well formed, and says nothing */
	PAGE_ABSURD    /* cannot be what it should be */
};

/* As the end of a sentence: "has a wrong checksum". */
static inline const char *page_result_text(enum page_result r)
{
	static const char *const texts[] = {
		[PAGE_GOOD] = "is good",
		[PAGE_SHORT] = "is cut short",
		[PAGE_CHECKSUM] = "has a wrong checksum",
		[PAGE_EMPTY] = "is empty",
		[PAGE_ABSURD] = "is not what it should be",
	};

	return texts[r];
}

#define TEST_RESULTS 16 /* every bus has four bits for how a self-test ended */

/* What one of them means, by the bus's own table, as the end of a sentence: "completed without error". Never NULL. */
static inline const char *test_result_text(const char *const texts[TEST_RESULTS], unsigned result)
{
	return result < TEST_RESULTS && texts[result] != NULL ? texts[result] : "unknown result";
}

/* Whether all bytes add up to 0 modulo 256, as those of ATA pages with a checksum in their last byte do. */
static inline bool page_adds_up(struct span page)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < page.len; i++)
		sum = (uint8_t)(sum + page.at[i]);
	return sum == 0;
}

#endif
