/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Addresses under suspicion, and who claims them. Pure. See candidate.h. */
#include "nicprobe/candidate.h"

static const struct virtual_router {
	const char *name;
	struct mac mac, mask;
} virtual_routers[] = {
	{"VRRP or CARP", {{0x00, 0x00, 0x5e, 0x00, 0x01, 0}}, {{0xff, 0xff, 0xff, 0xff, 0xff, 0}}},
	{"HSRP", {{0x00, 0x00, 0x0c, 0x07, 0xac, 0}}, {{0xff, 0xff, 0xff, 0xff, 0xff, 0}}},
	{"HSRPv2", {{0x00, 0x00, 0x0c, 0x9f, 0xf0, 0}}, {{0xff, 0xff, 0xff, 0xff, 0xf0, 0}}},
	{"GLBP", {{0x00, 0x07, 0xb4, 0, 0, 0}}, {{0xff, 0xff, 0xff, 0, 0, 0}}},
};

static bool mac_matches(struct mac mac, const struct virtual_router *v)
{
	for (size_t i = 0; i < MAC_BYTES; i++) {
		if ((mac.at[i] & v->mask.at[i]) != v->mac.at[i])
			return false;
	}
	return true;
}

const char *mac_virtual_router(struct mac mac)
{
	for (size_t i = 0; i < ARRAY_LEN(virtual_routers); i++) {
		if (mac_matches(mac, &virtual_routers[i]))
			return virtual_routers[i].name;
	}
	return NULL;
}

static struct candidate *find(struct candidates *t, struct ip4 ip)
{
	for (size_t i = 0; i < t->count; i++) {
		if (ip4_same(t->at[i].ip, ip))
			return &t->at[i];
	}
	return NULL;
}

const struct candidate *candidate_find(const struct candidates *t, struct ip4 ip)
{
	return find((struct candidates *)t, ip);
}

static struct claim *claim_place(struct candidate *c, struct mac mac, unsigned nic)
{
	for (size_t i = 0; i < c->claim_count; i++) {
		if (c->claims[i].nic == nic && mac_same(c->claims[i].mac, mac))
			return &c->claims[i];
	}
	if (c->claim_count == CLAIMS_MAX)
		return NULL;
	c->claims[c->claim_count] = (struct claim){.mac = mac, .nic = (uint8_t)nic};
	return &c->claims[c->claim_count++];
}

static void import_neighbour(struct candidate *c, const struct neighbour *n)
{
	struct claim *claim = claim_place(c, n->peer.mac, n->nic);

	if (claim == NULL) {
		c->claims_dropped++;
		return;
	}
	claim->kinds = n->kinds;
	claim->count = n->count;
	claim->first_ns = n->first_ns;
	claim->last_ns = n->last_ns;
}

struct candidate *candidate_add(struct candidates *t, const struct neighbours *known, struct ip4 ip,
	enum candidate_source source, uint16_t nics, unsigned prefix)
{
	struct candidate *c = find(t, ip);

	if (c == NULL) {
		if (t->count == CANDIDATES_MAX) {
			t->dropped++;
			return NULL;
		}
		c = &t->at[t->count++];
		*c = (struct candidate){.ip = ip, .prefix = prefix};
		for (size_t i = 0; i < known->count; i++) {
			if (ip4_same(known->at[i].peer.ip, ip))
				import_neighbour(c, &known->at[i]);
		}
	}
	c->sources |= (uint8_t)source;
	c->nics |= nics;
	return c;
}

void candidates_prune(struct candidates *t, struct ip4 held)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct candidate *c = &t->at[i];

		if (c->sources & FROM_NET_IP || ip4_same(c->ip, held))
			t->at[kept++] = *c;
	}
	t->count = kept;
}

void candidates_pardon(struct candidates *t, struct mac mac)
{
	for (size_t i = 0; i < t->count; i++) {
		for (size_t j = 0; j < t->at[i].claim_count; j++) {
			struct claim *claim = &t->at[i].claims[j];

			if (mac_same(claim->mac, mac))
				claim->kinds &= (uint8_t)~ARP_KIND_PROBE;
		}
	}
}

/* Takes down who probes for what. Whether it has probed for more than one address. */
static bool is_scanner(struct candidates *t, const struct arp *probe)
{
	struct prober *p = &t->probers[t->prober_next];

	for (size_t i = 0; i < t->prober_count; i++) {
		struct prober *known = &t->probers[i];

		if (!mac_same(known->mac, probe->sender.mac))
			continue;
		known->several |= !ip4_same(known->ip, probe->target.ip);
		return known->several;
	}
	*p = (struct prober){.mac = probe->sender.mac, .ip = probe->target.ip};
	t->prober_next = (t->prober_next + 1) % PROBERS_MAX;
	t->prober_count += t->prober_count < PROBERS_MAX;
	return false;
}

static void add_claim(
	struct candidate *c, struct mac mac, unsigned nic, uint8_t kind, uint64_t now_ns)
{
	struct claim *claim = claim_place(c, mac, nic);

	if (claim == NULL) {
		c->claims_dropped++;
		return;
	}
	if (claim->count++ == 0)
		claim->first_ns = now_ns;
	claim->last_ns = now_ns;
	claim->kinds |= kind;
}

