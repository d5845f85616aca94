/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The runs that are on the log volume already: their numbers, how the last one ended, and room for the next.
 *
 * Pure over volume_port.
 * Trust. None: the volume was in other machines, people put files on it, and a power cut may have torn anything.
 */
#ifndef KIRIWAKE_SUITE_OLD_RUNS_H
#define KIRIWAKE_SUITE_OLD_RUNS_H

#include "core/machine.h"
#include "suite/previous.h"

#define OLD_RUNS_DIRECTORY "/runs"
#define OLD_RUNS_TAIL      32768 /* bytes of results.jsonl that tell how a run ended */
#define OLD_RUNS_LAST      999999u
#define OLD_RUNS_PATH      48

struct old_runs {
	unsigned newest;          /* greatest number that anything in the directory has; 0: none */
	unsigned previous_number; /* newest run with records; 0: none, or it cannot be read */
	struct previous_run previous; /* how that one ended */
	unsigned empty;               /* runs after it, which left no records at all */
	unsigned newest_empty;        /* the last of them */
	unsigned dropped_files;       /* bulky files that were deleted for room */
};

/* Looks through the runs. On a volume that is nearly full, deletes the bulky renderings of finished ones, oldest
 * first, but of none of the `keep` newest; keep = 0: of none at all. `buffer` is room to read in. False, with *ret
 * untouched: the directory cannot be listed. */
bool old_runs_look(const struct volume_port *volume, char buffer[OLD_RUNS_TAIL], unsigned keep,
	struct old_runs *ret);

/* The greatest number below `number` that a run's directory has; 0: none. */
unsigned old_runs_before(const struct volume_port *volume, unsigned number);

/* The path of a run's file; `name` empty: of its directory. */
void old_runs_path(char buf[OLD_RUNS_PATH], unsigned number, const char *name);

#endif
