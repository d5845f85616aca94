/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Latencies of reads on record, under the names that fio's JSON output has for them.
 *
 * Pure.
 */
#ifndef KIRIWAKE_DISKBENCH_LATENCY_H
#define KIRIWAKE_DISKBENCH_LATENCY_H

#include "core/histogram.h"
#include "diskbench/job.h"

/* Of reads of read_bytes each, one every each_ns: NAME.clat_ns.min, .percentile.99.000000, NAME.iops, NAME.bw_bytes and so
 * on, and the curve NAME.clat_ns. Nothing of an empty histogram, or where each_ns is 0. */
void latency_tell(const struct disk_job *job, const char *name, const struct histogram *latency,
	uint64_t read_bytes, uint64_t each_ns);

#endif
