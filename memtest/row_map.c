/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Timing of row conflicts. Pure. See row_map.h. */
#include "memtest/row_map.h"

#define LINE_BIT        6  /* lowest bit that changes the line */
#define ROW_BIT_MIN     13 /* no bank has smaller rows */
#define ROUNDS          128
#define SAMPLES         4
#define WITNESSES       3  /* other places at which a change of row must conflict as well */
#define CACHED_NS       20 /* less than this for a pair of reads is no memory */
#define SLOWER(t, than) ((t)*3 >= (than)*4)

/* The least time of ROUNDS reads of both words. */
static uint64_t least_ns(const struct row_timer *t, uint64_t *const pair[2], bool flush)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < SAMPLES; i++) {
		const uint64_t start_ns = t->own_ns();
		uint64_t took_ns;

		t->ram->hammer(t->ram->ctx, pair, 2, ROUNDS, flush);
		took_ns = t->own_ns() - start_ns;
		if (took_ns < least)
			least = took_ns;
	}
	return least;
}

/* What a pair of reads takes longer past the caches than in them: so a slow address translation does not count. */
static uint64_t pair_ns(const struct row_timer *t, uint64_t *a, uint64_t *b)
{
	uint64_t *const pair[2] = {a, b};
	const uint64_t flushed = least_ns(t, pair, true), cached = least_ns(t, pair, false);

	return flushed > cached ? (flushed - cached) / ROUNDS : 0;
}

bool row_map_conflict(
	const struct row_map *map, const struct row_timer *timer, uint64_t *a, uint64_t *b)
{
	return SLOWER(pair_ns(timer, a, b), map->near_ns);
}

/* ---- looking for row bits ---- */

struct search {
	const struct row_timer *timer;
	struct mem_chunk window;
	unsigned bits; /* the window has 2^bits bytes */
	struct rng *rng;
	struct row_map *map;
};

static uint64_t *word_at(const struct search *s, uint64_t offset)
{
	return s->window.words + offset / sizeof(uint64_t);
}

static uint64_t some_line(struct search *s)
{
	return rng_below(s->rng, (uint64_t)1 << (s->bits - LINE_BIT)) << LINE_BIT;
}

static uint64_t bit(unsigned number)
{
	return (uint64_t)1 << number;
}

/* Whether a change of these address bits stays in the bank and leaves the row, here and elsewhere. */
static bool changes_row(struct search *s, uint64_t flip)
{
	for (unsigned i = 0; i <= WITNESSES; i++) {
		const uint64_t at = some_line(s);
		const uint64_t took_ns = pair_ns(s->timer, word_at(s, at), word_at(s, at ^ flip));

		if (!SLOWER(took_ns, s->map->near_ns))
			return false;
		if (i == 0 && took_ns > s->map->conflict_ns)
			s->map->conflict_ns = took_ns;
	}
	return true;
}

/* What to change together with address bit `row`: nothing, or one or two of the bits below `limit`. 0: nothing does. */
static uint64_t find_flip(struct search *s, unsigned row, unsigned limit)
{
	if (changes_row(s, bit(row)))
		return bit(row);
	for (unsigned a = LINE_BIT; a < limit; a++) {
		if (changes_row(s, bit(row) | bit(a)))
			return bit(row) | bit(a);
	}
	for (unsigned a = LINE_BIT; a < limit; a++) {
		for (unsigned b = a + 1; b < limit; b++) {
			if (changes_row(s, bit(row) | bit(a) | bit(b)))
				return bit(row) | bit(a) | bit(b);
		}
	}
	return 0;
}

/* The fastest pair: of different banks, or of one row. */
static void find_near(struct search *s)
{
	const uint64_t at = some_line(s);

	s->map->near_ns = UINT64_MAX;
	s->map->conflict_ns = 0;
	for (unsigned i = LINE_BIT; i < s->bits; i++) {
		const uint64_t took_ns = pair_ns(s->timer, word_at(s, at), word_at(s, at ^ bit(i)));

		if (took_ns < s->map->near_ns)
			s->map->near_ns = took_ns;
		if (took_ns > s->map->conflict_ns)
			s->map->conflict_ns = took_ns;
	}
}

enum row_map_result row_map_find(const struct row_timer *timer, struct mem_chunk window,
	struct rng *rng, struct row_map *ret)
{
	const unsigned bits = (unsigned)__builtin_ctzll(window.count * sizeof(uint64_t));
	struct search s = {timer, window, bits, rng, ret};
	unsigned row = ROW_BIT_MIN;

	*ret = (struct row_map){0};
	find_near(&s);
	if (ret->near_ns < CACHED_NS)
		return ROW_MAP_CACHED;
	while (row < bits && (ret->flip[0] = find_flip(&s, row, row)) == 0)
		row++;
	if (row >= bits)
		return ROW_MAP_NO_CONFLICT;
	ret->row_bit = row;
	for (ret->bits = 1; ret->bits < ROW_BITS_MAX && row + ret->bits < bits; ret->bits++) {
		const uint64_t flip = find_flip(&s, row + ret->bits, row);

		if (flip == 0)
			break;
		ret->flip[ret->bits] = flip;
	}
	return ret->bits > 1 ? ROW_MAP_FOUND : ROW_MAP_NO_CONFLICT;
}

uint64_t row_map_in_row(const struct row_map *map, uint64_t offset, unsigned row)
{
	const uint64_t differs = offset >> map->row_bit ^ row;

	for (unsigned i = 0; i < map->bits; i++)
		offset ^= differs >> i & 1 ? map->flip[i] : 0;
	return offset;
}
