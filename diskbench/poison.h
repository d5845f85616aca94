/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Poison: a pattern put into a buffer before a read, to see whether the read wrote anything.
 *
 * Pure.
 * Method: the word at index i is key + i * an odd constant, so no two words of a fill are equal and a
 *         new key changes all of them. Word equality by chance is one in 2^64; equality because the
 *         disk holds an old fill is settled by reading again under another key (read.h).
 */
#ifndef KIRIWAKE_DISKBENCH_POISON_H
#define KIRIWAKE_DISKBENCH_POISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Poison is looked for per sector of this size: the smallest unit any drive transfers. */
#define POISON_SECTOR 512

/* All take a buffer aligned to 8 bytes and a length that is a multiple of POISON_SECTOR. */

/* Fills the buffer with the pattern of `key`, which a disk will not hold by chance. */
void poison_fill(uint8_t *buffer, size_t bytes, uint64_t key);

/* Looks at one word of every 64 bytes (a packet lost on the bus leaves at least that much) and at the last word of
 * every sector (a transfer that ended early always leaves that). True if any is still poison; then the suspicious sectors lie in [*ret_first, *ret_end), in bytes. */
bool poison_find(
	const uint8_t *buffer, size_t bytes, uint64_t key, size_t *ret_first, size_t *ret_end);

/* Bytes in [first, end) of the buffer that are still poison. Looks at every word. */
size_t poison_left(const uint8_t *buffer, size_t first, size_t end, uint64_t key);

/* A fingerprint of [first, end), to compare two deliveries without keeping the first. */
uint64_t poison_digest(const uint8_t *buffer, size_t first, size_t end);

#endif
