/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Services that this server must reach: how the option names them, and the question that is open at a DNS server.
 *
 * Pure.
 */
#ifndef KIRIWAKE_NICPROBE_SERVICES_H
#define KIRIWAKE_NICPROBE_SERVICES_H

#include "nicprobe/dns.h"

struct dns_question {
	bool waiting;
	struct ip4 server;
	uint16_t id, own_port;
	uint64_t sent_ns, rtt_ns;
	struct dns_answer answer; /* valid when it is no longer waited for */
};

/* "nas:2049", "10.0.0.5:22". False, outputs untouched: not such a word. */
bool service_read(struct text word, struct text *ret_host, uint16_t *ret_port);

struct run;
struct heard;
struct ipv4;
struct udp;

/* What the pump does with a datagram that may be the answer. False: malformed. */
bool dns_hear(struct run *run, const struct heard *h, const struct ipv4 *ip, const struct udp *udp);

#endif
