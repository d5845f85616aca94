/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* `kiriwake report`: the files of a run made once more from its results.jsonl. */
#ifndef KIRIWAKE_HOST_REPORT_H
#define KIRIWAKE_HOST_REPORT_H

#include <stdbool.h>

/* Reads DIR/results.jsonl, writes report.html, junit.xml, metrics.prom and, where there is none, log.txt into `out` (NULL: DIR),
 * and prints what LATEST.TXT says. False, with the reason on stderr: a file could not be read or written. */
bool report_directory(const char *directory, const char *out);

#endif
