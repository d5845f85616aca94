/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which frames are our own: fingerprints of what was sent lately.
 *
 * Pure. A frame that bears one of our MAC addresses and comes back from the wire is ours if its fingerprint is
 * remembered (a loop, or another card of this machine on the same LAN); if not, somebody else uses our address.
 * A fingerprint covers what a VLAN tag, padding or trailing bytes do not change.
 */
#ifndef KIRIWAKE_NICPROBE_SENT_H
#define KIRIWAKE_NICPROBE_SENT_H

#include "nicprobe/eth.h"

#define SENT_MAX 512

/* All zero is empty. */
struct sent_ring {
	uint64_t prints[SENT_MAX];
	size_t next;
};

/* Remembers a frame; the oldest one is forgotten. */
void sent_add(struct sent_ring *ring, const struct eth *frame);

bool sent_has(const struct sent_ring *ring, const struct eth *frame);

#endif
