/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Knocking at TCP ports: open, refused, filtered or silent.
 *
 * Pure over struct nic. A SYN goes out from a random port; whoever takes it gets a reset, so that no connection stays.
 * Spec.  RFC 9293 section 3.5; RFC 1122 section 4.2.3.9 for what ICMP errors mean.
 */
#ifndef KIRIWAKE_NICPROBE_KNOCK_H
#define KIRIWAKE_NICPROBE_KNOCK_H

#include "nicprobe/icmp.h"
#include "nicprobe/tcp.h"

#define KNOCKS_MAX 24

enum knock_state {
	KNOCK_SILENT,  /* no answer (yet): a filter that says nothing, or nobody there */
	KNOCK_OPEN,    /* somebody listens */
	KNOCK_REFUSED, /* the machine is up, nobody listens */
	KNOCK_BARRED   /* a router or filter says that it may not or cannot be reached */
};

struct knock {
	struct ip4 ip;
	uint16_t port;
	uint8_t nic;
	struct mac next_hop; /* where it is sent */
	bool that_mac_only;  /* answers of other MACs do not count: several hold the address */
	enum knock_state state;
	unsigned tries;
	uint16_t own_port;
	uint32_t seq;
	uint64_t sent_ns, rtt_ns; /* of the answer */
	uint8_t ttl;              /* likewise */
	struct ip4 barred_by;
	uint8_t barred_code; /* of ICMP destination unreachable */
};

struct knocks {
	size_t count;
	struct knock at[KNOCKS_MAX];
};

struct run;
struct heard;

/* Adds a port to knock at, of `ip` behind `next_hop` on card `nic`. False: too many. */
bool knock_add(struct run *run, struct ip4 ip, uint16_t port, unsigned nic, struct mac next_hop,
	bool that_mac_only);

/* Knocks at all that were added, up to three times a second apart, until each answered or was silent for long. False:
 * stopped, or our address was lost. */
bool knock_run(struct run *run);

/* What the pump does with a segment, and with an ICMP error that quotes one of ours. False: malformed. */
bool knock_hear(struct run *run, const struct heard *h, const struct ipv4 *ip);
void knock_hear_error(struct run *run, const struct ipv4 *ip, const struct icmp_error *error);

/* "open", "refused", "filtered", "no answer". */
const char *knock_state_text(enum knock_state state);

#endif
