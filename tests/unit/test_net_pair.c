/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.pair: two cards on one wire that is good, loses, damages, doubles, or works one way only; nothing goes to strangers. */
#include "tests/unit/net_rig.h"

#define SPECS_MAX 4

static struct rig rig;
static unsigned to_strangers;

static const struct scenario {
	const char *name;
	const char *specs[SPECS_MAX + 1];
	bool listen; /* net.listen ran before */
	enum verdict verdict;
	const char *codes;
	const char *shows; /* in the reason, findings, notes, coverage or measures */
} scenarios[] = {
	{"no card", {NULL}, false, SKIP, "", "no network card could be opened"},
	{"one card", {"nics=1"}, true, SKIP, "", "only one network card with link"},
	{"one link", {"nics=2", "nolink=1"}, true, SKIP, "", "only one network card with link"},
	{"two lans", {"nics=2", "apart"}, true, SKIP, "",
		"no two network cards of this machine hear each other"},
	{"good", {"nics=2"}, true, PASS, "", "192 of 192 frames between 1 pair of cards"},
	{"good, not listened before", {"nics=2"}, false, PASS, "",
		"nic1: 192 of 192 frames to and from nic0 arrived byte-exact"},
	{"three cards", {"nics=3"}, true, PASS, "", "384 of 384 frames between 2 pairs of cards"},
	{"with others", {"nics=2", "asks=10.0.2.77"}, true, PASS, "", "to_nic0.corrupt=0"},
	{"loss 20 %", {"nics=2", "cardloss=20"}, false, FAIL, "net-packet-loss",
		"one of the two cards, or the cable between them"},
	{"loss among others", {"nics=2", "cardloss=20", "asks=10.0.2.77"}, false, FAIL,
		"net-packet-loss", "a cable, or the switch between them"},
	{"loss 100 %", {"nics=2", "cardloss=100"}, false, SKIP, "", "hear each other"},
	{"changed", {"nics=2", "cardcorrupt=700"}, true, FAIL, "net-packet-corrupt",
		"nic=nic0 to_nic=nic1 mac=52:54:00:12:34:57 count=36 length=1023 offset=700 expected=0 actual=4"},
	{"type changed", {"nics=2", "cardcorrupt=13"}, true, FAIL, "net-packet-corrupt",
		"count=96 length=60 offset=13 expected=181 actual=177"},
	{"mark changed", {"nics=2", "cardcorrupt=15"}, true, FAIL, "net-packet-corrupt",
		"offset=15"},
	{"number changed", {"nics=2", "cardcorrupt=29"}, true, FAIL, "net-packet-corrupt",
		"offset="},
	{"doubled", {"nics=2", "carddouble"}, true, PASS, "", "to_nic1.duplicates=96"},
	{"one way", {"nics=2", "unheard=1"}, true, SKIP, "",
		"nic1 hears nic0, but not the other way round"},
	{"hang", {"nics=2", "txhang=1"}, true, SKIP, "nic-tx-hang", "only one network card"},
};

static void watch(void *ctx, unsigned nic, struct span frame)
{
	struct eth eth;

	rig_watch(ctx, nic, frame);
	if (eth_read(frame, &eth) == ETH_OK && eth.type == ETH_TYPE_LOCAL &&
		eth.payload.at[0] == 'K' && !net_is_own(&rig.session, eth.dst))
		to_strangers++;
}

static enum verdict run_check(const struct check *check)
{
	return rig_run_one(&rig, check);
}

static bool shows(const char *text)
{
	return rig_shows(&rig, text) || strstr(rig.coverage, text) != NULL ||
	       strstr(rig.measures, text) != NULL;
}

static void play(const struct scenario *sc)
{
	const unsigned failed = test_failed;
	enum verdict verdict;
	uint64_t start_ns;

	rig_init(&rig, sc->specs);
	rig.net.watch = watch;
	to_strangers = 0;
	if (sc->listen)
		run_check(&net_listen_check);
	start_ns = rig.clock.now_ns;
	verdict = run_check(&nic_pair_check);
	CHECK(rig.clock.now_ns - start_ns < 40ull * NS_PER_S, "took too long");
	CHECK_STR(verdict_name(verdict), verdict_name(sc->verdict));
	CHECK_STR(rig_codes(&rig), sc->codes);
	CHECK(shows(sc->shows), "%s", sc->shows);
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	CHECK(to_strangers == 0, "%u frames to strangers", to_strangers);
	if (test_failed != failed)
		printf("  in scenario \"%s\": %s\n%s%s%s\n", sc->name, rig.rec.check_why, rig.notes,
			rig.coverage, rig.measures);
	net_session_end(&rig.run);
}

/* A stop in the midst: SKIP, and not a word about the frames that were not sent. */
static void stopped(void)
{
	rig_init(&rig, (const char *const[]){"nics=2", "cardloss=50", NULL});
	run_check(&net_listen_check);
	rig.pulses_left = 3;
	CHECK_STR(verdict_name(run_check(&nic_pair_check)), "SKIP");
	CHECK(shows("stopped before all frames"), "%s", rig.rec.check_why);
	CHECK(rig.finding_count == 0, "%zu findings", rig.finding_count);
	net_session_end(&rig.run);
}

/* Frames as no card should hand them up. */
static void hostile(void)
{
	struct pair_lane lane = {.active = true, .to = 1, .nonce = 7, .frame_max = 1514};
	uint8_t frame[ETH_FRAME_MAX];
	struct eth eth;

	CHECK(!pair_hear(&lane, 1, &(struct eth){.type = ETH_TYPE_LOCAL}, 1), "nothing was sent");
	lane.sent = 2;
	pair_frame_write(&lane, 1, frame);
	for (size_t len = ETH_HEADER_BYTES; len <= pair_frame_bytes(&lane, 1); len++) {
		struct pair_lane l = lane;

		l.seen[0] = 1; /* only frame 1 is still out */

		CHECK(eth_read((struct span){frame, len}, &eth) == ETH_OK);
		CHECK(!pair_hear(&l, 0, &eth, 1), "another card");
		CHECK(pair_hear(&l, 1, &eth, 1));
		CHECK(l.received == 1 && l.corrupt == (len < pair_frame_bytes(&lane, 1)), "%zu",
			len);
		CHECK(l.corrupt == 0 || l.first_bad.offset == len, "%zu", len);
	}
	frame[26] = 0xff; /* a number that was never sent */
	CHECK(eth_read((struct span){frame, 61}, &eth) == ETH_OK && pair_hear(&lane, 1, &eth, 1));
	CHECK(lane.corrupt == 1 && lane.first_bad.seq == 0 && lane.first_bad.offset == 26, "%u %zu",
		lane.first_bad.seq, lane.first_bad.offset);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		play(&scenarios[i]);
	stopped();
	hostile();
	return test_end(__FILE__);
}
