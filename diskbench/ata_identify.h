/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IDENTIFY DEVICE data: who an ATA drive is and what it can do.
 *
 * Pure.
 * Spec.  ATA ACS-4 (INCITS 529), command ECh, "IDENTIFY DEVICE data": 256 little-endian words. Feature words count only
 *        where bits 15:14 of words 83, 84 and 87 read 01b.
 * Trust. None.
 */
#ifndef KIRIWAKE_DISKBENCH_ATA_IDENTIFY_H
#define KIRIWAKE_DISKBENCH_ATA_IDENTIFY_H

#include "diskbench/page.h"

#define ATA_PAGE_BYTES 512

#define ATA_SERIAL   21 /* words 10 to 19 */
#define ATA_FIRMWARE 9  /* words 23 to 26 */
#define ATA_MODEL    41 /* words 27 to 46 */

struct ata_identity {
	char serial[ATA_SERIAL], firmware[ATA_FIRMWARE], model[ATA_MODEL];
	uint64_t blocks;         /* logical; words 60, 61 or 100 to 103; 0: not said */
	uint32_t logical_bytes;  /* words 106, 117, 118 */
	uint32_t physical_bytes; /* likewise */
	uint64_t wwn;            /* words 108 to 111; 0: none */
	unsigned rpm;            /* word 217; 0: not said, or no moving parts */
	bool solid_state;        /* word 217 says so */
	bool smart_supported;    /* word 82 bit 0 */
	bool smart_enabled;      /* word 85 bit 0 */
	bool error_logging;      /* word 84 or 87 bit 0 */
	bool self_test;          /* word 84 or 87 bit 1 */
	bool log_pages;          /* word 84 or 87 bit 5: READ LOG EXT */
	bool phy_counters;       /* word 76 bit 10: log 11h */
	unsigned sata_gen;       /* fastest of word 76: 1, 2, 3; 0: not said */
	unsigned sata_gen_now;   /* word 77 bits 3:1; 0: not said */
	bool locked;             /* word 128 bit 2: an ATA password keeps everybody from the data */
};

/* PAGE_GOOD, or *ret is untouched. A page without the checksum signature (word 255, A5h) is taken as it is. */
enum page_result ata_identity_read(struct span page, struct ata_identity *ret);

#endif
