/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking, telling and judging what no language has for itself. Pure. See smart.h. */
#include "diskbench/smart.h"
#include "core/fmt.h"
#include "diskbench/checks.h"
#include "diskbench/select.h"

#define USED_UP_PERCENT 100

/* ---- asking ---- */

void smart_trouble(struct smart_job *job, const char *format, ...)
{
	char text[SMART_TROUBLE];
	va_list args;

	va_start(args, format);
	fmt_to_v(text, sizeof(text), format, args);
	va_end(args);
	fmt_add(job->trouble, sizeof(job->trouble), "%s%s", job->trouble[0] != '\0' ? "; " : "",
		text);
}

static void tell_timeout(struct smart_job *job)
{
	job->dead = true;
	smart_trouble(job, "it did not answer in time");
	smart_tell(job,
		&(struct smart_finding){
			.code = FINDING_DISK_TIMEOUT, .verdict = WARN, .status = "command"},
		"asked about its health, it did not answer in time (%s).", job->disk->error);
}

bool smart_ask(struct smart_job *job, const struct disk_command *command,
	struct disk_answer *ret_answer, struct span *ret)
{
	enum disk_result result;

	*ret = (struct span){job->disk->buffer, 0};
	if (job->dead || (!run_pulse(job->run) && !job->tidying))
		return false;
	/* Whatever does not arrive must not be taken for the last page. */
	memset(job->disk->buffer, 0, command->bytes);
	result = disk_command(job->disk, command, ret_answer);
	if (result == DISK_TIMEOUT)
		tell_timeout(job);
	if (result == DISK_GONE) {
		job->dead = true;
		smart_trouble(job, "it is gone");
	}
	/* Without the drive's own word the page has to speak for itself. */
	if (result != DISK_OK || (ret_answer->answered && !disk_answer_good(command, ret_answer)))
		return false;
	ret->len = ret_answer->bytes < command->bytes ? ret_answer->bytes : command->bytes;
	return true;
}

bool smart_page_good(struct smart_job *job, const char *name, enum page_result result)
{
	if (result != PAGE_GOOD && result != PAGE_EMPTY)
		smart_trouble(job, "%s %s", name, page_result_text(result));
	return result == PAGE_GOOD;
}

bool smart_log_good(struct smart_job *job, const char *name, enum page_result result)
{
	return smart_page_good(job, name, result) || result == PAGE_EMPTY;
}

bool smart_read(struct smart_job *job)
{
	/* A bridge that speaks two languages speaks the drive's own behind the other. */
	static const struct smart_bus *const buses[] = {&smart_nvme, &smart_ata, &smart_scsi};

	*job->pages = (struct smart_pages){0};
	if (job->disk->speaks == 0) {
		smart_trouble(job, "%s",
			job->disk->mute[0] != '\0' ? job->disk->mute
						   : "the firmware passes no commands to it");
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(buses) && !job->dead; i++) {
		if ((job->disk->speaks & buses[i]->speaks) == 0)
			continue;
		job->pages->bus = buses[i];
		if (buses[i]->read(job))
			return true;
	}
	if (job->trouble[0] == '\0')
		smart_trouble(job, "it says nothing about its health");
	return false;
}

/* ---- telling ---- */

void smart_tell(struct smart_job *job, const struct smart_finding *finding, const char *format, ...)
{
	const struct disk *disk = job->disk;
	struct field fields[6] = {
		FIELD_STR("disk", disk->id),
		FIELD_STR("model", disk->model),
		FIELD_STR("serial", disk->serial),
		FIELD_STR("status", finding->status),
	};
	size_t count = 4;
	char name[DISK_NAME], text[320];
	va_list args;

	if (finding->has_count)
		fields[count++] = FIELD_NUM("count", finding->count);
	if (finding->has_lba)
		fields[count++] = FIELD_NUM("lba", finding->lba);
	va_start(args, format);
	fmt_to_v(text, sizeof(text), format, args);
	va_end(args);
	job->findings++;
	record_finding_as(job->run->rec, finding->code,
		finding->verdict != UNDECIDED ? finding->verdict
					      : finding_info(finding->code)->verdict,
		disk->id, fields, count, "%s: %s", disk_name(name, disk), text);
}

void smart_measure(struct smart_job *job, const char *name, uint64_t value, const char *unit)
{
	record_measure(job->run->rec, job->disk->id, name, value, 0, unit);
}

/* ---- judging ---- */

static void tell_failed_test(struct smart_job *job, const struct smart_test *t, bool last)
{
	const struct smart_finding finding = {
		.code = last ? FINDING_DISK_SMART_FAILING : FINDING_DISK_SMART_WARNING,
		.status = "self-test",
		.has_lba = t->has_lba,
		.lba = t->lba,
	};
	char where[40] = "";

	if (t->has_lba)
		fmt_to(where, sizeof(where), ", first at LBA %llu", (unsigned long long)t->lba);
	smart_tell(job, &finding,
		"%s self-test that it finished, at %llu power-on hours, found a fault: %s%s.",
		last ? "the last" : "a later self-test was good, but an earlier",
		(unsigned long long)t->hours, t->text, where);
}

void smart_judge_tests(struct smart_job *job)
{
	struct smart_test t;
	bool last = true;

	for (unsigned back = 0; job->pages->bus->test(job->pages, back, &t); back++) {
		if (t.failed) {
			tell_failed_test(job, &t, last);
			return;
		}
		last = last && !t.completed;
	}
}

void smart_judge_health(struct smart_job *job, const struct health *health)
{
	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		const struct health_info *info = health_info(i);
		const uint64_t value = health->counts[i].value;

		if (health->counts[i].source == SOURCE_NONE || value == 0 || info->presence == PASS)
			continue;
		smart_tell(job,
			&(struct smart_finding){.code = FINDING_DISK_SMART_WARNING,
				.status = info->key,
				.has_count = true,
				.count = value},
			"%llu %s in its life. %s", (unsigned long long)value, info->name,
			info->why);
	}
	if (health->has_used && health->used_percent >= USED_UP_PERCENT)
		smart_tell(job,
			&(struct smart_finding){.code = FINDING_DISK_SMART_WORN,
				.status = "worn",
				.has_count = true,
				.count = health->used_percent},
			"%u %% of the endurance that it is rated for are used.",
			health->used_percent);
}

/* ---- one disk after the other ---- */

enum verdict smart_each_disk(
	struct run *run, enum verdict (*examine)(struct smart_job *job, char why[SMART_WHY]))
{
	enum verdict worst = PASS;
	char why[SMART_WHY] = "";

	disk_select(run);
	if (run->disk->chosen_count == 0) {
		record_why(run->rec, "no disk is left by disk.only and disk.exclude");
		return SKIP;
	}
	for (size_t i = 0; i < run->machine->disk_count && i < DISK_SLOTS; i++) {
		struct smart_job job = {.run = run,
			.disk = &run->machine->disks[i],
			.state = &run->disk->disks[i],
			.pages = &run->disk->smart,
			.tidying = run->stopped};

		if (!job.state->chosen)
			continue;
		if (run->stopped && !job.state->was_read) {
			fmt_add(why, sizeof(why), "%s%s: not reached, %s",
				why[0] != '\0' ? "; " : "", job.disk->id, run->stop_why);
			worst = SKIP;
		} else if (examine(&job, why) == SKIP) {
			worst = SKIP;
		}
	}
	record_why(run->rec, "%s", why);
	return worst;
}
