/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.duplicate-ip: whether an address has a second owner. Pure over struct nic.
 *
 * This server is off the air, so its own address must be silent: any answer is the second owner. Addresses of
 * others may have one owner, not two.
 * Spec.    RFC 5227.
 * Pass if: nobody claims an address of ours, and no other address probed has two owners. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/ask.h"
#include "nicprobe/checks.h"
#include "nicprobe/discover.h"
#include "nicprobe/probe.h"
#include "nicprobe/stranger.h"
#include "nicprobe/tell.h"
#include "nicprobe/vendor.h"

#define LISTED_MAX  4
#define CARDS_BYTES (NET_NICS_MAX * 7)

/* What came of the candidates: how many, and a list of the first few for people. */
struct tally {
	size_t count;
	char text[LISTED_MAX * IP4_TEXT + 16];
};

struct outcome {
	struct tally ours_free, others_fine, conflicts, unprobed, unheard, unanswered, virtual;
	uint16_t cards; /* on which addresses were probed */
};

static void tally(struct tally *t, struct ip4 ip)
{
	char text[IP4_TEXT];

	t->count++;
	if (t->count <= LISTED_MAX)
		fmt_add(t->text, sizeof(t->text), "%s%s", t->count > 1 ? ", " : "",
			ip4_text(text, ip));
	else if (t->count == LISTED_MAX + 1)
		fmt_add(t->text, sizeof(t->text), " and more");
}

static void note_virtual(struct run *run, const struct candidate *c)
{
	char ip[IP4_TEXT], mac[MAC_TEXT];

	for (size_t i = 0; i < c->claim_count; i++) {
		const char *name = mac_virtual_router(c->claims[i].mac);

		if (name != NULL)
			record_note(run->rec, NULL,
				"%s is answered for by %s, a virtual router address (%s): a failover group has taken it over.",
				ip4_text(ip, c->ip), mac_text(mac, c->claims[i].mac), name);
	}
}

/* What DHCP would give to the next client is to be nobody's. */
static void tell_taken(struct run *run, const struct candidate *c)
{
	const struct dhcp_client *client = &run->net->dhcp;
	char ip[IP4_TEXT], server[IP4_TEXT], mac[MAC_TEXT], vendor[VENDOR_TEXT];
	char named[VENDOR_MAC_TEXT];
	struct mac macs[CLAIMS_MAX];
	size_t i = 0;

	while (i < client->stray_count && !ip4_same(client->strays[i].ip, c->ip))
		i++;
	if (i == client->stray_count || candidate_macs(c, macs) == 0)
		return;
	const struct field fields[] = {FIELD_STR("ip", ip4_text(ip, c->ip)),
		FIELD_STR("mac", mac_text(mac, macs[0])),
		FIELD_STR("vendor", vendor_of(macs[0], vendor)),
		FIELD_STR("server", ip4_text(server, client->strays[i].server)),
		FIELD_STR("nic", net_id(run->net, client->strays[i].nic))};

	record_finding(run->rec, FINDING_NET_DHCP_TAKEN, NULL, fields, ARRAY_LEN(fields),
		"The DHCP server %s offers %s to whoever asks, and %s has it.", server, ip,
		vendor_mac_text(named, macs[0]));
}

static void judge(struct run *run, struct candidate *c, struct outcome *o)
{
	enum candidate_state state = candidate_state(c);
	bool ours = c->sources & FROM_OURS;

	o->cards |= c->nics;
	if (state < CANDIDATE_PROXY && candidate_is_taken_stray(c))
		tell_taken(run, c);
	if (state >= CANDIDATE_PROXY) {
		tally(&o->conflicts, c->ip);
		tell_conflict(run, c);
	} else if (!c->probed) {
		tally(&o->unprobed, c->ip);
	} else if (state == CANDIDATE_VIRTUAL) {
		tally(&o->virtual, c->ip);
		note_virtual(run, c);
	} else if (state == CANDIDATE_FREE && !c->heard) {
		tally(&o->unheard, c->ip);
	} else {
		tally(ours ? &o->ours_free : &o->others_fine, c->ip);
	}
	if (c->sources == FROM_ASKED && c->probed && state == CANDIDATE_FREE)
		tally(&o->unanswered, c->ip);
}

/* "nic0, nic1": of the cards that were probed on, those where nobody was heard. */
static const char *silent_cards(
	const struct net_session *s, const struct outcome *o, char text[CARDS_BYTES])
{
	uint16_t cards = o->cards & net_usable(s) & (uint16_t)~net_heard_by(s, UINT64_MAX);

	text[0] = '\0';
	for (unsigned i = 0; i < s->station_count; i++) {
		if (cards >> i & 1)
			fmt_add(text, CARDS_BYTES, "%s%s", text[0] ? ", " : "", net_id(s, i));
	}
	return text;
}

