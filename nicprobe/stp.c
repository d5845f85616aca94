/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Spanning tree: reading a bridge's BPDU. Pure. IEEE 802.1D-2004 clause 9.3. See switch_port.h. */
#include "nicprobe/switch_read.h"

/* Offsets in a configuration or rapid spanning tree BPDU. */
enum {
	BPDU_PROTOCOL = 0,
	BPDU_VERSION = 2,
	BPDU_TYPE = 3,
	BPDU_FLAGS = 4,
	BPDU_ROOT = 5 + 2, /* behind the priority */
	BPDU_BRIDGE = 17 + 2,
	BPDU_CONFIG_BYTES = 35
};

enum { TYPE_CONFIG = 0x00, TYPE_RAPID = 0x02, TYPE_CHANGE = 0x80 };

#define CHANGE_BYTES 4
#define FLAG_CHANGE  1

bool stp_read(struct span pdu, struct switch_port *port)
{
	if (pdu.len < CHANGE_BYTES || be16(pdu.at + BPDU_PROTOCOL) != 0)
		return false;
	if (pdu.at[BPDU_TYPE] == TYPE_CHANGE) {
		port->topology_change = true;
		return true;
	}
	if ((pdu.at[BPDU_TYPE] != TYPE_CONFIG && pdu.at[BPDU_TYPE] != TYPE_RAPID) ||
		pdu.len < BPDU_CONFIG_BYTES)
		return false;
	port->topology_change |= (pdu.at[BPDU_FLAGS] & FLAG_CHANGE) != 0;
	port->root = mac_at(pdu.at + BPDU_ROOT);
	port->bridge = mac_at(pdu.at + BPDU_BRIDGE);
	return true;
}
