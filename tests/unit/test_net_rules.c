/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Stations that bend the rules: owners that claim an address in an unusual way, servers whose answers cannot be used, and
 * echoes that come back damaged. None of them may pass for a network in good order. */
#include "nicprobe/address.h"
#include "nicprobe/pump.h"
#include "tests/unit/net_rig.h"

static struct rig rig;

static const struct ip4 own_ip = {0x0a00020f};
static const struct mac stranger = {{2, 0, 0, 0, 0, 9}}, nobody = {{0}},
			cluster = {{3, 0xbf, 10, 0, 2, 15}};

static void begin(const char *const *specs)
{
	rig_init(&rig, specs);
	rig.may_speak = own_ip;
}

/* ---- claims ---- */

static const struct claim_case {
	const char *name;
	uint16_t hardware;
	struct mac from, sender;
	bool conflict;
	struct mac named; /* in the claim */
} claim_cases[] = {
	{"usual", 1, {{2, 0, 0, 0, 0, 9}}, {{2, 0, 0, 0, 0, 8}}, true, {{2, 0, 0, 0, 0, 8}}},
	{"IEEE 802", 6, {{2, 0, 0, 0, 0, 9}}, {{2, 0, 0, 0, 0, 9}}, true, {{2, 0, 0, 0, 0, 9}}},
	{"Frame Relay", 15, {{2, 0, 0, 0, 0, 9}}, {{2, 0, 0, 0, 0, 9}}, false, {{0}}},
	{"a cluster", 1, {{2, 0, 0, 0, 0, 9}}, {{3, 0xbf, 10, 0, 2, 15}}, true,
		{{3, 0xbf, 10, 0, 2, 15}}},
	{"nobody", 1, {{2, 0, 0, 0, 0, 9}}, {{0}}, true, {{2, 0, 0, 0, 0, 9}}},
	{"everybody", 1, {{2, 0, 0, 0, 0, 9}}, {{255, 255, 255, 255, 255, 255}}, true,
		{{2, 0, 0, 0, 0, 9}}},
	{"from a group", 1, {{3, 0, 0, 0, 0, 9}}, {{2, 0, 0, 0, 0, 9}}, false, {{0}}},
	{"on our behalf", 1, {{2, 0, 0, 0, 0, 9}}, {{0x52, 0x54, 0, 0x12, 0x34, 0x56}}, false,
		{{0}}},
};

static void claims(void)
{
	static const char *const specs[] = {"gateway=10.0.2.2", NULL};

	for (size_t i = 0; i < ARRAY_LEN(claim_cases); i++) {
		const struct claim_case *t = &claim_cases[i];
		const struct arp arp = {ARP_OP_REPLY, {t->sender, own_ip}, {nobody, {0}}};
		uint8_t frame[60] = {0};
		struct mac macs[CLAIMS_MAX];
		const struct candidate *c;
		size_t count;

		begin(specs);
		rig_check(&rig, 0);
		c = candidate_add(&rig.session.candidates, &rig.session.neighbours, own_ip,
			FROM_NET_IP, 1, 24);
		eth_write(frame, mac_broadcast, t->from, ETH_TYPE_ARP);
		arp_write(frame + ETH_HEADER_BYTES, &arp);
		put_be16(frame + ETH_HEADER_BYTES, t->hardware);
		net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
		CHECK(candidate_state(c) == (t->conflict ? CANDIDATE_CONFLICT : CANDIDATE_FREE),
			"%s", t->name);
		count = candidate_macs(c, macs);
		CHECK(count == t->conflict && (count == 0 || mac_same(macs[0], t->named)), "%s",
			t->name);
		net_session_end(&rig.run);
	}
}

/* ---- who speaks without answering ARP ---- */

static void speak(struct mac to, struct ip4 from)
{
	uint8_t frame[ETH_HEADER_BYTES + IPV4_HEADER_BYTES + 26] = {0};
	const struct ipv4 ip = {
		from, {0xffffffff}, 64, 99, {frame + ETH_HEADER_BYTES + IPV4_HEADER_BYTES, 26}};

	eth_write(frame, to, stranger, ETH_TYPE_IPV4);
	ipv4_write(frame + ETH_HEADER_BYTES, &ip, 1);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
}

