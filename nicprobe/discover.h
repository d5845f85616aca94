/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The DHCP client: asking who is there, taking a lease, giving it back.
 *
 * Pure over struct nic.
 * Spec.  RFC 2131 sections 3.1, 4.4.1 and 4.4.6. Discovery never requests: a lease is taken only of an address
 *        that was probed and found free.
 * Trust. None: offers are claims of whoever answers.
 */
#ifndef KIRIWAKE_NICPROBE_DISCOVER_H
#define KIRIWAKE_NICPROBE_DISCOVER_H

#include "nicprobe/ipv4.h"
#include "nicprobe/pump.h"

/* Sends DISCOVERs on every usable card and collects all offers. False: stopped before the end. */
bool discover_run(struct run *run);

/* Requests the address of `offer`. True: it is leased. False: refused, no answer, or stopped. */
bool discover_request(struct run *run, const struct dhcp_offer *offer);

/* Gives up an address whose lease has run out; a new one takes a new discovery. */
void discover_expire(struct run *run);

/* Sends a RELEASE if an address is leased and not in conflict; the address is not held any more. */
void discover_release(struct run *run);

/* What the pump does with a datagram to the client port. False: malformed. */
bool discover_hear(
	struct run *run, const struct heard *h, const struct ipv4 *ip, struct span payload);

#endif
