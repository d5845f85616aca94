/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.surface: the whole disk, or as much of it as the time allows, evenly spread.
 *
 * Pure, over struct disk.
 * Pass if every block read was delivered; how much that was is part of the answer.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/latency_map.h"
#include "diskbench/plan.h"
#include "diskbench/select.h"
#include "diskbench/slow.h"

#define SECOND_NS     UINT64_C(1000000000)
#define QUICK_DISK_NS (15 * SECOND_NS)
#define MAP_EVERY_NS  (300 * SECOND_NS)
#define ALL_PERCENT   100
#define STEPS_MAX     512

/* A disk's fair part of what the budget leaves. Unless only disks are tested, memory wants its time as well. */
static uint64_t share_ns(const struct run *run)
{
	uint64_t now_ns = run_now_ns(run), left_ns;

	if (run->deadline_ns == UINT64_MAX)
		return JOB_NO_LIMIT;
	left_ns = run->deadline_ns > now_ns ? run->deadline_ns - now_ns : 0;
	left_ns = run->config->profile == PROFILE_DISK ? left_ns / 8 * 7 : left_ns / 2;
	return left_ns / (run->disk->chosen_count + (run->disk->chosen_count == 0));
}

/* Time to read one disk, the judging of slow chunks left out. */
static uint64_t limit_of(const struct run *run)
{
	uint64_t limit_ns = config_thorough(run->config) ? JOB_NO_LIMIT : QUICK_DISK_NS;
	uint64_t share = share_ns(run);

	if (run->config->disk_time_ns != 0)
		return run->config->disk_time_ns;
	return share < limit_ns ? share : limit_ns;
}

static uint64_t sample_of(const struct run *run)
{
	return run->config->disk_sample == 0 ? ALL_PERCENT : run->config->disk_sample;
}

/* The first part of the deadline is for reading, the rest to judge slow chunks. */
static uint64_t scan_end_ns(const struct disk_job *job)
{
	return job->deadline_ns == JOB_NO_LIMIT ? JOB_NO_LIMIT : job->deadline_ns - SLOW_JUDGE_NS;
}

