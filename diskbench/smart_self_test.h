/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The short self-test of a drive, on request: disk.self-test=short. Pure, over struct disk. */
#ifndef KIRIWAKE_DISKBENCH_SMART_SELF_TEST_H
#define KIRIWAKE_DISKBENCH_SMART_SELF_TEST_H

#include "diskbench/smart.h"

/* Starts it, waits a bounded time with progress, aborts it when the run is stopped, and reads all pages anew: the last entry of
 * the log has the result. A drive that has none, or refuses, says so in a note. Returns whether the pages can be judged. */
bool smart_self_test(struct smart_job *job);

#endif
