/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* hw.changes: what changed since the last run on this machine, as the log volume remembers it.
 *
 * Pure over volume_port.
 * Trust. The old run's records: none. They are read up to a bound, line by line.
 */
#ifndef KIRIWAKE_SUITE_CHANGES_H
#define KIRIWAKE_SUITE_CHANGES_H

#include "core/check.h"
#include "report/replay.h"
#include "suite/compare.h"

#define CHANGES_LINE (128u << 10) /* longer lines are passed over */

/* Zeroed before the run; listens to it from the start. */
struct changes {
	struct snapshot now, then;
	struct replay replay;
	size_t used;
	char line[CHANGES_LINE];
	unsigned told; /* changes that matter */
};

extern const struct check hw_changes_check;

#endif
