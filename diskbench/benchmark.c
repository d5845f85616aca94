/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.benchmark: throughput over the disk, latency of random reads, seeks.
 *
 * Pure, over struct disk.
 * Method: only the firmware's read call is timed, not our poisoning and checking. The first read of a disk
 *         wakes it up and counts for nothing. One read at a time: the firmware completes asynchronous reads when a timer
 *         ticks, every few milliseconds. Where the data of several commands can be seen to come (queue.c), several at once
 *         as well, if asked for.
 * Pass if every read delivered its data.
 */
#include "diskbench/benchmark.h"
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/link.h"
#include "diskbench/together.h"

static const struct extent quick = {.zones = 17,
	.zone_bytes = 16u << 20,
	.zone_ns = SECOND_NS * 3 / 4,
	.small = {256, 512, 32, 3 * SECOND_NS},
	.large = {128, 256, 16, 2 * SECOND_NS},
	.queued = 256,
	.queued_ns = 3 * SECOND_NS,
	.seeks = 5,
	.seek_ns = 3 * SECOND_NS,
	.disk_ns = 30 * SECOND_NS};
static const struct extent thorough = {.zones = 65,
	.zone_bytes = 64u << 20,
	.zone_ns = 3 * SECOND_NS,
	.small = {4096, 16384, 256, 60 * SECOND_NS},
	.large = {2048, 8192, 128, 30 * SECOND_NS},
	.queued = 4096,
	.queued_ns = 20 * SECOND_NS,
	.seeks = 25,
	.seek_ns = 30 * SECOND_NS,
	.disk_ns = 360 * SECOND_NS};

static const struct extent *extent_of(const struct run *run)
{
	return config_thorough(run->config) ? &thorough : &quick;
}

static void benchmark_disk(struct disk_job *job)
{
	const struct extent *extent = extent_of(job->run);
	uint64_t bytes, small, large, queued = 0;
	char read[FMT_SIZE];

	job->what = "waking the disk up";
	if (job_going(job))
		job_read(job, job->disk->block_count / 4, 1);
	bytes = sequential_measure(job, extent);
	small = random_measure_4k(job, &extent->small);
	large = random_measure_64k(job, &extent->large);
	if (job->run->config->disk_queue_depth > 0)
		queued = queue_measure(job, extent);
	seek_measure(job, extent);
	disk_link_tell(job->run, job->disk);
	job->incomplete = bytes == 0 || small == 0 || large == 0;
	fmt_to(job->summary, sizeof(job->summary),
		"read %s in zones from the first block to the last, and at random %llu times 4 KiB and %llu times 64 KiB",
		fmt_bytes(read, bytes), (unsigned long long)small, (unsigned long long)large);
	if (queued > 0)
		fmt_add(job->summary, sizeof(job->summary), ", and %llu times with %u in flight",
			(unsigned long long)queued, job->run->config->disk_queue_depth);
}

static enum verdict run_benchmark(struct run *run)
{
	enum verdict v = job_each_disk(run, extent_of(run)->disk_ns, benchmark_disk);

	if (run->config->disk_together && !run->stopped)
		together_measure(run, extent_of(run)->disk_ns);
	return v;
}

const struct check disk_benchmark_check = {
	.id = "disk.benchmark",
	.title = "Disk throughput, latency and seeks, read only",
	.pass_if =
		"every read delivers its data: no error, no time-out, no poison left in the buffer",
	.need = NEED_DISK,
	.run = run_benchmark,
};
