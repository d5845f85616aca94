/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The disk checks, and what they remember between each other.
 *
 * Pure.
 */
#ifndef KIRIWAKE_DISKBENCH_CHECKS_H
#define KIRIWAKE_DISKBENCH_CHECKS_H

#include "core/check.h"
#include "core/disk_command.h"
#include "core/histogram.h"
#include "diskbench/job.h"
#include "diskbench/latency_map.h"
#include "diskbench/plan.h"
#include "diskbench/smart.h"

#define DISK_SLOTS     64 /* disks that can be tested in one run */
#define BAD_RANGES_MAX 128
#define SLOW_MAX       32
#define SLOW_REREADS   10
#define FAILED_MAX \
	192 /* more than a disk may have before it is given up, with all that are known from before */

/* What job->what says in a scan that another run can go on with. */
#define SURFACE_IN_ORDER "surface, front to back"
/* The same, while the log has where it is before each SURFACE_STEP bytes are begun. */
#define SURFACE_IN_STEPS "surface, front to back in steps"
#define SURFACE_STEP     (128u << 20)

/* Blocks that failed again when read again, and that a finding was made of. */
struct bad_range {
	const struct disk *disk;
	uint64_t lba, count;
};

/* A chunk that was slow once, until it is judged. */
struct slow_chunk {
	uint64_t lba;
	uint32_t count;
	uint64_t first_ns; /* what put it aside */
	size_t rereads;
	uint64_t times_ns[SLOW_REREADS]; /* of the re-reads, sorted */
};

/* A chunk of a surface scan of which not every block was delivered. */
struct failed_chunk {
	const struct disk *disk;
	uint64_t lba;
	uint32_t count, delivered;
};

/* Where an earlier run died in a scan. */
struct interrupted_scan {
	char serial[PORT_TEXT]; /* of the disk; empty: there is nothing to go on with */
	uint64_t lba;           /* everything before it was read, or is known to be bad */
	bool behind_bad;        /* the blocks right before it are bad */
	bool in_step;           /* it died within SURFACE_STEP bytes from there */
	unsigned run;
};

/* A disk that is read in turns with others. */
struct together {
	struct disk_job job;
	uint64_t alone_ns, in_turns_ns;
};

/* A read among several in flight. */
struct flight {
	uint64_t lba, key; /* of the poison in its buffer */
	uint64_t start_ns;
	uint64_t came_ns; /* when its data was seen, or at the latest when it ended; 0: not yet */
	bool ended;
	struct disk_command command;
	struct disk_answer answer;
};

/* What one disk showed in the checks so far. */
struct disk_state {
	bool chosen;
	bool has_health;
	struct health health; /* as it was told last: what rises from here rises in this run */
	unsigned sata_gen;    /* speed of the SATA link now; 0: not known */
	bool lied;            /* disk-firmware-lied was reported */
	bool was_read;        /* a check has read it */
	unsigned timeouts;
	unsigned accidents;    /* failed reads whose blocks could all be read afterwards */
	enum job_end given_up; /* unless JOB_GOING: later checks leave the disk alone */
	struct disk_plan
		scanned;      /* by disk.surface, what was read so far; chunk_blocks 0: nothing */
	bool map_due;         /* the suite is to write that down; see mapfile.h */
	uint64_t bytes_per_s; /* slowest sequential zone; 0: not measured */
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
	size_t failed_count;
	struct failed_chunk failed[FAILED_MAX];
	struct interrupted_scan interrupted; /* set by the suite */

	/* Scratch of the check that runs. */
	struct smart_pages smart;
	struct histogram latency;
	struct latency_map latency_map;
	struct together together[DISK_SLOTS];
	struct flight flights[DISK_QUEUE_MAX];
	struct histogram overhead;         /* of the program itself, per read */
	struct point curve[SERIES_POINTS]; /* about to go on record */
	uint64_t slow_seen;                /* chunks put aside so far */
	size_t slow_count;
	struct slow_chunk slow[SLOW_MAX];
};

extern const struct check disk_inventory_check;
extern const struct check disk_smart_check;
extern const struct check disk_changes_check;
extern const struct check disk_benchmark_check;
extern const struct check disk_surface_check;

#endif
