/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the pages of an ATA drive come to. Pure. See smart.h.
 *
 * Rules. FAIL: the drive's own SMART status, an attribute that foretells failure at or below its threshold, the last self-test. Worn:
 *        an attribute of wear at its threshold. WARN: other attributes at their thresholds, and those that were once.
 */
#include "core/fmt.h"
#include "diskbench/smart_ata.h"

#define NAME_TEXT 96

void smart_ata_fold(const struct smart_pages *pages, struct health *ret)
{
	const struct ata_pages *p = &pages->ata;

	ata_statistics_fold(&p->statistics, ret);
	if (p->has_smart)
		ata_attributes_fold(&p->id, &p->smart, ret);
	if (p->has_phy)
		health_take(ret, HEALTH_LINK, SOURCE_PHY, p->phy.damaged);
	if (p->has_errors)
		health_take(ret, HEALTH_LOGGED, SOURCE_LOG, p->errors.total);
}

/* ---- telling ---- */

static void note_attribute(struct smart_job *job, const struct ata_attribute *a)
{
	static const char *const states[] = {[ATTRIBUTE_GOOD] = "",
		[ATTRIBUTE_UNJUDGED] = "",
		[ATTRIBUTE_FAILED_PAST] = ", failed in the past",
		[ATTRIBUTE_FAILING] = ", FAILING NOW"};
	char name[NAME_TEXT];

	fmt_to(name, sizeof(name), "ata_smart_attributes.table.%u.raw.value", a->id);
	smart_measure(job, name, a->raw, "1");
	record_note(job->run->rec, job->disk->id,
		"%s attribute %u %s: value %u, worst %u, threshold %u (%s), raw %llu%s",
		job->disk->id, a->id, ata_attribute_name(a->id, job->pages->ata.id.solid_state),
		a->value, a->worst, a->threshold, a->prefail ? "pre-fail" : "old age",
		(unsigned long long)a->raw, states[ata_attribute_state(a)]);
}

static void note_errors(struct smart_job *job, const struct ata_error_log *log)
{
	const struct ata_logged_error *e = &log->newest[0];

	if (log->count > 0)
		record_note(job->run->rec, job->disk->id,
			"%s: %u errors in its log; the newest at %u power-on hours: error %02xh, status %02xh, LBA %llu.",
			job->disk->id, log->total, e->hours, e->error, e->status,
			(unsigned long long)e->lba);
}

static void measure_identity(struct smart_job *job, const struct ata_identity *id)
{
	struct recorder *rec = job->run->rec;
	const char *disk = job->disk->id;

	smart_measure(job, "logical_block_size", id->logical_bytes, "B");
	smart_measure(job, "physical_block_size", id->physical_bytes, "B");
	if (id->rpm != 0 || id->solid_state)
		smart_measure(job, "rotation_rate", id->rpm, "rpm");
	if (id->sata_gen != 0)
		smart_measure(job, "interface_speed.max.sata_value", id->sata_gen, "1");
	if (id->sata_gen_now != 0)
		smart_measure(job, "interface_speed.current.sata_value", id->sata_gen_now, "1");
	if (id->sata_gen_now != 0 && id->sata_gen_now < id->sata_gen)
		record_note(rec, disk,
			"%s: its SATA link runs at generation %u, and the drive can do %u: an old controller, or a bad cable.",
			disk, id->sata_gen_now, id->sata_gen);
	if (id->wwn != 0)
		record_note(rec, disk, "%s: World Wide Name %016llx.", disk,
			(unsigned long long)id->wwn);
	if (id->locked)
		record_note(rec, disk,
			"%s is locked by an ATA password: its data cannot be read without it.",
			disk);
}

