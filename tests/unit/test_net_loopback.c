/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.loopback on simulated chips that are good, lose, damage, lie, hang or are gone; by drivers' own diagnostics and loopbacks, true and
 * pretended; and the card is always given back. */
#include "host/sim_chip.h"
#include "nicprobe/chip.h"
#include "nicprobe/pump.h"
#include "tests/unit/net_rig.h"

static struct rig rig;
static struct sim_chip chip;
static bool take_fails, return_fails, returns_deaf;
static unsigned taken, returned;

static enum nic_result take(void *ctx, struct nic_chip *ret)
{
	struct sim_nic *nic = ctx;

	CHECK(nic->opened == rig.nics[0].has_driver, "taken while closed");
	nic->opened = false;
	taken++;
	if (take_fails)
		return NIC_FAULT;
	*ret = sim_chip_port(&chip);
	return NIC_OK;
}

static enum nic_result give_back(void *ctx)
{
	(void)ctx;
	returned++;
	if (returns_deaf)
		rig.net.loss_percent = 100;
	return return_fails ? NIC_FAULT : NIC_OK;
}

static bool shows(const char *text)
{
	return rig_shows(&rig, text) || strstr(rig.coverage, text) != NULL;
}

/* One card with a chip of that kind behind it, listened to before. */
static void begin_kind(const struct sim_chip_kind *kind, const char *second)
{
	rig_init(&rig, (const char *const[]){"asks=10.0.2.77", second, NULL});
	sim_chip_init(&chip, kind, &rig.machine.clock);
	rig.nics[0].take_chip = take;
	rig.nics[0].give_back_chip = give_back;
	take_fails = return_fails = returns_deaf = false;
	taken = returned = 0;
	if (rig.nics[0].has_driver)
		rig_check(&rig, 1);
}

static void begin(const char *second)
{
	begin_kind(&sim_8254x, second);
}

static void expect(const char *name, enum verdict want, const char *codes, const char *text)
{
	const unsigned failed = test_failed;
	const enum verdict verdict = rig_run_one(&rig, &nic_loopback_check);

	CHECK_STR(verdict_name(verdict), verdict_name(want));
	CHECK_STR(rig_codes(&rig), codes);
	CHECK(shows(text), "%s", text);
	CHECK(taken == returned, "taken %u times, returned %u times", taken, returned);
	CHECK(chip.gone || sim_chip_is_tidy(&chip), "left in loopback");
	CHECK(return_fails || !rig.nics[0].has_driver ||
			(rig.net.nics[0].opened && rig.session.stations[0].opened &&
				rig.session.stations[0].link == NIC_LINK_UP),
		"not opened again");
	CHECK(rig.session.stations[0].flaps == 0, "our own doing is no flap");
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	if (test_failed != failed)
		printf("  in case \"%s\" of %s: %s\n%s%s%s\n", name, chip.kind->name,
			rig.rec.check_why, rig.notes, rig.coverage, rig.measures);
	net_session_end(&rig.run);
}

/* ---- chips ---- */

static const struct {
	const struct sim_chip_kind *kind;
	enum verdict
		broken; /* what damage is worth: a test that was never tried on such a card only warns */
	const char *good;
	const char *gone;
} kinds[] = {
	{&sim_8254x, FAIL, "its PHY's loopback", "does not answer"},
	{&sim_82574, FAIL, "its PHY's loopback", "does not answer"},
	{&sim_82580, WARN, "its PHY's loopback", "does not answer"},
	{&sim_i210, WARN, "its PHY's loopback", "does not answer"},
	{&sim_82599, WARN, "its MAC's loopback", "does not answer"},
	{&sim_x540, WARN, "its MAC's loopback", "does not answer"},
	{&sim_rtl8139, FAIL, "its transmitter's loopback", "does not answer"},
	{&sim_pcnet, FAIL, "its MAC's loopback", "does not answer"},
	{&sim_tulip, FAIL, "its MAC's loopback", "does not answer"},
};

