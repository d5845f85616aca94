/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Opening and closing cards, their links, and sending. Pure over struct nic. See session.h. */
#include "nicprobe/session.h"
#include "nicprobe/cable.h"
#include "nicprobe/checks.h"
#include "nicprobe/discover.h"
#include "nicprobe/health.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"

#define LINK_WAIT_NS      (5ull * NS_PER_S)
#define LINK_WAIT_LONG_NS (10ull * NS_PER_S)
#define LINK_SETTLE_NS    (3ull * NS_PER_S) /* opening a card may bounce its link */
#define TX_FAULTS_MAX     8
#define RX_MARGIN         16
#define OWN_PORTS         0xc000u
#define OWN_PORT_MASK     0x3fffu

const char *net_id(const struct net_session *s, unsigned nic)
{
	return s->stations[nic].nic->id;
}

/* ---- opening ---- */

static void open_station(struct run *run, struct station *st)
{
	struct nic *nic = st->nic;

	if (nic->max_frame_bytes + RX_MARGIN > NET_RX_BYTES) {
		record_note(run->rec, nic->id,
			"%s takes frames of %zu bytes, more than this program can; it is left alone.",
			nic->id, nic->max_frame_bytes);
		return;
	}
	if (nic->open(nic->ctx) != NIC_OK) {
		record_fault(run->rec, "nic.open", nic->id, "%s could not be opened: %s", nic->id,
			nic->error);
		return;
	}
	st->opened = true;
}

static bool any_open(const struct net_session *s)
{
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].opened)
			return true;
	}
	return false;
}

bool net_open(struct run *run)
{
	struct net_session *s = run->net;
	const struct machine *m = run->machine;

	if (s->begun)
		return any_open(s);
	s->begun = true;
	s->rng.state = run->seed;
	s->station_count = m->nic_count < NET_NICS_MAX ? m->nic_count : NET_NICS_MAX;
	for (size_t i = 0; i < s->station_count; i++) {
		struct station *st = &s->stations[i];

		*st = (struct station){.nic = &m->nics[i]};
		if (!st->nic->has_driver)
			continue;
		for (size_t b = 0; b < MAC_BYTES; b++)
			s->rng.state = rng_mix(s->rng.state ^ st->nic->mac.at[b]);
		open_station(run, st);
	}
	s->opened_ns = run_now_ns(run);
	for (size_t i = 0; i < s->station_count; i++) {
		s->stations[i].link_changed_ns = s->opened_ns;
		net_ask_link(run, &s->stations[i], s->opened_ns);
	}
	return any_open(s);
}

bool net_ready(struct run *run)
{
	struct net_session *s = run->net;

	if (!net_open(run)) {
		record_why(run->rec, "no network card could be opened");
		return false;
	}
	net_wait_link(run);
	net_pump(run);
	if (net_usable(s) == 0) {
		bool dead = false;

		for (size_t i = 0; i < s->station_count; i++)
			dead = dead || s->stations[i].tx_dead;
		record_why(run->rec,
			dead ? "no network card is able to send" : "no link on any network card");
		return false;
	}
	return true;
}

void net_session_end(struct run *run)
{
	struct net_session *s = run->net;

	if (s == NULL || !s->begun)
		return;
	/* Nobody listened while disks and memory were tested: a link that is gone by now was lost then. */
	for (size_t i = 0; i < s->station_count; i++)
		net_ask_link(run, &s->stations[i], run_now_ns(run));
	tell_new(run);
	for (size_t i = 0; i < s->station_count; i++)
		health_measure_counts(run, &s->stations[i]);
	for (size_t i = 0; i < s->station_count; i++)
		net_note_switch(run, &s->stations[i]);
	net_send_lldp(run, 0);
	discover_release(run);
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].opened)
			s->stations[i].nic->close(s->stations[i].nic->ctx);
	}
	memset(s, 0, sizeof(*s));
}

/* ---- links ---- */

void net_ask_link(struct run *run, struct station *st, uint64_t now_ns)
{
	struct net_session *s = run->net;
	enum nic_link link;

	if (!st->opened)
		return;
	st->link_asked_ns = now_ns;
	link = st->nic->link(st->nic->ctx);
	if (link == NIC_LINK_UP)
		st->link_proved = false; /* the driver came to its senses */
	if (st->link_proved || link == st->link)
		return;
	if (link == NIC_LINK_DOWN && st->link == NIC_LINK_UP &&
		now_ns - s->opened_ns > LINK_SETTLE_NS)
		st->flaps++;
	if (link == NIC_LINK_DOWN)
		st->heard = false; /* the port may have to learn anew */
	st->link = link;
	st->link_changed_ns = now_ns;
}

