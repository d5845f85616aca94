/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.loopback: frames through the card alone, with neither cable nor switch. Pure over struct nic.
 *
 * The card is taken away from its driver, tested by its own registers (e1000.h), given back and opened again. Frames bear the
 * card's own address as source and destination: one that escaped would be for nobody else.
 * Pass if: every frame comes back with exactly its own bytes, and the driver takes the card again. See the check at the end.
 * Nothing at all that comes back proves no fault: then the loopback could not be entered, and the card is left out.
 */
#include "core/fmt.h"
#include "nicprobe/checks.h"
#include "nicprobe/e1000.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"

#define ROUNDS        2
#define FRAME_WAIT_NS (20ull * NS_PER_MS)
#define FRAME_POLLS   200u
#define LOST_MAX      12
#define WARM_UPS      10 /* a PHY may need a moment more than it should */
#define LINK_WAIT_NS  (10ull * NS_PER_S)

/* ---- in the loop ---- */

/* Polls until the newest frame is back, or long and often enough: a machine may stand still. */
static void await_frame(struct run *run, struct e1000 *e, unsigned nic)
{
	struct pair_lane *lane = &run->net->lanes[0];
	const uint64_t start_ns = run_now_ns(run);
	struct eth eth;
	size_t len;

	for (unsigned polls = 0;
		!pair_arrived(lane, lane->sent - 1) &&
		(polls < FRAME_POLLS || run_now_ns(run) - start_ns < FRAME_WAIT_NS);
		polls++) {
		if (e1000_receive(e, run->net->rx, &len) &&
			eth_read((struct span){run->net->rx, len}, &eth) == ETH_OK)
			pair_hear(lane, nic, &eth, run_now_ns(run));
	}
}

static void begin_lane(struct run *run, unsigned nic)
{
	const struct mac mac = run->net->stations[nic].nic->mac;

	run->net->lanes[0] = (struct pair_lane){.active = true,
		.from = (uint8_t)nic,
		.to = (uint8_t)nic,
		.from_mac = mac,
		.to_mac = mac,
		.nonce = rng_next(&run->net->rng),
		.frame_max = ETH_FRAME_MAX};
}

static void send_next(struct run *run, struct e1000 *e, unsigned nic)
{
	struct net_session *s = run->net;
	struct pair_lane *lane = &s->lanes[0];
	const unsigned seq = lane->sent++;

	pair_frame_write(lane, seq, s->tx);
	if (e1000_send(e, s->tx, pair_frame_bytes(lane, seq)))
		await_frame(run, e, nic);
}

/* False: nothing comes back. */
static bool warm_up(struct run *run, struct e1000 *e, unsigned nic)
{
	begin_lane(run, nic);
	for (unsigned n = 0; n < WARM_UPS && run->net->lanes[0].received == 0 && run_pulse(run);
		n++)
		send_next(run, e, nic);
	return run->net->lanes[0].received > 0;
}

/* False: stopped. */
static bool exchange(struct run *run, struct e1000 *e, unsigned nic)
{
	const struct pair_lane *lane = &run->net->lanes[0];

	begin_lane(run, nic);
	for (unsigned n = 0; n < ROUNDS * PAIR_ROUND; n++) {
		send_next(run, e, nic);
		if (lane->sent - lane->received >= LOST_MAX)
			return true;
		if (n % 16 == 0 && !run_pulse(run))
			return false;
	}
	return true;
}

/* ---- around it ---- */

static bool is_up(struct run *run, void *arg)
{
	struct station *st = arg;

	net_ask_link(run, st, run_now_ns(run));
	return st->link == NIC_LINK_UP;
}

/* Opens the card again through its driver. That it did not come back is recorded. */
static void reopen(struct run *run, struct station *st)
{
	struct nic *nic = st->nic;

	st->health.known = false; /* its counters counted our frames */
	st->link = NIC_LINK_DOWN;
	st->link_proved = st->heard = false;
	if (nic->give_back_chip(nic->ctx) != NIC_OK || nic->open(nic->ctx) != NIC_OK) {
		record_fault(run->rec, "nic.give_back", nic->id,
			"%s did not come back to its driver after the loopback: %s", nic->id,
			nic->error);
		return;
	}
	st->opened = true;
	net_wait_for(run, run_now_ns(run) + LINK_WAIT_NS, is_up, st);
}

/* The series in the loop. Returns why nothing was measured, or NULL. */
static const char *run_series(struct run *run, struct e1000 *e, unsigned nic)
{
	if (net_wait(run, run_now_ns(run) + E1000_SETTLE_NS)) {
		if (!warm_up(run, e, nic) && !run->stopped)
			return "no frame came back: its loopback could not be entered";
		if (!run->stopped && exchange(run, e, nic))
			return NULL;
	}
	return "stopped before all frames were sent";
}

