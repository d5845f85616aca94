/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.dhcp: which servers there are, what they disagree on, and what they would give to a client that nobody knows. */
#include "tests/unit/net_rig.h"

#define OWN_IP "10.0.2.15"
#define ONE    "dhcp=10.0.2.2 offer 10.0.2.50"
#define OTHER  "dhcp=10.0.2.3@00:1b:17:00:01:01 offer 10.0.2.51 id 10.0.2.2 router 10.0.2.2"
#define HOLDER "f4:f2:6d:11:22:33"

static struct rig rig;

static const struct scenario {
	const char *name, *specs[4], *net_ip;
	enum verdict verdict;             /* of net.dhcp */
	const char *codes;                /* of net.dhcp and net.duplicate-ip */
	const char *shows, *silent_about; /* NULL: nothing to look for */
} scenarios[] = {
	{"one", {ONE}, NULL, PASS, "",
		"offers a client that it cannot know 10.0.2.150, of 10.0.2.0/24.", "nothing"},
	{"they agree", {ONE, OTHER}, NULL, WARN, "net-rogue-dhcp",
		"Their offers agree but for the address.", "offers differ"},
	{"router", {ONE, OTHER " router 10.0.2.9"}, NULL, WARN, "net-rogue-dhcp", "differs=router ",
		NULL},
	{"name server", {ONE, OTHER " dns 10.0.2.9"}, NULL, WARN, "net-rogue-dhcp",
		"Their offers differ in DNS server none, 10.0.2.9.", NULL},
	{"mask", {ONE, OTHER " mask 25"}, NULL, WARN, "net-rogue-dhcp", "differs=subnet ", NULL},
	{"time and domain", {ONE, OTHER " lease 600 domain lab.example"}, NULL, WARN,
		"net-rogue-dhcp",
		"Their offers differ in lease time 3600 s, 600 s; domain none, lab.example.", NULL},
	{"another subnet", {ONE, "dhcp=10.0.2.3 offer 10.9.9.51"}, NULL, WARN, "net-rogue-dhcp",
		"subnet 10.0.2.0/24, 10.9.9.0/24", NULL},
	{"one for those it knows, one for others", {ONE " serves known", OTHER " serves unknown"},
		NULL, WARN, "net-rogue-dhcp", "2 DHCP servers answer on nic0", NULL},
	{"not for us", {ONE " serves unknown"}, OWN_IP, SKIP, "",
		"to this server it offers nothing", NULL},
	{"the own address for anybody", {ONE " pool " OWN_IP}, OWN_IP, WARN, "net-dhcp-taken",
		"offers 10.0.2.15, this server's own address, to whoever asks", NULL},
	{"the own address for us", {"dhcp=10.0.2.2 offer " OWN_IP}, OWN_IP, PASS, "", NULL,
		"own address"},
	{"a taken address", {ONE, "owner=10.0.2.150@" HOLDER}, NULL, PASS, "net-dhcp-taken",
		"ip=10.0.2.150 mac=" HOLDER
		" vendor=TP-LINK TECHNOLOGIES CO.,LTD. server=10.0.2.2 nic=nic0 ",
		NULL},
	{"taken by two", {ONE, "owner=10.0.2.150@" HOLDER, "mute=10.0.2.150"}, NULL, PASS,
		"net-duplicate-ip", "held by several devices", NULL},
	{"a proxy", {ONE, "proxy=@" HOLDER}, NULL, PASS, "net-duplicate-ip", NULL, "has it"},
	{"a foreign pool", {ONE " pool 10.9.9.20"}, OWN_IP, PASS, "",
		"another subnet than that of net.ip, 10.0.2.15", NULL},
};

static void play(const struct scenario *sc)
{
	const unsigned failed = test_failed;
	enum verdict verdict;

	rig_init(&rig, sc->specs);
	rig.config.net_dhcp = DHCP_PROBE;
	if (sc->net_ip != NULL) {
		rig.config.has_net_ip = true;
		CHECK(ip4_read((struct text){sc->net_ip, strlen(sc->net_ip)}, &rig.config.net_ip));
		rig.may_speak = rig.config.net_ip;
	}
	verdict = rig_run_one(&rig, &net_dhcp_check);
	CHECK(verdict == sc->verdict, "%s", verdict_name(verdict));
	rig_run_one(&rig, &net_duplicate_ip_check);
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(sc->shows == NULL || rig_shows(&rig, sc->shows), "%s", sc->shows);
	CHECK(sc->silent_about == NULL || !rig_shows(&rig, sc->silent_about), "%s",
		sc->silent_about);
	rig_finish(&rig, sc->name, failed);
	CHECK_U64(rig.dhcp_sent[DHCP_TYPE_REQUEST] + rig.dhcp_sent[DHCP_TYPE_RELEASE], 0);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	return test_end(__FILE__);
}