static void test_damage(const struct sim_chip_kind *kind, enum verdict broken)
{
	begin_kind(kind, NULL);
	chip.lose_every = 10;
	expect("loses", broken, "nic-loopback-error", "lost=12 corrupt=0");
	begin_kind(kind, NULL);
	chip.corrupt_at = 1000;
	expect("changes", broken, "nic-loopback-error",
		"count=72 sent=192 lost=0 corrupt=72 length=1023 pattern=0x00 offset=1000 expected=0 actual=32");
	begin_kind(kind, NULL);
	chip.corrupt_at = 16; /* of the nonce's mark */
	expect("changes the mark", broken, "nic-loopback-error",
		"corrupt=192 length=60 pattern=0x00 offset=16 expected=112 actual=80");
	begin_kind(kind, NULL);
	chip.corrupt_first = true;
	expect("changes the address", broken, "nic-loopback-error",
		"corrupt=192 length=60 pattern=0x00 offset=0 ");
	begin_kind(kind, NULL);
	chip.extra = 4;
	expect("adds bytes", broken, "nic-loopback-error",
		"corrupt=192 length=60 pattern=0x00 offset=60 ");
	begin_kind(kind, NULL);
	chip.dies_after = 50;
	expect("dies", broken, "nic-loopback-error", "corrupt=0");
}

static void test_chips(void)
{
	char text[64];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct sim_chip_kind *kind = kinds[i].kind;

		fmt_to(text, sizeof(text), "192 of 192 frames through %s", kinds[i].good);
		begin_kind(kind, NULL);
		expect("good", PASS, "", text);
		begin_kind(kind, NULL);
		chip.strangers = 2;
		expect("strangers", PASS, "", text);
		test_damage(kind, kinds[i].broken);
		begin_kind(kind, NULL);
		chip.no_loopback = true;
		expect("no loopback", SKIP, "", "its loopback could not be entered");
		begin_kind(kind, NULL);
		chip.tx_dead = true;
		expect("dead", SKIP, "", "its transmitter did not say that it sent one");
		begin_kind(kind, NULL);
		chip.gone = true;
		expect("gone", SKIP, "", kinds[i].gone);
	}
	begin(NULL);
	chip.strangers = 9;
	expect("a flood", SKIP, "", "strangers' frames came in between");
	begin(NULL);
	chip.bad_length = true;
	expect("lies about lengths", SKIP, "", "its loopback could not be entered");
	begin_kind(&sim_pcnet, NULL);
	chip.phy[0] = 1;
	expect("32-bit I/O", PASS, "", "192 of 192 frames");
	begin_kind(&sim_rtl8139, NULL);
	chip.bus = UINT64_C(0x100000000);
	expect("out of reach", SKIP, "", "it does not reach the memory");
	CHECK(chip.resets == 1, "touched all the same");
}

/* A card that no firmware driver has is tested all the same. */
static void test_no_driver(void)
{
	begin_kind(&sim_tulip, "nodriver");
	expect("no driver", PASS, "", "1 of 1 network cards tested");
	CHECK(taken == 1);
	begin_kind(&sim_tulip, "nodriver");
	rig.inventory.has_bmc = true; /* whether it has link nobody knows */
	expect("no driver, BMC", SKIP, "", "it has the only link of a machine with a BMC");
	CHECK(taken == 0);
	begin_kind(&sim_tulip, "nodriver");
	rig.nics[0].take_chip = NULL;
	expect("no driver, not known", SKIP, "", "no network card could be opened");
}

static void test_doors(void)
{
	begin(NULL);
	take_fails = true;
	expect("not let go", SKIP, "", "its driver does not let go of it");
	begin(NULL);
	return_fails = true;
	expect("does not come back", ERROR, "", "1 of 1 network cards tested");
	CHECK(rig.faults == 1);
	begin(NULL);
	rig.nics[0].take_chip = NULL;
	expect("not known", SKIP, "", "no loopback of this card is known");
	CHECK(taken == 0);
}

