/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* From a value of the own-address pattern back to its address. Pure. See own_address.h. */
#include "memtest/own_address.h"

/* The inverse of an odd number modulo 2^64, by Newton's iteration: a is its own inverse modulo 8, and
 * every round doubles the number of right bits. */
static uint64_t inverse_odd(uint64_t a)
{
	uint64_t x = a;

	for (unsigned bits = 3; bits < 64; bits *= 2)
		x *= 2 - a * x;
	return x;
}

uint64_t own_address_trace(struct own_address key, uint64_t value)
{
	const uint64_t folded = value ^ key.invert, z = folded ^ folded >> 32;
	const uint64_t mixed = z * inverse_odd(OWN_ADDRESS_FACTOR) - key.seed;
	const uint64_t once = own_address_high(mixed);

	/* Undoes x ^ high(x): the third application of high() leaves nothing. */
	return mixed ^ once ^ own_address_high(once);
}
