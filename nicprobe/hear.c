/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a stranger's frame tells: ARP, DHCP and echo replies. Pure over struct nic. See hear.h. */
#include "nicprobe/hear.h"
#include "nicprobe/discover.h"
#include "nicprobe/knock.h"
#include "nicprobe/udp.h"

#define ANSWER_EVERY_NS (1ull * NS_PER_MS)

/* ---- ARP ---- */

/* The address is ours to answer for: we hold it, on this card, and nobody contests it. */
static bool may_answer(const struct net_session *s, const struct heard *h, struct ip4 ip)
{
	const struct net_address *a = &s->address;
	const struct candidate *c = candidate_find(&s->candidates, ip);

	return a->held && a->nic == h->nic && ip4_same(a->ip, ip) && c != NULL &&
	       candidate_state(c) == CANDIDATE_FREE &&
	       h->now_ns - a->answered_ns >= ANSWER_EVERY_NS;
}

static void answer(struct run *run, const struct heard *h, const struct arp *request)
{
	struct net_session *s = run->net;
	struct arp reply = {
		ARP_OP_REPLY, {s->stations[h->nic].nic->mac, request->target.ip}, request->sender};

	s->address.answered_ns = h->now_ns;
	net_send_arp(run, h->nic, &reply);
}

/* Whether the sender names a MAC address that can be somebody's. Clusters do claim addresses with a multicast one. */
static bool names_sender(const struct arp *arp)
{
	return !mac_is_none(arp->sender.mac) && !mac_same(arp->sender.mac, mac_broadcast);
}

static void hear_arp(struct run *run, const struct heard *h)
{
	struct net_session *s = run->net;
	enum arp_kind kind;
	struct arp arp;
	bool named;

	if (arp_read(h->eth.payload, &arp) != ARP_OK || mac_is_group(h->eth.src)) {
		s->stations[h->nic].traffic.malformed++;
		return;
	}
	/* Whoever names our MAC as the owner knows us, and only looks whether we are there. */
	kind = arp_kind(&arp, mac_is_group(h->eth.dst) && !net_is_own(s, arp.target.mac));
	named = names_sender(&arp);
	s->stations[h->nic].traffic.malformed += !named;
	if (net_is_own(s, arp.sender.mac) || (!named && !(kind & ARP_KINDS_OWNER)))
		return;
	if (!named) /* it claims an address all the same */
		arp.sender.mac = h->eth.src;
	if (kind & ARP_KINDS_OWNER && ip4_is_host(arp.sender.ip))
		neighbour_add(&s->neighbours, arp.sender, h->nic, kind, h->now_ns);
	if (kind & ARP_KINDS_OWNER)
		sweep_hear(&s->sweep, h->nic, arp.sender);
	if (kind == ARP_KIND_REQUEST && ip4_is_host(arp.target.ip))
		target_add(&s->targets, arp.target.ip, h->nic, arp.sender.mac, h->now_ns);
	/* A server that probes what it is about to offer wants to know what we want to know. */
	if (!(kind == ARP_KIND_PROBE && offer_from(&s->dhcp, arp.sender.mac)))
		candidates_hear(&s->candidates, &arp, kind, h->nic, h->now_ns);
	if (named && arp.op == ARP_OP_REQUEST && may_answer(s, h, arp.target.ip))
		answer(run, h, &arp);
}

/* ---- IPv4 ---- */

/* About a packet of ours, whichever part of the room sent it. */
static void hear_error(struct run *run, const struct ipv4 *ip, const struct icmp_error *error)
{
	struct net_session *s = run->net;

	knock_hear_error(run, ip, error);
	trace_hear_error(&s->trace, ip->src, error);
	for (size_t i = 0; i < ECHO_SERIES_MAX; i++)
		echo_hear_error(&s->echoes[i], ip->src, error);
}

