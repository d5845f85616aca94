/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The peers of the scripted network. Hardware: none. See sim_peer.h. */
#include "host/sim_peer.h"
#include "core/fmt.h"
#include "host/sim_services.h"
#include "nicprobe/arp.h"
#include "nicprobe/dhcp.h"
#include "nicprobe/eth.h"
#include "nicprobe/icmp.h"
#include "nicprobe/udp.h"

#define REPLY_NS     200000u
#define PERIOD_NS    1000000000u
#define LEASE_S      3600
#define PREFIX       24
#define POOL_AT      100 /* behind the offer to those it knows */
#define CORRUPT_BYTE 10
#define IP_AT        ETH_HEADER_BYTES
#define DATA_AT      (IP_AT + IPV4_HEADER_BYTES)

/* What a peer does. */
enum {
	DOES_ARP = 1,
	DOES_TWICE = 2,
	DOES_ECHO = 4,
	DOES_DHCP = 8,
	DOES_NAK = 16,
	DOES_ANNOUNCE = 32,
	DOES_PROBE = 64,
	DOES_ASK = 128,
	DOES_PROXY = 256,
	DOES_CLONE = 512,
	DOES_DNS = 1024,
	DOES_SNMP = 2048,
	NEEDS_MAC = DOES_PROXY | DOES_CLONE /* has no IP to make one from */
};

static const struct {
	const char *name;
	unsigned does;
} kinds[] = {
	{"gateway", DOES_ARP | DOES_ECHO},
	{"owner", DOES_ARP | DOES_ECHO},
	{"mute", DOES_ARP},
	{"echoes", DOES_ECHO},
	{"twice", DOES_ARP | DOES_TWICE | DOES_ECHO},
	{"announces", DOES_ANNOUNCE},
	{"probes", DOES_PROBE},
	{"asks", DOES_ASK},
	{"dhcp", DOES_ARP | DOES_ECHO | DOES_DHCP},
	{"nak", DOES_ARP | DOES_ECHO | DOES_DHCP | DOES_NAK},
	{"proxy", DOES_PROXY},
	{"clone", DOES_CLONE},
	{"dns", DOES_ARP | DOES_ECHO | DOES_DNS},
	{"agent", DOES_ARP | DOES_ECHO | DOES_SNMP},
};

/* ---- reading a specification ---- */

/* Cuts `t` at the first `c`: what precedes it stays, what follows goes to *ret_rest (empty if there is no `c`). */
static struct text cut(struct text t, char c, struct text *ret_rest)
{
	size_t at = 0;

	while (at < t.len && t.at[at] != c)
		at++;
	*ret_rest = at < t.len ? (struct text){t.at + at + 1, t.len - at - 1}
			       : (struct text){t.at + at, 0};
	return (struct text){t.at, at};
}

static bool read_where(struct text value, struct sim_peer *peer)
{
	struct text mac, ip = cut(value, '@', &mac);

	if (ip.len > 0 ? !ip4_read(ip, &peer->ip) : !(peer->does & NEEDS_MAC))
		return false;
	if (mac.len > 0)
		return mac_read(mac, &peer->mac);
	peer->mac.at[0] = 0x52;
	peer->mac.at[1] = 0x55;
	put_be32(peer->mac.at + 2, peer->ip.value);
	return !(peer->does & NEEDS_MAC);
}

static bool read_option(struct text name, struct text value, struct sim_peer *peer)
{
	const struct {
		const char *name;
		uint16_t *to;
	} numbers[] = {{"open", &peer->open_port}, {"rcode", &peer->rcode}, {"mtu", &peer->mtu},
		{"lease", &peer->lease_s}, {"mask", &peer->prefix}, {"tells", &peer->told_mtu},
		{"hops", &peer->hops}, {"loses", &peer->loses}};
	uint64_t number;

	if (text_is(name, "offer"))
		return ip4_read(value, &peer->offer);
	if (text_is(name, "pool"))
		return ip4_read(value, &peer->pool);
	if (text_is(name, "domain"))
		return text_clean(peer->domain, sizeof(peer->domain), value.at, value.len) ==
		       value.len;
	if (text_is(name, "serves"))
		return (peer->serves_known = text_is(value, "known")) ||
		       (peer->serves_unknown = text_is(value, "unknown"));
	if (text_is(name, "router"))
		return ip4_read(value, &peer->router);
	if (text_is(name, "id"))
		return ip4_read(value, &peer->server_id);
	if (text_is(name, "dns"))
		return ip4_read(value, &peer->dns);
	if (text_is(name, "answers"))
		return sim_snmp_manner_read(value, &peer->manner);
	if (text_is(name, "community"))
		return fmt_to(peer->community, sizeof(peer->community), "%.*s", (int)value.len,
			       value.at) == value.len;
	if (text_is(name, "bars"))
		return peer->bars = text_is(value, "others");
	if (text_is(name, "ignores"))
		return peer->ignores_probes = text_is(value, "probes");
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (!text_is(name, numbers[i].name))
			continue;
		if (!text_number(value, &number) || number > UINT16_MAX)
			return false;
		*numbers[i].to = (uint16_t)number;
		return true;
	}
	if (text_is(name, "after"))
		return text_duration(value, &peer->after_ns);
	if (!text_is(name, "on") || !text_number(value, &number) || number >= SIM_NICS_MAX)
		return false;
	peer->lan = (unsigned)number;
	return true;
}

