/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP messages: read and write. Pure. See dhcp.h. */
#include "nicprobe/dhcp.h"
#include <stddef.h>

#define BOOT_REQUEST   1
#define BOOT_REPLY     2
#define HW_ETHERNET    1
#define FLAG_BROADCAST 0x8000
#define COOKIE         0x63825363u

/* Offsets of the fixed fields. */
#define XID_AT     4
#define FLAGS_AT   10
#define CIADDR_AT  12
#define YIADDR_AT  16
#define GIADDR_AT  24
#define CHADDR_AT  28
#define SNAME_AT   44
#define FILE_AT    108
#define COOKIE_AT  236
#define OPTIONS_AT 240

#define SNAME_BYTES (FILE_AT - SNAME_AT)
#define FILE_BYTES  (COOKIE_AT - FILE_AT)

#define OPTION_PAD        0
#define OPTION_DOMAIN     15
#define OPTION_OVERLOAD   52
#define OPTION_TYPE       53
#define OPTION_PARAMETERS 55
#define OPTION_END        255

#define OVERLOAD_FILE  1
#define OVERLOAD_SNAME 2

/* Options whose value is a 32-bit word, or a list of which the first is kept. */
static const struct word_option {
	uint8_t code;
	bool list;    /* 4, 8, 12... bytes; else 4 exactly */
	size_t field; /* offset in struct dhcp */
} word_options[] = {
	{1, false, offsetof(struct dhcp, mask)},
	{3, true, offsetof(struct dhcp, router)},
	{6, true, offsetof(struct dhcp, dns)},
	{50, false, offsetof(struct dhcp, requested)},
	{51, false, offsetof(struct dhcp, lease_s)},
	{54, false, offsetof(struct dhcp, server)},
};

/* A value of a wrong length is none: some servers send lists with nothing in them. */
static void read_word(struct dhcp *m, uint8_t code, struct span value)
{
	for (size_t i = 0; i < ARRAY_LEN(word_options); i++) {
		const struct word_option *o = &word_options[i];
		uint32_t word;

		if (o->code != code || value.len < 4 || value.len % 4 != 0 ||
			(!o->list && value.len != 4))
			continue;
		word = be32(value.at);
		memcpy((uint8_t *)m + o->field, &word, sizeof(word));
	}
}

static bool read_option(struct dhcp *m, uint8_t code, struct span value, uint8_t *overload)
{
	if (code == OPTION_DOMAIN)
		text_clean(m->domain, sizeof(m->domain), value.at, value.len);
	if (code != OPTION_TYPE && code != OPTION_OVERLOAD) {
		read_word(m, code, value);
		return true;
	}
	if (value.len != 1)
		return false;
	*(code == OPTION_TYPE ? &m->type : overload) = value.at[0];
	return true;
}

/* Reads options up to the end mark, or to the end of the space where a server forgot it. */
static bool read_options(struct dhcp *m, struct span space, uint8_t *overload)
{
	size_t at = 0;

	while (at < space.len && space.at[at] != OPTION_END) {
		struct span value;
		uint8_t code = space.at[at++];

		if (code == OPTION_PAD)
			continue;
		if (at == space.len || !span_sub(space, at + 1, space.at[at], &value) ||
			!read_option(m, code, value, overload))
			return false;
		at += 1 + value.len;
	}
	return true;
}

enum dhcp_result dhcp_read(struct span pkt, struct dhcp *ret)
{
	struct dhcp m = {0};
	uint8_t overload = 0, ignored = 0;

