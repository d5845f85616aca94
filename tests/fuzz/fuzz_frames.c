/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Arbitrary frames through the dispatcher and everything behind it, while an address is held and echoes are awaited.
 *
 * Input: frames, each with a byte for the card, one for the time that passed and two for its length. The first byte
 * decides whether plain frames get good checksums and our identifiers, so that the deeper parsers are reached.
 */
#include "nicprobe/checks.h"
#include "nicprobe/hear.h"
#include "nicprobe/tell.h"
#include "nicprobe/udp.h"
#include <stdlib.h>

#define CARDS       2
#define IP_AT       ETH_HEADER_BYTES
#define DATA_AT     (IP_AT + IPV4_HEADER_BYTES)
#define HEADER_SIZE 4

static uint64_t time_ns;

static uint64_t now_ns(void *ctx)
{
	(void)ctx;
	return time_ns;
}

static bool pulse(struct run *run)
{
	(void)run;
	return true;
}

static enum nic_result send(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	(void)frame;
	if (len < ETH_HEADER_BYTES)
		abort();
	return NIC_OK;
}

static enum nic_link link_up(void *ctx)
{
	(void)ctx;
	return NIC_LINK_UP;
}

static void close_card(void *ctx)
{
	(void)ctx;
}

/* Makes the ICMPv6 message of a packet right, and the header as far as its reader looks at it. */
static void repair_ipv6(uint8_t *frame, size_t len)
{
	uint8_t *at = frame + IP_AT + IPV6_HEADER_BYTES;
	struct ipv6 ip = {.hop_limit = IPV6_HOP_LIMIT_MAX, .protocol = IPV6_ICMP};

	if (len < IP_AT + IPV6_HEADER_BYTES + 4 || be16(frame + IP_AT - 2) != ETH_TYPE_IPV6)
		return;
	ip.src = ip6_link_local(mac_at(frame + MAC_BYTES));
	ip.payload = (struct span){at, len - IP_AT - IPV6_HEADER_BYTES};
	ipv6_write(frame + IP_AT, &ip);
	at[0] = (uint8_t)(ICMP6_ROUTER_ADVERT + at[0] % 3);
	at[1] = 0;
	put_be16(at + 2, 0);
	put_be16(at + 2, inet_checksum(ipv6_pseudo_sum(&ip)));
}

/* Makes an IPv4 packet that is right up to the payload, and the payload's checksum right as well. */
static void repair(struct net_session *s, uint8_t *frame, size_t len)
{
	uint8_t *at = frame + DATA_AT;
	struct ipv4 ip = {.src = {0x0a000002}, .dst = {0x0a00000f}, .ttl = 64};

	if (len < DATA_AT + UDP_HEADER_BYTES || be16(frame + IP_AT - 2) != ETH_TYPE_IPV4)
		return;
	ip.payload = (struct span){at, len - DATA_AT};
	ip.protocol = frame[IP_AT + 9] & 1 ? IPV4_UDP : IPV4_ICMP;
	ipv4_write(frame + IP_AT, &ip, 1);
	if (ip.protocol == IPV4_UDP) {
		put_be16(at + 2, DHCP_PORT_CLIENT);
		put_be16(at + 4, (uint16_t)ip.payload.len);
		put_be16(at + 6, 0);
		if (ip.payload.len > UDP_HEADER_BYTES + 8)
			put_be32(at + UDP_HEADER_BYTES + 4, s->dhcp.xid[0]);
	} else {
		put_be16(at + 2, 0);
		put_be16(at + 2, inet_checksum(inet_sum(0, ip.payload)));
	}
}

static void begin(struct net_session *s, struct nic *nics)
{
	static const struct mac macs[CARDS] = {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}};
	struct ip4 own = {0x0a00000f};

	memset(s, 0, sizeof(*s));
	s->begun = true;
	s->station_count = CARDS;
	for (unsigned i = 0; i < CARDS; i++) {
		nics[i] = (struct nic){.has_driver = true,
			.mac = macs[i],
			.link = link_up,
			.send = send,
			.close = close_card};
		s->stations[i] = (struct station){
			.nic = &nics[i], .opened = true, .link = NIC_LINK_UP};
		s->dhcp.xid[i] = s->dhcp.stray_xid[i] = 0x01020304;
	}
	s->dhcp.discovers = 1;
	s->dhcp.stray = macs[1]; /* who is somebody else on card 0 */
	s->dhcp.requesting = true;
	candidate_add(&s->candidates, &s->neighbours, own, FROM_NET_IP, 3, 24)->probed = true;
	candidate_add(
		&s->candidates, &s->neighbours, (struct ip4){0x0a000001}, FROM_GATEWAY, 3, 24);
	s->address = (struct net_address){.held = true, .leased = true, .ip = own, .prefix = 24};
	s->echoes[0] = (struct echo_series){
		.active = true, .ip = {0x0a000002}, .data_max = 1472, .sent = 40};
	s->trace = (struct trace){
		.active = true, .to = {0x0a000002}, .sent = TRACE_HOPS * TRACE_TRIES};
	s->nd.judged = true;
	s->sweep = (struct arp_sweep){.active = true};
	for (uint32_t i = 0; i < SWEEP_MAX; i++)
		sweep_add(&s->sweep, (struct ip4){0x0a000001 + i});
}

/* Nothing a stranger sends may overfill a table. */
static void inspect(const struct net_session *s)
{
	if (s->neighbours.count > NEIGHBOURS_MAX || s->targets.count > TARGETS_MAX ||
		s->candidates.count > CANDIDATES_MAX || s->dhcp.offer_count > OFFERS_MAX ||
		s->dhcp.stray_count > STRAYS_MAX || s->echoes[0].received > s->echoes[0].sent ||
		s->sweep.count > SWEEP_MAX || s->nd.claim_count > ND_CLAIMS_MAX ||
		s->nd.router_count > ND_ROUTERS_MAX)
		abort();
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].switches.count > SWITCH_PORTS_MAX)
			abort();
	}
	for (size_t i = 0; i < s->candidates.count; i++) {
		if (s->candidates.at[i].claim_count > CLAIMS_MAX)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct net_session session;
	static struct nic nics[CARDS];
	struct machine machine = {.clock = {.now_ns = now_ns}, .nics = nics, .nic_count = CARDS};
	struct config config = {0};
	struct recorder rec;
	struct run run = {.machine = &machine,
		.config = &config,
		.rec = &rec,
		.net = &session,
		.pulse = pulse};
	struct span rest = {bytes + 1, size - 1}, header, body;

	if (size < 1)
		return 0;
	time_ns = 0;
	recorder_init(&rec, &machine.clock);
	begin(&session, nics);
	while (span_sub(rest, 0, HEADER_SIZE, &header)) {
		size_t len = be16(header.at + 2) % ETH_FRAME_MAX;
		uint8_t *frame;

		len = len < rest.len - HEADER_SIZE ? len : rest.len - HEADER_SIZE;
		span_sub(rest, HEADER_SIZE, len, &body);
		frame = malloc(len ? len : 1);
		if (frame == NULL)
			return 0;
		memcpy(frame, body.at, len);
		if (bytes[0] & 1)
			repair(&session, frame, len);
		if (bytes[0] & 1)
			repair_ipv6(frame, len);
		time_ns += (uint64_t)header.at[1] * 10 * NS_PER_MS;
		net_hear(&run, header.at[0] % CARDS, time_ns, (struct span){frame, len});
		free(frame);
		rest = (struct span){body.at + len, rest.len - HEADER_SIZE - len};
	}
	inspect(&session);
	tell_new(&run);
	net_session_end(&run);
	return 0;
}
