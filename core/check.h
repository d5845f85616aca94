/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What can be run, and what it runs on.
 *
 * Pure. Checks are rows of the array in suite/catalogue.c; a check is one function and its criterion in words.
 */
#ifndef KIRIWAKE_CORE_CHECK_H
#define KIRIWAKE_CORE_CHECK_H

#include "core/config.h"
#include "core/machine.h"
#include "core/record.h"
#include "core/topology.h"

/* What a check needs; absent: SKIP with a reason, never FAIL. */
enum {
	NEED_NIC = 1, /* a card with a firmware driver */
	NEED_DISK = 2,
	NEED_RAM = 4
};

struct net_session; /* what the rooms remember between their checks; owned by the suite */
struct mem_session;
struct disk_session;
struct suite; /* opaque to every room */

/* One run. Every check gets it. */
struct run {
	const struct machine *machine;
	const struct config *config;
	struct recorder *rec;
	struct inventory *inventory;
	struct net_session *net;
	struct mem_session *mem;
	struct disk_session *disk;
	const struct topology *topology; /* never NULL; may know nothing */
	uint64_t installed_bytes;        /* RAM by SMBIOS type 17; 0 unknown */
	uint64_t seed;                   /* of everything random in this run; recorded */
	unsigned pass;                   /* from 0 */
	uint64_t
		deadline_ns; /* of the whole run, on its clock; UINT64_MAX: none. pulse() minds it. */

	/* Call at least once a second while working: lets the log flush, feeds the watchdog, looks at the keyboard
	 * and the budget. False: stop now, tidy up and say how far you came. */
	bool (*pulse)(struct run *run);
	struct suite *suite;
	bool stopped; /* a pulse said stop: the run is not complete */
	char stop_why[64];
	bool gave_up; /* set by a check whose give-up rule left something selected undone: not complete either */
	char gave_up_on
		[64]; /* what that was, and why: "disk0: 2 reads timed out"; empty: not told */
};

struct check {
	const char *id;      /* "mem.march-c": area.name, never changed once released */
	const char *title;   /* one line */
	const char *pass_if; /* the criterion in words */
	unsigned need;       /* NEED_... */
	bool on_request;     /* slow or disruptive: only when named */
	bool thorough;       /* slow: in the quick profile only when named */
	bool always;         /* taken whatever was selected, in the first pass */
	bool once;           /* looks at what no pass changes: only in the first */
	bool sums_up;        /* of what was done: also in a run that was stopped */
	bool housekeeping;   /* runs whatever was asked for: its PASS alone makes no run PASS */

	/* Returns what it concluded; findings and faults it recorded weigh in by themselves. PASS only for what
	 * was measured. Sets record_why() on SKIP, and on PASS to what was done. */
	enum verdict (*run)(struct run *run);
};

static inline bool run_pulse(struct run *run)
{
	return run->pulse(run);
}

static inline uint64_t run_now_ns(const struct run *run)
{
	return run->machine->clock.now_ns(run->machine->clock.ctx);
}

#endif
