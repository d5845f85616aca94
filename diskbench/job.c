/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading one disk under give-up rules. Pure. See job.h. */
#include "diskbench/job.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define SECOND_NS UINT64_C(1000000000)

#define BAD_PLACES_MAX    32
#define BAD_BLOCKS_MAX    256
#define TIMEOUTS_MAX      2
#define FAILING_MAX_NS    (300 * SECOND_NS)
#define NARROW_READS_MAX  1024            /* to find the bad blocks of one failed read */
#define NARROW_MIN_NS     (5 * SECOND_NS) /* granted for that even when the disk's time is over */
#define REREADS           3               /* of each bad block */
#define REREADS_MAX_NS    (2 * SECOND_NS) /* no new re-read of a block after that */
#define PULSE_EVERY_NS    (SECOND_NS / 2)
#define PROGRESS_EVERY_NS (SECOND_NS / 10)
#define NARROW_STACK      33 /* halving a 32-bit count leaves at most one open half per level */

/* How a failed read is being narrowed. */
struct search {
	uint64_t open;          /* blocks that were not read alone, nor with others that could be */
	uint64_t bad;           /* blocks */
	unsigned reads, failed; /* so far, and of these */
};

/* Blocks still to be looked at while narrowing. */
struct open_range {
	uint64_t lba;
	uint32_t count;
};

const char *job_end_text(enum job_end end)
{
	static const char *const texts[] = {
		[JOB_GOING] = "there was too little time",
		[JOB_OUT_OF_TIME] = "its time is over",
		[JOB_STOPPED] = "the run was stopped",
		[JOB_BAD_PLACES] = "32 bad places were found",
		[JOB_BAD_BLOCKS] = "256 bad blocks were found",
		[JOB_TIMEOUTS] = "2 reads timed out",
		[JOB_GONE] = "the disk is gone",
		[JOB_SLOW_ERRORS] = "failing reads took 5 minutes",
		[JOB_STUCK] = "after an error blocks that had been read before failed too",
	};

	return texts[end];
}

uint32_t job_chunk_blocks(const struct disk_job *job)
{
	size_t bytes = job->disk->buffer_bytes;

	return (uint32_t)((bytes < JOB_CHUNK_BYTES ? bytes : JOB_CHUNK_BYTES) /
			  job->disk->block_bytes);
}

void job_begin(struct disk_job *job, struct run *run, size_t index, uint64_t limit_ns)
{
	const struct machine *m = run->machine;
	uint64_t now_ns = run_now_ns(run);

	*job = (struct disk_job){
		.run = run,
		.disk = &m->disks[index],
		.state = &run->disk->disks[index],
		.share_ns = limit_ns,
		.deadline_ns = limit_ns == JOB_NO_LIMIT ? JOB_NO_LIMIT : now_ns + limit_ns,
		.what = "reading",
		.unit = "MiB",
		.pulse_ns = now_ns,
	};
	disk_reader_init(
		&job->reader, job->disk, &m->clock, rng_mix(run->seed) + run->disk->jobs++);
}

void job_probe(struct disk_job *job)
{
	if (!text_same(job->disk->bus, "usb"))
		return;
	job_read(job, 0, 1);
	job->delivered = 0;
}

bool job_going(struct disk_job *job)
{
	uint64_t now_ns = run_now_ns(job->run);

	if (job->end != JOB_GOING)
		return false;
	if (now_ns >= job->deadline_ns) {
		job->end = JOB_OUT_OF_TIME;
		job->time_over = true;
	}
	if (now_ns - job->pulse_ns >= PULSE_EVERY_NS) {
		job->pulse_ns = now_ns;
		if (!run_pulse(job->run))
			job->end = JOB_STOPPED;
	}
	return job->end == JOB_GOING;
}

void job_progress(struct disk_job *job, uint64_t lba)
{
	uint64_t now_ns = run_now_ns(job->run);

	if (!job->surely && job->progress_ns != 0 && now_ns - job->progress_ns < PROGRESS_EVERY_NS)
		return;
	job->progress_ns = now_ns;
	record_progress_left(job->run->rec, job->disk->id, job->what, job->done, job->total,
		job->unit, "lba", lba, job->left_ns, job->surely);
	job->surely = false;
}

