/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The health of an NVMe drive. Pure, over struct disk. See smart.h.
 *
 * Spec.  NVM Express base specification 1.4: Identify (06h), Get Log Page (02h), Device Self-test (14h).
 * Rules. FAIL: critical warning bits for reliability, read-only media and a failed backup, and the last self-test. WARN: the other
 *        bits, spare below its threshold.
 */
#include "core/fmt.h"
#include "diskbench/smart.h"

#define NVME_IDENTIFY     0x06
#define NVME_GET_LOG_PAGE 0x02
#define NVME_SELF_TEST    0x14

#define CNS_CONTROLLER 1
#define ALL_NAMESPACES 0xffffffffu
#define TEST_SHORT     1
#define TEST_ABORT     0xf
#define KELVIN_ZERO    273

/* ---- asking ---- */

static bool ask(struct smart_job *job, struct nvme_request r, uint32_t bytes, struct span *ret)
{
	const struct disk_command c = {.language = DISK_NVME_ADMIN, .u.nvme = r, .bytes = bytes};
	struct disk_answer answer;

	return smart_ask(job, &c, &answer, ret);
}

static bool ask_log(struct smart_job *job, uint8_t log, uint32_t bytes, struct span *ret)
{
	return ask(job,
		(struct nvme_request){.opcode = NVME_GET_LOG_PAGE,
			.nsid = ALL_NAMESPACES,
			.cdw10 = log | (bytes / 4 - 1) << 16},
		bytes, ret);
}

/* ---- reading ---- */

static void read_errors(struct smart_job *job)
{
	struct nvme_pages *p = &job->pages->nvme;
	unsigned count = p->controller.error_entries;
	struct span page, entry;

	if (count > NVME_ERRORS_MAX)
		count = NVME_ERRORS_MAX;
	if (!ask_log(job, NVME_LOG_ERRORS, count * NVME_ERROR_BYTES, &page))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (!span_sub(page, i * NVME_ERROR_BYTES, NVME_ERROR_BYTES, &entry) ||
			nvme_error_read(entry, &p->errors[p->error_count]) != PAGE_GOOD)
			break;
		p->error_count++;
	}
}

static bool read_all(struct smart_job *job)
{
	struct nvme_pages *p = &job->pages->nvme;
	struct span page;

	if (ask(job, (struct nvme_request){.opcode = NVME_IDENTIFY, .cdw10 = CNS_CONTROLLER},
		    NVME_IDENTIFY_BYTES, &page))
		p->has_controller = smart_page_good(
			job, "its identify data", nvme_controller_read(page, &p->controller));
	if (ask_log(job, NVME_LOG_HEALTH, NVME_HEALTH_BYTES, &page))
		p->has_health = smart_page_good(
			job, "its health log", nvme_health_read(page, &p->health));
	else if (!job->dead)
		smart_trouble(job, "it refuses its health log");
	/* A drive without them would log the question as an error. */
	if (p->has_controller && p->has_health && p->health.log_entries > 0)
		read_errors(job);
	if (p->has_controller && p->controller.self_test &&
		ask_log(job, NVME_LOG_SELF_TESTS, NVME_TEST_LOG_BYTES, &page))
		p->has_tests = smart_log_good(
			job, "its self-test log", nvme_test_log_read(page, &p->tests));
	return p->has_health;
}

static void fold(const struct smart_pages *pages, struct health *ret)
{
	if (pages->nvme.has_health)
		nvme_health_fold(&pages->nvme.health, ret);
}

/* ---- telling ---- */

#define HEALTH_LOG "nvme_smart_health_information_log."

static void measure_counters(struct smart_job *job, const struct nvme_health *n)
{
	const struct {
		const char *name;
		uint64_t value;
		const char *unit;
	} rows[] = {
		{HEALTH_LOG "critical_warning", n->critical_warning, "1"},
		{HEALTH_LOG "available_spare", n->spare_percent, "%"},
		{HEALTH_LOG "available_spare_threshold", n->spare_threshold_percent, "%"},
		{HEALTH_LOG "percentage_used", n->used_percent, "%"},
		{HEALTH_LOG "data_units_read", n->units_read, "1"},
		{HEALTH_LOG "data_units_written", n->units_written, "1"},
		{HEALTH_LOG "host_reads", n->host_reads, "1"},
		{HEALTH_LOG "host_writes", n->host_writes, "1"},
		{HEALTH_LOG "controller_busy_time", n->busy_minutes, "min"},
		{HEALTH_LOG "power_cycles", n->power_cycles, "1"},
		{HEALTH_LOG "power_on_hours", n->power_on_hours, "h"},
		{HEALTH_LOG "unsafe_shutdowns", n->unsafe_shutdowns, "1"},
		{HEALTH_LOG "media_errors", n->media_errors, "1"},
		{HEALTH_LOG "num_err_log_entries", n->log_entries, "1"},
		{HEALTH_LOG "warning_temp_time", n->warning_minutes, "min"},
		{HEALTH_LOG "critical_comp_time", n->critical_minutes, "min"},
	};
	char name[80];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		smart_measure(job, rows[i].name, rows[i].value, rows[i].unit);
	smart_measure(job, "smart_status.passed", n->critical_warning == 0, "1");
	for (unsigned i = 0; i < NVME_SENSORS; i++) {
		fmt_to(name, sizeof(name), HEALTH_LOG "temperature_sensors.%u", i);
		if (n->sensors_k[i] >= KELVIN_ZERO)
			smart_measure(job, name, n->sensors_k[i] - KELVIN_ZERO, "C");
	}
}

