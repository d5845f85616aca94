/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Cutting overlapping claims into pieces. Pure. See claims.h. */
#include "evidence/claims.h"

/* The piece that begins at `at`: who owns it, and where something changes. high == UINT64_MAX: nothing does. */
static struct claim piece_at(const struct claim *claims, size_t count, uint64_t at)
{
	struct claim piece = {.low = at, .high = UINT64_MAX};

	for (size_t i = 0; i < count; i++) {
		const struct claim *c = &claims[i];
		const bool covers = c->low <= at && at < c->high;
		const uint64_t change = covers ? c->high : c->low;

		if (covers)
			piece.who = dimm_set_join(piece.who, c->who);
		if (change > at && change < piece.high)
			piece.high = change;
	}
	return piece;
}

bool claims_flatten(
	const struct claim *claims, size_t count, struct claim *ret, size_t cap, size_t *ret_count)
{
	struct claim piece = piece_at(claims, count, 0);
	size_t made = 0;

	for (; piece.high != UINT64_MAX; piece = piece_at(claims, count, piece.high)) {
		struct claim *last = made > 0 ? &ret[made - 1] : NULL;

		if (dimm_set_count(piece.who) == 0)
			continue;
		if (last != NULL && last->high == piece.low &&
			dimm_set_same(last->who, piece.who)) {
			last->high = piece.high;
			continue;
		}
		if (made == cap)
			return false;
		ret[made++] = piece;
	}
	*ret_count = made;
	return true;
}
