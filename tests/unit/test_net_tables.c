/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network room remembers: bounds of every table, and what follows from the entries. */
#include "nicprobe/candidate.h"
#include "nicprobe/offer.h"
#include "nicprobe/sent.h"
#include "nicprobe/traffic.h"
#include "tests/test.h"

static struct mac mac_number(unsigned n)
{
	return (struct mac){{0x02, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}};
}

/* ---- own frames ---- */

static void own_frames(void)
{
	static struct sent_ring ring;
	uint8_t payload[64] = {1, 2, 3};
	struct eth frame = {.dst = mac_broadcast,
		.src = mac_number(1),
		.type = ETH_TYPE_LOCAL,
		.payload = {payload, 46}};
	struct eth back = frame;

	CHECK(!sent_by(&ring, &frame));
	sent_add(&ring, &frame, 0);
	back.tagged = true;
	back.vlan = 5;
	back.payload.len = 50; /* trailing bytes */
	CHECK_U64(sent_by(&ring, &back), 1);
	sent_add(&ring, &frame, 3);
	CHECK_U64(sent_by(&ring, &back), 1 | 1 << 3);
	payload[27] = 9;
	CHECK(!sent_by(&ring, &frame));
	payload[27] = 0;
	for (unsigned i = 0; i < SENT_MAX; i++) {
		CHECK(i > 0 || sent_by(&ring, &back));
		payload[0] = (uint8_t)i;
		payload[1] = (uint8_t)(7 + i / 256);
		sent_add(&ring, &frame, 0);
	}
	payload[0] = 1;
	payload[1] = 2;
	CHECK(!sent_by(&ring, &frame), "the oldest is forgotten");
}

/* ---- neighbours ---- */

static void neighbours_are_bounded(void)
{
	static struct neighbours t;
	static struct targets targets;

	for (unsigned i = 0; i < 3 * NEIGHBOURS_MAX; i++) {
		struct arp_peer peer = {mac_number(i), {0x0a000000 + i}};

		neighbour_add(&t, peer, 0, ARP_KIND_REPLY, 1000 + i);
		neighbour_add(
			&t, (struct arp_peer){mac_number(0), {5}}, 0, ARP_KIND_REQUEST, 1000 + i);
		target_add(&targets, (struct ip4){0x0b000000 + i}, i % 2, mac_number(1), i);
	}
	CHECK_U64(t.count, NEIGHBOURS_MAX);
	CHECK_U64(t.dropped, 2 * NEIGHBOURS_MAX + 1);
	CHECK(neighbour_has(&t, (struct ip4){5}), "what keeps talking is kept");
	CHECK(neighbour_has(&t, (struct ip4){0x0a000000 + 3 * NEIGHBOURS_MAX - 1}));
	CHECK(!neighbour_has(&t, (struct ip4){0x0a000001}));
	CHECK_U64(targets.count, TARGETS_MAX);
}

static void neighbours_fade(void)
{
	static struct neighbours t;

	for (unsigned i = 0; i < 10; i++)
		neighbour_add(
			&t, (struct arp_peer){mac_number(i), {100 + i}}, 0, ARP_KIND_REPLY, i);
	neighbours_forget(&t, 6);
	CHECK_U64(t.count, 4);
	CHECK(neighbour_has(&t, (struct ip4){106}) && !neighbour_has(&t, (struct ip4){105}));
}

/* ---- candidates ---- */

static const struct ip4 ip = {0xc0a80114};
static struct neighbours nobody;

static void claim(struct candidates *t, unsigned nic, struct mac mac, enum arp_kind kind)
{
	struct arp arp = {ARP_OP_REPLY, {mac, ip}, {mac, {1}}};

	if (kind == ARP_KIND_PROBE)
		arp = (struct arp){ARP_OP_REQUEST, {mac, {0}}, {mac, ip}};
	candidates_hear(t, &arp, kind, nic, 5);
}