static void measure(struct smart_job *job)
{
	const struct nvme_pages *p = &job->pages->nvme;
	const struct nvme_error *e = &p->errors[0];

	if (p->has_health)
		measure_counters(job, &p->health);
	if (p->error_count > 0)
		record_note(job->run->rec, job->disk->id,
			"%s: the newest error in its log is number %llu: status code type %u, code %02xh, LBA %llu.",
			job->disk->id, (unsigned long long)e->number, e->type, e->code,
			(unsigned long long)e->lba);
}

/* ---- judging ---- */

static void judge_warnings(struct smart_job *job, const struct nvme_health *n)
{
	for (enum nvme_warning bit = 0; bit < NVME_WARNINGS; bit++) {
		const struct smart_finding finding = {
			.code = nvme_warning_is_failure(bit) ? FINDING_DISK_SMART_FAILING
							     : FINDING_DISK_SMART_WARNING,
			.status = "critical-warning",
			.has_count = true,
			.count = n->critical_warning,
		};

		if (n->critical_warning >> bit & 1)
			smart_tell(job, &finding, "critical warning %02xh, bit %u: %s.",
				n->critical_warning, bit, nvme_warning_text(bit));
	}
	if (n->critical_warning >> NVME_WARNINGS != 0)
		record_note(job->run->rec, job->disk->id,
			"%s: critical warning %02xh has bits that NVMe 1.4 does not know.",
			job->disk->id, n->critical_warning);
}

static bool test(const struct smart_pages *pages, unsigned back, struct smart_test *ret)
{
	const struct nvme_test *t = &pages->nvme.tests.newest[back];

	if (back >= (pages->nvme.has_tests ? pages->nvme.tests.count : 0))
		return false;
	*ret = (struct smart_test){.failed = nvme_test_failed(t->result),
		.completed = t->result == NVME_TEST_GOOD,
		.text = nvme_test_text(t->result),
		.hours = t->hours,
		.has_lba = t->has_lba,
		.lba = t->lba};
	return true;
}

static void judge(struct smart_job *job)
{
	const struct nvme_pages *p = &job->pages->nvme;
	const struct nvme_health *n = &p->health;

	if (p->has_health) {
		judge_warnings(job, n);
		if (nvme_spare_is_low(n) && (n->critical_warning >> NVME_WARN_SPARE & 1) == 0)
			smart_tell(job,
				&(struct smart_finding){.code = FINDING_DISK_SMART_WARNING,
					.status = "spare",
					.has_count = true,
					.count = n->spare_percent},
				"%u %% of its spare are left, fewer than the %u %% of its threshold.",
				n->spare_percent, n->spare_threshold_percent);
		if (p->controller.critical_k != 0 && n->temperature_k >= p->controller.critical_k)
			smart_tell(job,
				&(struct smart_finding){.code = FINDING_DISK_SMART_WARNING,
					.status = "temperature"},
				"it is at %d C, and its critical temperature is %d C.",
				(int)n->temperature_k - KELVIN_ZERO,
				(int)p->controller.critical_k - KELVIN_ZERO);
	}
}

static bool data_error(const struct smart_pages *pages, uint64_t newest, uint64_t *ret_lba)
{
	const struct nvme_pages *p = &pages->nvme;

	for (unsigned i = 0; i < p->error_count && i < newest; i++) {
		if (nvme_error_is_data(&p->errors[i])) {
			*ret_lba = p->errors[i].lba;
			return true;
		}
	}
	return false;
}

static bool self_test(struct smart_job *job, bool start)
{
	struct span nothing;

	return job->pages->nvme.controller.self_test &&
	       ask(job,
		       (struct nvme_request){.opcode = NVME_SELF_TEST,
			       .nsid = job->disk->namespace_id,
			       .cdw10 = start ? TEST_SHORT : TEST_ABORT},
		       0, &nothing);
}

static bool is_testing(struct smart_job *job, unsigned *ret_left_percent)
{
	struct nvme_test_log log;
	struct span page;

	if (!job->pages->nvme.controller.self_test ||
		!ask_log(job, NVME_LOG_SELF_TESTS, NVME_TEST_LOG_BYTES, &page) ||
		nvme_test_log_read(page, &log) != PAGE_GOOD || log.running == 0)
		return false;
	*ret_left_percent = log.percent_done < 100 ? 100 - log.percent_done : 0;
	return true;
}

const struct smart_bus smart_nvme = {
	.speaks = DISK_SPEAKS_NVME,
	.read = read_all,
	.fold = fold,
	.measure = measure,
	.judge = judge,
	.data_error = data_error,
	.test = test,
	.self_test = self_test,
	.is_testing = is_testing,
};
