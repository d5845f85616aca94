/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* LLDP: reading a neighbour's PDU, and writing ours. Pure. IEEE 802.1AB-2016. See switch_port.h. */
#include "core/fmt.h"
#include "nicprobe/switch_read.h"

/* Types of TLVs, 802.1AB table 8-1. */
enum {
	TLV_END,
	TLV_CHASSIS,
	TLV_PORT,
	TLV_TTL,
	TLV_PORT_TEXT,
	TLV_SYSTEM_NAME,
	TLV_SYSTEM_TEXT,
	TLV_MANAGEMENT = 8,
	TLV_ORGANIZATION = 127
};

/* Subtypes that matter of chassis and port ids, tables 8-2 and 8-3. */
enum { CHASSIS_MAC = 4, CHASSIS_NAME = 6, CHASSIS_LOCAL = 7, PORT_MAC = 3, PORT_ADDRESS = 4 };

#define HEADER_BYTES    2
#define SUBTYPE_BYTES   1
#define TTL_BYTES       2
#define ADDRESS_IPV4    1 /* IANA address family */
#define ORG_BYTES       4 /* OUI and subtype */
#define MAC_PHY_BYTES   9
#define MAX_FRAME_BYTES 6
#define PVID_BYTES      6

static void take_text(char *ret, struct span s)
{
	text_clean(ret, SWITCH_TEXT, s.at, s.len);
}

/* An id that is a MAC address becomes text as one. */
static void take_id(char *ret, struct span value, unsigned mac_subtype)
{
	const struct span id = {value.at + SUBTYPE_BYTES, value.len - SUBTYPE_BYTES};

	if (value.at[0] == mac_subtype && id.len == MAC_BYTES)
		mac_text(ret, mac_at(id.at));
	else
		take_text(ret, id);
}

/* The chassis id is a name only where nothing better comes. */
static void take_chassis(struct span v, struct switch_port *port)
{
	if (v.len > SUBTYPE_BYTES && port->name[0] == '\0' &&
		(v.at[0] == CHASSIS_NAME || v.at[0] == CHASSIS_LOCAL))
		take_id(port->name, v, CHASSIS_MAC);
}

static void take_port(struct span v, struct switch_port *port)
{
	port->port[0] = '\0'; /* of the PDU before: the description is added to it */
	if (v.len > SUBTYPE_BYTES && v.at[0] != PORT_ADDRESS)
		take_id(port->port, v, PORT_MAC);
}

/* Where the id is a bare MAC address or number, the description says what stands on the case. */
static void take_port_text(struct span v, struct switch_port *port)
{
	char text[SWITCH_TEXT];

	take_text(text, v);
	if (text[0] == '\0' || text_same(text, port->port))
		return;
	if (port->port[0] == '\0')
		text_copy(port->port, sizeof(port->port), text);
	else
		fmt_add(port->port, sizeof(port->port), " \"%s\"", text);
}

static void take_name(struct span v, struct switch_port *port)
{
	take_text(port->name, v);
}

static void take_system_text(struct span v, struct switch_port *port)
{
	take_text(port->platform, v);
}

static void take_management(struct span v, struct switch_port *port)
{
	if (v.len >= 2 + IP4_BYTES && v.at[0] == 1 + IP4_BYTES && v.at[1] == ADDRESS_IPV4)
		port->address = ip4_at(v.at + 2);
}

/* Operational MAU types that a server's port may have, IANA-MAU-MIB. */
static const struct {
	uint16_t type, speed_mbps;
	enum duplex duplex;
} maus[] = {
	{10, 10, DUPLEX_HALF},
	{11, 10, DUPLEX_FULL},
	{15, 100, DUPLEX_HALF},
	{16, 100, DUPLEX_FULL},
	{17, 100, DUPLEX_HALF},
	{18, 100, DUPLEX_FULL},
	{21, 1000, DUPLEX_HALF},
	{22, 1000, DUPLEX_FULL},
	{23, 1000, DUPLEX_HALF},
	{24, 1000, DUPLEX_FULL},
	{25, 1000, DUPLEX_HALF},
	{26, 1000, DUPLEX_FULL},
	{29, 1000, DUPLEX_HALF},
	{30, 1000, DUPLEX_FULL},
	{54, 10000, DUPLEX_FULL},
};

static void take_mac_phy(struct span v, struct switch_port *port)
{
	const uint16_t mau = v.len >= MAC_PHY_BYTES ? be16(v.at + 7) : 0;

	for (size_t i = 0; i < ARRAY_LEN(maus); i++) {
		if (maus[i].type != mau)
			continue;
		port->duplex = maus[i].duplex;
		port->speed_mbps = maus[i].speed_mbps;
	}
}

