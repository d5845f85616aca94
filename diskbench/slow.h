/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slow regions: chunks that take far longer than the rest, not once but again and again.
 *
 * Pure, over struct disk.
 * Method: a chunk slower than both 50 ms and 8 times the median is put aside and read 4 more times, each time after
 *         all the others put aside, so that the drive's cache is less likely to answer. The second fastest
 *         of the 4 decides: a hiccup of the machine is not a bad sector.
 */
#ifndef KIRIWAKE_DISKBENCH_SLOW_H
#define KIRIWAKE_DISKBENCH_SLOW_H

#include "diskbench/job.h"

/* Enters the time of one chunk into the session's histogram, and puts the chunk aside if it is slow. */
void slow_add(struct disk_job *job, uint64_t lba, uint32_t count, uint64_t took_ns);

/* Whether so many are put aside that they should be judged now. */
bool slow_is_full(const struct disk_job *job);

/* Reads what was put aside again, reports what stays slow, and forgets the rest. Stops with the job. */
void slow_judge(struct disk_job *job);

#endif
