/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP as a client sees it: which servers offer what. Pure. See offer.h. */
#include "nicprobe/offer.h"

bool offer_same_server(const struct dhcp_offer *a, const struct dhcp_offer *b)
{
	bool relayed = a->relay.value != 0 && b->relay.value != 0;

	return ip4_same(a->server, b->server) && ip4_same(a->router, b->router) &&
	       (relayed || mac_same(a->mac, b->mac));
}

void offer_add(struct dhcp_client *client, const struct dhcp_offer *offer)
{
	uint32_t count = 0;
	size_t i = 0;

	while (i < client->offer_count && !(client->offers[i].nic == offer->nic &&
						  offer_same_server(&client->offers[i], offer)))
		i++;
	if (i == OFFERS_MAX) {
		client->offers_dropped++;
		return;
	}
	if (i == client->offer_count)
		client->offer_count++;
	else
		count = client->offers[i].count;
	client->offers[i] = *offer;
	client->offers[i].count = count + 1;
}

bool offer_from(const struct dhcp_client *client, struct mac mac)
{
	for (size_t i = 0; i < client->offer_count; i++) {
		if (mac_same(client->offers[i].mac, mac))
			return true;
	}
	return false;
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
