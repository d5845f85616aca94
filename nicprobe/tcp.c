/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* TCP over IPv4: read and write segments without data. Pure. See tcp.h. */
#include "nicprobe/tcp.h"

#define OFFSET_AT   12
#define FLAGS_AT    13
#define WINDOW_AT   14
#define CHECKSUM_AT 16
#define WINDOW      1024u
#define MSS         1460u

enum tcp_result tcp_read(const struct ipv4 *ip, struct tcp *ret)
{
	const struct span s = ip->payload;
	size_t header;

	if (s.len < TCP_HEADER_BYTES)
		return TCP_SHORT;
	header = (size_t)(s.at[OFFSET_AT] >> 4) * 4;
	if (header < TCP_HEADER_BYTES || header > s.len)
		return TCP_BAD_OFFSET;
	if (inet_checksum(ipv4_pseudo_sum(ip->src, ip->dst, IPV4_TCP, s)) != 0)
		return TCP_BAD_CHECKSUM;
	*ret = (struct tcp){.src_port = be16(s.at),
		.dst_port = be16(s.at + 2),
		.seq = be32(s.at + 4),
		.ack = be32(s.at + 8),
		.flags = s.at[FLAGS_AT]};
	return TCP_OK;
}

size_t tcp_write(uint8_t *pkt, const struct tcp *tcp, struct ip4 src, struct ip4 dst)
{
	const bool syn = (tcp->flags & TCP_SYN) != 0;
	const size_t len = syn ? TCP_WRITE_BYTES : TCP_HEADER_BYTES;

	memset(pkt, 0, len);
	put_be16(pkt, tcp->src_port);
	put_be16(pkt + 2, tcp->dst_port);
	put_be32(pkt + 4, tcp->seq);
	put_be32(pkt + 8, tcp->ack);
	pkt[OFFSET_AT] = (uint8_t)(len / 4 << 4);
	pkt[FLAGS_AT] = tcp->flags;
	put_be16(pkt + WINDOW_AT, syn ? WINDOW : 0);
	if (syn)
		put_be32(pkt + TCP_HEADER_BYTES, 2u << 24 | 4u << 16 | MSS);
	put_be16(pkt + CHECKSUM_AT,
		inet_checksum(ipv4_pseudo_sum(src, dst, IPV4_TCP, (struct span){pkt, len})));
	return len;
}
