/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The health of a disk in figures that every bus has in common, so that they can be judged and compared.
 *
 * Pure.
 * A figure says where it is from: only figures from the same source are ever compared with each other.
 */
#ifndef KIRIWAKE_DISKBENCH_HEALTH_H
#define KIRIWAKE_DISKBENCH_HEALTH_H

#include "core/verdict.h"
#include <stdbool.h>
#include <stdint.h>

/* Counters that only ever rise, except HEALTH_PENDING and HEALTH_OFFLINE. */
enum health_count {
	HEALTH_MEDIA,       /* reads that the drive could not satisfy */
	HEALTH_PENDING,     /* sectors that could not be read and wait to be written */
	HEALTH_OFFLINE,     /* sectors that the drive's own scan could not read */
	HEALTH_REALLOCATED, /* sectors replaced by spare ones */
	HEALTH_LINK,        /* damaged transfers between drive and controller */
	HEALTH_LOGGED,      /* commands that ended in an error, whatever it was */
	HEALTH_UNSAFE,      /* power taken away without notice */
	HEALTH_POWER_CYCLES,
	HEALTH_HOURS, /* powered on */
	HEALTH_COUNTS
};

/* Who says it. The first that speaks is taken: it is the same one each time as long as the drive answers alike. */
enum health_source {
	SOURCE_NONE,       /* not known */
	SOURCE_STATISTICS, /* ATA device statistics */
	SOURCE_ATTRIBUTE,  /* SMART attributes */
	SOURCE_PHY,        /* SATA phy event counters */
	SOURCE_LOG,        /* the ATA error log */
	SOURCE_NVME,       /* NVMe log 02h */
	SOURCE_SCSI,       /* SCSI log pages */
	HEALTH_SOURCES
};

struct health_figure {
	enum health_source source;
	uint64_t value;
};

struct health {
	struct health_figure counts[HEALTH_COUNTS];
	bool has_temperature;
	int temperature_c;
	bool has_used;
	unsigned used_percent; /* of the rated endurance; may exceed 100 */
	uint64_t
		bad_addresses; /* logged errors that are about data, not about commands that the drive does not know */
};

struct health_info {
	const char *key;  /* in remembered files and fields: "pending" */
	const char *name; /* for people, plural: "pending sectors" */
	/* What it means when it grew while only this program read the disk; PASS: nothing. */
	enum verdict growth;
	/* What it means when it is above 0 from before; PASS: nothing. */
	enum verdict presence;
	/* What it means when it grew since an earlier run; PASS: nothing. */
	enum verdict change;
	const char *why; /* a sentence, when one of them is more than PASS */
};

/* Never NULL. */
const struct health_info *health_info(enum health_count which);

/* "attributes": in remembered files. Never NULL; empty for SOURCE_NONE. */
const char *health_source_key(enum health_source source);

/* Takes a figure unless one is known already: the better source comes first. */
void health_take(
	struct health *h, enum health_count which, enum health_source source, uint64_t value);

/* Whether both know the figure from the same source and it is greater in `now`. */
bool health_grew(const struct health *before, const struct health *now, enum health_count which);

#endif
