/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IPv6: addresses as values and text, and the header of a packet.
 *
 * Pure.
 * Spec.  RFC 8200 section 3; RFC 4291 (addresses); RFC 5952 (their text form); RFC 2464 (Ethernet).
 * Trust. None. Packets with extension headers are refused: neighbour discovery, all we read, must have none in practice.
 */
#ifndef KIRIWAKE_NICPROBE_IPV6_H
#define KIRIWAKE_NICPROBE_IPV6_H

#include "core/address.h"

#define ETH_TYPE_IPV6      0x86dd
#define IP6_BYTES          16
#define IP6_TEXT           40
#define IPV6_HEADER_BYTES  40
#define IPV6_ICMP          58
#define IPV6_HOP_LIMIT_MAX 255

struct ip6 {
	uint8_t at[IP6_BYTES];
};

extern const struct ip6 ip6_none, ip6_all_nodes, ip6_all_routers;

struct ipv6 {
	struct ip6 src, dst;
	uint8_t hop_limit;
	uint8_t protocol; /* the header that follows: IPV6_ICMP, or anything else */
	struct span payload;
};

static inline bool ip6_same(const struct ip6 *a, const struct ip6 *b)
{
	return memcmp(a->at, b->at, IP6_BYTES) == 0;
}

static inline bool ip6_is_group(const struct ip6 *ip)
{
	return ip->at[0] == 0xff;
}

/* fe80::/10 */
bool ip6_is_link_local(const struct ip6 *ip);

/* The link-local address that belongs to a MAC by RFC 4291 appendix A. */
struct ip6 ip6_link_local(struct mac mac);

/* The group in which the owner of `ip` listens for questions about it: RFC 4291 section 2.7.1. */
struct ip6 ip6_solicited_node(const struct ip6 *ip);

/* The MAC that frames to a group go to: RFC 2464 section 7. */
struct mac ip6_group_mac(const struct ip6 *group);

const char *ip6_text(char buf[IP6_TEXT], const struct ip6 *ip);

/* Reads the packet at the start of `pkt`. The payload ends where the header says. False, with *ret untouched: it is no
 * IPv6, or not all there. */
bool ipv6_read(struct span pkt, struct ipv6 *ret);

/* Writes the header to pkt[IPV6_HEADER_BYTES]; payload.at is not looked at. payload.len must be below 65536. */
void ipv6_write(uint8_t *pkt, const struct ipv6 *ip);

/* The sum that the checksum of ICMPv6 begins with: pseudo header and message (RFC 8200 section 8.1). */
uint32_t ipv6_pseudo_sum(const struct ipv6 *ip);

#endif