static bool hear_icmp(struct run *run, const struct heard *h, const struct ipv4 *ip)
{
	struct net_session *s = run->net;
	struct icmp_error error;
	struct icmp_echo echo;
	enum icmp_result result = icmp_echo_read(ip->payload, &echo);

	if (result == ICMP_NOT_ECHO) {
		result = icmp_error_read(ip->payload, &error);
		if (result == ICMP_OK && s->address.held && ip4_same(ip->dst, s->address.ip))
			hear_error(run, ip, &error);
		return result == ICMP_OK || result == ICMP_NOT_ECHO;
	}
	for (size_t i = 0; result == ICMP_OK && i < ECHO_SERIES_MAX; i++) {
		if (s->echoes[i].nic == h->nic && ip4_same(ip->dst, s->address.ip))
			echo_hear(&s->echoes[i], ip->src, &echo, h->now_ns);
	}
	if (result == ICMP_OK && !echo.damaged && ip4_same(ip->dst, s->address.ip))
		trace_hear(&s->trace, ip->src, &echo);
	return result == ICMP_OK && !echo.damaged;
}

static bool hear_udp(struct run *run, const struct heard *h, const struct ipv4 *ip)
{
	struct udp udp;

	if (udp_read(ip, &udp) != UDP_OK)
		return false;
	if (udp.dst_port == DHCP_PORT_CLIENT)
		return discover_hear(run, h, ip, udp.payload);
	if (udp.src_port == DNS_PORT)
		return dns_hear(run, h, ip, &udp);
	if (udp.src_port == SNMP_PORT)
		return snmp_hear(run, h, ip, &udp);
	return true;
}

/* By protocol number. false: malformed. */
static const struct {
	uint8_t protocol;
	bool (*hear)(struct run *run, const struct heard *h, const struct ipv4 *ip);
} protocols[] = {{IPV4_ICMP, hear_icmp}, {IPV4_TCP, knock_hear}, {IPV4_UDP, hear_udp}};

static void hear_ipv4(struct run *run, const struct heard *h)
{
	struct ipv4 ip;
	enum ipv4_result result = ipv4_read(h->eth.payload, &ip);
	bool good = result == IPV4_OK || result == IPV4_FRAGMENT;

	if (result == IPV4_OK && !mac_is_group(h->eth.src) &&
		(mac_is_group(h->eth.dst) ||
			(run->net->asking && ip4_same(ip.dst, run->net->address.ip))))
		candidates_hear_speaker(
			&run->net->candidates, ip.src, h->eth.src, h->nic, h->now_ns);
	for (size_t i = 0; result == IPV4_OK && i < ARRAY_LEN(protocols); i++) {
		if (protocols[i].protocol == ip.protocol)
			good = protocols[i].hear(run, h, &ip);
	}
	run->net->stations[h->nic].traffic.malformed += !good;
}

/* ---- IPv6 ---- */

static void hear_ipv6(struct run *run, const struct heard *h)
{
	struct net_session *s = run->net;
	const struct ip6 own = ip6_link_local(s->stations[h->nic].nic->mac);
	enum icmp6_result result = ICMP6_INVALID;
	struct icmp6 m;
	struct ipv6 ip;

	if (ipv6_read(h->eth.payload, &ip))
		result = icmp6_read(&ip, &m);
	if (result == ICMP6_OK)
		nd_hear(&s->nd, h->nic, &own, h->eth.src, &ip, &m, h->now_ns);
	s->stations[h->nic].traffic.malformed += result == ICMP6_INVALID ||
						 result == ICMP6_BAD_CHECKSUM;
}

/* ---- by EtherType ---- */

static const struct {
	uint16_t type;
	void (*hear)(struct run *run, const struct heard *h);
} types[] = {{ETH_TYPE_ARP, hear_arp}, {ETH_TYPE_IPV4, hear_ipv4}, {ETH_TYPE_IPV6, hear_ipv6}};

void hear_stranger(struct run *run, const struct heard *h)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (types[i].type == h->eth.type)
			types[i].hear(run, h);
	}
}
