/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings that may come up at any time while the cards are open. Pure. See tell.h. */
#include "nicprobe/tell.h"
#include "core/fmt.h"
#include "nicprobe/vendor.h"

#define VENDORS_NAMED 3 /* in a sentence; of the others the MAC address must do */

/* ---- conflicts ---- */

/* The card that heard the first claim of `mac` that counts. */
static const char *heard_by(const struct net_session *s, const struct candidate *c, struct mac mac)
{
	for (size_t i = 0; i < c->claim_count; i++) {
		if (mac_same(c->claims[i].mac, mac) && c->nics >> c->claims[i].nic & 1)
			return net_id(s, c->claims[i].nic);
	}
	return "";
}

static const char *relation(const struct candidate *c)
{
	return c->sources & FROM_NET_IP    ? "this server's address"
	       : c->sources & FROM_OFFER   ? "the address that DHCP offers this server"
	       : c->sources & FROM_GATEWAY ? "the gateway's address"
	       : c->sources & FROM_PEER    ? "the address of net.peer"
					   : "an address that others ask for";
}

static const char *circumstance(const struct net_session *s, const struct candidate *c)
{
	if (candidate_state(c) == CANDIDATE_PROXY)
		return "; an unused address is answered for as well, so it may be proxy ARP";
	return c->sources & FROM_OURS && !s->address.held ? " while this server is off the air"
							  : "";
}

void tell_conflict(struct run *run, struct candidate *c)
{
	char ip[IP4_TEXT], text[CLAIMS_MAX][MAC_TEXT], vendor[VENDOR_TEXT];
	char all[VENDORS_NAMED * VENDOR_MAC_TEXT + CLAIMS_MAX * (MAC_TEXT + 1)] = "";
	char named[VENDOR_MAC_TEXT];
	enum verdict verdict = candidate_state(c) == CANDIDATE_PROXY ? WARN : FAIL;
	const char *list[CLAIMS_MAX];
	struct mac macs[CLAIMS_MAX];
	size_t mac_count = candidate_macs(c, macs);
	uint64_t count, first_ns;

	if (mac_count == 0 || !candidate_totals(c, &count, &first_ns))
		return;
	for (size_t i = 0; i < mac_count; i++) {
		list[i] = mac_text(text[i], macs[i]);
		fmt_add(all, sizeof(all), "%s%s", i > 0 ? ", " : "",
			i < VENDORS_NAMED ? vendor_mac_text(named, macs[i]) : list[i]);
	}
	const struct field fields[] = {
		FIELD_STR("ip", ip4_text(ip, c->ip)),
		FIELD_STR("mac", list[0]),
		FIELD_LIST("macs", list, mac_count),
		FIELD_STR("vendor", vendor_of(macs[0], vendor)),
		FIELD_NUM("count", count),
		FIELD_STR("nic", heard_by(run->net, c, macs[0])),
		FIELD_NUM("first_ms", (first_ns - run->rec->start_ns) / NS_PER_MS),
	};
	c->reported = true;
	record_finding_as(run->rec, FINDING_NET_DUPLICATE_IP, verdict, NULL, fields,
		ARRAY_LEN(fields), "%s, %s, is held by %s%s%s.", ip, relation(c),
		mac_count == 1 ? ""
		: c->sources & FROM_OURS
			? "several devices: "
			: "several devices, or by one that answers on several cards: ",
		all, circumstance(run->net, c));
}

/* Servers keep an offer for us at least so long; whoever has the address later may have got it by right. */
#define OFFER_KEPT_NS (30ull * NS_PER_S)

static bool is_still_ours(const struct net_session *s, const struct candidate *c)
{
	uint64_t count, first_ns;

	if (c->sources & FROM_NET_IP || (s->address.held && ip4_same(s->address.ip, c->ip)))
		return true;
	return c->sources & FROM_OFFER && candidate_totals(c, &count, &first_ns) &&
	       first_ns < s->dhcp.ended_ns + OFFER_KEPT_NS;
}

static void tell_new_conflicts(struct run *run)
{
	struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count; i++) {
		struct candidate *c = &t->at[i];

		if (!c->reported && candidate_state(c) == CANDIDATE_CONFLICT &&
			is_still_ours(run->net, c))
			tell_conflict(run, c);
	}
}

/* ---- cards ---- */

static void tell_flaps(struct run *run, struct station *st)
{
	const struct field fields[] = {
		FIELD_STR("nic", st->nic->id), FIELD_NUM("count", st->flaps)};

	if (st->flaps == st->flaps_reported)
		return;
	st->flaps_reported = st->flaps;
	record_finding(run->rec, FINDING_NIC_LINK_FLAP, st->nic->id, fields, ARRAY_LEN(fields),
		"The link of %s went down %u time%s while the tests ran.", st->nic->id, st->flaps,
		st->flaps == 1 ? "" : "s");
}

static void tell_loop(struct run *run, struct station *st, uint16_t own_bit)
{
	char mac[MAC_TEXT];
	const struct field fields[] = {
		FIELD_STR("nic", st->nic->id), FIELD_STR("mac", mac_text(mac, st->nic->mac))};

	if (st->loop_reported || !(st->hears & own_bit))
		return;
	st->loop_reported = true;
	record_finding(run->rec, FINDING_NET_LOOP, NULL, fields, ARRAY_LEN(fields),
		"Frames that %s sent came back to it: the network behind it loops.", st->nic->id);
}

static bool any_loop(const struct net_session *s)
{
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].hears >> i & 1)
			return true;
	}
	return false;
}

/* In a loop, frames older than our memory of them may still circulate: they prove nothing. */
static void tell_clones(struct run *run, struct station *st)
{
	char mac[MAC_TEXT];
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_STR("mac", mac_text(mac, st->nic->mac)), FIELD_NUM("count", st->clones)};

	if (st->clones == 0 || st->clones_reported || any_loop(run->net))
		return;
	st->clones_reported = true;
	record_finding(run->rec, FINDING_NET_DUPLICATE_MAC, NULL, fields, ARRAY_LEN(fields),
		"%llu frame%s arrived from %s, the MAC address of %s, which this server did not send.",
		(unsigned long long)st->clones, st->clones == 1 ? "" : "s", mac, st->nic->id);
}

void tell_new(struct run *run)
{
	struct net_session *s = run->net;

	for (size_t i = 0; i < s->station_count; i++) {
		tell_flaps(run, &s->stations[i]);
		tell_loop(run, &s->stations[i], (uint16_t)(1u << i));
		tell_clones(run, &s->stations[i]);
	}
	tell_new_conflicts(run);
}
