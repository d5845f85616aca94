/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* badram.txt: the pages that failed, in the words of those who can leave them alone: GRUB, Linux, Windows.
 *
 * Pure.
 * Spec.  GRUB manual, badram: a page is left out when page & mask == addr & mask. Linux kernel parameters,
 *        memmap=size$start. Windows: bcdedit, badmemorylist: page frame numbers.
 */
#ifndef KIRIWAKE_REPORT_BADRAM_H
#define KIRIWAKE_REPORT_BADRAM_H

#include "core/fmt.h"
#include "core/pages.h"

/* 2^bits pages from `first`, a multiple of that. */
struct badram_block {
	uint64_t first;
	unsigned bits;
};

#define BADRAM_BLOCKS 20  /* pairs that people still type */
#define BADRAM_MEMMAP 32  /* of a kernel command line of 2048 characters less than half */
#define BADRAM_FRAMES 512 /* of a Windows command line of 8191 characters three quarters */

/* Covers the pages of at[count], count > 0, by at most BADRAM_BLOCKS aligned blocks, ascending: of all such covers
 * one with the fewest pages beside, and of these one with the fewest blocks. Returns how many; *ret_beside: pages in them
 * that are not in at[]. */
size_t badram_cover(const struct page_range *at, size_t count,
	struct badram_block ret[BADRAM_BLOCKS], uint64_t *ret_beside);

/* The whole file, of run `run` ("0007"). There must be bad pages. */
void badram_write(const struct bad_pages *pages, const char *run, struct sink out);

#endif
