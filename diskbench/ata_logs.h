/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The logs of an ATA drive: errors, self-tests, statistics, and the counters of its SATA link.
 *
 * Pure.
 * Spec.  ACS-4, annex of log definitions: 01h summary SMART error log, 03h extended comprehensive SMART error log, 06h SMART
 *        self-test log, 07h extended SMART self-test log, 04h device statistics; 11h SATA phy event counters of SATA 3.x.
 * Trust. None.
 */
#ifndef KIRIWAKE_DISKBENCH_ATA_LOGS_H
#define KIRIWAKE_DISKBENCH_ATA_LOGS_H

#include "core/disk_command.h"
#include "diskbench/ata_smart.h"
#include "diskbench/health.h"

#define ATA_LOG_SUMMARY_ERRORS 0x01
#define ATA_LOG_ERRORS         0x03 /* extended comprehensive: READ LOG EXT only */
#define ATA_LOG_STATISTICS     0x04
#define ATA_LOG_SELF_TESTS     0x06
#define ATA_LOG_SELF_TESTS_EXT 0x07 /* READ LOG EXT only */
#define ATA_LOG_PHY            0x11 /* READ LOG EXT only */

/* ---- errors ---- */

/* Error registers as in core/disk_command.h. */

#define ATA_ERRORS_MAX 5

struct ata_logged_error {
	uint8_t error, status; /* registers */
	uint64_t lba;
	unsigned hours; /* powered on, modulo 65536 */
};

struct ata_error_log {
	unsigned total; /* in the life of the drive, modulo 65536 */
	unsigned count;
	struct ata_logged_error newest[ATA_ERRORS_MAX]; /* newest first */
};

/* Log 01h, with 28-bit LBAs. PAGE_EMPTY: no error was logged; *ret is that. Else untouched unless PAGE_GOOD. */
enum page_result ata_error_log_read(struct span page, struct ata_error_log *ret);

/* The first page of log 03h, with 48-bit LBAs: as above. The newest entry may lie on another page: then there are fewer. */
enum page_result ata_error_log_ext_read(struct span page, struct ata_error_log *ret);

/* Whether an error is about the data or their transfer, not about a command that the drive does not know. */
static inline bool ata_error_is_data(uint8_t error)
{
	return (error & (ATA_ERROR_ICRC | ATA_ERROR_UNC | ATA_ERROR_IDNF)) != 0;
}

/* ---- self-tests ---- */

#define ATA_TESTS_MAX 21

struct ata_logged_test {
	uint8_t kind;   /* 1 short, 2 extended, 3 conveyance, 4 selective; +128 captive */
	uint8_t status; /* enum ata_self_test */
	unsigned hours;
	bool has_lba; /* of the first failure */
	uint64_t lba;
};

struct ata_test_log {
	unsigned count;
	struct ata_logged_test newest[ATA_TESTS_MAX]; /* newest first */
};

/* Log 06h. PAGE_EMPTY: no test was ever made; *ret is that. Else untouched unless PAGE_GOOD. */
enum page_result ata_test_log_read(struct span page, struct ata_test_log *ret);

/* The first page of log 07h: as above. */
enum page_result ata_test_log_ext_read(struct span page, struct ata_test_log *ret);

/* ---- statistics ---- */

#define ATA_STATISTICS_PAGES 7 /* 1 to 7: the standard ones */

enum ata_statistic {
	ATA_STAT_POWER_CYCLES, /* page 1: lifetime power-on resets */
	ATA_STAT_HOURS,        /* power-on hours */
	ATA_STAT_WRITTEN,      /* logical sectors written */
	ATA_STAT_READ,         /* logical sectors read */
	ATA_STAT_PENDING,      /* pending error count */
	ATA_STAT_REALLOCATED,  /* page 3: reallocated logical sectors */
	ATA_STAT_RECOVERIES,   /* read recovery attempts */
	ATA_STAT_START_FAILURES,
	ATA_STAT_CANDIDATES,    /* reallocation candidates */
	ATA_STAT_UNCORRECTABLE, /* page 4: reported uncorrectable errors */
	ATA_STAT_TEMPERATURE,   /* page 5: signed, as are the next three */
	ATA_STAT_HIGHEST,
	ATA_STAT_LOWEST,
	ATA_STAT_MAX_OPERATING, /* specified maximum operating temperature */
	ATA_STAT_OVER_TIME,     /* minutes in over-temperature */
	ATA_STAT_HARD_RESETS,   /* page 6 */
	ATA_STAT_CRC,           /* interface CRC errors */
	ATA_STAT_USED,          /* page 7: percentage of endurance used */
	ATA_STATISTICS
};

struct ata_statistics {
	bool valid[ATA_STATISTICS]; /* supported and valid, as its flags say */
	int64_t value[ATA_STATISTICS];
};

/* Adds what page `number` of log 04h tells. *stats is untouched unless PAGE_GOOD. */
enum page_result ata_statistics_add(
	struct span page, unsigned number, struct ata_statistics *stats);

/* As smartctl names them: "Number of Reallocated Logical Sectors". */
const char *ata_statistic_name(enum ata_statistic which);

/* Takes the figures that statistics tell. Those known already stay. */
void ata_statistics_fold(const struct ata_statistics *stats, struct health *h);

/* ---- the link ---- */

struct ata_phy_counters {
	unsigned count; /* counters found */
	uint64_t
		damaged; /* transfers with a wrong checksum or refused with R_ERR: what a bad cable does */
	uint64_t lost; /* times the link was lost (PhyRdy to PhyRdyn) */
};

/* Log 11h. *ret is untouched unless PAGE_GOOD. */
enum page_result ata_phy_counters_read(struct span page, struct ata_phy_counters *ret);

#endif
