/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings about blocks that could not be read. Pure. See damage.h. */
#include "diskbench/damage.h"
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define STATUS_TEXT   48
#define ACCIDENTS_MAX 3 /* failed reads that were made good, on one disk and in one run */

const char *damage_status(const struct disk *disk)
{
	const char *status = disk->error;

	for (const char *c = disk->error; *c != '\0'; c++) {
		if (c[0] == ':' && c[1] == ' ' && c[2] != '\0')
			status = c + 2;
	}
	return *status == '\0' ? "unnamed error" : status;
}

bool damage_known(const struct disk_job *job, uint64_t lba)
{
	const struct disk_session *session = job->run->disk;

	for (size_t i = 0; i < session->bad_count; i++) {
		const struct bad_range *bad = &session->bad[i];

		if (bad->disk == job->disk && lba >= bad->lba && lba - bad->lba < bad->count)
			return true;
	}
	return false;
}

static void remember(struct disk_job *job, const struct damage *damage)
{
	struct disk_session *session = job->run->disk;

	if (damage->failed > 0 && !damage->recovered && session->bad_count < BAD_RANGES_MAX)
		session->bad[session->bad_count++] = (struct bad_range){
			job->disk, damage->lba, damage->count};
}

static const char *status_text(const struct damage *damage)
{
	if (damage->status == READ_ERROR)
		return damage->error;
	return damage->in_part ? "success with only part of the data" : "success without data";
}

/* "LBA 1000", "LBA 1000 to 1007 (8 blocks)". */
static void where_text(char *buf, size_t cap, const struct damage *damage)
{
	fmt_to(buf, cap, "LBA %llu", (unsigned long long)damage->lba);
	if (damage->count > 1)
		fmt_add(buf, cap, " to %llu (%llu blocks)",
			(unsigned long long)(damage->lba + damage->count - 1),
			(unsigned long long)damage->count);
}

/* What reading again showed, as the end of the sentence. */
static void again_text(char *buf, size_t cap, const struct damage *damage)
{
	if (!damage->narrowed)
		fmt_to(buf, cap, "which of these blocks it was could not be found out");
	else if (damage->reread == 0)
		fmt_to(buf, cap, "it was not read again");
	else if (damage->recovered)
		fmt_to(buf, cap,
			"every block of it could be read right afterwards (%u of %u reads failed)",
			damage->failed, damage->reread);
	else
		fmt_to(buf, cap, "read again, %u of %u failed too", damage->failed, damage->reread);
}

static const char *said_by(const struct damage *damage)
{
	if (damage->cause.kind != CAUSE_UNKNOWN && damage->cause.kind != CAUSE_SILENCE)
		return "drive";
	return damage->status == READ_LIED ? "poison check" : "firmware";
}

/* What the drive itself says, as a clause of the sentence; empty when it says nothing. */
static void cause_text(char *buf, size_t cap, const struct cause *cause)
{
	static const char *const openings[] = {
		[CAUSE_MEDIUM] = "; the drive says: ",
		[CAUSE_LINK] = "; the drive says: ",
		[CAUSE_SILENCE] = "; ",
		[CAUSE_DELIVERED] = "; but ",
	};

	buf[0] = '\0';
	if (cause->kind != CAUSE_UNKNOWN)
		fmt_to(buf, cap, "%s%s", openings[cause->kind], cause->text);
}

/* Where the drive has the data, the medium is not accused. */
static enum finding_code code_of(const struct damage *damage)
{
	const struct cause *cause = &damage->cause;

	if (damage->recovered)
		return FINDING_DISK_READ_UNSTEADY;
	return cause->kind == CAUSE_LINK || cause->kind == CAUSE_DELIVERED
		       ? FINDING_DISK_LINK_ERRORS
		       : FINDING_DISK_READ_ERROR;
}

static enum verdict verdict_of(struct disk_job *job, const struct damage *damage)
{
	return damage->recovered && ++job->state->accidents <= ACCIDENTS_MAX ? WARN : FAIL;
}

