/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of frames through one card and back. Pure. See loop.h. */
#include "nicprobe/loop.h"
#include "nicprobe/chip.h"
#include "nicprobe/pump.h"

#define ROUNDS        2
#define BURST_WAIT_NS (20ull * NS_PER_MS)
#define BURST_POLLS   200u
#define LOST_MAX      12 /* proof enough: each costs its waiting time */
#define WARM_UPS      10 /* a PHY may need a moment more than it should */
#define PULSE_EVERY   16 /* frames */

_Static_assert(ROUNDS *PAIR_ROUND <= PAIR_FRAMES_MAX, "fits");

static struct mac address_of(const struct run *run, const struct nic *nic)
{
	const uint64_t any = rng_mix(run->seed);
	struct mac mac = {{0x02}};

	if (nic->has_driver)
		return nic->mac;
	memcpy(mac.at + 1, &any, MAC_BYTES - 1);
	return mac;
}

static void begin_lane(struct run *run, unsigned nic, bool exact)
{
	const struct mac mac = address_of(run, run->net->stations[nic].nic);

	run->net->lanes[0] = (struct pair_lane){.active = true,
		.from = (uint8_t)nic,
		.to = (uint8_t)nic,
		.from_mac = mac,
		.to_mac = mac,
		.nonce = rng_next(&run->net->rng),
		.frame_max = ETH_FRAME_MAX,
		.exact = exact,
		.closed = true};
}

/* Polls until all frames from `first` on are back, or long and often enough: a machine may stand still. */
static void await_burst(struct run *run, unsigned nic, const struct loop *loop, unsigned first)
{
	struct pair_lane *lane = &run->net->lanes[0];
	const uint64_t start_ns = run_now_ns(run);
	struct eth eth;
	size_t len;

	for (unsigned polls = 0; polls < BURST_POLLS || run_now_ns(run) - start_ns < BURST_WAIT_NS;
		polls++) {
		while (first < lane->sent && pair_arrived(lane, first))
			first++;
		if (first == lane->sent)
			return;
		if (loop->receive(loop->ctx, run->net->rx, sizeof(run->net->rx), &len) &&
			(eth_read((struct span){run->net->rx, len}, &eth) != ETH_OK ||
				!pair_hear(lane, nic, &eth, run_now_ns(run))))
			lane->strangers++;
	}
}

static void burst(struct run *run, unsigned nic, const struct loop *loop, unsigned count)
{
	struct net_session *s = run->net;
	struct pair_lane *lane = &s->lanes[0];
	const unsigned first = lane->sent;
	bool taken = true;

	for (unsigned i = 0; i < count && taken; i++) {
		const unsigned seq = lane->sent++;

		pair_frame_write(lane, seq, s->tx);
		taken = loop->send(loop->ctx, s->tx, pair_frame_bytes(lane, seq));
	}
	await_burst(run, nic, loop, first);
}

/* False: nothing comes back. */
static bool warm_up(struct run *run, unsigned nic, const struct loop *loop)
{
	begin_lane(run, nic, loop->exact);
	for (unsigned n = 0; n < WARM_UPS && run->net->lanes[0].received == 0 && run_pulse(run);
		n++)
		burst(run, nic, loop, 1);
	return run->net->lanes[0].received > 0;
}

enum loop_result loop_run(
	struct run *run, unsigned nic, const struct loop *loop, uint64_t settle_ns)
{
	struct pair_lane *lane = &run->net->lanes[0];

	if (!net_wait(run, run_now_ns(run) + settle_ns))
		return LOOP_STOPPED;
	if (!warm_up(run, nic, loop))
		return run->stopped ? LOOP_STOPPED : LOOP_SILENT;
	net_pump(run); /* lets the other cards hear what got out */
	if (lane->escaped > 0)
		return LOOP_ESCAPED;
	begin_lane(run, nic, loop->exact);
	while (lane->sent < ROUNDS * PAIR_ROUND && lane->sent - lane->received < LOST_MAX) {
		if (lane->sent % PULSE_EVERY == 0 && !run_pulse(run))
			return LOOP_STOPPED;
		burst(run, nic, loop, CHIP_BURST_MAX);
	}
	net_pump(run);
	if (lane->escaped > 0)
		return LOOP_ESCAPED;
	return lane->received < lane->sent && lane->corrupt == 0 && lane->strangers > LOST_MAX
		       ? LOOP_CROWDED
		       : LOOP_DONE;
}
