/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ethernet and IPv4 addresses as values, and their text forms.
 *
 * Pure.
 * Spec.  IEEE 802 MAC-48 written as six lower-case hexadecimal pairs; RFC 791 dotted decimal.
 */
#ifndef KIRIWAKE_CORE_ADDRESS_H
#define KIRIWAKE_CORE_ADDRESS_H

#include "core/bytes.h"
#include "core/text.h"

#define MAC_BYTES 6
#define IP4_BYTES 4

struct mac {
	uint8_t at[MAC_BYTES];
};

/* In host byte order: 192.168.1.20 is 0xc0a80114. 0 means none. */
struct ip4 {
	uint32_t value;
};

static inline struct mac mac_at(const uint8_t *p)
{
	struct mac m;

	memcpy(m.at, p, MAC_BYTES);
	return m;
}

static inline bool mac_same(struct mac a, struct mac b)
{
	return memcmp(a.at, b.at, MAC_BYTES) == 0;
}

/* Group bit: broadcast and multicast. */
static inline bool mac_is_group(struct mac m)
{
	return (m.at[0] & 1) != 0;
}

/* All zero: where a MAC address is not known, or not given. */
static inline bool mac_is_none(struct mac m)
{
	static const struct mac none = {{0}};

	return mac_same(m, none);
}

/* The address of one card. */
static inline bool mac_is_host(struct mac m)
{
	return !mac_is_group(m) && !mac_is_none(m);
}

static inline struct ip4 ip4_at(const uint8_t *p)
{
	return (struct ip4){be32(p)};
}

static inline bool ip4_same(struct ip4 a, struct ip4 b)
{
	return a.value == b.value;
}

/* Netmask of a prefix length 0..32. */
static inline struct ip4 ip4_mask(unsigned prefix)
{
	return (struct ip4){prefix == 0 ? 0 : UINT32_MAX << (32 - prefix)};
}

/* A unicast address a host may own: not 0/8, 127/8, multicast, reserved or broadcast. */
bool ip4_is_host(struct ip4 ip);

#define MAC_TEXT 18
#define IP4_TEXT 16
/* "52:54:00:12:34:56" and "192.168.1.20". Return buf. */
const char *mac_text(char buf[MAC_TEXT], struct mac m);
const char *ip4_text(char buf[IP4_TEXT], struct ip4 ip);

/* Each reads the whole text; false with *ret untouched otherwise. A MAC may use ':' or '-'. */
bool mac_read(struct text t, struct mac *ret);
bool ip4_read(struct text t, struct ip4 *ret);

#endif
