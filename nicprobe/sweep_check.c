/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.sweep: who answers for the addresses of our subnet, and whether any has two owners. Pure over struct nic.
 *
 * Everybody is asked by ARP, twice, from our address if one is held and else without one. An address with two MACs
 * is only a suspect: it is probed again, and judged as candidate.h judges (virtual routers, proxies).
 * Of a subnet larger than 254 hosts, only the addresses that were seen or are named, and the gateway's neighbours, are asked.
 * Spec.    RFC 826; RFC 5227 section 2.1.1.
 * Pass if: of the addresses that are answered for, none has two owners. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/address.h"
#include "nicprobe/checks.h"
#include "nicprobe/probe.h"
#include "nicprobe/tell.h"

#define ROUNDS         2
#define SPACING_NS     (4ull * NS_PER_MS)
#define LISTEN_NS      (1ull * NS_PER_S)
#define WHOLE_PREFIX   24 /* larger subnets are not asked whole */
#define AROUND_GATEWAY 16
#define SUSPECTS_MAX   32
#define LISTED_MAX     8
#define FRESH_NS \
	(600ull * NS_PER_S) /* who was heard longer ago may have left its address to another */

/* What the sweep is about. */
struct subnet {
	struct ip4 ip; /* any of its addresses */
	unsigned prefix;
	uint8_t nic;
};

/* ---- what to ask for ---- */

/* Ours if we hold one, else that of net.ip or of an offer. False: not known, or no card to ask on. */
static bool find_subnet(const struct run *run, struct subnet *ret)
{
	const struct net_session *s = run->net;
	const struct config *config = run->config;
	const uint16_t cards = net_preferred(run, net_usable(s));

	if (cards == 0)
		return false;
	if (address_usable(s)) {
		*ret = (struct subnet){s->address.ip, s->address.prefix, s->address.nic};
		return true;
	}
	if (config->has_net_ip) {
		const uint16_t alive = cards & net_heard_by(s, UINT64_MAX);

		*ret = (struct subnet){config->net_ip, config->net_prefix,
			(uint8_t)net_first(alive != 0 ? alive : cards)};
		return true;
	}
	for (size_t i = 0; i < s->dhcp.offer_count; i++) {
		const struct dhcp_offer *o = &s->dhcp.offers[i];

		if (cards >> o->nic & 1) {
			*ret = (struct subnet){o->ip, o->prefix, o->nic};
			return true;
		}
	}
	return false;
}

static bool is_inside(const struct subnet *net, struct ip4 ip)
{
	return ((ip.value ^ net->ip.value) & ip4_mask(net->prefix).value) == 0;
}

/* Our own addresses have their own check, which also knows that nobody at all may answer for them. */
static void add(struct run *run, const struct subnet *net, struct ip4 ip)
{
	const struct net_session *s = run->net;
	const uint32_t host_bits = ~ip4_mask(net->prefix).value, host = ip.value & host_bits;
	const struct candidate *c = candidate_find(&s->candidates, ip);

	if (is_inside(net, ip) && (host_bits <= 1 || (host != 0 && host != host_bits)) &&
		(c == NULL || !(c->sources & FROM_OURS)))
		sweep_add(&run->net->sweep, ip);
}

static void add_named(struct run *run, const struct subnet *net)
{
	const struct net_session *s = run->net;
	const struct config *config = run->config;
	const struct ip4 gateway = s->address.held ? s->address.gateway : config->net_gateway;

	add(run, net, config->net_peer);
	add(run, net, config->net_dns);
	for (uint32_t i = 0; gateway.value != 0 && i <= 2 * AROUND_GATEWAY; i++)
		add(run, net, (struct ip4){gateway.value - AROUND_GATEWAY + i});
	for (size_t i = 0; i < s->neighbours.count; i++)
		add(run, net, s->neighbours.at[i].peer.ip);
	for (size_t i = 0; i < s->targets.count; i++)
		add(run, net, s->targets.at[i].ip);
}

