/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slow regions: chunks that take far longer than the rest, not once but again and again.
 *
 * Pure, over struct disk.
 * Method: a chunk slower than both 50 ms and 8 times the median is put aside and read 10 more times, in turns. It is
 *         slow if the second decile of these is, that is, all of them but at most one: a hiccup of the machine is not a
 *         bad sector, and one good read does not make a good one. Before each turn chunks all over the disk are read:
 *         they push what was put aside out of the drive's cache, and where they too are slow it is the machine that is
 *         out of breath, and the turn is left out. hdck judges blocks by a decile in the same way.
 */
#ifndef KIRIWAKE_DISKBENCH_SLOW_H
#define KIRIWAKE_DISKBENCH_SLOW_H

#include "diskbench/job.h"

#define SLOW_JUDGE_NS UINT64_C(10000000000) /* what slow_judge() should be given */

/* Enters the time of one chunk into the session's histogram, and puts the chunk aside if it is slow. */
void slow_add(struct disk_job *job, uint64_t lba, uint32_t count, uint64_t took_ns);

/* Whether so many are put aside that they should be judged now. */
bool slow_is_full(const struct disk_job *job);

/* Reads what was put aside again, reports what stays slow, and forgets the rest. Stops with the job. */
void slow_judge(struct disk_job *job);

#endif
