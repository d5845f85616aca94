/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP messages: read and write.
 *
 * Pure.
 * Spec.  RFC 2131 section 2 (format) and table 5 (which options go with which message); RFC 2132.
 * Trust. None: servers on a suspect network may send anything. Options are bounded by the message, and an
 *        option that runs over its end makes the whole message bad; one whose value has a wrong length is as if it
 *        were not there.
 */
#ifndef KIRIWAKE_NICPROBE_DHCP_H
#define KIRIWAKE_NICPROBE_DHCP_H

#include "core/address.h"

#define DHCP_PORT_SERVER 67
#define DHCP_PORT_CLIENT 68
#define DHCP_WRITE_BYTES \
	340 /* the length of every message written; BOOTP relays expect at least 300 */
#define DHCP_DOMAIN 40

#define DHCP_LEASE_FOREVER 0xffffffffu

enum dhcp_type {
	DHCP_TYPE_DISCOVER = 1,
	DHCP_TYPE_OFFER = 2,
	DHCP_TYPE_REQUEST = 3,
	DHCP_TYPE_ACK = 5,
	DHCP_TYPE_NAK = 6,
	DHCP_TYPE_RELEASE = 7
};

/* Addresses and numbers are 0 where the message has none. */
struct dhcp {
	uint8_t type; /* DHCP_TYPE_... or anything else */
	uint32_t xid;
	struct mac client;
	struct ip4 client_ip; /* ciaddr: the client already uses it */
	struct ip4 your_ip;   /* yiaddr: what the server gives */
	struct ip4 relay;     /* giaddr */
	struct ip4 server;    /* server identifier */
	struct ip4 requested;
	struct ip4 mask;
	struct ip4 router; /* the first of the list, as dns */
	struct ip4 dns;
	uint32_t lease_s;
	char domain[DHCP_DOMAIN]; /* cleaned and cut to fit; empty: none */
};

enum dhcp_result {
	DHCP_OK,
	DHCP_SHORT,
	DHCP_NOT_ETHERNET,
	DHCP_NO_COOKIE, /* plain BOOTP */
	DHCP_BAD_OPTION, /* an option is longer than what is left, or type or overload is not one byte */
	DHCP_NO_TYPE
};

/* Reads the message that `pkt` (the payload of a UDP datagram) holds, whoever sent it. With option overload,
 * `file` and `sname` are read too. On any result but DHCP_OK, *ret is untouched. */
enum dhcp_result dhcp_read(struct span pkt, struct dhcp *ret);

/* Whether `pkt` begins like an answer to this client's message `xid`, whatever follows. */
bool dhcp_answers(struct span pkt, struct mac client, uint32_t xid);

/* Writes `m` to pkt[DHCP_WRITE_BYTES]: as BOOTREPLY for OFFER, ACK and NAK, else as BOOTREQUEST; the broadcast
 * flag on DISCOVER and REQUEST; each option that is not 0. */
void dhcp_write(uint8_t *pkt, const struct dhcp *m);

/* Length of a netmask's prefix: 24 for 255.255.255.0. False, *ret untouched, if the ones are not contiguous. */
bool dhcp_prefix(struct ip4 mask, unsigned *ret);

#endif
