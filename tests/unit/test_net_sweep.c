/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The sweep of a subnet: its table, and net.sweep on scripted networks. */
#include "tests/unit/net_rig.h"

#define OWN_IP    "10.0.2.15"
#define LEASE     "dhcp=10.0.2.2 offer " OWN_IP
#define STRANGER  "52:54:00:aa:bb:cc"
#define STRANGER2 "00:16:3e:01:02:03"
#define VIRTUAL   "00:00:5e:00:01:07"

static struct rig rig;

/* ---- the table ---- */

static void claim(struct arp_sweep *t, uint32_t ip, uint8_t mac)
{
	sweep_hear(t, 0, (struct arp_peer){{{2, mac}}, {ip}});
}

static void test_table(void)
{
	static struct arp_sweep t;
	struct mac crowd[SWEEP_CROWD_MAX];

	t = (struct arp_sweep){.active = true};
	sweep_add(&t, (struct ip4){0x0a000001});
	sweep_add(&t, (struct ip4){0x0a000001});
	sweep_add(&t, (struct ip4){0x7f000001});
	sweep_add(&t, (struct ip4){0});
	CHECK_U64(t.count, 1);
	for (uint8_t i = 0; i < 20; i++) {
		claim(&t, 0x0a000001, i / 2);
		claim(&t, 0x0a000002, i);
	}
	CHECK_U64(t.at[0].mac_count, SWEEP_MACS);
	CHECK_U64(sweep_crowd(&t, crowd), 0);
	for (uint32_t i = 0; i < 1000; i++)
		sweep_add(&t, (struct ip4){0x0a000001 + i});
	CHECK_U64(t.count, SWEEP_MAX);
}

/* A MAC counts as one that answers for everything from one more than half on. */
static void test_crowd(void)
{
	static struct arp_sweep t;
	struct mac crowd[SWEEP_CROWD_MAX];

	for (uint32_t first = 0; first < 10; first++) {
		t = (struct arp_sweep){.active = true};
		for (uint32_t i = 0; i < 20; i++)
			sweep_add(&t, (struct ip4){0x0a000001 + i});
		for (uint32_t i = 0; i < 10; i++)
			claim(&t, 0x0a000001 + first + i, 7);
		CHECK_U64(sweep_crowd(&t, crowd), 0);
		claim(&t, 0x0a000001 + first + 10, 7);
		CHECK_U64(sweep_crowd(&t, crowd), 1);
		CHECK(crowd[0].at[1] == 7);
	}
	t.count = 15;
	CHECK_U64(sweep_crowd(&t, crowd), 0);
	t.count = 20;
	t.active = false;
	claim(&t, 0x0a000001, 9);
	t.active = true;
	sweep_hear(&t, 1, (struct arp_peer){{{9}}, {0x0a000001}});
	CHECK_U64(t.at[0].mac_count, 0);
}

/* ---- the check ---- */