static const struct claims_case {
	const char *name;
	enum candidate_source source;
	uint16_t nics;
	struct {
		unsigned nic;
		struct mac mac;
		enum arp_kind kind;
	} claims[3];
	enum candidate_state want;
	size_t macs;
} claims_cases[] = {
	{"nobody", FROM_NET_IP, 1, {{0}}, CANDIDATE_FREE, 0},
	{"one on ours", FROM_NET_IP, 1, {{0, {{2}}, ARP_KIND_REPLY}}, CANDIDATE_CONFLICT, 1},
	{"its probe on ours", FROM_OFFER, 1, {{0, {{2}}, ARP_KIND_PROBE}}, CANDIDATE_CONFLICT, 1},
	{"a poll on ours", FROM_OFFER, 1, {{0, {{2}}, ARP_KIND_POLL}}, CANDIDATE_FREE, 0},
	{"on another lan", FROM_NET_IP, 1, {{1, {{2}}, ARP_KIND_REPLY}}, CANDIDATE_FREE, 0},
	{"vrrp on ours", FROM_NET_IP, 1, {{0, {{0, 0, 0x5e, 0, 1, 9}}, ARP_KIND_REPLY}},
		CANDIDATE_VIRTUAL, 0},
	{"one on theirs", FROM_ASKED, 1, {{0, {{2}}, ARP_KIND_REPLY}}, CANDIDATE_OWNED, 1},
	{"their probe", FROM_ASKED, 1, {{0, {{2}}, ARP_KIND_PROBE}}, CANDIDATE_FREE, 0},
	{"the same twice", FROM_GATEWAY, 1,
		{{0, {{2}}, ARP_KIND_REPLY}, {0, {{2}}, ARP_KIND_REQUEST}}, CANDIDATE_OWNED, 1},
	{"two on theirs", FROM_PEER, 1,
		{{0, {{2}}, ARP_KIND_REPLY}, {0, {{4}}, ARP_KIND_GRATUITOUS}}, CANDIDATE_CONFLICT,
		2},
	{"two, one of them virtual", FROM_GATEWAY, 1,
		{{0, {{2}}, ARP_KIND_REPLY}, {0, {{0, 7, 0xb4, 0, 1, 1}}, ARP_KIND_REPLY}},
		CANDIDATE_OWNED, 1},
	{"one each on two lans", FROM_GATEWAY, 3,
		{{0, {{2}}, ARP_KIND_REPLY}, {1, {{4}}, ARP_KIND_REPLY}}, CANDIDATE_OWNED, 2},
	{"one heard by two cards", FROM_NET_IP, 3,
		{{0, {{2}}, ARP_KIND_REPLY}, {1, {{2}}, ARP_KIND_REPLY}}, CANDIDATE_CONFLICT, 1},
};

static void claims_decide(void)
{
	static struct candidates t;
	struct mac macs[CLAIMS_MAX];

	for (size_t i = 0; i < ARRAY_LEN(claims_cases); i++) {
		const struct claims_case *cc = &claims_cases[i];
		struct candidate *c;

		t.count = 0;
		c = candidate_add(&t, &nobody, ip, cc->source, cc->nics, 24);
		for (size_t j = 0; j < ARRAY_LEN(cc->claims) && cc->claims[j].kind != 0; j++)
			claim(&t, cc->claims[j].nic, cc->claims[j].mac, cc->claims[j].kind);
		CHECK(candidate_state(c) == cc->want, "%s: %d", cc->name, (int)candidate_state(c));
		CHECK(candidate_macs(c, macs) == cc->macs, "%s", cc->name);
	}
}

static void proxies(void)
{
	static struct candidates t;
	struct candidate *c = candidate_add(&t, &nobody, ip, FROM_NET_IP, 1, 24), *control;
	struct arp arp = {ARP_OP_REPLY, {mac_number(1), {99}}, {mac_number(2), {1}}};

	control = candidate_add(&t, &nobody, (struct ip4){99}, FROM_CONTROL, 1, 24);
	claim(&t, 0, mac_number(1), ARP_KIND_REPLY);
	candidates_hear(&t, &arp, ARP_KIND_REPLY, 0, 7);
	CHECK(candidate_state(c) == CANDIDATE_CONFLICT);
	candidates_mark_proxies(&t, control);
	CHECK(candidate_state(c) == CANDIDATE_PROXY);
	claim(&t, 0, mac_number(2), ARP_KIND_REPLY);
	CHECK(candidate_state(c) == CANDIDATE_CONFLICT, "a real owner beside the proxy");
}