static bool all_up(const struct net_session *s)
{
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].opened && s->stations[i].link != NIC_LINK_UP)
			return false;
	}
	return true;
}

static bool links_are_up(struct run *run, void *arg)
{
	(void)arg;
	return all_up(run->net);
}

void net_wait_link(struct run *run)
{
	struct net_session *s = run->net;
	uint64_t wait_ns = config_thorough(run->config) ? LINK_WAIT_LONG_NS : LINK_WAIT_NS;

	if (s->link_waited)
		return;
	s->link_waited = true;
	net_wait_for(run, run_now_ns(run) + wait_ns, links_are_up, NULL);
}

uint16_t net_usable(const struct net_session *s)
{
	uint16_t cards = 0;

	for (size_t i = 0; i < s->station_count; i++) {
		const struct station *st = &s->stations[i];

		if (st->opened && st->link != NIC_LINK_DOWN && !st->tx_dead)
			cards |= (uint16_t)(1u << i);
	}
	return cards;
}

uint16_t net_heard_by(const struct net_session *s, uint64_t by_ns)
{
	uint16_t cards = 0;

	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].heard && s->stations[i].heard_ns <= by_ns)
			cards |= (uint16_t)(1u << i);
	}
	return cards;
}

unsigned net_first(uint16_t cards)
{
	return (unsigned)__builtin_ctz(cards);
}

uint16_t net_preferred(const struct run *run, uint16_t cards)
{
	const struct net_session *s = run->net;

	for (size_t i = 0; run->config->has_net_expect_mac && i < s->station_count; i++) {
		if (cards >> i & 1 &&
			mac_same(s->stations[i].nic->mac, run->config->net_expect_mac))
			return (uint16_t)(1u << i);
	}
	return cards;
}

bool net_is_own(const struct net_session *s, struct mac mac)
{
	for (size_t i = 0; i < s->station_count; i++) {
		if (s->stations[i].nic->has_driver && mac_same(s->stations[i].nic->mac, mac))
			return true;
	}
	return false;
}

/* ---- sending ---- */

static void send_failed(struct run *run, struct station *st, enum nic_result result)
{
	if (result == NIC_TX_HANG) {
		st->tx_dead = true;
		st->hang_untold = run->net->watching;
		if (!st->hang_untold)
			tell_tx_hang(run, st);
		return;
	}
	if (st->tx_faults++ == 0 && !run->net->watching)
		record_fault(run->rec, "nic.send", st->nic->id, "%s could not send a frame: %s",
			st->nic->id, st->nic->error);
	st->tx_dead = st->tx_faults >= TX_FAULTS_MAX;
}

bool net_send(struct run *run, unsigned nic, const uint8_t *frame, size_t len)
{
	struct station *st = &run->net->stations[nic];
	enum nic_result result;
	struct eth eth;

	if (!st->opened || st->tx_dead || eth_read((struct span){frame, len}, &eth) != ETH_OK)
		return false;
	sent_add(&run->net->sent, &eth, nic); /* first: it may come back before send() returns */
	result = st->nic->send(st->nic->ctx, frame, len);
	if (result != NIC_OK)
		send_failed(run, st, result);
	return result == NIC_OK;
}

uint16_t net_own_port(struct net_session *s)
{
	return (uint16_t)(OWN_PORTS | (rng_next(&s->rng) & OWN_PORT_MASK));
}

uint8_t *net_ipv4_payload(struct net_session *s)
{
	return s->tx + ETH_HEADER_BYTES + IPV4_HEADER_BYTES;
}

bool net_send_ipv4(struct run *run, unsigned nic, struct mac next_hop, struct ip4 src,
	struct ip4 dst, uint8_t protocol, size_t len)
{
	struct net_session *s = run->net;
	struct ipv4 ip = {.src = src,
		.dst = dst,
		.ttl = IPV4_TTL,
		.protocol = protocol,
		.payload = {net_ipv4_payload(s), len}};

	eth_write(s->tx, next_hop, s->stations[nic].nic->mac, ETH_TYPE_IPV4);
	ipv4_write(s->tx + ETH_HEADER_BYTES, &ip, (uint16_t)rng_next(&s->rng));
	return net_send(run, nic, s->tx, ETH_HEADER_BYTES + IPV4_HEADER_BYTES + len);
}

bool net_send_arp(struct run *run, unsigned nic, const struct arp *arp)
{
	uint8_t frame[ETH_HEADER_BYTES + ARP_BYTES];
	struct mac dst = mac_is_none(arp->target.mac) ? mac_broadcast : arp->target.mac;

	eth_write(frame, dst, run->net->stations[nic].nic->mac, ETH_TYPE_ARP);
	arp_write(frame + ETH_HEADER_BYTES, arp);
	return net_send(run, nic, frame, sizeof(frame));
}
