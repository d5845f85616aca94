/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ATA commands through SCSI: how SAS controllers and bridges pass them on, and how the drive's registers come back.
 *
 * Pure.
 * Spec.  SAT-4, 12.2 (ATA PASS-THROUGH) and 12.2.7 (ATA Status Return); SPC-5, 4.4 (sense data).
 * Trust. None: bridges return short, other or no sense data.
 */
#ifndef KIRIWAKE_CORE_SAT_H
#define KIRIWAKE_CORE_SAT_H

#include "core/disk_command.h"

/* Wraps an allowed command into ATA PASS-THROUGH(16); commands without data ask for the registers back. */
void sat_wrap(const struct ata_request *ata, struct scsi_request *ret);

/* The drive's answer out of the bridge's: not answered where that holds no registers, unless all went well. */
void sat_unwrap(const struct disk_answer *scsi, struct disk_answer *ret);

#endif
