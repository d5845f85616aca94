/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One disk in one check: truthful reads under the rules that keep a dying disk from eating the night.
 *
 * Pure, over struct disk.
 * Rules. A failing read is narrowed to single blocks by halving, each bad block is read again up to 3 times,
 *        and findings are made at once. Where every block could be read in the end, none is called bad. The disk is given
 *        up after 32 bad places or 256 bad blocks, 2 timeouts, when it is gone, when
 *        failing reads have taken 5 minutes, or when its time is over. What was given up is never called good. Some
 *        drivers fail every read after an error: after each failure blocks that were read before are read again, and
 *        when those fail too the disk is given up, and no further block is called bad.
 */
#ifndef KIRIWAKE_DISKBENCH_JOB_H
#define KIRIWAKE_DISKBENCH_JOB_H

#include "core/check.h"
#include "diskbench/damage.h"
#include "diskbench/read.h"

#define JOB_CHUNK_BYTES (1u << 20) /* the largest read */
#define JOB_NO_LIMIT    UINT64_MAX

enum job_end {
	JOB_GOING,
	JOB_OUT_OF_TIME,
	JOB_STOPPED, /* a pulse said so */
	/* The rules by which a disk is given up. */
	JOB_BAD_PLACES,
	JOB_BAD_BLOCKS,
	JOB_TIMEOUTS,
	JOB_GONE,
	JOB_SLOW_ERRORS,
	JOB_STUCK
};

struct disk_state;

struct disk_job {
	struct run *run;
	const struct disk *disk;
	struct disk_state *state;
	struct disk_reader reader;
	uint64_t deadline_ns; /* on the run's clock; JOB_NO_LIMIT: none */
	uint64_t share_ns;    /* of that, for the reads that the check is about */
	bool time_over;       /* that share is used up */
	enum job_end end;

	unsigned good_count;  /* of good_lba: */
	uint64_t good_lba[2]; /* blocks that were read without an error: the first and the last */

	uint64_t delivered;     /* blocks, over all reads of the check */
	char error[PORT_ERROR]; /* what the firmware said to the last failed read */
	unsigned failures;      /* failed reads, narrowing and re-reads not counted */
	unsigned recovered;     /* of these: every block could be read afterwards */
	uint64_t failing_ns;    /* time spent in reads that failed */
	struct damage damage;   /* being folded; count 0: nothing */
	unsigned bad_places;    /* new ones; neighbours are one, as is what could not be narrowed */
	unsigned bad_blocks;    /* in them */
	uint64_t known_bad;     /* bad blocks that an earlier check has reported */

	uint64_t pulse_ns; /* of the last pulse and progress record */
	uint64_t progress_ns;
	const char *what; /* for progress, with how far the plan is */
	uint64_t done, total;
	const char *unit;
	uint64_t left_ns; /* until it is done; 0: not known */
	bool surely;      /* the next progress must be on the log volume before the read begins */

	unsigned slow_regions; /* reported in this check */

	/* Set by the check. */
	char summary[160]; /* what was done, for coverage and the check's end */
	bool incomplete;   /* time ended before everything was measured that the check stands for */
};

/* What came of one read of the plan. */
struct job_read {
	bool clean;         /* no error at all */
	uint32_t delivered; /* blocks really read, be it after narrowing */
	uint64_t took_ns;   /* valid when clean */
};

/* `index` in machine->disks, < DISK_SLOTS. limit_ns from now, or JOB_NO_LIMIT. */
void job_begin(struct disk_job *job, struct run *run, size_t index, uint64_t limit_ns);

/* On USB, where some drivers fail every read after an error: reads the first block, to have one that is known to be good.
 * Counts as a read for findings, and as none for coverage. */
void job_probe(struct disk_job *job);

/* Whether another read may be made; pulses. False: job->end says why. */
bool job_going(struct disk_job *job);

/* Puts on record where the work stands, before it goes to `lba`: the last thing in the log should the read never return. */
void job_progress(struct disk_job *job, uint64_t lba);

/* Reads, and on failure narrows and reports. Asks job_going() for the re-reads only. */
struct job_read job_read(struct disk_job *job, uint64_t lba, uint32_t count);

/* The same for a read that was made in another way and failed, begun at start_ns; with READ_ERROR and READ_LIED, job->error
 * says what was said of it. */
void job_failed(struct disk_job *job, const struct read_result *failed, uint64_t start_ns);

/* Blocks in a read of at most JOB_CHUNK_BYTES. */
uint32_t job_chunk_blocks(const struct disk_job *job);

/* Whether a rule ended it that leaves the rest of the disk undone. */
static inline bool job_gave_up(enum job_end end)
{
	return end > JOB_STOPPED;
}

/* Has the run say that it left `disk` undone, and why. */
void job_leave_undone(struct run *run, const struct disk *disk, enum job_end end);

/* Why the job ended, as the end of a sentence: "2 reads timed out". */
const char *job_end_text(enum job_end end);

/* Runs `test` on each chosen disk with at most limit_ns for each, records coverage for those that passed and what was
 * not tested on the others, and concludes the check. `test` reads, measures and sums up. */
enum verdict job_each_disk(struct run *run, uint64_t limit_ns, void (*test)(struct disk_job *job));

#endif
