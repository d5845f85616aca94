/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What mem.selftest needs beside its stack. Pure. Part of struct mem_session. */
#ifndef KIRIWAKE_MEMTEST_SELFTEST_H
#define KIRIWAKE_MEMTEST_SELFTEST_H

#include "core/check.h"
#include "memtest/inject.h"

#define SELFTEST_TEXT 160

struct selftest {
	struct mem_plan whole; /* the session's plan, kept: meanwhile that is the window */
	struct inject inject;  /* the fault of the current trial */
	unsigned planted, caught, missed;

	/* Of the current rehearsal. */
	const struct fault *fault; /* planted; NULL: none */
	struct recorder *rec;      /* the run's own, for what is not ours */
	enum verdict verdict;      /* what the check came to */
	bool found;                /* the fault: the right word, bit and kind */
	bool real;                 /* something came up that no planted fault explains */
	char said[SELFTEST_TEXT];  /* the first finding that does not name the fault, or empty */
};

#endif
