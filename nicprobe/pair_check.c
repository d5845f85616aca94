/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.pair: frames from card to card, where two of ours are on one wire. Pure over struct nic.
 *
 * Only unicast frames of our own EtherType, from one card of this machine to the other: nothing for strangers.
 * Method.  One frame at a time, there and back, every size with every pattern; then groups at the driver's full speed.
 * Pass if: every frame arrives with exactly its own bytes. See the check at the end.
 */
#include "core/fmt.h"
#include "nicprobe/cable.h"
#include "nicprobe/checks.h"
#include "nicprobe/pump.h"
#include "nicprobe/tell.h"

#define ROUNDS_QUICK      1
#define ROUNDS_THOROUGH   5
#define GROUP             4 /* frames on the way at once: the smallest receive buffers hold 8 KiB */
#define GROUPS_QUICK      32
#define GROUPS_THOROUGH   256
#define FRAME_WAIT_NS     (250ull * NS_PER_MS)
#define GROUP_WAIT_NS     (50ull * NS_PER_MS)
#define STRAGGLER_NS      (200ull * NS_PER_MS)
#define NONCE_TRIES       3
#define NONCE_WAIT_NS     (500ull * NS_PER_MS)
#define LOST_MAX          12 /* proof enough: each costs its waiting time */
#define LOSS_FAIL_COUNT   2  /* one lost frame may be chance: a warning */
#define LOSS_FAIL_PER_100 2

/* ---- who hears whom ---- */

static bool hears(const struct net_session *s, unsigned a, unsigned b)
{
	return s->stations[a].hears >> b & 1;
}

static bool may_pair(const struct net_session *s, unsigned a, unsigned b)
{
	const uint16_t cards = net_usable(s);

	return cards >> a & 1 && cards >> b & 1 &&
	       !mac_same(s->stations[a].nic->mac, s->stations[b].nic->mac);
}

/* The next card that hears `a` and is heard by it, so that with three cards on a wire each is tested; or station_count. */
static unsigned partner(const struct net_session *s, unsigned a)
{
	unsigned b = a + 1;

	while (b < s->station_count && !(may_pair(s, a, b) && hears(s, a, b) && hears(s, b, a)))
		b++;
	return b;
}

/* Whether some card hears another that does not hear it: a broadcast was lost, or not yet sent. */
static bool any_one_sided(const struct net_session *s)
{
	for (unsigned a = 0; a < s->station_count; a++) {
		for (unsigned b = a + 1; b < s->station_count; b++) {
			if (may_pair(s, a, b) && hears(s, a, b) != hears(s, b, a))
				return true;
		}
	}
	return false;
}

static size_t count_pairs(const struct net_session *s)
{
	size_t count = 0;

	for (unsigned a = 0; a < s->station_count; a++)
		count += partner(s, a) < s->station_count;
	return count;
}

static bool all_settled(struct run *run, void *arg)
{
	(void)arg;
	return count_pairs(run->net) > 0 && !any_one_sided(run->net);
}

/* Broadcasts until somebody is found, or often enough. False: stopped. */
static bool find_pairs(struct run *run)
{
	for (unsigned i = 0; i < NONCE_TRIES && !all_settled(run, NULL); i++) {
		net_send_nonces(run);
		if (!net_wait_for(run, run_now_ns(run) + NONCE_WAIT_NS, all_settled, NULL))
			return false;
	}
	return true;
}

static void note_one_sided(struct run *run)
{
	const struct net_session *s = run->net;

	for (unsigned a = 0; a < s->station_count; a++) {
		for (unsigned b = 0; b < s->station_count; b++) {
			if (a != b && may_pair(s, a, b) && hears(s, a, b) && !hears(s, b, a))
				record_note(run->rec, NULL,
					"%s hears %s, but not the other way round: a mirror port, a one-way link, or a card that is half dead.",
					net_id(s, a), net_id(s, b));
		}
	}
}

/* ---- exchanging ---- */

static void begin_lane(
	struct run *run, struct pair_lane *lane, unsigned from, unsigned to, bool full_size)
{
	struct net_session *s = run->net;
	const struct nic *a = s->stations[from].nic, *b = s->stations[to].nic;
	size_t max = a->max_frame_bytes < b->max_frame_bytes ? a->max_frame_bytes
							     : b->max_frame_bytes;

	*lane = (struct pair_lane){.active = true,
		.from = (uint8_t)from,
		.to = (uint8_t)to,
		.from_mac = a->mac,
		.to_mac = b->mac,
		.nonce = rng_next(&s->rng),
		.frame_max = max < ETH_FRAME_MAX ? max : ETH_FRAME_MAX,
		.full_size = full_size};
}

static bool send_next(struct run *run, struct pair_lane *lane)
{
	struct net_session *s = run->net;
	const unsigned seq = lane->sent;

	pair_frame_write(lane, seq, s->tx);
	lane->sent_ns = run_now_ns(run);
	lane->sent++; /* first: it may be there before send() returns */
	if (net_send(run, lane->from, s->tx, pair_frame_bytes(lane, seq)))
		return true;
	lane->sent--;
	return false;
}

