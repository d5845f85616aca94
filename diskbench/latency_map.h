/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How long the reads of a surface scan took: in classes, and where on the disk.
 *
 * Pure.
 * Classes. Those that MHDD and Victoria made known: below 3, 10, 50, 150, 500 ms, and above. A read is of 1 MiB here,
 *          where theirs are of 128 KiB.
 */
#ifndef KIRIWAKE_DISKBENCH_LATENCY_MAP_H
#define KIRIWAKE_DISKBENCH_LATENCY_MAP_H

#include "core/point.h"
#include "diskbench/job.h"

#define LATENCY_CLASSES 6
#define LATENCY_CELLS   1000 /* equal parts of the disk, of which each shows its slowest read */

struct latency_map {
	uint64_t classes[LATENCY_CLASSES];
	uint64_t cells_ns[LATENCY_CELLS]; /* 0: nothing was read there */
};

/* Enters a read of a chunk that begins at `lba`. The map begins zeroed. */
void latency_map_add(
	const struct disk_job *job, struct latency_map *map, uint64_t lba, uint64_t took_ns);

/* On record: the classes as a note and as the curve surface-classes, the cells as the curve surface. */
void latency_map_tell(const struct disk_job *job, const struct latency_map *map);

#endif
