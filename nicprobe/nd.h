/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What was heard of IPv6: who claims our link-local addresses, and which routers announce themselves.
 *
 * Pure. Bounded.
 * Trust. The entries are claims of strangers, no more.
 */
#ifndef KIRIWAKE_NICPROBE_ND_H
#define KIRIWAKE_NICPROBE_ND_H

#include "nicprobe/icmp6.h"

#define ND_CLAIMS_MAX  8
#define ND_ROUTERS_MAX 8

/* Somebody else speaks for the address that belongs to the MAC of card `nic`, or is about to take it. */
struct nd_claim {
	uint8_t nic;
	struct mac mac;
	uint32_t count;
	uint64_t first_ns;
};

/* The newest advertisement of one router to one card. */
struct nd_router {
	uint8_t nic;
	struct mac mac;
	struct ip6 ip;
	struct icmp6 advert;
};

struct nd {
	bool judged; /* by net.ipv6: what comes later is news */
	size_t claim_count;
	struct nd_claim claims[ND_CLAIMS_MAX];
	size_t router_count;
	struct nd_router routers[ND_ROUTERS_MAX];
	uint32_t dropped; /* messages of a ninth claimant or router */
};

/* Takes in a message that card `nic`, whose link-local address is `own`, heard from `mac`. */
void nd_hear(struct nd *t, unsigned nic, const struct ip6 *own, struct mac mac,
	const struct ipv6 *ip, const struct icmp6 *m, uint64_t now_ns);

/* The distinct MACs that claim the address of card `nic`. Returns how many; counts the messages, and the first's time. */
size_t nd_claimants(const struct nd *t, unsigned nic, struct mac ret[ND_CLAIMS_MAX],
	uint64_t *ret_count, uint64_t *ret_first_ns);

/* The distinct MACs of the default routers that card `nic` heard. Returns how many. */
size_t nd_default_routers(const struct nd *t, unsigned nic, struct mac ret[ND_ROUTERS_MAX]);

#endif
