/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What was overheard: who owns which address, and which addresses others ask for. Pure. See neighbour.h. */
#include "nicprobe/neighbour.h"

static struct neighbour *neighbour_place(struct neighbours *t, struct arp_peer peer, unsigned nic)
{
	struct neighbour *oldest = &t->at[0];

	for (size_t i = 0; i < t->count; i++) {
		struct neighbour *n = &t->at[i];

		if (n->nic == nic && ip4_same(n->peer.ip, peer.ip) &&
			mac_same(n->peer.mac, peer.mac))
			return n;
		if (n->last_ns < oldest->last_ns)
			oldest = n;
	}
	if (t->count < NEIGHBOURS_MAX)
		oldest = &t->at[t->count++];
	else
		t->dropped++;
	*oldest = (struct neighbour){.peer = peer, .nic = (uint8_t)nic};
	return oldest;
}

void neighbour_add(struct neighbours *t, struct arp_peer peer, unsigned nic, enum arp_kind kind,
	uint64_t now_ns)
{
	struct neighbour *n = neighbour_place(t, peer, nic);

	if (n->count == 0)
		n->first_ns = now_ns;
	n->last_ns = now_ns;
	n->kinds |= (uint8_t)kind;
	n->count++;
}

void neighbours_forget(struct neighbours *t, uint64_t before_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (t->at[i].last_ns >= before_ns)
			t->at[kept++] = t->at[i];
	}
	t->count = kept;
}

bool neighbour_has(const struct neighbours *t, struct ip4 ip)
{
	for (size_t i = 0; i < t->count; i++) {
		if (ip4_same(t->at[i].peer.ip, ip))
			return true;
	}
	return false;
}

static struct target *target_place(struct targets *t, struct ip4 ip)
{
	struct target *oldest = &t->at[0];

	for (size_t i = 0; i < t->count; i++) {
		if (ip4_same(t->at[i].ip, ip))
			return &t->at[i];
		if (t->at[i].last_ns < oldest->last_ns)
			oldest = &t->at[i];
	}
	if (t->count < TARGETS_MAX)
		oldest = &t->at[t->count++];
	else
		t->dropped++;
	*oldest = (struct target){.ip = ip};
	return oldest;
}

void target_add(struct targets *t, struct ip4 ip, unsigned nic, struct mac asker, uint64_t now_ns)
{
	struct target *target = target_place(t, ip);

	target->nics |= (uint16_t)(1u << nic);
	target->asker = asker;
	target->last_ns = now_ns;
	target->count++;
}
