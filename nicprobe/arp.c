/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ARP for IPv4 over Ethernet: read and write one packet. Pure. See arp.h. */
#include "nicprobe/arp.h"
#include "nicprobe/eth.h"

#define HW_ETHERNET 1
#define HW_IEEE_802 6 /* RFC 826 networks of IEEE 802; hosts take one for the other */

enum arp_result arp_read(struct span pkt, struct arp *ret)
{
	if (pkt.len < ARP_BYTES)
		return ARP_SHORT;
	if ((be16(pkt.at) != HW_ETHERNET && be16(pkt.at) != HW_IEEE_802) ||
		be16(pkt.at + 2) != ETH_TYPE_IPV4)
		return ARP_NOT_IPV4;
	if (pkt.at[4] != MAC_BYTES || pkt.at[5] != IP4_BYTES)
		return ARP_BAD_ADDR_LEN;
	ret->op = be16(pkt.at + 6);
	ret->sender = (struct arp_peer){mac_at(pkt.at + 8), ip4_at(pkt.at + 14)};
	ret->target = (struct arp_peer){mac_at(pkt.at + 18), ip4_at(pkt.at + 24)};
	return ARP_OK;
}

static void write_peer(uint8_t *at, struct arp_peer peer)
{
	memcpy(at, peer.mac.at, MAC_BYTES);
	put_be32(at + MAC_BYTES, peer.ip.value);
}

void arp_write(uint8_t *pkt, const struct arp *arp)
{
	put_be16(pkt, HW_ETHERNET);
	put_be16(pkt + 2, ETH_TYPE_IPV4);
	pkt[4] = MAC_BYTES;
	pkt[5] = IP4_BYTES;
	put_be16(pkt + 6, arp->op);
	write_peer(pkt + 8, arp->sender);
	write_peer(pkt + 18, arp->target);
}

enum arp_kind arp_kind(const struct arp *arp, bool to_group)
{
	if (arp->op != ARP_OP_REQUEST && arp->op != ARP_OP_REPLY)
		return ARP_KIND_OTHER;
	if (arp->sender.ip.value == 0 && arp->op == ARP_OP_REQUEST)
		return to_group ? ARP_KIND_PROBE : ARP_KIND_POLL;
	if (arp->sender.ip.value == 0)
		return ARP_KIND_OTHER;
	if (ip4_same(arp->sender.ip, arp->target.ip))
		return ARP_KIND_GRATUITOUS;
	return arp->op == ARP_OP_REQUEST ? ARP_KIND_REQUEST : ARP_KIND_REPLY;
}
