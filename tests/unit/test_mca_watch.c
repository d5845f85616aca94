/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Machine checks over a whole run: before, during and after it, each told in its step; storms; CPUs that cannot be asked. */
#include "core/fmt.h"
#include "evidence/mca_log.h"
#include "host/sim_clock.h"
#include "host/sim_cpus.h"
#include "host/sim_mca.h"
#include "host/sim_ram.h"
#include "host/sim_volume.h"
#include "suite/suite.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"
#include <stdlib.h>
#include <unistd.h>

/* A read on channel 0, corrected or lost, at a physical address known to the page; and something in a cache. */
#define CORRECTED   "status=0x9c00000000000090,misc=0x8c"
#define LOST        "status=0xbd80000000000090,misc=0x8c"
#define LOST_UNSURE "status=0xac00000000000090,misc=0x8c" /* in a bank that was switched off */
#define CACHE       "status=0x9000000000000135"
#define CACHE_LOST \
	"status=0xb200000000000135" /* uncorrected, reporting on, the CPU's state damaged */

static char log_text[1 << 22], root[] = "/tmp/kiriwake-test-XXXXXX";

static struct rig {
	struct machine machine;
	struct sim_clock clock;
	struct sim_ram ram;
	struct sim_cpus cpus;
	struct sim_mca mca;
	struct sim_volume volume;
} rig;

/* A machine with these errors to come, a blank between two. */
static void machine_with(unsigned cpus, enum cpu_mode mode, const char *errors)
{
	struct text rest = {errors, strlen(errors)}, word;
	struct machine *m = &rig.machine;
	char spec[160];

	memset(&rig, 0, sizeof(rig));
	while (text_word(&rest, &word)) {
		fmt_to(spec, sizeof(spec), "%.*s", (int)word.len, word.at);
		CHECK(sim_mca_add(&rig.mca, spec), "%s", spec);
	}
	sim_clock_init(&rig.clock, &m->clock);
	CHECK(sim_ram_init(&rig.ram, 4 << 20));
	sim_ram_port(&rig.ram, &m->ram);
	sim_cpus_port(&rig.cpus, cpus, mode, &m->cpus);
	sim_mca_port(&rig.mca, &m->clock, &m->cpus, &m->mca);
	sim_volume_port(&rig.volume, root, &m->volume);
	rig.volume.fail_after_bytes = UINT64_MAX;
	m->console = (struct console_port){.write = to_nowhere, .key = no_key};
}

static void read_log(void)
{
	char path[64], clear[64];
	FILE *file;
	size_t len;

	fmt_to(path, sizeof(path), "%s/runs/0001/log.txt", root);
	fmt_to(clear, sizeof(clear), "rm -rf %s/runs", root);
	file = fopen(path, "rb");
	CHECK(file != NULL);
	len = file != NULL ? fread(log_text, 1, sizeof(log_text) - 1, file) : 0;
	CHECK(len > 0 && len < sizeof(log_text) - 1);
	log_text[len] = '\0';
	if (file != NULL)
		fclose(file);
	CHECK(system(clear) == 0);
}

static struct suite_outcome play(const char *words)
{
	struct suite *suite = calloc(1, suite_bytes());
	struct suite_outcome o;

	rig.machine.option_sources[0] = (struct option_source){
		"words", {words, strlen(words)}, true, false};
	rig.machine.option_source_count = 1;
	o = suite_run(suite, &rig.machine);
	sim_ram_free(&rig.ram);
	free(suite);
	read_log();
	return o;
}

static bool says(const char *words)
{
	return strstr(log_text, words) != NULL;
}

static size_t times(const char *words)
{
	size_t count = 0;

	for (const char *at = log_text; (at = strstr(at, words)) != NULL; at++)
		count++;
	return count;
}

static void test_nothing(void)
{
	struct suite_outcome o;

	machine_with(4, CPUS_NONBLOCKING, "");
	o = play("checks=mem.address");
	CHECK(o.verdict == PASS && says("skip=1"), "%s", o.end_line);
	CHECK_U64(times("begin    hw.machine-check"), 2);
	CHECK(says("no error from before the run in the banks of 4 of 4 CPUs"));
	CHECK(says(
		"CLEARED  board and CPUs: no error of CPU, cache or bus in the machine-check banks of 4 of 4 CPUs"));
	CHECK(!says("can be read"));

	machine_with(4, CPUS_NONBLOCKING, "");
	rig.machine.mca.take = NULL;
	o = play("checks=mem.address");
	CHECK(o.verdict == PASS, "%s", o.end_line);
	CHECK(says("hw.machine-check: SKIP") && times("begin    hw.machine-check") == 1);
	CHECK(says("UNTESTED board and CPUs"), "nobody looked");

	machine_with(4, CPUS_NONBLOCKING, "");
	CHECK(play("checks=disk.*").verdict == SKIP, "silent banks alone are no PASS");
}

