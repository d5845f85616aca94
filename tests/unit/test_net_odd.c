/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The network session among what is odd but harmless: drivers, switches, servers and routers, and time passing. */
#include "nicprobe/pump.h"
#include "tests/unit/net_rig.h"

#define DHCP     "dhcp=10.0.2.2 offer 10.0.2.15"
#define OWN_IP   "10.0.2.15"
#define STRANGER "52:54:00:aa:bb:cc"

static struct rig rig;

static void begin(const char *const *specs, struct ip4 may_speak)
{
	rig_init(&rig, specs);
	rig.may_speak = may_speak;
}

static const struct ip4 own_ip = {0x0a00020f};

/* ---- drivers and switches that behave oddly ---- */

/* Two cards with one MAC address hear each other, and that is no loop. */
static void same_macs(void)
{
	static const char *const specs[] = {DHCP, "nics=2", NULL};

	begin(specs, own_ip);
	rig.nics[1].mac = rig.net.nics[1].mac = rig.nics[0].mac;
	rig_run(&rig);
	CHECK_STR(rig_codes(&rig), "");
	CHECK(strstr(rig.notes, "nic0 and nic1 both use the MAC address 52:54:00:12:34:56.") !=
		NULL);
	CHECK(strstr(rig.notes, "nic0 and nic1 are on the same LAN.") != NULL);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

static enum nic_result receive_too_much(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	(void)ctx;
	memset(frame, 0x22, cap);
	*ret_len = (size_t)1 << 40;
	return NIC_OK;
}

static enum nic_result receive_nothing(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	(void)ctx;
	(void)frame;
	(void)cap;
	(void)ret_len;
	return NIC_FAULT;
}

/* A card that cannot receive proves nothing about the network, and that is said. */
static void broken_receivers(void)
{
	static const char *const specs[] = {DHCP, NULL};

	for (unsigned i = 0; i < 2; i++) {
		begin(specs, own_ip);
		rig.config.has_net_ip = true;
		rig.config.net_ip = own_ip;
		rig.nics[0].receive = i == 0 ? receive_too_much : receive_nothing;
		for (size_t j = 2; j < 5; j++)
			rig_check(&rig, j);
		CHECK(rig.verdicts[2] == (i == 0 ? PASS : ERROR));
		CHECK_U64(rig.faults, i);
		CHECK(rig.verdicts[4] == SKIP, "%s", rig.whys[4]);
		net_session_end(&rig.run);
	}
}

static enum nic_result (*send_on)(void *ctx, const uint8_t *frame, size_t len);
static unsigned echoes_to_drop;
static size_t longest_echo;

static enum nic_result send_picky(void *ctx, const uint8_t *frame, size_t len)
{
	bool icmp = len > ETH_HEADER_BYTES + IPV4_HEADER_BYTES &&
		    be16(frame + 12) == ETH_TYPE_IPV4 && frame[ETH_HEADER_BYTES + 9] == IPV4_ICMP;

	if (icmp && echoes_to_drop > 0) {
		echoes_to_drop--;
		return NIC_OK;
	}
	return icmp && len > longest_echo ? NIC_OK : send_on(ctx, frame, len);
}

static void ping_picky(unsigned drop_first, size_t longest)
{
	static const char *const specs[] = {DHCP, NULL};

	begin(specs, own_ip);
	send_on = rig.nics[0].send;
	rig.nics[0].send = send_picky;
	echoes_to_drop = drop_first;
	longest_echo = longest;
	rig_run(&rig);
}

/* A router drops the first packets to a host whose MAC address it has yet to ask for. */
static void first_echoes_lost(void)
{
	ping_picky(2, 1514);
	CHECK_STR(rig_verdicts(&rig), "PPPPPPP");
	CHECK(strstr(rig.measures, "gateway.sent=20 gateway.received=20 ") != NULL);
	CHECK(strstr(rig.notes, "The first echoes to gateway got no answer") != NULL);
	ping_picky(4, 1514);
	CHECK_STR(rig_verdicts(&rig), "PPPPPPW");
	CHECK(strstr(rig.measures, "gateway.sent=20 gateway.received=19 ") != NULL);
}

static void long_echoes_lost(void)
{
	ping_picky(0, 1400);
	CHECK_STR(rig_verdicts(&rig), "PPPPPPW");
	CHECK_STR(rig_codes(&rig), "net-mtu-hole");
	CHECK(strstr(rig.findings[0].fields, "mtu_passed=1386 ") != NULL, "%s",
		rig.findings[0].fields);
}

/* ---- time passing ---- */

/* An address is spoken from no longer than its lease lasts; then it is asked for anew. */
static void lease_runs_out(void)
{
	static const char *const specs[] = {DHCP, "asks=" OWN_IP, NULL};

	begin(specs, own_ip);
	rig_check(&rig, 5);
	CHECK(rig.session.address.held && rig.session.address.leased);
	rig.clock.now_ns += 3600ull * NS_PER_S;
	rig.arp_replies = 0;
	CHECK(net_wait(&rig.run, rig.clock.now_ns + 2ull * NS_PER_S));
	CHECK(!rig.session.address.held && rig.arp_replies == 0);
	rig_check(&rig, 5);
	CHECK(rig.verdicts[5] == PASS, "%s", rig.whys[5]);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_DISCOVER], 2 * 3);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_REQUEST], 2);
	net_session_end(&rig.run);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_RELEASE], 1);

	begin(specs, own_ip);
	rig_check(&rig, 5);
	rig.clock.now_ns += 3600ull * NS_PER_S;
	net_pump(&rig.run);
	net_session_end(&rig.run);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_RELEASE], 0);
}

