/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The health of a SCSI or SAS drive. Pure, over struct disk. See smart.h.
 *
 * Spec.  SPC-5: INQUIRY (12h), LOG SENSE (4Dh), SEND DIAGNOSTIC (1Dh).
 * Rules. FAIL: the drive predicts its failure (additional sense code 5Dh), or its last self-test found a fault. WARN: its warnings
 *        (0Bh), a temperature at its limit, writes that failed.
 */
#include "core/fmt.h"
#include "diskbench/smart.h"

#define INQUIRY         0x12
#define LOG_SENSE       0x4d
#define SEND_DIAGNOSTIC 0x1d

#define INQUIRY_BYTES  96
#define VITAL_BYTES    64
#define LOG_BYTES      4096
#define LOG_CUMULATIVE 0x40 /* page control: values since they were last reset */
#define LOG_LIST       0x00
#define PAGE_MASK      0x3f
#define VITAL_ROTATION 0xb1
#define TEST_SHORT     (1 << 5) /* in the background */
#define TEST_ABORT     (4 << 5)
#define ASC_PREDICTED  0x5d
#define ASC_WARNING    0x0b

/* ---- asking ---- */

static bool ask(struct smart_job *job, struct scsi_request r, uint32_t bytes, struct span *ret)
{
	const struct disk_command c = {.language = DISK_SCSI, .u.scsi = r, .bytes = bytes};
	struct disk_answer answer;

	return smart_ask(job, &c, &answer, ret);
}

static bool inquire(
	struct smart_job *job, bool vital, uint8_t page, uint8_t bytes, struct span *ret)
{
	return ask(job, (struct scsi_request){{INQUIRY, vital, page, 0, bytes}, 6}, bytes, ret);
}

static bool sense_log(struct smart_job *job, uint8_t page, struct span *ret)
{
	return ask(job,
		(struct scsi_request){{LOG_SENSE, 0, LOG_CUMULATIVE | page, 0, 0, 0, 0,
					      LOG_BYTES >> 8, LOG_BYTES & 0xff},
			10},
		LOG_BYTES, ret);
}

/* ---- reading ---- */

/* Page 0: the codes of the others, a byte each. */
static void read_list(struct smart_job *job)
{
	struct span page;
	size_t count;

	if (!sense_log(job, LOG_LIST, &page) || page.len < 4 ||
		(page.at[0] & PAGE_MASK) != LOG_LIST)
		return;
	count = be16(page.at + 2);
	for (size_t i = 0; i < count && 4 + i < page.len; i++)
		job->pages->scsi.has_log[page.at[4 + i] & PAGE_MASK] = true;
}

static bool read_all(struct smart_job *job)
{
	static const uint8_t logs[] = {SCSI_LOG_WRITE_ERRORS, SCSI_LOG_READ_ERRORS,
		SCSI_LOG_VERIFY_ERRORS, SCSI_LOG_NON_MEDIUM, SCSI_LOG_TEMPERATURE,
		SCSI_LOG_START_STOP, SCSI_LOG_SELF_TESTS, SCSI_LOG_SOLID_STATE, SCSI_LOG_BACKGROUND,
		SCSI_LOG_EXCEPTIONS};
	struct scsi_pages *p = &job->pages->scsi;
	char name[32];
	struct span page;

	if (inquire(job, false, 0, INQUIRY_BYTES, &page))
		p->has_inquiry = smart_page_good(
			job, "its inquiry data", scsi_inquiry_read(page, &p->inquiry));
	if (!p->has_inquiry)
		return false;
	if (inquire(job, true, VITAL_ROTATION, VITAL_BYTES, &page))
		scsi_rotation_read(page, &p->rpm);
	read_list(job);
	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		if (!p->has_log[logs[i]] || !sense_log(job, logs[i], &page))
			continue;
		fmt_to(name, sizeof(name), "its log page %02xh", logs[i]);
		p->any_log |= smart_page_good(job, name, scsi_log_add(page, logs[i], &p->health));
	}
	if (!p->any_log)
		smart_trouble(job, "it has no log pages");
	return p->health.has_exceptions || p->health.has_errors[SCSI_READS];
}

static void fold(const struct smart_pages *pages, struct health *ret)
{
	scsi_health_fold(&pages->scsi.health, ret);
}

/* ---- telling ---- */