/* Whoever answered before must answer after it. */
static void test_alive(void)
{
	static const struct ip4 own = {0x0a00020f}, gateway = {0x0a000201};

	begin("gateway=10.0.2.1");
	rig.config.has_net_ip = true;
	rig.config.net_ip = rig.may_speak = own;
	rig.config.net_gateway = gateway;
	rig_check(&rig, 5);
	expect("alive", PASS, "", "10.0.2.1 answered ARP on nic0 before and after it");
	begin("gateway=10.0.2.1");
	rig.config.has_net_ip = true;
	rig.config.net_ip = rig.may_speak = own;
	rig.config.net_gateway = gateway;
	rig_check(&rig, 5);
	returns_deaf = true;
	expect("deaf", ERROR, "", "1 of 1 network cards tested");
	CHECK(rig.faults == 1);
}

/* The only link of a machine with a BMC may carry the remote console. */
static void test_bmc(void)
{
	begin(NULL);
	rig.inventory.has_bmc = true;
	expect("BMC", SKIP, "", "it has the only link of a machine with a BMC");
	CHECK(taken == 0);
	begin(NULL);
	rig.inventory.has_bmc = true;
	rig.config.nic_loopback = LOOPBACK_FORCE;
	expect("BMC, forced", PASS, "", "1 of 1 network cards tested");
	begin("nics=2");
	rig.inventory.has_bmc = true;
	expect("BMC, another link", PASS, "", "1 of 2 network cards tested");
}

static void test_stopped(void)
{
	begin(NULL);
	rig.pulses_left = 4;
	expect("stopped", SKIP, "", "stopped before all frames were sent");
}

/* ---- the driver's own diagnostic ---- */

static struct nic_self_test standard, extended;
static unsigned self_tests;

static void self_test(void *ctx, bool is_extended, struct nic_self_test *ret)
{
	struct sim_nic *nic = ctx;

	CHECK(nic->opened, "tested while closed");
	self_tests++;
	*ret = is_extended ? extended : standard;
}

static void begin_self_test(
	enum nic_self_test_result is_standard, enum nic_self_test_result is_extended)
{
	begin(NULL);
	rig.nics[0].self_test = self_test;
	standard = (struct nic_self_test){is_standard, "standard text"};
	extended = (struct nic_self_test){is_extended, "extended text"};
	self_tests = 0;
}

static void test_self_tests(void)
{
	begin_self_test(SELF_TEST_FAILED, SELF_TEST_PASSED);
	expect("extended passed", PASS, "",
		"its driver's own extended diagnostic passed: extended text");
	CHECK(self_tests == 1 && taken == 0);
	begin_self_test(SELF_TEST_PASSED, SELF_TEST_FAILED);
	expect("extended failed", FAIL, "nic-selftest-failed", "nic=nic0 status=extended text");
	CHECK(self_tests == 1 && taken == 0);
	begin_self_test(SELF_TEST_FAILED, SELF_TEST_NONE);
	expect("standard failed", FAIL, "nic-selftest-failed", "status=standard text");
	begin_self_test(SELF_TEST_PASSED, SELF_TEST_NONE);
	expect("standard passed, then registers", PASS, "", "192 of 192 frames");
	CHECK(self_tests == 2 && taken == 1);
	begin_self_test(SELF_TEST_PASSED, SELF_TEST_NONE);
	rig.nics[0].take_chip = NULL;
	expect("standard passed alone", SKIP, "",
		"only a standard diagnostic, which passed: standard text");
	begin_self_test(SELF_TEST_NONE, SELF_TEST_ERROR);
	rig.nics[0].take_chip = NULL;
	expect("could not be run", SKIP, "",
		"its driver's extended diagnostic could not be run: extended text");
	CHECK(rig.faults == 0, "no fault of the machine");
	begin_self_test(SELF_TEST_NONE, SELF_TEST_NONE);
	rig.nics[0].take_chip = NULL;
	expect("refused", SKIP, "", "its driver refused every diagnostic");
}

/* ---- the driver's own loopback ---- */

static struct {
	unsigned modes, entered, left;
	bool refuses, ignores, leaks;
	uint8_t frames[CHIP_BURST_MAX][1600];
	size_t lens[CHIP_BURST_MAX], first, count, corrupt_at;
} undi;

