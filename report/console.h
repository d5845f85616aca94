/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Records as lines for an 80x25 screen and a serial line at once.
 *
 * Pure. Printable ASCII, "\n" line ends, at most 79 columns; "\r" only to rewrite the one live progress line,
 * which is erased before anything else is written. The END line is longer: it is for machines too.
 */
#ifndef KIRIWAKE_REPORT_CONSOLE_H
#define KIRIWAKE_REPORT_CONSOLE_H

#include "core/fmt.h"
#include "core/record.h"

struct console_report {
	struct sink out;
	bool verbose;          /* notes, figures and coverage as well; the caller may set it */
	bool has_log;          /* what is left out here stands in log.txt */
	bool log_broke;        /* log-unavailable was found */
	bool live;             /* a progress line is on the screen */
	uint64_t live_ns;      /* when it was written */
	unsigned findings;     /* in the current step */
	const char *last_next; /* advice of the newest finding in the current step; NULL: none */
	bool triage_begun;
};

void console_report_init(struct console_report *c, struct sink out);

/* `c` must outlive the listener. */
struct listener console_report_listener(struct console_report *c);

#endif
