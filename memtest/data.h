/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the words of memory are to hold, worked out from the address.
 *
 * Pure. Nothing is remembered about what was written: whoever reads asks again.
 * Method: random data are the exclusive-or of a column, from the page of 4 KiB and the place in the line of 64 bytes,
 *         and a row, from the line's place in the page; both hashed with the seed. So any two bits of memory hold each pair of
 *         values for a quarter of all seeds; a walk hashes the rows once and the columns once per page, and a line
 *         costs exclusive-ors. Own address: see own_address.h; a line costs a multiplication and additions.
 */
#ifndef KIRIWAKE_MEMTEST_DATA_H
#define KIRIWAKE_MEMTEST_DATA_H

#include "core/rng.h"
#include "memtest/own_address.h"
#include <stdbool.h>
#include <stddef.h>

#define DATA_LINE_WORDS OWN_ADDRESS_LINE_WORDS
#define DATA_LINE_BYTES OWN_ADDRESS_LINE_BYTES
#define DATA_PAGE_BYTES 4096u
#define DATA_PAGE_LINES (DATA_PAGE_BYTES / DATA_LINE_BYTES)

enum data_kind { DATA_FIXED, DATA_RANDOM, DATA_OWN_ADDRESS };

/* "0" of a background; "1" is the complement of every word. */
struct mem_data {
	enum data_kind kind;
	uint64_t seed;                  /* unless DATA_FIXED */
	uint64_t line[DATA_LINE_WORDS]; /* DATA_FIXED: every line of memory */
};

/* Random data: what line number `line` of every page has in common. */
static inline uint64_t data_row(uint64_t seed, unsigned line)
{
	return rng_mix(rng_mix(~seed) + line);
}

/* Random data: what the columns of the page at `page` are made of. */
struct data_page {
	uint64_t fixed, turning;
};

static inline struct data_page data_page(uint64_t seed, uint64_t page)
{
	const uint64_t hash = rng_mix(page + seed);

	return (struct data_page){hash, rng_mix(hash + seed)};
}

/* Random data: what word number `word` < 8 of every line of a page has in common. No two words turn alike, so that
 * two bits of a page never stand for the same two bits of the hashes. */
static inline uint64_t data_column(struct data_page page, unsigned word)
{
	const unsigned by = 7 * word + 1;

	return page.fixed ^ (page.turning << by | page.turning >> (64 - by));
}

/* The word at `physical`, a multiple of 8. The kernels know shorter ways to the same values. */
static inline uint64_t data_value(const struct mem_data *data, uint64_t physical)
{
	const unsigned word = (unsigned)(physical / sizeof(uint64_t) % DATA_LINE_WORDS);

	if (data->kind == DATA_OWN_ADDRESS)
		return own_address_value((struct own_address){data->seed, 0}, physical);
	if (data->kind == DATA_FIXED)
		return data->line[word];
	return data_column(
		       data_page(data->seed, physical & ~(uint64_t)(DATA_PAGE_BYTES - 1)), word) ^
	       data_row(data->seed, (unsigned)(physical / DATA_LINE_BYTES % DATA_PAGE_LINES));
}

#endif
