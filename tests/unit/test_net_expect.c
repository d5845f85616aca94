/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.expected: the network against what the options say of it. */
#include "nicprobe/facts.h"
#include "tests/unit/net_rig.h"

#define OWN_IP  "10.0.2.15"
#define LEASE   "dhcp=10.0.2.2 offer " OWN_IP " dns 10.0.2.3"
#define GATEWAY "52:55:0a:00:02:02"

static struct rig rig;

static const struct scenario {
	const char *name, *specs[4];
	enum dhcp_use use;
	const char *mac, *dhcp, *port;
	unsigned vlan;
	enum verdict verdict;
	const char *codes, *shows;
} scenarios[] = {
	{"nothing", {LEASE}, DHCP_LEASE, NULL, NULL, "", 0, SKIP, "", "nothing is expected"},
	{"all as expected", {LEASE}, DHCP_LEASE, GATEWAY, "10.0.2.2", "sw-rack7*22", 20, PASS, "",
		"4 of 4 expectations hold"},
	{"other gateway", {LEASE}, DHCP_LEASE, "52:55:0a:00:02:03", NULL, "", 0, WARN,
		"net-unexpected",
		"what=gateway_mac expected=52:55:0a:00:02:03 actual=" GATEWAY " "},
	{"other DHCP server", {LEASE}, DHCP_LEASE, NULL, "10.0.2.9", "", 0, WARN, "net-unexpected",
		"what=dhcp expected=10.0.2.9 actual=10.0.2.2 "},
	{"a second DHCP server", {LEASE, "dhcp=10.0.2.1 offer 10.0.2.16"}, DHCP_PROBE, NULL,
		"10.0.2.2", "", 0, WARN, "net-unexpected", "actual=10.0.2.1 10.0.2.2 "},
	{"no DHCP server", {"asks=10.0.2.2"}, DHCP_LEASE, NULL, "10.0.2.2", "", 0, WARN,
		"net-unexpected", "actual=none "},
	{"DHCP not asked", {"asks=10.0.2.2"}, DHCP_OFF, NULL, "10.0.2.2", "", 0, SKIP, "",
		"could not be found out: the DHCP servers"},
	{"other VLAN", {LEASE}, DHCP_LEASE, NULL, NULL, "", 21, WARN, "net-unexpected",
		"what=vlan expected=21 actual=20 "},
	{"other port", {LEASE}, DHCP_LEASE, NULL, NULL, "sw-rack7 Gi1/0/2", 0, WARN,
		"net-unexpected",
		"what=switch expected=sw-rack7 Gi1/0/2 actual=sw-rack7 Gi1/0/22 "},
	{"no gateway to be had", {"asks=10.0.2.9"}, DHCP_OFF, GATEWAY, NULL, "", 0, SKIP, "",
		"could not be found out: the gateway's MAC address"},
	{"no link", {"nolink"}, DHCP_LEASE, GATEWAY, NULL, "", 0, SKIP, "", "no link"},
};

/* "sw-rack7", port "Gi1/0/22", VLAN 20, to whoever listens. */
static void say_lldp(void)
{
	static const uint8_t body[] = "\2\7\4\0\x1b\x54\1\2\3"
				      "\4\11\5Gi1/0/22"
				      "\6\2\0\170"
				      "\12\10sw-rack7"
				      "\376\6\0\x80\xc2\1\0\24"
				      "\0";
	static const struct mac dst = {{0x01, 0x80, 0xc2, 0, 0, 0x0e}}, src = {{0, 0x1b, 0x54, 1}};
	uint8_t frame[ETH_HEADER_BYTES + sizeof(body)];

	eth_write(frame, dst, src, ETH_TYPE_LLDP);
	memcpy(frame + ETH_HEADER_BYTES, body, sizeof(body));
	sim_net_deliver(
		&rig.net, 0, SIM_NO_CARD, (struct span){frame, sizeof(frame)}, 300 * NS_PER_MS);
}

static bool shows(const char *text)
{
	bool found = strstr(rig.rec.check_why, text) != NULL;

	for (size_t i = 0; !found && i < rig.finding_count; i++)
		found = strstr(rig.findings[i].fields, text) != NULL;
	return found;
}

static void play(const struct scenario *sc)
{
	const struct check *check = &net_expected_check;
	const unsigned failed = test_failed;
	enum verdict verdict;

	rig_init(&rig, sc->specs);
	CHECK(rig.nics[0].open(rig.nics[0].ctx) == NIC_OK);
	say_lldp();
	rig.config.net_dhcp = sc->use;
	rig.may_speak = (struct ip4){0x0a00020f};
	if (sc->mac != NULL)
		CHECK(mac_read((struct text){sc->mac, strlen(sc->mac)},
			&rig.config.net_expect_gateway_mac));
	if (sc->dhcp != NULL)
		CHECK(ip4_read(
			(struct text){sc->dhcp, strlen(sc->dhcp)}, &rig.config.net_expect_dhcp));
	text_copy(rig.config.net_expect_switch, CONFIG_GLOBS, sc->port);
	rig.config.net_expect_vlan = sc->vlan;
	verdict = rig_run_one(&rig, check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(shows(sc->shows), "%s", sc->shows);
	rig_finish(&rig, sc->name, failed);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	return test_end(__FILE__);
}