static void say_arp(enum arp_kind kind, struct mac mac, struct ip4 ip, struct mac target)
{
	uint8_t frame[60] = {0};
	struct arp arp = {ARP_OP_REQUEST, {mac, ip}, {target, ip}};

	if (kind == ARP_KIND_PROBE)
		arp.sender.ip.value = 0;
	if (kind == ARP_KIND_REQUEST)
		arp.sender.ip.value ^= 64;
	eth_write(frame, mac_broadcast, (struct mac){{2, 0, 0, 0, 0, 9}}, ETH_TYPE_ARP);
	arp_write(frame + ETH_HEADER_BYTES, &arp);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
}

static const struct mac stranger = {{2, 0, 0, 0, 0, 9}}, nobody = {{0}};

/* What a switch port says of itself, or what is of another VLAN, is no sign that the port forwards; and a link that was
 * lost leads to a port that may block again. */
static void signs_of_life(void)
{
	static const char *const specs[] = {"flap", NULL};
	static const uint8_t groups[][MAC_BYTES] = {{0x01, 0x80, 0xc2, 0, 0, 0},
		{0x01, 0x80, 0xc2, 0, 0, 0x0e}, {0x01, 0, 0x0c, 0xcc, 0xcc, 0xcd}};
	uint8_t frame[64] = {0};

	begin(specs, own_ip);
	rig_check(&rig, 0);
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		eth_write(frame, mac_at(groups[i]), stranger, ETH_TYPE_LOCAL);
		net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
	}
	eth_write(frame, mac_broadcast, stranger, ETH_TYPE_VLAN);
	put_be16(frame + ETH_HEADER_BYTES, 7);
	put_be16(frame + ETH_HEADER_BYTES + 2, ETH_TYPE_LOCAL);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
	CHECK_U64(net_heard_by(&rig.session, UINT64_MAX), 0);
	say_arp(ARP_KIND_GRATUITOUS, stranger, own_ip, nobody);
	CHECK_U64(net_heard_by(&rig.session, rig.clock.now_ns), 1);
	CHECK_U64(net_heard_by(&rig.session, rig.clock.now_ns - 1), 0);
	CHECK(net_wait(&rig.run, rig.clock.now_ns + 10ull * NS_PER_S));
	CHECK(rig.session.stations[0].flaps == 1 && !rig.session.stations[0].heard);
	net_session_end(&rig.run);
}

