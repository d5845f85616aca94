/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Random reads with several in flight. Pure, over struct disk_queue. See benchmark.h.
 *
 * Method: bursts. All the reads are sent at once, and the next burst waits until all of them have ended: as fio does it
 *         with iodepth_batch_submit and iodepth_batch_complete_min equal to iodepth. Firmware tells of an end only when a
 *         timer ticks, every few milliseconds; but the poison disappears from a buffer when its data comes, and that
 *         moment is measured. Where data never shows before the firmware tells (it then comes by way of buffers of the
 *         firmware), the figures would be the timer's, and are not told.
 */
#include "core/fmt.h"
#include "diskbench/benchmark.h"
#include "diskbench/checks.h"
#include "diskbench/latency.h"
#include "diskbench/poison.h"
#include "diskbench/select.h"

#define READ_BYTES 4096u
#define LOOK_NS    1000u /* from one look at all of them to the next */
#define LOST_NS    (10 * SECOND_NS)

struct queue {
	struct disk_job *job;
	const struct disk_queue *port;
	uint8_t *buffers;
	struct flight *flights;
	struct rng places;
	uint32_t blocks;                /* per read */
	unsigned depth, sent, flying;   /* sent, flying: of this burst */
	bool lost;                      /* some never ended */
	uint64_t early;                 /* reads whose data was seen before the firmware told */
	uint64_t burst_reads, burst_ns; /* of bursts without a failure */
};

static uint8_t *buffer_of(const struct queue *q, unsigned slot)
{
	return q->buffers + (size_t)slot * DISK_QUEUE_BYTES;
}

/* Sends as many as the driver takes, up to the depth. */
static void send_all(struct queue *q)
{
	const struct disk *disk = q->job->disk;

	for (unsigned i = 0; i < q->depth; i++) {
		struct flight *f = &q->flights[i];

		*f = (struct flight){
			.lba = rng_below(&q->places, disk->block_count / q->blocks) * q->blocks,
			.key = rng_next(&q->job->reader.keys)};
		f->command = disk_nvme_read(disk, f->lba, q->blocks);
		poison_fill(buffer_of(q, i), READ_BYTES, f->key);
	}
	for (q->sent = 0; q->sent < q->depth; q->sent++) {
		struct flight *f = &q->flights[q->sent];

		f->start_ns = run_now_ns(q->job->run);
		if (q->port->start(q->port->ctx, q->sent, &f->command) != DISK_OK)
			break;
	}
	q->flying = q->sent;
}

static void look(struct queue *q, unsigned slot)
{
	struct flight *f = &q->flights[slot];
	uint64_t now_ns = run_now_ns(q->job->run);

	if (f->came_ns == 0 && poison_left(buffer_of(q, slot), READ_BYTES - sizeof(uint64_t),
				       READ_BYTES, f->key) == 0)
		f->came_ns = now_ns;
	if (!q->port->done(q->port->ctx, slot, &f->answer))
		return;
	f->ended = true;
	q->flying--;
	if (f->came_ns == 0)
		f->came_ns = now_ns;
	q->early += f->came_ns < now_ns;
}

/* Also when the run is to stop: what is in flight must land first. */
static void await_all(struct queue *q)
{
	const struct clock_port *clock = &q->job->run->machine->clock;
	const uint64_t begin_ns = run_now_ns(q->job->run);

	while (q->flying > 0 && run_now_ns(q->job->run) - begin_ns < LOST_NS) {
		job_going(q->job);
		for (unsigned i = 0; i < q->sent; i++) {
			if (!q->flights[i].ended)
				look(q, i);
		}
		clock->sleep_ns(clock->ctx, LOOK_NS);
	}
}

/* What came of a read that has ended. */
static enum read_status status_of(const struct queue *q, unsigned slot, struct read_result *ret)
{
	const struct flight *f = &q->flights[slot];
	struct cause cause = {.text = "the firmware's driver ended it without an answer"};
	size_t first, end;

	*ret = (struct read_result){.status = READ_GOOD, .bad_lba = f->lba, .bad_count = q->blocks};
	if (!disk_answer_good(&f->command, &f->answer)) {
		ret->status = READ_ERROR;
		if (f->answer.answered)
			cause_name(&f->command, &f->answer, &cause);
		text_copy(q->job->error, sizeof(q->job->error), cause.text);
	} else if (poison_find(buffer_of(q, slot), READ_BYTES, f->key, &first, &end)) {
		ret->status = READ_LIED;
		ret->in_part = poison_left(buffer_of(q, slot), 0, READ_BYTES, f->key) < READ_BYTES;
	}
	return ret->status;
}

/* Of those that never ended; alone they are read once more, so that a drive that lost them is told from one that cannot read
 * there. */
