/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The PCI Express link of a disk that is a PCI function by itself: how wide and fast it is, against what both its ends can.
 *
 * Pure, over struct disk.
 * Method: looked at after the disk was read for a while, since some drives slow an idle link down on purpose.
 */
#ifndef KIRIWAKE_DISKBENCH_LINK_H
#define KIRIWAKE_DISKBENCH_LINK_H

#include "core/check.h"

/* Measures the link, and makes a finding if it is less than both ends can. Where only one end is known, that is a note. */
void disk_link_tell(struct run *run, const struct disk *disk);

#endif
