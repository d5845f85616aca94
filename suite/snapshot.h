/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a run says of its machine, in bounded storage: parts, figures, findings, verdict. To compare two runs by.
 *
 * Pure: a fold over records.
 * Trust. The records may come out of an old file: whatever is kept is cleaned, and what does not fit is left out.
 */
#ifndef KIRIWAKE_SUITE_SNAPSHOT_H
#define KIRIWAKE_SUITE_SNAPSHOT_H

#include "core/record.h"

#define SNAPSHOT_FIGURES  1024
#define SNAPSHOT_FINDINGS 64
#define FIGURE_NAME       40

struct figure {
	char part[PART_ID]; /* empty: of no part */
	char name[FIGURE_NAME];
	char unit[12];
	uint64_t value; /* the last one; times 10^decimals */
	unsigned decimals;
};

struct found {
	enum finding_code code;
	char part[PART_ID];
};

struct snapshot {
	bool begun; /* the run said what machine it is on */
	char run[12];
	char started[28];    /* empty: not known */
	uint64_t parameters; /* hash of the effective options */
	struct inventory inventory;
	size_t figure_count;
	struct figure figures[SNAPSHOT_FIGURES];
	size_t found_count;
	struct found found[SNAPSHOT_FINDINGS]; /* each once */
	bool ended;
	enum verdict verdict; /* when it ended */
};

/* `s` zeroed; must outlive the listener. */
struct listener snapshot_listener(struct snapshot *s);

#endif
