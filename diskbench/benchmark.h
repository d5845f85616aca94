/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of disk.benchmark, each over one disk. What they measure they put on record.
 *
 * Pure, over struct disk.
 */
#ifndef KIRIWAKE_DISKBENCH_BENCHMARK_H
#define KIRIWAKE_DISKBENCH_BENCHMARK_H

#include "diskbench/job.h"

#define SECOND_NS UINT64_C(1000000000)

/* How many random reads of one size: at least and, as long as it is not steady, at most; whichever of number and time
 * ends first. */
struct random_extent {
	unsigned least, most, round;
	uint64_t ns;
};

/* How much is measured. */
struct extent {
	unsigned zones;
	uint64_t zone_bytes, zone_ns;
	struct random_extent small, large;
	unsigned queued; /* reads with several in flight, in at most queued_ns */
	uint64_t queued_ns;
	unsigned seeks; /* over each distance */
	uint64_t seek_ns;
	uint64_t disk_ns; /* all of it, errors included */
};

/* Throughput in zones that lie evenly between the first block and the last, both included: the curve seq-read, and its
 * start, middle, end, min, max and mean. Returns the bytes delivered, 0 if any zone delivered none. */
uint64_t sequential_measure(struct disk_job *job, const struct extent *extent);

/* Latency of reads at random places, of 4 KiB or 64 KiB (a block, where that is more). Returns how many counted. */
uint64_t random_measure_4k(struct disk_job *job, const struct random_extent *extent);
uint64_t random_measure_64k(struct disk_job *job, const struct random_extent *extent);

/* Latency and rate of reads of 4 KiB at random places with config->disk_queue_depth > 0 of them in flight at once, as
 * "randread-4k-qdN"; where that cannot be had, a note says why. Returns how many counted. */
uint64_t queue_measure(struct disk_job *job, const struct extent *extent);

/* Latency over the distance from the read before: the curve seek. Not on disks that are known not to rotate. */
void seek_measure(struct disk_job *job, const struct extent *extent);

#endif
