/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The address to speak from. Pure over struct nic. See address.h. */
#include "nicprobe/address.h"
#include "core/fmt.h"
#include "nicprobe/discover.h"
#include "nicprobe/probe.h"

#define REQUESTED_MAX 3 /* offers tried before giving up */

static bool is_free(const struct net_session *s, struct ip4 ip)
{
	return candidate_is_free(candidate_find(&s->candidates, ip));
}

bool address_usable(const struct net_session *s)
{
	return s->address.held && is_free(s, s->address.ip) && net_usable(s) >> s->address.nic & 1;
}

bool address_on_link(const struct net_address *a, struct ip4 ip)
{
	uint32_t mask = ip4_mask(a->prefix).value;

	return (a->ip.value & mask) == (ip.value & mask);
}

bool address_is_direct(const struct net_address *a, struct ip4 ip)
{
	return address_on_link(a, ip) || ip4_same(ip, a->gateway);
}

/* ---- net.ip ---- */

/* Of `cards`, those that heard `ip` speak. */
static uint16_t where_heard(const struct net_session *s, struct ip4 ip, uint16_t cards)
{
	uint16_t heard = 0;

	for (size_t i = 0; i < s->neighbours.count; i++) {
		if (ip4_same(s->neighbours.at[i].peer.ip, ip))
			heard |= (uint16_t)(1u << s->neighbours.at[i].nic);
	}
	return heard & cards;
}

/* Of `cards`, those to speak on: where the gateway is, else the peer, else anybody. */
static uint16_t best_cards(const struct run *run, struct ip4 gateway, uint16_t cards)
{
	const struct net_session *s = run->net;
	const uint16_t choices[] = {where_heard(s, gateway, cards),
		where_heard(s, run->config->net_peer, cards), cards & net_heard_by(s, UINT64_MAX)};

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		if (choices[i] != 0)
			return choices[i];
	}
	return cards;
}

static void take_net_ip(struct run *run)
{
	struct net_session *s = run->net;
	const struct config *config = run->config;
	uint16_t cards = net_preferred(run, net_usable(s));
	struct ip4 gateway = config->net_gateway;

	if (gateway.value == 0)
		gateway = offer_router(&s->dhcp, config->net_ip, cards);
	s->address = (struct net_address){.held = true,
		.nic = (uint8_t)net_first(best_cards(run, gateway, cards)),
		.ip = config->net_ip,
		.prefix = config->net_prefix,
		.gateway = gateway};
}

/* ---- the lease ---- */

static bool take_lease(struct run *run, const struct dhcp_offer *offer)
{
	struct ip4 gateway = run->config->net_gateway;
	uint64_t asked_ns = run_now_ns(
		run); /* the lease counts from here: RFC 2131 section 4.4.1 */
	uint32_t lease_s;

	if (!discover_request(run, offer))
		return false;
	lease_s = run->net->dhcp.wanted.lease_s;
	run->net->address = (struct net_address){.held = true,
		.leased = true,
		.nic = offer->nic,
		.ip = offer->ip,
		.prefix = offer->prefix,
		.gateway = gateway.value != 0 ? gateway : offer->router,
		.offer = *offer,
		.lease_end_ns = lease_s == DHCP_LEASE_FOREVER
					? UINT64_MAX
					: asked_ns + lease_s * (uint64_t)NS_PER_S};
	return true;
}

/* Tries the offers of free addresses but `but` to card `nic`, in order of arrival. */
static bool take_lease_on(struct run *run, unsigned nic, struct ip4 but, unsigned *tried)
{
	const struct dhcp_client *client = &run->net->dhcp;

	for (size_t i = 0; i < client->offer_count && *tried < REQUESTED_MAX; i++) {
		struct dhcp_offer offer = client->offers[i];

		if (offer.nic != nic || !is_free(run->net, offer.ip) ||
			!ip4_is_host(offer.server) || ip4_same(offer.ip, but))
			continue;
		++*tried;
		if (take_lease(run, &offer))
			return true;
		if (run->stopped)
			return false;
	}
	return false;
}

static bool take_any_lease(struct run *run, unsigned cards, struct ip4 but, unsigned *tried)
{
	for (unsigned i = 0; i < run->net->station_count; i++) {
		if (cards >> i & 1 && take_lease_on(run, i, but, tried))
			return true;
	}
	return false;
}

static const char *why_no_lease(const struct run *run, unsigned tried)
{
	const struct dhcp_client *client = &run->net->dhcp;

	if (run->config->net_dhcp == DHCP_OFF)
		return "net.dhcp is off";
	if (run->config->net_dhcp == DHCP_PROBE)
		return "net.dhcp is probe: no lease is taken";
	if (client->offer_count == 0)
		return "no DHCP server answered";
	if (tried == 0)
		return "no address that DHCP offers is free";
	return client->answer == DHCP_ANSWER_NAK ? "the DHCP server refused the lease"
						 : "the DHCP server did not grant the lease";
}