/* Broadcasts of others are their own business; what goes to one card may be our own packet that a router sent back. */
static void silent_owner(void)
{
	static const char *const specs[] = {"gateway=10.0.2.2", NULL};
	const struct ip4 other = {0x0a000263};

	begin(specs);
	rig.config.has_net_ip = true;
	rig.config.net_ip = own_ip;
	rig_check(&rig, 3);
	candidate_add(&rig.session.candidates, &rig.session.neighbours, other, FROM_ASKED, 1, 24);
	speak(cluster, other);
	speak(rig.nics[0].mac, own_ip);
	rig_check(&rig, 4);
	CHECK(rig.verdicts[4] == PASS, "%s", rig.whys[4]);
	speak(mac_broadcast, own_ip);
	rig_check(&rig, 6);
	CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
	CHECK(rig_shows(&rig, "sends packets from it, but answers no ARP request"));
	CHECK(rig_shows(&rig, "mac=02:00:00:00:00:09 "));
	CHECK(!address_usable(&rig.session));
	net_session_end(&rig.run);
}

/* ---- DHCP ---- */

static const struct answer_case {
	const char *name;
	struct dhcp m;
	size_t cut; /* bytes of the message that get here; 0: all */
	const char *shows;
} answer_cases[] = {
	{"an address of nobody", {.type = DHCP_TYPE_OFFER}, 0,
		"it offers an address that no host can have"},
	{"to all", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a0002ff}, .mask = {0xffffff00}}, 0,
		"it offers an address that no host can have"},
	{"the subnet's", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a000200}}, 0,
		"it offers an address that no host can have"},
	{"gaps", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a00020f}, .mask = {0xffff00ff}}, 0,
		"its netmask has gaps"},
	{"refusal", {.type = DHCP_TYPE_NAK}, 0, "it refuses, though nothing was requested"},
	{"cut", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a00020f}}, 242, "it is malformed"},
	{"usable", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a00020f}}, 0, NULL},
	{"of two", {.type = DHCP_TYPE_OFFER, .your_ip = {0x0a00020e}, .mask = {0xfffffffe}}, 0,
		NULL},
};

static const struct answer_case *answer;

/* Answers a DISCOVER and a REQUEST, and never says which server it is. */
static void answer_dhcp(void *ctx, unsigned nic, struct span frame)
{
	static uint8_t
		reply[ETH_HEADER_BYTES + IPV4_HEADER_BYTES + UDP_HEADER_BYTES + DHCP_WRITE_BYTES];
	uint8_t *at = reply + ETH_HEADER_BYTES + IPV4_HEADER_BYTES;
	const struct ip4 server = {0x0a000202}, all = {0xffffffff};
	struct dhcp m = answer->m, asked;
	struct udp udp;
	struct ipv4 ip;

	rig_watch(ctx, nic, frame);
	if (ipv4_read((struct span){frame.at + ETH_HEADER_BYTES, frame.len - ETH_HEADER_BYTES},
		    &ip) != IPV4_OK ||
		udp_read(&ip, &udp) != UDP_OK || dhcp_read(udp.payload, &asked) != DHCP_OK ||
		!mac_same(asked.client, rig.nics[0].mac) || asked.type == DHCP_TYPE_RELEASE)
		return;
	if (asked.type == DHCP_TYPE_REQUEST)
		m.type = DHCP_TYPE_ACK;
	m.xid = asked.xid;
	m.client = asked.client;
	udp = (struct udp){DHCP_PORT_SERVER, DHCP_PORT_CLIENT,
		{at + UDP_HEADER_BYTES, answer->cut ? answer->cut : DHCP_WRITE_BYTES}};
	dhcp_write(at + UDP_HEADER_BYTES, &m);
	udp_write(at, &udp, server, all);
	ip = (struct ipv4){server, all, 64, IPV4_UDP, {at, UDP_HEADER_BYTES + udp.payload.len}};
	eth_write(reply, mac_broadcast, stranger, ETH_TYPE_IPV4);
	ipv4_write(reply + ETH_HEADER_BYTES, &ip, 1);
	net_hear(&rig.run, nic, rig.clock.now_ns,
		(struct span){reply, ETH_HEADER_BYTES + IPV4_HEADER_BYTES + ip.payload.len});
}

/* What a server sends is told, also where nothing can be made of it: "no server" would send people to look at cables. */
static void odd_servers(void)
{
	static const char *const specs[] = {"asks=10.0.2.77", NULL};

	for (size_t i = 0; i < ARRAY_LEN(answer_cases); i++) {
		answer = &answer_cases[i];
		begin(specs);
		rig.may_speak = answer->m.your_ip;
		rig.net.watch = answer_dhcp;
		rig_check(&rig, 3);
		rig_check(&rig, 4);
		rig_check(&rig, 5);
		if (answer->shows != NULL) {
			CHECK(rig.verdicts[3] == WARN, "%s: %s", answer->name, rig.whys[3]);
			CHECK(rig_shows(&rig, answer->shows), "%s: %s", answer->name, rig.notes);
			CHECK(rig_shows(&rig, "No DHCP server gave a usable answer"), "%s",
				answer->name);
		} else {
			CHECK(rig.verdicts[3] == PASS, "%s: %s", answer->name, rig.whys[3]);
			CHECK(rig.session.address.held && rig.session.address.leased, "%s: %s",
				answer->name, rig.whys[5]);
		}
		net_session_end(&rig.run);
		CHECK(rig.sent_wrong == 0, "%s: %s", answer->name, rig.wrong);
	}
}

