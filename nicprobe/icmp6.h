/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Neighbour discovery: the ICMPv6 messages by which hosts claim addresses and routers announce themselves.
 *
 * Pure.
 * Spec.  RFC 4861 section 4 (formats) and sections 6.1, 7.1 (what makes a message valid); RFC 4862 section 5.4.2 for what is
 *        sent before an address is taken.
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_ICMP6_H
#define KIRIWAKE_NICPROBE_ICMP6_H

#include "nicprobe/ipv6.h"

#define ICMP6_ROUTER_SOLICIT    133
#define ICMP6_ROUTER_ADVERT     134
#define ICMP6_NEIGHBOUR_SOLICIT 135
#define ICMP6_NEIGHBOUR_ADVERT  136
#define ICMP6_PREFIXES_MAX      4
#define ICMP6_WRITE_BYTES       24

struct icmp6_prefix {
	struct ip6 ip;
	uint8_t length;
	uint32_t valid_s; /* UINT32_MAX: for ever */
};

struct icmp6 {
	uint8_t type;      /* ICMP6_... */
	struct ip6 target; /* of neighbour messages */

	/* Of a router advertisement: */
	uint16_t lifetime_s; /* 0: no default router */
	size_t prefix_count; /* beyond the maximum, the rest is left out */
	struct icmp6_prefix prefixes[ICMP6_PREFIXES_MAX];
};

enum icmp6_result {
	ICMP6_OK,
	ICMP6_OTHER,   /* not neighbour discovery, or only of interest to routers */
	ICMP6_INVALID, /* as the RFC has it: to be dropped without a word */
	ICMP6_BAD_CHECKSUM
};

/* Reads the message in a packet. On any result but ICMP6_OK, *ret is untouched. */
enum icmp6_result icmp6_read(const struct ipv6 *ip, struct icmp6 *ret);

/* Writes a solicitation, with its IPv6 header before it, to pkt[IPV6_HEADER_BYTES + ICMP6_WRITE_BYTES]: from nobody, for
 * we hold no address. Returns the packet's length and, in *ret_dst, the MAC it goes to. */
size_t icmp6_write_neighbour_solicit(uint8_t *pkt, const struct ip6 *target, struct mac *ret_dst);
size_t icmp6_write_router_solicit(uint8_t *pkt, struct mac *ret_dst);

#endif
