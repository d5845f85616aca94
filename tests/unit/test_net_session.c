/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The network session beyond one plain run: stops at any moment, single checks, several passes, answering ARP. */
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

/* Whatever the moment of the stop: nothing unmeasured passes, nothing wrong is sent. */
static void stopping(void)
{
	static const char *const specs[] = {DHCP, NULL};

	for (unsigned pulses = 0; pulses < 40; pulses += 3) {
		begin(specs, own_ip);
		rig.pulses_left = pulses;
		for (size_t i = 0; i < RIG_CHECKS && !rig.run.stopped; i++) {
			rig_check(&rig, i);
			if (rig.run.stopped)
				CHECK(rig.verdicts[i] == SKIP &&
						strstr(rig.whys[i], "stopped before") != NULL,
					"%s after %u pulses: %s, %s", rig_checks[i]->id, pulses,
					verdict_name(rig.verdicts[i]), rig.whys[i]);
		}
		net_session_end(&rig.run);
		CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	}
}

/* Without the checks before it, a check does their work itself. */
static void alone(void)
{
	static const char *const specs[] = {DHCP, NULL};
	static const size_t which[] = {4, 5, 6};

	for (size_t i = 0; i < ARRAY_LEN(which); i++) {
		begin(specs, own_ip);
		rig_check(&rig, which[i]);
		CHECK(rig.verdicts[which[i]] == PASS, "%s: %s", rig_checks[which[i]]->id,
			rig.whys[which[i]]);
		net_session_end(&rig.run);
		CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	}
}

/* A second pass over a held lease; the lease is asked for once and given back once. */
static void two_passes(void)
{
	static const char *const specs[] = {DHCP, NULL};

	begin(specs, own_ip);
	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(&rig, i);
	rig_run(&rig);
	CHECK_STR(rig_verdicts(&rig), "PPPPPPP");
	CHECK_STR(rig_codes(&rig), "");
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_REQUEST], 1);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_RELEASE], 1);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

/* The check that names the second owner is over within ten seconds of link, whatever it must find out besides. */
static void first_verdict(void)
{
	static const char owner[] = "owner=" OWN_IP "@" STRANGER;
	static const struct {
		const char *specs[4];
		enum dhcp_use dhcp;
		bool has_ip;
	} cases[] = {{{owner, DHCP}, DHCP_LEASE, true}, {{owner}, DHCP_LEASE, true},
		{{owner, "asks=10.0.2.9"}, DHCP_OFF, true}, {{owner, DHCP}, DHCP_PROBE, false},
		{{"proxy=@" STRANGER, DHCP}, DHCP_LEASE, true}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t start_ns;

		begin(cases[i].specs, (struct ip4){0});
		rig.config.has_net_ip = cases[i].has_ip;
		rig.config.net_ip = own_ip;
		rig.config.net_dhcp = cases[i].dhcp;
		start_ns = rig.clock.now_ns;
		for (size_t check = 0; check <= 4; check++)
			rig_check(&rig, check);
		CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
		CHECK_STR(rig.findings[0].check, "net.duplicate-ip");
		CHECK(rig.clock.now_ns - start_ns < 10ull * NS_PER_S, "case %zu: %llu ms", i,
			(unsigned long long)((rig.clock.now_ns - start_ns) / NS_PER_MS));
		CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
		net_session_end(&rig.run);
	}
}

/* Who asks for the address we hold gets an answer; once it is contested, no more. */
static void answering(void)
{
	static const char *const asked[] = {"gateway=10.0.2.2", "asks=" OWN_IP, NULL};
	static const char *const contested[] = {"gateway=10.0.2.2", "asks=" OWN_IP,
		"owner=" OWN_IP "@" STRANGER, "announces=" OWN_IP "@" STRANGER, NULL};

	for (unsigned i = 0; i < 2; i++) {
		begin(i == 0 ? asked : contested, i == 0 ? own_ip : (struct ip4){0});
		rig.config.has_net_ip = true;
		rig.config.net_ip = own_ip;
		rig.config.net_gateway = (struct ip4){0x0a000202};
		rig.config.net_dhcp = DHCP_OFF;
		rig.arp_replies = 0;
		rig_run(&rig);
		CHECK(i == 0 ? rig.arp_replies > 0 : rig.arp_replies == 0, "%u replies",
			rig.arp_replies);
		CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	}
}

/* The owner shows up while we hold the address: silence from then on, and a lease is left to run out. */
static void contested_later(void)
{
	static const char *const leased[] = {
		DHCP, "asks=" OWN_IP, "announces=" OWN_IP "@" STRANGER " after 8900ms", NULL};
	unsigned before;

	begin(leased, own_ip);
	rig.arp_replies = 0;
	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(&rig, i);
	CHECK_STR(rig_codes(&rig), "net-duplicate-ip");
	CHECK(rig.arp_replies > 0);
	CHECK(rig.session.address.held);
	before = rig.arp_replies;
	CHECK(net_wait(&rig.run, rig.clock.now_ns + 5ull * NS_PER_S));
	CHECK_U64(rig.arp_replies, before);
	net_session_end(&rig.run);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_REQUEST], 1);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_RELEASE], 0);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

