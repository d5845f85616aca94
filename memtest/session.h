/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What every check of the memory room begins and ends with: the memory itself, and the account of it.
 *
 * Pure.
 */
#ifndef KIRIWAKE_MEMTEST_SESSION_H
#define KIRIWAKE_MEMTEST_SESSION_H

#include "memtest/checks.h"

/* Takes the memory, if no check before did, and clears the log for a check that will move `ops` words per word
 * of memory. False: there is nothing to test with; the check returns *ret, whose reason is recorded. */
bool session_begin(struct run *run, unsigned ops, enum verdict *ret);

/* Sums up a check: remaining mismatches, figures, coverage, reason. `done` names what was completed over all the
 * memory under test ("March C-, 2 backgrounds"), empty for nothing. Returns what the check concludes. */
enum verdict session_conclude(struct run *run, enum sweep_result result, const char *done);

#endif
