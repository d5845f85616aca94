/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seek profile. Pure, over struct disk. See benchmark.h.
 *
 * Method: pairs of 4 KiB reads, the second a given distance from the first, up or down; the second is timed. The median
 *         of the pairs of one distance is a point of the curve: moving the heads, half a turn, and the read itself.
 */
#include "core/fmt.h"
#include "diskbench/benchmark.h"
#include "diskbench/checks.h"

#define READ_BYTES  4096
#define NO_ROTATION 1
#define HALVINGS    12 /* distances from nearly the whole disk down to 1/4096 of it */
#define MEDIAN_100K 50000

/* Why there is no profile, or NULL. */
static const char *why_not(const struct disk_job *job)
{
	if (text_same(job->disk->bus, "nvme"))
		return "an NVMe drive has no heads to move";
	if (job->state->rotation == NO_ROTATION)
		return "it says that it does not rotate";
	if (job->disk->block_count / 4 < UINT64_C(1) << HALVINGS)
		return "it is too small";
	return NULL;
}

/* One pair. False: it could not be read. */
static bool read_pair(struct disk_job *job, struct rng *rng, uint64_t distance, uint32_t count)
{
	const uint64_t low = rng_below(rng, job->disk->block_count - count - distance + 1);
	const bool up = rng_next(rng) & 1;
	struct job_read r;

	if (!job_read(job, up ? low : low + distance, count).clean || !job_going(job))
		return false;
	r = job_read(job, up ? low + distance : low, count);
	if (r.clean)
		histogram_add(&job->run->disk->latency, r.took_ns);
	return r.clean;
}

/* *ret_ns is the median over one distance. False: not one pair could be read in time. */
static bool measure_distance(struct disk_job *job, const struct extent *extent, struct rng *rng,
	uint64_t distance, uint64_t end_ns, uint64_t *ret_ns)
{
	const uint32_t block = job->disk->block_bytes;
	const uint32_t count = block < READ_BYTES ? READ_BYTES / block : 1;
	struct histogram *latency = &job->run->disk->latency;

	memset(latency, 0, sizeof(*latency));
	for (unsigned i = 0; i < extent->seeks && run_now_ns(job->run) < end_ns && job_going(job);
		i++)
		read_pair(job, rng, distance, count);
	*ret_ns = histogram_percentile(latency, MEDIAN_100K);
	return latency->count > 0;
}

static void tell(struct disk_job *job, const struct point *curve, size_t count)
{
	struct recorder *rec = job->run->rec;
	const char *id = job->disk->id;

	if (count == 0)
		return;
	record_measure(rec, id, "seek-shortest", curve[0].y, 1, "us");
	record_measure(rec, id, "seek-longest", curve[count - 1].y, 1, "us");
	record_series(rec, id, "seek", "B", "us", 1, curve, count);
	if (job->state->rotation == 0)
		record_note(rec, id,
			"%s: it is not known whether this disk rotates; if not, its seek profile is flat.",
			id);
	else
		record_note(rec, id, "%s: it turns %u times a minute, so half a turn takes %u us.",
			id, job->state->rotation, 30000000 / job->state->rotation);
}

void seek_measure(struct disk_job *job, const struct extent *extent)
{
	const uint64_t end_ns = run_now_ns(job->run) + extent->seek_ns;
	struct rng rng = {job->run->seed + job->run->pass};
	struct point *curve = job->run->disk->curve;
	const char *why = why_not(job);
	size_t count = 0;
	uint64_t ns;

	if (why != NULL) {
		record_note(job->run->rec, job->disk->id, "%s: no seek profile: %s.", job->disk->id,
			why);
		return;
	}
	job->what = "seeks";
	job->unit = "distances";
	job->total = HALVINGS;
	for (unsigned i = 0; i < HALVINGS; i++) {
		uint64_t distance = job->disk->block_count / 16 * 15 >> (HALVINGS - 1 - i);

		job->done = i;
		if (measure_distance(job, extent, &rng, distance, end_ns, &ns))
			curve[count++] = (struct point){
				distance * job->disk->block_bytes, ns / 100};
	}
	tell(job, curve, count);
}