void smart_ata_measure(struct smart_job *job)
{
	const struct ata_pages *p = &job->pages->ata;
	char name[NAME_TEXT];

	measure_identity(job, &p->id);
	if (p->has_status)
		smart_measure(job, "smart_status.passed", !p->failing, "1");
	if (p->has_errors) {
		smart_measure(job, "ata_smart_error_log.summary.count", p->errors.total, "1");
		note_errors(job, &p->errors);
	}
	for (unsigned i = 0; p->has_smart && i < p->smart.count; i++)
		note_attribute(job, &p->smart.attributes[i]);
	for (enum ata_statistic i = 0; i < ATA_STATISTICS; i++) {
		fmt_to(name, sizeof(name), "ata_device_statistics.%s", ata_statistic_name(i));
		if (p->statistics.valid[i] && p->statistics.value[i] >= 0)
			smart_measure(job, name, (uint64_t)p->statistics.value[i], "1");
	}
	if (p->has_phy) {
		smart_measure(job, "sata_phy_event_counters.damaged", p->phy.damaged, "1");
		smart_measure(job, "sata_phy_event_counters.link_lost", p->phy.lost, "1");
	}
}

/* ---- judging ---- */

/* What is to be made of an attribute's state, or PASS. */
static enum verdict attribute_verdict(
	const struct ata_pages *p, const struct ata_attribute *a, enum finding_code *ret)
{
	const enum attribute_state state = ata_attribute_state(a);

	*ret = FINDING_DISK_SMART_WARNING;
	if (state != ATTRIBUTE_FAILING && state != ATTRIBUTE_FAILED_PAST)
		return PASS;
	if (state == ATTRIBUTE_FAILING && ata_attribute_is_wear(&p->id, a))
		*ret = FINDING_DISK_SMART_WORN;
	else if (state == ATTRIBUTE_FAILING && a->prefail)
		*ret = FINDING_DISK_SMART_FAILING;
	return finding_info(*ret)->verdict;
}

static void judge_attribute(struct smart_job *job, const struct ata_attribute *a)
{
	const struct ata_pages *p = &job->pages->ata;
	struct smart_finding finding = {.status = "attribute", .has_count = true, .count = a->id};

	if (attribute_verdict(p, a, &finding.code) == PASS)
		return;
	if (ata_attribute_state(a) == ATTRIBUTE_FAILING)
		smart_tell(job, &finding,
			"SMART attribute %u %s (%s) is at %u and must be above %u.", a->id,
			ata_attribute_name(a->id, p->id.solid_state),
			a->prefail ? "pre-fail" : "old age", a->value, a->threshold);
	else
		smart_tell(job, &finding,
			"SMART attribute %u %s (%s) once was at %u and must be above %u; now it is at %u.",
			a->id, ata_attribute_name(a->id, p->id.solid_state),
			a->prefail ? "pre-fail" : "old age", a->worst, a->threshold, a->value);
}

bool smart_ata_test(const struct smart_pages *pages, unsigned back, struct smart_test *ret)
{
	const struct ata_logged_test *t = &pages->ata.tests.newest[back];

	if (back >= (pages->ata.has_tests ? pages->ata.tests.count : 0))
		return false;
	*ret = (struct smart_test){.failed = ata_self_test_failed(t->status),
		.completed = t->status == ATA_TEST_GOOD,
		.text = ata_self_test_text(t->status),
		.hours = t->hours,
		.has_lba = t->has_lba,
		.lba = t->lba};
	return true;
}

void smart_ata_judge(struct smart_job *job)
{
	const struct ata_pages *p = &job->pages->ata;

	if (p->failing)
		smart_tell(job,
			&(struct smart_finding){
				.code = FINDING_DISK_SMART_FAILING, .status = "smart-status"},
			"the drive predicts its own failure (SMART status).");
	for (unsigned i = 0; p->has_smart && i < p->smart.count; i++)
		judge_attribute(job, &p->smart.attributes[i]);
	if (!p->has_tests && p->has_smart && ata_self_test_failed(p->smart.self_test))
		smart_tell(job,
			&(struct smart_finding){
				.code = FINDING_DISK_SMART_FAILING, .status = "self-test"},
			"its last self-test found a fault: %s.",
			ata_self_test_text(p->smart.self_test));
}

bool smart_ata_data_error(const struct smart_pages *pages, uint64_t newest, uint64_t *ret_lba)
{
	const struct ata_error_log *log = &pages->ata.errors;

	for (unsigned i = 0; i < log->count && i < newest; i++) {
		if (ata_error_is_data(log->newest[i].error)) {
			*ret_lba = log->newest[i].lba;
			return true;
		}
	}
	return false;
}
