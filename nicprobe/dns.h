/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DNS: one question for an IPv4 address, and its answer.
 *
 * Pure.
 * Spec.  RFC 1035 section 4.
 * Trust. None: answers come from whoever sends them. Names are skipped, never followed; every count is bounded by the bytes.
 */
#ifndef KIRIWAKE_NICPROBE_DNS_H
#define KIRIWAKE_NICPROBE_DNS_H

#include "core/address.h"

#define DNS_PORT        53
#define DNS_NAME_MAX    63
#define DNS_QUERY_BYTES (12 + DNS_NAME_MAX + 2 + 4)

enum dns_rcode { DNS_NO_ERROR, DNS_FORMAT_ERROR, DNS_SERVER_FAILURE, DNS_NO_SUCH_NAME };

struct dns_answer {
	uint16_t id;
	uint8_t rcode;
	struct ip4 ip; /* the first A record; 0: none */
};

/* Writes a recursive query for the A record of `name`, or for the root's name servers if it is empty, to
 * pkt[DNS_QUERY_BYTES]. Returns its length; 0: the name is not one (labels of 1 to 63 letters, digits, '-' and '_'). */
size_t dns_write(uint8_t pkt[DNS_QUERY_BYTES], uint16_t id, struct text name);

/* Reads a response. False, *ret untouched: it is none, or cut before the end of its question. A record that is not all
 * there ends the list. */
bool dns_read(struct span pkt, struct dns_answer *ret);

/* "no error", "server failure (SERVFAIL)"... */
const char *dns_rcode_text(uint8_t rcode);

#endif