static void report_read_error(struct disk_job *job, const struct damage *damage)
{
	const struct disk *disk = job->disk;
	char name[DISK_NAME], where[STATUS_TEXT * 2], again[STATUS_TEXT * 2];
	char reproduced[STATUS_TEXT] = "not tried", cause[CAUSE_TEXT + STATUS_TEXT];
	const struct field fields[] = {
		FIELD_STR("disk", disk->id),
		FIELD_STR("model", disk->model),
		FIELD_STR("serial", disk->serial),
		FIELD_NUM("lba", damage->lba),
		FIELD_NUM("lba_count", damage->count),
		FIELD_STR("status", status_text(damage)),
		FIELD_STR("cause", damage->cause.text),
		FIELD_STR("said_by", said_by(damage)),
		FIELD_STR("reproduced", reproduced),
	};

	if (damage->reread > 0)
		fmt_to(reproduced, sizeof(reproduced), "%u of %u", damage->failed, damage->reread);
	where_text(where, sizeof(where), damage);
	again_text(again, sizeof(again), damage);
	cause_text(cause, sizeof(cause), &damage->cause);
	record_finding_as(job->run->rec, code_of(damage), verdict_of(job, damage), disk->id, fields,
		ARRAY_LEN(fields), "%s: %s%s %s (%s); %s%s.", disk_name(name, disk),
		damage->recovered ? "a read of " : "", where,
		damage->recovered ? "failed" : "could not be read", status_text(damage), again,
		cause);
}

static void report_lie(struct disk_job *job, const struct damage *damage)
{
	char cause[CAUSE_TEXT + STATUS_TEXT];
	const struct field fields[] = {
		FIELD_STR("disk", job->disk->id),
		FIELD_NUM("lba", damage->lba),
		FIELD_STR("cause", damage->cause.text),
		FIELD_STR("said_by", said_by(damage)),
	};

	if (job->state->lied)
		return;
	job->state->lied = true;
	cause_text(cause, sizeof(cause), &damage->cause);
	record_finding(job->run->rec, FINDING_DISK_FIRMWARE_LIED, NULL, fields, ARRAY_LEN(fields),
		"The firmware (%s) reported success for a read of %s at LBA %llu that did not deliver the data%s.",
		job->run->machine->firmware, job->disk->id, (unsigned long long)damage->lba, cause);
}

void damage_flush(struct disk_job *job)
{
	struct damage *damage = &job->damage;

	if (damage->count == 0)
		return;
	report_read_error(job, damage);
	if (damage->status == READ_LIED)
		report_lie(job, damage);
	remember(job, damage);
	damage->count = 0;
}

static bool continues(const struct damage *a, const struct damage *b)
{
	return a->count > 0 && a->lba + a->count == b->lba && a->status == b->status &&
	       a->in_part == b->in_part && a->narrowed == b->narrowed &&
	       a->recovered == b->recovered && a->failed == b->failed && a->reread == b->reread &&
	       a->cause.kind == b->cause.kind && text_same(a->error, b->error);
}

void damage_add(struct disk_job *job, const struct damage *damage)
{
	job->bad_blocks++;
	job->recovered += damage->recovered;
	if (continues(&job->damage, damage)) {
		job->damage.count += damage->count;
		return;
	}
	job->bad_places++;
	damage_flush(job);
	job->damage = *damage;
}

void damage_timeout(struct disk_job *job, uint64_t lba, uint32_t count, uint64_t took_ns)
{
	const struct disk *disk = job->disk;
	char name[DISK_NAME], took[FMT_SIZE], status[STATUS_TEXT], said[CAUSE_TEXT + STATUS_TEXT];
	struct cause cause;
	const struct field fields[] = {
		FIELD_STR("disk", disk->id),
		FIELD_STR("model", disk->model),
		FIELD_STR("serial", disk->serial),
		FIELD_NUM("lba", lba),
		FIELD_NUM("lba_count", count),
		FIELD_STR("status", status),
		FIELD_STR("cause", cause.text),
		FIELD_STR("said_by", "firmware"),
	};

	text_copy(status, sizeof(status), damage_status(disk));
	cause_of_silence(disk, &cause);
	cause_text(said, sizeof(said), &cause);
	record_finding(job->run->rec, FINDING_DISK_TIMEOUT, disk->id, fields, ARRAY_LEN(fields),
		"%s: a read of %u blocks at LBA %llu timed out after %s%s.", disk_name(name, disk),
		count, (unsigned long long)lba, fmt_duration(took, took_ns), said);
}

void damage_gone(struct disk_job *job, uint64_t lba)
{
	const struct disk *disk = job->disk;
	char name[DISK_NAME];
	const struct field fields[] = {
		FIELD_STR("disk", disk->id),
		FIELD_STR("model", disk->model),
		FIELD_STR("serial", disk->serial),
		FIELD_NUM("lba", lba),
		FIELD_NUM("lba_count", 1),
		FIELD_STR("status", damage_status(disk)),
		FIELD_STR("said_by", "firmware"),
	};

	record_finding(job->run->rec, FINDING_DISK_READ_ERROR, disk->id, fields, ARRAY_LEN(fields),
		"%s is gone (%s): it was there at the start, and a read at LBA %llu found no disk.",
		disk_name(name, disk), damage_status(disk), (unsigned long long)lba);
}
