/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whether a card works with its driver. Pure over struct nic. See alive.h. */
#include "nicprobe/alive.h"
#include "nicprobe/address.h"

#define ASK_EVERY_NS (500ull * NS_PER_MS)

bool alive_whom(const struct net_session *s, unsigned nic, struct ip4 *ret)
{
	const struct neighbour *best = NULL;

	for (size_t i = 0; i < s->neighbours.count; i++) {
		const struct neighbour *n = &s->neighbours.at[i];

		if (n->nic != nic)
			continue;
		if (s->address.held && ip4_same(n->peer.ip, s->address.gateway)) {
			best = n;
			break;
		}
		if (best == NULL || n->last_ns > best->last_ns)
			best = n;
	}
	if (best == NULL)
		return false;
	*ret = best->peer.ip;
	return true;
}

struct question {
	unsigned nic;
	struct ip4 ip;
	uint64_t asked_ns;
};

static bool is_answered(struct run *run, void *arg)
{
	const struct neighbours *all = &run->net->neighbours;
	const struct question *q = arg;

	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].nic == q->nic && ip4_same(all->at[i].peer.ip, q->ip) &&
			all->at[i].last_ns >= q->asked_ns)
			return true;
	}
	return false;
}

bool alive_ask(struct run *run, unsigned nic, struct ip4 ip, uint64_t patience_ns)
{
	const struct net_session *s = run->net;
	const bool own = address_usable(s) && s->address.nic == nic;
	const struct ip4 from = own ? s->address.ip : (struct ip4){0};
	const struct arp request = {ARP_OP_REQUEST, {s->stations[nic].nic->mac, from}, {{{0}}, ip}};
	const uint64_t start_ns = run_now_ns(run);
	struct question q = {nic, ip, start_ns};

	do {
		net_send_arp(run, nic, &request);
		if (!net_wait_for(run, run_now_ns(run) + ASK_EVERY_NS, is_answered, &q))
			return false;
	} while (!is_answered(run, &q) && run_now_ns(run) - start_ns < patience_ns);
	return is_answered(run, &q);
}
