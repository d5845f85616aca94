/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The four functions that the compiler and the pure rooms may call from a C library that is not there.
 *
 * Hardware: any x86-64 CPU; string instructions, so that no loop here is turned into a call of itself.
 * Spec.  ISO C11 7.24.2 and 7.24.4.1, 7.24.6.1.
 */
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	void *at = to;
	size_t words = len / 8, rest = len % 8;

	__asm__ volatile("rep movsq" : "+D"(at), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(rest) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t len)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if ((uintptr_t)t - (uintptr_t)f >= len)
		return memcpy(to, from, len);
	while (len > 0) {
		len--;
		t[len] = f[len];
		__asm__ volatile("" : : : "memory"); /* keeps this a loop */
	}
	return to;
}

void *memset(void *to, int value, size_t len)
{
	void *at = to;
	size_t words = len / 8, rest = len % 8;
	uint64_t pattern = (uint8_t)value * UINT64_C(0x0101010101010101);

	__asm__ volatile("rep stosq" : "+D"(at), "+c"(words) : "a"(pattern) : "memory");
	__asm__ volatile("rep stosb" : "+D"(at), "+c"(rest) : "a"(pattern) : "memory");
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (size_t i = 0; i < len; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}
