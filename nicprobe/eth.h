/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ethernet frames: read and write the header.
 *
 * Pure.
 * Spec.  IEEE 802.3 (length/type), IEEE 802.1Q (tag), RFC 1042 (SNAP). EtherTypes as IEEE assigns them.
 * Trust. None: the bytes came off the wire. They may be shorter than 60 or carry bytes behind the payload;
 *        only the lengths inside the payload tell where it ends.
 */
#ifndef KIRIWAKE_NICPROBE_ETH_H
#define KIRIWAKE_NICPROBE_ETH_H

#include "core/address.h"

#define ETH_HEADER_BYTES 14
#define ETH_FRAME_MAX    1514

#define ETH_TYPE_LLC   0x0000 /* ours: a length field and an LLC header, not an EtherType */
#define ETH_TYPE_IPV4  0x0800
#define ETH_TYPE_ARP   0x0806
#define ETH_TYPE_VLAN  0x8100
#define ETH_TYPE_QINQ  0x88a8
#define ETH_TYPE_LOCAL 0x88b5 /* IEEE 802 local experimental */

struct eth {
	struct mac dst, src;
	uint16_t type; /* EtherType, that inside the tag or SNAP header if there is one */
	bool tagged;
	uint16_t
		vlan; /* VLAN id of the outermost tag; 0 also for untagged and priority-tagged frames */
	struct span payload;
};

enum eth_result {
	ETH_OK,
	ETH_SHORT,     /* the header is not all there */
	ETH_BAD_LENGTH /* the length field is neither a length that fits nor a type */
};

extern const struct mac mac_broadcast;

/* Reads the header of `frame`, skipping one VLAN tag. On any result but ETH_OK, *ret is untouched. */
enum eth_result eth_read(struct span frame, struct eth *ret);

/* Writes an untagged header to frame[ETH_HEADER_BYTES]. */
void eth_write(uint8_t *frame, struct mac dst, struct mac src, uint16_t type);

#endif
