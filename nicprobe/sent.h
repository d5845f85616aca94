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
	uint16_t cards[SENT_MAX]; /* the one that sent it, as a bit */
	size_t next;
};

/* Remembers a frame that card `nic` sends; the oldest one is forgotten. */
void sent_add(struct sent_ring *ring, const struct eth *frame, unsigned nic);

/* The cards that sent the frame, a bit for each: cards may share a MAC address. 0: none. */
uint16_t sent_by(const struct sent_ring *ring, const struct eth *frame);

#endif