static void remember_good(struct disk_job *job, uint64_t lba)
{
	if (job->good_count < ARRAY_LEN(job->good_lba))
		job->good_count++;
	job->good_lba[job->good_count - 1] = lba;
}

/* After a failed read: whether blocks that were good still are. A driver that fails them too says nothing about the
 * disk any more. */
static void check_path(struct disk_job *job)
{
	enum read_status status = READ_GOOD;

	for (unsigned i = 0; i < job->good_count; i++) {
		status = disk_reader_read(&job->reader, job->good_lba[i], 1).status;
		if (status == READ_GOOD || status == READ_TIMEOUT || status == READ_GONE)
			break;
	}
	if (status != READ_GOOD)
		job->end = job->state->given_up = JOB_STUCK;
}

/* What a read that failed since start_ns means for giving up. */
static void weigh(struct disk_job *job, uint64_t lba, uint32_t count, enum read_status status,
	uint64_t start_ns)
{
	if (status == READ_TIMEOUT)
		damage_timeout(job, lba, count, run_now_ns(job->run) - start_ns);
	else if (status == READ_GONE)
		damage_gone(job, lba);
	if (status != READ_GONE)
		check_path(job);
	job->failing_ns += run_now_ns(job->run) - start_ns;
	if (job->failing_ns >= FAILING_MAX_NS && job->end == JOB_GOING)
		job->end = JOB_SLOW_ERRORS;
	if (status == READ_TIMEOUT && ++job->state->timeouts >= TIMEOUTS_MAX)
		job->end = job->state->given_up = JOB_TIMEOUTS;
	else if (status == READ_GONE)
		job->end = job->state->given_up = JOB_GONE;
}

/* One truthful read, with what it means for giving up. */
static struct read_result attempt(struct disk_job *job, uint64_t lba, uint32_t count)
{
	struct read_result r;
	uint64_t start_ns = run_now_ns(job->run);

	job_progress(job, lba);
	r = disk_reader_read(&job->reader, lba, count);
	if (r.status == READ_GOOD) {
		remember_good(job, lba);
		return r;
	}
	if (r.status == READ_ERROR || r.status == READ_LIED)
		text_copy(job->error, sizeof(job->error), damage_status(job->disk));
	weigh(job, lba, count, r.status, start_ns);
	return r;
}

static struct damage damage_of(const struct disk_job *job, const struct read_result *r)
{
	struct damage d = {.lba = r->bad_lba,
		.count = r->bad_count,
		.status = r->status,
		.in_part = r->in_part};

	if (r->status == READ_ERROR)
		text_copy(d.error, sizeof(d.error), job->error);
	text_copy(d.cause.text, sizeof(d.cause.text), "not known: the drive was not asked");
	return d;
}

static void take_down(struct disk_job *job, const struct damage *d)
{
	damage_add(job, d);
	if (job->end != JOB_GOING)
		return;
	if (job->bad_places >= BAD_PLACES_MAX)
		job->end = JOB_BAD_PLACES;
	else if (job->bad_blocks >= BAD_BLOCKS_MAX)
		job->end = JOB_BAD_BLOCKS;
}

/* Asks the drive why, once for neighbouring blocks; of one that never failed again there is nothing to ask. */
static void find_cause(struct disk_job *job, struct damage *d)
{
	uint64_t start_ns = run_now_ns(job->run);

	if (job->damage.count > 0 && job->damage.lba + job->damage.count == d->lba)
		d->cause = job->damage.cause;
	else if (d->failed > 0 && job->end == JOB_GOING)
		cause_ask(job->disk, d->lba, rng_next(&job->reader.keys), &d->cause);
	job->failing_ns += run_now_ns(job->run) - start_ns;
}

/* A single block failed: reads it again, asks for the cause, and takes it down. `twice`: it had failed before, among
 * others. Returns whether it is bad. */
