/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Names of verdicts. Pure. */
#include "core/verdict.h"

const char *verdict_name(enum verdict v)
{
	static const char *const names[VERDICT_COUNT] = {
		[UNDECIDED] = "UNDECIDED",
		[SKIP] = "SKIP",
		[PASS] = "PASS",
		[WARN] = "WARN",
		[ERROR] = "ERROR",
		[FAIL] = "FAIL",
	};

	return (unsigned)v < VERDICT_COUNT ? names[v] : "UNDECIDED";
}
