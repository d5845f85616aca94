/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* LATEST.TXT: what a person opens first: the verdict of the newest run, what to act on, where the rest is.
 *
 * Pure. Collects records in bounded storage and renders whenever asked: at the start ("not finished"), after each
 * step, and at the end. What did not fit is counted and said.
 */
#ifndef KIRIWAKE_REPORT_LATEST_H
#define KIRIWAKE_REPORT_LATEST_H

#include "core/failure_code.h"
#include "report/report.h"

#define LATEST_FINDINGS 20
#define LATEST_SUSPECTS 24
#define LATEST_ID       32
#define LATEST_TEXT     448

struct latest_finding {
	enum finding_code code;
	enum verdict verdict;
	const char *next;
	char part[PART_ID];
	char message[LATEST_TEXT];
};

struct latest_suspect {
	enum suspect_state state;
	char name[PART_ID + 3 * PART_TEXT];
	char evidence[LATEST_TEXT];
	char next[LATEST_TEXT];
	char failure_code[FAILURE_CODE]; /* empty: none */
};

struct latest {
	struct report_head head;
	char step[LATEST_ID]; /* the newest step that began */
	enum verdict worst;   /* of the steps that ended */
	bool ended;
	uint64_t took_ns;
	char end_line[REPORT_END_LINE];
	char incomplete_why[LATEST_TEXT]; /* empty: the run was complete */
	bool has_badram, has_report;      /* the files of that name are written, or will be */
	size_t finding_count; /* all of them; of LATEST_FINDINGS there is room, for the worst */
	struct latest_finding findings[LATEST_FINDINGS];
	size_t suspect_count; /* likewise */
	struct latest_suspect suspects[LATEST_SUSPECTS];
};

void latest_init(struct latest *l);

/* `l` must outlive the listener. */
struct listener latest_listener(struct latest *l);

/* The whole file as it stands now. Valid after the RUN_BEGIN record. */
void latest_write(const struct latest *l, struct sink out);

#endif
