/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slow regions: chunks that take far longer than the rest, not once but again and again.
 *
 * Pure, over struct disk.
 * Method: a chunk slower than both 50 ms and 8 times the median is put aside and read 6 more times, in turns. One
 *         re-read at usual speed acquits it: a hiccup of the machine is not a bad sector. Before each turn but the
 *         first chunks all over the disk are read: they push what was put aside out of the drive's cache, and where
 *         they too are slow it is the machine that is out of breath, and the turn is left out.
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
