/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ARP for IPv4 over Ethernet: read and write one packet.
 *
 * Pure.
 * Spec.  RFC 826, "Packet format"; RFC 5227 section 1.1 for the words probe and announcement.
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_ARP_H
#define KIRIWAKE_NICPROBE_ARP_H

#include "core/address.h"

#define ARP_BYTES      28
#define ARP_OP_REQUEST 1
#define ARP_OP_REPLY   2

struct arp_peer {
	struct mac mac;
	struct ip4 ip;
};

struct arp {
	uint16_t op; /* ARP_OP_... or anything else */
	struct arp_peer sender, target;
};

enum arp_result {
	ARP_OK,
	ARP_SHORT,       /* not all there */
	ARP_NOT_IPV4,    /* for another network or another link layer */
	ARP_BAD_ADDR_LEN /* address lengths that contradict the types */
};

/* What a packet says about addresses. Bits, so that a table can remember all it has seen. */
enum arp_kind {
	ARP_KIND_REQUEST = 1,    /* who has target: the sender owns its own address */
	ARP_KIND_REPLY = 2,      /* the sender owns its address */
	ARP_KIND_GRATUITOUS = 4, /* the sender announces its address unasked */
	ARP_KIND_PROBE = 8,      /* broadcast with sender 0: wants to take the target address */
	ARP_KIND_POLL = 16,      /* unicast with sender 0: switches look after known hosts so */
	ARP_KIND_OTHER = 32      /* none of ours: other operations */
};

/* The kinds that claim the sender's address. */
#define ARP_KINDS_OWNER (ARP_KIND_REQUEST | ARP_KIND_REPLY | ARP_KIND_GRATUITOUS)

/* Reads the packet at the start of `pkt`, which begins after the Ethernet header. Bytes beyond ARP_BYTES are
 * legal (frames are padded) and ignored. On any result but ARP_OK, *ret is untouched. */
enum arp_result arp_read(struct span pkt, struct arp *ret);

/* Writes the packet to pkt[ARP_BYTES]. */
void arp_write(uint8_t *pkt, const struct arp *arp);

/* `to_group`: the frame that carried it was broadcast or multicast. */
enum arp_kind arp_kind(const struct arp *arp, bool to_group);

#endif