bool sim_peer_read(struct text spec, struct sim_peer *ret)
{
	struct text word, name, value;
	struct sim_peer peer = {0};

	if (!text_word(&spec, &word))
		return false;
	name = cut(word, '=', &value);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (text_is(name, kinds[i].name))
			peer.does = kinds[i].does;
	}
	if (peer.does == 0 || !read_where(value, &peer))
		return false;
	peer.router = peer.server_id = peer.ip;
	peer.lease_s = LEASE_S;
	peer.prefix = PREFIX;
	text_copy(peer.community, sizeof(peer.community), "public");
	while (text_word(&spec, &name)) {
		if (!text_word(&spec, &value) || !read_option(name, value, &peer))
			return false;
	}
	if (peer.does & DOES_DHCP && (peer.offer.value == 0 || peer.prefix > 32))
		return false;
	if (peer.pool.value == 0)
		peer.pool.value = peer.offer.value + POOL_AT;
	*ret = peer;
	return true;
}

/* ---- sending ---- */

static void say(struct sim_net *net, const struct sim_peer *peer, const uint8_t *frame, size_t len)
{
	if (rng_below(&net->rng, 100) >= net->loss_percent)
		sim_net_deliver(net, peer->lan, SIM_NO_CARD, (struct span){frame, len},
			REPLY_NS + net->delay_ns);
}

static void say_arp(
	struct sim_net *net, const struct sim_peer *peer, struct mac dst, const struct arp *arp)
{
	uint8_t frame[60] = {0};

	eth_write(frame, dst, peer->mac, ETH_TYPE_ARP);
	arp_write(frame + ETH_HEADER_BYTES, arp);
	say(net, peer, frame, sizeof(frame));
}

/* ---- answering ---- */

static void hear_arp(struct sim_net *net, const struct sim_peer *peer, const struct eth *eth)
{
	struct arp request, reply;
	bool asked;

	if (arp_read(eth->payload, &request) != ARP_OK || request.op != ARP_OP_REQUEST)
		return;
	asked = peer->does & DOES_PROXY ||
		(peer->does & DOES_ARP && ip4_same(request.target.ip, peer->ip));
	if (!asked || mac_same(request.sender.mac, peer->mac) ||
		(peer->ignores_probes && request.sender.ip.value == 0))
		return;
	reply = (struct arp){ARP_OP_REPLY, {peer->mac, request.target.ip}, request.sender};
	say_arp(net, peer, request.sender.mac, &reply);
	if (peer->does & DOES_TWICE)
		say_arp(net, peer, request.sender.mac, &reply);
}

static void hear_echo(struct sim_net *net, const struct sim_peer *peer, const struct eth *eth,
	const struct ipv4 *ip)
{
	uint8_t frame[SIM_FRAME_BYTES];
	struct icmp_echo echo;

	const bool to_it = mac_same(eth->dst, peer->mac) ||
			   (mac_is_group(eth->dst) && ip4_same(ip->dst, peer->ip));

	if (!(peer->does & DOES_ECHO) || !to_it || icmp_echo_read(ip->payload, &echo) != ICMP_OK ||
		echo.type != ICMP_ECHO_REQUEST)
		return;
	struct ipv4 back = {ip->dst, ip->src, IPV4_TTL, IPV4_ICMP, ip->payload}, error;

	eth_write(frame, eth->src, peer->mac, ETH_TYPE_IPV4);
	if (sim_path_drops(peer, ip, &echo, frame + DATA_AT, &error)) {
		ipv4_write(frame + IP_AT, &error, 1);
		if (error.payload.len > 0)
			say(net, peer, frame, DATA_AT + error.payload.len);
		return;
	}
	echo.type = ICMP_ECHO_REPLY;
	memcpy(frame + DATA_AT, ip->payload.at, ip->payload.len);
	if (net->corrupt && echo.data.len > CORRUPT_BYTE)
		frame[DATA_AT + ICMP_HEADER_BYTES + CORRUPT_BYTE] ^= 4;
	icmp_echo_write(frame + DATA_AT, &echo);
	ipv4_write(frame + IP_AT, &back, 1);
	say(net, peer, frame, DATA_AT + ip->payload.len);
}

