/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ICMP: echo requests and replies, and errors about packets of ours.
 *
 * Pure.
 * Spec.  RFC 792; RFC 1191 section 4 for the MTU in "fragmentation needed".
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_ICMP_H
#define KIRIWAKE_NICPROBE_ICMP_H

#include "nicprobe/ipv4.h"

#define ICMP_HEADER_BYTES      8
#define ICMP_ECHO_REPLY        0
#define ICMP_ECHO_REQUEST      8
#define ICMP_UNREACHABLE       3
#define ICMP_EXPIRED           11
#define ICMP_NEEDS_FRAGMENTING 4 /* code of ICMP_UNREACHABLE */
#define ICMP_QUOTED_BYTES      8

struct icmp_echo {
	uint8_t type; /* ICMP_ECHO_... */
	uint16_t id, seq;
	struct span data;
	bool damaged; /* its checksum is wrong: any of this may be */
};

enum icmp_result {
	ICMP_OK,
	ICMP_SHORT,
	ICMP_BAD_CHECKSUM,
	ICMP_NOT_ECHO /* any other message */
};

/* Reads the message that fills `pkt` (the payload of an IPv4 packet). An echo with a wrong checksum is read and marked: a damaged
 * reply is more than a lost one. On any result but ICMP_OK, *ret is untouched. */
enum icmp_result icmp_echo_read(struct span pkt, struct icmp_echo *ret);

/* An error, and the beginning of the packet it is about. */
struct icmp_error {
	uint8_t type, code;
	uint16_t mtu; /* of the next hop, with ICMP_NEEDS_FRAGMENTING; 0: not said */
	struct ip4 src, dst;
	uint8_t protocol;
	uint8_t start[ICMP_QUOTED_BYTES]; /* of what the packet carried */
};

/* Reads an ICMP_UNREACHABLE or ICMP_EXPIRED message. ICMP_NOT_ECHO: another message. On any result but ICMP_OK, *ret is
 * untouched. The quoted packet is cut, and its checksums are not looked at. */
enum icmp_result icmp_error_read(struct span pkt, struct icmp_error *ret);

/* Writes the header to pkt[ICMP_HEADER_BYTES]; the echo->data.len bytes that follow it must be in place
 * already, for the checksum; data.at is not looked at. */
void icmp_echo_write(uint8_t *pkt, const struct icmp_echo *echo);

#endif
