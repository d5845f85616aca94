/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP as a client sees it: which servers offer what. Pure. See offer.h. */
#include "nicprobe/offer.h"

bool offer_same_box(const struct dhcp_offer *a, const struct dhcp_offer *b)
{
	bool relayed = a->relay.value != 0 && b->relay.value != 0;

	return ip4_same(a->server, b->server) && (relayed || mac_same(a->mac, b->mac));
}

bool offer_same_server(const struct dhcp_offer *a, const struct dhcp_offer *b)
{
	return offer_same_box(a, b) && ip4_same(a->router, b->router);
}

/* False: there is no room. */
static bool keep(struct dhcp_offer *at, size_t *count, size_t max, const struct dhcp_offer *offer)
{
	uint32_t heard = 0;
	size_t i = 0;

	while (i < *count && !(at[i].nic == offer->nic && offer_same_server(&at[i], offer)))
		i++;
	if (i == max)
		return false;
	if (i == *count)
		++*count;
	else
		heard = at[i].count;
	at[i] = *offer;
	at[i].count = heard + 1;
	return true;
}

void offer_add(struct dhcp_client *client, const struct dhcp_offer *offer)
{
	client->offers_dropped += !keep(client->offers, &client->offer_count, OFFERS_MAX, offer);
}

void offer_add_stray(struct dhcp_client *client, const struct dhcp_offer *offer)
{
	client->offers_dropped += !keep(client->strays, &client->stray_count, STRAYS_MAX, offer);
}

static bool is_among(const struct dhcp_offer *at, size_t count, struct mac mac)
{
	for (size_t i = 0; i < count; i++) {
		if (mac_same(at[i].mac, mac))
			return true;
	}
	return false;
}

bool offer_from(const struct dhcp_client *client, struct mac mac)
{
	return is_among(client->offers, client->offer_count, mac) ||
	       is_among(client->strays, client->stray_count, mac);
}

struct ip4 offer_router(const struct dhcp_client *client, struct ip4 ip, uint16_t nics)
{
	for (size_t i = 0; i < client->offer_count; i++) {
		const struct dhcp_offer *o = &client->offers[i];
		uint32_t mask = ip4_mask(o->prefix).value;

		if (nics >> o->nic & 1 && o->router.value != 0 &&
			(o->ip.value & mask) == (ip.value & mask))
			return o->router;
	}
	return (struct ip4){0};
}