static const struct scenario {
	const char *name, *specs[6], *net_ip;
	unsigned prefix;
	enum dhcp_use dhcp;
	const char *may_speak;
	enum verdict verdict;
	const char *codes, *shows;
} scenarios[] = {
	{"clean", {LEASE, "owner=10.0.2.9"}, NULL, 24, DHCP_LEASE, OWN_IP, PASS, "",
		"2 of 253 addresses in 10.0.2.0/24 are answered for: 10.0.2.2, 10.0.2.9."},
	{"two owners", {LEASE, "owner=10.0.2.9@" STRANGER, "owner=10.0.2.9@" STRANGER2}, NULL, 24,
		DHCP_LEASE, OWN_IP, FAIL, "net-duplicate-ip",
		"ip=10.0.2.9 mac=" STRANGER " macs=" STRANGER "+" STRANGER2 " "},
	{"without an address",
		{"owner=10.0.2.9@" STRANGER, "owner=10.0.2.9@" STRANGER2, "asks=10.0.2.2"}, OWN_IP,
		24, DHCP_OFF, OWN_IP, FAIL, "net-duplicate-ip", "an address of this subnet"},
	{"no address at all",
		{"owner=10.0.2.15", "owner=10.0.2.9@" STRANGER, "owner=10.0.2.9@" STRANGER2},
		OWN_IP, 24, DHCP_OFF, NULL, FAIL, "net-duplicate-ip",
		"10.0.2.9, an address of this subnet, is held by several devices"},
	{"announced only", {LEASE, "owner=10.0.2.9@" STRANGER, "announces=10.0.2.9@" STRANGER2},
		NULL, 24, DHCP_LEASE, OWN_IP, FAIL, "net-duplicate-ip",
		"macs=" STRANGER2 "+" STRANGER " "},
	{"virtual router", {LEASE, "owner=10.0.2.9@" STRANGER, "owner=10.0.2.9@" VIRTUAL}, NULL, 24,
		DHCP_LEASE, OWN_IP, PASS, "", "none by two owners"},
	{"duplicate frames", {LEASE, "twice=10.0.2.9"}, NULL, 24, DHCP_LEASE, OWN_IP, PASS, "",
		"none by two owners"},
	{"proxy for all", {"gateway=10.0.2.2", "owner=10.0.2.9", "proxy=@" STRANGER}, OWN_IP, 24,
		DHCP_OFF, NULL, PASS, "",
		STRANGER " answers for most of the 253 addresses asked for: proxy ARP"},
	{"proxy for all, and two owners",
		{"owner=10.0.2.9", "owner=10.0.2.9@" STRANGER2, "proxy=@" STRANGER}, OWN_IP, 24,
		DHCP_OFF, NULL, FAIL, "net-duplicate-ip", "ip=10.0.2.9 "},
	{"large subnet", {LEASE, "owner=10.0.2.9@" STRANGER, "owner=10.0.2.9@" STRANGER2}, OWN_IP,
		16, DHCP_LEASE, OWN_IP, FAIL, "net-duplicate-ip", "ip=10.0.2.9 "},
	{"small subnet", {"gateway=10.0.2.9@" STRANGER}, "10.0.2.14", 29, DHCP_OFF, "10.0.2.14",
		PASS, "", "1 of 5 addresses in 10.0.2.8/29"},
	{"nobody", {"asks=10.9.9.9"}, OWN_IP, 24, DHCP_OFF, OWN_IP, SKIP, "",
		"nobody answered 506 requests"},
	{"nothing known", {"asks=10.9.9.9"}, NULL, 24, DHCP_OFF, NULL, SKIP, "", "no subnet known"},
	{"no link", {"nolink"}, OWN_IP, 24, DHCP_OFF, NULL, SKIP, "", "no link"},
};

static struct ip4 ip_of(const char *text)
{
	struct ip4 ip = {0};

	if (text != NULL)
		CHECK(ip4_read((struct text){text, strlen(text)}, &ip));
	return ip;
}

static void play(const struct scenario *sc)
{
	const unsigned failed = test_failed;
	const struct check *check = &net_sweep_check;
	enum verdict verdict;

	rig_init(&rig, sc->specs);
	rig.may_speak = ip_of(sc->may_speak);
	rig.config.net_dhcp = sc->dhcp;
	rig.config.has_net_ip = sc->net_ip != NULL;
	rig.config.net_ip = ip_of(sc->net_ip);
	rig.config.net_prefix = sc->prefix;
	verdict = rig_run_one(&rig, check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(rig_shows(&rig, sc->shows), "%s", sc->shows);
	rig_finish(&rig, sc->name, failed);
}

/* After the other checks, in the quick profile: what the sweep adds. */
static void test_time(void)
{
	static const char *const specs[] = {LEASE, "owner=10.0.2.9", NULL};
	uint64_t start_ns;

	rig_init(&rig, specs);
	rig.may_speak = ip_of(OWN_IP);
	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(&rig, i);
	start_ns = rig.clock.now_ns;
	CHECK(net_sweep_check.run(&rig.run) == PASS, "%s", rig.rec.check_why);
	CHECK(rig.clock.now_ns - start_ns <= 4 * (uint64_t)NS_PER_S, "%llu ms",
		(unsigned long long)(rig.clock.now_ns - start_ns) / NS_PER_MS);
	net_session_end(&rig.run);
}

int main(void)
{
	test_table();
	test_crowd();
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	test_time();
	return test_end(__FILE__);
}
