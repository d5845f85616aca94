/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Probing addresses for an owner without ever claiming them.
 *
 * Pure over struct nic.
 * Spec.  RFC 5227 section 2.1.1: broadcast ARP requests with sender address 0.0.0.0, several of them, then a wait.
 *        Nothing is ever announced (section 2.3): that would disturb a live owner.
 */
#ifndef KIRIWAKE_NICPROBE_PROBE_H
#define KIRIWAKE_NICPROBE_PROBE_H

#include "nicprobe/pump.h"

/* Sends one probe for the address on each of its usable cards. True: on all of them. */
bool probe_send(struct run *run, const struct candidate *c);

/* Forgets what the last round found out: whatever is asked from now on is probed anew. */
void probe_round(struct run *run);

/* Begins to probe what is known so far, without waiting. probe_step() goes on with it. */
void probe_ahead(struct run *run);

/* Does what is due in all series that are running. Whether those of `*arg` (FROM_... bits) are over; NULL: never. For
 * net_wait_for(). */
bool probe_step(struct run *run, void *arg);

/* Probes all candidates with one of `sources` (FROM_... bits) that were not probed in this round, in parallel, on each of
 * their usable cards, and listens to the end, also of what was begun ahead. As long as nobody at all was heard, the series is repeated until a switch port that is slow to
 * forward had its time. The time since the first of the last series began goes to *ret_took_ns. False, *ret untouched: stopped before the end. */
bool probe_run(struct run *run, uint8_t sources, uint64_t *ret_took_ns);

/* For each candidate in conflict, probes an address of its subnet that nobody should have. Who answers for that
 * as well is marked as proxy. False: stopped. */
bool probe_controls(struct run *run);

/* Probes those of one of `sources` once more, in a second or two, without judging the wire. False: stopped. */
bool probe_again(struct run *run, uint8_t sources);

/* Adds the addresses that may be ours: net.ip and what DHCP servers offered. */
void probe_add_ours(struct run *run);

/* Adds those that others own or ask for: gateway, net.peer, overheard who-has targets. */
void probe_add_others(struct run *run);

#endif