static unsigned undi_modes(void *ctx)
{
	(void)ctx;
	return undi.modes;
}

static enum nic_result undi_enter(void *ctx, unsigned mode)
{
	struct sim_nic *nic = ctx;

	CHECK(nic->opened && mode == NIC_LOOP_INTERNAL);
	nic->opened = false;
	undi.entered++;
	return undi.refuses ? NIC_FAULT : NIC_OK;
}

static bool undi_send(void *ctx, const uint8_t *frame, size_t len)
{
	const size_t at = (undi.first + undi.count) % CHIP_BURST_MAX;

	(void)ctx;
	if (undi.leaks) /* another card, which takes what is not for it, too */
		net_hear(&rig.run, 1, run_now_ns(&rig.run), (struct span){frame, len});
	if (undi.ignores || undi.count == CHIP_BURST_MAX)
		return true;
	memcpy(undi.frames[at], frame, len);
	if (undi.corrupt_at != 0 && undi.corrupt_at < len)
		undi.frames[at][undi.corrupt_at] ^= 1;
	undi.lens[at] = len;
	undi.count++;
	return true;
}

static bool undi_receive(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len)
{
	(void)ctx;
	CHECK(cap >= 1600);
	if (undi.count == 0)
		return false;
	memcpy(frame, undi.frames[undi.first], undi.lens[undi.first]);
	*ret_len = undi.lens[undi.first] + 2; /* some drivers count more than came */
	undi.first = (undi.first + 1) % CHIP_BURST_MAX;
	undi.count--;
	return true;
}

static void undi_leave(void *ctx)
{
	(void)ctx;
	undi.left++;
}

static void begin_undi(unsigned modes, const char *second)
{
	static const struct nic_loop loop = {
		undi_modes, undi_enter, undi_send, undi_receive, undi_leave};

	begin(second);
	rig.nics[0].loop = &loop;
	rig.nics[0].take_chip = NULL;
	memset(&undi, 0, sizeof(undi));
	undi.modes = modes;
}

static void expect_undi(const char *name, enum verdict want, const char *codes, const char *text)
{
	expect(name, want, codes, text);
	CHECK(undi.entered == undi.left, "%s", name);
}

/* That a driver says yes proves nothing: frames do. */
static void test_undi(void)
{
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	expect_undi("good", PASS, "", "192 of 192 frames through its driver's internal loopback");
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	undi.ignores = true;
	expect_undi("says yes and ignores it", SKIP, "",
		"its driver said yes to a loopback, but no frame came back");
	CHECK(undi.entered == 1);
	begin_undi(NIC_LOOP_INTERNAL, "nics=2");
	undi.leaks = true;
	expect_undi("sends it to the wire", SKIP, "", "its frames came out on the wire");
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	undi.corrupt_at = 200;
	expect_undi("changes", FAIL, "nic-loopback-error", "length=255 pattern=0x00 offset=200 ");
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	undi.refuses = true;
	expect_undi("refuses", SKIP, "", "its driver refused the loopback that it advertises");
	begin_undi(0, NULL);
	expect_undi("none", SKIP, "", "its driver advertises no loopback inside the card");
	CHECK(undi.entered == 0);
	begin_undi(NIC_LOOP_EXTERNAL, NULL);
	expect_undi("a plug only", SKIP, "", "its driver advertises no loopback inside the card");
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	rig.session.stations[0].hears = 1;
	expect_undi("a network that reflects", FAIL, "net-loop", "this network sends frames back");
	CHECK(undi.entered == 0);
	begin_undi(NIC_LOOP_INTERNAL, NULL);
	undi.ignores = true;
	rig.nics[0].take_chip = take;
	expect_undi("ignores, then registers", PASS, "",
		"192 of 192 frames through its PHY's loopback");
}

int main(void)
{
	test_chips();
	test_no_driver();
	test_doors();
	test_alive();
	test_bmc();
	test_stopped();
	test_self_tests();
	test_undi();
	return test_end(__FILE__);
}
