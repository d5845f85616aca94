/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the suite's own files share: the state of one run. Not for the rooms. */
#ifndef KIRIWAKE_SUITE_STATE_H
#define KIRIWAKE_SUITE_STATE_H

#include "core/check.h"
#include "diskbench/checks.h"
#include "memtest/checks.h"
#include "nicprobe/checks.h"
#include "report/console.h"
#include "report/digest.h"
#include "report/jsonl.h"
#include "report/latest.h"
#include "report/textlog.h"
#include "suite/changes.h"
#include "suite/mca_watch.h"
#include "suite/options.h"
#include "suite/runlog.h"
#include "suite/triage.h"

#define PARAMETERS_SIZE   4096
#define COMMAND_LINE_SIZE 512

struct suite {
	struct machine *machine;
	struct config config;
	struct option_problems problems;
	char parameters[PARAMETERS_SIZE];
	char command_line[COMMAND_LINE_SIZE];
	uint64_t watchdog_fed_ns;

	struct recorder rec;
	struct inventory inventory;
	struct topology topology;
	struct triage triage;
	struct runlog log;
	bool log_problem_told; /* log-unavailable is found once */
	struct console_report console;
	struct jsonl jsonl;
	struct textlog textlog;
	struct latest latest;
	struct digest digest;
	uint64_t bad_pages_written; /* mismatches that badram.txt knows of */

	struct run run;
	enum verdict verdict;
	struct counts counts;
	bool unreached; /* a selected check was not run */
	bool memory_time_told;
	bool disk_map_told[DISK_SLOTS];

	struct net_session net;
	struct mem_session mem;
	struct disk_session disk;
	struct mca_watch mca;
	struct changes changes;
};

/* Reads the options from every source, asks the person if that is wanted, and tells the machine. */
void gather_options(struct suite *suite);

/* Records log-unavailable if the log has a problem that was not told yet. */
void setup_tell_log_problem(struct suite *suite);

/* Once, when a check has measured how fast memory is: notes how long all memory tests of a pass will take. */
void tell_memory_time(struct suite *suite);

/* Writes badram.txt anew if more pages or mismatches are known than it has. After each check, so that a hang later
 * on leaves the file. */
void keep_bad_pages(struct suite *s);

/* Writes what the surface scans found so far as mapfiles, one per disk, if there is news. */
void keep_disk_maps(struct suite *s);

/* Tells the disk checks where the last run's surface scan stopped. */
void recall_disk_scan(struct suite *s);

/* Records which files the run will leave, as part of its last step; and, once it has ended, writes them. */
void tell_reports(struct suite *suite);
void write_reports(struct suite *suite);

/* Asks a person at the console for a profile and options (interactive=yes); goes on by itself after a minute
 * without a key. What was typed is read as options, with the highest precedence. */
void prompt_options(struct suite *suite);

#endif
