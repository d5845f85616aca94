/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Latencies of a surface scan in classes and over the disk. Pure. See latency_map.h. */
#include "diskbench/latency_map.h"
#include "core/fmt.h"
#include "diskbench/checks.h"

#define MS UINT64_C(1000000)

static const uint64_t class_from_ms[LATENCY_CLASSES] = {0, 3, 10, 50, 150, 500};

static size_t class_of(uint64_t ns)
{
	size_t class = LATENCY_CLASSES - 1;

	while (ns < class_from_ms[class] * MS)
		class --;
	return class;
}

/* On a disk of fewer chunks than cells every chunk has its own. */
static uint64_t chunks_of(const struct disk_job *job)
{
	uint32_t chunk = job_chunk_blocks(job);

	return job->disk->block_count / chunk + (job->disk->block_count % chunk != 0);
}

static uint64_t cells_of(const struct disk_job *job)
{
	uint64_t chunks = chunks_of(job);

	return chunks < LATENCY_CELLS ? chunks : LATENCY_CELLS;
}

void latency_map_add(
	const struct disk_job *job, struct latency_map *map, uint64_t lba, uint64_t took_ns)
{
	uint64_t *cell =
		&map->cells_ns[lba / job_chunk_blocks(job) * cells_of(job) / chunks_of(job)];

	map->classes[class_of(took_ns)]++;
	if (took_ns >= *cell)
		*cell = took_ns > 0 ? took_ns : 1;
}

static void tell_classes(const struct disk_job *job, const struct latency_map *map)
{
	struct point *curve = job->run->disk->curve;
	char text[160] = "", size[FMT_SIZE];

	for (size_t i = 0; i < LATENCY_CLASSES; i++) {
		bool last = i == LATENCY_CLASSES - 1;

		curve[i] = (struct point){class_from_ms[i] * MS, map->classes[i]};
		fmt_add(text, sizeof(text), "%s%s %llu ms: %llu", i == 0 ? "" : ", ",
			last ? "from" : "below",
			(unsigned long long)class_from_ms[last ? i : i + 1],
			(unsigned long long)map->classes[i]);
	}
	record_series(job->run->rec, job->disk->id, "surface-classes", "ns", "1", 0, curve,
		LATENCY_CLASSES);
	record_note(job->run->rec, job->disk->id, "%s: reads of %s that took %s.", job->disk->id,
		fmt_bytes(size, (uint64_t)job_chunk_blocks(job) * job->disk->block_bytes), text);
}

void latency_map_tell(const struct disk_job *job, const struct latency_map *map)
{
	const uint64_t cells = cells_of(job), chunks = chunks_of(job);
	const uint64_t chunk_bytes = (uint64_t)job_chunk_blocks(job) * job->disk->block_bytes;
	struct point *curve = job->run->disk->curve;
	size_t count = 0;

	tell_classes(job, map);
	for (uint64_t i = 0; i < cells; i++) {
		if (map->cells_ns[i] > 0)
			curve[count++] = (struct point){
				(i * chunks + cells - 1) / cells * chunk_bytes,
				map->cells_ns[i] / 1000};
	}
	record_series(job->run->rec, job->disk->id, "surface", "B", "ms", 3, curve, count);
}
