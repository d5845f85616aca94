/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a disk was like when this stick saw it last, as a small text file.
 *
 * Pure. "kiriwake-disk 1", then lines "key=value"; lines that are not understood are left out.
 * Trust. None: the file was in other machines, people edit files, and a power cut may have torn it.
 */
#ifndef KIRIWAKE_DISKBENCH_DISK_MEMORY_H
#define KIRIWAKE_DISKBENCH_DISK_MEMORY_H

#include "core/machine.h"
#include "diskbench/health.h"

#define DISK_MEMORY_BYTES 1024
#define DISK_MEMORY_PATH  56

struct disk_memory {
	char model[PORT_TEXT], serial[PORT_TEXT];
	struct health health; /* its counts; nothing else is kept */
	unsigned sata_gen;    /* speed of the SATA link: 1, 2, 3; 0: not known */
	uint64_t bytes_per_s; /* of the slowest zone; 0: not known */
};

/* Where it is kept on the log volume. False: a disk without a serial number cannot be known again. */
bool disk_memory_path(const char *model, const char *serial, char ret[DISK_MEMORY_PATH]);

/* Writes it to buf[DISK_MEMORY_BYTES]. Returns the length. */
size_t disk_memory_write(const struct disk_memory *memory, char buf[DISK_MEMORY_BYTES]);

/* Reads such a file. False, *ret untouched: it is none. */
bool disk_memory_read(struct span file, struct disk_memory *ret);

#endif
