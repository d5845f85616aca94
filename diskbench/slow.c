/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finding slow regions. Pure. See slow.h. */
#include "diskbench/slow.h"
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define SLOW_LEAST_NS   UINT64_C(50000000)
#define SLOW_FACTOR     8
#define MEDIAN_SAMPLES  16 /* before that the median is not trusted */
#define MEDIAN_PER_100K 50000
#define REGIONS_MAX     16 /* reported per disk and check; a disk that slow is known by then */
#define ACQUITTED       2  /* re-reads at usual speed: the second decile is not slow */
#define NINTH_DECILE    (SLOW_REREADS * 9 / 10 - 1)
#define TURNS_MAX       16 /* tried for SLOW_REREADS */
#define BETWEEN         24 /* chunks read all over the disk before each turn */

static uint64_t limit_ns(const struct histogram *latency)
{
	uint64_t median_ns = histogram_percentile(latency, MEDIAN_PER_100K);
	uint64_t limit = median_ns > UINT64_MAX / SLOW_FACTOR ? UINT64_MAX
							      : median_ns * SLOW_FACTOR;

	return limit < SLOW_LEAST_NS ? SLOW_LEAST_NS : limit;
}

/* What stood out at first may turn out to be usual on this disk. */
static void drop_usual(struct disk_session *session)
{
	uint64_t limit = limit_ns(&session->latency);
	size_t kept = 0;

	for (size_t i = 0; i < session->slow_count; i++) {
		if (session->slow[i].first_ns > limit)
			session->slow[kept++] = session->slow[i];
	}
	session->slow_seen -= session->slow_count - kept;
	session->slow_count = kept;
}

void slow_add(struct disk_job *job, uint64_t lba, uint32_t count, uint64_t took_ns)
{
	struct disk_session *session = job->run->disk;

	histogram_add(&session->latency, took_ns);
	if (took_ns <= SLOW_LEAST_NS || session->slow_count == SLOW_MAX ||
		job->slow_regions >= REGIONS_MAX)
		return;
	session->slow[session->slow_count++] = (struct slow_chunk){
		.lba = lba, .count = count, .first_ns = took_ns};
	session->slow_seen++;
	if (session->latency.count >= MEDIAN_SAMPLES)
		drop_usual(session);
}

bool slow_is_full(const struct disk_job *job)
{
	return job->run->disk->slow_count == SLOW_MAX;
}

/* Sorts by LBA, so that neighbours can be folded. */
static void sort(struct slow_chunk *chunks, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct slow_chunk moved = chunks[i];
		size_t at = i;

		for (; at > 0 && chunks[at - 1].lba > moved.lba; at--)
			chunks[at] = chunks[at - 1];
		chunks[at] = moved;
	}
}

static bool is_aside(const struct disk_session *session, uint64_t lba)
{
	for (size_t i = 0; i < session->slow_count; i++) {
		if (session->slow[i].lba == lba)
			return true;
	}
	return false;
}

/* Reading what is bad costs time and heads, and says nothing about speed. */
static bool has_bad(const struct disk_job *job, uint64_t lba, uint32_t count)
{
	const struct disk_session *session = job->run->disk;

	for (size_t i = 0; i < session->bad_count; i++) {
		const struct bad_range *bad = &session->bad[i];

		if (bad->disk == job->disk && bad->lba < lba + count && lba < bad->lba + bad->count)
			return true;
	}
	return false;
}

/* Reads chunks all over the disk. False: far more of them are slow than in the scan. */
static bool machine_is_steady(struct disk_job *job, struct rng *rng, uint64_t slow_ns)
{
	const struct disk_session *session = job->run->disk;
	const uint32_t chunk = job_chunk_blocks(job);
	const uint64_t chunks = job->disk->block_count / chunk; /* the shorter last one left out */
	uint64_t made = 0, slow = 0;

	for (unsigned i = 0; i < BETWEEN && chunks > 0 && job_going(job); i++) {
		const uint64_t lba = rng_below(rng, chunks) * chunk;
		struct job_read r;

		if (is_aside(session, lba) || has_bad(job, lba, chunk))
			continue;
		r = job_read(job, lba, chunk);
		made += r.clean;
		slow += r.clean && r.took_ns > slow_ns;
	}
	return slow <= made / 4 + made * session->slow_seen / session->latency.count;
}

