/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The truthful read: one that does not take the firmware's word for success.
 *
 * Pure, over struct disk.
 * Why.   Several years of EDK2 return EFI_SUCCESS for unreadable SATA sectors with the buffer untouched,
 *        and its USB storage driver ignores short transfers.
 * Trust. A read counts as done when nothing of the poison is left in the buffer, or when what looks like
 *        poison is delivered again, equal, under a second poison: then the disk really holds it.
 */
#ifndef KIRIWAKE_DISKBENCH_READ_H
#define KIRIWAKE_DISKBENCH_READ_H

#include "core/machine.h"
#include "core/rng.h"

enum read_status {
	READ_GOOD,
	READ_ERROR, /* the firmware says so */
	READ_LIED,  /* the firmware claims success, but the data did not arrive */
	READ_TIMEOUT,
	READ_GONE
};

struct disk_reader {
	const struct disk *disk;
	const struct clock_port *clock;
	struct rng keys; /* of poison: a new one for every read */
};

/* What did not arrive is the whole request, but after READ_LIED only the blocks from the first to the last that
 * kept poison. */
struct read_result {
	enum read_status status;
	uint64_t took_ns; /* the first firmware call alone: no poisoning, no checking */
	uint64_t bad_lba; /* unless READ_GOOD: what did not arrive */
	uint32_t bad_count;
	bool in_part; /* READ_LIED: some of the bad blocks' bytes did arrive */
};

void disk_reader_init(struct disk_reader *reader, const struct disk *disk,
	const struct clock_port *clock, uint64_t seed);

/* Reads `count` > 0 blocks, count * block_bytes <= buffer_bytes, all on the disk. The data is in
 * disk->buffer after READ_GOOD only. */
struct read_result disk_reader_read(struct disk_reader *reader, uint64_t lba, uint32_t count);

#endif
