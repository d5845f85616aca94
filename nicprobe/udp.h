/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* UDP over IPv4: read and write the header.
 *
 * Pure.
 * Spec.  RFC 768.
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_UDP_H
#define KIRIWAKE_NICPROBE_UDP_H

#include "nicprobe/ipv4.h"

#define UDP_HEADER_BYTES 8

struct udp {
	uint16_t src_port, dst_port;
	struct span payload;
};

enum udp_result {
	UDP_OK,
	UDP_SHORT,
	UDP_BAD_LENGTH,  /* the length field is longer than the packet or shorter than the header */
	UDP_BAD_CHECKSUM /* a checksum is given (not 0) and wrong */
};

/* Reads the datagram that `ip` carries. On any result but UDP_OK, *ret is untouched. */
enum udp_result udp_read(const struct ipv4 *ip, struct udp *ret);

/* Writes the header to pkt[UDP_HEADER_BYTES]; the udp->payload.len bytes that follow it must be in place
 * already, for the checksum; payload.at is not looked at. Addresses as in the IPv4 header. */
void udp_write(uint8_t *pkt, const struct udp *udp, struct ip4 src, struct ip4 dst);

#endif
