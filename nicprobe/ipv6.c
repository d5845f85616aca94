/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IPv6: addresses as values and text, and the header of a packet. Pure. See ipv6.h. */
#include "nicprobe/ipv6.h"
#include "core/fmt.h"
#include "nicprobe/ipv4.h"

#define GROUPS 8 /* of 16 bits in an address */

const struct ip6 ip6_none = {{0}};
const struct ip6 ip6_all_nodes = {{0xff, 0x02, [15] = 1}};
const struct ip6 ip6_all_routers = {{0xff, 0x02, [15] = 2}};

bool ip6_is_link_local(const struct ip6 *ip)
{
	return ip->at[0] == 0xfe && (ip->at[1] & 0xc0) == 0x80;
}

struct ip6 ip6_link_local(struct mac mac)
{
	struct ip6 ip = {{0xfe, 0x80, [11] = 0xff, [12] = 0xfe}};

	memcpy(ip.at + 8, mac.at, 3);
	memcpy(ip.at + 13, mac.at + 3, 3);
	ip.at[8] ^= 2;
	return ip;
}

struct ip6 ip6_solicited_node(const struct ip6 *ip)
{
	struct ip6 group = {{0xff, 0x02, [11] = 1, [12] = 0xff}};

	memcpy(group.at + 13, ip->at + 13, 3);
	return group;
}

struct mac ip6_group_mac(const struct ip6 *group)
{
	struct mac mac = {{0x33, 0x33}};

	memcpy(mac.at + 2, group->at + 12, 4);
	return mac;
}

/* ---- text ---- */

static unsigned group_at(const struct ip6 *ip, size_t i)
{
	return be16(ip->at + 2 * i);
}

/* The longest run of zero groups, the first of equals; of one group: none. */
static size_t longest_run(const struct ip6 *ip, size_t *ret_start)
{
	size_t best = 1, run = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		run = group_at(ip, i) == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*ret_start = i + 1 - run;
		}
	}
	return best > 1 ? best : 0;
}

const char *ip6_text(char buf[IP6_TEXT], const struct ip6 *ip)
{
	size_t start = 0, run = longest_run(ip, &start);

	buf[0] = '\0';
	for (size_t i = 0; i < GROUPS; i++) {
		if (run > 0 && i == start) {
			fmt_add(buf, IP6_TEXT, "::");
			i += run - 1;
		} else {
			fmt_add(buf, IP6_TEXT, "%s%x",
				i > 0 && !(run > 0 && i == start + run) ? ":" : "",
				group_at(ip, i));
		}
	}
	return buf;
}

/* ---- packets ---- */

bool ipv6_read(struct span pkt, struct ipv6 *ret)
{
	struct span payload;

	if (pkt.len < IPV6_HEADER_BYTES || pkt.at[0] >> 4 != 6 ||
		!span_sub(pkt, IPV6_HEADER_BYTES, be16(pkt.at + 4), &payload))
		return false;
	memcpy(ret->src.at, pkt.at + 8, IP6_BYTES);
	memcpy(ret->dst.at, pkt.at + 24, IP6_BYTES);
	ret->hop_limit = pkt.at[7];
	ret->protocol = pkt.at[6];
	ret->payload = payload;
	return true;
}

void ipv6_write(uint8_t *pkt, const struct ipv6 *ip)
{
	put_be32(pkt, 6u << 28);
	put_be16(pkt + 4, (uint16_t)ip->payload.len);
	pkt[6] = ip->protocol;
	pkt[7] = ip->hop_limit;
	memcpy(pkt + 8, ip->src.at, IP6_BYTES);
	memcpy(pkt + 24, ip->dst.at, IP6_BYTES);
}

uint32_t ipv6_pseudo_sum(const struct ipv6 *ip)
{
	uint8_t pseudo[2 * IP6_BYTES + 8];

	memcpy(pseudo, ip->src.at, IP6_BYTES);
	memcpy(pseudo + IP6_BYTES, ip->dst.at, IP6_BYTES);
	put_be32(pseudo + 2 * IP6_BYTES, (uint32_t)ip->payload.len);
	put_be32(pseudo + 2 * IP6_BYTES + 4, ip->protocol);
	return inet_sum(inet_sum(0, (struct span){pseudo, sizeof(pseudo)}), ip->payload);
}
