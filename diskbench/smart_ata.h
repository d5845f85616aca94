/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The halves of struct smart_bus for ATA: smart_ata.c asks, smart_ata_judge.c tells and judges. Pure. See smart.h. */
#ifndef KIRIWAKE_DISKBENCH_SMART_ATA_H
#define KIRIWAKE_DISKBENCH_SMART_ATA_H

#include "diskbench/smart.h"

/* Each is the member of struct smart_bus with the same name. */
void smart_ata_fold(const struct smart_pages *pages, struct health *ret);
void smart_ata_measure(struct smart_job *job);
void smart_ata_judge(struct smart_job *job);
bool smart_ata_data_error(const struct smart_pages *pages, uint64_t newest, uint64_t *ret_lba);
bool smart_ata_test(const struct smart_pages *pages, unsigned back, struct smart_test *ret);

#endif
