/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What changed in a machine from one run to another.
 *
 * Pure. A part is the same one by its serial number (of a card: its MAC address), else by its place, else by its name.
 * Trust. Both snapshots may come out of files: everything in them is printable, nothing else is sure.
 */
#ifndef KIRIWAKE_SUITE_COMPARE_H
#define KIRIWAKE_SUITE_COMPARE_H

#include "suite/snapshot.h"

#define CHANGE_TEXT 320

struct change {
	const char *
		what; /* "gone", "new", "replaced", "moved", "smaller", "version", "worse", "found", "not-found" */
	const char *part;       /* a part of the new run, or NULL */
	bool matters;           /* the machine has less than it had: a technician should look */
	char was[128], is[128]; /* empty: nothing */
	char sentence[CHANGE_TEXT];
};

/* Whether both runs were on one machine. The board's serial number and the machine's UUID decide where both runs have them: the
 * serial number against, either of them for it. Where they do not, or the serial number is the same and the UUID another (makers
 * leave in the one, an update of the firmware may write the other anew), a card's MAC address or a module's serial number must be
 * the same. Never true for want of evidence. */
bool compare_is_same_machine(const struct inventory *a, const struct inventory *b);

/* Calls each() for every change, what matters first. `timing`: figures of speed mean something, as they do not on a
 * virtual machine. */
void compare_snapshots(const struct snapshot *old, const struct snapshot *new, bool timing,
	void (*each)(void *ctx, const struct change *change), void *ctx);

#endif
