/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.changes: whether the drives' own counters rose while they were read, and since this stick saw them last.
 *
 * Pure, over struct disk and volume_port. What a drive was like is kept in a file of its own on the log volume (disk_memory.h).
 * Why.   A drive that saves a read by retries and spare sectors returns no error: its counters cannot hide it.
 * Pass if the drive was asked before and after, or was seen in an earlier run, and nothing got worse.
 */
#include "core/fmt.h"
#include "core/volume.h"
#include "diskbench/checks.h"
#include "diskbench/disk_memory.h"

#define FAR_SLOWER   4 /* times, between runs: less may be the machine, the slot or the hour */
#define NOTED_SLOWER 2

/* ---- within this run ---- */

static void tell_growth(
	struct smart_job *job, enum health_count which, uint64_t before, uint64_t now)
{
	const struct health_info *info = health_info(which);
	const struct smart_finding finding = {
		.code = which == HEALTH_LINK ? FINDING_DISK_LINK_ERRORS : FINDING_DISK_ERRORS_GREW,
		.verdict = info->growth,
		.status = info->key,
		.has_count = true,
		.count = now - before,
	};

	smart_tell(job, &finding, "%s rose from %llu to %llu while it was tested. %s", info->name,
		(unsigned long long)before, (unsigned long long)now, info->why);
}

/* Commands that the drive does not know count as errors, too: only what is about data is held against it. */
static void tell_logged(struct smart_job *job, uint64_t before, uint64_t now)
{
	struct smart_finding finding = {.code = FINDING_DISK_ERRORS_GREW,
		.status = health_info(HEALTH_LOGGED)->key,
		.has_count = true,
		.count = now - before};

	if (job->pages->bus->data_error(job->pages, now - before, &finding.lba)) {
		finding.has_lba = true;
		smart_tell(job, &finding,
			"its error log grew from %llu to %llu entries while it was tested, and has one about data at LBA %llu.",
			(unsigned long long)before, (unsigned long long)now,
			(unsigned long long)finding.lba);
	} else {
		record_note(job->run->rec, job->disk->id,
			"%s: its error log grew from %llu to %llu while it was tested; as far as it shows, by commands that it does not know.",
			job->disk->id, (unsigned long long)before, (unsigned long long)now);
	}
}

static void compare_within(struct smart_job *job, const struct health *now)
{
	const struct health *before = &job->state->health;

	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		if (!health_grew(before, now, i))
			continue;
		if (i == HEALTH_LOGGED)
			tell_logged(job, before->counts[i].value, now->counts[i].value);
		else if (health_info(i)->growth != PASS)
			tell_growth(job, i, before->counts[i].value, now->counts[i].value);
	}
}

/* ---- since an earlier run ---- */

static void tell_change(
	struct smart_job *job, const char *what, uint64_t old, uint64_t now, const char *unit)
{
	smart_tell(job,
		&(struct smart_finding){.code = FINDING_DISK_CHANGED,
			.status = what,
			.has_count = true,
			.count = now},
		"since this stick saw it last, %s went from %llu to %llu%s.", what,
		(unsigned long long)old, (unsigned long long)now, unit);
}

static void compare_speed(
	struct smart_job *job, const struct disk_memory *old, const struct disk_memory *now)
{
	if (old->sata_gen != 0 && now->sata_gen != 0 && now->sata_gen < old->sata_gen)
		tell_change(
			job, "the generation of the SATA link", old->sata_gen, now->sata_gen, "");
	if (old->bytes_per_s == 0 || now->bytes_per_s == 0)
		return;
	if (now->bytes_per_s < old->bytes_per_s / FAR_SLOWER)
		tell_change(job, "the speed of its slowest zone", old->bytes_per_s / 1000000,
			now->bytes_per_s / 1000000, " MB/s");
	else if (now->bytes_per_s < old->bytes_per_s / NOTED_SLOWER)
		record_note(job->run->rec, job->disk->id,
			"%s: its slowest zone read %llu MB/s when this stick saw it last, and %llu MB/s now.",
			job->disk->id, (unsigned long long)(old->bytes_per_s / 1000000),
			(unsigned long long)(now->bytes_per_s / 1000000));
}

static void compare_runs(
	struct smart_job *job, const struct disk_memory *old, const struct disk_memory *now)
{
	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		if (health_info(i)->change != PASS && health_grew(&old->health, &now->health, i))
			tell_change(job, health_info(i)->name, old->health.counts[i].value,
				now->health.counts[i].value, "");
	}
	compare_speed(job, old, now);
}

