/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which addresses lie in rows beside each other in one bank of DRAM, found out by timing.
 *
 * Pure. Two reads of one bank but different rows have to close and open a row in between: a row conflict, which takes
 *       longer than any other pair of reads. Where no pair takes longer, nothing is claimed.
 * Method: after Pessl et al., "DRAMA: Exploiting DRAM Addressing for Cross-CPU Attacks", USENIX Security 2016. Banks
 *         are chosen by XORs of address bits, so a row bit is changed together with up to two lower bits that undo
 *         what it does to the bank.
 */
#ifndef KIRIWAKE_MEMTEST_ROW_MAP_H
#define KIRIWAKE_MEMTEST_ROW_MAP_H

#include "core/rng.h"
#include "memtest/plan.h"

#define ROW_BITS_MAX 5 /* 32 rows: enough for eight aggressors with a victim on each side */

struct row_map {
	unsigned
		row_bit; /* lowest address bit of the row number: rows of a bank lie 2^row_bit apart */
	unsigned bits; /* row bits that can be changed at will, 2 .. ROW_BITS_MAX */
	uint64_t flip
		[ROW_BITS_MAX]; /* what changes row bit i and keeps the bank, by XOR; its highest bit is the row bit */
	uint64_t near_ns,
		conflict_ns; /* a pair of reads past the caches: of different banks; of one */
};

enum row_map_result {
	ROW_MAP_FOUND,
	ROW_MAP_CACHED, /* reads past the caches take no longer than cached ones: no DRAM can be seen */
	ROW_MAP_NO_CONFLICT /* no pair takes longer than the others */
};

/* Reads are timed with these two, on the CPU that calls. */
struct row_timer {
	const struct ram_port *ram; /* with `hammer` */
	uint64_t (*own_ns)(void);   /* see cpu_port */
};

/* `window`: whole of an aligned power of two in bytes. Takes some tenths of a second. ret->near_ns and conflict_ns are set
 * whatever is found, the latter to the longest seen; the rest if ROW_MAP_FOUND. */
enum row_map_result row_map_find(const struct row_timer *timer, struct mem_chunk window,
	struct rng *rng, struct row_map *ret);

/* Whether the words are in one bank, in different rows. */
bool row_map_conflict(
	const struct row_map *map, const struct row_timer *timer, uint64_t *a, uint64_t *b);

/* The offset, within a block of 2^(row_bit + bits) bytes, that has `offset`'s bank and column in row `row` of the block. */
uint64_t row_map_in_row(const struct row_map *map, uint64_t offset, unsigned row);

#endif
