/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.dhcp: which DHCP servers there are. Pure over struct nic.
 *
 * Only DISCOVERs are sent: nothing is requested, and what is offered is only a candidate for probing.
 * Pass if: exactly one server answers on a LAN. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/discover.h"
#include "nicprobe/probe.h"
#include "nicprobe/tell.h"
#include "nicprobe/vendor.h"

static size_t servers_on(const struct dhcp_client *client, unsigned nic)
{
	size_t count = 0;

	for (size_t i = 0; i < client->offer_count; i++)
		count += client->offers[i].nic == nic; /* one entry per server and card */
	return count;
}

/* Whether every server heard on `nic` was also heard on `other`: then the two are on one LAN. */
static bool all_known_from(const struct dhcp_client *client, unsigned nic, unsigned other)
{
	for (size_t i = 0; i < client->offer_count; i++) {
		bool known = client->offers[i].nic != nic;

		for (size_t j = 0; j < client->offer_count; j++)
			known |= client->offers[j].nic == other &&
				 offer_same_server(&client->offers[i], &client->offers[j]);
		if (!known)
			return false;
	}
	return true;
}

static void tell_several(struct run *run, unsigned nic)
{
	const struct dhcp_client *client = &run->net->dhcp;
	char mac[OFFERS_MAX][MAC_TEXT], ip[OFFERS_MAX][IP4_TEXT], named[VENDOR_MAC_TEXT];
	char all[384] = "";
	const char *macs[OFFERS_MAX], *ips[OFFERS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < client->offer_count; i++) {
		const struct dhcp_offer *o = &client->offers[i];

		if (o->nic != nic)
			continue;
		macs[count] = mac_text(mac[count], o->mac);
		ips[count] = ip4_text(ip[count], o->server);
		fmt_add(all, sizeof(all), "%s%s at %s", count > 0 ? ", " : "", ips[count],
			vendor_mac_text(named, o->mac));
		count++;
	}
	const struct field fields[] = {FIELD_STR("nic", net_id(run->net, nic)),
		FIELD_NUM("count", count), FIELD_LIST("macs", macs, count),
		FIELD_LIST("ips", ips, count)};

	record_finding(run->rec, FINDING_NET_ROGUE_DHCP, NULL, fields, ARRAY_LEN(fields),
		"%zu DHCP servers answer on %s: %s.", count, net_id(run->net, nic), all);
}

static void tell_rogues(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;

	for (unsigned i = 0; i < run->net->station_count; i++) {
		bool told = false;

		for (unsigned j = 0; j < i; j++)
			told |= servers_on(client, j) > 1 && all_known_from(client, i, j);
		if (servers_on(client, i) > 1 && !told)
			tell_several(run, i);
	}
}

static void note_offers(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	char ip[IP4_TEXT], server[IP4_TEXT], mac[VENDOR_MAC_TEXT], router[IP4_TEXT];

	for (size_t i = 0; i < client->offer_count; i++) {
		const struct dhcp_offer *o = &client->offers[i];

		record_note(run->rec, net_id(run->net, o->nic),
			"DHCP server %s at %s offers %s %s/%u, router %s, for %u s.",
			ip4_text(server, o->server), vendor_mac_text(mac, o->mac),
			net_id(run->net, o->nic), ip4_text(ip, o->ip), o->prefix,
			o->router.value ? ip4_text(router, o->router) : "none", o->lease_s);
	}
}

static enum verdict conclude(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	const struct field fields[] = {FIELD_NUM("count", client->discovers)};
	bool silent = net_heard_by(run->net, UINT64_MAX) == 0;
	char took[FMT_SIZE];

	fmt_duration(took, client->took_ns);
	note_offers(run);
	tell_rogues(run);
	if (client->offer_count > 0) {
		record_why(run->rec, "%zu offer%s to %u discovers over %s", client->offer_count,
			client->offer_count == 1 ? "" : "s", client->discovers, took);
		return PASS;
	}
	if (net_usable(run->net) == 0 || client->discovers == 0) {
		record_why(run->rec, "no network card could send a discover or hear an answer");
		return SKIP;
	}
	record_why(run->rec, "no DHCP server answered in %u discovers over %s%s", client->discovers,
		took, run->config->has_net_ip ? "; net.ip is set" : "");
	if (run->config->has_net_ip)
		return SKIP;
	record_finding(run->rec, FINDING_NET_NO_DHCP, NULL, fields, ARRAY_LEN(fields),
		"No DHCP server answered in %u discovers over %s, and net.ip is not set.%s",
		client->discovers, took, silent ? " Nobody at all was heard." : "");
	return WARN;
}

static enum verdict dhcp(struct run *run)
{
	enum verdict verdict = SKIP;

	if (run->config->net_dhcp == DHCP_OFF) {
		record_why(run->rec, "net.dhcp is off");
		return SKIP;
	}
	if (!net_ready(run))
		return SKIP;
	probe_round(run);
	run->net->round_begun = true;
	if (discover_run(run))
		verdict = conclude(run);
	else
		record_why(run->rec, "stopped before all servers had time to answer");
	tell_new(run);
	return verdict;
}

const struct check net_dhcp_check = {
	.id = "net.dhcp",
	.title = "DHCP servers",
	.pass_if = "one DHCP server answers on each LAN",
	.need = NEED_NIC,
	.run = dhcp,
};
