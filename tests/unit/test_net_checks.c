/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The network checks on scripted networks: each fault is found, and none is invented.
 *
 * In every scenario, every frame sent is inspected: no announcement, nothing from an address that is not ours. */
#include "tests/unit/net_rig.h"

#define SPECS_MAX 5
#define OWN_IP    "10.0.2.15"
#define STRANGER  "52:54:00:aa:bb:cc"
#define STRANGER2 "00:16:3e:01:02:03"
#define DHCP      "dhcp=10.0.2.2 offer 10.0.2.15"

static const struct scenario {
	const char *name;
	const char *specs[SPECS_MAX + 1];
	const char *net_ip, *gateway, *peer; /* options, or NULL */
	enum dhcp_use dhcp;
	bool thorough;
	const char *may_speak; /* NULL: nothing may be said from any address */
	const char *verdicts;  /* inventory, link, listen, dhcp, duplicate-ip, gateway, ping */
	const char *codes;
	const char *shows; /* somewhere in findings, reasons or notes; NULL: anything */
} scenarios[] = {
	/* name                      network                                  options */
	{"no card", {NULL}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "SSSSSSS", "",
		"no network card found"},
	{"clean", {DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPP", "",
		"no second owner of 10.0.2.15"},
	{"clean, thorough", {DHCP}, NULL, NULL, NULL, DHCP_LEASE, true, OWN_IP, "PPPPPPP", "",
		"in 9 probes over "},
	{"clean, static", {"gateway=10.0.2.2"}, OWN_IP, "10.0.2.2", NULL, DHCP_LEASE, false, OWN_IP,
		"PPPSPPP", "", "no DHCP server answered in 3 discovers over 4.6 s; net.ip is set"},
	{"no dhcp wanted", {"gateway=10.0.2.2"}, OWN_IP, "10.0.2.2", NULL, DHCP_OFF, false, OWN_IP,
		"PPPSPPP", "", "net.dhcp is off"},
	{"probe only", {DHCP}, NULL, NULL, NULL, DHCP_PROBE, false, NULL, "PPPPPSS", "",
		"no address to speak from: net.ip is not set, and net.dhcp is probe"},
	{"peer on the lan", {DHCP, "owner=10.0.2.9"}, NULL, NULL, "10.0.2.9", DHCP_LEASE, false,
		OWN_IP, "PPPPPPP", "", "20 of 20 echoes to peer 10.0.2.9"},
	{"peer is silent", {DHCP}, NULL, NULL, "10.0.2.9", DHCP_LEASE, false, OWN_IP, "PPPPPPW",
		"net-packet-loss", "nobody answers ARP for it"},
	{"no dhcp", {"asks=10.0.2.77"}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "PPPWPSS",
		"net-no-dhcp", "No DHCP server answered in 3 discovers over 4.6 s"},

	{"second owner", {DHCP, "owner=" OWN_IP "@" STRANGER}, OWN_IP, NULL, NULL, DHCP_LEASE,
		false, NULL, "PPPPFSS", "net-duplicate-ip",
		"ip=10.0.2.15 mac=" STRANGER " macs=" STRANGER " "},
	{"second owner, no dhcp", {"owner=" OWN_IP "@" STRANGER}, OWN_IP, NULL, NULL, DHCP_LEASE,
		false, NULL, "PPPSFSS", "net-duplicate-ip", NULL},
	{"two owners", {"owner=" OWN_IP "@" STRANGER, "owner=" OWN_IP "@" STRANGER2}, OWN_IP, NULL,
		NULL, DHCP_OFF, false, NULL, "PPPSFSS", "net-duplicate-ip",
		"macs=" STRANGER "+" STRANGER2},
	{"offered address is taken", {DHCP, "owner=" OWN_IP "@" STRANGER}, NULL, NULL, NULL,
		DHCP_LEASE, false, NULL, "PPPPFSS", "net-duplicate-ip",
		"no address that DHCP offers is free"},
	{"net.ip is taken, lease is not", {DHCP, "owner=10.0.2.99@" STRANGER}, "10.0.2.99", NULL,
		NULL, DHCP_LEASE, false, OWN_IP, "PPPPFPP", "net-duplicate-ip",
		"leased from 10.0.2.2"},
	{"gratuitous only", {"announces=" OWN_IP "@" STRANGER}, OWN_IP, NULL, NULL, DHCP_OFF, false,
		NULL, "PPPSFSS", "net-duplicate-ip", "mac=" STRANGER},
	{"another probes", {"probes=" OWN_IP "@" STRANGER}, OWN_IP, NULL, NULL, DHCP_OFF, false,
		NULL, "PPPSFSS", "net-duplicate-ip", "mac=" STRANGER},
	{"owner appears late",
		{"gateway=10.0.2.2", "announces=" OWN_IP "@" STRANGER " after 8500ms"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPF", "net-duplicate-ip",
		"our own address, or the card, was lost"},
	{"a scanner probes",
		{"gateway=10.0.2.2", "probes=" OWN_IP "@" STRANGER, "probes=10.0.2.77@" STRANGER},
		OWN_IP, "10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPP", "", NULL},
	{"dhcp server probes", {DHCP, "probes=" OWN_IP "@52:55:0a:00:02:02"}, NULL, NULL, NULL,
		DHCP_LEASE, false, OWN_IP, "PPPPPPP", "", NULL},
	{"duplicate frames", {"twice=10.0.2.2"}, OWN_IP, "10.0.2.2", NULL, DHCP_OFF, false, OWN_IP,
		"PPPSPPP", "", NULL},
	{"failover group", {"owner=" OWN_IP "@00:00:5e:00:01:07"}, OWN_IP, NULL, NULL, DHCP_OFF,
		false, NULL, "PPPSSSS", "", "a virtual router address (VRRP or CARP)"},
	{"virtual gateway", {"gateway=10.0.2.2@00:00:0c:9f:f1:01", "gateway=10.0.2.2@" STRANGER},
		OWN_IP, "10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPP", "",
		"a virtual router by HSRPv2"},
	{"proxy arp", {"proxy=@" STRANGER}, OWN_IP, NULL, NULL, DHCP_OFF, false, NULL, "PPPSWSS",
		"net-duplicate-ip", "so it may be proxy ARP"},
	{"asked for, nobody home", {"asks=10.0.2.77"}, NULL, NULL, NULL, DHCP_OFF, false, NULL,
		"PPPSPSS", "", "Others ask for 10.0.2.77 and nobody answers"},
	{"asked for, two owners",
		{"asks=10.0.2.77", "owner=10.0.2.77@" STRANGER, "owner=10.0.2.77@" STRANGER2}, NULL,
		NULL, NULL, DHCP_OFF, false, NULL, "PPPSFSS", "net-duplicate-ip",
		"an address that others ask for"},

	{"gateway twice", {"gateway=10.0.2.2", "gateway=10.0.2.2@" STRANGER}, OWN_IP, "10.0.2.2",
		NULL, DHCP_OFF, false, OWN_IP, "PPPSFFP", "net-duplicate-ip",
		"the gateway's address, is held by several devices"},
	{"gateway silent", {"owner=10.0.2.9", "asks=10.0.2.9"}, OWN_IP, "10.0.2.2", NULL, DHCP_OFF,
		false, OWN_IP, "PPPSPFS", "net-gateway-silent", "did not answer 5 ARP requests"},
	{"gateway wakes", {"gateway=10.0.2.2 after 70s", "asks=10.0.2.2"}, OWN_IP, "10.0.2.2", NULL,
		DHCP_OFF, true, OWN_IP, "PPPSPPP", "", NULL},
	{"second card reaches the peer", {"owner=10.0.2.9 on 1", "nics=2", "apart"}, OWN_IP, NULL,
		"10.0.2.9", DHCP_OFF, false, OWN_IP, "PPPSPSP", "", "Nobody was heard on nic0"},
	{"second card reaches the peer, first one others",
		{"owner=10.0.2.9 on 1", "asks=10.0.2.77", "nics=2", "apart"}, OWN_IP, NULL,
		"10.0.2.9", DHCP_OFF, false, OWN_IP, "PPPSPSP", "",
		"20 of 20 echoes to peer 10.0.2.9"},
	{"second card reaches somebody", {"asks=10.0.2.77 on 1", "nics=2", "apart"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPFS", "net-gateway-silent",
		"did not answer 5 ARP requests on nic1"},
	{"gateway unknown", {"owner=10.0.2.9"}, OWN_IP, NULL, "10.0.2.9", DHCP_OFF, false, OWN_IP,
		"PPPSPSP", "", "no gateway known"},
	{"rogue dhcp", {DHCP, "dhcp=10.0.2.3 offer 10.0.2.16"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPPWPPP", "net-rogue-dhcp", "2 DHCP servers answer on nic0"},
	{"rogue dhcp, same id", {DHCP, "dhcp=10.0.2.3 offer 10.0.2.16 id 10.0.2.2 router 10.0.2.2"},
		NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPWPPP", "net-rogue-dhcp",
		"ips=10.0.2.2+10.0.2.2"},
	{"dhcp refuses", {"nak=10.0.2.2 offer 10.0.2.15"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPPPPSS", "", "the DHCP server refused the lease"},

	{"loss 20 %", {DHCP, "loss=20"}, NULL, NULL, NULL, DHCP_LEASE, true, OWN_IP, "PPPPPPF",
		"net-packet-loss", NULL},
	{"silent: loss 100 %", {"gateway=10.0.2.2", "loss=100"}, OWN_IP, "10.0.2.2", NULL, DHCP_OFF,
		false, OWN_IP, "PPPSSFS", "net-gateway-silent", NULL},
	{"silent: dead wire", {"nics=1"}, OWN_IP, NULL, NULL, DHCP_OFF, false, OWN_IP, "PPPSSSS",
		"", "nobody at all was heard on nic0, so no answer for 10.0.2.15 proves nothing"},
	{"silent: dead wire, no address", {"nics=1"}, NULL, NULL, NULL, DHCP_LEASE, false, NULL,
		"PPPWSSS", "net-no-dhcp", "and net.ip is not set. Nobody at all was heard."},
	{"silent: port forwards late", {DHCP " after 31s"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPPPPPP", "", "1 offer to 6 discovers over 36.0 s"},
	{"silent: port forwards late, own address", {"gateway=10.0.2.2 after 31s"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPP", "",
		"no second owner of 10.0.2.15"},
	{"silent: port forwards late, second owner", {"owner=" OWN_IP "@" STRANGER " after 31s"},
		OWN_IP, NULL, NULL, DHCP_OFF, false, NULL, "PPPSFSS", "net-duplicate-ip", NULL},
	{"ping filtered", {"mute=10.0.2.2"}, OWN_IP, "10.0.2.2", NULL, DHCP_OFF, false, OWN_IP,
		"PPPSPPW", "net-packet-loss", "perhaps it filters ping"},
	{"corrupt", {DHCP, "corrupt"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPF",
		"net-packet-corrupt", "offset=10 expected=0 actual=4"},
	{"delay", {DHCP, "delay=300ms"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPP", "",
		"20 of 20"},
	{"loop", {DHCP, "reflect"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPFPPPP",
		"net-loop", NULL},
	{"our MAC elsewhere", {DHCP, "clone=@52:54:00:12:34:56"}, NULL, NULL, NULL, DHCP_LEASE,
		false, OWN_IP, "PPFPPPP", "net-duplicate-mac", "mac=52:54:00:12:34:56"},
	{"storm", {DHCP, "storm=5000"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPWPPPP",
		"net-storm", "mac=02:00:00:00:00:66"},
	{"storm, slow driver", {DHCP, "storm=900", "slowrx"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPWPPPP", "net-storm", "and more than its driver can take"},
	{"storm, passes by a busy card", {"gateway=10.0.2.2", "storm=5000", "busyrx"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPWSPPP", "net-storm", "At least 3"},
	{"busy, passes by a busy card", {"gateway=10.0.2.2", "storm=700", "busyrx"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPP", "", NULL},
	{"storm, most of it missed", {DHCP, "storm=300", "missedrx"}, NULL, NULL, NULL, DHCP_LEASE,
		false, OWN_IP, "PPWPPPP", "net-storm", "At least 1"},
	{"bursts", {DHCP, "burst=50"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPP", "",
		NULL},
	{"busy, slow driver", {DHCP, "storm=200", "slowrx"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPPPPPP", "", NULL},
	{"busy", {DHCP, "storm=900"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPP", "",
		NULL},
	{"storm and second owner", {"storm=9000", "owner=" OWN_IP "@" STRANGER}, OWN_IP, NULL, NULL,
		DHCP_OFF, false, NULL, "PPWSFSS", "net-storm net-duplicate-ip", NULL},

	{"two cards, one lan", {DHCP, "nics=2"}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP,
		"PPPPPPP", "", "nic0 and nic1 are on the same LAN"},
	{"two cards, one lan, rogue", {DHCP, "dhcp=10.0.2.3 offer 10.0.2.26", "nics=2"}, NULL, NULL,
		NULL, DHCP_LEASE, false, OWN_IP, "PPPWPPP", "net-rogue-dhcp", NULL},
	{"two cards, two lans",
		{DHCP, "dhcp=10.0.2.2@" STRANGER " offer 10.0.2.33 on 1", "nics=2", "apart"}, NULL,
		NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPPPPP", "", NULL},
	{"two cards, one lan, second owner", {DHCP, "nics=2", "owner=" OWN_IP "@" STRANGER}, OWN_IP,
		NULL, NULL, DHCP_OFF, false, NULL, "PPPSFSS", "net-duplicate-ip",
		"macs=" STRANGER " "},
	{"second card unplugged", {DHCP, "nics=2", "nolink=1"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "PPPPPPP", "", "No link on nic1"},
	{"gateway on the second card", {"gateway=10.0.2.2 on 1", "nics=2", "apart"}, OWN_IP,
		"10.0.2.2", NULL, DHCP_OFF, false, OWN_IP, "PPPSPPP", "", "answers on nic1"},
	{"no link", {"nolink", DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "PWSSSSS",
		"nic-no-link", "no link on any network card"},
	{"link unknown", {"linkunknown", DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP,
		"PSPPPPP", "", "cannot tell the link"},
	{"driver denies link", {"linklies", DHCP, "asks=10.0.2.2"}, NULL, NULL, NULL, DHCP_LEASE,
		false, OWN_IP, "PPPPPPP", "", NULL},
	{"link flaps", {"flap", DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, OWN_IP, "PPPWPPP",
		"nic-link-flap", "went down 1 time"},
	{"no driver", {"nodriver"}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "WSSSSSS",
		"nic-no-driver", "nic=nic0 location=PCI 0000:00:02.0"},
	{"one without driver", {DHCP, "nics=2", "nodriver=1"}, NULL, NULL, NULL, DHCP_LEASE, false,
		OWN_IP, "WPPPPPP", "nic-no-driver", NULL},
	{"does not open", {"openfail"}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "ESSSSSS", "",
		NULL},
	{"tx hang", {"txhang", DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "PPFSSSS",
		"nic-tx-hang", "no network card is able to send"},
	{"tx fails", {"txfail", DHCP}, NULL, NULL, NULL, DHCP_LEASE, false, NULL, "PPESSSS", "",
		"no network card could send a discover"},
};

static struct rig rig;

static struct ip4 ip_of(const char *text)
{
	struct ip4 ip = {0};

	if (text != NULL)
		CHECK(ip4_read((struct text){text, strlen(text)}, &ip));
	return ip;
}

static void configure(const struct scenario *sc)
{
	rig.config.profile = sc->thorough ? PROFILE_FULL : PROFILE_QUICK;
	rig.config.has_net_ip = sc->net_ip != NULL;
	rig.config.net_ip = ip_of(sc->net_ip);
	rig.config.net_gateway = ip_of(sc->gateway);
	rig.config.net_peer = ip_of(sc->peer);
	rig.config.net_dhcp = sc->dhcp;
	rig.may_speak = ip_of(sc->may_speak);
}

static bool shows(const char *text)
{
	bool found = text == NULL || strstr(rig.notes, text) != NULL;

	for (size_t i = 0; !found && i < RIG_CHECKS; i++)
		found = strstr(rig.whys[i], text) != NULL;
	for (size_t i = 0; !found && i < rig.finding_count; i++)
		found = strstr(rig.findings[i].fields, text) != NULL ||
			strstr(rig.findings[i].message, text) != NULL;
	return found;
}

static void play(const struct scenario *sc)
{
	unsigned failed = test_failed;

	rig_init(&rig, sc->specs);
	configure(sc);
	rig_run(&rig);
	CHECK_STR(rig_verdicts(&rig), sc->verdicts);
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(shows(sc->shows), "%s", sc->shows);
	CHECK(rig.sent_wrong == 0, "%u frames that must not be sent, the first: %s", rig.sent_wrong,
		rig.wrong);
	if (!sc->thorough)
		CHECK(rig.took_ns <= (strncmp(sc->name, "silent:", 7) == 0 ? 55 : 20) *
					     (uint64_t)NS_PER_S,
			"took %llu ms", (unsigned long long)(rig.took_ns / NS_PER_MS));
	if (test_failed != failed) {
		printf("  in scenario \"%s\":\n", sc->name);
		rig_print(&rig);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	return test_end(__FILE__);
}
