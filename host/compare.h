/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* build/kiriwake compare: what changed from one run to another. */
#ifndef KIRIWAKE_HOST_COMPARE_H
#define KIRIWAKE_HOST_COMPARE_H

/* Prints to stdout, `!` before what matters. Both are directories with a results.jsonl, or such files. Exit code: 0
 * nothing that matters, 1 something does, 64 a run cannot be read. */
int compare_runs(const char *old, const char *new);

#endif