/* A switch that answers ARP on our behalf, from its own MAC but with ours in the packet, is no stranger; frames in
 * another VLAN are of another network. */
static void not_strangers(void)
{
	static const char *const specs[] = {DHCP, NULL};
	uint8_t frame[60] = {0}, tagged[64] = {0};
	struct mac proxy = {{2, 0, 0, 0, 0, 9}};
	struct arp arp = {ARP_OP_REPLY, {.ip = own_ip}, {.ip = {0x0a000202}}};

	begin(specs, own_ip);
	rig.config.has_net_ip = true;
	rig.config.net_ip = own_ip;
	rig_check(&rig, 0);
	candidate_add(&rig.session.candidates, &rig.session.neighbours, own_ip, FROM_NET_IP, 1, 24);
	arp.sender.mac = rig.nics[0].mac;
	eth_write(frame, mac_broadcast, proxy, ETH_TYPE_ARP);
	arp_write(frame + ETH_HEADER_BYTES, &arp);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){frame, sizeof(frame)});
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_FREE);

	arp.sender.mac = proxy;
	arp_write(frame + ETH_HEADER_BYTES, &arp);
	memcpy(tagged, frame, 12);
	put_be16(tagged + 12, ETH_TYPE_VLAN);
	put_be16(tagged + 14, 7);
	memcpy(tagged + 16, frame + 12, 48);
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){tagged, sizeof(tagged)});
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_FREE);
	CHECK_U64(rig.session.stations[0].traffic.tagged, 1);
	put_be16(tagged + 14, 0xe000); /* only a priority: our own network */
	net_hear(&rig.run, 0, rig.clock.now_ns, (struct span){tagged, sizeof(tagged)});
	CHECK(candidate_state(&rig.session.candidates.at[0]) == CANDIDATE_CONFLICT);
	net_session_end(&rig.run);
}

static void expected_mac(void)
{
	static const char *const specs[] = {DHCP, "nics=2", NULL};

	begin(specs, own_ip);
	rig.config.has_net_expect_mac = true;
	rig.config.net_expect_mac = (struct mac){{0x52, 0x54, 0, 1, 2, 3}};
	rig_check(&rig, 0);
	rig_check(&rig, 1);
	CHECK(rig.verdicts[1] == WARN);
	CHECK_STR(rig_codes(&rig), "option-bad-value");
	CHECK_STR(rig.findings[0].fields,
		"key=net.expect_mac value=52:54:00:01:02:03 macs=52:54:00:12:34:56+52:54:00:12:34:57 ");
	net_session_end(&rig.run);

	begin(specs, (struct ip4){0x0a000210});
	rig.config.has_net_expect_mac = true;
	rig.config.net_expect_mac = (struct mac){{0x52, 0x54, 0, 0x12, 0x34, 0x57}};
	rig_run(&rig);
	CHECK_STR(rig_verdicts(&rig), "PPPPPPP");
	CHECK(strstr(rig.whys[5], "on nic1") != NULL, "%s", rig.whys[5]);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
}

/* The figures of a ping over a path with a known loss and delay. */
static void ping_figures(void)
{
	static const char *const specs[] = {DHCP, "delay=10ms", NULL};

	begin(specs, own_ip);
	rig.config.net_ping_count = 36;
	rig_run(&rig);
	CHECK(strstr(rig.measures, "gateway.sent=36 gateway.received=36 gateway.loss=0 ") != NULL,
		"%s", rig.measures);
	CHECK(strstr(rig.measures, "gateway.rtt_min=10") != NULL, "%s", rig.measures);
	CHECK(strstr(rig.coverage, "nic0: 36 of 36 echoes to 10.0.2.2 came back byte-exact") !=
		NULL);
	CHECK(strstr(rig.coverage, "net: 36 of 36 echoes") != NULL);
}

static void nothing_opened(void)
{
	static const char *const specs[] = {DHCP, NULL};

	begin(specs, own_ip);
	net_session_end(&rig.run);
	rig.run.net = NULL;
	net_session_end(&rig.run);
	CHECK_U64(rig.sent, 0);
}

int main(void)
{
	stopping();
	alone();
	two_passes();
	first_verdict();
	answering();
	contested_later();
	not_strangers();
	expected_mac();
	ping_figures();
	nothing_opened();
	if (test_failed != 0)
		rig_print(&rig); /* the last one */
	return test_end(__FILE__);
}
