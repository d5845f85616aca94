/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Packets cut short, for parsers that must not look behind their end. */
#ifndef KIRIWAKE_TESTS_NET_CUT_H
#define KIRIWAKE_TESTS_NET_CUT_H

#include "core/bytes.h"
#include "tests/test.h"
#include <stdlib.h>

/* The first `len` bytes in a heap block of just that size, so that the sanitizer sees every read behind them. */
static struct span cut(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, len);
	return (struct span){copy, len};
}

static void drop(struct span s)
{
	free((void *)(uintptr_t)s.at);
}

#endif
