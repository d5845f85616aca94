/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage: one line per suspect, from what was found and what was really measured.
 *
 * Pure: a fold over records. Silence never clears a suspect: CLEARED needs a coverage record and no fault
 * of the environment; a finding beats both.
 */
#ifndef KIRIWAKE_SUITE_TRIAGE_H
#define KIRIWAKE_SUITE_TRIAGE_H

#include "core/record.h"

#define TRIAGE_TEXT 256

struct suspect {
	char part[PART_ID];
	enum suspect_state state;
	unsigned findings;   /* FAIL and WARN */
	bool planted;        /* so far only faults were found that the run planted itself */
	bool could_not_test; /* a fault of the environment kept a check from its work */
	char evidence
		[TRIAGE_TEXT]; /* of the worst finding so far; any real one is worse than a planted one */
	char coverage[TRIAGE_TEXT]; /* what was measured, joined with "; " */
	char trouble[TRIAGE_TEXT];  /* the first fault of the environment */
	const char *next;           /* from the table of findings; NULL: none */
};

struct triage {
	const struct inventory *inventory;
	bool has_dimms;            /* among the suspects */
	bool named[PARTS_MAX];     /* by place in the inventory: a DIMM that is a suspect */
	bool unreached[PARTS_MAX]; /* likewise: a DIMM that is known not to have been tested */
	size_t count;
	struct suspect suspects[PARTS_MAX];
};

/* One suspect for each part that can be guilty by itself: memory, network, cards, disks, board, firmware; and later for
 * each DIMM on which something is found. `inventory` must outlive *t. */
void triage_begin(struct triage *t, const struct inventory *inventory);

struct listener triage_listener(struct triage *t);

/* Emits one RECORD_TRIAGE per suspect: FAULTY first, then SUSPECT, UNTESTED, CLEARED. */
void triage_emit(const struct triage *t, struct recorder *rec);

#endif