/* Keeps the times sorted. */
static void add_time(struct slow_chunk *chunk, uint64_t took_ns)
{
	size_t at = chunk->rereads++;

	for (; at > 0 && chunk->times_ns[at - 1] > took_ns; at--)
		chunk->times_ns[at] = chunk->times_ns[at - 1];
	chunk->times_ns[at] = took_ns;
}

/* One more read of each chunk put aside; those at usual speed once too often are dropped. So are those that fail: that
 * is another finding. */
static void read_again(struct disk_job *job, uint64_t slow_ns)
{
	struct disk_session *session = job->run->disk;
	size_t kept = 0;

	for (size_t i = 0; i < session->slow_count; i++) {
		struct slow_chunk chunk = session->slow[i];

		if (job_going(job)) {
			struct job_read r = job_read(job, chunk.lba, chunk.count);

			if (!r.clean)
				continue;
			add_time(&chunk, r.took_ns);
		}
		if (chunk.rereads < ACQUITTED || chunk.times_ns[ACQUITTED - 1] > slow_ns)
			session->slow[kept++] = chunk;
	}
	session->slow_count = kept;
}

/* Reads what was put aside until it is clear or the machine has been out of breath too often. */
static void read_in_turns(struct disk_job *job, uint64_t slow_ns)
{
	struct rng rng = {job->run->seed + job->run->disk->latency.count};
	unsigned rereads = 0;

	for (unsigned turn = 0; turn < TURNS_MAX && rereads < SLOW_REREADS &&
				job->run->disk->slow_count > 0 && job_going(job);
		turn++) {
		if (!machine_is_steady(job, &rng, slow_ns))
			continue;
		read_again(job, slow_ns);
		rereads++;
	}
}

static void report(struct disk_job *job, uint64_t lba, uint64_t count, uint64_t took_ns)
{
	const struct disk *disk = job->disk;
	uint64_t median_ns = histogram_percentile(&job->run->disk->latency, MEDIAN_PER_100K);
	char name[DISK_NAME], took[FMT_SIZE], median[FMT_SIZE];
	const struct field fields[] = {
		FIELD_STR("disk", disk->id),
		FIELD_STR("model", disk->model),
		FIELD_STR("serial", disk->serial),
		FIELD_NUM("lba", lba),
		FIELD_NUM("lba_count", count),
		FIELD_NUM("latency_us", took_ns / 1000),
		FIELD_NUM("median_us", median_ns / 1000),
	};

	record_finding(job->run->rec, FINDING_DISK_SLOW_REGION, disk->id, fields, ARRAY_LEN(fields),
		"%s: LBA %llu to %llu takes %s per read, again and again, where %s is usual on this disk.",
		disk_name(name, disk), (unsigned long long)lba,
		(unsigned long long)(lba + count - 1), fmt_duration(took, took_ns),
		fmt_duration(median, median_ns));
	if (++job->slow_regions == REGIONS_MAX)
		record_note(job->run->rec, disk->id,
			"%s: further slow regions are not looked into.", disk->id);
}

void slow_judge(struct disk_job *job)
{
	struct disk_session *session = job->run->disk;
	uint64_t limit = limit_ns(&session->latency), lba = 0, count = 0, worst_ns = 0;
	unsigned open = 0;

	drop_usual(session);
	read_in_turns(job, limit);
	sort(session->slow, session->slow_count);
	for (size_t i = 0; i < session->slow_count; i++) {
		const struct slow_chunk *chunk = &session->slow[i];

		if (chunk->rereads < SLOW_REREADS) {
			open++;
			continue;
		}
		if (count > 0 && lba + count != chunk->lba) {
			report(job, lba, count, worst_ns);
			count = worst_ns = 0;
		}
		if (count == 0)
			lba = chunk->lba;
		count += chunk->count;
		if (chunk->times_ns[NINTH_DECILE] > worst_ns)
			worst_ns = chunk->times_ns[NINTH_DECILE];
	}
	if (count > 0)
		report(job, lba, count, worst_ns);
	if (open > 0)
		record_note(job->run->rec, job->disk->id,
			"%s: %u slow chunks could not be judged: too little time, or the whole machine was slow at times.",
			job->disk->id, open);
	session->slow_count = 0;
}