/* Front to back is kindest to rotating disks; it needs the time to reach the end, with a quarter to spare. */
static bool fits(const struct disk_job *job)
{
	uint64_t per_s = job->state->bytes_per_s,
		 limit_ns = scan_end_ns(job) - run_now_ns(job->run);

	if (sample_of(job->run) < ALL_PERCENT)
		return false;
	return job->deadline_ns == JOB_NO_LIMIT ||
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

static void summarize(struct disk_job *job, const struct disk_plan *plan, uint64_t done_blocks)
{
	const struct disk *disk = job->disk;
	uint64_t part = millionths(done_blocks, disk->block_count);
	bool tiny = part < 100; /* under 0.01 % two more digits are worth it */
	char done[FMT_SIZE], total[FMT_SIZE], percent[FMT_SIZE], from[48] = "front to back";

	record_measure(job->run->rec, disk->id, "surface-covered", part, 4, "%");
	fmt_bytes(total, disk_bytes(disk));
	if (done_blocks == disk->block_count) {
		fmt_to(job->summary, sizeof(job->summary), "read all %s, every block", total);
		return;
	}
	if (plan->first > 0)
		fmt_to(from, sizeof(from), "from LBA %llu on, where run %04u stopped",
			(unsigned long long)plan->first * plan->chunk_blocks,
			job->run->disk->interrupted.run);
	fmt_to(job->summary, sizeof(job->summary), "read %s of %s, %s %%, %s",
		fmt_bytes(done, done_blocks * disk->block_bytes), total,
		fmt_decimal(percent, tiny ? part : part / 100, tiny ? 4 : 2),
		plan->spread ? "evenly spread" : from);
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
	latency_map_tell(job, &job->run->disk->latency_map);
}

/* Where to go on. A place that is bad, or where the run before died although it took care, would only end this run, too. */
static uint64_t resume_lba(const struct disk_job *job, const struct interrupted_scan *i)
{
	const uint32_t chunk = job_chunk_blocks(job);
	uint64_t lba = i->lba + (i->in_step ? SURFACE_STEP / job->disk->block_bytes : 0);

	if (lba != i->lba || i->behind_bad)
		lba = (lba + chunk - 1) / chunk * chunk;
	return lba < job->disk->block_count ? lba : job->disk->block_count;
}

/* Where the run before died on this very disk: says so, and goes on from there if that is wanted. Returns whether it does. */
static bool resume(struct disk_job *job, struct disk_plan *plan)
{
	const struct interrupted_scan *i = &job->run->disk->interrupted;
	char goes_on[80] = "disk.resume=yes would go on from there";
	const bool goes = job->run->config->disk_resume;
	uint64_t lba;

	if (i->serial[0] == '\0' || !text_same(i->serial, job->disk->serial) ||
		i->lba > job->disk->block_count - !i->behind_bad || plan->spread)
		return false;
	lba = resume_lba(job, i);
	if (goes) {
		disk_plan_start_at(plan, lba);
		fmt_to(goes_on, sizeof(goes_on),
			i->in_step || i->behind_bad
				? "this run goes on behind that place, which is bad, at LBA %llu"
				: "this run goes on from there",
			(unsigned long long)lba);
	}
	record_note(job->run->rec, job->disk->id,
		"%s: the surface scan of this disk in run %04u stopped at LBA %llu; %s.",
		job->disk->id, i->run, (unsigned long long)i->lba, goes_on);
	return goes;
}

/* Prepares the session's scratch and the plan. */
static void begin(struct disk_job *job, struct disk_plan *plan)
{
	struct disk_session *session = job->run->disk;
	bool resumed;
	size_t kept = 0;

	memset(&session->latency, 0, sizeof(session->latency));
	memset(&session->latency_map, 0, sizeof(session->latency_map));
	session->slow_count = 0;
	session->slow_seen = 0;
	for (size_t i = 0; i < session->failed_count; i++) {
		if (session->failed[i].disk != job->disk)
			session->failed[kept++] = session->failed[i];
	}
	session->failed_count = kept;
	disk_plan_init(plan, job->disk->block_count, job_chunk_blocks(job), !fits(job),
		job->run->seed + job->run->pass);
	resumed = job->run->pass == 0 && resume(job, plan);
	job->state->scanned = *plan;
	job->what = plan->spread ? "surface, evenly spread"
		    : resumed    ? SURFACE_IN_STEPS
				 : SURFACE_IN_ORDER;
	job->total = disk_bytes(job->disk) >> 20;
}

/* By the time that the chunks so far took; the limit may come first. */
static void estimate_left(struct disk_job *job, uint64_t begin_ns, uint64_t done, uint64_t left)
{
	const uint64_t now_ns = run_now_ns(job->run), limit_ns = scan_end_ns(job) - now_ns;

	job->left_ns = done == 0 ? 0 : (now_ns - begin_ns) / done * left;
	if (job->left_ns > limit_ns)
		job->left_ns = limit_ns;
}

/* The log is up to ten seconds behind, and progress in it up to ten more: for as much as could have been read in that time, a
 * resumed scan has each step on the log volume before it is begun, so that another death shows where. */
static void take_care(struct disk_job *job, const struct disk_plan *plan, uint64_t lba)
{
	const uint64_t step = SURFACE_STEP / job->disk->block_bytes,
		       begin = plan->first * plan->chunk_blocks;

	if (!text_same(job->what, SURFACE_IN_STEPS))
		return;
	job->surely = (lba - begin) % step < plan->chunk_blocks;
	if ((lba - begin) / step >= STEPS_MAX)
		job->what = SURFACE_IN_ORDER;
}

/* Returns the blocks delivered. */
static uint32_t read_chunk(struct disk_job *job, uint64_t lba, uint32_t count)
{
	struct disk_session *session = job->run->disk;
	struct job_read r = job_read(job, lba, count);

	if (r.delivered < count && session->failed_count < FAILED_MAX)
		session->failed[session->failed_count++] = (struct failed_chunk){
			job->disk, lba, count, r.delivered};
	if (r.clean) {
		latency_map_add(job, &session->latency_map, lba, r.took_ns);
		slow_add(job, lba, count, r.took_ns);
	}
	return r.delivered;
}

/* Reads until the plan, the time or the sample is done. Returns the blocks delivered. */
static uint64_t scan(struct disk_job *job, struct disk_plan *plan)
{
	const uint64_t begin_ns = run_now_ns(job->run);
	const uint64_t chunks = disk_plan_chunks(plan) - plan->first;
	const uint64_t wanted = (chunks * sample_of(job->run) + ALL_PERCENT - 1) / ALL_PERCENT;
	uint64_t delivered = 0, map_ns = begin_ns, lba;
	uint32_t count;

	for (uint64_t made = 0;
		made < wanted && job_going(job) && run_now_ns(job->run) < scan_end_ns(job) &&
		disk_plan_next(plan, &lba, &count);
		made++) {
		estimate_left(job, begin_ns, made, wanted - made);
		take_care(job, plan, lba);
		delivered += read_chunk(job, lba, count);
		job->done = delivered * job->disk->block_bytes >> 20;
		job->state->scanned = *plan;
		if (run_now_ns(job->run) - map_ns >= MAP_EVERY_NS) {
			map_ns = run_now_ns(job->run);
			job->state->map_due = true;
		}
		if (slow_is_full(job))
			slow_judge(job);
	}
	return delivered;
}

static void scan_disk(struct disk_job *job)
{
	struct disk_plan plan;
	uint64_t delivered;

	begin(job, &plan);
	if (job->share_ns != JOB_NO_LIMIT)
		job->share_ns -= SLOW_JUDGE_NS;
	delivered = scan(job, &plan);
	job->time_over |= run_now_ns(job->run) >= scan_end_ns(job);
	slow_judge(job);
	measure_chunks(job);
	summarize(job, &plan, delivered);
	job->state->map_due = delivered > 0 || job->failures > 0;
}

static enum verdict run_surface(struct run *run)
{
	uint64_t limit_ns;

	disk_select(run);
	limit_ns = limit_of(run);
	return job_each_disk(
		run, limit_ns == JOB_NO_LIMIT ? JOB_NO_LIMIT : limit_ns + SLOW_JUDGE_NS, scan_disk);
}

const struct check disk_surface_check = {
	.id = "disk.surface",
	.title = "Disk surface scan, read only",
	.pass_if =
		"every block that the time allowed to read was delivered, and no region is far slower than the rest",
	.need = NEED_DISK,
	.run = run_surface,
};
