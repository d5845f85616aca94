/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.surface: the whole disk, or as much of it as the time allows, evenly spread.
 *
 * Pure, over struct disk.
 * Pass if every block read was delivered; how much that was is part of the answer.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/plan.h"
#include "diskbench/select.h"
#include "diskbench/slow.h"

#define SECOND_NS     UINT64_C(1000000000)
#define QUICK_DISK_NS (15 * SECOND_NS)

static uint64_t limit_of(const struct run *run)
{
	if (run->config->disk_time_ns != 0)
		return run->config->disk_time_ns;
	return config_thorough(run->config) ? JOB_NO_LIMIT : QUICK_DISK_NS;
}

/* Front to back is kindest to rotating disks; it needs the time to reach the end, with a quarter to spare. */
static bool fits(const struct disk_job *job, uint64_t limit_ns)
{
	uint64_t per_s = job->state->bytes_per_s;

	return limit_ns == JOB_NO_LIMIT ||
	       (per_s > 0 && disk_bytes(job->disk) / per_s < limit_ns / SECOND_NS * 4 / 5);
}

/* done / total in ten-thousandths of a percent, rounded down. */
static uint64_t millionths(uint64_t done, uint64_t total)
{
	while (total > UINT64_MAX / 1000000) {
		total >>= 1;
		done >>= 1;
	}
	return done * 1000000 / total;
}

static void summarize(struct disk_job *job, uint64_t done_blocks, bool spread)
{
	const struct disk *disk = job->disk;
	uint64_t part = millionths(done_blocks, disk->block_count);
	bool tiny = part < 100; /* under 0.01 % two more digits are worth it */
	char done[FMT_SIZE], total[FMT_SIZE], percent[FMT_SIZE];

	record_measure(job->run->rec, disk->id, "surface-covered", part, 4, "%");
	fmt_bytes(total, disk_bytes(disk));
	if (done_blocks == disk->block_count) {
		fmt_to(job->summary, sizeof(job->summary), "read all %s, every block", total);
		return;
	}
	fmt_to(job->summary, sizeof(job->summary), "read %s of %s, %s %%, %s",
		fmt_bytes(done, done_blocks * disk->block_bytes), total,
		fmt_decimal(percent, tiny ? part : part / 100, tiny ? 4 : 2),
		spread ? "evenly spread" : "front to back");
}

static void measure_chunks(struct disk_job *job)
{
	static const struct {
		const char *name;
		uint32_t per_100k;
	} rows[] = {
		{"surface-read-p50", 50000},
		{"surface-read-p99", 99000},
		{"surface-read-p99.9", 99900},
	};
	const struct histogram *latency = &job->run->disk->latency;

	if (latency->count == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		record_measure(job->run->rec, job->disk->id, rows[i].name,
			histogram_percentile(latency, rows[i].per_100k) / 100, 1, "us");
	record_measure(
		job->run->rec, job->disk->id, "surface-read-max", latency->max / 100, 1, "us");
}

/* The scan leaves a fifth of the time to judge slow chunks, once there are any. */
static uint64_t scan_end_ns(const struct disk_job *job, uint64_t limit_ns)
{
	if (limit_ns == JOB_NO_LIMIT || job->run->disk->slow_count == 0)
		return job->deadline_ns;
	return job->deadline_ns - limit_ns / 5;
}

static void scan_disk(struct disk_job *job)
{
	struct disk_session *session = job->run->disk;
	uint64_t limit_ns = limit_of(job->run), done_blocks = 0, lba;
	struct disk_plan plan;
	uint32_t count;

	memset(&session->latency, 0, sizeof(session->latency));
	session->slow_count = 0;
	session->slow_seen = 0;
	disk_plan_init(&plan, job->disk->block_count, job_chunk_blocks(job), !fits(job, limit_ns));
	job->what = "reading the surface";
	job->total = disk_bytes(job->disk) >> 20;
	while (job_going(job) && run_now_ns(job->run) < scan_end_ns(job, limit_ns) &&
		disk_plan_next(&plan, &lba, &count)) {
		struct job_read r = job_read(job, lba, count);

		done_blocks += r.delivered;
		job->done = done_blocks * job->disk->block_bytes >> 20;
		if (r.clean)
			slow_add(job, lba, count, r.took_ns);
		if (slow_is_full(job))
			slow_judge(job);
	}
	slow_judge(job);
	measure_chunks(job);
	summarize(job, done_blocks, plan.spread);
}

static enum verdict run_surface(struct run *run)
{
	return job_each_disk(run, limit_of(run), scan_disk);
}

const struct check disk_surface_check = {
	.id = "disk.surface",
	.title = "Disk surface scan, read only",
	.pass_if =
		"every block that the time allowed to read was delivered, and no region is far slower than the rest",
	.need = NEED_DISK,
	.run = run_surface,
};
