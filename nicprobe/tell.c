/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings that may come up at any time while the cards are open. Pure. See tell.h. */
#include "nicprobe/tell.h"
#include "core/fmt.h"
#include "nicprobe/health.h"
#include "nicprobe/nd_tell.h"
#include "nicprobe/vendor.h"

#define TAGGED_MIN    3 /* frames: a stray one proves nothing */
#define VENDORS_NAMED 3 /* in a sentence; of the others the MAC address must do */
#define PLACES_TEXT   (4 * PLACE_TEXT)
#define ALL_TEXT      (VENDORS_NAMED * VENDOR_MAC_TEXT + CLAIMS_MAX * (MAC_TEXT + 1) + PLACES_TEXT)

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
	       : c->sources & FROM_STRAY   ? "an address that DHCP offers to others"
	       : c->sources & FROM_SWEEP   ? "an address of this subnet"
					   : "an address that others ask for";
}

static const char *circumstance(const struct net_session *s, const struct candidate *c)
{
	if (candidate_state(c) == CANDIDATE_PROXY)
		return "; an unused address is answered for as well, so it may be proxy ARP";
	if (candidate_is_silent(c))
		return "; it sends packets from it, but answers no ARP request";
	return c->sources & FROM_OURS && !s->address.held ? " while this server is off the air"
							  : "";
}

/* Where the switch has seen `mac`: into the sentence, and into the list of places for the finding. */
static void add_place(const struct mac_places *t, struct mac mac, char *all, char *places)
{
	const char *place = mac_place_text(t, mac);

	if (place[0] == '\0')
		return;
	fmt_add(all, ALL_TEXT, " behind %s", place);
	if (places[0] != '\0')
		fmt_add(places, PLACES_TEXT, ", ");
	fmt_add(places, PLACES_TEXT, "%s", place);
}

void tell_conflict(struct run *run, struct candidate *c)
{
	char ip[IP4_TEXT], text[CLAIMS_MAX][MAC_TEXT], vendor[VENDOR_TEXT];
	char all[ALL_TEXT] = "";
	char named[VENDOR_MAC_TEXT], places[PLACES_TEXT] = "";
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
		add_place(&run->net->places, macs[i], all, places);
	}
	const struct field fields[] = {
		FIELD_STR("ip", ip4_text(ip, c->ip)), FIELD_STR("mac", list[0]),
		FIELD_LIST("macs", list, mac_count),
		FIELD_STR("vendor", vendor_of(macs[0], vendor)), FIELD_NUM("count", count),
		FIELD_STR("nic", heard_by(run->net, c, macs[0])),
		FIELD_NUM("first_ms", (first_ns - run->rec->start_ns) / NS_PER_MS),
		FIELD_STR("switch_port", places), /* last: left out where it is not known */
	};
	const bool again = c->reported;

	c->reported = true;
	c->placed = places[0] != '\0';
	(again ? record_finding_more : record_finding_as)(run->rec, FINDING_NET_DUPLICATE_IP,
		verdict, NULL, fields, ARRAY_LEN(fields) - (places[0] == '\0'),
		"%s, %s, is held by %s%s%s.", ip, relation(c),
		mac_count == 1 ? ""
		: c->sources & FROM_OURS
			? "several devices: "
			: "several devices, or by one that answers on several cards: ",
		all, circumstance(run->net, c));
}

static bool has_place(const struct mac_places *t, const struct candidate *c)
{
	struct mac macs[CLAIMS_MAX];
	size_t count = candidate_macs(c, macs);

	while (count > 0 && mac_place_text(t, macs[count - 1])[0] == '\0')
		count--;
	return count > 0;
}

void tell_places(struct run *run)
{
	struct net_session *s = run->net;

	if (!mac_places_due(run))
		return;
	mac_places_look(run);
	for (size_t i = 0; i < s->candidates.count; i++) {
		struct candidate *c = &s->candidates.at[i];

		if (c->sought && !c->placed && has_place(&s->places, c))
			tell_conflict(run, c);
	}
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

static bool is_new_conflict(const struct net_session *s, const struct candidate *c)
{
	return !s->round_begun && !c->reported && candidate_state(c) == CANDIDATE_CONFLICT &&
	       is_still_ours(s, c);
}

static void tell_new_conflicts(struct run *run)
{
	struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count; i++) {
		if (is_new_conflict(run->net, &t->at[i]))
			tell_conflict(run, &t->at[i]);
	}
}

/* ---- cards ---- */

static bool has_flaps(const struct net_session *s, const struct station *st)
{
	(void)s;
	return st->flaps != st->flaps_reported;
}

static void tell_flaps(struct run *run, struct station *st)
{
	const struct field fields[] = {
		FIELD_STR("nic", st->nic->id), FIELD_NUM("count", st->flaps)};

	st->flaps_reported = st->flaps;
	record_finding(run->rec, FINDING_NIC_LINK_FLAP, st->nic->id, fields, ARRAY_LEN(fields),
		"The link of %s went down %u time%s while the tests ran.", st->nic->id, st->flaps,
		st->flaps == 1 ? "" : "s");
}

static bool has_loop(const struct net_session *s, const struct station *st)
{
	return !st->loop_reported && st->hears >> (st - s->stations) & 1;
}

