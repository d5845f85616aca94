/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IPv4: read and write the header, and the Internet checksum. Pure. See ipv4.h. */
#include "nicprobe/ipv4.h"

#define VERSION_4     4
#define DONT_FRAGMENT 0x4000
#define FRAGMENT_MASK 0x3fff /* more fragments, or an offset */

uint32_t inet_sum(uint32_t sum, struct span bytes)
{
	for (size_t i = 0; i + 1 < bytes.len; i += 2) {
		sum += be16(bytes.at + i);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (bytes.len % 2 != 0)
		sum += (uint32_t)bytes.at[bytes.len - 1] << 8;
	return (sum & 0xffff) + (sum >> 16);
}

uint16_t inet_checksum(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

enum ipv4_result ipv4_read(struct span pkt, struct ipv4 *ret)
{
	size_t header_bytes, total_bytes;

	if (pkt.len < IPV4_HEADER_BYTES)
		return IPV4_SHORT;
	header_bytes = (size_t)(pkt.at[0] & 15) * 4;
	total_bytes = be16(pkt.at + 2);
	if (pkt.at[0] >> 4 != VERSION_4 || header_bytes < IPV4_HEADER_BYTES)
		return IPV4_NOT_IPV4;
	if (total_bytes < header_bytes || total_bytes > pkt.len)
		return IPV4_BAD_LENGTH;
	if (inet_checksum(inet_sum(0, (struct span){pkt.at, header_bytes})) != 0)
		return IPV4_BAD_CHECKSUM;
	if (be16(pkt.at + 6) & FRAGMENT_MASK)
		return IPV4_FRAGMENT;
	ret->src = ip4_at(pkt.at + 12);
	ret->dst = ip4_at(pkt.at + 16);
	ret->ttl = pkt.at[8];
	ret->protocol = pkt.at[9];
	ret->payload = (struct span){pkt.at + header_bytes, total_bytes - header_bytes};
	return IPV4_OK;
}

void ipv4_write(uint8_t *pkt, const struct ipv4 *ip, uint16_t id)
{
	pkt[0] = VERSION_4 << 4 | IPV4_HEADER_BYTES / 4;
	pkt[1] = 0;
	put_be16(pkt + 2, (uint16_t)(IPV4_HEADER_BYTES + ip->payload.len));
	put_be16(pkt + 4, id);
	put_be16(pkt + 6, DONT_FRAGMENT);
	pkt[8] = ip->ttl;
	pkt[9] = ip->protocol;
	put_be16(pkt + 10, 0);
	put_be32(pkt + 12, ip->src.value);
	put_be32(pkt + 16, ip->dst.value);
	put_be16(pkt + 10, inet_checksum(inet_sum(0, (struct span){pkt, IPV4_HEADER_BYTES})));
}

#define PSEUDO_BYTES 12

uint32_t ipv4_pseudo_sum(struct ip4 src, struct ip4 dst, uint8_t protocol, struct span segment)
{
	uint8_t pseudo[PSEUDO_BYTES] = {[9] = protocol};

	put_be32(pseudo, src.value);
	put_be32(pseudo + 4, dst.value);
	put_be16(pseudo + 10, (uint16_t)segment.len);
	return inet_sum(inet_sum(0, (struct span){pseudo, PSEUDO_BYTES}), segment);
}
