/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Findings of IPv6: who claims a card's own address, and which routers compete. They may come up at any time once net.ipv6 ran.
 *
 * Pure.
 */
#ifndef KIRIWAKE_NICPROBE_ND_TELL_H
#define KIRIWAKE_NICPROBE_ND_TELL_H

#include "nicprobe/session.h"

/* Whether there is one that was not told yet. */
bool nd_has_news(const struct net_session *s, const struct station *st);

/* Records net-duplicate-ip and net-rogue-ra, if there is news, for one card. */
void nd_tell(struct run *run, struct station *st);

#endif