/* Takes the card, tests it, and gives it back. Returns why nothing was measured, or NULL. */
static const char *test_card(struct run *run, unsigned i)
{
	struct station *st = &run->net->stations[i];
	struct nic *nic = st->nic;
	const char *why = "its driver does not let go of it";
	struct nic_chip chip;
	struct e1000 e;

	st->opened = false;
	if (nic->take_chip(nic->ctx, &chip) == NIC_OK) {
		why = e1000_begin(&e, &chip);
		if (why == NULL)
			why = run_series(run, &e, i);
		e1000_end(&e);
	} else {
		record_note(run->rec, nic->id, "%s could not be taken from its driver: %s.",
			nic->id, nic->error);
	}
	reopen(run, st);
	return why;
}

/* ---- judging ---- */

static void judge(struct run *run, const struct nic *nic)
{
	const struct pair_lane *lane = &run->net->lanes[0];
	const unsigned lost = lane->sent - lane->received;
	const struct field fields[] = {FIELD_STR("nic", nic->id),
		FIELD_NUM("count", lost + lane->corrupt), FIELD_NUM("sent", lane->sent),
		FIELD_NUM("lost", lost), FIELD_NUM("corrupt", lane->corrupt),
		FIELD_NUM("length", pair_frame_bytes(lane, lane->first_bad.seq)),
		FIELD_NUM("offset", lane->first_bad.offset),
		FIELD_ADDRESS("expected", lane->first_bad.expected),
		FIELD_ADDRESS("actual", lane->first_bad.actual)};

	record_measure(run->rec, nic->id, "loopback.sent", lane->sent, 0, "1");
	record_measure(run->rec, nic->id, "loopback.lost", lost, 0, "1");
	record_measure(run->rec, nic->id, "loopback.corrupt", lane->corrupt, 0, "1");
	if (lost + lane->corrupt > 0)
		record_finding(run->rec, FINDING_NIC_LOOPBACK_ERROR, nic->id, fields,
			lane->corrupt > 0 ? ARRAY_LEN(fields) : 5,
			"Of %u frames through the loopback of %s %u did not come back and %u came back changed.",
			lane->sent, nic->id, lost, lane->corrupt);
	else
		record_coverage(run->rec, nic->id,
			"%u of %u frames through its PHY's loopback came back byte-exact",
			lane->received, lane->sent);
}

/* Why this card must not or cannot be tested, or NULL. */
static const char *unfit(const struct run *run, unsigned i)
{
	const struct net_session *s = run->net;
	const uint16_t linked = net_usable(s);

	if (s->stations[i].nic->take_chip == NULL)
		return "no loopback of this card is known to this program";
	if (run->inventory->has_bmc && run->config->nic_loopback != LOOPBACK_FORCE &&
		linked == 1u << i)
		return "it has the only link of a machine with a BMC; nic.loopback = force tests it all the same";
	return NULL;
}

static enum verdict loopback(struct run *run)
{
	struct net_session *s = run->net;
	unsigned tested = 0, cards = 0;
	char last[160] = "";

	if (!net_open(run)) {
		record_why(run->rec, "no network card could be opened");
		return SKIP;
	}
	net_wait_link(run);
	for (unsigned i = 0; i < s->station_count && !run->stopped; i++) {
		const struct nic *nic = s->stations[i].nic;
		const char *why;

		if (!s->stations[i].opened)
			continue;
		cards++;
		why = unfit(run, i);
		if (why == NULL)
			why = test_card(run, i);
		if (why == NULL) {
			judge(run, nic);
			tested++;
		} else {
			fmt_to(last, sizeof(last), "%s was not tested: %s", nic->id, why);
			record_note(run->rec, nic->id, "%s.", last);
		}
	}
	memset(s->lanes, 0, sizeof(s->lanes));
	if (tested > 0)
		record_why(run->rec, "%u of %u network cards tested in loopback", tested, cards);
	else
		record_why(
			run->rec, "%s", last[0] != '\0' ? last : "stopped before the first card");
	tell_new(run);
	return tested > 0 ? PASS : SKIP;
}

const struct check nic_loopback_check = {
	.id = "nic.loopback",
	.title = "Frames through the card's own loopback",
	.pass_if =
		"every frame sent in loopback comes back with exactly its own bytes, and the card works with its driver afterwards",
	.need = NEED_NIC,
	.on_request = true,
	.run = loopback,
};
