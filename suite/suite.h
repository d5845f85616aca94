/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One run of everything on one machine: the entry point both programs share.
 *
 * Pure.
 */
#ifndef KIRIWAKE_SUITE_SUITE_H
#define KIRIWAKE_SUITE_SUITE_H

#include "core/config.h"
#include "core/machine.h"
#include "core/verdict.h"
#include <stdbool.h>
#include <stddef.h>

#define END_LINE_SIZE 160

struct suite_outcome {
	enum verdict verdict;
	bool complete;
	enum finish on_finish;
	char end_line[END_LINE_SIZE]; /* "KIRIWAKE END ...", without a line end */
};

/* Everything a run remembers. Megabytes: the caller provides suite_bytes() zeroed bytes, 16-aligned. */
struct suite;
size_t suite_bytes(void);

/* Reads the options, runs the selected checks, writes the log, prints the end line as the last thing on the
 * console, and gives cards and memory back. Does not shut anything down: the caller acts on `on_finish`. */
struct suite_outcome suite_run(struct suite *suite, struct machine *machine);

#endif
