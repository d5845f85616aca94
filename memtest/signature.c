/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Folding of mismatches, and the patterns looked for in them. Pure. See signature.h.
 *
 * "Nearly all" is 15 of 16: a broken machine rarely has one fault alone. */
#include "memtest/signature.h"
#include "core/bytes.h"
#include "memtest/bad_pages.h"

#define WORD_BITS  64
#define ROW_PAGES  16 /* 64 KiB: a row of 8 KiB, spread over up to eight channels */
#define ROW_WORDS  3  /* two may be neighbours by chance */
#define LANE_WORDS 3
#define FEW_WORDS  8

static bool nearly_all(uint64_t part, uint64_t whole)
{
	return part >= whole - whole / 16;
}

/* ---- counting ---- */

void bit_counts_merge(struct bit_counts *c, const struct bit_counts *more)
{
	uint64_t carry = 0;

	for (unsigned k = 0; k < BIT_PLANES; k++) {
		const uint64_t a = c->planes[k], b = more->planes[k];

		c->planes[k] = a ^ b ^ carry;
		carry = (a & b) | (carry & (a ^ b));
	}
}

uint64_t bit_count(const struct bit_counts *c, unsigned bit)
{
	uint64_t count = 0;

	for (unsigned k = 0; k < BIT_PLANES; k++)
		count |= (c->planes[k] >> bit & 1) << k;
	return count;
}

static void add_page(struct mem_signs *s, const struct page_range *range)
{
	s->newest = page_ranges_add(s->pages, SIGNS_PAGES, &s->page_count, range);
}

void signs_add(
	struct mem_signs *s, uint64_t physical, uint64_t expected, uint64_t actual, uint64_t reread)
{
	const uint64_t page = physical >> PAGE4K_BITS;
	struct page_range *newest = &s->pages[s->newest];

	s->ones |= physical;
	s->zeros |= ~physical;
	bit_counts_add(&s->up, actual & ~expected);
	bit_counts_add(&s->down, expected & ~actual);
	if (reread == expected)
		s->transient++;
	else if (s->page_count > 0 && page >= newest->first && page <= newest->last)
		newest->mismatches++;
	else
		add_page(s, &(struct page_range){page, page, 1, 0});
}

void signs_merge(struct mem_signs *s, const struct mem_signs *more)
{
	s->transient += more->transient;
	s->ones |= more->ones;
	s->zeros |= more->zeros;
	bit_counts_merge(&s->up, &more->up);
	bit_counts_merge(&s->down, &more->down);
	for (size_t i = 0; i < more->page_count; i++)
		add_page(s, &more->pages[i]);
}

/* ---- looking ---- */

static const struct {
	const char *name, *means;
} signatures[SIGNATURE_COUNT] = {
	[SIGNATURE_CELL] = {"cell", "a single cell or its contact"},
	[SIGNATURE_CELLS] = {"cells", "a few single cells: the DIMM is wearing out"},
	[SIGNATURE_ROW] = {"row",
		"one row of cells: a candidate for post-package repair, so reboot once with PPR enabled in "
		"setup and test again before swapping the DIMM"},
	[SIGNATURE_LANE] = {"lane",
		"the same data lines everywhere: one chip of the DIMM, or one contact of its socket, unless memory is "
		"encrypted"},
	[SIGNATURE_ADDRESS_LINE] = {"address-line",
		"an address line, a bank or an interleaved channel: reseat the DIMM, look at its socket"},
	[SIGNATURE_REGION] = {"region",
		"all of one region: a bank, a rank or a DIMM, or memory that is not there"},
	[SIGNATURE_SCATTERED] = {"scattered",
		"no pattern: voltage, clock, heat, the bus or the controller rather than cells"},
};

const char *signature_name(enum mem_signature s)
{
	return signatures[s].name;
}

const char *signature_means(enum mem_signature s)
{
	return signatures[s].means;
}

/* The narrowest aligned group of data lines with nearly all flips. */
static struct signature_lane find_lane(const struct mem_signs *s)
{
	static const unsigned widths[] = {1, 4, 8}; /* one line; a chip with 4 or 8 of them */
	uint64_t flips[WORD_BITS], all = 0;

	for (unsigned bit = 0; bit < WORD_BITS; bit++) {
		flips[bit] = bit_count(&s->up, bit) + bit_count(&s->down, bit);
		all += flips[bit];
	}
	for (size_t w = 0; w < ARRAY_LEN(widths); w++) {
		for (unsigned first = 0; first < WORD_BITS; first += widths[w]) {
			uint64_t sum = 0;

			for (unsigned i = 0; i < widths[w]; i++)
				sum += flips[first + i];
			if (nearly_all(sum, all))
				return (struct signature_lane){first, widths[w]};
		}
	}
	return (struct signature_lane){0, 0};
}

/* The entry with nearly all mismatches, if there is one; else from the first page to the last. */
static struct page_range find_core(const struct mem_signs *s, const struct signature_facts *facts)
{
	struct page_range all = {
		.first = facts->lowest >> PAGE4K_BITS, .last = facts->highest >> PAGE4K_BITS};

	for (size_t i = 0; i < s->page_count; i++)
		all.mismatches += s->pages[i].mismatches;
	for (size_t i = 0; i < s->page_count; i++) {
		if (nearly_all(s->pages[i].mismatches, all.mismatches))
			return s->pages[i];
	}
	return all;
}

/* The highest address bit that had one value at all mismatches, though memory has both. */
static bool find_line(
	const struct mem_signs *s, const struct signature_facts *facts, struct signature *ret)
{
	const uint64_t constant = facts->varying & ~(s->ones & s->zeros);

	if (constant == 0)
		return false;
	ret->has_line = true;
	ret->line = (unsigned)(WORD_BITS - 1 - __builtin_clzll(constant));
	ret->line_value = (unsigned)(s->ones >> ret->line & 1);
	return true;
}

/* Whether the failing words fill the core. Where the core is not all of it, its words are not known: pages of it
 * that never failed tell. */
static bool fills_core(const struct signature_facts *facts, const struct page_range *core)
{
	const uint64_t words = (core->last - core->first + 1) * (PAGE4K_BYTES / sizeof(uint64_t));
	const uint64_t span = words < facts->span_words ? words : facts->span_words;

	return core->between == 0 && nearly_all(facts->words < span ? facts->words : span, span);
}

void signature_find(
	const struct mem_signs *s, const struct signature_facts *facts, struct signature *ret)
{
	const bool dense = facts->words >= facts->tested_words / 8 * 3;

	*ret = (struct signature){.lane = find_lane(s), .core = find_core(s, facts)};
	if (facts->words == 1)
		ret->kind = SIGNATURE_CELL;
	else if (facts->aliases)
		ret->kind = SIGNATURE_ADDRESS_LINE;
	else if (ret->core.last - ret->core.first < ROW_PAGES && facts->words >= ROW_WORDS)
		ret->kind = SIGNATURE_ROW;
	else if (fills_core(facts, &ret->core))
		ret->kind = SIGNATURE_REGION;
	else if (dense && find_line(s, facts, ret))
		ret->kind = SIGNATURE_ADDRESS_LINE;
	else if (ret->lane.count > 0 && facts->words >= LANE_WORDS)
		ret->kind = SIGNATURE_LANE;
	else
		ret->kind = facts->words <= FEW_WORDS ? SIGNATURE_CELLS : SIGNATURE_SCATTERED;
}
