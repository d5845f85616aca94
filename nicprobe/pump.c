/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Receiving: polling the cards and sorting out what is ours. Pure over struct nic. See pump.h. */
#include "nicprobe/pump.h"
#include "nicprobe/discover.h"
#include "nicprobe/hear.h"

#define FRAMES_PER_PUMP 64 /* of one card */
#define LINK_EVERY_NS   (250ull * NS_PER_MS)
#define PULSE_EVERY_NS  (500ull * NS_PER_MS)
#define IDLE_SLEEP_NS   50000u
#define RX_FAILING_NS   (1ull * NS_PER_S)
#define LINK_STALE_NS \
	(1ull * NS_PER_S) /* a frame may have waited in the card since before the link went */
#define SETTLE_NS \
	(1ull * NS_PER_S) /* until then, the firmware's own frames may still be on their way */

static bool hear_pair(struct net_session *s, const struct heard *h)
{
	for (size_t i = 0; i < PAIR_LANES; i++) {
		if (pair_hear(&s->lanes[i], h->nic, &h->eth, h->now_ns))
			return true;
	}
	return false;
}

/* Frames with one of our MACs as source: ours come back, or somebody else has the address. */
static void hear_own(struct net_session *s, struct station *st, const struct heard *h)
{
	uint16_t own_bit = (uint16_t)(1u << h->nic), senders = sent_by(&s->sent, &h->eth);

	if (senders == 0) {
		for (size_t i = 0; i < s->station_count; i++) {
			struct station *own = &s->stations[i];

			if (own->opened && mac_same(own->nic->mac, h->eth.src) &&
				h->now_ns - s->opened_ns > SETTLE_NS)
				own->clones++;
		}
		return;
	}
	/* Cards that share a MAC send the same probes: then it was the other one's. */
	st->hears |= senders == own_bit ? senders : senders & (uint16_t)~own_bit;
}

/* Link-local protocols (IEEE 802.1Q table 8-1, and Cisco's) come from the switch port itself, also while it forwards
 * nothing; a tagged frame is of another network. */
static bool shows_life(const struct eth *eth)
{
	static const uint8_t bridge[] = {0x01, 0x80, 0xc2, 0, 0}, cisco[] = {0x01, 0, 0x0c, 0xcc};

	return eth->vlan == 0 && memcmp(eth->dst.at, bridge, sizeof(bridge)) != 0 &&
	       memcmp(eth->dst.at, cisco, sizeof(cisco)) != 0;
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
	bool malformed = false;

	prove_link(st, now_ns);
	if (eth_read(frame, &h.eth) != ETH_OK) {
		st->traffic.malformed++;
		return;
	}
	if (net_is_own(s, h.eth.src)) {
		if (!hear_pair(s, &h)) /* first: a damaged one would pass for a stranger's */
			hear_own(s, st, &h);
		return;
	}
	if (!st->heard && shows_life(&h.eth)) {
		st->heard = true;
		st->heard_ns = now_ns;
	}
	traffic_count(&st->traffic, &h.eth, mac_same(h.eth.dst, st->nic->mac));
	if (switch_port_hear(&st->switches, &h.eth, now_ns, &malformed))
		st->traffic.malformed += malformed;
	else if (h.eth.vlan == 0)
		hear_stranger(run, &h);
}

/* Errors now and then are usual, as without link. A card that knows nothing else is deaf. */
static void watch_receiver(struct run *run, struct station *st, bool failed, uint64_t now_ns)
{
	if (!failed || !st->rx_failing)
		st->rx_failing_ns = now_ns;
	st->rx_failing = failed;
	if (run->net->watching || st->rx_reported || st->link == NIC_LINK_DOWN ||
		now_ns - st->rx_failing_ns < RX_FAILING_NS)
		return;
	st->rx_reported = true;
	record_fault(run->rec, "nic.receive", st->nic->id, "%s cannot receive: %s", st->nic->id,
		st->nic->error);
}

static size_t pump_station(struct run *run, unsigned nic)
{
	struct net_session *s = run->net;
	struct station *st = &s->stations[nic];
	struct nic *card = st->nic;
	enum nic_result result = NIC_OK;
	size_t count = 0, len;

	while (count < FRAMES_PER_PUMP) {
		result = card->receive(card->ctx, s->rx, sizeof(s->rx), &len);
		if (result != NIC_OK)
			break;
		count++;
		if (len <= sizeof(s->rx))
			net_hear(run, nic, run_now_ns(run), (struct span){s->rx, len});
		else
			st->traffic.malformed++; /* a driver that does not know its own buffer */
	}
	st->traffic.empties += result == NIC_EMPTY;
	watch_receiver(run, st, result == NIC_FAULT && count == 0, run_now_ns(run));
	return count;
}

size_t net_pump(struct run *run)
{
	struct net_session *s = run->net;
	size_t count = 0;

	s->pumped_ns = run_now_ns(run);
	discover_expire(run);
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
		/* Before pumping: what came in while the machine stood still is taken as well. */
		uint64_t now_ns = run_now_ns(run);
		size_t count = net_pump(run);

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
