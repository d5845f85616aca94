/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* nic.loopback on a simulated chip that is good, loses, damages, lies, hangs or is gone; and the card is always given back. */
#include "host/sim_e1000.h"
#include "tests/unit/net_rig.h"

static struct rig rig;
static struct sim_e1000 chip;
static bool take_fails, return_fails;
static unsigned taken, returned;

static enum nic_result take(void *ctx, struct nic_chip *ret)
{
	struct sim_nic *nic = ctx;

	CHECK(nic->opened, "taken while closed");
	nic->opened = false;
	taken++;
	if (take_fails)
		return NIC_FAULT;
	*ret = sim_e1000_chip(&chip);
	return NIC_OK;
}

static enum nic_result give_back(void *ctx)
{
	(void)ctx;
	returned++;
	return return_fails ? NIC_FAULT : NIC_OK;
}

static bool shows(const char *text)
{
	return rig_shows(&rig, text) || strstr(rig.coverage, text) != NULL;
}

/* One card with an e1000 behind it, listened to before. */
static void begin(const char *second)
{
	rig_init(&rig, (const char *const[]){"asks=10.0.2.77", second, NULL});
	sim_e1000_init(&chip, &rig.machine.clock);
	rig.nics[0].take_chip = take;
	rig.nics[0].give_back_chip = give_back;
	take_fails = return_fails = false;
	taken = returned = 0;
	rig_check(&rig, 1);
}

static enum verdict run_loopback(void)
{
	const struct check *check = &nic_loopback_check;

	return rig_run_one(&rig, check);
}

static void expect(const char *name, enum verdict want, const char *codes, const char *text)
{
	const unsigned failed = test_failed;
	const enum verdict verdict = run_loopback();

	CHECK_STR(verdict_name(verdict), verdict_name(want));
	CHECK_STR(rig_codes(&rig), codes);
	CHECK(shows(text), "%s", text);
	CHECK(taken == returned, "taken %u times, returned %u times", taken, returned);
	CHECK(chip.gone || sim_e1000_is_tidy(&chip), "left in loopback");
	CHECK(return_fails || (rig.net.nics[0].opened && rig.session.stations[0].opened &&
				      rig.session.stations[0].link == NIC_LINK_UP),
		"not opened again");
	CHECK(rig.session.stations[0].flaps == 0, "our own doing is no flap");
	CHECK(rig.sent_wrong == 0, "%s", rig.wrong);
	if (test_failed != failed)
		printf("  in case \"%s\": %s\n%s%s%s\n", name, rig.rec.check_why, rig.notes,
			rig.coverage, rig.measures);
	net_session_end(&rig.run);
}

static void test_chips(void)
{
	begin(NULL);
	expect("good", PASS, "",
		"192 of 192 frames through its PHY's loopback came back byte-exact");
	begin(NULL);
	chip.lose_every = 10;
	expect("loses", FAIL, "nic-loopback-error", "lost=12 corrupt=0");
	begin(NULL);
	chip.corrupt_at = 1000;
	expect("changes", FAIL, "nic-loopback-error",
		"count=72 sent=192 lost=0 corrupt=72 length=1023 offset=1000 expected=0 actual=32");
	begin(NULL);
	chip.no_loopback = true;
	expect("no loopback", SKIP, "", "its loopback could not be entered");
	begin(NULL);
	chip.tx_dead = true;
	expect("dead", SKIP, "", "its loopback could not be entered");
	begin(NULL);
	chip.bad_length = true;
	expect("lies about lengths", SKIP, "", "its loopback could not be entered");
	begin(NULL);
	chip.gone = true;
	expect("gone", SKIP, "", "the card does not answer");
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

int main(void)
{
	test_chips();
	test_doors();
	test_bmc();
	test_stopped();
	return test_end(__FILE__);
}
