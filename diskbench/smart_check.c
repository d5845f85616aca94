/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.smart: what the drives say of themselves, before anybody reads them hard.
 *
 * Pure, over struct disk.
 * Pass if every chosen disk says so of itself, in pages that can be trusted, and nothing speaks against it.
 */
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/smart_self_test.h"

/* Figures that every language has, under the names that smartctl gives them in all of them. */
static void measure_common(struct smart_job *job, const struct health *h)
{
	static const struct {
		enum health_count count;
		const char *name, *unit;
	} rows[] = {
		{HEALTH_HOURS, "power_on_time.hours", "h"},
		{HEALTH_POWER_CYCLES, "power_cycle_count", "1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (h->counts[rows[i].count].source != SOURCE_NONE)
			smart_measure(
				job, rows[i].name, h->counts[rows[i].count].value, rows[i].unit);
	}
	if (h->has_temperature && h->temperature_c >= 0)
		smart_measure(job, "temperature.current", (uint64_t)h->temperature_c, "C");
	if (h->has_used)
		smart_measure(job, "endurance_used.current_percent", h->used_percent, "%");
}

/* What the language knows of the drive that later checks want to know. */
static void keep(struct smart_job *job, const struct health *health)
{
	const struct smart_pages *pages = job->pages;
	struct disk_state *state = job->state;

	state->has_health = true;
	state->health = *health;
	state->sata_gen = pages->ata.id.sata_gen_now;
	if (state->rotation == 0)
		state->rotation = pages->nvme.has_controller  ? 1
				  : pages->ata.id.solid_state ? 1
				  : pages->ata.id.rpm != 0    ? (uint16_t)pages->ata.id.rpm
							      : (uint16_t)pages->scsi.rpm;
}

/* SKIP: nothing could be judged. WARN stands for whatever was found. */
static enum verdict examine(struct smart_job *job)
{
	struct recorder *rec = job->run->rec;
	struct health health = {0};
	bool judged = smart_read(job);

	if (judged && job->run->config->disk_self_test != SELF_TEST_OFF)
		judged = smart_self_test(job);
	if (job->pages->bus != NULL) {
		job->pages->bus->fold(job->pages, &health);
		job->pages->bus->measure(job);
		measure_common(job, &health);
		keep(job, &health);
	}
	if (judged) {
		job->pages->bus->judge(job);
		smart_judge_tests(job);
		smart_judge_health(job, &health);
	}
	if (job->trouble[0] != '\0')
		record_note(rec, job->disk->id, "%s: health %s: %s.", job->disk->id,
			judged ? "not wholly known" : "not reachable", job->trouble);
	if (!judged)
		return SKIP;
	if (job->findings == 0)
		record_coverage(
			rec, job->disk->id, "its own health data show no failure and no warning");
	return job->findings == 0 ? PASS : WARN;
}

static void say(char why[SMART_WHY], const struct smart_job *job, enum verdict v)
{
	fmt_add(why, SMART_WHY, "%s%s: ", why[0] != '\0' ? "; " : "", job->disk->id);
	if (v == SKIP)
		fmt_add(why, SMART_WHY, "health not reachable: %s", job->trouble);
	else if (v == PASS)
		fmt_add(why, SMART_WHY, "says it is well");
	else
		fmt_add(why, SMART_WHY, "%u finding%s", job->findings,
			job->findings == 1 ? "" : "s");
}

static enum verdict examine_and_say(struct smart_job *job, char why[SMART_WHY])
{
	const enum verdict v = examine(job);

	say(why, job, v);
	return v;
}

static enum verdict run_smart(struct run *run)
{
	return smart_each_disk(run, examine_and_say);
}

const struct check disk_smart_check = {
	.id = "disk.smart",
	.title = "What the disks say of themselves: SMART, health and self-test logs",
	.pass_if =
		"every disk reports its health, and no failure, no warning and no error in its life",
	.need = NEED_DISK,
	.once = true,
	.run = run_smart,
};
