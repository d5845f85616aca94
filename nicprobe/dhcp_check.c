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

/* ---- which servers there are ---- */

/* The servers heard on one card, each once. */
struct servers {
	size_t count;
	const struct dhcp_offer *at[OFFERS_MAX + STRAYS_MAX];
};

/* Those that offer us something, and those that only know others. */
static void list_servers(const struct dhcp_client *client, unsigned nic, struct servers *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < client->offer_count; i++) {
		if (client->offers[i].nic == nic) /* one entry per server and card */
			ret->at[ret->count++] = &client->offers[i];
	}
	for (size_t i = 0; i < client->stray_count; i++) {
		bool known = client->strays[i].nic != nic;

		for (size_t j = 0; j < ret->count; j++)
			known |= offer_same_box(ret->at[j], &client->strays[i]);
		if (!known)
			ret->at[ret->count++] = &client->strays[i];
	}
}

/* Whether every server of `a` is in `b` as well: then their cards are on one LAN. */
static bool all_among(const struct servers *a, const struct servers *b)
{
	for (size_t i = 0; i < a->count; i++) {
		bool known = false;

		for (size_t j = 0; j < b->count; j++)
			known |= offer_same_box(a->at[i], b->at[j]);
		if (!known)
			return false;
	}
	return true;
}

/* ---- what they disagree on ---- */

#define ASPECT_TEXT DHCP_DOMAIN

static void put_ip(struct ip4 ip, char text[ASPECT_TEXT])
{
	char buf[IP4_TEXT];

	text_copy(text, ASPECT_TEXT, ip.value != 0 ? ip4_text(buf, ip) : "none");
}

static void put_router(const struct dhcp_offer *o, char text[ASPECT_TEXT])
{
	put_ip(o->router, text);
}

static void put_dns(const struct dhcp_offer *o, char text[ASPECT_TEXT])
{
	put_ip(o->dns, text);
}

static void put_subnet(const struct dhcp_offer *o, char text[ASPECT_TEXT])
{
	char ip[IP4_TEXT];

	fmt_to(text, ASPECT_TEXT, "%s/%u",
		ip4_text(ip, (struct ip4){o->ip.value & ip4_mask(o->prefix).value}), o->prefix);
}

static void put_lease(const struct dhcp_offer *o, char text[ASPECT_TEXT])
{
	fmt_to(text, ASPECT_TEXT, "%u s", o->lease_s);
}

static void put_domain(const struct dhcp_offer *o, char text[ASPECT_TEXT])
{
	text_copy(text, ASPECT_TEXT, o->domain[0] != '\0' ? o->domain : "none");
}

static const struct {
	const char *name;
	void (*put)(const struct dhcp_offer *o, char text[ASPECT_TEXT]);
} aspects[] = {{"subnet", put_subnet}, {"router", put_router}, {"DNS server", put_dns},
	{"lease time", put_lease}, {"domain", put_domain}};

/* "router, lease time" into names[cap], and a list with all their values for people into text[cap]. */
static void find_differences(const struct servers *t, char *names, char *text, size_t cap)
{
	names[0] = text[0] = '\0';
	for (size_t n = 0; n < ARRAY_LEN(aspects); n++) {
		char values[OFFERS_MAX + STRAYS_MAX][ASPECT_TEXT];
		bool differ = false;

		for (size_t i = 0; i < t->count; i++) {
			aspects[n].put(t->at[i], values[i]);
			differ |= !text_same(values[i], values[0]);
		}
		if (!differ)
			continue;
		fmt_add(names, cap, "%s%s", names[0] != '\0' ? ", " : "", aspects[n].name);
		fmt_add(text, cap, "%s %s", text[0] != '\0' ? ";" : "", aspects[n].name);
		for (size_t i = 0; i < t->count; i++)
			fmt_add(text, cap, "%s %s", i > 0 ? "," : "", values[i]);
	}
}

static void tell_several(struct run *run, unsigned nic, const struct servers *t)
{
	char mac[OFFERS_MAX + STRAYS_MAX][MAC_TEXT], ip[OFFERS_MAX + STRAYS_MAX][IP4_TEXT];
	const char *macs[OFFERS_MAX + STRAYS_MAX], *ips[OFFERS_MAX + STRAYS_MAX];
	char all[384] = "", named[VENDOR_MAC_TEXT], names[160], differences[160];

	for (size_t i = 0; i < t->count; i++) {
		macs[i] = mac_text(mac[i], t->at[i]->mac);
		ips[i] = ip4_text(ip[i], t->at[i]->server);
		fmt_add(all, sizeof(all), "%s%s at %s", i > 0 ? ", " : "", ips[i],
			vendor_mac_text(named, t->at[i]->mac));
	}
	find_differences(t, names, differences, sizeof(names));
	const struct field fields[] = {FIELD_STR("nic", net_id(run->net, nic)),
		FIELD_NUM("count", t->count), FIELD_LIST("macs", macs, t->count),
		FIELD_LIST("ips", ips, t->count), FIELD_STR("differs", names)};

	record_finding(run->rec, FINDING_NET_ROGUE_DHCP, NULL, fields, ARRAY_LEN(fields),
		"%zu DHCP servers answer on %s: %s. %s%s.", t->count, net_id(run->net, nic), all,
		names[0] != '\0' ? "Their offers differ in"
				 : "Their offers agree but for the address",
		differences);
}

