/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* CDP: reading a neighbour's packet. Pure. See switch_port.h.
 *
 * The checksum is not checked: versions of it differ, and Ethernet's own has vouched for the bytes. */
#include "nicprobe/switch_read.h"

enum {
	TLV_DEVICE = 0x01,
	TLV_ADDRESSES = 0x02,
	TLV_PORT = 0x03,
	TLV_PLATFORM = 0x06,
	TLV_NATIVE_VLAN = 0x0a,
	TLV_DUPLEX = 0x0b
};

#define HEADER_BYTES     4 /* version, time to live, checksum */
#define TLV_HEADER_BYTES 4
#define VERSION_MAX      2

/* One address: protocol type, length of and protocol, length of and address. */
#define IPV4_ENTRY_BYTES 9
static const uint8_t ipv4_entry[] = {1, 1, 0xcc, 0, IP4_BYTES}; /* NLPID, one byte: IP */

static void take_device(struct span v, struct switch_port *port)
{
	text_clean(port->name, SWITCH_TEXT, v.at, v.len);
}

static void take_port(struct span v, struct switch_port *port)
{
	text_clean(port->port, SWITCH_TEXT, v.at, v.len);
}

static void take_platform(struct span v, struct switch_port *port)
{
	text_clean(port->platform, SWITCH_TEXT, v.at, v.len);
}

/* The first address, if it is IPv4. */
static void take_addresses(struct span v, struct switch_port *port)
{
	struct span entry;

	if (span_sub(v, 4, IPV4_ENTRY_BYTES, &entry) && be32(v.at) > 0 &&
		memcmp(entry.at, ipv4_entry, sizeof(ipv4_entry)) == 0)
		port->address = ip4_at(entry.at + sizeof(ipv4_entry));
}

static void take_vlan(struct span v, struct switch_port *port)
{
	if (v.len >= 2)
		port->vlan = be16(v.at) & 0x0fff;
}

static void take_duplex(struct span v, struct switch_port *port)
{
	if (v.len >= 1)
		port->duplex = v.at[0] ? DUPLEX_FULL : DUPLEX_HALF;
}

static const struct {
	uint16_t type;
	void (*take)(struct span v, struct switch_port *port);
} tlvs[] = {
	{TLV_DEVICE, take_device},
	{TLV_ADDRESSES, take_addresses},
	{TLV_PORT, take_port},
	{TLV_PLATFORM, take_platform},
	{TLV_NATIVE_VLAN, take_vlan},
	{TLV_DUPLEX, take_duplex},
};

/* Takes the next TLV off *rest; its length covers its header. False at the end, or at one that is not all there. */
static bool next_tlv(struct span *rest, uint16_t *ret_type, struct span *ret_value)
{
	uint16_t len;

	if (rest->len < TLV_HEADER_BYTES)
		return false;
	len = be16(rest->at + 2);
	if (len < TLV_HEADER_BYTES || len > rest->len)
		return false;
	*ret_type = be16(rest->at);
	*ret_value = (struct span){rest->at + TLV_HEADER_BYTES, (size_t)len - TLV_HEADER_BYTES};
	*rest = (struct span){rest->at + len, rest->len - len};
	return true;
}

bool cdp_read(struct span pdu, struct switch_port *port)
{
	struct span rest, value;
	uint16_t type;

	if (pdu.len < HEADER_BYTES || pdu.at[0] == 0 || pdu.at[0] > VERSION_MAX)
		return false;
	rest = (struct span){pdu.at + HEADER_BYTES, pdu.len - HEADER_BYTES};
	if (!next_tlv(&rest, &type, &value))
		return false;
	do {
		for (size_t i = 0; i < ARRAY_LEN(tlvs); i++) {
			if (tlvs[i].type == type)
				tlvs[i].take(value, port);
		}
	} while (next_tlv(&rest, &type, &value));
	return true;
}
