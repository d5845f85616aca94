/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* net.ipv6: whether our link-local address has a second owner, and which routers announce themselves. Pure over struct nic.
 *
 * Nothing is sent but what a host sends before it has an address: solicitations from nobody.
 * Spec.    RFC 4862 section 5.4; RFC 4861 sections 6.2.6 and 6.3.7: a router answers within half a second, but no more often
 *          than every three.
 * Pass if: nobody claims the address that belongs to a card's MAC, and at most one router per card announces itself as the
 *          way out. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/nd_tell.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"
#include "nicprobe/vendor.h"

/* Rounds of both solicitations. */
static const struct plan {
	unsigned rounds;
	uint64_t wait_ns;
} plan_quick = {2, 1800ull * NS_PER_MS}, plan_thorough = {3, 4ull * NS_PER_S};

#define LIST_TEXT 160

/* ---- asking ---- */

static bool send(struct run *run, unsigned nic, struct mac dst, size_t len)
{
	struct net_session *s = run->net;

	eth_write(s->tx, dst, s->stations[nic].nic->mac, ETH_TYPE_IPV6);
	return net_send(run, nic, s->tx, ETH_HEADER_BYTES + len);
}

static bool solicit(struct run *run, unsigned nic)
{
	struct net_session *s = run->net;
	const struct ip6 own = ip6_link_local(s->stations[nic].nic->mac);
	uint8_t *pkt = s->tx + ETH_HEADER_BYTES;
	struct mac dst;
	size_t len = icmp6_write_neighbour_solicit(pkt, &own, &dst);

	if (!send(run, nic, dst, len))
		return false;
	len = icmp6_write_router_solicit(pkt, &dst);
	return send(run, nic, dst, len);
}

/* Asks on all cards. Those where every question was sent, in *ret_cards. False: stopped. */
static bool ask(struct run *run, const struct plan *plan, uint16_t *ret_cards)
{
	uint16_t cards = net_usable(run->net);

	for (unsigned n = 0; n < plan->rounds; n++) {
		for (unsigned i = 0; i < run->net->station_count; i++) {
			if (cards >> i & 1 && !solicit(run, i))
				cards &= (uint16_t) ~(1u << i);
		}
		if (!net_wait(run, run_now_ns(run) + plan->wait_ns))
			return false;
	}
	*ret_cards = cards & net_usable(run->net);
	return true;
}

/* ---- judging ---- */

static void note_router(struct run *run, const struct nd_router *r)
{
	char ip[IP6_TEXT], prefix[IP6_TEXT], named[VENDOR_MAC_TEXT], prefixes[LIST_TEXT] = "";

	for (size_t i = 0; i < r->advert.prefix_count; i++)
		fmt_add(prefixes, sizeof(prefixes), "%s%s/%u", i > 0 ? ", " : "; prefixes ",
			ip6_text(prefix, &r->advert.prefixes[i].ip), r->advert.prefixes[i].length);
	record_note(run->rec, net_id(run->net, r->nic),
		"IPv6 router %s at %s announces itself to %s, %s for %u s%s.", ip6_text(ip, &r->ip),
		vendor_mac_text(named, r->mac), net_id(run->net, r->nic),
		r->advert.lifetime_s > 0 ? "as the way out" : "but not as the way out",
		r->advert.lifetime_s, prefixes);
}

static enum verdict conclude(struct run *run, const struct plan *plan, uint16_t cards)
{
	const struct net_session *s = run->net;
	const uint16_t heard = cards & net_heard_by(s, UINT64_MAX);
	char free[LIST_TEXT] = "", ip[IP6_TEXT];
	struct mac macs[ND_ROUTERS_MAX];
	uint64_t messages, first_ns;
	size_t conflicts = 0, routers = 0;

	run->net->nd.judged = true;
	for (size_t i = 0; i < s->nd.router_count; i++)
		note_router(run, &s->nd.routers[i]);
	for (unsigned i = 0; i < s->station_count; i++) {
		const struct ip6 own = ip6_link_local(s->stations[i].nic->mac);

		nd_tell(run, &run->net->stations[i]);
		routers += nd_default_routers(&s->nd, i, macs);
		if (nd_claimants(&s->nd, i, macs, &messages, &first_ns) > 0)
			conflicts++;
		else if (heard >> i & 1)
			fmt_add(free, sizeof(free), "%s%s", free[0] ? ", " : "",
				ip6_text(ip, &own));
	}
	if (conflicts > 0) {
		record_why(run->rec, "a link-local address has a second owner");
		return SKIP; /* the findings weigh more */
	}
	if (heard == 0) {
		record_why(run->rec,
			cards == 0 ? "the questions could not be sent"
				   : "nobody at all was heard, so silence proves nothing");
		return SKIP;
	}
	record_why(run->rec, "no second owner of %s, %zu IPv6 router%s, in %u questions", free,
		routers, routers == 1 ? "" : "s", plan->rounds);
	record_coverage(run->rec, PART_ID_NETWORK, "no second owner of %s in %u questions", free,
		plan->rounds);
	return PASS;
}

static enum verdict ipv6(struct run *run)
{
	const struct plan *plan = config_thorough(run->config) ? &plan_thorough : &plan_quick;
	enum verdict verdict = SKIP;
	uint16_t cards;

	if (!net_ready(run))
		return SKIP;
	if (ask(run, plan, &cards))
		verdict = conclude(run, plan, cards);
	else
		record_why(run->rec, "stopped before the answers could be there");
	tell_new(run);
	return verdict;
}

const struct check net_ipv6_check = {
	.id = "net.ipv6",
	.title = "IPv6: second owners and routers",
	.pass_if =
		"nobody claims a card's link-local address, and at most one router announces itself as the way out",
	.need = NEED_NIC,
	.run = ipv6,
};