static void tell_loop(struct run *run, struct station *st)
{
	char mac[MAC_TEXT];
	const struct field fields[] = {
		FIELD_STR("nic", st->nic->id), FIELD_STR("mac", mac_text(mac, st->nic->mac))};

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
static bool has_clones(const struct net_session *s, const struct station *st)
{
	return st->clones > 0 && !st->clones_reported && !any_loop(s);
}

static void tell_clones(struct run *run, struct station *st)
{
	char mac[MAC_TEXT];
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_STR("mac", mac_text(mac, st->nic->mac)), FIELD_NUM("count", st->clones)};

	st->clones_reported = true;
	record_finding(run->rec, FINDING_NET_DUPLICATE_MAC, NULL, fields, ARRAY_LEN(fields),
		"%llu frame%s arrived from %s, the MAC address of %s, which this server did not send.",
		(unsigned long long)st->clones, st->clones == 1 ? "" : "s", mac, st->nic->id);
}

/* While other rooms worked. */
static bool has_hang(const struct net_session *s, const struct station *st)
{
	(void)s;
	return st->hang_untold;
}

static void tell_hang(struct run *run, struct station *st)
{
	st->hang_untold = false;
	tell_tx_hang(run, st);
}

void tell_tx_hang(struct run *run, const struct station *st)
{
	const struct field fields[] = {FIELD_STR("nic", st->nic->id)};

	record_finding(run->rec, FINDING_NIC_TX_HANG, st->nic->id, fields, ARRAY_LEN(fields),
		"%s accepted a frame and never reported it sent; nothing more is sent on it.",
		st->nic->id);
}

/* ---- the other end of the cable ---- */

/* What to make of the duplex at both ends; PASS: nothing. Where our own is not known, half at the other end is a warning;
 * where both are half, nic-slow-link tells of it. */
static enum verdict duplex_verdict(const struct station *st)
{
	const struct switch_port *port = switch_port_best(&st->switches);
	const enum duplex own = st->health.known ? st->health.wire.duplex : DUPLEX_UNKNOWN;

	if (port == NULL || port->duplex == DUPLEX_UNKNOWN || port->duplex == own)
		return PASS;
	if (own == DUPLEX_UNKNOWN)
		return port->duplex == DUPLEX_HALF ? WARN : PASS;
	return FAIL;
}

static bool has_mismatch(const struct net_session *s, const struct station *st)
{
	(void)s;
	return !st->duplex_reported && duplex_verdict(st) != PASS;
}

static void tell_mismatch(struct run *run, struct station *st)
{
	const struct switch_port *port = switch_port_best(&st->switches);
	const enum verdict verdict = duplex_verdict(st);
	const char *theirs = port->duplex == DUPLEX_HALF ? "half" : "full";
	char text[2 * SWITCH_TEXT];
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_STR("switch_port", switch_port_text(port, text, sizeof(text))),
		FIELD_STR("duplex", theirs), FIELD_NUM("speed_mbps", port->speed_mbps)};

	st->duplex_reported = true;
	record_finding_as(run->rec, FINDING_NET_DUPLEX_MISMATCH, verdict, st->nic->id, fields,
		ARRAY_LEN(fields), "The switch at %s says its port runs at %s duplex (%s): %s.",
		st->nic->id, theirs, text,
		verdict == FAIL ? "the card runs at the other one"
				: "one side is set by hand, or the cable is bad");
}

static bool has_only_tagged(const struct net_session *s, const struct station *st)
{
	(void)s;
	return !st->vlans_reported && st->traffic.tagged >= TAGGED_MIN && !st->heard;
}

static void tell_only_tagged(struct run *run, struct station *st)
{
	char list[VLANS_NAMED * 6 + 16];
	const struct field fields[] = {FIELD_STR("nic", st->nic->id),
		FIELD_STR("vlans", traffic_vlans(&st->traffic, list, sizeof(list))),
		FIELD_NUM("count", st->traffic.tagged)};

	st->vlans_reported = true;
	record_finding(run->rec, FINDING_NET_VLAN_MISMATCH, NULL, fields, ARRAY_LEN(fields),
		"Only frames with a VLAN tag arrive on %s (VLAN %s), none without: the switch port is a trunk, and this server speaks untagged.",
		st->nic->id, list);
}

/* ---- all of it ---- */

static const struct {
	bool (*has)(const struct net_session *s, const struct station *st);
	void (*tell)(struct run *run, struct station *st);
} news[] = {
	{has_flaps, tell_flaps},
	{has_loop, tell_loop},
	{has_clones, tell_clones},
	{has_hang, tell_hang},
	{has_mismatch, tell_mismatch},
	{health_has_errors, health_tell_errors},
	{has_only_tagged, tell_only_tagged},
	{nd_has_news, nd_tell},
};

void tell_new(struct run *run)
{
	struct net_session *s = run->net;

	for (size_t i = 0; i < s->station_count; i++)
		health_read(&s->stations[i]);
	for (size_t n = 0; n < ARRAY_LEN(news); n++) {
		for (size_t i = 0; i < s->station_count; i++) {
			if (s->stations[i].opened && news[n].has(s, &s->stations[i]))
				news[n].tell(run, &s->stations[i]);
		}
	}
	tell_new_conflicts(run);
}

bool tell_has_news(const struct run *run)
{
	const struct net_session *s = run->net;

	for (size_t n = 0; n < ARRAY_LEN(news); n++) {
		for (size_t i = 0; i < s->station_count; i++) {
			if (s->stations[i].opened && news[n].has(s, &s->stations[i]))
				return true;
		}
	}
	for (size_t i = 0; i < s->candidates.count; i++) {
		if (is_new_conflict(s, &s->candidates.at[i]))
			return true;
	}
	return mac_places_due(run);
}
