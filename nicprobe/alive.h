/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whether a card works with its driver: somebody who was heard on it is asked by ARP, before and after it was taken away.
 *
 * Pure over struct nic. The request comes from our own address if we hold one on that card, else from none (RFC 5227, 1.1).
 */
#ifndef KIRIWAKE_NICPROBE_ALIVE_H
#define KIRIWAKE_NICPROBE_ALIVE_H

#include "nicprobe/session.h"

/* Somebody to ask on card `nic`: the gateway if it was heard there, else who was heard last. False: nobody was heard. */
bool alive_whom(const struct net_session *s, unsigned nic, struct ip4 *ret);

/* Asks `ip` until it answers on card `nic` or `patience_ns` are over. */
bool alive_ask(struct run *run, unsigned nic, struct ip4 ip, uint64_t patience_ns);

#endif