/* Why nothing can be concluded, in record_why(). False: something can. */
static bool inconclusive(struct run *run, const struct outcome *o, bool whole)
{
	char cards[CARDS_BYTES];

	silent_cards(run->net, o, cards);
	if (!whole)
		record_why(run->rec, "stopped before the probes were done");
	else if (o->unprobed.count > 0)
		record_why(run->rec, "the probes could not be sent");
	else if (o->unheard.count > 0 && cards[0] != '\0')
		record_why(run->rec,
			"nobody at all was heard on %s, so no answer for %s proves nothing; does the switch port forward, and in the right VLAN?",
			cards, o->unheard.text);
	else if (o->unheard.count > 0)
		record_why(
			run->rec, "the network came to life too late to probe %s", o->unheard.text);
	else if (o->ours_free.count + o->others_fine.count == 0)
		record_why(run->rec,
			o->virtual.count > 0
				? "the address is held by a failover group"
				: "the addresses to probe were being taken by others just now");
	else
		return false;
	return true;
}

/* Of the addresses that are ours; the finding is told already, and this may take a while. */
static void look_at_strangers(struct run *run)
{
	const struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count && !run->stopped; i++) {
		const struct candidate c = t->at[i]; /* acquiring an address may move the table */

		if (c.sources & FROM_OURS && candidate_state(&c) == CANDIDATE_CONFLICT)
			stranger_look(run, &c);
	}
}

static enum verdict conclude(
	struct run *run, bool whole, uint64_t took_ns, const struct asked *asked)
{
	struct candidates *t = &run->net->candidates;
	unsigned probes = 0;
	struct outcome o = {0};
	char took[FMT_SIZE], what[224] = "", cards[CARDS_BYTES], ip[IP4_TEXT];

	for (size_t i = 0; i < t->count; i++) {
		if (!(t->at[i].sources & FROM_ANY))
			continue;
		probes = t->at[i].probes > probes ? t->at[i].probes : probes;
		judge(run, &t->at[i], &o);
	}
	if (o.unanswered.count > 0)
		record_note(run->rec, NULL,
			"Others ask for %s and nobody answers; if that is this server's address, set net.ip.",
			o.unanswered.text);
	if (o.conflicts.count > 0) {
		tell_places(run);
		look_at_strangers(run);
		record_why(run->rec, "more owners than there should be: %s", o.conflicts.text);
		return SKIP; /* the findings weigh more */
	}
	if (inconclusive(run, &o, whole))
		return SKIP;
	if (silent_cards(run->net, &o, cards)[0] != '\0')
		record_note(run->rec, NULL,
			"Nobody was heard on %s: what is said of addresses holds for the other cards.",
			cards);
	if (o.ours_free.count > 0)
		fmt_add(what, sizeof(what), "no second owner of %s", o.ours_free.text);
	if (o.others_fine.count > 0)
		fmt_add(what, sizeof(what), "%sno two owners of %zu %saddress%s",
			what[0] ? ", " : "", o.others_fine.count, what[0] ? "other " : "",
			o.others_fine.count == 1 ? "" : "es");
	fmt_add(what, sizeof(what), " in %u probes over %s", probes, fmt_duration(took, took_ns));
	if (asked->requests > 0)
		fmt_add(what, sizeof(what), ", nor of net.ip in %u requests from %s",
			asked->requests, ip4_text(ip, asked->from));
	record_why(run->rec, "%s", what);
	record_coverage(run->rec, PART_ID_NETWORK, "%s", what);
	return PASS;
}

static bool has_candidates(const struct candidates *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].sources & FROM_ANY)
			return true;
	}
	return false;
}

static enum verdict duplicate_ip(struct run *run)
{
	struct net_session *s = run->net;
	enum verdict verdict = SKIP;
	struct asked asked = {0};
	uint64_t took_ns = 0;
	bool whole = true;

	if (!net_ready(run))
		return SKIP;
	if (!s->round_begun)
		probe_round(run);
	s->round_begun = false;
	if (run->config->net_dhcp != DHCP_OFF && !s->dhcp.discovered)
		whole = discover_run(run);
	probe_add_ours(run);
	probe_add_others(run);
	if (!has_candidates(&s->candidates)) {
		record_why(run->rec, "no address to probe: set net.ip");
	} else {
		whole = whole && probe_run(run, FROM_ANY, &took_ns) && probe_controls(run) &&
			ask_for_net_ip(run, &asked);
		verdict = conclude(run, whole, took_ns, &asked);
	}
	tell_new(run);
	return verdict;
}

const struct check net_duplicate_ip_check = {
	.id = "net.duplicate-ip",
	.title = "Second owners of IP addresses",
	.pass_if =
		"nobody claims this server's address, and no other address probed has two owners",
	.need = NEED_NIC,
	.run = duplicate_ip,
};
