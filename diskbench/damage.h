/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Blocks that could not be read: folding neighbours, findings, and remembering what was reported.
 *
 * Pure.
 */
#ifndef KIRIWAKE_DISKBENCH_DAMAGE_H
#define KIRIWAKE_DISKBENCH_DAMAGE_H

#include "core/machine.h"
#include "diskbench/cause.h"
#include "diskbench/read.h"

struct disk_job;

/* Neighbouring blocks that failed in the same way. */
struct damage {
	uint64_t lba, count;
	enum read_status status; /* READ_ERROR or READ_LIED */
	bool in_part;            /* READ_LIED: some bytes did arrive */
	bool narrowed;           /* false: somewhere in this range; where could not be found out */
	bool recovered;          /* a read failed, and every block of it could be read afterwards */
	unsigned failed,
		reread; /* each block, or recovered: all in parts, was read again `reread` times, of which `failed` failed as well */
	char error[PORT_ERROR]; /* READ_ERROR: what the firmware said */
	struct cause cause;     /* of its first block */
};

/* The firmware's status out of "Call: STATUS". Never empty. */
const char *damage_status(const struct disk *disk);

/* Whether a finding of this run has this block already. */
bool damage_known(const struct disk_job *job, uint64_t lba);

/* Adds to what is being folded; reports what does not continue it. */
void damage_add(struct disk_job *job, const struct damage *damage);

/* Reports what is still folded. */
void damage_flush(struct disk_job *job);

/* Findings that are not about narrowed blocks. */
void damage_timeout(struct disk_job *job, uint64_t lba, uint32_t count, uint64_t took_ns);
void damage_gone(struct disk_job *job, uint64_t lba);

#endif
