/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Neighbour discovery. Pure. See icmp6.h. */
#include "nicprobe/icmp6.h"
#include "nicprobe/ipv4.h"

#define ROUTER_SOLICIT_BYTES 8
#define ROUTER_ADVERT_BYTES  16
#define NEIGHBOUR_BYTES      24
#define TARGET_AT            8
#define OPTION_SOURCE_LINK   1
#define OPTION_PREFIX        3
#define OPTION_UNIT          8 /* bytes */
#define PREFIX_BYTES         32
#define PREFIX_BITS          128

static void take_prefix(struct span option, struct icmp6 *m)
{
	struct icmp6_prefix *p = &m->prefixes[m->prefix_count];

	if (option.len < PREFIX_BYTES || option.at[2] > PREFIX_BITS ||
		m->prefix_count == ICMP6_PREFIXES_MAX)
		return;
	p->length = option.at[2];
	p->valid_s = be32(option.at + 4);
	memcpy(p->ip.at, option.at + 16, IP6_BYTES);
	m->prefix_count++;
}

/* False: one does not fit, or says whence it comes though the packet comes from nobody. */
static bool read_options(struct span rest, bool from_nobody, struct icmp6 *m)
{
	while (rest.len > 0) {
		struct span option;

		if (rest.len < 2 || rest.at[1] == 0 ||
			!span_sub(rest, 0, (size_t)rest.at[1] * OPTION_UNIT, &option))
			return false;
		if (option.at[0] == OPTION_SOURCE_LINK && from_nobody)
			return false;
		if (option.at[0] == OPTION_PREFIX && m->type == ICMP6_ROUTER_ADVERT)
			take_prefix(option, m);
		rest = (struct span){rest.at + option.len, rest.len - option.len};
	}
	return true;
}

/* The fixed part of each message; its length, 0 if it is not valid. */
static size_t read_fixed(const struct ipv6 *ip, struct icmp6 *m)
{
	const struct span p = ip->payload;

	if (m->type == ICMP6_ROUTER_ADVERT) {
		if (p.len < ROUTER_ADVERT_BYTES || !ip6_is_link_local(&ip->src))
			return 0;
		m->lifetime_s = be16(p.at + 6);
		return ROUTER_ADVERT_BYTES;
	}
	if (p.len < NEIGHBOUR_BYTES)
		return 0;
	memcpy(m->target.at, p.at + TARGET_AT, IP6_BYTES);
	return ip6_is_group(&m->target) ? 0 : NEIGHBOUR_BYTES;
}

enum icmp6_result icmp6_read(const struct ipv6 *ip, struct icmp6 *ret)
{
	const struct span p = ip->payload;
	struct icmp6 m = {0};
	size_t fixed;

	if (ip->protocol != IPV6_ICMP)
		return ICMP6_OTHER;
	if (p.len < 4)
		return ICMP6_INVALID;
	if (inet_checksum(ipv6_pseudo_sum(ip)) != 0)
		return ICMP6_BAD_CHECKSUM;
	m.type = p.at[0];
	if (m.type < ICMP6_ROUTER_ADVERT || m.type > ICMP6_NEIGHBOUR_ADVERT)
		return ICMP6_OTHER;
	if (ip->hop_limit != IPV6_HOP_LIMIT_MAX || p.at[1] != 0)
		return ICMP6_INVALID;
	fixed = read_fixed(ip, &m);
	if (fixed == 0 || !read_options((struct span){p.at + fixed, p.len - fixed},
				  ip6_same(&ip->src, &ip6_none), &m))
		return ICMP6_INVALID;
	*ret = m;
	return ICMP6_OK;
}

/* ---- writing ---- */

/* Completes the packet around the message of `len` bytes that is in place but for type and checksum. */
static size_t finish(
	uint8_t *pkt, const struct ip6 *dst, uint8_t type, size_t len, struct mac *ret_dst)
{
	uint8_t *at = pkt + IPV6_HEADER_BYTES;
	const struct ipv6 ip = {ip6_none, *dst, IPV6_HOP_LIMIT_MAX, IPV6_ICMP, {at, len}};

	at[0] = type;
	ipv6_write(pkt, &ip);
	put_be16(at + 2, inet_checksum(ipv6_pseudo_sum(&ip)));
	*ret_dst = ip6_group_mac(dst);
	return IPV6_HEADER_BYTES + len;
}

size_t icmp6_write_neighbour_solicit(uint8_t *pkt, const struct ip6 *target, struct mac *ret_dst)
{
	const struct ip6 group = ip6_solicited_node(target);

	memset(pkt + IPV6_HEADER_BYTES, 0, TARGET_AT);
	memcpy(pkt + IPV6_HEADER_BYTES + TARGET_AT, target->at, IP6_BYTES);
	return finish(pkt, &group, ICMP6_NEIGHBOUR_SOLICIT, NEIGHBOUR_BYTES, ret_dst);
}

size_t icmp6_write_router_solicit(uint8_t *pkt, struct mac *ret_dst)
{
	memset(pkt + IPV6_HEADER_BYTES, 0, ROUTER_SOLICIT_BYTES);
	return finish(pkt, &ip6_all_routers, ICMP6_ROUTER_SOLICIT, ROUTER_SOLICIT_BYTES, ret_dst);
}