/* What is not known this time stays as it was. */
static void merge(struct disk_memory *now, const struct disk_memory *old)
{
	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		if (now->health.counts[i].source == SOURCE_NONE)
			now->health.counts[i] = old->health.counts[i];
	}
	if (now->sata_gen == 0)
		now->sata_gen = old->sata_gen;
	if (now->bytes_per_s == 0)
		now->bytes_per_s = old->bytes_per_s;
}

/* Whether this disk was seen in an earlier run. */
static bool recall(struct smart_job *job, const char *path, struct disk_memory *ret)
{
	const struct volume_port *v = &job->run->machine->volume;
	char buf[DISK_MEMORY_BYTES];
	size_t len;
	const enum volume_result result = v->read(v->ctx, path, 0, buf, sizeof(buf), &len);

	if (result == VOLUME_OK && disk_memory_read((struct span){(const uint8_t *)buf, len}, ret))
		return text_same(ret->serial, job->disk->serial) &&
		       text_same(ret->model, job->disk->model);
	if (result == VOLUME_OK)
		record_note(job->run->rec, job->disk->id,
			"%s on the log volume is not what it should be; it is begun anew.", path);
	else if (result != VOLUME_NOT_FOUND)
		record_note(job->run->rec, job->disk->id, "%s on the log volume cannot be read: %s",
			path, v->error);
	return false;
}

static void keep(struct smart_job *job, const char *path, const struct disk_memory *memory)
{
	const struct volume_port *v = &job->run->machine->volume;
	char buf[DISK_MEMORY_BYTES];
	const size_t len = disk_memory_write(memory, buf);

	if (!v->writable || !volume_write(v, "/baseline", path, buf, len))
		record_note(job->run->rec, job->disk->id,
			"What %s is like could not be written to the log volume for the next run.",
			job->disk->id);
}

/* Namespaces of one NVMe drive, and cheap USB bridges, share model and serial number: their records would be taken for each other's. */
static bool has_twin(const struct smart_job *job)
{
	const struct machine *m = job->run->machine;

	for (size_t i = 0; i < m->disk_count; i++) {
		if (&m->disks[i] != job->disk && text_same(m->disks[i].serial, job->disk->serial) &&
			text_same(m->disks[i].model, job->disk->model))
			return true;
	}
	return false;
}

/* Returns whether there was something to compare with. */
static bool compare_with_memory(struct smart_job *job, const struct health *health)
{
	struct disk_memory old,
		now = {.sata_gen = job->state->sata_gen, .bytes_per_s = job->state->bytes_per_s};
	char path[DISK_MEMORY_PATH];
	bool known;

	if (!job->run->machine->volume.present || has_twin(job) ||
		!disk_memory_path(job->disk->model, job->disk->serial, path))
		return false;
	text_copy(now.model, sizeof(now.model), job->disk->model);
	text_copy(now.serial, sizeof(now.serial), job->disk->serial);
	now.health = *health;
	known = recall(job, path, &old);
	if (known) {
		compare_runs(job, &old, &now);
		merge(&now, &old);
	}
	keep(job, path, &now);
	return known;
}

/* ---- the check ---- */

/* SKIP: there was nothing to compare. */
static enum verdict examine(struct smart_job *job, char why[SMART_WHY])
{
	struct health health = {0};
	bool within = smart_read(job) && job->state->has_health, runs;

	if (job->pages->bus != NULL)
		job->pages->bus->fold(job->pages, &health);
	if (within) {
		compare_within(job, &health);
		job->state->health = health;
	}
	if (health.has_temperature && health.temperature_c >= 0)
		smart_measure(job, "temperature.current", (uint64_t)health.temperature_c, "C");
	runs = compare_with_memory(job, &health);
	fmt_add(why, SMART_WHY, "%s%s: ", why[0] != '\0' ? "; " : "", job->disk->id);
	if (job->findings > 0)
		fmt_add(why, SMART_WHY, "worse");
	else if (within || runs)
		fmt_add(why, SMART_WHY, "no worse than %s%s%s", within ? "before its test" : "",
			within && runs ? " and " : "", runs ? "in its last run" : "");
	else
		fmt_add(why, SMART_WHY,
			"its health was not known, and this stick has no record of it");
	return within || runs ? PASS : SKIP;
}

static enum verdict run_changes(struct run *run)
{
	return smart_each_disk(run, examine);
}

const struct check disk_changes_check = {
	.id = "disk.changes",
	.title = "Whether the disks' own counters rose, during this run or since the last one",
	.pass_if =
		"no disk counted more errors than before it was tested, or than this stick has on record",
	.need = NEED_DISK,
	.sums_up = true,
	.run = run_changes,
};