/* The answer to a DISCOVER or to a REQUEST meant for this server, in *reply. False: none. */
static bool dhcp_answer(const struct sim_peer *peer, const struct dhcp *m, struct dhcp *reply)
{
	static const uint8_t cards[] = {0x52, 0x54, 0x00, 0x12, 0x34};
	const bool known = memcmp(m->client.at, cards, sizeof(cards)) == 0;

	if (known ? peer->serves_unknown : peer->serves_known)
		return false;
	if (m->type == DHCP_TYPE_DISCOVER)
		reply->type = DHCP_TYPE_OFFER;
	else if (m->type == DHCP_TYPE_REQUEST && ip4_same(m->server, peer->server_id))
		reply->type = peer->does & DOES_NAK ? DHCP_TYPE_NAK : DHCP_TYPE_ACK;
	else
		return false;
	reply->server = peer->server_id;
	if (reply->type != DHCP_TYPE_NAK) {
		reply->your_ip = known ? peer->offer : peer->pool;
		reply->your_ip.value += known ? m->client.at[MAC_BYTES - 1] & 1
					      : 0; /* two cards get two addresses */
		reply->mask = ip4_mask(peer->prefix);
		reply->router = peer->router;
		reply->dns = peer->dns;
		reply->lease_s = peer->lease_s;
		text_copy(reply->domain, sizeof(reply->domain), peer->domain);
	}
	return true;
}

static void hear_dhcp(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip)
{
	uint8_t frame[DATA_AT + UDP_HEADER_BYTES + DHCP_WRITE_BYTES];
	uint8_t *at = frame + DATA_AT;
	struct dhcp m, reply = {0};
	struct udp udp;

	if (!(peer->does & DOES_DHCP) || udp_read(ip, &udp) != UDP_OK ||
		udp.dst_port != DHCP_PORT_SERVER || dhcp_read(udp.payload, &m) != DHCP_OK ||
		!dhcp_answer(peer, &m, &reply))
		return;
	struct span body = {at + UDP_HEADER_BYTES, DHCP_WRITE_BYTES};
	struct ipv4 back = {peer->ip, {0xffffffff}, IPV4_TTL, IPV4_UDP,
		{at, UDP_HEADER_BYTES + DHCP_WRITE_BYTES}};

	reply.xid = m.xid;
	reply.client = m.client;
	dhcp_write(at + UDP_HEADER_BYTES, &reply);
	udp_write(at, &(struct udp){DHCP_PORT_SERVER, DHCP_PORT_CLIENT, body}, back.src, back.dst);
	ipv4_write(frame + IP_AT, &back, 1);
	eth_write(frame, mac_broadcast, peer->mac, ETH_TYPE_IPV4);
	say(net, peer, frame, sizeof(frame));
}

/* By the protocols of sim_services.h. */
static void hear_service(struct sim_net *net, const struct sim_peer *peer, const struct eth *eth,
	const struct ipv4 *ip,
	size_t (*answer)(struct sim_net *net, const struct sim_peer *peer, const struct ipv4 *ip,
		uint8_t *at, struct ipv4 *ret))
{
	uint8_t frame[SIM_FRAME_BYTES] = {0};
	struct ipv4 back;

	if (!(peer->does & DOES_ECHO) || !mac_same(eth->dst, peer->mac))
		return;
	back.payload.len = answer(net, peer, ip, frame + DATA_AT, &back);
	if (back.payload.len == 0)
		return;
	ipv4_write(frame + IP_AT, &back, 1);
	eth_write(frame, eth->src, peer->mac, ETH_TYPE_IPV4);
	say(net, peer, frame, DATA_AT + back.payload.len);
}

void sim_peer_hear(struct sim_net *net, const struct sim_peer *peer, struct span frame)
{
	struct ipv4 ip;
	struct eth eth;

	if (eth_read(frame, &eth) != ETH_OK ||
		(!mac_is_group(eth.dst) && !mac_same(eth.dst, peer->mac)))
		return;
	if (eth.type == ETH_TYPE_ARP)
		hear_arp(net, peer, &eth);
	if (eth.type != ETH_TYPE_IPV4 || ipv4_read(eth.payload, &ip) != IPV4_OK)
		return;
	if (ip.protocol == IPV4_ICMP)
		hear_echo(net, peer, &eth, &ip);
	else if (ip.protocol == IPV4_TCP)
		hear_service(net, peer, &eth, &ip, sim_tcp_answer);
	else if (ip.protocol == IPV4_UDP && peer->does & DOES_DNS)
		hear_service(net, peer, &eth, &ip, sim_dns_answer);
	else if (ip.protocol == IPV4_UDP && peer->does & DOES_SNMP)
		hear_service(net, peer, &eth, &ip, sim_snmp_answer);
	else if (ip.protocol == IPV4_UDP)
		hear_dhcp(net, peer, &ip);
}

/* ---- unasked ---- */

void sim_peer_tick(struct sim_net *net, struct sim_peer *peer, uint64_t now_ns)
{
	struct ip4 nothing = {0}, other = {peer->ip.value ^ 64};
	struct arp arp = {ARP_OP_REQUEST, {peer->mac, peer->ip}, {{{0}}, peer->ip}};

	if (now_ns < peer->next_ns)
		return;
	peer->next_ns = now_ns + PERIOD_NS;
	if (peer->does & DOES_PROBE)
		arp.sender.ip = nothing;
	if (peer->does & (DOES_ASK | DOES_CLONE))
		arp.sender.ip = other;
	if (peer->does & (DOES_ANNOUNCE | DOES_PROBE | DOES_ASK | DOES_CLONE))
		say_arp(net, peer, mac_broadcast, &arp);
}
