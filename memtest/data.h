/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the words of memory are to hold, worked out from the address a line of 64 bytes at a time.
 *
 * Pure. Nothing is remembered about what was written: whoever reads asks again.
 * Method: computed words are start, start + step, start + 2 step ..., each with its high half folded into the low
 *         one. Own address: through a line, the step is fixed, so that every value leads back to its address
 *         (own_address.h). Random: through a page of 4 KiB; start and step are hashed from address and seed, so that
 *         any two bits of a page hold each pair of values for a quarter of all seeds, and a line costs additions.
 */
#ifndef KIRIWAKE_MEMTEST_DATA_H
#define KIRIWAKE_MEMTEST_DATA_H

#include "core/rng.h"
#include "memtest/own_address.h"
#include <stdbool.h>
#include <stddef.h>

#define DATA_LINE_WORDS OWN_ADDRESS_LINE_WORDS

enum data_kind { DATA_FIXED, DATA_RANDOM, DATA_OWN_ADDRESS };

/* "0" of a background; "1" is the complement of every word. */
struct mem_data {
	enum data_kind kind;
	uint64_t seed;                  /* unless DATA_FIXED */
	uint64_t line[DATA_LINE_WORDS]; /* DATA_FIXED: every line of memory */
};

/* How a line is computed. */
struct data_line {
	uint64_t start, step;
};

#define DATA_PAGE_BYTES 4096u

/* The page of random data a walk is in. */
struct data_page {
	uint64_t physical;
	struct data_line line; /* its first */
};

#define DATA_PAGE_NONE ((struct data_page){UINT64_MAX, {0, 0}})

/* The line of 64 bytes at `physical`, a multiple of 64; *page is kept from line to line, and DATA_PAGE_NONE at first.
 * Not for DATA_FIXED. */
static inline struct data_line data_line(
	enum data_kind kind, uint64_t seed, uint64_t physical, struct data_page *page)
{
	const uint64_t offset = physical % DATA_PAGE_BYTES;

	if (kind == DATA_OWN_ADDRESS)
		return (struct data_line){own_address_line((struct own_address){seed, 0}, physical),
			sizeof(uint64_t) * OWN_ADDRESS_FACTOR};
	if (page->physical != physical - offset) {
		page->physical = physical - offset;
		page->line.start = rng_mix(page->physical + seed);
		page->line.step = rng_mix(page->line.start + seed);
	}
	return (struct data_line){
		page->line.start + offset / sizeof(uint64_t) * page->line.step, page->line.step};
}

/* Word `i` < 8 of a line. */
static inline uint64_t data_word(struct data_line line, unsigned i)
{
	const uint64_t z = line.start + i * line.step;

	return z ^ z >> 32;
}

#endif