static void tell_rogues(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	struct servers here, other;

	for (unsigned i = 0; i < run->net->station_count; i++) {
		bool told = false;

		list_servers(client, i, &here);
		for (unsigned j = 0; j < i; j++) {
			list_servers(client, j, &other);
			told |= other.count > 1 && all_among(&here, &other);
		}
		if (here.count > 1 && !told)
			tell_several(run, i, &here);
	}
}

/* ---- what they would give to others ---- */

static void tell_own_address(struct run *run, const struct dhcp_offer *o)
{
	char ip[IP4_TEXT], server[IP4_TEXT], mac[MAC_TEXT], vendor[VENDOR_TEXT];
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, o->ip)),
		FIELD_STR("mac", mac_text(mac, o->mac)),
		FIELD_STR("vendor", vendor_of(o->mac, vendor)),
		FIELD_STR("server", ip4_text(server, o->server)),
		FIELD_STR("nic", net_id(run->net, o->nic))};

	record_finding(run->rec, FINDING_NET_DHCP_TAKEN, NULL, fields, ARRAY_LEN(fields),
		"The DHCP server %s at %s offers %s, this server's own address, to whoever asks: the next client that takes it is its second owner.",
		server, mac, ip);
}

/* Offers to a client that was made up: to whom no server can owe anything. */
static void look_at_strays(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	const struct config *config = run->config;
	char server[IP4_TEXT], subnet[ASPECT_TEXT], ip[IP4_TEXT];

	for (size_t i = 0; i < client->stray_count; i++) {
		const struct dhcp_offer *o = &client->strays[i];
		const uint32_t mask = ip4_mask(o->prefix).value;
		bool serves_us = false;

		for (size_t j = 0; j < client->offer_count; j++)
			serves_us |= offer_same_box(&client->offers[j], o);
		put_subnet(o, subnet);
		record_note(run->rec, net_id(run->net, o->nic),
			"DHCP server %s offers a client that it cannot know %s, of %s%s.",
			ip4_text(server, o->server), ip4_text(ip, o->ip), subnet,
			serves_us ? "" : "; to this server it offers nothing");
		if (config->has_net_ip && ip4_same(o->ip, config->net_ip))
			tell_own_address(run, o);
		else if (config->has_net_ip &&
			 (o->ip.value & mask) != (config->net_ip.value & mask))
			record_note(run->rec, net_id(run->net, o->nic),
				"That is another subnet than that of net.ip, %s: another VLAN, or a server that does not belong here.",
				ip4_text(ip, config->net_ip));
	}
}

static void note_offers(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	char ip[IP4_TEXT], server[IP4_TEXT], mac[VENDOR_MAC_TEXT], router[IP4_TEXT],
		relay[IP4_TEXT];

	for (size_t i = 0; i < client->offer_count; i++) {
		const struct dhcp_offer *o = &client->offers[i];

		record_note(run->rec, net_id(run->net, o->nic),
			"DHCP server %s at %s%s%s offers %s %s/%u, router %s, for %u s.",
			ip4_text(server, o->server), vendor_mac_text(mac, o->mac),
			o->relay.value ? ", relayed by " : "",
			o->relay.value ? ip4_text(relay, o->relay) : "", net_id(run->net, o->nic),
			ip4_text(ip, o->ip), o->prefix,
			o->router.value ? ip4_text(router, o->router) : "none", o->lease_s);
	}
}

/* "2 answers cannot be used, the last from MAC: why", or "". */
static const char *unusable_text(const struct dhcp_client *client, char *buf, size_t cap)
{
	char named[VENDOR_MAC_TEXT];

	buf[0] = '\0';
	if (client->unusable > 0)
		fmt_to(buf, cap, "%u answer%s cannot be used, the last from %s: %s",
			client->unusable, client->unusable == 1 ? "" : "s",
			vendor_mac_text(named, client->unusable_from), client->unusable_why);
	return buf;
}

/* ---- the check ---- */

static enum verdict conclude(struct run *run)
{
	const struct dhcp_client *client = &run->net->dhcp;
	const struct field fields[] = {FIELD_NUM("count", client->discovers)};
	const char *answered = client->unusable > 0 ? "gave a usable answer" : "answered";
	bool silent = net_heard_by(run->net, UINT64_MAX) == 0;
	char took[FMT_SIZE], unusable[VENDOR_MAC_TEXT + 96];

	fmt_duration(took, client->took_ns);
	if (unusable_text(client, unusable, sizeof(unusable))[0] != '\0')
		record_note(run->rec, NULL, "DHCP: %s.", unusable);
	note_offers(run);
	look_at_strays(run);
	tell_rogues(run);
	if (client->offer_count > 0) {
		record_why(run->rec, "%zu offer%s to %u discovers over %s", client->offer_count,
			client->offer_count == 1 ? "" : "s", client->discovers, took);
		return PASS;
	}
	if (client->stray_count > 0) {
		record_why(run->rec,
			"DHCP servers answer clients that they cannot know, but not this one");
		return SKIP;
	}
	if (net_usable(run->net) == 0 || client->discovers == 0) {
		record_why(run->rec, "no network card could send a discover or hear an answer");
		return SKIP;
	}
	record_why(run->rec, "no DHCP server %s in %u discovers over %s%s", answered,
		client->discovers, took, run->config->has_net_ip ? "; net.ip is set" : "");
	if (run->config->has_net_ip)
		return SKIP;
	record_finding(run->rec, FINDING_NET_NO_DHCP, NULL, fields, ARRAY_LEN(fields),
		"No DHCP server %s in %u discovers over %s, and net.ip is not set.%s", answered,
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
