/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP as a client sees it: which servers offer what, and the lease.
 *
 * Pure.
 * Trust. Offers come from whoever answers first; the table is bounded.
 */
#ifndef KIRIWAKE_NICPROBE_OFFER_H
#define KIRIWAKE_NICPROBE_OFFER_H

#include "core/address.h"
#include "nicprobe/dhcp.h"

#define OFFERS_MAX 32
#define STRAYS_MAX 8

/* The newest offer of one server to one card. */
struct dhcp_offer {
	uint8_t nic;
	struct mac mac;    /* source of the frame: the server, or its relay */
	struct ip4 server; /* server identifier */
	struct ip4 relay;  /* 0: none */
	struct ip4 router; /* 0: none */
	struct ip4 dns;    /* 0: none */
	struct ip4 ip;     /* what it offers */
	unsigned prefix;
	uint32_t lease_s;
	char domain[DHCP_DOMAIN]; /* empty: none */
	uint32_t count;
};

enum dhcp_answer { DHCP_ANSWER_NONE, DHCP_ANSWER_ACK, DHCP_ANSWER_NAK };

struct dhcp_client {
	uint32_t xid[16];   /* per card */
	unsigned discovers; /* sent in the newest discovery, on at least one card */
	uint64_t took_ns;   /* by it */
	uint64_t ended_ns;
	bool discovered; /* a whole discovery was done */
	size_t offer_count;
	struct dhcp_offer offers[OFFERS_MAX];
	uint32_t offers_dropped;
	uint32_t unusable;        /* answers to us that offer nothing we could take, */
	struct mac unusable_from; /* the newest sent by this one, */
	const char *unusable_why; /* for this reason */
	struct mac stray;         /* made up: what do servers offer to whom they do not know? */
	uint32_t stray_xid[16];
	size_t stray_count;
	struct dhcp_offer strays[STRAYS_MAX]; /* to it; never taken */
	bool requesting;                      /* an answer to a REQUEST for `wanted` is awaited */
	struct dhcp_offer wanted;
	enum dhcp_answer answer;
};

/* Keeps an offer. Servers are told apart by source MAC, identifier and router: two servers may well bear the same
 * identifier. Of a server behind relays, the relay's MAC does not count. */
void offer_add(struct dhcp_client *client, const struct dhcp_offer *offer);

/* Keeps an offer to the made-up client. */
void offer_add_stray(struct dhcp_client *client, const struct dhcp_offer *offer);

/* Whether both come from one server, whatever it offers to whom. */
bool offer_same_box(const struct dhcp_offer *a, const struct dhcp_offer *b);

bool offer_same_server(const struct dhcp_offer *a, const struct dhcp_offer *b);

/* Whether `mac` sent an offer: then its ARP probes for the address offered are a server's diligence. */
bool offer_from(const struct dhcp_client *client, struct mac mac);

/* The address that `ip`'s subnet uses as its router, as far as offers to one of `nics` tell; 0 when they do not. */
struct ip4 offer_router(const struct dhcp_client *client, struct ip4 ip, uint16_t nics);

#endif
