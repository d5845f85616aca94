/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* TCP over IPv4: as much as it takes to knock at a port and leave.
 *
 * Pure.
 * Spec.  RFC 9293 sections 3.1 and 3.2.
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_TCP_H
#define KIRIWAKE_NICPROBE_TCP_H

#include "nicprobe/ipv4.h"

#define TCP_HEADER_BYTES 20
#define TCP_WRITE_BYTES  24 /* the longest segment written: a SYN with its maximum segment size */

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct tcp {
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t flags; /* TCP_... bits */
};

enum tcp_result { TCP_OK, TCP_SHORT, TCP_BAD_OFFSET, TCP_BAD_CHECKSUM };

/* Reads the segment that `ip` carries. On any result but TCP_OK, *ret is untouched. */
enum tcp_result tcp_read(const struct ipv4 *ip, struct tcp *ret);

/* Writes a segment without data to pkt[TCP_WRITE_BYTES]. Returns its length. */
size_t tcp_write(uint8_t *pkt, const struct tcp *tcp, struct ip4 src, struct ip4 dst);

#endif
