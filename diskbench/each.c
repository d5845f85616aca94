/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A check's way over the chosen disks, and what it may conclude. Pure. See job.h.
 *
 * Pass if every chosen disk was read as far as the check says, without one failed read.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define WHY_TEXT 192

void job_leave_undone(struct run *run, const struct disk *disk, enum job_end end)
{
	run->gave_up = true;
	if (run->gave_up_on[0] == '\0')
		fmt_to(run->gave_up_on, sizeof(run->gave_up_on), "%s: %s", disk->id,
			job_end_text(end));
}

/* Whether its time ended before what it was for: it was too slow for what is always measured, or failing reads took the time. */
static bool ran_out(const struct disk_job *job)
{
	return job->time_over &&
	       (job->incomplete || job->delivered == 0 || job->failing_ns >= job->share_ns / 2);
}

/* Sums up one disk, and records what that is worth. */
static enum verdict conclude(struct disk_job *job)
{
	struct recorder *rec = job->run->rec;
	const char *id = job->disk->id;

	const bool undone = job_gave_up(job->end) || ran_out(job);

	if (undone && job->end == JOB_GOING)
		job->end = JOB_OUT_OF_TIME;
	if (undone)
		job_leave_undone(job->run, job->disk, job->end);
	job->state->was_read |= job->delivered > 0;
	if (undone || job->end == JOB_STOPPED)
		record_note(rec, id, "%s: %s; %s. The rest is not tested.", id, job->summary,
			job_end_text(job->end));
	if (job->known_bad > 0)
		record_note(rec, id,
			"%s: bad blocks reported by an earlier check and met again: %llu.", id,
			(unsigned long long)job->known_bad);
	if (job->failures > 0)
		return job->failures > job->recovered ? FAIL : WARN;
	if (job->end == JOB_STOPPED || job->incomplete || job->delivered == 0)
		return SKIP;
	record_coverage(rec, id, "%s, no error", job->summary);
	record_coverage(rec, PART_ID_FIRMWARE,
		"what it called a good read of %s had delivered the data", id);
	return PASS;
}

/* A disk whose bad blocks are all known gets no new finding: the reason says why it fails again. */
static void add_failures(char why[WHY_TEXT], const struct disk_job *job)
{
	fmt_add(why, WHY_TEXT, "; %u failed read%s", job->failures, job->failures == 1 ? "" : "s");
	if (job->known_bad > 0)
		fmt_add(why, WHY_TEXT, ", bad blocks reported before: %llu",
			(unsigned long long)job->known_bad);
}

static enum verdict test_disk(struct run *run, size_t index, uint64_t limit_ns,
	void (*test)(struct disk_job *job), char why[WHY_TEXT])
{
	const struct disk_state *state = &run->disk->disks[index];
	const char *id = run->machine->disks[index].id;
	struct disk_job job;
	enum verdict v;

	if (why[0] != '\0')
		fmt_add(why, WHY_TEXT, "; ");
	if (state->given_up != JOB_GOING) {
		fmt_add(why, WHY_TEXT, "%s: not tested, given up before: %s", id,
			job_end_text(state->given_up));
		job_leave_undone(run, &run->machine->disks[index], state->given_up);
		return SKIP;
	}
	if (run->stopped) {
		fmt_add(why, WHY_TEXT, "%s: not tested, stopped before", id);
		return SKIP;
	}
	job_begin(&job, run, index, limit_ns);
	job_probe(&job);
	test(&job);
	v = conclude(&job);
	fmt_add(why, WHY_TEXT, "%s: %s", id, job.summary);
	if (job.failures > 0)
		add_failures(why, &job);
	if (v == SKIP)
		fmt_add(why, WHY_TEXT, ", then %s", job_end_text(job.end));
	return v;
}

enum verdict job_each_disk(struct run *run, uint64_t limit_ns, void (*test)(struct disk_job *job))
{
	unsigned skipped = 0, failed = 0;
	char why[WHY_TEXT] = "";

	disk_select(run);
	if (run->disk->chosen_count == 0) {
		record_why(run->rec, "no disk is left by disk.only and disk.exclude");
		return SKIP;
	}
	for (size_t i = 0; i < run->machine->disk_count && i < DISK_SLOTS; i++) {
		enum verdict v;

		if (!run->disk->disks[i].chosen)
			continue;
		v = test_disk(run, i, limit_ns, test, why);
		failed += v == FAIL;
		skipped += v == SKIP;
	}
	record_why(run->rec, "%s", why);
	if (failed > 0)
		return FAIL;
	return skipped > 0 ? SKIP : PASS;
}
