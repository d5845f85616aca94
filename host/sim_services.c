/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* TCP, DNS and SNMP of the scripted network's peers. Hardware: none. See sim_peer.h. */
#include "host/sim_services.h"
#include "nicprobe/dns.h"
#include "nicprobe/eth.h"
#include "nicprobe/icmp.h"
#include "nicprobe/tcp.h"
#include "nicprobe/udp.h"

#define IP_AT       ETH_HEADER_BYTES
#define DATA_AT     (IP_AT + IPV4_HEADER_BYTES)
#define BARRED      13 /* communication administratively prohibited: RFC 1812 section 5.2.7.1 */
#define FIRST_HOP   0x0aff0001u /* 10.255.0.1 */
#define FIRST_SEQ   1000u
#define RECORD_SIZE 16

/* As a router: the header of what it will not forward, and eight bytes of that. */
static void write_error(const struct ipv4 *ip, struct ip4 from, struct icmp_error error,
	uint8_t *at, struct ipv4 *ret)
{
	const size_t len = ICMP_HEADER_BYTES + IPV4_HEADER_BYTES + ICMP_QUOTED_BYTES;

	*ret = (struct ipv4){from, ip->src, IPV4_TTL, IPV4_ICMP, {at, len}};
	memset(at, 0, ICMP_HEADER_BYTES);
	at[0] = error.type;
	at[1] = error.code;
	put_be16(at + 6, error.mtu);
	ipv4_write(at + ICMP_HEADER_BYTES, ip, 1);
	memcpy(at + ICMP_HEADER_BYTES + IPV4_HEADER_BYTES, ip->payload.at, ICMP_QUOTED_BYTES);
	put_be16(at + 2, inet_checksum(inet_sum(0, (struct span){at, len})));
}

size_t sim_tcp_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret)
{
	struct tcp tcp, reply;

	(void)net;
	if (tcp_read(ip, &tcp) != TCP_OK || tcp.flags != TCP_SYN)
		return 0;
	*ret = (struct ipv4){ip->dst, ip->src, IPV4_TTL, IPV4_TCP, {at, 0}};
	if (ip4_same(ip->dst, peer->ip)) {
		reply = (struct tcp){tcp.dst_port, tcp.src_port, FIRST_SEQ, tcp.seq + 1,
			peer->open_port == tcp.dst_port ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK};
		return tcp_write(at, &reply, ret->src, ret->dst);
	}
	if (!peer->bars)
		return 0;
	write_error(ip, peer->ip, (struct icmp_error){.type = ICMP_UNREACHABLE, .code = BARRED}, at,
		ret);
	return ret->payload.len;
}

bool sim_path_drops(const struct sim_peer *peer, const struct ipv4 *ip,
	const struct icmp_echo *echo, uint8_t *at, struct ipv4 *ret)
{
	const unsigned reaches = ip->ttl <= peer->hops ? ip->ttl : peer->hops + 1u;
	const size_t bytes = IPV4_HEADER_BYTES + ip->payload.len;

	*ret = (struct ipv4){peer->ip, ip->src, IPV4_TTL, IPV4_ICMP, {at, 0}};
	if (peer->loses != 0 && reaches >= peer->loses && echo->seq % 2 == 1)
		return true;
	if (ip->ttl <= peer->hops) {
		write_error(ip, (struct ip4){FIRST_HOP + ip->ttl - 1},
			(struct icmp_error){.type = ICMP_EXPIRED}, at, ret);
		return true;
	}
	if (peer->told_mtu != 0 && bytes > peer->told_mtu) {
		write_error(ip, (struct ip4){FIRST_HOP},
			(struct icmp_error){.type = ICMP_UNREACHABLE,
				.code = ICMP_NEEDS_FRAGMENTING,
				.mtu = peer->told_mtu},
			at, ret);
		return true;
	}
	return peer->mtu != 0 && bytes > peer->mtu;
}

size_t sim_dns_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret)
{
	uint8_t *message = at + UDP_HEADER_BYTES;
	struct udp udp, reply;
	size_t len;

	(void)net;
	if (!ip4_same(ip->dst, peer->ip) || udp_read(ip, &udp) != UDP_OK ||
		udp.dst_port != DNS_PORT || udp.payload.len < 12)
		return 0;
	len = udp.payload.len;
	memcpy(message, udp.payload.at, len);
	message[2] |= 0x80;
	message[3] = peer->offer.value != 0 ? DNS_NO_ERROR : (uint8_t)peer->rcode;
	if (peer->offer.value != 0) { /* one record, its name a pointer to the question */
		static const uint8_t head[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};

		message[7] = 1;
		memcpy(message + len, head, sizeof(head));
		put_be32(message + len + sizeof(head), peer->offer.value);
		len += RECORD_SIZE;
	}
	*ret = (struct ipv4){ip->dst, ip->src, IPV4_TTL, IPV4_UDP, {at, 0}};
	reply = (struct udp){DNS_PORT, udp.src_port, {message, len}};
	udp_write(at, &reply, ret->src, ret->dst);
	return UDP_HEADER_BYTES + len;
}

size_t sim_snmp_answer(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
	uint8_t *at, struct ipv4 *ret)
{
	const struct text community = {peer->community, text_length(peer->community)};
	uint8_t *message = at + UDP_HEADER_BYTES;
	struct udp udp, reply;
	size_t len;

	if (!ip4_same(ip->dst, peer->ip) || udp_read(ip, &udp) != UDP_OK ||
		udp.dst_port != SNMP_PORT)
		return 0;
	len = sim_snmp_reply(&net->mib, community, peer->manner, udp.payload, message);
	if (len == 0)
		return 0;
	*ret = (struct ipv4){ip->dst, ip->src, IPV4_TTL, IPV4_UDP, {at, 0}};
	reply = (struct udp){SNMP_PORT, udp.src_port, {message, len}};
	udp_write(at, &reply, ret->src, ret->dst);
	return UDP_HEADER_BYTES + len;
}
