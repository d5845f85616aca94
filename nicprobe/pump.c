/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Receiving: polling the cards and sorting out what is ours. Pure over struct nic. See pump.h. */
#include "nicprobe/pump.h"
#include "nicprobe/hear.h"

#define FRAMES_PER_PUMP 64 /* of one card */
#define LINK_EVERY_NS   (250ull * NS_PER_MS)
#define PULSE_EVERY_NS  (500ull * NS_PER_MS)
#define IDLE_SLEEP_NS   50000u
#define LINK_STALE_NS \
	(1ull * NS_PER_S) /* a frame may have waited in the card since before the link went */
#define SETTLE_NS \
	(1ull * NS_PER_S) /* until then, the firmware's own frames may still be on their way */

/* Frames with one of our MACs as source: ours come back, or somebody else has the address. */
static void hear_own(struct net_session *s, struct station *st, const struct heard *h)
{
	if (!sent_has(&s->sent, &h->eth)) {
		for (size_t i = 0; i < s->station_count; i++) {
			struct station *own = &s->stations[i];

			if (own->opened && mac_same(own->nic->mac, h->eth.src) &&
				h->now_ns - s->opened_ns > SETTLE_NS)
				own->clones++;
		}
		return;
	}
	for (size_t i = 0; i < s->station_count; i++) {
		if (mac_same(s->stations[i].nic->mac, h->eth.src))
			st->hears |= (uint16_t)(1u << i);
	}
}

/* A frame is proof of link, whatever the driver says, unless it is older than the loss. */
static void prove_link(struct station *st, uint64_t now_ns)
{
	if (st->link == NIC_LINK_UP ||
		(st->link == NIC_LINK_DOWN && now_ns - st->link_changed_ns < LINK_STALE_NS))
		return;
	st->link = NIC_LINK_UP;
	st->link_proved = true;
	st->link_changed_ns = now_ns;
}

void net_hear(struct run *run, unsigned nic, uint64_t now_ns, struct span frame)
{
	struct net_session *s = run->net;
	struct station *st = &s->stations[nic];
	struct heard h = {.nic = nic, .now_ns = now_ns};

	prove_link(st, now_ns);
	if (eth_read(frame, &h.eth) != ETH_OK) {
		st->traffic.malformed++;
		return;
	}
	if (net_is_own(s, h.eth.src)) {
		hear_own(s, st, &h);
		return;
	}
	traffic_count(&st->traffic, &h.eth, mac_same(h.eth.dst, st->nic->mac));
	if (h.eth.vlan == 0)
		hear_stranger(run, &h);
}

static size_t pump_station(struct run *run, unsigned nic)
{
	struct net_session *s = run->net;
	struct nic *card = s->stations[nic].nic;
	size_t count = 0, len;

	while (count < FRAMES_PER_PUMP &&
		card->receive(card->ctx, s->rx, sizeof(s->rx), &len) == NIC_OK) {
		net_hear(run, nic, run_now_ns(run), (struct span){s->rx, len});
		count++;
	}
	return count;
}

size_t net_pump(struct run *run)
{
	struct net_session *s = run->net;
	size_t count = 0;

	for (unsigned i = 0; i < s->station_count; i++) {
		struct station *st = &s->stations[i];
		uint64_t now_ns = run_now_ns(run);

		if (!st->opened)
			continue;
		if (now_ns - st->link_asked_ns >= LINK_EVERY_NS)
			net_ask_link(run, st, now_ns);
		count += pump_station(run, i);
	}
	return count;
}

bool net_wait_for(
	struct run *run, uint64_t until_ns, bool (*done)(struct run *run, void *arg), void *arg)
{
	const struct clock_port *clock = &run->machine->clock;
	struct net_session *s = run->net;

	for (;;) {
		size_t count = net_pump(run);
		uint64_t now_ns = run_now_ns(run);

		if (now_ns - s->pulsed_ns >= PULSE_EVERY_NS) {
			s->pulsed_ns = now_ns;
			if (!run_pulse(run))
				return false;
		}
		if ((done != NULL && done(run, arg)) || now_ns >= until_ns)
			return true;
		if (count == 0)
			clock->sleep_ns(clock->ctx, IDLE_SLEEP_NS);
	}
}

bool net_wait(struct run *run, uint64_t until_ns)
{
	return net_wait_for(run, until_ns, NULL, NULL);
}
