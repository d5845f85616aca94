/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The ways into a card's loopback. Pure over struct nic. See loopback.h. */
#include "nicprobe/loopback.h"
#include "core/fmt.h"
#include "nicprobe/chip.h"
#include "nicprobe/loop.h"
#include "nicprobe/pump.h"

#define LINK_WAIT_NS   (10ull * NS_PER_S)
#define UNDI_SETTLE_NS (1000ull * NS_PER_MS)

/* ---- the card's way back ---- */

static bool is_up(struct run *run, void *arg)
{
	struct station *st = arg;

	net_ask_link(run, st, run_now_ns(run));
	return st->link == NIC_LINK_UP;
}

/* Opens a closed card again through its driver. That it did not come back is recorded. */
static void reopen(struct run *run, struct station *st, bool returned)
{
	struct nic *nic = st->nic;

	st->health.known = false; /* its counters counted our frames */
	st->link = NIC_LINK_DOWN;
	st->link_proved = st->heard = false;
	if (!returned || nic->open(nic->ctx) != NIC_OK) {
		record_fault(run->rec, "nic.give_back", nic->id,
			"%s did not come back to its driver after the loopback: %s", nic->id,
			nic->error);
		return;
	}
	st->opened = true;
	net_wait_for(run, run_now_ns(run) + LINK_WAIT_NS, is_up, st);
}

/* ---- judging a series ---- */

/* `whose` loopback it was. `unseen`: a card that this way was never tried on, or NULL. */
static void judge(struct run *run, const struct nic *nic, const char *whose, const char *unseen)
{
	const struct pair_lane *lane = &run->net->lanes[0];
	const unsigned lost = lane->sent - lane->received;
	const struct field fields[] = {FIELD_STR("nic", nic->id),
		FIELD_NUM("count", lost + lane->corrupt), FIELD_NUM("sent", lane->sent),
		FIELD_NUM("lost", lost), FIELD_NUM("corrupt", lane->corrupt),
		FIELD_NUM("length", pair_frame_bytes(lane, lane->first_bad.seq)),
		FIELD_STR("pattern", pair_pattern(lane, lane->first_bad.seq)),
		FIELD_NUM("offset", lane->first_bad.offset),
		FIELD_ADDRESS("expected", lane->first_bad.expected),
		FIELD_ADDRESS("actual", lane->first_bad.actual)};

	record_measure(run->rec, nic->id, "loopback.sent", lane->sent, 0, "1");
	record_measure_limit(run->rec, nic->id, "loopback.lost", lost, 0, "1", LIMIT_AT_MOST, 0);
	record_measure_limit(
		run->rec, nic->id, "loopback.corrupt", lane->corrupt, 0, "1", LIMIT_AT_MOST, 0);
	if (lost + lane->corrupt > 0)
		record_finding_as(run->rec, FINDING_NIC_LOOPBACK_ERROR, unseen ? WARN : FAIL,
			nic->id, fields, lane->corrupt > 0 ? ARRAY_LEN(fields) : 5,
			"Of %u frames through the loopback of %s %u did not come back and %u came back changed.%s%s%s",
			lane->sent, nic->id, lost, lane->corrupt,
			unseen ? " A warning only: this test was never tried on " : "",
			unseen ? unseen : "", unseen ? "." : "");
	else
		record_coverage(run->rec, nic->id,
			"%u of %u frames through its %s loopback came back byte-exact",
			lane->received, lane->sent, whose);
}

static const char *const unfinished[] = {
	[LOOP_SILENT] = "no frame came back: its loopback could not be entered",
	[LOOP_ESCAPED] = "its frames came out on the wire: that was no loopback",
	[LOOP_CROWDED] = "frames were lost, but strangers' frames came in between",
	[LOOP_STOPPED] = "stopped before all frames were sent",
};

/* ---- door A: the driver's own diagnostic ---- */

static bool has_self_test(const struct nic *nic)
{
	return nic->has_driver && nic->self_test != NULL;
}

static void tell_self_test_failed(struct run *run, const struct nic *nic, const char *text)
{
	const struct field fields[] = {FIELD_STR("nic", nic->id), FIELD_STR("status", text)};

	record_finding(run->rec, FINDING_NIC_SELFTEST_FAILED, nic->id, fields, ARRAY_LEN(fields),
		"The driver of %s ran its own diagnostic and says that the card failed%s%s.",
		nic->id, text[0] ? ": " : "", text);
}

/* True: that was a test of the card, and it is told. */
static bool conclude_self_test(struct run *run, const struct nic *nic, bool extended,
	const struct nic_self_test *t, char *why)
{
	const char *kind = extended ? "extended" : "standard", *colon = t->text[0] ? ": " : "";

	switch (t->result) {
	case SELF_TEST_FAILED:
		tell_self_test_failed(run, nic, t->text);
		return true;
	case SELF_TEST_PASSED:
		if (extended) {
			record_coverage(run->rec, nic->id,
				"its driver's own extended diagnostic passed%s%s", colon, t->text);
			return true;
		}
		fmt_to(why, LOOPBACK_WHY,
			"its driver has only a standard diagnostic, which passed%s%s", colon,
			t->text);
		return false;
	case SELF_TEST_ERROR:
		fmt_to(why, LOOPBACK_WHY, "its driver's %s diagnostic could not be run%s%s", kind,
			colon, t->text);
		return false;
	case SELF_TEST_NONE:
		break;
	}
	fmt_to(why, LOOPBACK_WHY, "its driver refused every diagnostic%s%s", colon, t->text);
	return false;
}

