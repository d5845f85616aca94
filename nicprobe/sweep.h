/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who answers for the addresses of a subnet: each address, and the MACs that claimed it.
 *
 * Pure. Bounded: a fixed number of addresses, and of MACs per address; two are enough to make an address a suspect, of
 * which candidate.h then keeps more.
 * Trust. The entries are claims of strangers, no more.
 */
#ifndef KIRIWAKE_NICPROBE_SWEEP_H
#define KIRIWAKE_NICPROBE_SWEEP_H

#include "nicprobe/arp.h"

#define SWEEP_MAX       256
#define SWEEP_MACS      4
#define SWEEP_CROWD_MAX 4 /* MACs that answer for most of a subnet */

struct sweep_host {
	struct ip4 ip;
	uint8_t mac_count;
	struct mac macs[SWEEP_MACS];
};

struct arp_sweep {
	bool active; /* claims are taken down */
	uint8_t nic; /* of this card only */
	size_t count;
	struct sweep_host at[SWEEP_MAX];
};

/* Adds an address to be swept, once, if a host may have it and there is room. */
void sweep_add(struct arp_sweep *t, struct ip4 ip);

/* Tells of a claim heard by card `nic`. Ignored unless the sweep is active on that card and about that address. */
void sweep_hear(struct arp_sweep *t, unsigned nic, struct arp_peer claim);

/* The MACs that answer for more than half of the addresses, of at least 16, as a proxy does. Returns how many. */
size_t sweep_crowd(const struct arp_sweep *t, struct mac ret[SWEEP_CROWD_MAX]);

#endif
