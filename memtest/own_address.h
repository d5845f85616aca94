/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The own-address pattern: each word holds a value from which its address can be told.
 *
 * Pure.
 * Method: address -> premix -> + seed -> * odd constant -> fold the high half into the low one. Every step can be
 *         undone, so no two words hold the same, and a value found in the wrong place leads back to where it belongs.
 *         Premix and fold carry each address line into every 4-bit lane of the data: a line that is dead in one
 *         chip of a DIMM shows. The constant spreads errors: one or two flipped bits lead at least 2^50 bytes away,
 *         out of any RAM, so that a damaged value is not mistaken for an alias.
 *         Words in a line of 64 bytes differ by a constant before the fold: one multiplication serves eight words.
 */
#ifndef KIRIWAKE_MEMTEST_OWN_ADDRESS_H
#define KIRIWAKE_MEMTEST_OWN_ADDRESS_H

#include <stdint.h>

#define OWN_ADDRESS_FACTOR     0xbf58476d1ce4e5b9u
#define OWN_ADDRESS_LINE_BYTES 64u
#define OWN_ADDRESS_LINE_WORDS 8u

struct own_address {
	uint64_t seed;
	uint64_t invert; /* 0, or all ones for the complement */
};

/* The high address lines once more, where the multiplication carries them into all lanes; none within a line of
 * 64 bytes. */
static inline uint64_t own_address_high(uint64_t address)
{
	return address >> 26 & ~(uint64_t)(OWN_ADDRESS_LINE_BYTES - 1);
}

/* What the words of the line of 64 bytes at `physical` (a multiple of 64) have in common. */
static inline uint64_t own_address_line(struct own_address key, uint64_t physical)
{
	return ((physical ^ own_address_high(physical)) + key.seed) * OWN_ADDRESS_FACTOR;
}

/* The value of word `i` < 8 of a line. */
static inline uint64_t own_address_word(struct own_address key, uint64_t line, unsigned i)
{
	const uint64_t z = line + i * (sizeof(uint64_t) * OWN_ADDRESS_FACTOR);

	return (z ^ z >> 32) ^ key.invert;
}

/* The value of the word at `physical`, a multiple of 8. */
static inline uint64_t own_address_value(struct own_address key, uint64_t physical)
{
	const uint64_t start = physical & ~(uint64_t)(OWN_ADDRESS_LINE_BYTES - 1);

	return own_address_word(key, own_address_line(key, start),
		(unsigned)(physical / sizeof(uint64_t) % OWN_ADDRESS_LINE_WORDS));
}

/* The address whose value this is. */
uint64_t own_address_trace(struct own_address key, uint64_t value);

#endif
