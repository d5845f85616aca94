/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Verdicts, ordered so that folding two of them is taking the greater.
 *
 * Pure.
 * UNDECIDED: nothing was concluded; a check that ends so is reported as ERROR.
 * SKIP:  could not apply here, and the reason says why.    PASS: measured, and good.
 * WARN:  works, but a technician should look.
 * ERROR: we, or the firmware, could not do the job.        FAIL: the hardware or network is at fault.
 */
#ifndef KIRIWAKE_CORE_VERDICT_H
#define KIRIWAKE_CORE_VERDICT_H

enum verdict { UNDECIDED, SKIP, PASS, WARN, ERROR, FAIL, VERDICT_COUNT };

static inline enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

/* Upper-case name, as printed everywhere: "PASS". Never NULL. */
const char *verdict_name(enum verdict v);

#endif
