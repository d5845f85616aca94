/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The disks in turns: does one suffer from what the others do?
 *
 * Pure, over struct disk.
 * Method: some reads of 1 MiB from each disk alone, one after the other; then as many right behind them, but one from
 *         each disk in turn. Reads are synchronous, so there are never two at once: what shows is a disk that loses its
 *         read-ahead, dozes off or has to be switched to when others are used between its reads (port multipliers,
 *         bridges, expanders). It is not the throughput of all at once: firmware cannot be made to give that.
 */
#ifndef KIRIWAKE_DISKBENCH_TOGETHER_H
#define KIRIWAKE_DISKBENCH_TOGETHER_H

#include "core/check.h"

/* Puts together-alone and together-in-turns, in MB/s, of each chosen disk on record; with less than two disks a note.
 * Each disk may take limit_ns. */
void together_measure(struct run *run, uint64_t limit_ns);

#endif
