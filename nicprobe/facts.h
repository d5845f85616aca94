/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network looks like from here, as short texts: to compare with what was expected, and with the last run.
 *
 * Pure over struct nic.
 */
#ifndef KIRIWAKE_NICPROBE_FACTS_H
#define KIRIWAKE_NICPROBE_FACTS_H

#include "nicprobe/session.h"

#define FACT_TEXT 136
#define FACT_NONE "none" /* looked for, and not there */

enum fact {
	FACT_IP,
	FACT_GATEWAY,
	FACT_GATEWAY_MAC,
	FACT_DHCP,     /* addresses of all servers, in ascending order */
	FACT_DHCP_MAC, /* likewise */
	FACT_DNS,
	FACT_SWITCH, /* name and port */
	FACT_VLAN,
	FACT_DUPLICATES, /* addresses in conflict, in ascending order */
	FACT_ROUTERS6,   /* MAC addresses of IPv6 routers that offer the way out, likewise */
	FACT_COUNT
};

/* Each printable, without line ends; empty: not known. */
struct facts {
	char at[FACT_COUNT][FACT_TEXT];
};

/* The name of a fact in files, "gateway_mac", and for people, "the gateway's MAC address". */
const char *fact_key(enum fact fact);
const char *fact_name(enum fact fact);

/* What the switch says of its port, that of the card we speak on if it can be told apart. A silent switch is asked for its
 * name, which takes a few seconds. NULL: nobody names a port, or stopped. */
const struct switch_port *facts_switch_port(struct run *run);

/* Gathers them from what the session knows; asks for the gateway's MAC address, and a silent switch for its name, if need
 * be. False: stopped. */
bool facts_gather(struct run *run, struct facts *ret);

#endif
