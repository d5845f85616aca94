/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is at the other end of the cable: telling it that we are here, and telling people which switch it is.
 *
 * Pure over struct nic.
 * Spec.  IEEE 802.1AB-2016, 9.1.1: who hears a new neighbour answers with several PDUs a second apart, instead of one in
 *        half a minute; so one of ours is sent first.
 */
#ifndef KIRIWAKE_NICPROBE_CABLE_H
#define KIRIWAKE_NICPROBE_CABLE_H

#include "nicprobe/session.h"

/* One broadcast with a nonce on every usable card: whoever of our cards hears it is on the same wire (station.hears). */
void net_send_nonces(struct run *run);

/* One LLDPDU on every usable card. `ttl_s` 0 takes back what was said before, and goes only where something was. */
void net_send_lldp(struct run *run, uint16_t ttl_s);

/* Notes the switch and port that a card is connected to, once, if they are known. */
void net_note_switch(struct run *run, struct station *st);

#endif
