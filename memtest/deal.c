/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Cutting the line into shares and dealing out pieces of them. Pure. See deal.h. */
#include "memtest/deal.h"

static unsigned at_home(const uint16_t *homes, unsigned workers, size_t stretch)
{
	unsigned count = 0;

	for (unsigned w = 0; w < workers; w++)
		count += homes[w] == stretch;
	return count;
}

void deal_begin(struct mem_deal *deal, const struct mem_plan *plan, const uint16_t *homes,
	unsigned workers, bool downward)
{
	deal->downward = downward;
	deal->workers = workers;
	deal->share_count = workers;
	for (unsigned w = 0; w < workers; w++)
		deal->shares[w] = (struct mem_share){.stretch = 0};
	for (size_t s = 0; s < plan->stretch_count; s++) {
		const struct mem_interval line = plan->stretches[s].line;
		const unsigned parts = at_home(homes, workers, s);
		unsigned part = 0;

		if (parts == 0)
			deal->shares[deal->share_count++] = (struct mem_share){line, s};
		for (unsigned w = 0; part < parts; w++) {
			if (homes[w] == s)
				deal->shares[w] = (struct mem_share){
					interval_share(line, part++, parts), s};
		}
	}
}

/* How many slices are to go in a share. */
static uint64_t slices_left(const struct mem_share *share, const uint64_t *piece_bytes)
{
	const uint64_t piece = piece_bytes[share->stretch];

	return interval_bytes(share->rest) / piece + (interval_bytes(share->rest) % piece != 0);
}

/* The longest of shares[from .. to - 1] with more than `least` slices to go; `to` if there is none. */
static size_t longest(const struct mem_deal *deal, size_t from, size_t to, uint64_t least,
	const uint64_t *piece_bytes)
{
	size_t best = to;

	for (size_t i = from; i < to; i++) {
		const uint64_t left = slices_left(&deal->shares[i], piece_bytes);

		if (left > least) {
			least = left;
			best = i;
		}
	}
	return best;
}

/* Cuts off the half that would be reached last. */
static struct mem_interval far_half(struct mem_interval *rest, bool downward)
{
	const struct mem_interval near = interval_share(*rest, downward, 2),
				  far = interval_share(*rest, !downward, 2);

	*rest = near;
	return far;
}

/* Finds work for a worker that is through with its share. False: there is none. */
static bool take_over(struct mem_deal *deal, unsigned worker, const uint64_t *piece_bytes)
{
	struct mem_share *own = &deal->shares[worker];
	size_t i = longest(deal, deal->workers, deal->share_count, 0, piece_bytes);

	if (i < deal->share_count) {
		*own = deal->shares[i];
		deal->shares[i].rest.hi = deal->shares[i].rest.lo;
		return true;
	}
	i = longest(deal, 0, deal->workers, 1, piece_bytes);
	if (i == deal->workers)
		return false;
	own->stretch = deal->shares[i].stretch;
	own->rest = far_half(&deal->shares[i].rest, deal->downward);
	return true;
}

/* At most `bytes` at the walking end. */
static struct mem_interval walking_end(struct mem_interval rest, uint64_t bytes, bool downward)
{
	if (bytes > interval_bytes(rest))
		return rest;
	return downward ? (struct mem_interval){rest.hi - bytes, rest.hi}
			: (struct mem_interval){rest.lo, rest.lo + bytes};
}

uint64_t deal_slice(struct mem_deal *deal, const uint64_t piece_bytes[PLAN_STRETCHES_MAX])
{
	uint64_t bytes = 0;
	bool more = true;

	for (unsigned w = 0; w < deal->workers && more; w++) {
		if (interval_bytes(deal->shares[w].rest) == 0)
			more = take_over(deal, w, piece_bytes);
	}
	for (unsigned w = 0; w < deal->workers; w++) {
		const struct mem_share *share = &deal->shares[w];

		deal->pieces[w] = walking_end(
			share->rest, piece_bytes[share->stretch], deal->downward);
		bytes += interval_bytes(deal->pieces[w]);
	}
	return bytes;
}

bool deal_last(const struct mem_deal *deal)
{
	for (size_t i = 0; i < deal->share_count; i++) {
		const uint64_t piece = i < deal->workers ? interval_bytes(deal->pieces[i]) : 0;

		if (interval_bytes(deal->shares[i].rest) > piece)
			return false;
	}
	return true;
}

void deal_done(struct mem_deal *deal)
{
	for (unsigned w = 0; w < deal->workers; w++) {
		struct mem_interval *rest = &deal->shares[w].rest;

		if (deal->downward)
			rest->hi = deal->pieces[w].lo;
		else
			rest->lo = deal->pieces[w].hi;
	}
}
