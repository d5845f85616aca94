/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.loopback: frames through the card alone, with neither cable nor switch. Pure over struct nic.
 *
 * Three doors, tried in this order: a diagnostic that the card's driver brings along; the driver's own loopback, if it advertises one;
 * and the card's registers (chip.h), for which it is taken away from its driver. Afterwards the card is given back, opened again, and
 * whoever answered on it before is asked again.
 * Pass if: every frame comes back with exactly its own bytes, and the driver takes the card again. See the check at the end.
 * Nothing at all that comes back proves no fault: then the loopback could not be entered, and the card is left out. So does a driver
 * that says it did, when no frame shows it.
 */
#include "core/fmt.h"
#include "nicprobe/alive.h"
#include "nicprobe/checks.h"
#include "nicprobe/chip.h"
#include "nicprobe/loop.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"

#define LINK_WAIT_NS    (10ull * NS_PER_S)
#define ALIVE_BEFORE_NS (2ull * NS_PER_S)
#define ALIVE_AFTER_NS  (45ull * NS_PER_S) /* spanning tree may hold the port back anew */
#define UNDI_SETTLE_NS  (1000ull * NS_PER_MS)
#define WHY             160

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

/* Whoever answered before has to answer again. */
static void prove_alive(struct run *run, unsigned i, struct ip4 ip)
{
	const struct station *st = &run->net->stations[i];
	char text[IP4_TEXT];

	if (!st->opened)
		return; /* told already */
	if (alive_ask(run, i, ip, ALIVE_AFTER_NS))
		record_note(run->rec, st->nic->id, "%s answered ARP on %s before and after it.",
			ip4_text(text, ip), st->nic->id);
	else if (!run->stopped)
		record_fault(run->rec, "nic.give_back", st->nic->id,
			"%s answered ARP on %s before the loopback, and not in %u s after it.",
			ip4_text(text, ip), st->nic->id, (unsigned)(ALIVE_AFTER_NS / NS_PER_S));
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
	record_measure(run->rec, nic->id, "loopback.lost", lost, 0, "1");
	record_measure(run->rec, nic->id, "loopback.corrupt", lane->corrupt, 0, "1");
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
		fmt_to(why, WHY, "its driver has only a standard diagnostic, which passed%s%s",
			colon, t->text);
		return false;
	case SELF_TEST_ERROR:
		fmt_to(why, WHY, "its driver's %s diagnostic could not be run%s%s", kind, colon,
			t->text);
		return false;
	case SELF_TEST_NONE:
		break;
	}
	fmt_to(why, WHY, "its driver refused every diagnostic%s%s", colon, t->text);
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
		fmt_to(why, WHY, "its driver advertises no loopback inside the card");
		return false;
	}
	if (st->hears >> i & 1) {
		fmt_to(why, WHY,
			"this network sends frames back: its driver's loopback could not be told from that");
		return false;
	}
	st->opened = false;
	if (nic->loop->enter(nic->ctx, NIC_LOOP_INTERNAL) == NIC_OK) {
		result = loop_run(run, i, &loop, UNDI_SETTLE_NS);
		fmt_to(why, WHY, "its driver said yes to a loopback, but %s",
			result == LOOP_DONE ? "" : unfinished[result]);
	} else {
		fmt_to(why, WHY, "its driver refused the loopback that it advertises: %s",
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
	fmt_to(why, WHY, "%s", cannot);
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
		fmt_to(why, WHY, "%s: %s",
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

/* ---- all doors ---- */

static const struct {
	bool (*is_there)(const struct nic *nic);
	/* True: the card was tested and the outcome told. Else why not. */
	bool (*go)(struct run *run, unsigned i, char *why);
} doors[] = {{has_self_test, by_self_test}, {has_loop, by_driver}, {has_chip, by_registers}};

/* The remote console of a machine with a BMC may be on any card that may have link; with another link up, a person can still
 * get at it. Only links that are sure count. */
static bool may_cut_console(const struct run *run, unsigned i)
{
	const struct net_session *s = run->net;
	bool other = false;

	for (unsigned n = 0; n < s->station_count; n++)
		other = other ||
			(n != i && s->stations[n].opened && s->stations[n].link == NIC_LINK_UP);
	return run->inventory->has_bmc && run->config->nic_loopback != LOOPBACK_FORCE && !other &&
	       (!s->stations[i].nic->has_driver || s->stations[i].link != NIC_LINK_DOWN);
}

/* True: it was tested; else why not. */
static bool test_card(struct run *run, unsigned i, char *why)
{
	const struct station *st = &run->net->stations[i];
	struct ip4 neighbour;
	bool tested = false, alive;

	fmt_to(why, WHY, "no loopback of this card is known to this program");
	if (may_cut_console(run, i)) {
		fmt_to(why, WHY,
			"it has the only link of a machine with a BMC; nic.loopback = force tests it all the same");
		return false;
	}
	alive = st->opened && alive_whom(run->net, i, &neighbour) &&
		alive_ask(run, i, neighbour, ALIVE_BEFORE_NS);
	for (size_t d = 0; d < ARRAY_LEN(doors) && !tested && !run->stopped; d++) {
		if (doors[d].is_there(st->nic) && (st->opened || !st->nic->has_driver))
			tested = doors[d].go(run, i, why);
	}
	if (alive)
		prove_alive(run, i, neighbour);
	return tested;
}

static enum verdict conclude(struct run *run, unsigned tested, unsigned cards, const char *last)
{
	if (tested > 0)
		record_why(run->rec, "%u of %u network cards tested in loopback", tested, cards);
	else
		record_why(run->rec, "%s",
			last[0] != '\0' ? last
			: cards > 0     ? "stopped before the first card"
					: "no network card could be opened");
	tell_new(run);
	return tested > 0 ? PASS : SKIP;
}

static enum verdict loopback(struct run *run)
{
	struct net_session *s = run->net;
	unsigned tested = 0, cards = 0;
	char why[WHY], last[WHY + 40] = "";

	if (net_open(run))
		net_wait_link(run);
	for (unsigned i = 0; i < s->station_count; i++) {
		const struct nic *nic = s->stations[i].nic;

		if (!s->stations[i].opened && (nic->has_driver || !has_chip(nic)))
			continue;
		cards++;
		if (run->stopped)
			continue;
		if (test_card(run, i, why)) {
			tested++;
			continue;
		}
		fmt_to(last, sizeof(last), "%s was not tested: %s", nic->id, why);
		record_note(run->rec, nic->id, "%s.", last);
	}
	memset(s->lanes, 0, sizeof(s->lanes));
	return conclude(run, tested, cards, last);
}

const struct check nic_loopback_check = {
	.id = "nic.loopback",
	.title = "Frames through the card's own loopback",
	.pass_if =
		"every frame sent in loopback comes back with exactly its own bytes, and the card works with its driver afterwards",
	.on_request = true,
	.run = loopback,
};
