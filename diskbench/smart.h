/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking a disk about its health, telling what it says, and judging it.
 *
 * Pure, over struct disk.
 * Rules. What could not be read, has a wrong checksum or makes no sense is said and never judged; a disk of which nothing could be
 *        judged is skipped, never passed. A command that times out is the last one to that disk.
 */
#ifndef KIRIWAKE_DISKBENCH_SMART_H
#define KIRIWAKE_DISKBENCH_SMART_H

#include "core/check.h"
#include "core/disk_command.h"
#include "diskbench/ata_attributes.h"
#include "diskbench/ata_logs.h"
#include "diskbench/nvme_pages.h"
#include "diskbench/scsi_pages.h"

#define SMART_TROUBLE 192

struct ata_pages {
	struct ata_identity id;
	bool has_logs[256]; /* that READ LOG EXT has: from its directory */
	bool has_smart;
	struct ata_smart smart;
	bool has_status, failing; /* SMART RETURN STATUS */
	bool has_errors, has_tests;
	struct ata_error_log errors;
	struct ata_test_log tests;
	struct ata_statistics statistics;
	bool has_phy;
	struct ata_phy_counters phy;
};

#define NVME_ERRORS_MAX 16

struct nvme_pages {
	bool has_controller, has_health, has_tests;
	struct nvme_controller controller;
	struct nvme_health health;
	unsigned error_count;
	struct nvme_error errors[NVME_ERRORS_MAX]; /* newest first */
	struct nvme_test_log tests;
};

struct scsi_pages {
	bool has_inquiry;
	struct scsi_inquiry inquiry;
	unsigned rpm;     /* 1: no moving parts */
	bool has_log[64]; /* pages that LOG SENSE has */
	bool any_log;     /* one was read */
	struct scsi_health health;
};

/* All that one disk said. */
struct smart_pages {
	const struct smart_bus *bus; /* NULL: nothing */
	struct ata_pages ata;
	struct nvme_pages nvme;
	struct scsi_pages scsi;
};

struct disk_state;

/* Working on one disk. */
struct smart_job {
	struct run *run;
	const struct disk *disk;
	struct disk_state *state;
	struct smart_pages *pages;
	bool dead;                   /* a command timed out: no more of them */
	bool tidying;                /* goes on though the run was stopped */
	unsigned findings;           /* made of this disk */
	char trouble[SMART_TROUBLE]; /* pages that could not be read or judged; empty: none */
};

/* One self-test of a log, whatever the language. */
struct smart_test {
	bool failed, completed;
	const char *text;
	uint64_t hours;
	bool has_lba;
	uint64_t lba;
};

/* How it is done in one language. */
struct smart_bus {
	unsigned speaks; /* DISK_SPEAKS_... */
	/* Asks for everything, into job->pages. False: nothing of it can be judged; job->trouble says why. */
	bool (*read)(struct smart_job *job);
	/* The figures that all languages have in common. */
	void (*fold)(const struct smart_pages *pages, struct health *ret);
	/* Records what was read, under smartctl's JSON names where it has one. */
	void (*measure)(struct smart_job *job);
	/* Makes findings of what is particular to the language. */
	void (*judge)(struct smart_job *job);
	/* Whether one of the `newest` logged errors is about data; *ret_lba where, UINT64_MAX if not said. */
	bool (*data_error)(const struct smart_pages *pages, uint64_t newest, uint64_t *ret_lba);
	/* The logged self-test that is `back` older than the newest. False: there are no more. */
	bool (*test)(const struct smart_pages *pages, unsigned back, struct smart_test *ret);
	/* Starts or aborts the short self-test; false: refused. */
	bool (*self_test)(struct smart_job *job, bool start);
	/* Asks whether a self-test runs, and how much of it is left. */
	bool (*is_testing)(struct smart_job *job, unsigned *ret_left_percent);
};

extern const struct smart_bus smart_ata, smart_nvme, smart_scsi;

/* Reads everything in the language the disk speaks. False: nothing can be judged; job->trouble says why. */
bool smart_read(struct smart_job *job);

#define SMART_WHY 192 /* room for the sentence at a check's end */

/* Examines each chosen disk; `examine` adds to the sentence with which the check ends. In a run that was
 * stopped only those that have been read. SKIP if any disk was skipped, else PASS: findings weigh in by themselves. */
enum verdict smart_each_disk(
	struct run *run, enum verdict (*examine)(struct smart_job *job, char why[SMART_WHY]));

/* ---- asking ---- */

/* Sends a command for `bytes`, which come to disk->buffer: *ret, as much as arrived. False: refused, failed or not answered. */
bool smart_ask(struct smart_job *job, const struct disk_command *command,
	struct disk_answer *ret_answer, struct span *ret);

/* The same; what the reader makes of the page is added to the trouble unless it is good or empty. True when good. */
bool smart_page_good(struct smart_job *job, const char *name, enum page_result result);

/* The same of a log, where empty is an answer: that nothing was logged. */
bool smart_log_good(struct smart_job *job, const char *name, enum page_result result);

/* Adds to the trouble. */
void smart_trouble(struct smart_job *job, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- telling ---- */

struct smart_finding {
	enum finding_code code;
	enum verdict verdict; /* UNDECIDED: as the table says */
	const char *status;   /* one word for what it is about: "reallocated" */
	bool has_count, has_lba;
	uint64_t count, lba;
};

/* Makes a finding of the disk; the message goes after its name and a colon. */
void smart_tell(struct smart_job *job, const struct smart_finding *finding, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Figure / 10^decimals. */
void smart_measure(struct smart_job *job, const char *name, uint64_t value, const char *unit);

/* ---- judging ---- */

/* What the log of self-tests says: the last one that came to an end, or an older one that failed. */
void smart_judge_tests(struct smart_job *job);

/* What common figures say of the time before this run. */
void smart_judge_health(struct smart_job *job, const struct health *health);

#endif