static void begin(struct run *run, const struct subnet *net)
{
	struct net_session *s = run->net;
	const uint64_t now_ns = run_now_ns(run);
	const uint32_t mask = ip4_mask(net->prefix).value;

	if (now_ns > FRESH_NS)
		neighbours_forget(&s->neighbours, now_ns - FRESH_NS);
	s->sweep = (struct arp_sweep){.active = true, .nic = net->nic};
	if (net->prefix < WHOLE_PREFIX)
		add_named(run, net);
	for (uint32_t host = 0; net->prefix >= WHOLE_PREFIX && host <= ~mask; host++)
		add(run, net, (struct ip4){(net->ip.value & mask) | host});
	for (size_t i = 0; i < s->neighbours.count; i++)
		sweep_hear(&s->sweep, s->neighbours.at[i].nic, s->neighbours.at[i].peer);
}

/* ---- asking ---- */

/* Returns how many requests were sent; *ret_whole says whether all were, and listened for. */
static unsigned ask_all(struct run *run, bool *ret_whole)
{
	struct net_session *s = run->net;
	const struct arp_sweep *t = &s->sweep;
	uint64_t next_ns = run_now_ns(run);
	unsigned sent = 0;

	*ret_whole = false;
	for (size_t i = 0; i < ROUNDS * t->count; i++) {
		const struct ip4 own = address_usable(s) && s->address.nic == t->nic
					       ? s->address.ip
					       : (struct ip4){0};
		const struct arp request = {ARP_OP_REQUEST, {s->stations[t->nic].nic->mac, own},
			{.ip = t->at[i % t->count].ip}};

		if (!net_wait(run, next_ns))
			return sent;
		sent += net_send_arp(run, t->nic, &request);
		next_ns = run_now_ns(run) + SPACING_NS;
	}
	*ret_whole = net_wait(run, run_now_ns(run) + LISTEN_NS) && sent == ROUNDS * t->count;
	return sent;
}

/* ---- judging ---- */

struct tally {
	size_t answered, proxied, conflicts, unjudged;
	char hosts[LISTED_MAX * IP4_TEXT + 16];
	char doubles[LISTED_MAX * IP4_TEXT + 16];
};

static void list(char *to, size_t cap, size_t before, struct ip4 ip)
{
	char text[IP4_TEXT];

	if (before < LISTED_MAX)
		fmt_add(to, cap, "%s%s", before > 0 ? ", " : "", ip4_text(text, ip));
	else if (before == LISTED_MAX)
		fmt_add(to, cap, " and more");
}

/* Makes a candidate of every address with several MACs. Those beyond what the tables hold are not judged. */
static size_t add_suspects(struct run *run, struct tally *sum)
{
	struct net_session *s = run->net;
	const struct arp_sweep *t = &s->sweep;
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].mac_count < 2)
			continue;
		if (count < SUSPECTS_MAX &&
			candidate_add(&s->candidates, &s->neighbours, t->at[i].ip, FROM_SWEEP,
				(uint16_t)(1u << t->nic), WHOLE_PREFIX) != NULL)
			count++;
		else
			sum->unjudged++;
	}
	return count;
}

/* Who answers for most of the subnet is a proxy, and needs no address that nobody has to prove it. */
static void mark_crowd(struct run *run)
{
	struct net_session *s = run->net;
	struct candidate control = {0};
	struct mac macs[SWEEP_CROWD_MAX];
	char text[MAC_TEXT];
	const size_t count = sweep_crowd(&s->sweep, macs);

	for (size_t i = 0; i < count; i++) {
		control.claims[control.claim_count++].mac = macs[i];
		record_note(run->rec, NULL,
			"%s answers for most of the %zu addresses asked for: proxy ARP.",
			mac_text(text, macs[i]), s->sweep.count);
	}
	candidates_mark_proxies(&s->candidates, &control);
}

