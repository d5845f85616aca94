/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.ping beyond plain counting: packets that are too long, the hops on the way, pace and percentiles. */
#include "tests/unit/net_rig.h"

#define OWN_IP "10.0.2.15"
#define LEASE  "dhcp=10.0.2.2 offer " OWN_IP
#define FAR    "192.0.2.1"

static struct rig rig;

static struct ip4 ip_of(const char *text)
{
	struct ip4 ip = {0};

	CHECK(ip4_read((struct text){text, strlen(text)}, &ip));
	return ip;
}

static const struct scenario {
	const char *name, *specs[3], *peer;
	bool thorough;
	enum verdict verdict;
	const char *codes, *shows, *silent_about; /* NULL: nothing to look for */
} scenarios[] = {
	{"clean", {LEASE}, NULL, false, PASS, "", "20 of 20 echoes to gateway", "The way to"},
	{"hole to the gateway", {LEASE " mtu 1400"}, NULL, false, WARN, "net-mtu-hole",
		"mtu_passed=1400 ", "The way to"},
	{"hole to the peer", {LEASE, "owner=10.0.2.9 mtu 1399"}, "10.0.2.9", false, FAIL,
		"net-mtu-hole", "ip=10.0.2.9 nic=nic0 mtu_passed=1399 ", NULL},
	{"hole below the middle size", {LEASE, "owner=10.0.2.9 mtu 300"}, "10.0.2.9", false, FAIL,
		"net-mtu-hole", "mtu_passed=300 ", NULL},
	{"one byte too short", {LEASE, "owner=10.0.2.9 mtu 1499"}, "10.0.2.9", false, FAIL,
		"net-mtu-hole", "mtu_passed=1499 ", NULL},
	{"told", {LEASE " tells 1400"}, FAR, false, PASS, "",
		"Packets of up to 1400 bytes reach 192.0.2.1; 10.255.0.1 refuses longer ones, as it should, and names 1400 bytes.",
		NULL},
	{"hops", {LEASE " hops 3"}, FAR, true, PASS, "",
		"The way to 192.0.2.1: 1 10.255.0.1 5/5, 2 10.255.0.2 5/5, 3 10.255.0.3 5/5, 4 192.0.2.1 5/5.",
		"get lost"},
	{"hops, quick and clean", {LEASE " hops 3"}, FAR, false, PASS, "", NULL, "The way to"},
	{"hop of loss", {LEASE " hops 4 loses 3"}, FAR, false, FAIL, "net-packet-loss",
		"Packets to 192.0.2.1 get lost from hop 3 on (10.255.0.3).", NULL},
};

static enum verdict run_ping(void)
{
	const struct check *check = &net_ping_check;

	return rig_run_one(&rig, check);
}

static void begin(const char *const *specs)
{
	rig_init(&rig, specs);
	rig.config.net_dhcp = DHCP_LEASE;
	rig.may_speak = ip_of(OWN_IP);
}

static void play(const struct scenario *sc)
{
	const unsigned failed = test_failed;
	enum verdict verdict;

	begin(sc->specs);
	if (sc->peer != NULL)
		rig.config.net_peer = ip_of(sc->peer);
	rig.config.profile = sc->thorough ? PROFILE_FULL : PROFILE_QUICK;
	verdict = run_ping();
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(sc->shows == NULL || rig_shows(&rig, sc->shows), "%s", sc->shows);
	CHECK(sc->silent_about == NULL || !rig_shows(&rig, sc->silent_about), "%s",
		sc->silent_about);
	rig_finish(&rig, sc->name, failed);
}

/* So many echoes so far apart take so long; the percentiles of a path with a known delay are that delay. */
static void pace(void)
{
	static const char *const specs[] = {LEASE, "delay=10ms", NULL};
	uint64_t quick_ns;

	begin(specs);
	rig.config.net_ping_count = 11;
	rig.config.net_ping_pace_ns = 20 * NS_PER_MS;
	CHECK(run_ping() == PASS);
	quick_ns = rig.clock.now_ns;
	rig.config.net_ping_pace_ns = 520 * NS_PER_MS;
	CHECK(run_ping() == PASS);
	CHECK(rig.clock.now_ns - quick_ns >= 11 * 520ull * NS_PER_MS);
	CHECK(strstr(rig.measures, "gateway.rtt_p50=10") != NULL &&
			strstr(rig.measures, "gateway.rtt_p99=10") != NULL &&
			strstr(rig.measures, "gateway.reordered=0") != NULL,
		"%s", rig.measures);
	CHECK(strncmp(rig.series, "gateway.ping-rtt=11@", 20) == 0, "%s", rig.series);
	net_session_end(&rig.run);
}

/* However many there are, the curve covers all of them, in order, and the worst is still in it. */
static void curve(void)
{
	static const unsigned counts[] = {1, 1023, 1024, 1025, 2048, 2049, 5000, 65535};
	static struct echo_curve c;

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		const unsigned worst = counts[i] / 3;
		bool found = false, in_order = true;

		memset(&c, 0, sizeof(c));
		c.start_ns = 1000;
		for (unsigned n = 0; n < counts[i]; n++)
			echo_curve_add(&c, 1000 + n, n == worst ? 9999 : 10 + n % 7);
		CHECK(c.count >= 1 && c.count <= SERIES_POINTS && c.count * c.each >= counts[i] &&
				(c.count - 1) * c.each < counts[i],
			"%u: %zu x %u", counts[i], c.count, c.each);
		for (size_t k = 0; k < c.count; k++) {
			found |= c.at[k].x == worst && c.at[k].y == 9999;
			in_order &= k == 0 || c.at[k].x > c.at[k - 1].x;
		}
		CHECK(found && in_order, "%u", counts[i]);
		CHECK(c.at[c.count - 1].x + 2 * c.each >= counts[i]);
	}
}

static void loss_begins(void)
{
	static const struct {
		uint8_t answered[5];
		size_t count, want;
	} cases[] = {
		{{31, 31, 31}, 3, 3},
		{{31, 31, 15}, 3, 2},
		{{31, 7, 0, 15}, 4, 1},
		{{7, 31, 31}, 3, 3}, /* it forwards, and only answers little */
		{{31, 0, 0}, 1, 1},
		{{1, 0, 1, 1, 30}, 5, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trace t = {0};

		for (size_t h = 0; h < 5; h++)
			t.at[h].answered = cases[i].answered[h];
		CHECK_U64(trace_loss_begins(&t, cases[i].count), cases[i].want);
	}
}

int main(void)
{
	loss_begins();
	curve();
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	pace();
	return test_end(__FILE__);
}
