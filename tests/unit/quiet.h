/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A console that nobody sees and nobody types on, for whole runs. */
#ifndef KIRIWAKE_TESTS_QUIET_H
#define KIRIWAKE_TESTS_QUIET_H

#include "core/machine.h"

static inline void to_nowhere(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	(void)text;
	(void)len;
}

static inline int no_key(void *ctx)
{
	(void)ctx;
	return KEY_NONE;
}

#endif