static bool all_arrived(struct run *run, void *arg)
{
	const struct pair_lane *lane = arg;

	(void)run;
	return lane->received == lane->sent;
}

static bool newest_arrived(struct run *run, void *arg)
{
	const struct pair_lane *lane = arg;

	(void)run;
	return pair_arrived(lane, lane->sent - 1);
}

/* There and back, one frame at a time. False: stopped, or a card was lost. */
static bool exchange(struct run *run, unsigned frames)
{
	struct pair_lane *lanes = run->net->lanes;

	for (unsigned n = 0; n < frames; n++) {
		for (unsigned l = 0; l < PAIR_LANES; l++) {
			if (lanes[l].sent - lanes[l].received >= LOST_MAX)
				continue;
			if (!send_next(run, &lanes[l]) ||
				!net_wait_for(run, run_now_ns(run) + FRAME_WAIT_NS, newest_arrived,
					&lanes[l]))
				return false;
		}
	}
	for (unsigned l = 0; l < PAIR_LANES; l++) {
		if (!net_wait_for(run, run_now_ns(run) + STRAGGLER_NS, all_arrived, &lanes[l]))
			return false;
	}
	return true;
}

/* Full-size frames in groups. What gets lost here was not taken out of the card in time: it counts for nothing but the
 * rate. False: stopped, or a card was lost. */
static bool blast(struct run *run, struct pair_lane *lane, unsigned groups, uint64_t *ret_ns)
{
	const uint64_t start_ns = run_now_ns(run);

	for (unsigned g = 0; g < groups; g++) {
		for (unsigned i = 0; i < GROUP; i++) {
			if (!send_next(run, lane))
				return false;
		}
		if (!net_wait_for(run, run_now_ns(run) + GROUP_WAIT_NS, newest_arrived, lane))
			return false;
		if (lane->received == 0)
			break;
	}
	*ret_ns = run_now_ns(run) - start_ns;
	return true;
}

/* ---- judging ---- */

static void measure(struct run *run, const struct pair_lane *lane)
{
	const struct {
		const char *name, *unit;
		uint64_t value;
		unsigned decimals;
	} figures[] = {
		{"sent", "1", lane->sent, 0},
		{"received", "1", lane->received, 0},
		{"late", "1", lane->late, 0},
		{"duplicates", "1", lane->duplicates, 0},
		{"corrupt", "1", lane->corrupt, 0},
		{"turnaround_min", "us", lane->turn_min_ns / 1000, 0},
		{"turnaround_avg", "us",
			lane->timed > 0 ? lane->turn_sum_ns / lane->timed / 1000 : 0, 0},
		{"turnaround_max", "us", lane->turn_max_ns / 1000, 0},
	};
	char name[40];

	for (size_t i = 0; i < ARRAY_LEN(figures); i++) {
		if (lane->timed == 0 && figures[i].unit[0] == 'u')
			continue; /* nothing arrived in turn, no times */
		fmt_to(name, sizeof(name), "to_%s.%s", net_id(run->net, lane->to), figures[i].name);
		record_measure(run->rec, net_id(run->net, lane->from), name, figures[i].value,
			figures[i].decimals, figures[i].unit);
	}
}

static const char *suspects(const struct net_session *s, const struct pair_lane *lane)
{
	return s->stations[lane->from].heard || s->stations[lane->to].heard
		       ? "one of the two cards, a cable, or the switch between them"
		       : "one of the two cards, or the cable between them";
}

static void tell_loss(struct run *run, const struct pair_lane *lane)
{
	const struct net_session *s = run->net;
	const unsigned lost = lane->sent - lane->received;
	const bool many = lost >= LOSS_FAIL_COUNT && lost * 100 > lane->sent * LOSS_FAIL_PER_100;
	char mac[MAC_TEXT];
	const struct field fields[] = {FIELD_STR("nic", net_id(s, lane->from)),
		FIELD_STR("to_nic", net_id(s, lane->to)),
		FIELD_STR("mac", mac_text(mac, lane->to_mac)), FIELD_NUM("count", lost),
		FIELD_NUM("sent", lane->sent)};

	if (lost > 0)
		record_finding_as(run->rec, FINDING_NET_PACKET_LOSS, many ? FAIL : WARN, NULL,
			fields, ARRAY_LEN(fields), "%u of %u frames from %s to %s were lost: %s.",
			lost, lane->sent, net_id(s, lane->from), net_id(s, lane->to),
			suspects(s, lane));
}

static void tell_corrupt(struct run *run, const struct pair_lane *lane)
{
	const struct net_session *s = run->net;
	char mac[MAC_TEXT];
	const struct field fields[] = {FIELD_STR("nic", net_id(s, lane->from)),
		FIELD_STR("to_nic", net_id(s, lane->to)),
		FIELD_STR("mac", mac_text(mac, lane->to_mac)), FIELD_NUM("count", lane->corrupt),
		FIELD_NUM("length", pair_frame_bytes(lane, lane->first_bad.seq)),
		FIELD_NUM("offset", lane->first_bad.offset),
		FIELD_ADDRESS("expected", lane->first_bad.expected),
		FIELD_ADDRESS("actual", lane->first_bad.actual)};

	if (lane->corrupt > 0)
		record_finding(run->rec, FINDING_NET_PACKET_CORRUPT, NULL, fields,
			ARRAY_LEN(fields),
			"%u of %u frames from %s arrived changed on %s, under a good checksum; the first at byte %zu: 0x%02x instead of 0x%02x: %s.",
			lane->corrupt, lane->received, net_id(s, lane->from), net_id(s, lane->to),
			lane->first_bad.offset, lane->first_bad.actual, lane->first_bad.expected,
			suspects(s, lane));
}