static void take_max_frame(struct span v, struct switch_port *port)
{
	if (v.len >= MAX_FRAME_BYTES)
		port->max_frame_bytes = be16(v.at + ORG_BYTES);
}

static void take_pvid(struct span v, struct switch_port *port)
{
	if (v.len >= PVID_BYTES)
		port->vlan = be16(v.at + ORG_BYTES) & 0x0fff;
}

static const struct {
	uint8_t head[ORG_BYTES];
	void (*take)(struct span v, struct switch_port *port);
} organizations[] = {
	{{0x00, 0x80, 0xc2, 1}, take_pvid},
	{{0x00, 0x12, 0x0f, 1}, take_mac_phy},
	{{0x00, 0x12, 0x0f, 4}, take_max_frame},
};

static void take_organization(struct span v, struct switch_port *port)
{
	for (size_t i = 0; i < ARRAY_LEN(organizations); i++) {
		if (v.len >= ORG_BYTES && memcmp(v.at, organizations[i].head, ORG_BYTES) == 0)
			organizations[i].take(v, port);
	}
}

static const struct {
	uint8_t type;
	void (*take)(struct span v, struct switch_port *port);
} tlvs[] = {
	{TLV_CHASSIS, take_chassis},
	{TLV_PORT, take_port},
	{TLV_PORT_TEXT, take_port_text},
	{TLV_SYSTEM_NAME, take_name},
	{TLV_SYSTEM_TEXT, take_system_text},
	{TLV_MANAGEMENT, take_management},
	{TLV_ORGANIZATION, take_organization},
};

/* Takes the next TLV off *rest. False at the end, or at one that is not all there. */
static bool next_tlv(struct span *rest, uint8_t *ret_type, struct span *ret_value)
{
	uint16_t head;

	if (rest->len < HEADER_BYTES)
		return false;
	head = be16(rest->at);
	if (!span_sub(*rest, HEADER_BYTES, head & 0x1ff, ret_value))
		return false;
	*ret_type = (uint8_t)(head >> 9);
	*rest = (struct span){
		ret_value->at + ret_value->len, rest->len - HEADER_BYTES - ret_value->len};
	return *ret_type != TLV_END;
}

/* The first three TLVs are chassis, port and time to live, in that order (8.2). */
static bool begins_right(struct span pdu)
{
	static const uint8_t first[] = {TLV_CHASSIS, TLV_PORT, TLV_TTL};
	struct span value;
	uint8_t type;

	for (size_t i = 0; i < ARRAY_LEN(first); i++) {
		if (!next_tlv(&pdu, &type, &value) || type != first[i] || value.len < 2)
			return false;
	}
	return true;
}

bool lldp_read(struct span pdu, struct switch_port *port)
{
	struct span value;
	uint8_t type;

	if (!begins_right(pdu))
		return false;
	while (next_tlv(&pdu, &type, &value)) {
		for (size_t i = 0; i < ARRAY_LEN(tlvs); i++) {
			if (tlvs[i].type == type)
				tlvs[i].take(value, port);
		}
	}
	return true;
}

/* ---- ours ---- */

static size_t put_tlv(uint8_t *at, uint8_t type, const void *value, size_t len)
{
	put_be16(at, (uint16_t)((size_t)type << 9 | len));
	memcpy(at + HEADER_BYTES, value, len);
	return HEADER_BYTES + len;
}

size_t lldp_write(uint8_t frame[LLDP_FRAME_MAX], struct mac src, uint16_t ttl_s)
{
	/* Nearest bridge: no bridge passes it on (802.1AB table 7-1). */
	static const struct mac nearest = {{0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e}};
	static const char name[] = "kiriwake";
	uint8_t id[SUBTYPE_BYTES + MAC_BYTES], ttl[TTL_BYTES];
	size_t len = ETH_HEADER_BYTES;

	eth_write(frame, nearest, src, ETH_TYPE_LLDP);
	memcpy(id + SUBTYPE_BYTES, src.at, MAC_BYTES);
	id[0] = CHASSIS_MAC;
	len += put_tlv(frame + len, TLV_CHASSIS, id, sizeof(id));
	id[0] = PORT_MAC;
	len += put_tlv(frame + len, TLV_PORT, id, sizeof(id));
	put_be16(ttl, ttl_s);
	len += put_tlv(frame + len, TLV_TTL, ttl, sizeof(ttl));
	len += put_tlv(frame + len, TLV_SYSTEM_NAME, name, sizeof(name) - 1);
	return len + put_tlv(frame + len, TLV_END, name, 0);
}