void candidates_hear(struct candidates *t, const struct arp *arp, enum arp_kind kind, unsigned nic,
	uint64_t now_ns)
{
	struct candidate *c = NULL;

	if (kind == ARP_KIND_PROBE && is_scanner(t, arp))
		candidates_pardon(t, arp->sender.mac);
	else if (kind == ARP_KIND_PROBE)
		c = find(t, arp->target.ip);
	else if (kind & ARP_KINDS_OWNER)
		c = find(t, arp->sender.ip);
	if (c == NULL)
		return;
	if (kind == ARP_KIND_PROBE && candidate_state(c) < CANDIDATE_PROXY)
		c->sources &= (uint8_t)~FROM_ASKED;
	add_claim(c, arp->sender.mac, nic, (uint8_t)kind, now_ns);
}

void candidates_hear_speaker(
	struct candidates *t, struct ip4 ip, struct mac mac, unsigned nic, uint64_t now_ns)
{
	struct candidate *c = find(t, ip);

	if (c != NULL && c->sources & FROM_OURS)
		add_claim(c, mac, nic, CLAIM_SPEAKS, now_ns);
}

void candidates_mark_proxies(struct candidates *t, const struct candidate *control)
{
	for (size_t i = 0; i < t->count; i++) {
		for (size_t j = 0; j < t->at[i].claim_count; j++) {
			struct claim *claim = &t->at[i].claims[j];

			for (size_t k = 0; k < control->claim_count; k++)
				claim->proxy |= mac_same(claim->mac, control->claims[k].mac);
		}
	}
}

/* Whether a claim weighs in. Another's probe shows that it wants the address, which matters if that is ours. */
static bool counts(const struct candidate *c, const struct claim *claim)
{
	uint8_t kinds = c->sources & FROM_OURS ? ARP_KINDS_OWNER | ARP_KIND_PROBE | CLAIM_SPEAKS
					       : ARP_KINDS_OWNER;

	return c->nics >> claim->nic & 1 && claim->kinds & kinds;
}

/* Distinct MACs on one card that count and are no virtual routers. Entries of one card are distinct already. */
static unsigned owners_on(const struct candidate *c, unsigned nic, bool with_proxies)
{
	unsigned owners = 0;

	for (size_t i = 0; i < c->claim_count; i++) {
		const struct claim *claim = &c->claims[i];

		owners += claim->nic == nic && counts(c, claim) &&
			  (with_proxies || !claim->proxy) && mac_virtual_router(claim->mac) == NULL;
	}
	return owners;
}

enum candidate_state candidate_state(const struct candidate *c)
{
	unsigned allowed = c->sources & FROM_OURS ? 0 : 1, real = 0, all = 0;
	bool claimed = false;

	for (size_t i = 0; i < c->claim_count; i++) {
		unsigned nic = c->claims[i].nic;
		unsigned here = owners_on(c, nic, false), here_all = owners_on(c, nic, true);

		claimed = claimed || counts(c, &c->claims[i]);
		real = here > real ? here : real;
		all = here_all > all ? here_all : all;
	}
	if (real > allowed)
		return CANDIDATE_CONFLICT;
	if (all > allowed)
		return CANDIDATE_PROXY;
	if (!claimed)
		return CANDIDATE_FREE;
	return c->sources & FROM_OURS ? CANDIDATE_VIRTUAL : CANDIDATE_OWNED;
}

bool candidate_is_free(const struct candidate *c)
{
	return c != NULL && c->probed && candidate_state(c) == CANDIDATE_FREE;
}

bool candidate_is_silent(const struct candidate *c)
{
	uint8_t kinds = 0;

	for (size_t i = 0; i < c->claim_count; i++)
		kinds |= counts(c, &c->claims[i]) ? c->claims[i].kinds : 0;
	return kinds == CLAIM_SPEAKS;
}

bool candidate_is_taken_stray(const struct candidate *c)
{
	bool owned = false;

	for (size_t i = 0; i < c->claim_count; i++)
		owned |= owners_on(c, c->claims[i].nic, false) > 0;
	return owned && c->sources & FROM_STRAY && !(c->sources & FROM_OURS);
}

size_t candidate_macs(const struct candidate *c, struct mac ret[CLAIMS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < c->claim_count; i++) {
		struct mac mac = c->claims[i].mac;
		size_t at = 0;

		if (!counts(c, &c->claims[i]) || mac_virtual_router(mac) != NULL)
			continue;
		while (at < count && !mac_same(ret[at], mac))
			at++;
		ret[at] = mac;
		count += at == count;
	}
	return count;
}

bool candidate_totals(const struct candidate *c, uint64_t *ret_count, uint64_t *ret_first_ns)
{
	uint64_t count = 0, first_ns = UINT64_MAX;

	for (size_t i = 0; i < c->claim_count; i++) {
		const struct claim *claim = &c->claims[i];

		if (!counts(c, claim))
			continue;
		count += claim->count;
		first_ns = claim->first_ns < first_ns ? claim->first_ns : first_ns;
	}
	if (count == 0)
		return false;
	*ret_count = count;
	*ret_first_ns = first_ns;
	return true;
}