static void tell_lost(struct queue *q)
{
	struct disk_job *job = q->job;
	const struct flight *first = NULL;
	char status[32], name[DISK_NAME];

	for (unsigned i = 0; i < q->sent; i++) {
		const struct flight *f = &q->flights[i];

		if (f->ended || f->came_ns != 0 || job_gave_up(job->end))
			continue;
		first = first == NULL ? f : first;
		job_read(job, f->lba, q->blocks);
	}
	q->lost = true;
	if (first == NULL) {
		record_note(job->run->rec, job->disk->id,
			"%s: the data of all reads in flight came, but of %u the firmware's driver never said so.",
			job->disk->id, q->flying);
		return;
	}
	fmt_to(status, sizeof(status), "%u of %u never ended", q->flying, q->sent);
	record_finding_as(job->run->rec, FINDING_DISK_TIMEOUT, WARN, job->disk->id,
		(const struct field[]){
			FIELD_STR("disk", job->disk->id),
			FIELD_STR("model", job->disk->model),
			FIELD_STR("serial", job->disk->serial),
			FIELD_NUM("lba", first->lba),
			FIELD_NUM("lba_count", q->blocks),
			FIELD_STR("status", status),
			FIELD_STR("said_by", "firmware"),
		},
		7,
		"%s: of %u reads in flight %u did not end within 10 s, the first at LBA %llu: the drive lost them, or the firmware's driver did.",
		disk_name(name, job->disk), q->sent, q->flying, (unsigned long long)first->lba);
}

static void take_in(struct queue *q)
{
	struct disk_job *job = q->job;
	uint64_t last_ns = 0;
	unsigned good = 0;

	for (unsigned i = 0; i < q->sent; i++) {
		const struct flight *f = &q->flights[i];
		struct read_result r;

		if (!f->ended)
			continue;
		if (status_of(q, i, &r) == READ_GOOD) {
			histogram_add(&job->run->disk->latency, f->came_ns - f->start_ns);
			job->delivered += q->blocks;
			good++;
			last_ns = f->came_ns > last_ns ? f->came_ns : last_ns;
		} else if (!job_gave_up(job->end)) {
			job_failed(job, &r, f->start_ns);
		}
	}
	if (q->flying > 0)
		tell_lost(q);
	else if (good == q->sent && good > 0) {
		q->burst_reads += good;
		q->burst_ns += last_ns - q->flights[0].start_ns;
	}
}

static void read_in_bursts(struct queue *q, const struct extent *extent)
{
	struct disk_job *job = q->job;
	const struct histogram *latency = &job->run->disk->latency;
	const uint64_t begin_ns = run_now_ns(job->run);

	do {
		job->done = latency->count;
		job_progress(job, 0);
		send_all(q);
		await_all(q);
		take_in(q);
	} while (q->sent == q->depth && !q->lost && latency->count < extent->queued &&
		 job_going(job) && run_now_ns(job->run) - begin_ns < extent->queued_ns);
}

/* Returns the reads that count. */
static uint64_t tell(struct queue *q)
{
	const struct histogram *latency = &q->job->run->disk->latency;
	char name[32];

	fmt_to(name, sizeof(name), "randread-4k-qd%u", q->depth);
	latency_tell(q->job, name, latency, READ_BYTES,
		q->burst_reads > 0 ? q->burst_ns / q->burst_reads : 0);
	return q->burst_reads > 0 ? latency->count : 0;
}

/* NULL: it can be measured. */
static const char *obstacle(const struct disk *disk)
{
	if ((disk->speaks & DISK_SPEAKS_NVME) == 0)
		return "the firmware takes more than one command at a time for NVMe drives only";
	if (disk->queue.open == NULL)
		return "the firmware's NVMe driver takes one command at a time";
	if (disk->block_bytes > READ_BYTES || disk->block_count * disk->block_bytes < READ_BYTES)
		return "a read of 4 KiB is not to be had";
	return NULL;
}

static const char *measure(struct queue *q, const struct extent *extent, uint64_t *ret_count)
{
	struct disk_job *job = q->job;

	q->buffers = q->port->open(q->port->ctx, q->depth);
	if (q->buffers == NULL)
		return "the firmware has no memory or no events for it";
	memset(&job->run->disk->latency, 0, sizeof(job->run->disk->latency));
	read_in_bursts(q, extent);
	q->port->close(q->port->ctx);
	if (q->sent < q->depth)
		return "the firmware's driver did not take so many at once";
	if (q->early < job->run->disk->latency.count / 2)
		return "data shows only when the firmware's timer ticks, so that the figures would be the timer's";
	*ret_count = tell(q);
	return NULL;
}

uint64_t queue_measure(struct disk_job *job, const struct extent *extent)
{
	const char *why = obstacle(job->disk);
	struct queue q = {.job = job,
		.port = &job->disk->queue,
		.flights = job->run->disk->flights,
		.places = {job->run->seed + job->run->pass + job->run->config->disk_queue_depth},
		.depth = job->run->config->disk_queue_depth};
	uint64_t count = 0;

	if (!job_going(job))
		return 0;
	if (why == NULL) {
		q.blocks = READ_BYTES / job->disk->block_bytes;
		job->what = "random reads, several in flight";
		job->unit = "reads";
		job->total = extent->queued;
		why = measure(&q, extent, &count);
	}
	if (why != NULL)
		record_note(job->run->rec, job->disk->id,
			"SKIP: %s was not read with %u reads in flight (disk.queue-depth): %s.",
			job->disk->id, q.depth, why);
	return count;
}