static void test_before(void)
{
	struct suite_outcome o;

	machine_with(2, CPUS_NONBLOCKING, "cpu=1,bank=7,addr=0x1234567," CORRECTED);
	o = play("checks=mem.address");
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(says(
		"FINDING  hw.machine-check/mem: WARN mem-corrected-error: Left from before this run: a corrected "
		"memory error at 0x1234000 (memory read, channel 0), in bank 7 of CPU 1.\n"));
	CHECK_U64(times("FINDING"), 1);
	CHECK(says("hw.machine-check: WARN in") && says(": 1 error from before the run"));
	CHECK(says("mem.address: PASS") && says("CLEARED  board and CPUs"));
	CHECK(says("corrected_errors = 1\n"));
}

static void test_lost(void)
{
	struct suite_outcome o;

	machine_with(1, CPUS_SINGLE, "bank=7,addr=0x1234567," LOST);
	o = play("checks=mem.address");
	CHECK(o.verdict == FAIL && says("FAIL mem-uncorrected-error: Left from before"), "%s",
		o.end_line);
	machine_with(1, CPUS_SINGLE, "bank=7,addr=0x1234567," LOST_UNSURE);
	o = play("checks=mem.address");
	CHECK(o.verdict == WARN && says("WARN mem-uncorrected-error"),
		"what firmware left in a bank that was off accuses nobody: %s", o.end_line);
	machine_with(1, CPUS_SINGLE, "at=1ms,bank=7,addr=0x1234567," LOST_UNSURE);
	o = play("checks=mem.address");
	CHECK(o.verdict == FAIL, "during the run it does: %s", o.end_line);
}

/* Each in the step that was running, also what only the look at its end shows. */
static void test_during(void)
{
	struct suite_outcome o;

	machine_with(2, CPUS_NONBLOCKING,
		"at=2s,cpu=1,bank=3,addr=0x5000," CORRECTED " at=3s,cpu=1,bank=1," CACHE);
	o = play("checks=mem.address,mem.bit-fade");
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(says(
		"FINDING  mem.bit-fade/mem: WARN mem-corrected-error: The machine reported a corrected memory error at 0x5000"));
	CHECK(says(
		"FINDING  mem.bit-fade/board: WARN cpu-corrected-error: The machine reported a corrected CPU error "
		"(data cache, level 1, data read), in bank 1 of CPU 1.\n"));
	CHECK(says("mem.address: PASS") && says("mem.bit-fade: WARN") &&
		says("2 errors in all, from before the run or during it"));
	CHECK_U64(times("FINDING"), 2);
	CHECK(says("SUSPECT  board and CPUs"));

	machine_with(2, CPUS_NONBLOCKING, "at=2s,cpu=1,bank=1," CACHE_LOST);
	CHECK(play("checks=mem.bit-fade").verdict == FAIL);
	CHECK(says("FINDING  mem.bit-fade/board: FAIL cpu-uncorrected-error: ") &&
		says("FAULTY   board and CPUs"));

	machine_with(2, CPUS_NONBLOCKING, "at=1ms,cpu=1,bank=3,addr=0x5000," CORRECTED);
	CHECK(play("checks=mem.address").verdict == WARN);
	CHECK(says("FINDING  mem.address/mem"), "before any pulse was due");
}

/* The boot CPU is looked at every second, all every ten. */
static void test_how_often(void)
{
	const char *boot, *other;

	machine_with(2, CPUS_NONBLOCKING,
		"at=15s,cpu=0,bank=3,addr=0x5000," CORRECTED
		" at=15s,cpu=1,bank=3,addr=0x6000," CORRECTED);
	play("checks=mem.bit-fade");
	boot = strstr(log_text, "at 0x5000");
	other = strstr(log_text, "at 0x6000");
	CHECK(boot != NULL && other != NULL && boot < other);
	while (boot != NULL && boot > log_text && boot[-1] != '\n')
		boot--;
	while (other != NULL && other > log_text && other[-1] != '\n')
		other--;
	CHECK(boot != NULL && atoi(boot + 1) >= 14 && atoi(boot + 1) <= 17, "%.20s", boot);
	CHECK(other != NULL && atoi(other + 1) >= 15 && atoi(other + 1) <= 26, "%.20s", other);
}

