/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sequential throughput over a disk. Pure, over struct disk. See benchmark.h.
 *
 * Method: the first read of a zone brings the heads there; it counts only if there is no other.
 */
#include "core/fmt.h"
#include "diskbench/benchmark.h"
#include "diskbench/checks.h"

/* What was read in a given time. */
struct amount {
	uint64_t bytes, ns;
};

struct zone {
	uint64_t lba, blocks;
};

/* Zones do not overlap: a cache would answer for the disk. The last one ends with the last block. Those of more than
 * one read are made of whole ones, so that rates can be compared. */
static struct zone zone_at(
	const struct disk_job *job, const struct extent *extent, unsigned i, unsigned zones)
{
	const uint64_t total = job->disk->block_count, chunk = job_chunk_blocks(job);
	uint64_t blocks = extent->zone_bytes / job->disk->block_bytes;

	if (blocks > total / zones)
		blocks = total / zones;
	if (blocks > chunk)
		blocks -= blocks % chunk;
	if (blocks == 0)
		blocks = 1;
	return (struct zone){i == 0 ? 0
				    : (total - blocks) / (zones - 1) * i +
					      (total - blocks) % (zones - 1) * i / (zones - 1),
		blocks};
}

/* As MB/s times ten; a.ns > 0. */
static uint64_t tenth_mb_per_s(struct amount a)
{
	return a.bytes * 10000 / a.ns;
}

/* What was timed is not all that was read. */
struct reading {
	uint64_t delivered; /* bytes */
	struct amount timed;
};

static struct reading read_zone(struct disk_job *job, struct zone zone, uint64_t limit_ns)
{
	const uint64_t end_ns = run_now_ns(job->run) + limit_ns;
	const uint32_t chunk = job_chunk_blocks(job), block = job->disk->block_bytes;
	struct amount first = {0}, rest = {0};
	uint64_t delivered = 0;

	for (uint64_t at = 0;
		at < zone.blocks && run_now_ns(job->run) < end_ns && job_going(job);) {
		uint64_t left = zone.blocks - at;
		uint32_t count = left < chunk ? (uint32_t)left : chunk;
		struct job_read r = job_read(job, zone.lba + at, count);
		struct amount *into = at == 0 ? &first : &rest;

		at += count;
		delivered += (uint64_t)r.delivered * block;
		if (r.clean) {
			into->bytes += (uint64_t)count * block;
			into->ns += r.took_ns;
		}
	}
	return (struct reading){delivered, rest.ns > 0 ? rest : first};
}

static void tell(struct disk_job *job, const char *name, uint64_t tenths)
{
	record_measure(job->run->rec, job->disk->id, name, tenths, 1, "MB/s");
}

static void tell_zone(struct disk_job *job, uint64_t zone, uint64_t zones, uint64_t tenths)
{
	if (zone == 0)
		tell(job, "seq-read-start", tenths);
	if (zone == zones / 2)
		tell(job, "seq-read-middle", tenths);
	if (zone == zones - 1)
		tell(job, "seq-read-end", tenths);
}

static void tell_all(
	struct disk_job *job, const struct point *curve, size_t count, struct amount all)
{
	uint64_t least = UINT64_MAX, most = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		least = curve[i].y < least ? curve[i].y : least;
		most = curve[i].y > most ? curve[i].y : most;
	}
	tell(job, "seq-read-min", least);
	tell(job, "seq-read-max", most);
	tell(job, "seq-read-mean", tenth_mb_per_s(all));
	record_series(job->run->rec, job->disk->id, "seq-read", "B", "MB/s", 1, curve, count);
	job->state->bytes_per_s = least * 100000;
}

uint64_t sequential_measure(struct disk_job *job, const struct extent *extent)
{
	const struct disk *disk = job->disk;
	const unsigned zones = disk->block_count < extent->zones ? (unsigned)disk->block_count
								 : extent->zones;
	struct point *curve = job->run->disk->curve;
	struct amount all = {0};
	uint64_t delivered = 0;
	size_t timed = 0;
	bool whole = true;

	job->what = "sequential reads";
	job->unit = "zones";
	job->total = zones;
	for (unsigned i = 0; i < zones; i++) {
		struct zone zone = zone_at(job, extent, i, zones);
		struct reading r = read_zone(job, zone, extent->zone_ns);

		job->done = i + 1;
		delivered += r.delivered;
		whole = whole && r.delivered > 0;
		if (r.timed.ns == 0)
			continue;
		all.bytes += r.timed.bytes;
		all.ns += r.timed.ns;
		curve[timed] = (struct point){
			zone.lba * disk->block_bytes, tenth_mb_per_s(r.timed)};
		tell_zone(job, i, zones, curve[timed++].y);
	}
	tell_all(job, curve, timed, all);
	return whole ? delivered : 0;
}
