/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMART data and thresholds of an ATA drive.
 *
 * Pure.
 * Spec.  SMART READ DATA (B0h/D0h): ACS-4, "SMART READ DATA"; the 30 attributes and the page of thresholds (B0h/D1h) as in
 *        SFF-8035i 2.0 and ATA-3, 6.6; they are vendor specific since ATA-4, and every vendor kept them.
 * Trust. None.
 */
#ifndef KIRIWAKE_DISKBENCH_ATA_SMART_H
#define KIRIWAKE_DISKBENCH_ATA_SMART_H

#include "diskbench/ata_identify.h"

#define ATA_ATTRIBUTES 30

/* SMART RETURN STATUS (B0h/DAh): what LBA 23:8 reads afterwards. */
#define ATA_SMART_GOOD    0xc24f
#define ATA_SMART_FAILING 0x2cf4

enum attribute_state {
	ATTRIBUTE_GOOD,
	ATTRIBUTE_UNJUDGED, /* no threshold that could be crossed, or values outside the specification */
	ATTRIBUTE_FAILED_PAST, /* the worst value ever was at or below the threshold */
	ATTRIBUTE_FAILING      /* the value is */
};

struct ata_attribute {
	uint8_t id;   /* never 0 */
	bool prefail; /* crossing the threshold foretells failure; else it tells of age and use */
	uint8_t value, worst; /* 1 to 253, falling as things get worse */
	uint8_t threshold;    /* 0: none */
	uint64_t raw;         /* 48 bits, as the vendor likes it */
};

/* Self-test execution status, bits 7:4. */
enum ata_self_test {
	ATA_TEST_GOOD = 0,
	ATA_TEST_ABORTED = 1,
	ATA_TEST_INTERRUPTED = 2,
	ATA_TEST_FATAL = 3,        /* could not be completed */
	ATA_TEST_FAILED_FIRST = 4, /* unknown element, electrical, servo, read, handling damage */
	ATA_TEST_FAILED_READ = 7,
	ATA_TEST_FAILED_LAST = 8,
	ATA_TEST_RUNNING = 15
};

struct ata_smart {
	unsigned count;
	struct ata_attribute attributes[ATA_ATTRIBUTES];
	bool has_thresholds;
	uint8_t self_test; /* status now, as above */
	unsigned self_test_left_percent;
	bool can_self_test; /* byte 367 bit 4 */
	unsigned
		short_minutes; /* that the drive recommends to wait for a short self-test; 0: not said */
};

/* *ret without thresholds. Untouched unless PAGE_GOOD; PAGE_EMPTY: not one attribute. */
enum page_result ata_smart_read(struct span data, struct ata_smart *ret);

/* Adds the thresholds to attributes of the same id. *smart is untouched unless PAGE_GOOD. */
enum page_result ata_smart_add_thresholds(struct span thresholds, struct ata_smart *smart);

/* By value, worst value and threshold alone: what the raw value means is the vendor's secret. */
enum attribute_state ata_attribute_state(const struct ata_attribute *a);

/* The attribute of that id, or NULL. */
const struct ata_attribute *ata_smart_find(const struct ata_smart *smart, uint8_t id);

/* What a self-test status means, as the end of a sentence: "read element failed". Never NULL. */
const char *ata_self_test_text(unsigned status);

/* Whether a test ended with a fault found. */
static inline bool ata_self_test_failed(unsigned status)
{
	return status >= ATA_TEST_FAILED_FIRST && status <= ATA_TEST_FAILED_LAST;
}

#endif