/* However many there are, the log stays small and the sum exact. */
static void test_storm(void)
{
	struct suite_outcome o;
	char spec[128];

	machine_with(2, CPUS_NONBLOCKING, "cpu=1,bank=7,addr=0x5000,times=100000," CORRECTED);
	o = play("checks=mem.address,mem.march-c passes=3");
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(times("one by one") >= 7 && times("one by one") <= 9, "one for each step: %u",
		(unsigned)times("one by one"));
	CHECK_U64(times("The machine reported") + times("Left from before"), 1 + 1 /* triage */);

	machine_with(2, CPUS_NONBLOCKING, "");
	for (unsigned i = 0; i < 500; i++) {
		fmt_to(spec, sizeof(spec), "cpu=%u,bank=%u,addr=0x%x,%s", i % 2, i % 10, i << 12,
			i % 5 == 0 ? LOST : "status=0x9c0bb80000000090,misc=0x8c"); /* 12000 each */
		CHECK(sim_mca_add(&rig.mca, spec));
	}
	o = play("checks=mem.address");
	CHECK(o.verdict == FAIL, "%s", o.end_line);
	CHECK(times("FINDING") <= 32 + 2 * 3, "%u", (unsigned)times("FINDING"));
	CHECK(says(" uncorrected_errors = 100\n") && says(" corrected_errors = 4800000\n"));
}

/* What several CPUs see of one memory controller is one place; what each has of its own is not. */
static void test_places(void)
{
	machine_with(2, CPUS_NONBLOCKING,
		"cpu=0,bank=7,addr=0x5000," CORRECTED " cpu=1,bank=7,addr=0x5fff," CORRECTED
		" cpu=0,bank=7,addr=0x6000," CORRECTED " cpu=0,bank=1," CACHE
		" cpu=1,bank=1," CACHE);
	play("checks=mem.address");
	CHECK_U64(times("FINDING"), 4 + 1);
	CHECK(says(
		"In this step also a corrected memory error, beside those told one by one: 3 in this run so far."));
}

static void test_cpus_that_refuse(void)
{
	struct suite_outcome o;

	machine_with(8, CPUS_NONBLOCKING, "cpu=1,bank=7,addr=0x5000," CORRECTED);
	rig.cpus.failure = CPUS_REFUSED;
	text_copy(rig.machine.mca.error, PORT_ERROR, "MpServices: not ready");
	o = play("checks=hw.*");
	CHECK(o.verdict == SKIP, "%s", o.end_line);
	CHECK_U64(
		times("Machine-check banks of 1 of 8 CPUs can be read: MpServices: not ready"), 1);
	CHECK(says("in the machine-check banks of 1 of 8 CPUs"));

	machine_with(8, CPUS_SINGLE, "cpu=1,bank=7,addr=0x5000," CORRECTED);
	CHECK(play("checks=hw.*").verdict == SKIP);
	CHECK_U64(times("Machine-check banks of 1 of 8 CPUs can be read: simulated CPUs"), 1);
	CHECK_U64(rig.cpus.calls, 0);

	machine_with(8, CPUS_NONBLOCKING, "");
	rig.cpus.failure = CPUS_TIMEOUT;
	rig.cpus.failure_after = 1;
	o = play("checks=hw.*");
	CHECK(o.verdict == ERROR, "%s", o.end_line);
	CHECK_U64(times("A CPU did not come back from reading its machine-check banks"), 2);
	CHECK(says("UNTESTED board and CPUs"), "no CLEARED with a CPU lost");
}

static void test_remarks(void)
{
	machine_with(1, CPUS_SINGLE, "bank=7,addr=0x5000,status=0xfe00000000000090,misc=0x8c");
	play("checks=hw.*");
	CHECK(says(
		"The CPU's state was damaged. Others came before it was read: they are not counted.\n"));
	CHECK(says("at least 1 error from before the run"));
	machine_with(1, CPUS_SINGLE, "bank=7,addr=0x5000,at=1ms," LOST);
	rig.mca.errors[0].bank.exception = true;
	play("checks=mem.address");
	CHECK(says("It came as a machine-check exception, and work went on.\n"));
	machine_with(1, CPUS_SINGLE,
		"bank=17,addr=0x5000,ipid=0x9600300000,synd=0x77,status=0x9c2010000000011b");
	rig.machine.mca.layout = MCA_AMD_SCALABLE;
	play("checks=hw.*");
	CHECK(says("mem-uncorrected-error") && says("bank_address = 0x5000") &&
		says("syndrome = 0x77") && says("Nobody has used the lost data yet.") &&
		says("channel 3") && !says(" address = 0x5000"));
}