static void judge_blast(struct run *run, const struct pair_lane *lane, uint64_t took_ns, bool told)
{
	const char *from = net_id(run->net, lane->from), *to = net_id(run->net, lane->to);
	char name[40];

	if (!told)
		tell_corrupt(run, lane);
	if (lane->received == 0 || took_ns == 0)
		return;
	fmt_to(name, sizeof(name), "to_%s.rate_polled_driver", to);
	record_measure(
		run->rec, from, name, lane->received_bytes * 8 * 1000 * 10 / took_ns, 1, "Mb/s");
	if (lane->received < lane->sent)
		record_note(run->rec, from,
			"At full speed %u of %u frames from %s to %s got lost: a polled firmware driver may not keep up.",
			lane->sent - lane->received, lane->sent, from, to);
}

/* ---- one pair ---- */

struct tally {
	unsigned pairs, sent, exact;
};

static void conclude(struct run *run, struct tally *tally)
{
	const struct pair_lane *lanes = run->net->lanes;
	unsigned sent = 0, exact = 0;

	for (unsigned l = 0; l < PAIR_LANES; l++) {
		measure(run, &lanes[l]);
		tell_loss(run, &lanes[l]);
		tell_corrupt(run, &lanes[l]);
		sent += lanes[l].sent;
		exact += lanes[l].received - lanes[l].corrupt;
	}
	for (unsigned l = 0; l < PAIR_LANES && exact > 0; l++)
		record_coverage(run->rec, net_id(run->net, lanes[l].from),
			"%u of %u frames to and from %s arrived byte-exact", exact, sent,
			net_id(run->net, lanes[l].to));
	tally->pairs++;
	tally->sent += sent;
	tally->exact += exact;
}

/* False: stopped, or a card was lost. */
static bool test_pair(struct run *run, unsigned a, unsigned b, struct tally *tally)
{
	struct pair_lane *lanes = run->net->lanes;
	const bool thorough = config_thorough(run->config);
	const unsigned rounds = thorough ? ROUNDS_THOROUGH : ROUNDS_QUICK;
	uint64_t took_ns;

	begin_lane(run, &lanes[0], a, b, false);
	begin_lane(run, &lanes[1], b, a, false);
	if (!exchange(run, rounds * PAIR_ROUND))
		return false;
	conclude(run, tally);
	for (unsigned l = 0; l < PAIR_LANES; l++) {
		const bool told = lanes[l].corrupt > 0;

		begin_lane(run, &lanes[l], lanes[l].from, lanes[l].to, true);
		if (!blast(run, &lanes[l], thorough ? GROUPS_THOROUGH : GROUPS_QUICK, &took_ns))
			return false;
		judge_blast(run, &lanes[l], took_ns, told);
		lanes[l].active = false;
	}
	return true;
}

static bool test_pairs(struct run *run, struct tally *tally)
{
	const struct net_session *s = run->net;

	for (unsigned a = 0; a < s->station_count; a++) {
		const unsigned b = partner(s, a);

		if (b < s->station_count && !test_pair(run, a, b, tally))
			return false;
	}
	return true;
}

static enum verdict pair(struct run *run)
{
	struct net_session *s = run->net;
	struct tally tally = {0};
	enum verdict verdict = SKIP;
	uint16_t cards;

	if (!net_ready(run))
		return SKIP;
	cards = net_usable(s);
	if ((cards & (cards - 1)) == 0)
		record_why(run->rec,
			"only one network card with link, no other to exchange frames with");
	else if (!find_pairs(run) || (count_pairs(s) > 0 && !test_pairs(run, &tally)))
		record_why(run->rec, run->stopped ? "stopped before all frames were exchanged"
						  : "a card or its link was lost meanwhile");
	else if (tally.pairs == 0)
		record_why(run->rec,
			any_one_sided(s)
				? "no two network cards hear each other, only one the other"
				: "no two network cards of this machine hear each other");
	else
		verdict = PASS;
	if (verdict == PASS)
		record_why(run->rec,
			"%u of %u frames between %u pair%s of cards arrived byte-exact",
			tally.exact, tally.sent, tally.pairs, tally.pairs == 1 ? "" : "s");
	note_one_sided(run);
	memset(s->lanes, 0, sizeof(s->lanes));
	tell_new(run);
	return verdict;
}

const struct check nic_pair_check = {
	.id = "nic.pair",
	.title = "Frames from card to card",
	.pass_if =
		"every frame that one network card sends to another of this machine on the same wire arrives with exactly its own bytes",
	.need = NEED_NIC,
	.run = pair,
};