/* Who probes for several addresses wants none of them; nor does a server that looks before it offers. */
static void scanners(void)
{
	static struct candidates t;
	struct candidate *c = candidate_add(&t, &nobody, ip, FROM_NET_IP, 1, 24);
	struct arp other = {ARP_OP_REQUEST, {mac_number(1), {0}}, {{{0}}, {77}}};

	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	CHECK(candidate_state(c) == CANDIDATE_CONFLICT);
	candidates_hear(&t, &other, ARP_KIND_PROBE, 0, 5);
	CHECK(candidate_state(c) == CANDIDATE_FREE);
	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	CHECK(candidate_state(c) == CANDIDATE_FREE);
	claim(&t, 0, mac_number(1), ARP_KIND_REPLY);
	CHECK(candidate_state(c) == CANDIDATE_CONFLICT, "but an answer is an answer");

	t = (struct candidates){0};
	c = candidate_add(&t, &nobody, ip, FROM_OFFER, 1, 24);
	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	candidates_pardon(&t, mac_number(2));
	CHECK(candidate_state(c) == CANDIDATE_CONFLICT);
	candidates_pardon(&t, mac_number(1));
	CHECK(candidate_state(c) == CANDIDATE_FREE);
	for (unsigned i = 0; i < 3 * PROBERS_MAX; i++)
		claim(&t, 0, mac_number(i), ARP_KIND_PROBE);
	CHECK(t.prober_count == PROBERS_MAX && t.prober_next < PROBERS_MAX);
}

/* An address that its owner is about to take is not probed by us at the same time. */
static void yielding(void)
{
	static struct candidates t;
	struct candidate *c = candidate_add(&t, &nobody, ip, FROM_ASKED, 1, 24);

	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	CHECK_U64(c->sources, 0);
	c->sources = FROM_ASKED | FROM_GATEWAY;
	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	CHECK_U64(c->sources, FROM_GATEWAY);
	c->sources = FROM_ASKED;
	claim(&t, 0, mac_number(2), ARP_KIND_REPLY);
	claim(&t, 0, mac_number(3), ARP_KIND_REPLY);
	claim(&t, 0, mac_number(1), ARP_KIND_PROBE);
	CHECK(c->sources == FROM_ASKED, "a conflict is not forgotten for that");
}

static void candidates_are_bounded(void)
{
	static struct candidates t;
	struct candidate *c = candidate_add(&t, &nobody, ip, FROM_NET_IP, 1, 24);

	for (unsigned i = 0; i < 20; i++)
		claim(&t, 0, mac_number(i), ARP_KIND_REPLY);
	CHECK_U64(c->claim_count, CLAIMS_MAX);
	CHECK_U64(c->claims_dropped, 20 - CLAIMS_MAX);
	for (unsigned i = 0; i < 200; i++)
		candidate_add(&t, &nobody, (struct ip4){0x0a000001 + i}, FROM_ASKED, 1, 24);
	CHECK_U64(t.count, CANDIDATES_MAX);
	CHECK_U64(t.dropped, 201 - CANDIDATES_MAX);
	candidates_prune(&t, (struct ip4){0});
	CHECK_U64(t.count, 1);
	CHECK(ip4_same(t.at[0].ip, ip));
	candidate_add(&t, &nobody, (struct ip4){7}, FROM_OFFER, 1, 24);
	candidate_add(&t, &nobody, (struct ip4){8}, FROM_OFFER, 1, 24);
	candidates_prune(&t, (struct ip4){8});
	CHECK(t.count == 2 && t.at[1].ip.value == 8,
		"of the offers, only the leased one stays ours");
}

static void virtual_routers(void)
{
	CHECK_STR(mac_virtual_router((struct mac){{0, 0, 0x5e, 0, 1, 255}}), "VRRP or CARP");
	CHECK_STR(mac_virtual_router((struct mac){{0, 0, 0x0c, 7, 0xac, 1}}), "HSRP");
	CHECK_STR(mac_virtual_router((struct mac){{0, 0, 0x0c, 0x9f, 0xff, 1}}), "HSRPv2");
	CHECK_STR(mac_virtual_router((struct mac){{0, 7, 0xb4, 0, 2, 1}}), "GLBP");
	CHECK(mac_virtual_router((struct mac){{0, 0, 0x5e, 0, 2, 1}}) == NULL);
	CHECK(mac_virtual_router((struct mac){{0, 0, 0x0c, 0x9f, 0xef, 1}}) == NULL);
}

