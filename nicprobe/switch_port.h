/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the far end of the cable says of itself: LLDP, CDP and spanning tree.
 *
 * Pure. Frames in, facts out; nothing is sent from here.
 * Spec.  LLDP: IEEE 802.1AB-2016 clause 8 and annex D (organizationally specific TLVs of 802.1 and 802.3); MAU types of
 *        IANA-MAU-MIB. CDP: as Cisco documents it, versions 1 and 2. Spanning tree: IEEE 802.1D-2004 clause 9.
 * Trust. None. A TLV that does not fit ends the frame; what came before it is kept. Texts are cleaned.
 */
#ifndef KIRIWAKE_NICPROBE_SWITCH_PORT_H
#define KIRIWAKE_NICPROBE_SWITCH_PORT_H

#include "core/machine.h"
#include "nicprobe/eth.h"

#define ETH_TYPE_LLDP    0x88cc
#define SWITCH_TEXT      64
#define SWITCH_PORTS_MAX 4 /* told apart on one card: a switch, and who else speaks through it */

enum switch_protocol { SWITCH_LLDP = 1, SWITCH_CDP = 2, SWITCH_STP = 4 };

/* One neighbour on one cable. */
struct switch_port {
	struct mac mac;             /* source of the frames */
	uint8_t protocols;          /* SWITCH_... bits heard */
	char name[SWITCH_TEXT];     /* of the switch; empty: not said */
	char port[SWITCH_TEXT];     /* "Gi1/0/22" */
	char platform[SWITCH_TEXT]; /* model or system description */
	struct ip4 address;         /* for management; value 0: not said */
	uint16_t vlan;              /* untagged frames belong to; 0: not said */
	enum duplex duplex;         /* of its port */
	unsigned speed_mbps;        /* 0: not said */
	unsigned max_frame_bytes;   /* 0: not said */
	struct mac bridge, root;    /* spanning tree: valid with SWITCH_STP */
	bool topology_change;       /* spanning tree: flagged at least once */
	uint32_t frames;            /* heard */
	uint64_t first_ns, last_ns;
};

struct switch_ports {
	size_t count;
	struct switch_port at[SWITCH_PORTS_MAX];
	uint32_t dropped; /* frames of a fifth neighbour and more */
};

/* Takes one frame of a stranger. True: it was one of these protocols, well formed or not; *ret_malformed says which. */
bool switch_port_hear(
	struct switch_ports *t, const struct eth *frame, uint64_t now_ns, bool *ret_malformed);

/* The neighbour that most likely is the switch: who names a port, else who is a bridge. NULL: nobody was heard. */
const struct switch_port *switch_port_best(const struct switch_ports *t);

/* "sw-rack7 port Gi1/0/22 (VLAN 20)" or "a bridge 00:11:22:33:44:55", into buf[cap]. Returns buf. */
const char *switch_port_text(const struct switch_port *p, char *buf, size_t cap);

/* A minimal LLDPDU with our chassis, port, `ttl_s` and system name into frame[]; 0 seconds says we are going. Returns its
 * length, at most LLDP_FRAME_MAX. */
#define LLDP_FRAME_MAX 80
size_t lldp_write(uint8_t frame[LLDP_FRAME_MAX], struct mac src, uint16_t ttl_s);

#endif