/* What was offered to us long ago, and not taken, is somebody else's by right. */
static void offer_lapses(void)
{
	static const char *const specs[] = {DHCP, NULL};

	for (unsigned i = 0; i < 2; i++) {
		begin(specs, (struct ip4){0x0a000263});
		rig.config.has_net_ip = true;
		rig.config.net_ip.value = 0x0a000263;
		for (size_t j = 0; j < RIG_CHECKS; j++)
			rig_check(&rig, j);
		rig.clock.now_ns += i * 60ull * NS_PER_S;
		say_arp(ARP_KIND_GRATUITOUS, stranger, own_ip, nobody);
		rig_check(&rig, 6);
		CHECK_STR(rig_codes(&rig), i == 0 ? "net-duplicate-ip" : "");
		net_session_end(&rig.run);
	}
}

/* An address that changed hands between two passes never had two owners. */
static void owner_changes(void)
{
	static const char *const specs[] = {"asks=10.0.2.77", "owner=10.0.2.77@" STRANGER, NULL};
	struct mac other = {{2, 0, 0, 0, 0, 7}};

	begin(specs, (struct ip4){0});
	rig.config.net_dhcp = DHCP_OFF;
	rig_check(&rig, 2);
	rig_check(&rig, 4);
	CHECK(rig.verdicts[4] == PASS, "%s", rig.whys[4]);
	rig.clock.now_ns += 3600ull * NS_PER_S;
	rig.net.peers[1].mac = other;
	rig_check(&rig, 4);
	CHECK(rig.verdicts[4] == PASS, "%s", rig.whys[4]);
	net_session_end(&rig.run);
}

/* A server may probe before its offer, whatever was offered before; a switch may look whether we are still there. */
static void harmless_probes(void)
{
	static const char *const specs[] = {DHCP, NULL};
	struct mac server = {{0x52, 0x55, 10, 0, 2, 2}};

	begin(specs, own_ip);
	rig.config.has_net_ip = true;
	rig.config.net_ip = own_ip;
	rig_check(&rig, 2);
	candidate_add(&rig.session.candidates, &rig.session.neighbours, own_ip, FROM_NET_IP, 1, 24);
	say_arp(ARP_KIND_PROBE, stranger, own_ip, rig.nics[0].mac);
	say_arp(ARP_KIND_PROBE, nobody, own_ip, nobody);
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_FREE);
	say_arp(ARP_KIND_PROBE, server, own_ip, nobody);
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_CONFLICT);
	rig_check(&rig, 3);
	CHECK_STR(rig_codes(&rig), "");
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_FREE);
	net_session_end(&rig.run);
}

/* An answer to MAC address 0 would go to everybody: an announcement by another name. */
static void no_broadcast_answers(void)
{
	static const char *const specs[] = {DHCP, NULL};

	begin(specs, own_ip);
	rig_check(&rig, 5);
	rig.arp_replies = 0;
	rig.clock.now_ns += NS_PER_S;
	say_arp(ARP_KIND_REQUEST, nobody, own_ip, nobody);
	CHECK_U64(rig.arp_replies, 0);
	say_arp(ARP_KIND_REQUEST, stranger, own_ip, nobody);
	CHECK_U64(rig.arp_replies, 1);
	net_session_end(&rig.run);
}

int main(void)
{
	same_macs();
	broken_receivers();
	first_echoes_lost();
	long_echoes_lost();
	lease_runs_out();
	signs_of_life();
	offer_lapses();
	owner_changes();
	harmless_probes();
	no_broadcast_answers();
	if (test_failed != 0)
		rig_print(&rig); /* the last one */
	return test_end(__FILE__);
}
