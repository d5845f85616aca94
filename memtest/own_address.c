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

/* Undoes x ^ x >> shift, for 22 <= shift < 32: the third shift leaves nothing. */
static uint64_t undo_xor_shift(uint64_t z, unsigned shift)
{
	return z ^ z >> shift ^ z >> 2 * shift;
}

uint64_t own_address_trace(struct own_address key, uint64_t value)
{
	uint64_t z = value ^ key.invert;

	/* The steps of rng_mix(), backwards. */
	z = undo_xor_shift(z, 31) * inverse_odd(0x94d049bb133111ebu);
	z = undo_xor_shift(z, 27) * inverse_odd(0xbf58476d1ce4e5b9u);
	return undo_xor_shift(z, 30) ^ key.seed;
}
