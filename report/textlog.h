/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* log.txt: every record as text, with its time since the start of the run.
 *
 * Pure. Printable ASCII; lines are as long as their content. Progress is thinned to one line in ten seconds.
 */
#ifndef KIRIWAKE_REPORT_TEXTLOG_H
#define KIRIWAKE_REPORT_TEXTLOG_H

#include "core/fmt.h"
#include "core/record.h"

struct textlog {
	struct sink out;
	bool progressed;      /* progress was written in the current step */
	uint64_t progress_ns; /* when */
};

void textlog_init(struct textlog *log, struct sink out);

/* `log` must outlive the listener. */
struct listener textlog_listener(struct textlog *log);

#endif
