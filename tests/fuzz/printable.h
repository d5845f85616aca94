/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What every text that leaves a parser must be: terminated within its array, and fit for a screen. */
#ifndef KIRIWAKE_TESTS_FUZZ_PRINTABLE_H
#define KIRIWAKE_TESTS_FUZZ_PRINTABLE_H

#include <stddef.h>
#include <stdlib.h>

static inline void check_text(const char *text, size_t cap)
{
	size_t len = 0;

	for (; len < cap && text[len] != '\0'; len++) {
		if (text[len] < ' ' || text[len] > '~')
			abort();
	}
	if (len == cap)
		abort();
}

#endif
