/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Covering pages with few aligned blocks. Pure. See badram.h.
 *
 * Method: the blocks are the nodes of a binary tree over all page numbers. A node whose pages are to be covered by at
 *         most k blocks is either a block itself or shares k out among its two halves; the best of these, for all k
 *         at once, is worked out from the leaves up. Nodes with nothing in one half are skipped. */
#include "core/bytes.h"
#include "report/badram.h"

#define ALL_BITS   52 /* page numbers below 2^52 */
#define IMPOSSIBLE (UINT64_MAX / 4)

/* A block and the entries of the list that touch it. */
struct node {
	struct badram_block block;
	const struct page_range *at;
	size_t count;
};

/* Pages beside those wanted when `k` blocks may be used: [k]. */
struct costs {
	uint64_t at[BADRAM_BLOCKS + 1];
};

static uint64_t block_pages(const struct badram_block *b)
{
	return (uint64_t)1 << b->bits;
}

static struct node clip(struct node n)
{
	const uint64_t first = n.block.first, last = first + block_pages(&n.block) - 1;

	for (; n.count > 0 && n.at->last < first; n.at++)
		n.count--;
	while (n.count > 0 && n.at[n.count - 1].first > last)
		n.count--;
	return n;
}

static struct node half(const struct node *n, unsigned upper)
{
	struct node h = *n;

	h.block.bits--;
	h.block.first += upper * block_pages(&h.block);
	return clip(h);
}

static uint64_t wanted_pages(const struct node *n)
{
	const uint64_t first = n->block.first, last = first + block_pages(&n->block) - 1;
	uint64_t sum = 0;

	for (size_t i = 0; i < n->count; i++) {
		const uint64_t from = n->at[i].first > first ? n->at[i].first : first;
		const uint64_t to = n->at[i].last < last ? n->at[i].last : last;

		sum += to - from + 1;
	}
	return sum;
}

/* The smallest block that holds as much; *ret_beside: its pages that are not wanted. */
static struct node narrow(struct node n, uint64_t *ret_beside)
{
	const uint64_t wanted = wanted_pages(&n);

	while (wanted < block_pages(&n.block)) {
		const struct node lower = half(&n, 0), upper = half(&n, 1);

		if (lower.count > 0 && upper.count > 0)
			break;
		n = lower.count > 0 ? lower : upper;
	}
	*ret_beside = block_pages(&n.block) - wanted;
	return n;
}

/* The best way to share `k` blocks out: how many go to the lower half. */
static size_t best_share(const struct costs *lower, const struct costs *upper, size_t k)
{
	size_t best = 1;

	for (size_t i = 2; i < k; i++) {
		if (lower->at[i] + upper->at[k - i] < lower->at[best] + upper->at[k - best])
			best = i;
	}
	return best;
}

/* `n` holds something wanted. */
static void find_costs(struct node n, struct costs *ret)
{
	struct costs lower, upper;
	uint64_t beside;

	n = narrow(n, &beside);
	ret->at[0] = IMPOSSIBLE;
	for (size_t k = 1; k <= BADRAM_BLOCKS; k++)
		ret->at[k] = beside;
	if (beside == 0)
		return;
	find_costs(half(&n, 0), &lower);
	find_costs(half(&n, 1), &upper);
	for (size_t k = 2; k <= BADRAM_BLOCKS; k++) {
		const size_t i = best_share(&lower, &upper, k);

		if (lower.at[i] + upper.at[k - i] < ret->at[k])
			ret->at[k] = lower.at[i] + upper.at[k - i];
	}
}

/* Writes down the blocks that cost find_costs()[k]. */
static void take_blocks(struct node n, size_t k, struct badram_block *ret, size_t *count)
{
	struct costs lower, upper;
	uint64_t beside;
	size_t i;

	n = narrow(n, &beside);
	if (k == 1 || beside == 0) {
		ret[(*count)++] = n.block;
		return;
	}
	find_costs(half(&n, 0), &lower);
	find_costs(half(&n, 1), &upper);
	i = best_share(&lower, &upper, k);
	take_blocks(half(&n, 0), i, ret, count);
	take_blocks(half(&n, 1), k - i, ret, count);
}

size_t badram_cover(const struct page_range *at, size_t count,
	struct badram_block ret[BADRAM_BLOCKS], uint64_t *ret_beside)
{
	const struct node root = {{0, ALL_BITS}, at, count};
	struct costs costs;
	size_t k = 1, taken = 0;

	find_costs(root, &costs);
	while (costs.at[k] > costs.at[BADRAM_BLOCKS])
		k++;
	take_blocks(root, k, ret, &taken);
	*ret_beside = costs.at[k];
	return taken;
}
