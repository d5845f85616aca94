/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The address to speak from, and finding the MAC of who we speak to.
 *
 * Pure over struct nic. We speak from net.ip if it was probed and found free, else from a DHCP lease of an address
 * that was, else not at all.
 */
#ifndef KIRIWAKE_NICPROBE_ADDRESS_H
#define KIRIWAKE_NICPROBE_ADDRESS_H

#include "nicprobe/pump.h"

/* Makes sure that an address is held, doing whatever discovery and probing is still undone. False: none can be
 * had, and record_why() says why. */
bool address_acquire(struct run *run);

/* Takes a lease of another address than `ip` on one of `cards`, though `ip` may be net.ip and free. False: none can be had. */
bool address_lease_beside(struct run *run, struct ip4 ip, uint16_t cards);

/* False from the moment on that somebody else claims the address: nothing may be sent from it any more. */
bool address_usable(const struct net_session *s);

/* Whether `ip` is in the subnet of our address. */
bool address_on_link(const struct net_address *a, struct ip4 ip);

/* Whether frames for `ip` go to itself: it is in our subnet, or the gateway. */
bool address_is_direct(const struct net_address *a, struct ip4 ip);

/* How long, and how often, to ask for a MAC; and how long to go on listening for a second answer. */
struct resolve_plan {
	uint64_t patience_ns, spacing_ns, listen_ns;
};

/* Asks by ARP, from our address, who has `ip`. *ret: its MAC, a virtual router's first. False, *ret untouched: no
 * answer within the plan's patience, or stopped. *ret_asked, in any case: how many requests were sent. */
bool address_resolve(struct run *run, struct ip4 ip, const struct resolve_plan *plan,
	struct mac *ret, unsigned *ret_asked);

/* The MAC that packets for `ip` are sent to: its own, or the gateway's. False, *ret untouched: there is no gateway where it
 * takes one, no answer, or stopped. */
bool address_way(struct run *run, struct ip4 ip, const struct resolve_plan *plan, struct mac *ret);

#endif
