/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ICMP: echoes, and errors about packets of ours. Pure. See icmp.h. */
#include "nicprobe/icmp.h"

enum icmp_result icmp_echo_read(struct span pkt, struct icmp_echo *ret)
{
	if (pkt.len < ICMP_HEADER_BYTES)
		return ICMP_SHORT;
	if ((pkt.at[0] != ICMP_ECHO_REPLY && pkt.at[0] != ICMP_ECHO_REQUEST) || pkt.at[1] != 0)
		return ICMP_NOT_ECHO;
	ret->type = pkt.at[0];
	ret->id = be16(pkt.at + 4);
	ret->seq = be16(pkt.at + 6);
	ret->data = (struct span){pkt.at + ICMP_HEADER_BYTES, pkt.len - ICMP_HEADER_BYTES};
	ret->damaged = inet_checksum(inet_sum(0, pkt)) != 0;
	return ICMP_OK;
}

void icmp_echo_write(uint8_t *pkt, const struct icmp_echo *echo)
{
	pkt[0] = echo->type;
	pkt[1] = 0;
	put_be16(pkt + 2, 0);
	put_be16(pkt + 4, echo->id);
	put_be16(pkt + 6, echo->seq);
	put_be16(pkt + 2,
		inet_checksum(inet_sum(0, (struct span){pkt, ICMP_HEADER_BYTES + echo->data.len})));
}

enum icmp_result icmp_error_read(struct span pkt, struct icmp_error *ret)
{
	struct span quoted, start;
	size_t header;

	if (pkt.len < ICMP_HEADER_BYTES)
		return ICMP_SHORT;
	if (inet_checksum(inet_sum(0, pkt)) != 0)
		return ICMP_BAD_CHECKSUM;
	if (pkt.at[0] != ICMP_UNREACHABLE && pkt.at[0] != ICMP_EXPIRED)
		return ICMP_NOT_ECHO;
	quoted = (struct span){pkt.at + ICMP_HEADER_BYTES, pkt.len - ICMP_HEADER_BYTES};
	if (quoted.len < IPV4_HEADER_BYTES || quoted.at[0] >> 4 != 4)
		return ICMP_SHORT;
	header = (size_t)(quoted.at[0] & 0x0f) * 4;
	if (header < IPV4_HEADER_BYTES || !span_sub(quoted, header, ICMP_QUOTED_BYTES, &start))
		return ICMP_SHORT;
	*ret = (struct icmp_error){.type = pkt.at[0],
		.code = pkt.at[1],
		.mtu = be16(pkt.at + 6),
		.src = ip4_at(quoted.at + 12),
		.dst = ip4_at(quoted.at + 16),
		.protocol = quoted.at[9]};
	memcpy(ret->start, start.at, ICMP_QUOTED_BYTES);
	return ICMP_OK;
}
