/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The routers on the way to a host, by echoes whose time to live ends there.
 *
 * Pure. A hop that is silent may still forward: many routers answer few such packets, or none.
 * Spec.  RFC 792, "Time Exceeded"; RFC 1812 section 4.3.2.8 on the limits routers set to their errors.
 * Trust. None: answers come off the wire, and whatever does not belong to the trace is ignored.
 */
#ifndef KIRIWAKE_NICPROBE_TRACE_H
#define KIRIWAKE_NICPROBE_TRACE_H

#include "nicprobe/icmp.h"

#define TRACE_HOPS  20
#define TRACE_TRIES 5

struct trace_hop {
	struct ip4 ip;    /* of who answered first */
	uint8_t answered; /* bit per try */
	bool reached;     /* it is the host itself */
};

struct trace {
	bool active;
	struct ip4 to;
	uint16_t id;
	unsigned
		sent; /* requests, TRACE_TRIES for each hop; the number of one is its sequence number */
	struct trace_hop at[TRACE_HOPS];
};

/* Tell the trace of an echo reply, and of an error, that `from` sent to us. */
void trace_hear(struct trace *t, struct ip4 from, const struct icmp_echo *reply);
void trace_hear_error(struct trace *t, struct ip4 from, const struct icmp_error *error);

/* How many of its tries a hop answered. */
unsigned trace_answers(const struct trace_hop *hop);

/* Of the first `count` hops, the first from which on no hop that answers at all answers every try; `count` if the last of
 * those that answer does. */
size_t trace_loss_begins(const struct trace *t, size_t count);

#endif