static void measure(struct smart_job *job)
{
	static const char *const names[SCSI_COUNTER_PAGES][2] = {
		[SCSI_WRITES] = {"scsi_error_counter_log.write.total_errors_corrected",
			"scsi_error_counter_log.write.total_uncorrected_errors"},
		[SCSI_READS] = {"scsi_error_counter_log.read.total_errors_corrected",
			"scsi_error_counter_log.read.total_uncorrected_errors"},
		[SCSI_VERIFIES] = {"scsi_error_counter_log.verify.total_errors_corrected",
			"scsi_error_counter_log.verify.total_uncorrected_errors"},
	};
	const struct scsi_health *h = &job->pages->scsi.health;

	for (size_t i = 0; i < SCSI_COUNTER_PAGES; i++) {
		if (!h->has_errors[i])
			continue;
		smart_measure(job, names[i][0], h->corrected[i], "1");
		smart_measure(job, names[i][1], h->uncorrected[i], "1");
	}
	if (h->has_starts)
		smart_measure(job, "scsi_start_stop_cycle_counter.accumulated_start_stop_cycles",
			h->starts, "1");
	if (h->has_non_medium)
		smart_measure(job, "scsi_non_medium_error_count", h->non_medium, "1");
	if (h->has_used)
		smart_measure(
			job, "scsi_percentage_used_endurance_indicator", h->used_percent, "%");
	if (h->has_exceptions)
		smart_measure(job, "smart_status.passed", h->asc != ASC_PREDICTED, "1");
}

/* ---- judging ---- */

static bool test(const struct smart_pages *pages, unsigned back, struct smart_test *ret)
{
	const struct scsi_test *t = &pages->scsi.health.tests[back];

	if (back >= pages->scsi.health.test_count)
		return false;
	*ret = (struct smart_test){.failed = scsi_test_failed(t->result),
		.completed = t->result == SCSI_TEST_GOOD,
		.text = scsi_test_text(t->result),
		.hours = t->hours,
		.has_lba = t->has_lba,
		.lba = t->lba};
	return true;
}

static void judge(struct smart_job *job)
{
	const struct scsi_health *h = &job->pages->scsi.health;
	const bool predicted = h->has_exceptions && h->asc == ASC_PREDICTED;

	if (predicted || (h->has_exceptions && h->asc == ASC_WARNING))
		smart_tell(job,
			&(struct smart_finding){.code = predicted ? FINDING_DISK_SMART_FAILING
								  : FINDING_DISK_SMART_WARNING,
				.status = "smart-status"},
			"the drive %s (additional sense %02xh, %02xh).",
			predicted ? "predicts its own failure" : "warns", h->asc, h->ascq);
	if (h->has_errors[SCSI_WRITES] && h->uncorrected[SCSI_WRITES] > 0)
		smart_tell(job,
			&(struct smart_finding){.code = FINDING_DISK_SMART_WARNING,
				.status = "write-errors",
				.has_count = true,
				.count = h->uncorrected[SCSI_WRITES]},
			"%llu writes failed in its life.",
			(unsigned long long)h->uncorrected[SCSI_WRITES]);
	if (h->has_temperature && h->has_reference && h->temperature_c >= h->reference_c)
		smart_tell(job,
			&(struct smart_finding){
				.code = FINDING_DISK_SMART_WARNING, .status = "temperature"},
			"it is at %d C, and may run at %d C at most.", h->temperature_c,
			h->reference_c);
}

/* Non-medium errors do not say where or what. */
static bool data_error(const struct smart_pages *pages, uint64_t newest, uint64_t *ret_lba)
{
	(void)pages, (void)newest, (void)ret_lba;
	return false;
}

static bool self_test(struct smart_job *job, bool start)
{
	struct span nothing;

	return job->pages->scsi.has_log[SCSI_LOG_SELF_TESTS] &&
	       ask(job,
		       (struct scsi_request){{SEND_DIAGNOSTIC, start ? TEST_SHORT : TEST_ABORT}, 6},
		       0, &nothing);
}

/* Drives do not say how far they are. */
static bool is_testing(struct smart_job *job, unsigned *ret_left_percent)
{
	struct scsi_health h = {0};
	struct span page;

	if (!job->pages->scsi.has_log[SCSI_LOG_SELF_TESTS] ||
		!sense_log(job, SCSI_LOG_SELF_TESTS, &page) ||
		scsi_log_add(page, SCSI_LOG_SELF_TESTS, &h) != PAGE_GOOD || h.test_count == 0 ||
		h.tests[0].result != SCSI_TEST_RUNNING)
		return false;
	*ret_left_percent = 100;
	return true;
}

const struct smart_bus smart_scsi = {
	.speaks = DISK_SPEAKS_SCSI,
	.read = read_all,
	.fold = fold,
	.measure = measure,
	.judge = judge,
	.data_error = data_error,
	.test = test,
	.self_test = self_test,
	.is_testing = is_testing,
};
