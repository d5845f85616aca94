/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which switch port a MAC address is on, by the switch's own tables.
 *
 * Pure over struct nic; needs net.snmp.community, and an address to speak from.
 * Spec.  BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB (RFC 4363), IF-MIB (RFC 2863), IP-MIB (RFC 4293: ipNetToMediaTable).
 * Trust. None, as of every agent. An entry says behind which port frames from the address were last seen: that may be a cable to
 *        another switch.
 */
#ifndef KIRIWAKE_NICPROBE_MAC_PLACE_H
#define KIRIWAKE_NICPROBE_MAC_PLACE_H

#include "nicprobe/snmp_client.h"

#define MAC_PLACES_MAX 8
#define AGENT_TEXT     40
#define PORT_NAME_TEXT 40
#define PLACE_TEXT     (PORT_NAME_TEXT + AGENT_TEXT + 8)

struct mac_place {
	struct mac mac;
	uint32_t interface;    /* ifIndex; 0: not known */
	char text[PLACE_TEXT]; /* "Gi0/22 on sw1" */
};

/* What was found out so far in this run. */
struct mac_places {
	char agent[AGENT_TEXT]; /* the switch's name, or address */
	bool no_contexts;       /* it keeps silent when asked for the tables of one VLAN */
	size_t count;
	struct mac_place at[MAC_PLACES_MAX];
};

/* Gets ready to ask the switch: net.snmp.agent, else the one that named itself. False: no community is given, or the switch is
 * not known or does not answer; why not, for people, in *ret_why. Takes some seconds where it does not answer. */
bool mac_place_begin(struct run *run, const char **ret_why);

/* After mac_place_begin(): looks the address up, if it was not yet, and keeps what is found. NULL: not found. */
const struct mac_place *mac_place_look(struct run *run, struct mac mac);

/* The interface that calls itself `name`. False: none does. */
bool mac_place_by_name(struct run *run, const char *name, uint32_t *ret_interface);

/* What an interface calls itself, into ret[PORT_NAME_TEXT]. */
void mac_place_name(struct run *run, uint32_t interface, char ret[PORT_NAME_TEXT]);

/* What was found of the address before; empty: nothing. Asks nobody. */
const char *mac_place_text(const struct mac_places *t, struct mac mac);

/* Looks up who claims the candidates whose conflict was told and not sought before, as far as it can be done; notes why if it
 * cannot. Acquires an address to speak from. */
void mac_places_look(struct run *run);

/* Whether there is such a candidate, and a community is given. */
bool mac_places_due(const struct run *run);

/* Which MAC address the router at `router` has for `ip`. False: it does not answer, or has none; why, in *ret_why. */
bool mac_place_router_view(
	struct run *run, struct ip4 router, struct ip4 ip, struct mac *ret, const char **ret_why);

#endif