	if (pkt.len < OPTIONS_AT)
		return DHCP_SHORT;
	if (pkt.at[1] != HW_ETHERNET || pkt.at[2] != MAC_BYTES)
		return DHCP_NOT_ETHERNET;
	if (be32(pkt.at + COOKIE_AT) != COOKIE)
		return DHCP_NO_COOKIE;
	m.xid = be32(pkt.at + XID_AT);
	m.client = mac_at(pkt.at + CHADDR_AT);
	m.client_ip = ip4_at(pkt.at + CIADDR_AT);
	m.your_ip = ip4_at(pkt.at + YIADDR_AT);
	m.relay = ip4_at(pkt.at + GIADDR_AT);
	if (!read_options(&m, (struct span){pkt.at + OPTIONS_AT, pkt.len - OPTIONS_AT}, &overload))
		return DHCP_BAD_OPTION;
	if (overload & OVERLOAD_FILE &&
		!read_options(&m, (struct span){pkt.at + FILE_AT, FILE_BYTES}, &ignored))
		return DHCP_BAD_OPTION;
	if (overload & OVERLOAD_SNAME &&
		!read_options(&m, (struct span){pkt.at + SNAME_AT, SNAME_BYTES}, &ignored))
		return DHCP_BAD_OPTION;
	if (m.type == 0)
		return DHCP_NO_TYPE;
	*ret = m;
	return DHCP_OK;
}

bool dhcp_answers(struct span pkt, struct mac client, uint32_t xid)
{
	return pkt.len >= SNAME_AT && pkt.at[0] == BOOT_REPLY && be32(pkt.at + XID_AT) == xid &&
	       mac_same(mac_at(pkt.at + CHADDR_AT), client);
}

static bool is_reply(uint8_t type)
{
	return type == DHCP_TYPE_OFFER || type == DHCP_TYPE_ACK || type == DHCP_TYPE_NAK;
}

static void write_words(uint8_t **at, const struct dhcp *m)
{
	for (size_t i = 0; i < ARRAY_LEN(word_options); i++) {
		uint32_t word;

		memcpy(&word, (const uint8_t *)m + word_options[i].field, sizeof(word));
		if (word == 0)
			continue;
		(*at)[0] = word_options[i].code;
		(*at)[1] = 4;
		put_be32(*at + 2, word);
		*at += 6;
	}
}

void dhcp_write(uint8_t *pkt, const struct dhcp *m)
{
	static const uint8_t wanted[] = {OPTION_PARAMETERS, 5, 1, 3, 6, OPTION_DOMAIN, 51};
	bool asks = m->type == DHCP_TYPE_DISCOVER || m->type == DHCP_TYPE_REQUEST;
	uint8_t *at = pkt + OPTIONS_AT;

	memset(pkt, 0, DHCP_WRITE_BYTES);
	pkt[0] = is_reply(m->type) ? BOOT_REPLY : BOOT_REQUEST;
	pkt[1] = HW_ETHERNET;
	pkt[2] = MAC_BYTES;
	put_be32(pkt + XID_AT, m->xid);
	put_be16(pkt + FLAGS_AT, asks ? FLAG_BROADCAST : 0);
	put_be32(pkt + CIADDR_AT, m->client_ip.value);
	put_be32(pkt + YIADDR_AT, m->your_ip.value);
	put_be32(pkt + GIADDR_AT, m->relay.value);
	memcpy(pkt + CHADDR_AT, m->client.at, MAC_BYTES);
	put_be32(pkt + COOKIE_AT, COOKIE);
	*at++ = OPTION_TYPE;
	*at++ = 1;
	*at++ = m->type;
	write_words(&at, m);
	if (m->domain[0] != '\0') {
		const size_t len = text_length(m->domain);

		*at++ = OPTION_DOMAIN;
		*at++ = (uint8_t)len;
		memcpy(at, m->domain, len);
		at += len;
	}
	if (asks) {
		memcpy(at, wanted, sizeof(wanted));
		at += sizeof(wanted);
	}
	*at = OPTION_END;
}

bool dhcp_prefix(struct ip4 mask, unsigned *ret)
{
	unsigned prefix = 0;

	while (prefix < 32 && mask.value & 1u << (31 - prefix))
		prefix++;
	if (ip4_mask(prefix).value != mask.value)
		return false;
	*ret = prefix;
	return true;
}
