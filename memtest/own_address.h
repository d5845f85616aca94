/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The own-address pattern: each word holds a value from which its address can be told.
 *
 * Pure.
 * Method: the value is a bijective mix of address and seed, so every bit of the value depends on every address
 *         bit, no two words hold the same, and a value found in the wrong place leads back to where it belongs.
 *         A damaged value leads to a random 64-bit number, which is an address in RAM with odds of one in
 *         2^64 / RAM bytes: a flipped bit is not mistaken for an alias.
 */
#ifndef KIRIWAKE_MEMTEST_OWN_ADDRESS_H
#define KIRIWAKE_MEMTEST_OWN_ADDRESS_H

#include "core/rng.h"

struct own_address {
	uint64_t seed;
	uint64_t invert; /* 0, or all ones for the complement */
};

static inline uint64_t own_address_value(struct own_address key, uint64_t physical)
{
	return rng_mix(physical ^ key.seed) ^ key.invert;
}

/* The address whose value this is. */
uint64_t own_address_trace(struct own_address key, uint64_t value);

#endif
