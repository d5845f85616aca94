/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which frames are our own. Pure. See sent.h.
 *
 * Method: 64-bit FNV-1a over addresses, type and the first bytes of the payload. Those hold all of an ARP packet
 * and, through its checksum, every byte of an ICMP or UDP one.
 */
#include "nicprobe/sent.h"

#define PAYLOAD_BYTES 28
#define FNV_BASIS     0xcbf29ce484222325u
#define FNV_PRIME     0x100000001b3u

static uint64_t fnv(uint64_t hash, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * FNV_PRIME;
	return hash;
}

/* Never 0, which marks an empty place. */
static uint64_t fingerprint(const struct eth *frame)
{
	uint8_t type[2];
	uint64_t hash = FNV_BASIS;

	put_be16(type, frame->type);
	hash = fnv(hash, frame->dst.at, MAC_BYTES);
	hash = fnv(hash, frame->src.at, MAC_BYTES);
	hash = fnv(hash, type, sizeof(type));
	hash = fnv(hash, frame->payload.at,
		frame->payload.len < PAYLOAD_BYTES ? frame->payload.len : PAYLOAD_BYTES);
	return hash | 1;
}

void sent_add(struct sent_ring *ring, const struct eth *frame, unsigned nic)
{
	ring->cards[ring->next] = (uint16_t)(1u << nic);
	ring->prints[ring->next] = fingerprint(frame);
	ring->next = (ring->next + 1) % SENT_MAX;
}

uint16_t sent_by(const struct sent_ring *ring, const struct eth *frame)
{
	uint64_t print = fingerprint(frame);
	uint16_t cards = 0;

	for (size_t i = 0; i < SENT_MAX; i++) {
		if (ring->prints[i] == print)
			cards |= ring->cards[i];
	}
	return cards;
}
