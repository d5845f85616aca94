/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.gateway: an address to speak from, and the gateway's answer to ARP. Pure over struct nic.
 *
 * Spec.    RFC 826.
 * Pass if: the gateway answers, and with one MAC (virtual routers apart). See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/checks.h"
#include "nicprobe/tell.h"

/* Half a minute and more: a switch port that spanning tree holds back forwards nothing for that long. */
static const struct resolve_plan plan_quick = {5ull * NS_PER_S, 1ull * NS_PER_S,
					 500ull * NS_PER_MS},
				 plan_thorough = {
					 45ull * NS_PER_S, 1ull * NS_PER_S, 1000ull * NS_PER_MS};

static const char *own_address_text(const struct net_address *a, char *buf, size_t cap)
{
	char ip[IP4_TEXT], server[IP4_TEXT];

	fmt_to(buf, cap, "%s/%u", ip4_text(ip, a->ip), a->prefix);
	if (a->leased)
		fmt_add(buf, cap, ", leased from %s", ip4_text(server, a->offer.server));
	return buf;
}

static enum verdict tell_silent(struct run *run, unsigned asked)
{
	const struct net_session *s = run->net;
	char ip[IP4_TEXT];
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, s->address.gateway)),
		FIELD_STR("nic", net_id(s, s->address.nic)), FIELD_NUM("count", asked)};

	if (asked == 0) {
		record_why(run->rec, "the gateway could not be asked: no frame could be sent");
		return SKIP;
	}
	record_finding(run->rec, FINDING_NET_GATEWAY_SILENT, NULL, fields, ARRAY_LEN(fields),
		"The gateway %s did not answer %u ARP requests on %s.", ip, asked,
		net_id(s, s->address.nic));
	record_why(run->rec, "%s did not answer %u ARP requests", ip, asked);
	return FAIL;
}

/* The gateway answered: was it one? */
static enum verdict conclude(struct run *run, struct candidate *gateway, struct mac mac)
{
	const struct net_session *s = run->net;
	const char *router = mac_virtual_router(mac);
	char ip[IP4_TEXT], text[MAC_TEXT], own[64];

	record_why(run->rec, "%s answers on %s from %s%s%s; we speak as %s",
		ip4_text(ip, gateway->ip), net_id(s, s->address.nic), mac_text(text, mac),
		router ? ", a virtual router by " : "", router ? router : "",
		own_address_text(&s->address, own, sizeof(own)));
	if (candidate_state(gateway) < CANDIDATE_PROXY)
		return PASS;
	tell_conflict(run, gateway);
	return WARN;
}

static enum verdict ask(struct run *run)
{
	const struct resolve_plan *plan = config_thorough(run->config) ? &plan_thorough
								       : &plan_quick;
	struct net_session *s = run->net;
	const struct net_address *a = &s->address;
	struct candidate *gateway;
	unsigned asked;
	struct mac mac;

	if (!address_on_link(a, a->gateway))
		record_note(
			run->rec, NULL, "The gateway is outside the subnet of our own address.");
	gateway = candidate_add(&s->candidates, &s->neighbours, a->gateway, FROM_GATEWAY,
		(uint16_t)(1u << a->nic), a->prefix);
	if (gateway == NULL) {
		record_why(run->rec,
			"too many addresses on this network to keep track of the gateway's");
		return SKIP;
	}
	if (address_resolve(run, a->gateway, plan, &mac, &asked))
		return conclude(run, gateway, mac);
	if (!run->stopped && address_usable(s))
		return tell_silent(run, asked);
	record_why(run->rec, run->stopped ? "stopped before the gateway had time to answer"
					  : "our own address, or the card, was lost while asking");
	return SKIP;
}

static enum verdict gateway(struct run *run)
{
	struct net_session *s = run->net;
	enum verdict verdict = SKIP;

	if (!net_ready(run))
		return SKIP;
	if (address_acquire(run)) {
		if (s->address.gateway.value == 0)
			record_why(run->rec, "no gateway known: set net.gateway");
		else if (ip4_same(s->address.gateway, s->address.ip))
			record_why(run->rec, "the gateway given is this server's own address");
		else
			verdict = ask(run);
	}
	tell_new(run);
	return verdict;
}

const struct check net_gateway_check = {
	.id = "net.gateway",
	.title = "The gateway answers ARP",
	.pass_if = "the gateway answers ARP requests, from one MAC address",
	.need = NEED_NIC,
	.run = gateway,
};
