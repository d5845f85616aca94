/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Owners of net.ip that answer no probe of RFC 5227, for it bears no sender's address; and what is said where there are none. */
#include "tests/unit/net_rig.h"

#define DHCP "dhcp=10.0.2.2 offer 10.0.2.50"

static const struct ip4 net_ip = {0x0a00020f}, leased = {0x0a000232};

static const struct row {
	const char *name;
	const char *peer; /* beside the server; NULL: nobody */
	const char *server;
	enum dhcp_use dhcp;
	enum verdict verdict;
	const char *codes;
	const char *says;  /* in why or notes */
	unsigned releases; /* by the end of the check */
} rows[] = {
	{"nobody", NULL, DHCP, DHCP_LEASE, PASS, "", ", nor of net.ip in 3 requests from 10.0.2.50",
		1},
	{"shy", "mute=10.0.2.15@02:00:00:00:00:09 ignores probes", DHCP, DHCP_LEASE, FAIL,
		"net-duplicate-ip", "10.0.2.15", 0},
	{"of echoes alone", "echoes=10.0.2.15@02:00:00:00:00:09", DHCP, DHCP_LEASE, FAIL,
		"net-duplicate-ip", "10.0.2.15", 0},
	{"open", "owner=10.0.2.15@02:00:00:00:00:09", DHCP, DHCP_LEASE, FAIL, "net-duplicate-ip",
		"10.0.2.15", 0},
	{"answers for everything", "proxy=@02:00:00:00:00:09 ignores probes", DHCP, DHCP_LEASE,
		WARN, "net-duplicate-ip", "10.0.2.15", 0},
	{"no lease allowed", "mute=10.0.2.15 ignores probes", DHCP, DHCP_PROBE, PASS, "",
		"no second owner of 10.0.2.15", 0},
	{"no other address", NULL, "dhcp=10.0.2.2 offer 10.0.2.15", DHCP_LEASE, PASS, "",
		"no second owner of 10.0.2.15", 0},
	{"refused", NULL, "nak=10.0.2.2 offer 10.0.2.50", DHCP_LEASE, PASS, "",
		"no second owner of 10.0.2.15", 0},
};

static struct rig rig;

static void play(const struct row *row)
{
	const char *const specs[] = {row->server, row->peer, NULL};

	rig_init(&rig, specs);
	rig.may_speak = net_ip;
	rig.may_ask = leased;
	rig.config.has_net_ip = true;
	rig.config.net_ip = net_ip;
	rig.config.net_dhcp = row->dhcp;
	rig_check(&rig, 4);
	CHECK(rig.verdicts[4] == row->verdict, "%s: %s", row->name, rig.whys[4]);
	CHECK_STR(rig_codes(&rig), row->codes);
	CHECK(strstr(rig.whys[4], row->says) != NULL || strstr(rig.notes, row->says) != NULL,
		"%s: %s", row->name, rig.whys[4]);
	CHECK((strstr(rig.whys[4], "nor of net.ip") != NULL) ==
			(row->verdict == PASS && row->releases == 1),
		"%s: %s", row->name, rig.whys[4]);
	CHECK(rig.dhcp_sent[DHCP_TYPE_RELEASE] == row->releases, "%s: %u", row->name,
		rig.dhcp_sent[DHCP_TYPE_RELEASE]);
	CHECK(rig.sent_wrong == 0, "%s: %s", row->name, rig.wrong);
	net_session_end(&rig.run);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		play(&rows[i]);
	return test_end(__FILE__);
}
