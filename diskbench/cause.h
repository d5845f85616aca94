/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Why a block cannot be read, in the words of the drive itself.
 *
 * Pure, over struct disk.
 * Method: the block is read once more by a command of the drive's own language, which shows what the firmware's read call
 *         hides. A transfer error is checked by a command that reads without transfer: if that works, the medium is good.
 * Spec.  ACS-4 6.3 (error register), NVM Express base 2.0 4.2.3 (status codes), SPC-5 4.4 and annex F (sense data).
 * Trust. None: a status nobody defined is shown as a number.
 */
#ifndef KIRIWAKE_DISKBENCH_CAUSE_H
#define KIRIWAKE_DISKBENCH_CAUSE_H

#include "core/disk_command.h"

#define CAUSE_TEXT 96

enum cause_kind {
	CAUSE_UNKNOWN, /* the drive could not be asked, or did not say */
	CAUSE_MEDIUM, /* the drive cannot read it, or calls it an error without blaming the way to it */
	CAUSE_LINK,    /* it was read, but spoiled on its way: cable, backplane, slot */
	CAUSE_SILENCE, /* it is about the drive as a whole: whether it answers anything */
	CAUSE_DELIVERED /* asked by command, the drive delivers the data: the firmware's way to it is at fault */
};

struct cause {
	enum cause_kind kind;
	char text[CAUSE_TEXT]; /* "UNC, uncorrectable data"; never empty */
};

/* Asks about one block. Overwrites the disk's buffer and error text. `key`: of poison, never used before. */
void cause_ask(const struct disk *disk, uint64_t lba, uint64_t key, struct cause *ret);

/* After a read that timed out: whether the drive still answers anything. */
void cause_of_silence(const struct disk *disk, struct cause *ret);

/* What an answer that is no success means. `answered` must be so. */
void cause_name(const struct disk_command *c, const struct disk_answer *a, struct cause *ret);

/* The sense key, ASC << 8 | ASCQ of sense data in either format. False: there is none. */
bool cause_sense(struct span sense, uint8_t *ret_key, uint16_t *ret_code);

#endif
