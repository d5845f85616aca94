/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking for net.ip in the name of an address that was proved free.
 *
 * Pure over struct nic. Some devices answer no ARP request that bears no sender's address, as the probes of RFC 5227 do not.
 * Where probes found net.ip free, DHCP gives another address for a moment, and from that it is asked for again.
 */
#ifndef KIRIWAKE_NICPROBE_ASK_H
#define KIRIWAKE_NICPROBE_ASK_H

#include "nicprobe/pump.h"

/* What was done, for the words of a negative. */
struct asked {
	unsigned requests;
	struct ip4 from; /* the address they bore */
};

/* Asks for net.ip if it was probed and found free, and DHCP leases another free address on its card; that is given back
 * afterwards, unless net.ip turned out to have an owner. *ret is untouched where nothing could be asked. False: stopped. */
bool ask_for_net_ip(struct run *run, struct asked *ret);

/* Sends an ARP request and an ICMP echo for `ip` from the address that is held, both to all. False: not sent. */
bool ask_send(struct run *run, struct ip4 ip);

#endif
