/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The health of an ATA drive. Pure, over struct disk. See smart.h.
 *
 * Spec.  ACS-4: IDENTIFY DEVICE (ECh), SMART (B0h), READ LOG EXT (2Fh).
 * Care.  A command that a drive does not know ends up in its error log: logs are asked for only where the log directory or the
 *        identify data name them. SMART that is switched off stays so: switching it on would change the drive.
 */
#include "diskbench/smart_ata.h"
#include "core/fmt.h"

#define ATA_IDENTIFY     0xec
#define ATA_SMART        0xb0
#define ATA_READ_LOG_EXT 0x2f

#define SMART_READ_DATA       0xd0
#define SMART_READ_THRESHOLDS 0xd1
#define SMART_EXECUTE         0xd4
#define SMART_READ_LOG        0xd5
#define SMART_STATUS          0xda

#define SMART_LBA     0xc24f00u /* the signature of every SMART command, in LBA 23:8 */
#define TEST_SHORT    1
#define TEST_ABORT    0x7f
#define LOG_DIRECTORY 0x00
#define NAME_TEXT     64

/* ---- asking ---- */

static bool ask(struct smart_job *job, struct ata_request r, uint32_t bytes,
	struct disk_answer *ret_answer, struct span *ret)
{
	const struct disk_command c = {.language = DISK_ATA, .u.ata = r, .bytes = bytes};

	return smart_ask(job, &c, ret_answer, ret);
}

static bool ask_page(struct smart_job *job, struct ata_request r, struct span *ret)
{
	struct disk_answer answer;

	r.protocol = ATA_PIO_IN;
	r.count = 1;
	return ask(job, r, ATA_PAGE_BYTES, &answer, ret);
}

static bool ask_smart(struct smart_job *job, uint8_t feature, uint8_t log, struct span *ret)
{
	return ask_page(job,
		(struct ata_request){
			.command = ATA_SMART, .feature = feature, .lba = SMART_LBA | log},
		ret);
}

/* LBA 7:0 is the log, 15:8 the page of it. */
static bool ask_log(struct smart_job *job, unsigned log, unsigned page, struct span *ret)
{
	return job->pages->ata.has_logs[log] &&
	       ask_page(job,
		       (struct ata_request){
			       .command = ATA_READ_LOG_EXT, .ext = true, .lba = log | page << 8},
		       ret);
}

/* ---- reading ---- */

static bool read_identity(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	struct span page;

	if (!ask_page(job, (struct ata_request){.command = ATA_IDENTIFY}, &page)) {
		if (!job->dead)
			smart_trouble(job, "it refuses IDENTIFY DEVICE");
		return false;
	}
	return smart_page_good(job, "its identify data", ata_identity_read(page, &p->id));
}

/* Word n of the directory: how many pages log n has. */
static void read_directory(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	struct span page;

	p->has_logs[LOG_DIRECTORY] = p->id.log_pages;
	if (!ask_log(job, LOG_DIRECTORY, 0, &page) || page.len < ATA_PAGE_BYTES)
		return;
	for (size_t log = 1; log < ARRAY_LEN(p->has_logs); log++)
		p->has_logs[log] = le16(page.at + 2 * log) != 0;
}

static void read_smart(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	struct span page;

	if (!ask_smart(job, SMART_READ_DATA, 0, &page)) {
		smart_trouble(job, "it refuses its SMART data");
		return;
	}
	p->has_smart = smart_page_good(job, "its SMART data", ata_smart_read(page, &p->smart));
	if (p->has_smart && ask_smart(job, SMART_READ_THRESHOLDS, 0, &page))
		smart_page_good(job, "its table of SMART thresholds",
			ata_smart_add_thresholds(page, &p->smart));
}

static void read_status(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	const struct ata_request r = {
		.command = ATA_SMART, .feature = SMART_STATUS, .lba = SMART_LBA};
	struct disk_answer answer;
	struct span nothing;
	uint16_t says;

	if (!ask(job, r, 0, &answer, &nothing))
		return;
	says = (uint16_t)(answer.u.ata.lba >> 8);
	p->has_status = says == ATA_SMART_GOOD || says == ATA_SMART_FAILING;
	p->failing = says == ATA_SMART_FAILING;
	if (!p->has_status)
		smart_trouble(job, "its SMART status does not come through");
}