static bool by_self_test(struct run *run, unsigned i, char *why)
{
	struct station *st = &run->net->stations[i];
	struct nic *nic = st->nic;
	struct nic_self_test t = {.result = SELF_TEST_NONE};
	bool extended = true;

	record_note(run->rec, nic->id,
		"The driver of %s runs its own diagnostic: this may take minutes.", nic->id);
	nic->self_test(nic->ctx, true, &t);
	if (t.result == SELF_TEST_NONE) {
		extended = false;
		nic->self_test(nic->ctx, false, &t);
	}
	nic->close(nic->ctx);
	st->opened = false;
	reopen(run, st, true);
	return conclude_self_test(run, nic, extended, &t, why);
}

/* ---- door B: a loopback that the driver advertises ---- */

static bool has_loop(const struct nic *nic)
{
	return nic->has_driver && nic->loop != NULL;
}

static bool by_driver(struct run *run, unsigned i, char *why)
{
	struct station *st = &run->net->stations[i];
	struct nic *nic = st->nic;
	const struct loop loop = {nic->ctx, false, nic->loop->send, nic->loop->receive};
	enum loop_result result = LOOP_SILENT;

	if (!(nic->loop->modes(nic->ctx) & NIC_LOOP_INTERNAL)) {
		fmt_to(why, LOOPBACK_WHY, "its driver advertises no loopback inside the card");
		return false;
	}
	if (st->hears >> i & 1) {
		fmt_to(why, LOOPBACK_WHY,
			"this network sends frames back: its driver's loopback could not be told from that");
		return false;
	}
	st->opened = false;
	if (nic->loop->enter(nic->ctx, NIC_LOOP_INTERNAL) == NIC_OK) {
		result = loop_run(run, i, &loop, UNDI_SETTLE_NS);
		fmt_to(why, LOOPBACK_WHY, "its driver said yes to a loopback, but %s",
			result == LOOP_DONE ? "" : unfinished[result]);
	} else {
		fmt_to(why, LOOPBACK_WHY, "its driver refused the loopback that it advertises: %s",
			nic->error);
	}
	nic->loop->leave(nic->ctx);
	reopen(run, st, true);
	if (result == LOOP_DONE)
		judge(run, nic, "driver's internal", NULL);
	return result == LOOP_DONE;
}

/* ---- door C: its registers ---- */

static bool has_chip(const struct nic *nic)
{
	return nic->take_chip != NULL;
}

static bool send_by_chip(void *ctx, const uint8_t *frame, size_t len)
{
	return chip_send(ctx, frame, len);
}

static bool receive_by_chip(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	return cap >= CHIP_FRAME_BYTES && chip_receive(ctx, frame, ret_len);
}

/* The series in the loop. True: it was run to its end; else why not. */
static bool run_chip(
	struct run *run, unsigned i, struct chip *chip, const struct nic_chip *port, char *why)
{
	const struct loop loop = {chip, true, send_by_chip, receive_by_chip};
	const char *cannot = chip_begin(chip, port);
	enum loop_result result;

	if (cannot == NULL) {
		result = loop_run(run, i, &loop, chip->driver->settle_ns);
		if (result == LOOP_DONE)
			return true;
		cannot =
			result == LOOP_SILENT && !chip_has_sent(chip)
				? "no frame came back, and its transmitter did not say that it sent one"
				: unfinished[result];
	}
	fmt_to(why, LOOPBACK_WHY, "%s", cannot);
	return false;
}

static bool by_registers(struct run *run, unsigned i, char *why)
{
	struct station *st = &run->net->stations[i];
	struct nic *nic = st->nic;
	struct nic_chip port;
	struct chip chip = {.driver = NULL};
	bool done = false, returned;

	st->opened = false;
	if (nic->take_chip(nic->ctx, &port) == NIC_OK) {
		done = run_chip(run, i, &chip, &port, why);
		chip_end(&chip);
	} else {
		fmt_to(why, LOOPBACK_WHY, "%s: %s",
			nic->has_driver ? "its driver does not let go of it"
					: "it could not be had",
			nic->error);
	}
	returned = nic->give_back_chip(nic->ctx) == NIC_OK;
	if (nic->has_driver)
		reopen(run, st, returned);
	if (done)
		judge(run, nic, chip.driver->loop, chip.driver->unseen);
	return done;
}

/* ---- all of them ---- */

static const struct {
	bool (*is_there)(const struct nic *nic);
	/* True: the card was tested and the outcome told. Else why not. */
	bool (*go)(struct run *run, unsigned i, char *why);
} doors[] = {{has_self_test, by_self_test}, {has_loop, by_driver}, {has_chip, by_registers}};

bool loopback_is_offered(const struct station *st)
{
	bool offered = false;

	for (size_t d = 0; d < ARRAY_LEN(doors); d++)
		offered = offered || doors[d].is_there(st->nic);
	return offered && (st->opened || !st->nic->has_driver);
}

bool loopback_test(struct run *run, unsigned nic, char *why)
{
	const struct station *st = &run->net->stations[nic];
	bool tested = false;

	fmt_to(why, LOOPBACK_WHY, "no loopback of this card is known to this program");
	for (size_t d = 0; d < ARRAY_LEN(doors) && !tested && !run->stopped; d++) {
		if (doors[d].is_there(st->nic) && (st->opened || !st->nic->has_driver))
			tested = doors[d].go(run, nic, why);
	}
	return tested;
}
