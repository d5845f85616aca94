/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What was heard of IPv6. Pure. See nd.h. */
#include "nicprobe/nd.h"

static void hear_claim(struct nd *t, unsigned nic, struct mac mac, uint64_t now_ns)
{
	size_t i = 0;

	while (i < t->claim_count && !(t->claims[i].nic == nic && mac_same(t->claims[i].mac, mac)))
		i++;
	if (i == ND_CLAIMS_MAX) {
		t->dropped++;
		return;
	}
	if (i == t->claim_count)
		t->claims[t->claim_count++] = (struct nd_claim){
			.nic = (uint8_t)nic, .mac = mac, .first_ns = now_ns};
	t->claims[i].count++;
}

static void hear_router(
	struct nd *t, unsigned nic, struct mac mac, const struct ip6 *ip, const struct icmp6 *m)
{
	size_t i = 0;

	while (i < t->router_count &&
		!(t->routers[i].nic == nic && mac_same(t->routers[i].mac, mac) &&
			ip6_same(&t->routers[i].ip, ip)))
		i++;
	if (i == ND_ROUTERS_MAX) {
		t->dropped++;
		return;
	}
	t->routers[i] = (struct nd_router){(uint8_t)nic, mac, *ip, *m};
	t->router_count += i == t->router_count;
}

void nd_hear(struct nd *t, unsigned nic, const struct ip6 *own, struct mac mac,
	const struct ipv6 *ip, const struct icmp6 *m, uint64_t now_ns)
{
	/* Who asks with an address of its own asks for us, who asks without one is about to take ours. */
	const bool claims = m->type == ICMP6_NEIGHBOUR_ADVERT ||
			    (m->type == ICMP6_NEIGHBOUR_SOLICIT && ip6_same(&ip->src, &ip6_none));

	if (m->type == ICMP6_ROUTER_ADVERT)
		hear_router(t, nic, mac, &ip->src, m);
	else if (claims && ip6_same(&m->target, own))
		hear_claim(t, nic, mac, now_ns);
}

static size_t add_mac(struct mac *macs, size_t count, struct mac mac)
{
	for (size_t i = 0; i < count; i++) {
		if (mac_same(macs[i], mac))
			return count;
	}
	macs[count] = mac;
	return count + 1;
}

size_t nd_claimants(const struct nd *t, unsigned nic, struct mac ret[ND_CLAIMS_MAX],
	uint64_t *ret_count, uint64_t *ret_first_ns)
{
	uint64_t messages = 0, first_ns = UINT64_MAX;
	size_t count = 0;

	for (size_t i = 0; i < t->claim_count; i++) {
		const struct nd_claim *c = &t->claims[i];

		if (c->nic != nic)
			continue;
		count = add_mac(ret, count, c->mac);
		messages += c->count;
		first_ns = c->first_ns < first_ns ? c->first_ns : first_ns;
	}
	*ret_count = messages;
	*ret_first_ns = first_ns;
	return count;
}

size_t nd_default_routers(const struct nd *t, unsigned nic, struct mac ret[ND_ROUTERS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < t->router_count; i++) {
		if (t->routers[i].nic == nic && t->routers[i].advert.lifetime_s > 0)
			count = add_mac(ret, count, t->routers[i].mac);
	}
	return count;
}
