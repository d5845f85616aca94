/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Who answers for the addresses of a subnet. Pure. See sweep.h. */
#include "nicprobe/sweep.h"

#define CROWD_ADDRESSES 16 /* among fewer, a server with a few addresses is most of them */

static struct sweep_host *find(struct arp_sweep *t, struct ip4 ip)
{
	for (size_t i = 0; i < t->count; i++) {
		if (ip4_same(t->at[i].ip, ip))
			return &t->at[i];
	}
	return NULL;
}

void sweep_add(struct arp_sweep *t, struct ip4 ip)
{
	if (t->count < SWEEP_MAX && ip4_is_host(ip) && find(t, ip) == NULL)
		t->at[t->count++] = (struct sweep_host){.ip = ip};
}

static bool has_mac(const struct sweep_host *h, struct mac mac)
{
	for (size_t i = 0; i < h->mac_count; i++) {
		if (mac_same(h->macs[i], mac))
			return true;
	}
	return false;
}

void sweep_hear(struct arp_sweep *t, unsigned nic, struct arp_peer claim)
{
	struct sweep_host *h = t->active && t->nic == nic ? find(t, claim.ip) : NULL;

	if (h != NULL && h->mac_count < SWEEP_MACS && !has_mac(h, claim.mac))
		h->macs[h->mac_count++] = claim.mac;
}

static size_t answers_of(const struct arp_sweep *t, struct mac mac)
{
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++)
		count += has_mac(&t->at[i], mac);
	return count;
}

static bool is_among(const struct mac *macs, size_t count, struct mac mac)
{
	while (count > 0 && !mac_same(macs[count - 1], mac))
		count--;
	return count > 0;
}

/* Whoever answers for more than half of them answers for one of the first half, rounded up, and one more. */
size_t sweep_crowd(const struct arp_sweep *t, struct mac ret[SWEEP_CROWD_MAX])
{
	size_t count = 0;

	for (size_t i = 0; t->count >= CROWD_ADDRESSES && i <= t->count / 2; i++) {
		for (size_t j = 0; j < t->at[i].mac_count; j++) {
			const struct mac mac = t->at[i].macs[j];

			if (count < SWEEP_CROWD_MAX && !is_among(ret, count, mac) &&
				answers_of(t, mac) > t->count / 2)
				ret[count++] = mac;
		}
	}
	return count;
}
