/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a surface scan found, as a mapfile of GNU ddrescue: a rescue can go on from it.
 *
 * Pure.
 * Spec. GNU ddrescue manual, "Mapfile structure": positions and sizes in bytes; + read, - bad, / failed and not yet
 *       looked into, ? not tried.
 */
#ifndef KIRIWAKE_DISKBENCH_MAPFILE_H
#define KIRIWAKE_DISKBENCH_MAPFILE_H

#include "core/fmt.h"
#include "diskbench/checks.h"

/* Ranges in one file. A sample of more has only what failed shown, and all else as not tried. */
#define MAPFILE_LINES_MAX 4096

/* Writes the map of the disk with this index in machine->disks, of which scanned.chunk_blocks > 0. */
void mapfile_write(const struct disk_session *session, const struct machine *machine, size_t index,
	struct sink out);

#endif
