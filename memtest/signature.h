/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Any number of mismatches folded into a bounded description, and what fault that looks like.
 *
 * Pure. Every mismatch is folded in, kept or not; adding one costs a few dozen instructions, in the rare path of the
 *       kernels only.
 * Method: the 64 counters of flipped bits are kept bit-sliced: plane k holds bit k of all of them, so that adding a
 *         word is a ripple through the planes that ends after two on average, and not 64 additions.
 */
#ifndef KIRIWAKE_MEMTEST_SIGNATURE_H
#define KIRIWAKE_MEMTEST_SIGNATURE_H

#include "core/pages.h"
#include <stdbool.h>

/* 64 counters, one for each bit of a word, exact below 2^48. */
#define BIT_PLANES 48

struct bit_counts {
	uint64_t planes[BIT_PLANES];
};

/* Adds 1 to the counters whose bits are set. */
static inline void bit_counts_add(struct bit_counts *c, uint64_t bits)
{
	for (unsigned k = 0; bits != 0 && k < BIT_PLANES; k++) {
		const uint64_t carry = c->planes[k] & bits;

		c->planes[k] ^= bits;
		bits = carry;
	}
}

void bit_counts_merge(struct bit_counts *c, const struct bit_counts *more);
uint64_t bit_count(const struct bit_counts *c, unsigned bit);

#define SIGNS_PAGES 64

/* What is known of all mismatches of a slice, or of a check. Zeroed: none. */
struct mem_signs {
	uint64_t transient;         /* right when read again at once: in no page below */
	uint64_t ones, zeros;       /* address bits that were 1, and 0, at some mismatch */
	struct bit_counts up, down; /* bits that read 1 instead of 0, and 0 instead of 1 */
	size_t page_count, newest;  /* entries; the one added to last */
	struct page_range pages[SIGNS_PAGES];
};

void signs_add(struct mem_signs *s, uint64_t physical, uint64_t expected, uint64_t actual,
	uint64_t reread);
void signs_merge(struct mem_signs *s, const struct mem_signs *more);

enum mem_signature {
	SIGNATURE_CELL,         /* one word */
	SIGNATURE_CELLS,        /* a few words that have nothing in common */
	SIGNATURE_ROW,          /* several words within 64 KiB and nowhere else */
	SIGNATURE_LANE,         /* the same data lines everywhere */
	SIGNATURE_ADDRESS_LINE, /* wherever one address bit has one value */
	SIGNATURE_REGION,       /* every word of a run of addresses */
	SIGNATURE_SCATTERED,    /* none of these */
	SIGNATURE_COUNT
};

/* "address-line", as the field `signature` takes it; and what that suggests, a clause for people. */
const char *signature_name(enum mem_signature s);
const char *signature_means(enum mem_signature s);

/* What the decision needs beside the signs. Memory under test is described as far as it lies between `lowest` and
 * `highest`, where the mismatches are. */
struct signature_facts {
	uint64_t words;           /* at least so many different ones failed; 1 or more */
	uint64_t lowest, highest; /* physical addresses of the first and the last */
	uint64_t span_words;      /* tested, from the one to the other */
	uint64_t tested_words;    /* in all */
	uint64_t varying;         /* address bits that are not the same in all memory tested */
	bool aliases;             /* every one that was looked at held another address's word */
};

/* Data lines that hold nearly all flips: [first, first + count); count 1, 4, 8, or 0: no such lane. */
struct signature_lane {
	unsigned first, count;
};

struct signature {
	enum mem_signature kind;
	struct signature_lane lane;
	bool has_line; /* SIGNATURE_ADDRESS_LINE: which, and its value where the words failed */
	unsigned line, line_value;
	struct page_range
		core; /* the pages that hold nearly all of it; of ROW and REGION: where it is */
};

/* What the mismatches look like; there must have been some. */
void signature_find(
	const struct mem_signs *s, const struct signature_facts *facts, struct signature *ret);

#endif
