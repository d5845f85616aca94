/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Talking with the switch at the other end of the cable, and saying which it is. Pure over struct nic. See cable.h. */
#include "nicprobe/cable.h"
#include "core/fmt.h"

#define NOTE_TEXT   192
#define NONCE_BYTES 46 /* fills the shortest frame */

void net_send_nonces(struct run *run)
{
	struct net_session *s = run->net;
	uint8_t frame[ETH_HEADER_BYTES + NONCE_BYTES] = {0};
	uint16_t cards = net_usable(s);

	for (unsigned i = 0; i < s->station_count; i++) {
		uint64_t nonce = rng_next(&s->rng);

		if (!(cards >> i & 1))
			continue;
		eth_write(frame, mac_broadcast, s->stations[i].nic->mac, ETH_TYPE_LOCAL);
		memcpy(frame + ETH_HEADER_BYTES, "kiriwake", 8);
		put_be32(frame + ETH_HEADER_BYTES + 8, (uint32_t)(nonce >> 32));
		put_be32(frame + ETH_HEADER_BYTES + 12, (uint32_t)nonce);
		net_send(run, i, frame, sizeof(frame));
	}
}

void net_send_lldp(struct run *run, uint16_t ttl_s)
{
	struct net_session *s = run->net;
	const uint16_t cards = net_usable(s);
	uint8_t frame[LLDP_FRAME_MAX];

	for (unsigned i = 0; i < s->station_count; i++) {
		if (!(cards >> i & 1) || (ttl_s == 0 && !s->stations[i].lldp_sent))
			continue;
		s->stations[i].lldp_sent = net_send(
			run, i, frame, lldp_write(frame, s->stations[i].nic->mac, ttl_s));
	}
}

/* "LLDP and CDP" */
static const char *protocols_text(uint8_t bits, char *buf, size_t cap)
{
	static const char *const names[] = {"LLDP", "CDP", "spanning tree"};

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (bits >> i & 1)
			fmt_add(buf, cap, "%s%s", buf[0] != '\0' ? " and " : "", names[i]);
	}
	return buf;
}

static void note_facts(struct run *run, const struct station *st, const struct switch_port *p)
{
	char text[NOTE_TEXT] = "", ip[IP4_TEXT], mac[MAC_TEXT];

	if (p->platform[0] != '\0')
		fmt_add(text, sizeof(text), "; %s", p->platform);
	if (p->address.value != 0)
		fmt_add(text, sizeof(text), "; managed at %s", ip4_text(ip, p->address));
	if (p->speed_mbps != 0)
		fmt_add(text, sizeof(text), "; its port runs at %u Mb/s", p->speed_mbps);
	if (p->duplex != DUPLEX_UNKNOWN)
		fmt_add(text, sizeof(text), "; %s duplex",
			p->duplex == DUPLEX_FULL ? "full" : "half");
	if (p->max_frame_bytes != 0)
		fmt_add(text, sizeof(text), "; frames up to %u bytes", p->max_frame_bytes);
	if (p->protocols & SWITCH_STP)
		fmt_add(text, sizeof(text), "; spanning tree root %s%s", mac_text(mac, p->root),
			p->topology_change ? ", topology changing" : "");
	if (text[0] != '\0')
		record_note(
			run->rec, st->nic->id, "The switch at %s says%s.", st->nic->id, text + 1);
}

void net_note_switch(struct run *run, struct station *st)
{
	const struct switch_port *p = switch_port_best(&st->switches);
	char text[2 * SWITCH_TEXT + 32], by[32];

	if (p == NULL || st->switch_noted)
		return;
	st->switch_noted = true;
	record_note(run->rec, st->nic->id, "%s is connected to %s, by its %s.", st->nic->id,
		switch_port_text(p, text, sizeof(text)),
		protocols_text(p->protocols, by, sizeof(by)));
	note_facts(run, st, p);
}