/* ---- acquiring ---- */

/* Discovery and probing, as far as no check did it. False: stopped. */
static bool prepare(struct run *run)
{
	struct net_session *s = run->net;
	uint64_t took_ns;
	bool unprobed = false;

	s->round_begun = false;
	if (run->config->net_dhcp != DHCP_OFF && !s->dhcp.discovered && !discover_run(run))
		return false;
	probe_add_ours(run);
	for (size_t i = 0; i < s->candidates.count; i++)
		unprobed |= s->candidates.at[i].sources & FROM_OURS && !s->candidates.at[i].probed;
	return !unprobed || probe_run(run, FROM_OURS, &took_ns);
}

bool address_acquire(struct run *run)
{
	struct net_session *s = run->net;
	const struct config *config = run->config;
	char ip[IP4_TEXT], first[64] = "net.ip is not set";
	const struct ip4 none = {0};
	uint16_t cards, preferred;
	unsigned tried = 0;

	if (address_usable(s))
		return true;
	s->address.held = false;
	if (!prepare(run)) {
		record_why(run->rec, "stopped before an address was found to be free");
		return false;
	}
	cards = net_usable(s);
	preferred = net_preferred(run, cards);
	if (cards != 0 && config->has_net_ip && is_free(s, config->net_ip)) {
		take_net_ip(run);
		return true;
	}
	if (config->net_dhcp == DHCP_LEASE &&
		(take_any_lease(run, preferred, none, &tried) ||
			take_any_lease(run, cards & ~(unsigned)preferred, none, &tried)))
		return true;
	if (config->has_net_ip)
		fmt_to(first, sizeof(first), "net.ip %s was not found free",
			ip4_text(ip, config->net_ip));
	record_why(
		run->rec, "no address to speak from: %s, and %s", first, why_no_lease(run, tried));
	return false;
}

bool address_lease_beside(struct run *run, struct ip4 ip, uint16_t cards)
{
	struct net_session *s = run->net;
	unsigned tried = 0;

	if (address_usable(s) && !ip4_same(s->address.ip, ip))
		return cards >> s->address.nic & 1;
	s->address.held = false;
	return run->config->net_dhcp == DHCP_LEASE &&
	       take_any_lease(run, cards & net_usable(s), ip, &tried);
}

/* ---- ARP ---- */

struct question {
	struct ip4 ip;
	uint64_t asked_ns;
	const struct neighbour *answer;
};

/* Looks for an owner of the address heard since it was asked for. */
static bool is_resolved(struct run *run, void *arg)
{
	struct net_session *s = run->net;
	struct question *q = arg;

	q->answer = NULL;
	for (size_t i = 0; i < s->neighbours.count; i++) {
		const struct neighbour *n = &s->neighbours.at[i];

		if (n->nic != s->address.nic || !ip4_same(n->peer.ip, q->ip) ||
			n->last_ns < q->asked_ns)
			continue;
		if (q->answer == NULL || mac_virtual_router(n->peer.mac) != NULL)
			q->answer = n;
	}
	return q->answer != NULL;
}

bool address_resolve(struct run *run, struct ip4 ip, const struct resolve_plan *plan,
	struct mac *ret, unsigned *ret_asked)
{
	struct net_session *s = run->net;
	struct question q = {.ip = ip, .asked_ns = run_now_ns(run)};
	uint64_t end_ns = q.asked_ns + plan->patience_ns;
	unsigned asked = 0;
	bool go_on = true;

	while (go_on && q.answer == NULL && run_now_ns(run) < end_ns && address_usable(s)) {
		struct arp request = {ARP_OP_REQUEST,
			{s->stations[s->address.nic].nic->mac, s->address.ip}, {.ip = ip}};

		asked += net_send_arp(run, s->address.nic, &request);
		go_on = net_wait_for(run, run_now_ns(run) + plan->spacing_ns, is_resolved, &q);
	}
	if (go_on && q.answer != NULL && plan->listen_ns > 0) {
		net_wait(run, run_now_ns(run) + plan->listen_ns);
		is_resolved(run, &q);
	}
	*ret_asked = asked;
	if (q.answer == NULL)
		return false;
	*ret = q.answer->peer.mac;
	return true;
}

bool address_way(struct run *run, struct ip4 ip, const struct resolve_plan *plan, struct mac *ret)
{
	const struct net_address *a = &run->net->address;
	const bool direct = address_is_direct(a, ip);
	unsigned asked;

	return (direct || a->gateway.value != 0) &&
	       address_resolve(run, direct ? ip : a->gateway, plan, ret, &asked);
}