/* ---- naming DIMMs ---- */

static struct told {
	char part[PART_ID], message[512], dimm[PART_TEXT];
	size_t candidates;
} told;

static void keep(void *ctx, const struct record *r)
{
	(void)ctx;
	if (r->kind != RECORD_FINDING)
		return;
	told = (struct told){0};
	text_copy(told.part, sizeof(told.part), r->part);
	text_copy(told.message, sizeof(told.message), r->message);
	for (size_t i = 0; i < r->u.finding.field_count; i++) {
		const struct field *f = &r->u.finding.fields[i];

		if (text_same(f->name, "dimm"))
			text_copy(told.dimm, sizeof(told.dimm), f->text);
		if (text_same(f->name, "candidates"))
			told.candidates = f->text_count;
	}
}

static void tell_at(struct run *run, uint64_t address)
{
	static struct mca_take take;
	struct mca_log log = {0};

	take.cpus = 1;
	take.count = 1;
	take.banks[0] = (struct mca_bank){
		.bank = 7, .status = 0x9c00000000000090, .address = address, .misc = 0x8c};
	mca_log_take(&log, run, &take, false);
}

static void test_dimms(void)
{
	static struct topology topology = {.dimm_range_count = 3,
		.dimm_ranges = {{0, 0x10000, {{1u << 3}}},
			{0x10000, 0x20000, {{1u << 3 | 1u << 4}}}, {0x20000, 0x30000, {{0, 1}}}}};
	static struct inventory inventory = {.count = 2,
		.parts = {{.kind = PART_DIMM, .id = "dimm3", .location = "DIMM_A1"},
			{.kind = PART_DIMM, .id = "dimm4", .location = "DIMM_B1"}}};
	struct recorder rec;
	struct run run = {.machine = &rig.machine,
		.rec = &rec,
		.topology = &topology,
		.inventory = &inventory};

	machine_with(1, CPUS_SINGLE, "");
	recorder_init(&rec, &rig.machine.clock);
	recorder_listen(&rec, (struct listener){keep, NULL});
	tell_at(&run, 0x5000);
	CHECK_STR(told.part, "dimm3");
	CHECK_STR(told.dimm, "DIMM_A1");
	CHECK(strstr(told.message, " It lies on DIMM_A1.") != NULL, "%s", told.message);
	tell_at(&run, 0x15000);
	CHECK_STR(told.part, "mem");
	CHECK(told.dimm[0] == '\0' && told.candidates == 2);
	CHECK(strstr(told.message, " It lies on one of DIMM_A1, DIMM_B1.") != NULL, "%s",
		told.message);
	tell_at(&run, 0x25000);
	CHECK_STR(told.part, "dimm64");
	CHECK(told.dimm[0] == '\0' && strstr(told.message, "lies on") == NULL, "no label is known");
	tell_at(&run, 0x35000);
	CHECK_STR(told.part, "mem");
	CHECK(told.dimm[0] == '\0' && told.candidates == 0);
	sim_ram_free(&rig.ram);
}

static void test_bad_specs(void)
{
	static const char *const bad[] = {"", "cpu=0,bank=7", "status=1",
		"status=0x8000000000000000,cpu=4096", "status=0x8000000000000000,bank=256",
		"status=0x8000000000000000,addr", "status=0x8000000000000000,what=1",
		"status=0x8000000000000000,at=soon"};
	struct sim_mca sim = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!sim_mca_add(&sim, bad[i]), "%s", bad[i]);
	CHECK(sim_mca_add(&sim, "status=0x8000000000000000"));
}

int main(void)
{
	char command[64];

	CHECK(mkdtemp(root) != NULL);
	test_nothing();
	test_before();
	test_lost();
	test_during();
	test_how_often();
	test_storm();
	test_places();
	test_cpus_that_refuse();
	test_remarks();
	test_dimms();
	test_bad_specs();
	fmt_to(command, sizeof(command), "rm -rf %s", root);
	CHECK(system(command) == 0);
	return test_end(__FILE__);
}
