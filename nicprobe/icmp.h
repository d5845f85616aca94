/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ICMP echo: read and write requests and replies.
 *
 * Pure.
 * Spec.  RFC 792, "Echo or Echo Reply Message".
 * Trust. None: the bytes came off the wire.
 */
#ifndef KIRIWAKE_NICPROBE_ICMP_H
#define KIRIWAKE_NICPROBE_ICMP_H

#include "core/bytes.h"

#define ICMP_HEADER_BYTES 8
#define ICMP_ECHO_REPLY   0
#define ICMP_ECHO_REQUEST 8

struct icmp_echo {
	uint8_t type; /* ICMP_ECHO_... */
	uint16_t id, seq;
	struct span data;
};

enum icmp_result {
	ICMP_OK,
	ICMP_SHORT,
	ICMP_BAD_CHECKSUM,
	ICMP_NOT_ECHO /* any other message */
};

/* Reads the message that fills `pkt` (the payload of an IPv4 packet). On any result but ICMP_OK, *ret is untouched. */
enum icmp_result icmp_echo_read(struct span pkt, struct icmp_echo *ret);

/* Writes the header to pkt[ICMP_HEADER_BYTES]; the echo->data.len bytes that follow it must be in place
 * already, for the checksum; data.at is not looked at. */
void icmp_echo_write(uint8_t *pkt, const struct icmp_echo *echo);

#endif
