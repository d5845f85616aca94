/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The disk checks, and what they remember between each other.
 *
 * Pure.
 */
#ifndef KIRIWAKE_DISKBENCH_CHECKS_H
#define KIRIWAKE_DISKBENCH_CHECKS_H

#include "core/check.h"
#include "core/histogram.h"
#include "diskbench/job.h"

#define DISK_SLOTS     64 /* disks that can be tested in one run */
#define BAD_RANGES_MAX 128
#define SLOW_MAX       32

/* Blocks that failed again when read again, and that a finding was made of. */
struct bad_range {
	const struct disk *disk;
	uint64_t lba, count;
};

/* A chunk that was slow once, until it is judged. */
struct slow_chunk {
	uint64_t lba;
	uint32_t count;
	uint64_t first_ns;   /* what put it aside */
	unsigned slow_again; /* re-reads that were slow as well */
	uint64_t fastest_ns; /* of them; valid when slow_again > 0 */
};

/* What one disk showed in the checks so far. */
struct disk_state {
	bool chosen;
	bool lied; /* disk-firmware-lied was reported */
	unsigned timeouts;
	enum job_end given_up; /* unless JOB_GOING: later checks leave the disk alone */
	uint64_t bytes_per_s;  /* slowest sequential zone; 0: not measured */
	uint16_t
		rotation; /* as ATA IDENTIFY word 217 has it: 1 does not rotate, more: turns per minute; 0 not known */
};

/* Owned by the suite, zeroed before the first check of a run, kept over its passes. */
struct disk_session {
	bool selected; /* disk.only and disk.exclude have been looked at */
	size_t chosen_count;
	struct disk_state disks[DISK_SLOTS]; /* as in machine->disks */
	uint64_t jobs;                       /* begun so far: each gets its own poison */
	size_t bad_count;
	struct bad_range bad[BAD_RANGES_MAX];

	/* Scratch of the check that runs. */
	struct histogram latency;
	struct histogram overhead;         /* of the program itself, per read */
	struct point curve[SERIES_POINTS]; /* about to go on record */
	uint64_t slow_seen;                /* chunks put aside so far */
	size_t slow_count;
	struct slow_chunk slow[SLOW_MAX];
};

extern const struct check disk_inventory_check;
extern const struct check disk_benchmark_check;
extern const struct check disk_surface_check;

#endif
