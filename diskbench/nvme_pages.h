/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What an NVMe drive says of itself: identify data and log pages.
 *
 * Pure.
 * Spec.  NVM Express base specification 1.4: Identify (5.15) and Get Log Page (5.14) with logs 01h error information, 02h SMART / health
 *        information, 06h device self-test. Little-endian; counters of 16 bytes saturate here at 64 bits.
 * Trust. None.
 */
#ifndef KIRIWAKE_DISKBENCH_NVME_PAGES_H
#define KIRIWAKE_DISKBENCH_NVME_PAGES_H

#include "diskbench/health.h"
#include "diskbench/page.h"

#define NVME_IDENTIFY_BYTES 4096
#define NVME_HEALTH_BYTES   512
#define NVME_ERROR_BYTES    64
#define NVME_TEST_LOG_BYTES 564
#define NVME_SERIAL         21
#define NVME_MODEL          41
#define NVME_FIRMWARE       9

#define NVME_LOG_ERRORS     0x01
#define NVME_LOG_HEALTH     0x02
#define NVME_LOG_SELF_TESTS 0x06

/* ---- identify ---- */

struct nvme_controller {
	char serial[NVME_SERIAL], model[NVME_MODEL], firmware[NVME_FIRMWARE];
	uint32_t version;               /* 0x00010400: 1.4; 0 before 1.2 */
	bool self_test;                 /* OACS bit 4 */
	unsigned error_entries;         /* of log 01h, from 1 */
	unsigned warning_k, critical_k; /* composite temperature, kelvin; 0: not said */
};

enum page_result nvme_controller_read(struct span page, struct nvme_controller *ret);

/* ---- health ---- */

/* Bits of critical_warning. */
enum nvme_warning {
	NVME_WARN_SPARE,       /* available spare fell below its threshold */
	NVME_WARN_TEMPERATURE, /* above or below a threshold */
	NVME_WARN_RELIABILITY, /* degraded by media or internal errors */
	NVME_WARN_READ_ONLY,   /* the media were put in read-only mode */
	NVME_WARN_BACKUP,      /* the volatile memory backup device failed */
	NVME_WARN_PMR,         /* the persistent memory region became read-only or unreliable */
	NVME_WARNINGS
};

/* What the bit means, as part of a sentence. */
const char *nvme_warning_text(enum nvme_warning bit);

/* Whether the drive can no longer be relied upon with it: reliability, read-only, backup. */
bool nvme_warning_is_failure(enum nvme_warning bit);

#define NVME_SENSORS 8

struct nvme_health {
	uint8_t critical_warning;
	unsigned temperature_k; /* composite; 0: not said */
	unsigned spare_percent, spare_threshold_percent, used_percent;
	uint64_t units_read, units_written; /* of 512000 bytes */
	uint64_t host_reads, host_writes;   /* commands */
	uint64_t busy_minutes, power_cycles, power_on_hours, unsafe_shutdowns;
	uint64_t media_errors, log_entries;
	uint32_t warning_minutes,
		critical_minutes;         /* above the temperatures of the identify data */
	unsigned sensors_k[NVME_SENSORS]; /* 0: none */
};

enum page_result nvme_health_read(struct span page, struct nvme_health *ret);

/* Whether spare is below its threshold; strictly, because drives that know neither say 0 and 0. */
static inline bool nvme_spare_is_low(const struct nvme_health *n)
{
	return n->spare_percent < n->spare_threshold_percent;
}

void nvme_health_fold(const struct nvme_health *n, struct health *h);

/* ---- errors ---- */

struct nvme_error {
	uint64_t number;     /* counts all errors of the drive's life; 0: unused entry */
	unsigned type, code; /* SCT and SC: 2, 81h is an unrecovered read error */
	uint64_t lba;
	uint32_t namespace_id;
};

/* One entry of log 01h. PAGE_EMPTY: unused. */
enum page_result nvme_error_read(struct span entry, struct nvme_error *ret);

/* Whether it is about data or the drive's inner workings, not about a command that the drive does not know. */
bool nvme_error_is_data(const struct nvme_error *e);

/* ---- self-tests ---- */

#define NVME_TESTS_MAX 20

enum nvme_test_result {
	NVME_TEST_GOOD = 0,
	NVME_TEST_FATAL = 5,          /* could not be completed */
	NVME_TEST_FAILED_UNKNOWN = 6, /* some segment failed */
	NVME_TEST_FAILED = 7,
	NVME_TEST_UNUSED = 15
};

struct nvme_test {
	uint8_t kind;   /* 1 short, 2 extended */
	uint8_t result; /* enum nvme_test_result */
	uint64_t hours; /* powered on */
	bool has_lba;   /* of the first failure */
	uint64_t lba;
};

struct nvme_test_log {
	unsigned running; /* 0: none; 1 short, 2 extended */
	unsigned percent_done;
	unsigned count;
	struct nvme_test newest[NVME_TESTS_MAX]; /* newest first */
};

/* Log 06h. PAGE_EMPTY: no test was ever made and none runs; *ret is that. Else untouched unless PAGE_GOOD. */
enum page_result nvme_test_log_read(struct span page, struct nvme_test_log *ret);

/* As the end of a sentence: "completed without error". Never NULL. */
const char *nvme_test_text(unsigned result);

static inline bool nvme_test_failed(unsigned result)
{
	return result == NVME_TEST_FAILED || result == NVME_TEST_FAILED_UNKNOWN;
}

#endif
