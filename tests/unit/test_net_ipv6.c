/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IPv6: addresses, neighbour discovery as bytes, what is made of it, and net.ipv6 on scripted networks. */
#include "tests/unit/net_rig.h"
#include <stdlib.h>

#define STRANGER  "f4:f2:6d:11:22:33"
#define STRANGER2 "00:40:8c:aa:bb:cc"
#define STRANGERS STRANGER2 " " STRANGER
#define MESSAGE   128

static struct rig rig;

/* ---- addresses ---- */

static void test_text(void)
{
	static const struct {
		struct ip6 ip;
		const char *want;
	} cases[] = {
		{{{0}}, "::"},
		{{{[15] = 1}}, "::1"},
		{{{0xfe, 0x80, [8] = 0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56}},
			"fe80::5054:ff:fe12:3456"},
		{{{0x20, 0x01, 0x0d, 0xb8}}, "2001:db8::"},
		{{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}},
			"2001:db8:0:1:1:1:1:1"},
		{{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1}},
			"2001:db8::1:0:0:1"},
		{{{0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}}, "2001:0:0:1::1"},
		{{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			 0xff, 0xff, 0xff}},
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char text[IP6_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(ip6_text(text, &cases[i].ip), cases[i].want);
}

static void test_addresses(void)
{
	const struct mac mac = {{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};
	const struct ip6 own = ip6_link_local(mac), group = ip6_solicited_node(&own);
	char text[IP6_TEXT], mac_shown[MAC_TEXT];

	CHECK_STR(ip6_text(text, &own), "fe80::5054:ff:fe12:3456");
	CHECK_STR(ip6_text(text, &group), "ff02::1:ff12:3456");
	CHECK_STR(mac_text(mac_shown, ip6_group_mac(&group)), "33:33:ff:12:34:56");
	CHECK(ip6_is_link_local(&own) && !ip6_is_link_local(&group) && ip6_is_group(&group));
}

/* ---- messages ---- */

/* Completes a packet from `src` whose message of `len` bytes is in place behind the header; returns its length. */
static size_t finish(uint8_t *pkt, struct ip6 src, struct ip6 dst, size_t len)
{
	uint8_t *at = pkt + IPV6_HEADER_BYTES;
	const struct ipv6 ip = {src, dst, IPV6_HOP_LIMIT_MAX, IPV6_ICMP, {at, len}};

	ipv6_write(pkt, &ip);
	put_be16(at + 2, 0);
	put_be16(at + 2, inet_checksum(ipv6_pseudo_sum(&ip)));
	return IPV6_HEADER_BYTES + len;
}

/* A router advertisement with its MAC and one prefix. */
static size_t advertise(uint8_t *pkt, struct mac mac, uint16_t lifetime_s)
{
	uint8_t *at = pkt + IPV6_HEADER_BYTES;
	const size_t len = 16 + 8 + 32;

	memset(at, 0, len);
	at[0] = ICMP6_ROUTER_ADVERT;
	put_be16(at + 6, lifetime_s);
	memcpy(at + 16, "\1\1", 2);
	memcpy(at + 18, mac.at, MAC_BYTES);
	memcpy(at + 24, "\3\4\100\300\0\0\16\20\0\0\16\20\0\0\0\0\x20\x01\x0d\xb8\0\7", 22);
	return finish(pkt, ip6_link_local(mac), ip6_all_nodes, len);
}

static size_t claim(uint8_t *pkt, struct mac mac, struct ip6 target, bool probing)
{
	uint8_t *at = pkt + IPV6_HEADER_BYTES;

	memset(at, 0, 24);
	at[0] = probing ? ICMP6_NEIGHBOUR_SOLICIT : ICMP6_NEIGHBOUR_ADVERT;
	memcpy(at + 8, target.at, IP6_BYTES);
	return finish(pkt, probing ? ip6_none : ip6_link_local(mac),
		probing ? ip6_solicited_node(&target) : ip6_all_nodes, 24);
}

static enum icmp6_result read(const uint8_t *pkt, size_t len, struct icmp6 *ret)
{
	struct ipv6 ip;

	CHECK(ipv6_read((struct span){pkt, len}, &ip));
	return icmp6_read(&ip, ret);
}

static void test_advert(void)
{
	const struct mac mac = {{2, 0, 0, 0, 0, 9}};
	uint8_t pkt[MESSAGE];
	struct icmp6 m;
	char text[IP6_TEXT];
	size_t len = advertise(pkt, mac, 1800);

	CHECK(read(pkt, len, &m) == ICMP6_OK);
	CHECK(m.type == ICMP6_ROUTER_ADVERT && m.lifetime_s == 1800 && m.prefix_count == 1);
	CHECK_STR(ip6_text(text, &m.prefixes[0].ip), "2001:db8:7::");
	CHECK(m.prefixes[0].length == 64 && m.prefixes[0].valid_s == 3600);
	pkt[7] = 254;
	CHECK(read(pkt, len, &m) == ICMP6_INVALID, "it came through a router");
	pkt[7] = 255;
	pkt[len - 1] ^= 1;
	CHECK(read(pkt, len, &m) == ICMP6_BAD_CHECKSUM);
	pkt[len - 1] ^= 1;
	pkt[IPV6_HEADER_BYTES + 17] = 0; /* an option without length */
	finish(pkt, ip6_link_local(mac), ip6_all_nodes, len - IPV6_HEADER_BYTES);
	CHECK(read(pkt, len, &m) == ICMP6_INVALID);
	pkt[IPV6_HEADER_BYTES + 17] = 6; /* one that does not fit */
	finish(pkt, ip6_link_local(mac), ip6_all_nodes, len - IPV6_HEADER_BYTES);
	CHECK(read(pkt, len, &m) == ICMP6_INVALID);
	pkt[IPV6_HEADER_BYTES + 17] = 1;
	finish(pkt, ip6_all_routers, ip6_all_nodes, len - IPV6_HEADER_BYTES);
	CHECK(read(pkt, len, &m) == ICMP6_INVALID, "not from a link-local address");
}

/* What we write is valid to the letter. */
static void test_solicit(void)
{
	const struct mac mac = {{0x52, 0x54, 0, 0x12, 0x34, 0x56}};
	const struct ip6 own = ip6_link_local(mac);
	uint8_t pkt[IPV6_HEADER_BYTES + ICMP6_WRITE_BYTES];
	struct icmp6 m;
	struct mac dst;
	char text[MAC_TEXT];
	size_t len = icmp6_write_neighbour_solicit(pkt, &own, &dst);

	CHECK(len == sizeof(pkt) && read(pkt, len, &m) == ICMP6_OK);
	CHECK(m.type == ICMP6_NEIGHBOUR_SOLICIT && ip6_same(&m.target, &own));
	CHECK_STR(mac_text(text, dst), "33:33:ff:12:34:56");
	len = icmp6_write_router_solicit(pkt, &dst);
	CHECK(len == IPV6_HEADER_BYTES + 8 && read(pkt, len, &m) == ICMP6_OTHER);
	CHECK(pkt[IPV6_HEADER_BYTES] == ICMP6_ROUTER_SOLICIT && pkt[7] == 255);
	CHECK_STR(mac_text(text, dst), "33:33:00:00:00:02");
}

/* Every prefix and every changed byte of good messages: no crash, no reading beyond the end. */
static void test_hostile(void)
{
	const struct mac mac = {{2, 0, 0, 0, 0, 9}};
	uint8_t pkt[MESSAGE];
	struct ipv6 ip;
	struct icmp6 m;
	const size_t len = advertise(pkt, mac, 1800);

	for (size_t cut = 0; cut < len; cut++) {
		const bool whole = cut == 40 + 16 || cut == 40 + 16 + 8; /* without the options */
		uint8_t *copy = malloc(cut + 1);

		memcpy(copy, pkt, cut);
		CHECK(!ipv6_read((struct span){copy, cut}, &ip));
		if (cut >=
			IPV6_HEADER_BYTES + 4) { /* a right length and checksum for what is left */
			finish(copy, ip6_link_local(mac), ip6_all_nodes, cut - IPV6_HEADER_BYTES);
			CHECK((read(copy, cut, &m) == ICMP6_OK) == whole, "%zu", cut);
		}
		free(copy);
	}
	for (size_t i = 0; i < (len - IPV6_HEADER_BYTES) * 256; i++) {
		uint8_t copy[MESSAGE];

		memcpy(copy, pkt, len);
		copy[IPV6_HEADER_BYTES + i / 256] = (uint8_t)i;
		finish(copy, ip6_link_local(mac), ip6_all_nodes, len - IPV6_HEADER_BYTES);
		if (ipv6_read((struct span){copy, len}, &ip))
			icmp6_read(&ip, &m);
	}
}

/* ---- the table ---- */

static void test_table(void)
{
	static struct nd t;
	const struct ip6 own = ip6_link_local((struct mac){{2, 1}});
	const struct ipv6 from_nobody = {.src = ip6_none};
	struct ipv6 from = {.src = own};
	struct icmp6 m = {.type = ICMP6_NEIGHBOUR_SOLICIT, .target = own};
	struct mac macs[ND_CLAIMS_MAX];
	uint64_t count, first_ns;

	nd_hear(&t, 0, &own, (struct mac){{4}}, &from, &m, 1);
	CHECK_U64(t.claim_count, 0);
	for (uint8_t i = 0; i < 20; i++)
		nd_hear(&t, 0, &own, (struct mac){{4, i}}, &from_nobody, &m, 5u + i);
	CHECK(t.claim_count == ND_CLAIMS_MAX && t.dropped == 12);
	CHECK_U64(nd_claimants(&t, 0, macs, &count, &first_ns), ND_CLAIMS_MAX);
	CHECK(count == 8 && first_ns == 5);
	CHECK_U64(nd_claimants(&t, 1, macs, &count, &first_ns), 0);
	m.target.at[15] ^= 1;
	m.type = ICMP6_NEIGHBOUR_ADVERT;
	nd_hear(&t, 1, &own, (struct mac){{4}}, &from, &m, 1);
	CHECK_U64(nd_claimants(&t, 1, macs, &count, &first_ns), 0);

	m = (struct icmp6){.type = ICMP6_ROUTER_ADVERT, .lifetime_s = 9};
	nd_hear(&t, 1, &own, (struct mac){{4}}, &from, &m, 1);
	from.src.at[15]++;
	nd_hear(&t, 1, &own, (struct mac){{4}}, &from, &m, 1);
	CHECK(t.router_count == 2 && nd_default_routers(&t, 1, macs) == 1);
	nd_hear(&t, 1, &own, (struct mac){{5}}, &from, &m, 1);
	CHECK_U64(nd_default_routers(&t, 1, macs), 2);
	m.lifetime_s = 0;
	nd_hear(&t, 1, &own, (struct mac){{5}}, &from, &m, 1);
	CHECK(t.router_count == 3 && nd_default_routers(&t, 1, macs) == 1, "it has gone");
	for (uint8_t i = 0; i < 20; i++)
		nd_hear(&t, 1, &own, (struct mac){{6, i}}, &from, &m, 1);
	CHECK_U64(t.router_count, ND_ROUTERS_MAX);
}

/* ---- the check ---- */

enum { NOTHING, CLAIM = 1, PROBE = 2, ROUTER = 4, ROUTER2 = 8, GONE2 = 16, CUT = 32 };

static const struct scenario {
	const char *name, *specs[4];
	unsigned does;
	enum verdict verdict;
	const char *codes, *shows;
} scenarios[] = {
	{"nobody speaks IPv6", {"asks=10.0.2.2"}, NOTHING, PASS, "",
		"no second owner of fe80::5054:ff:fe12:3456, 0 IPv6 routers, in 2 questions"},
	{"nobody at all", {"nics=1"}, NOTHING, SKIP, "", "so silence proves nothing"},
	{"no link", {"nolink"}, NOTHING, SKIP, "", "no link"},
	{"second owner", {"asks=10.0.2.2"}, CLAIM, FAIL, "net-duplicate-ip",
		"ip=fe80::5054:ff:fe12:3456 mac=" STRANGER " macs=" STRANGER
		" vendor=TP-LINK TECHNOLOGIES CO.,LTD. count=1 nic=nic0 "},
	{"another takes it", {"asks=10.0.2.2"}, PROBE, FAIL, "net-duplicate-ip", "is claimed by"},
	{"one router", {"asks=10.0.2.2"}, ROUTER, PASS, "",
		"as the way out for 1800 s; prefixes 2001:db8:7::/64"},
	{"two routers", {"asks=10.0.2.2"}, ROUTER | ROUTER2, WARN, "net-rogue-ra",
		"nic=nic0 macs=" STRANGER "+" STRANGER2 " count=2 "},
	{"one router has gone", {"asks=10.0.2.2"}, ROUTER | ROUTER2 | GONE2, PASS, "",
		"but not as the way out"},
	{"cut short", {"asks=10.0.2.2"}, CLAIM | CUT, PASS, "", "0 IPv6 routers"},
};

static struct mac mac_of(const char *text)
{
	struct mac mac = {{0}};

	CHECK(mac_read((struct text){text, strlen(text)}, &mac));
	return mac;
}

/* Arrives so long after the check began. */
static void inject(struct mac mac, const uint8_t *pkt, size_t len, uint64_t after_ns)
{
	uint8_t frame[ETH_HEADER_BYTES + MESSAGE];

	eth_write(frame, ip6_group_mac(&ip6_all_nodes), mac, ETH_TYPE_IPV6);
	memcpy(frame + ETH_HEADER_BYTES, pkt, len);
	sim_net_deliver(
		&rig.net, 0, SIM_NO_CARD, (struct span){frame, ETH_HEADER_BYTES + len}, after_ns);
}

static void inject_all(unsigned does)
{
	const struct mac a = mac_of(STRANGER), b = mac_of(STRANGER2);
	const struct ip6 own = ip6_link_local(rig.nics[0].mac);
	const size_t cut = does & CUT ? 1 : 0;
	uint8_t pkt[MESSAGE];

	if (does & (CLAIM | PROBE))
		inject(a, pkt, claim(pkt, a, own, does & PROBE) - cut, 500 * NS_PER_MS);
	if (does & ROUTER)
		inject(a, pkt, advertise(pkt, a, 1800), 600 * NS_PER_MS);
	if (does & ROUTER2)
		inject(b, pkt, advertise(pkt, b, 1800), 700 * NS_PER_MS);
	if (does & GONE2)
		inject(b, pkt, advertise(pkt, b, 0), 800 * NS_PER_MS);
}

static void play(const struct scenario *sc)
{
	const struct check *check = &net_ipv6_check;
	const unsigned failed = test_failed;
	enum verdict verdict;

	rig_init(&rig, sc->specs);
	CHECK(!rig.nics[0].has_driver || rig.nics[0].open(rig.nics[0].ctx) == NIC_OK);
	inject_all(sc->does);
	verdict = rig_run_one(&rig, check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(rig_shows(&rig, sc->shows), "%s", sc->shows);
	rig_finish(&rig, sc->name, failed);
	CHECK(rig.clock.now_ns <= 12 * (uint64_t)NS_PER_S);
}

/* What is heard while other rooms work becomes a finding, once, but only after net.ipv6 judged what was there before. */
static void test_late(bool judged)
{
	static const char *const specs[] = {"asks=10.0.2.2", NULL};
	const struct check *check = judged ? &net_ipv6_check : &net_listen_check;
	const struct ip6 own = ip6_link_local((struct mac){{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}});
	const struct mac a = mac_of(STRANGER), b = mac_of(STRANGER2);
	uint8_t pkt[MESSAGE];

	rig_init(&rig, specs);
	CHECK(rig_run_one(&rig, check) == PASS && rig.finding_count == 0);
	inject(a, pkt, advertise(pkt, a, 1800), NS_PER_MS);
	inject(b, pkt, advertise(pkt, b, 1800), NS_PER_MS);
	inject(a, pkt, claim(pkt, a, own, false), NS_PER_MS);
	for (unsigned i = 0; i < 4; i++) {
		rig.clock.now_ns += 50 * NS_PER_MS;
		net_watch(&rig.run);
	}
	CHECK(net_watch_has_news(&rig.run) == judged);
	net_watch_tell(&rig.run);
	CHECK_STR(rig_codes(&rig), judged ? "net-duplicate-ip net-rogue-ra" : "");
	CHECK(!net_watch_has_news(&rig.run));
	rig.config.net_expect_ipv6_router = a;
	CHECK(rig_run_one(&rig, &net_expected_check) == (judged ? WARN : SKIP));
	CHECK(rig_shows(&rig, judged ? "what=ipv6_routers expected=" STRANGER " actual=" STRANGERS
				     : "could not be found out: the IPv6 routers"));
	net_session_end(&rig.run);
}

int main(void)
{
	test_text();
	test_addresses();
	test_advert();
	test_solicit();
	test_hostile();
	test_table();
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	test_late(true);
	test_late(false);
	return test_end(__FILE__);
}