/* ---- offers, traffic ---- */

static void offers(void)
{
	static struct dhcp_client client;
	struct dhcp_offer o = {.mac = mac_number(1),
		.server = {1},
		.router = {1},
		.ip = {0x0a00000f},
		.prefix = 24};

	offer_add(&client, &o);
	offer_add(&client, &o);
	CHECK(client.offer_count == 1 && client.offers[0].count == 2);
	o.mac = mac_number(2); /* the same identifier from another MAC is another server */
	offer_add(&client, &o);
	CHECK_U64(client.offer_count, 2);
	o.relay.value = 7; /* behind a relay, the MAC is the relay's */
	o.mac = mac_number(3);
	offer_add(&client, &o);
	o.mac = mac_number(4);
	offer_add(&client, &o);
	CHECK_U64(client.offer_count, 3);
	CHECK(offer_from(&client, mac_number(2)) && !offer_from(&client, mac_number(9)));
	CHECK_U64(offer_router(&client, (struct ip4){0x0a000063}, 1).value, 1);
	CHECK_U64(offer_router(&client, (struct ip4){0x0b000063}, 1).value, 0);
	for (unsigned i = 0; i < 100; i++) {
		o.server.value = 100 + i;
		offer_add(&client, &o);
	}
	CHECK(client.offer_count == OFFERS_MAX && client.offers_dropped > 0);
}

static void talkers(void)
{
	static struct traffic t;
	struct eth frame = {.dst = mac_broadcast, .payload = {NULL, 0}};

	CHECK(traffic_top(&t, TRAFFIC_BROADCAST) == NULL);
	for (unsigned i = 0; i < 1000; i++) {
		frame.src = i % 3 == 0 ? mac_number(0xffff) : mac_number(i);
		traffic_count(&t, &frame, false);
	}
	CHECK_U64(t.counts[TRAFFIC_BROADCAST], 1000);
	CHECK_U64(t.talker_counts[TRAFFIC_BROADCAST], TALKERS_MAX);
	CHECK(mac_same(traffic_top(&t, TRAFFIC_BROADCAST)->mac, mac_number(0xffff)));
	CHECK(traffic_top(&t, TRAFFIC_MULTICAST) == NULL);
	frame.dst = (struct mac){{1, 0x80, 0xc2, 0, 0, 0}};
	traffic_count(&t, &frame, false);
	frame.dst = mac_number(1);
	traffic_count(&t, &frame, true);
	traffic_count(&t, &frame, false);
	CHECK(t.counts[TRAFFIC_MULTICAST] == 1 && t.unicast_ours == 1 &&
		t.counts[TRAFFIC_UNICAST] == 1);
	CHECK_U64(traffic_frames(&t), 1003);
}

/* `windows` of 2 ms with `each` frames, and `odd` ones with `in_odd`. */
static uint64_t rate_of(size_t windows, uint64_t each, size_t odd, uint64_t in_odd)
{
	struct windows w = {0};

	for (size_t i = 0; i < windows + odd; i++)
		windows_add(&w, i < windows ? each : in_odd, 2000000);
	return windows_rate(&w);
}

/* A burst is no rate, wherever it falls. */
static void rates_in_windows(void)
{
	CHECK_U64(rate_of(WINDOWS_MIN - 1, 50, 0, 0), 0);
	CHECK_U64(rate_of(WINDOWS_MIN, 50, 0, 0), 25000);
	CHECK_U64(rate_of(2 * WINDOWS_MAX, 1, 0, 0), 500);
	CHECK_U64(rate_of(WINDOWS_MAX - 1, 0, 1, 50), 0);
	CHECK_U64(rate_of(WINDOWS_MIN - 1, 0, 1, 50), 0);
	CHECK_U64(rate_of(WINDOWS_MAX - 20, 1, 20, 64), 500);
	CHECK_U64(rate_of(30, 1, 30, 4), 500);
	CHECK_U64(rate_of(29, 0, 31, 4), 2000);
}

int main(void)
{
	own_frames();
	neighbours_are_bounded();
	neighbours_fade();
	claims_decide();
	proxies();
	scanners();
	yielding();
	candidates_are_bounded();
	virtual_routers();
	offers();
	talkers();
	rates_in_windows();
	return test_end(__FILE__);
}
