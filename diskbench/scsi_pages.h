/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a SCSI or SAS drive says of itself: inquiry data and log pages.
 *
 * Pure.
 * Spec.  SPC-5: INQUIRY, log pages 06h 0Dh 0Eh 10h 2Fh; SBC-4: page B1h, log pages 02h 03h 05h 11h 15h.
 *        Big-endian. SAT-4: a drive whose vendor reads "ATA" is an ATA drive behind a translator.
 * Trust. None: page and parameter lengths come from the drive.
 */
#ifndef KIRIWAKE_DISKBENCH_SCSI_PAGES_H
#define KIRIWAKE_DISKBENCH_SCSI_PAGES_H

#include "diskbench/health.h"
#include "diskbench/page.h"

#define SCSI_VENDOR  9
#define SCSI_PRODUCT 17
#define SCSI_REV     5

/* ---- inquiry ---- */

struct scsi_inquiry {
	unsigned device_type; /* 0: direct access */
	bool removable;
	char vendor[SCSI_VENDOR], product[SCSI_PRODUCT], revision[SCSI_REV];
	bool is_ata; /* behind a SCSI/ATA translator */
};

enum page_result scsi_inquiry_read(struct span data, struct scsi_inquiry *ret);

/* Page B1h. *ret_rpm 0: not said, 1: no moving parts. */
enum page_result scsi_rotation_read(struct span page, unsigned *ret_rpm);

/* ---- log pages ---- */

#define SCSI_LOG_WRITE_ERRORS  0x02
#define SCSI_LOG_READ_ERRORS   0x03
#define SCSI_LOG_VERIFY_ERRORS 0x05
#define SCSI_LOG_NON_MEDIUM    0x06
#define SCSI_LOG_TEMPERATURE   0x0d
#define SCSI_LOG_START_STOP    0x0e
#define SCSI_LOG_SELF_TESTS    0x10
#define SCSI_LOG_SOLID_STATE   0x11
#define SCSI_LOG_BACKGROUND    0x15
#define SCSI_LOG_EXCEPTIONS    0x2f

#define SCSI_TESTS_MAX 20

enum scsi_counter_page { SCSI_WRITES, SCSI_READS, SCSI_VERIFIES, SCSI_COUNTER_PAGES };

/* Self-test results, bits 3:0. */
enum scsi_self_test {
	SCSI_TEST_GOOD = 0,
	SCSI_TEST_FATAL = 3,
	SCSI_TEST_FAILED_FIRST = 4,
	SCSI_TEST_FAILED_LAST = 7,
	SCSI_TEST_RUNNING = 15
};

struct scsi_test {
	uint8_t kind;   /* 1, 5: short; 2, 6: extended */
	uint8_t result; /* enum scsi_self_test */
	unsigned hours;
	bool has_lba;
	uint64_t lba;
};

/* All that log pages told so far. Zeroed: nothing. */
struct scsi_health {
	bool has_errors[SCSI_COUNTER_PAGES];
	uint64_t corrected[SCSI_COUNTER_PAGES], uncorrected[SCSI_COUNTER_PAGES];
	bool has_non_medium;
	uint64_t non_medium;
	bool has_temperature;
	int temperature_c;
	bool has_reference;
	int reference_c; /* the highest at which the drive may run */
	bool has_starts;
	uint64_t starts; /* start-stop cycles */
	unsigned test_count;
	struct scsi_test tests[SCSI_TESTS_MAX]; /* newest first */
	bool has_used;
	unsigned used_percent;
	bool has_hours;
	uint64_t hours;          /* from the background scan page */
	unsigned background_bad; /* medium errors listed there */
	uint64_t background_lba; /* of the first */
	bool has_exceptions;
	uint8_t asc, ascq; /* 5Dh: failure predicted; 0Bh: warning */
};

/* Adds what a log page tells that was asked for as `page_code`. Untouched unless PAGE_GOOD. A page that ends within a
 * parameter is good up to there. */
enum page_result scsi_log_add(struct span page, uint8_t page_code, struct scsi_health *h);

void scsi_health_fold(const struct scsi_health *s, struct health *h);

static inline bool scsi_test_failed(unsigned result)
{
	return result >= SCSI_TEST_FAILED_FIRST && result <= SCSI_TEST_FAILED_LAST;
}

/* As the end of a sentence. Never NULL. */
const char *scsi_test_text(unsigned result);

#endif
