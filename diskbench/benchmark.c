/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.benchmark: sequential throughput in three zones, latency of random reads.
 *
 * Pure, over struct disk.
 * Method: only the firmware's read call is timed, not our poisoning and checking. The first read of a disk
 *         wakes it up and counts for nothing.
 * Pass if every read delivered its data.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define SECOND_NS    UINT64_C(1000000000)
#define RANDOM_BYTES 4096
#define ZONES        3

/* How much is measured; whichever of amount and time ends first. */
struct extent {
	uint64_t zone_bytes, zone_ns;
	unsigned random_reads;
	uint64_t random_ns;
	uint64_t disk_ns; /* all of it, errors included */
};

static const struct extent quick = {16u << 20, 5 * SECOND_NS, 256, 3 * SECOND_NS, 25 * SECOND_NS};
static const struct extent thorough = {
	128u << 20, 30 * SECOND_NS, 4096, 60 * SECOND_NS, 300 * SECOND_NS};

static const struct extent *extent_of(const struct run *run)
{
	return config_thorough(run->config) ? &thorough : &quick;
}

/* Zones do not overlap on a disk of three blocks or more: a cache would answer for the disk. The last one ends with
 * the last block. */
struct zone {
	const char *measure;
	uint64_t lba, blocks;
};

static void plan_zones(const struct disk_job *job, struct zone ret[ZONES])
{
	uint64_t total = job->disk->block_count;
	uint64_t blocks = extent_of(job->run)->zone_bytes / job->disk->block_bytes;

	if (blocks > total / 3)
		blocks = total / 3;
	if (blocks == 0)
		blocks = 1;
	ret[0] = (struct zone){"seq-read-start", 0, blocks};
	ret[1] = (struct zone){"seq-read-middle", (total - blocks) / 2, blocks};
	ret[2] = (struct zone){"seq-read-end", total - blocks, blocks};
}

/* Bytes in `ns` > 0, as MB/s times ten. */
static uint64_t tenth_mb_per_s(uint64_t bytes, uint64_t ns)
{
	return bytes * 10000 / ns;
}

/* Returns the bytes delivered. */
static uint64_t read_zone(struct disk_job *job, const struct zone *zone)
{
	const struct disk *disk = job->disk;
	uint64_t end_ns = run_now_ns(job->run) + extent_of(job->run)->zone_ns;
	uint64_t bytes = 0, timed_bytes = 0, ns = 0;
	uint32_t chunk = job_chunk_blocks(job);

	for (uint64_t at = 0;
		at < zone->blocks && job_going(job) && run_now_ns(job->run) < end_ns;) {
		uint64_t left = zone->blocks - at;
		uint32_t count = left < chunk ? (uint32_t)left : chunk;
		struct job_read r = job_read(job, zone->lba + at, count);

		at += count;
		bytes += (uint64_t)r.delivered * disk->block_bytes;
		if (r.clean) {
			timed_bytes += (uint64_t)count * disk->block_bytes;
			ns += r.took_ns;
		}
		job->done = bytes >> 20;
	}
	if (timed_bytes > 0 && ns > 0) {
		uint64_t tenths = tenth_mb_per_s(timed_bytes, ns);
		uint64_t per_s = tenths * 100000;

		record_measure(job->run->rec, disk->id, zone->measure, tenths, 1, "MB/s");
		if (job->state->bytes_per_s == 0 || per_s < job->state->bytes_per_s)
			job->state->bytes_per_s = per_s;
	}
	return bytes;
}

static void read_randomly(struct disk_job *job, struct histogram *latency)
{
	const struct extent *extent = extent_of(job->run);
	uint32_t block = job->disk->block_bytes;
	uint32_t count = block < RANDOM_BYTES ? RANDOM_BYTES / block : 1;
	uint64_t end_ns = run_now_ns(job->run) + extent->random_ns, slots;
	struct rng rng = {job->run->seed + job->run->pass};

	if (count > job->disk->block_count)
		count = (uint32_t)job->disk->block_count;
	slots = job->disk->block_count / count;
	job->total = extent->random_reads;
	for (unsigned i = 0;
		i < extent->random_reads && job_going(job) && run_now_ns(job->run) < end_ns; i++) {
		struct job_read r = job_read(job, rng_below(&rng, slots) * count, count);

		job->done = i + 1;
		if (r.clean)
			histogram_add(latency, r.took_ns);
	}
}

static void measure_latency(struct disk_job *job, const struct histogram *latency)
{
	static const struct {
		const char *name;
		uint32_t per_100k;
	} rows[] = {
		{"rand-read-p50", 50000},
		{"rand-read-p95", 95000},
		{"rand-read-p99", 99000},
		{"rand-read-p99.9", 99900},
	};
	struct recorder *rec = job->run->rec;
	const char *id = job->disk->id;

	if (latency->count == 0)
		return;
	record_measure(rec, id, "rand-read-min", latency->min / 100, 1, "us");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		record_measure(rec, id, rows[i].name,
			histogram_percentile(latency, rows[i].per_100k) / 100, 1, "us");
	record_measure(rec, id, "rand-read-max", latency->max / 100, 1, "us");
}

static void sum_up(struct disk_job *job, const uint64_t bytes[ZONES], uint64_t random_reads)
{
	char start[FMT_SIZE], middle[FMT_SIZE], end[FMT_SIZE];

	job->incomplete = bytes[0] == 0 || bytes[1] == 0 || bytes[2] == 0 || random_reads == 0;
	fmt_to(job->summary, sizeof(job->summary),
		"read %s at the start, %s in the middle, %s at the end and %llu blocks at random",
		fmt_bytes(start, bytes[0]), fmt_bytes(middle, bytes[1]), fmt_bytes(end, bytes[2]),
		(unsigned long long)random_reads);
}

static void benchmark_disk(struct disk_job *job)
{
	struct histogram *latency = &job->run->disk->latency;
	struct zone zones[ZONES];
	uint64_t bytes[ZONES];

	plan_zones(job, zones);
	memset(latency, 0, sizeof(*latency));
	job->what = "waking the disk up";
	if (job_going(job))
		job_read(job, job->disk->block_count / 4, 1);
	job->what = "sequential reads";
	for (size_t i = 0; i < ZONES; i++) {
		job->done = 0;
		job->total = zones[i].blocks * job->disk->block_bytes >> 20;
		bytes[i] = read_zone(job, &zones[i]);
	}
	job->what = "random reads";
	job->unit = "reads";
	read_randomly(job, latency);
	measure_latency(job, latency);
	sum_up(job, bytes, latency->count);
}

static enum verdict run_benchmark(struct run *run)
{
	return job_each_disk(run, extent_of(run)->disk_ns, benchmark_disk);
}

const struct check disk_benchmark_check = {
	.id = "disk.benchmark",
	.title = "Disk throughput and latency, read only",
	.pass_if =
		"every read delivers its data: no error, no time-out, no poison left in the buffer",
	.need = NEED_DISK,
	.run = run_benchmark,
};
