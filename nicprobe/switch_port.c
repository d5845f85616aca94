/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Neighbours on the cable: which protocol a frame is of, and who is remembered. Pure. See switch_port.h. */
#include "nicprobe/switch_port.h"
#include "core/fmt.h"
#include "nicprobe/switch_read.h"
#include "nicprobe/vendor.h"

/* Spanning tree has an LLC header of its own; CDP shares its address with other protocols of its maker and is known by
 * its SNAP header. */
static const uint8_t stp_llc[] = {0x42, 0x42, 0x03};
static const uint8_t cdp_snap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00};

/* A protocol that frames may be of. */
static const struct protocol {
	enum switch_protocol bit;
	uint16_t type; /* ETH_TYPE_LLC: the payload begins with `head` */
	const uint8_t *head;
	size_t head_len;
	bool (*read)(struct span pdu, struct switch_port *port);
} protocols[] = {
	{SWITCH_LLDP, ETH_TYPE_LLDP, NULL, 0, lldp_read},
	{SWITCH_CDP, ETH_TYPE_LLC, cdp_snap, sizeof(cdp_snap), cdp_read},
	{SWITCH_STP, ETH_TYPE_LLC, stp_llc, sizeof(stp_llc), stp_read},
};

static const struct protocol *protocol_of(const struct eth *frame)
{
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		const struct protocol *p = &protocols[i];

		if (p->type == frame->type && p->head_len <= frame->payload.len &&
			(p->head_len == 0 || memcmp(frame->payload.at, p->head, p->head_len) == 0))
			return p;
	}
	return NULL;
}

/* The entry of a source address; NULL: there is none. */
static struct switch_port *find(struct switch_ports *t, struct mac mac)
{
	for (size_t i = 0; i < t->count; i++) {
		if (mac_same(t->at[i].mac, mac))
			return &t->at[i];
	}
	return NULL;
}

bool switch_port_hear(
	struct switch_ports *t, const struct eth *frame, uint64_t now_ns, bool *ret_malformed)
{
	const struct protocol *p = protocol_of(frame);
	struct switch_port port = {.mac = frame->src, .first_ns = now_ns}, *entry;
	struct span pdu;

	if (p == NULL ||
		!span_sub(frame->payload, p->head_len, frame->payload.len - p->head_len, &pdu))
		return false;
	entry = find(t, frame->src);
	if (entry != NULL)
		port = *entry;
	*ret_malformed = !p->read(pdu, &port);
	if (*ret_malformed)
		return true;
	if (entry == NULL && t->count == SWITCH_PORTS_MAX) {
		t->dropped++;
		return true;
	}
	port.protocols |= (uint8_t)p->bit;
	port.frames++;
	port.last_ns = now_ns;
	*(entry != NULL ? entry : &t->at[t->count++]) = port;
	return true;
}

/* How much an entry looks like the switch at the end of the cable. */
static unsigned rank(const struct switch_port *p)
{
	return (p->port[0] != '\0' ? 4u : 0) + (p->protocols & SWITCH_STP ? 2u : 0) +
	       (p->name[0] != '\0' ? 1u : 0);
}

const struct switch_port *switch_port_best(const struct switch_ports *t)
{
	const struct switch_port *best = NULL;

	for (size_t i = 0; i < t->count; i++) {
		if (best == NULL || rank(&t->at[i]) > rank(best))
			best = &t->at[i];
	}
	return best;
}

const char *switch_port_text(const struct switch_port *p, char *buf, size_t cap)
{
	char mac[VENDOR_MAC_TEXT];

	if (p->name[0] != '\0')
		text_copy(buf, cap, p->name);
	else
		fmt_to(buf, cap, "%s %s", p->protocols == SWITCH_STP ? "bridge" : "neighbour",
			vendor_mac_text(mac, p->mac));
	if (p->port[0] != '\0')
		fmt_add(buf, cap, " port %s", p->port);
	if (p->vlan != 0)
		fmt_add(buf, cap, " (VLAN %u)", p->vlan);
	return buf;
}