/* Whether anybody but proxies answers for the address. */
static bool has_owner(const struct sweep_host *h, const struct mac *crowd, size_t crowd_count)
{
	size_t proxies = 0;

	for (size_t i = 0; i < h->mac_count; i++) {
		for (size_t j = 0; j < crowd_count; j++)
			proxies += mac_same(h->macs[i], crowd[j]);
	}
	return h->mac_count > proxies;
}

static void count_hosts(const struct arp_sweep *t, struct tally *sum)
{
	struct mac crowd[SWEEP_CROWD_MAX];
	const size_t crowd_count = sweep_crowd(t, crowd);

	for (size_t i = 0; i < t->count; i++) {
		if (has_owner(&t->at[i], crowd, crowd_count))
			list(sum->hosts, sizeof(sum->hosts), sum->answered++, t->at[i].ip);
		else
			sum->proxied += t->at[i].mac_count > 0;
	}
}

static void judge_suspects(struct run *run, struct tally *sum)
{
	struct candidates *t = &run->net->candidates;

	for (size_t i = 0; i < t->count; i++) {
		struct candidate *c = &t->at[i];

		if (!(c->sources & FROM_SWEEP) || candidate_state(c) != CANDIDATE_CONFLICT)
			continue;
		list(sum->doubles, sizeof(sum->doubles), sum->conflicts++, c->ip);
		if (!c->reported)
			tell_conflict(run, c);
	}
	tell_places(run);
}

static enum verdict conclude(
	struct run *run, const struct subnet *net, unsigned sent, const struct tally *sum)
{
	const struct ip4 first = {net->ip.value & ip4_mask(net->prefix).value};
	char what[96], ip[IP4_TEXT];

	fmt_to(what, sizeof(what), "%zu of %zu addresses in %s/%u", sum->answered,
		run->net->sweep.count, ip4_text(ip, first), net->prefix);
	if (sum->answered > 0)
		record_note(run->rec, NULL, "%s are answered for: %s.", what, sum->hosts);
	if (sum->conflicts > 0)
		record_why(run->rec, "more owners than there should be: %s", sum->doubles);
	else if (sum->unjudged > 0)
		record_why(run->rec,
			"%zu addresses with several MAC addresses were too many to look into",
			sum->unjudged);
	else if (sum->answered + sum->proxied == 0)
		record_why(run->rec, "nobody answered %u requests", sent);
	else {
		record_why(run->rec, "%s are answered for, none by two owners, in %u requests",
			what, sent);
		record_coverage(run->rec, PART_ID_NETWORK, "no two owners among %s", what);
		return PASS;
	}
	return SKIP; /* findings weigh more */
}

static enum verdict sweep_subnet(struct run *run, const struct subnet *net)
{
	struct net_session *s = run->net;
	struct tally sum = {0};
	unsigned sent;
	bool whole;

	begin(run, net);
	sent = ask_all(run, &whole);
	if (whole && add_suspects(run, &sum) > 0)
		whole = probe_again(run, FROM_SWEEP);
	s->sweep.active = false;
	mark_crowd(run);
	whole = whole && probe_controls(run);
	if (!whole) {
		record_why(run->rec, run->stopped ? "stopped before everybody was asked"
						  : "the requests could not be sent");
		return SKIP;
	}
	count_hosts(&s->sweep, &sum);
	judge_suspects(run, &sum);
	return conclude(run, net, sent, &sum);
}

static enum verdict sweep(struct run *run)
{
	enum verdict verdict = SKIP;
	struct subnet net;

	if (!net_ready(run))
		return SKIP;
	address_acquire(run); /* without one, the requests bear none */
	if (run->stopped)
		return SKIP;
	if (find_subnet(run, &net))
		verdict = sweep_subnet(run, &net);
	else
		record_why(run->rec, "no subnet known to sweep: set net.ip");
	tell_new(run);
	return verdict;
}

const struct check net_sweep_check = {
	.id = "net.sweep",
	.title = "Who answers for the addresses of this subnet",
	.pass_if = "of the addresses of this subnet that are answered for, none has two owners",
	.need = NEED_NIC,
	.run = sweep,
};
