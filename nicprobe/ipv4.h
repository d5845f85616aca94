/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* IPv4: read and write the header, and the Internet checksum.
 *
 * Pure.
 * Spec.  RFC 791 section 3.1; RFC 1071 for the checksum.
 * Trust. None. Fragments are refused: nothing we send or ask for needs them.
 */
#ifndef KIRIWAKE_NICPROBE_IPV4_H
#define KIRIWAKE_NICPROBE_IPV4_H

#include "core/address.h"

#define IPV4_HEADER_BYTES 20
#define IPV4_ICMP         1
#define IPV4_TCP          6
#define IPV4_UDP          17
#define IPV4_TTL          64

struct ipv4 {
	struct ip4 src, dst;
	uint8_t ttl;
	uint8_t protocol; /* IPV4_... */
	struct span payload;
};

enum ipv4_result {
	IPV4_OK,
	IPV4_SHORT,      /* the header is not all there */
	IPV4_NOT_IPV4,   /* another version, or a header length below 20 */
	IPV4_BAD_LENGTH, /* the total length is longer than the frame or shorter than the header */
	IPV4_BAD_CHECKSUM, /* of the header */
	IPV4_FRAGMENT
};

/* Reads the packet at the start of `pkt`. The payload ends where the total length says. On any result but
 * IPV4_OK, *ret is untouched. */
enum ipv4_result ipv4_read(struct span pkt, struct ipv4 *ret);

/* Writes a header without options to pkt[IPV4_HEADER_BYTES], don't-fragment set, for the payload.len bytes
 * that follow it; payload.at is not looked at. IPV4_HEADER_BYTES + payload.len must be below 65536. */
void ipv4_write(uint8_t *pkt, const struct ipv4 *ip, uint16_t id);

/* One's complement sum of 16-bit words on top of `sum`; an odd last byte counts as the high one. Begin with 0. */
uint32_t inet_sum(uint32_t sum, struct span bytes);

/* The checksum that belongs to a sum. Over data that includes a right checksum, it is 0. */
uint16_t inet_checksum(uint32_t sum);

/* The sum that TCP and UDP checksums begin with: pseudo header and segment (RFC 9293 section 3.1, RFC 768). */
uint32_t ipv4_pseudo_sum(struct ip4 src, struct ip4 dst, uint8_t protocol, struct span segment);

#endif