/* ---- storms of other kinds than broadcasts ---- */

static struct mac storm_to;

static void storm(void *ctx, unsigned nic, struct span frame)
{
	uint8_t flood[60] = {0};

	rig_watch(ctx, nic, frame);
	eth_write(flood, storm_to, stranger, ETH_TYPE_LOCAL);
	for (unsigned i = 0; i < 6000; i++)
		net_hear(&rig.run, nic, rig.clock.now_ns, (struct span){flood, sizeof(flood)});
}

static void storms(void)
{
	static const char *const specs[] = {"gateway=10.0.2.2", NULL};
	static const struct {
		struct mac to;
		const char *codes, *shows;
	} cases[] = {
		{{{1, 0, 0x5e, 1, 1, 1}}, "net-storm",
			"multicast frames per second arrive on nic0"},
		{{{2, 0, 0, 0, 0, 7}}, "net-storm",
			"foreign unicast frames per second arrive on nic0"},
		{{{0x52, 0x54, 0, 0x12, 0x34, 0x56}}, "", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin(specs);
		storm_to = cases[i].to;
		rig_check(&rig, 0);
		rig.net.watch = storm;
		rig_check(&rig, 2);
		CHECK_STR(rig_codes(&rig), cases[i].codes);
		CHECK(rig_shows(&rig, cases[i].shows), "%s", rig.whys[2]);
		rig.net.watch = rig_watch;
		net_session_end(&rig.run);
	}
}

/* ---- echoes ---- */

static enum nic_result (*receive_on)(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len);
static size_t damage_at; /* in the ICMP message */

static bool is_fourth_reply(const uint8_t *frame, size_t len)
{
	const size_t at = ETH_HEADER_BYTES + IPV4_HEADER_BYTES;

	return len > at + 8 && be16(frame + ETH_HEADER_BYTES - 2) == ETH_TYPE_IPV4 &&
	       frame[ETH_HEADER_BYTES + 9] == IPV4_ICMP && frame[at + 7] % 4 == 1;
}

/* A bit flips, and nobody computes the checksum anew. */
static enum nic_result receive_damaged(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	const enum nic_result result = receive_on(ctx, frame, cap, ret_len);

	if (result == NIC_OK && is_fourth_reply(frame, *ret_len))
		frame[ETH_HEADER_BYTES + IPV4_HEADER_BYTES + damage_at] ^= 0x20;
	return result;
}

static void damaged_echoes(void)
{
	static const char *const specs[] = {"dhcp=10.0.2.2 offer 10.0.2.15", NULL};
	static const struct {
		size_t at;
		const char *shows;
	} cases[] = {{8 + 30, "the first at byte 30 of its data"}, {2, "the first in its header"}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin(specs);
		damage_at = cases[i].at;
		receive_on = rig.nics[0].receive;
		rig.nics[0].receive = receive_damaged;
		rig_run(&rig);
		CHECK_STR(rig_codes(&rig), "net-packet-corrupt");
		CHECK(rig.verdicts[6] == FAIL && rig_shows(&rig, cases[i].shows), "%s",
			rig.whys[6]);
	}
}

static enum nic_result receive_lossy(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	const enum nic_result result = receive_on(ctx, frame, cap, ret_len);

	return result == NIC_OK && is_fourth_reply(frame, *ret_len) ? NIC_EMPTY : result;
}

/* What the card itself had no room for, the network did not lose. */
static void own_losses(void)
{
	static const char *const specs[][3] = {{"dhcp=10.0.2.2 offer 10.0.2.15", NULL},
		{"dhcp=10.0.2.2 offer 10.0.2.15", "missedrx", NULL}};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		begin(specs[i]);
		receive_on = rig.nics[0].receive;
		rig.nics[0].receive = receive_lossy;
		rig_run(&rig);
		CHECK_STR(rig_codes(&rig), "net-packet-loss");
		CHECK(rig.verdicts[6] == (i == 0 ? FAIL : WARN), "%s", rig.whys[6]);
		CHECK(rig_shows(&rig, "the answers may be among them") == (i > 0));
	}
}

int main(void)
{
	claims();
	silent_owner();
	odd_servers();
	storms();
	damaged_echoes();
	own_losses();
	if (test_failed != 0)
		rig_print(&rig); /* the last one */
	return test_end(__FILE__);
}
