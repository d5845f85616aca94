/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ethernet frames: read and write the header. Pure. See eth.h. */
#include "nicprobe/eth.h"

#define TYPE_AT    12
#define TAG_BYTES  4
#define LENGTH_MAX 1500
#define TYPE_MIN   0x0600
#define SNAP_BYTES 8
#define VLAN_MASK  0x0fff

const struct mac mac_broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/* A frame with a length instead of a type: keep what the length covers, look through a SNAP header that
 * only wraps an EtherType. */
static bool read_llc(struct eth *eth, uint16_t len)
{
	static const uint8_t snap[] = {0xaa, 0xaa, 0x03, 0, 0, 0};

	if (len > LENGTH_MAX || !span_sub(eth->payload, 0, len, &eth->payload))
		return false;
	eth->type = ETH_TYPE_LLC;
	if (len >= SNAP_BYTES && memcmp(eth->payload.at, snap, sizeof(snap)) == 0) {
		eth->type = be16(eth->payload.at + sizeof(snap));
		eth->payload = (struct span){eth->payload.at + SNAP_BYTES, len - SNAP_BYTES};
	}
	return true;
}

enum eth_result eth_read(struct span frame, struct eth *ret)
{
	struct eth eth = {0};
	size_t type_at = TYPE_AT;
	uint16_t type;

	if (frame.len < ETH_HEADER_BYTES)
		return ETH_SHORT;
	type = be16(frame.at + type_at);
	if (type == ETH_TYPE_VLAN || type == ETH_TYPE_QINQ) {
		if (frame.len < ETH_HEADER_BYTES + TAG_BYTES)
			return ETH_SHORT;
		eth.tagged = true;
		eth.vlan = be16(frame.at + type_at + 2) & VLAN_MASK;
		type_at += TAG_BYTES;
		type = be16(frame.at + type_at);
	}
	eth.dst = mac_at(frame.at);
	eth.src = mac_at(frame.at + MAC_BYTES);
	eth.type = type;
	eth.payload = (struct span){frame.at + type_at + 2, frame.len - type_at - 2};
	if (type < TYPE_MIN && !read_llc(&eth, type))
		return ETH_BAD_LENGTH;
	*ret = eth;
	return ETH_OK;
}

void eth_write(uint8_t *frame, struct mac dst, struct mac src, uint16_t type)
{
	memcpy(frame, dst.at, MAC_BYTES);
	memcpy(frame + MAC_BYTES, src.at, MAC_BYTES);
	put_be16(frame + TYPE_AT, type);
}