/* The extended logs have room for whole addresses; their newest entry may lie on a page that was not read. */
static void read_logs(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	struct span page;

	if (ask_log(job, ATA_LOG_ERRORS, 0, &page))
		p->has_errors = smart_log_good(job, "its extended error log",
					ata_error_log_ext_read(page, &p->errors)) &&
				p->errors.count > 0;
	if (!p->has_errors && p->id.error_logging &&
		ask_smart(job, SMART_READ_LOG, ATA_LOG_SUMMARY_ERRORS, &page))
		p->has_errors = smart_log_good(
			job, "its error log", ata_error_log_read(page, &p->errors));
	if (ask_log(job, ATA_LOG_SELF_TESTS_EXT, 0, &page))
		p->has_tests = smart_log_good(
			job, "its extended self-test log", ata_test_log_ext_read(page, &p->tests));
	if (!p->has_tests && p->id.self_test &&
		ask_smart(job, SMART_READ_LOG, ATA_LOG_SELF_TESTS, &page))
		p->has_tests = smart_log_good(
			job, "its self-test log", ata_test_log_read(page, &p->tests));
}

/* Page 0 lists the others: its bytes 9 on are their numbers, byte 8 how many. */
static void read_statistics(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	bool has[ATA_STATISTICS_PAGES + 1] = {false};
	char name[NAME_TEXT];
	struct span page;

	if (!ask_log(job, ATA_LOG_STATISTICS, 0, &page) || page.len < ATA_PAGE_BYTES)
		return;
	for (size_t i = 0; i < page.at[8]; i++) {
		if (page.at[9 + i] <= ATA_STATISTICS_PAGES)
			has[page.at[9 + i]] = true;
	}
	for (unsigned i = 1; i <= ATA_STATISTICS_PAGES; i++) {
		if (!has[i] || !ask_log(job, ATA_LOG_STATISTICS, i, &page))
			continue;
		fmt_to(name, sizeof(name), "page %u of its statistics", i);
		smart_page_good(job, name, ata_statistics_add(page, i, &p->statistics));
	}
}

static void read_phy(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;
	struct span page;

	if (p->id.phy_counters && ask_log(job, ATA_LOG_PHY, 0, &page))
		p->has_phy = smart_page_good(
			job, "its page of link counters", ata_phy_counters_read(page, &p->phy));
}

static bool read_all(struct smart_job *job)
{
	struct ata_pages *p = &job->pages->ata;

	if (!read_identity(job))
		return false;
	read_directory(job);
	read_statistics(job);
	read_phy(job);
	if (!p->id.smart_supported) {
		smart_trouble(job, "it has no SMART");
		return false;
	}
	if (!p->id.smart_enabled) {
		smart_trouble(job, "its SMART is switched off, and stays so");
		return false;
	}
	read_smart(job);
	read_status(job);
	read_logs(job);
	return p->has_status || (p->has_smart && p->smart.has_thresholds);
}

/* ---- testing ---- */

static bool self_test(struct smart_job *job, bool start)
{
	const struct ata_request r = {.command = ATA_SMART,
		.feature = SMART_EXECUTE,
		.lba = SMART_LBA | (start ? TEST_SHORT : TEST_ABORT)};
	struct disk_answer answer;
	struct span nothing;

	return job->pages->ata.has_smart && job->pages->ata.smart.can_self_test &&
	       ask(job, r, 0, &answer, &nothing);
}

static bool is_testing(struct smart_job *job, unsigned *ret_left_percent)
{
	struct ata_smart smart;
	struct span page;

	if (!ask_smart(job, SMART_READ_DATA, 0, &page) ||
		ata_smart_read(page, &smart) != PAGE_GOOD || smart.self_test != ATA_TEST_RUNNING)
		return false;
	*ret_left_percent = smart.self_test_left_percent;
	return true;
}

const struct smart_bus smart_ata = {
	.speaks = DISK_SPEAKS_ATA,
	.read = read_all,
	.fold = smart_ata_fold,
	.measure = smart_ata_measure,
	.judge = smart_ata_judge,
	.data_error = smart_ata_data_error,
	.test = smart_ata_test,
	.self_test = self_test,
	.is_testing = is_testing,
};
