/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Latency of random reads. Pure, over struct disk. See benchmark.h.
 *
 * Method: one read at a time, at places all over the disk that follow from the run's seed. The first reads warm up and
 *         count for nothing. The others go on, in rounds, until there are enough and their means are steady.
 *         Reads of 4 KiB also measure what a read costs beside the firmware's call: poisoning, checking, the clock and
 *         the bookkeeping. That is never part of a latency.
 */
#include "core/fmt.h"
#include "diskbench/benchmark.h"
#include "diskbench/checks.h"
#include "diskbench/latency.h"
#include "diskbench/steady.h"

#define WARM_UP_READS 16
#define WARM_UP_PART  8 /* of the time, at most */

/* Where the measuring stands. */
struct rounds {
	const struct random_extent *extent;
	struct steady steady;
	uint64_t round_ns; /* latencies of the open round */
	unsigned in_round;
};

static void add(struct disk_session *session, struct rounds *rounds, const struct job_read *r,
	uint64_t elapsed_ns)
{
	histogram_add(&session->latency, r->took_ns);
	histogram_add(&session->overhead, elapsed_ns - r->took_ns);
	rounds->round_ns += r->took_ns;
	if (++rounds->in_round == rounds->extent->round) {
		steady_add(&rounds->steady, rounds->round_ns / rounds->in_round);
		rounds->round_ns = 0;
		rounds->in_round = 0;
	}
}

static bool wants_more(const struct rounds *rounds, uint64_t count)
{
	return count < rounds->extent->least ||
	       (rounds->steady.attained == 0 && count < rounds->extent->most);
}

static void read_randomly(struct disk_job *job, struct rounds *rounds, uint32_t count)
{
	struct disk_session *session = job->run->disk;
	const uint64_t begin_ns = run_now_ns(job->run), slots = job->disk->block_count / count;
	struct rng rng = {job->run->seed + job->run->pass + count};
	unsigned warm_up = 0;

	while (wants_more(rounds, session->latency.count) && job_going(job)) {
		uint64_t start_ns = run_now_ns(job->run);
		struct job_read r;

		if (start_ns - begin_ns >= rounds->extent->ns)
			return;
		r = job_read(job, rng_below(&rng, slots) * count, count);
		job->done = session->latency.count;
		if (warm_up < WARM_UP_READS &&
			start_ns - begin_ns < rounds->extent->ns / WARM_UP_PART)
			warm_up++;
		else if (r.clean)
			add(session, rounds, &r, run_now_ns(job->run) - start_ns);
	}
}

static void tell_steady(struct disk_job *job, const char *name, const struct rounds *rounds)
{
	const struct steady *s = &rounds->steady;
	char full[48];

	fmt_to(full, sizeof(full), "%s.steadystate.attained", name);
	record_measure(job->run->rec, job->disk->id, full, s->attained != 0, 0, "1");
	if (s->attained != 0)
		record_note(job->run->rec, job->disk->id,
			"%s: %s steady after %u reads: the means of 5 rounds of %u lie within 20 %% of each other's mean and show no trend of 10 %%.",
			job->disk->id, name, s->attained * rounds->extent->round,
			rounds->extent->round);
	else if (s->count < STEADY_ROUNDS)
		record_note(job->run->rec, job->disk->id,
			"%s: whether %s was steady is not known: there was time for %u rounds of %u reads, and that takes 5.",
			job->disk->id, name, s->count, rounds->extent->round);
	else
		record_note(job->run->rec, job->disk->id,
			"%s: %s not steady in %u rounds of %u reads: the means of 5 rounds never lay within 20 %% of their own mean without a trend of 10 %%.",
			job->disk->id, name, s->count, rounds->extent->round);
}

static uint64_t measure(
	struct disk_job *job, const struct random_extent *extent, const char *name, uint32_t bytes)
{
	struct disk_session *session = job->run->disk;
	const uint32_t block = job->disk->block_bytes;
	struct rounds rounds = {.extent = extent};
	uint32_t count = block < bytes ? bytes / block : 1;

	if (count > job_chunk_blocks(job))
		count = job_chunk_blocks(job);
	if (count > job->disk->block_count)
		count = (uint32_t)job->disk->block_count;
	memset(&session->latency, 0, sizeof(session->latency));
	memset(&session->overhead, 0, sizeof(session->overhead));
	job->what = name;
	job->unit = "reads";
	job->done = 0;
	job->total = extent->least;
	read_randomly(job, &rounds, count);
	latency_tell(job, name, &session->latency, (uint64_t)count * block,
		histogram_mean(&session->latency));
	if (session->latency.count > 0)
		tell_steady(job, name, &rounds);
	return session->latency.count;
}

uint64_t random_measure_4k(struct disk_job *job, const struct random_extent *extent)
{
	const struct histogram *overhead = &job->run->disk->overhead;
	uint64_t count = measure(job, extent, "randread-4k", 4096);

	if (count > 0) {
		record_measure(job->run->rec, job->disk->id, "overhead-4k.p50",
			histogram_percentile(overhead, 50000), 0, "ns");
		record_measure(job->run->rec, job->disk->id, "overhead-4k.mean",
			histogram_mean(overhead), 0, "ns");
	}
	return count;
}

uint64_t random_measure_64k(struct disk_job *job, const struct random_extent *extent)
{
	return measure(job, extent, "randread-64k", 65536);
}
