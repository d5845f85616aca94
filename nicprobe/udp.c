/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* UDP over IPv4: read and write the header. Pure. See udp.h. */
#include "nicprobe/udp.h"

enum udp_result udp_read(const struct ipv4 *ip, struct udp *ret)
{
	struct span datagram = ip->payload;
	size_t len;

	if (datagram.len < UDP_HEADER_BYTES)
		return UDP_SHORT;
	len = be16(datagram.at + 4);
	if (len < UDP_HEADER_BYTES || !span_sub(datagram, 0, len, &datagram))
		return UDP_BAD_LENGTH;
	if (be16(datagram.at + 6) != 0 &&
		inet_checksum(ipv4_pseudo_sum(ip->src, ip->dst, IPV4_UDP, datagram)) != 0)
		return UDP_BAD_CHECKSUM;
	ret->src_port = be16(datagram.at);
	ret->dst_port = be16(datagram.at + 2);
	ret->payload = (struct span){datagram.at + UDP_HEADER_BYTES, len - UDP_HEADER_BYTES};
	return UDP_OK;
}

void udp_write(uint8_t *pkt, const struct udp *udp, struct ip4 src, struct ip4 dst)
{
	size_t len = UDP_HEADER_BYTES + udp->payload.len;
	uint16_t checksum;

	put_be16(pkt, udp->src_port);
	put_be16(pkt + 2, udp->dst_port);
	put_be16(pkt + 4, (uint16_t)len);
	put_be16(pkt + 6, 0);
	checksum = inet_checksum(ipv4_pseudo_sum(src, dst, IPV4_UDP, (struct span){pkt, len}));
	put_be16(pkt + 6, checksum == 0 ? 0xffff : checksum); /* 0 would mean: none given */
}