static bool confirm(struct disk_job *job, const struct read_result *r, bool twice)
{
	struct damage d = damage_of(job, r);
	uint64_t start_ns = run_now_ns(job->run);

	if (damage_known(job, d.lba)) {
		job->known_bad++;
		return true;
	}
	d.narrowed = true;
	while (d.reread < REREADS && job_going(job) &&
		run_now_ns(job->run) - start_ns < REREADS_MAX_NS) {
		d.reread++;
		d.failed += attempt(job, d.lba, 1).status != READ_GOOD;
	}
	if (twice && d.failed == 0) {
		d.reread++;
		d.failed++;
	}
	d.recovered = d.reread > 0 && d.failed == 0;
	find_cause(job, &d);
	take_down(job, &d);
	return !d.recovered;
}

static size_t push_halves(struct open_range *stack, size_t depth, uint64_t lba, uint32_t count)
{
	uint32_t left = count / 2;

	stack[depth++] = (struct open_range){lba + left, count - left};
	stack[depth++] = (struct open_range){lba, left};
	return depth;
}

/* Finds the bad blocks of a failed read, in ascending order. */
static void find_bad(struct disk_job *job, const struct read_result *failed, struct search *search)
{
	struct open_range stack[NARROW_STACK];
	size_t depth = push_halves(stack, 0, failed->bad_lba, failed->bad_count);

	for (; depth > 0 && search->reads < NARROW_READS_MAX && job_going(job); search->reads++) {
		struct open_range range = stack[--depth];
		struct read_result r = attempt(job, range.lba, range.count);

		if (r.status == READ_GOOD)
			continue;
		search->failed++;
		if (r.status == READ_TIMEOUT || r.status == READ_GONE)
			search->open += range.count;
		else if (r.bad_count == 1)
			search->bad += confirm(job, &r, true);
		else
			depth = push_halves(stack, depth, r.bad_lba, r.bad_count);
	}
	while (depth > 0)
		search->open += stack[--depth].count;
}

/* No block of a failed read is known to be bad. */
static void tell_whole(
	struct disk_job *job, const struct read_result *failed, const struct search *search)
{
	struct damage d = damage_of(job, failed);

	if (job->end == JOB_STUCK)
		cause_of_silence(job->disk, &d.cause);
	d.narrowed = d.recovered = search->open == 0;
	if (d.recovered) {
		d.reread = search->reads;
		d.failed = search->failed;
	}
	take_down(job, &d);
}

/* Returns how many of the failed read's blocks were not delivered after all. */
static uint64_t narrow(struct disk_job *job, const struct read_result *failed)
{
	struct search search = {0};

	if (failed->bad_count == 1) {
		search.bad = confirm(job, failed, false);
	} else {
		find_bad(job, failed, &search);
		if (search.bad == 0)
			tell_whole(job, failed, &search);
	}
	damage_flush(job);
	return search.open + search.bad;
}

/* Narrows and reports what failed of a read of `count` blocks. */
static struct job_read settle(struct disk_job *job, const struct read_result *r, uint32_t count)
{
	uint64_t deadline_ns = job->deadline_ns, least_ns, lost = count;

	job->failures++;
	if (r->status == READ_ERROR || r->status == READ_LIED) {
		least_ns = run_now_ns(job->run) + NARROW_MIN_NS;
		if (job->deadline_ns < least_ns)
			job->deadline_ns = least_ns;
		lost = narrow(job, r);
		job->deadline_ns = deadline_ns;
	}
	lost = lost < count ? lost : count;
	job->delivered += count - lost;
	return (struct job_read){.delivered = count - (uint32_t)lost};
}

struct job_read job_read(struct disk_job *job, uint64_t lba, uint32_t count)
{
	struct read_result r = attempt(job, lba, count);

	if (r.status != READ_GOOD)
		return settle(job, &r, count);
	job->delivered += count;
	return (struct job_read){true, count, r.took_ns};
}

void job_failed(struct disk_job *job, const struct read_result *failed, uint64_t start_ns)
{
	weigh(job, failed->bad_lba, failed->bad_count, failed->status, start_ns);
	settle(job, failed, failed->bad_count);
}
