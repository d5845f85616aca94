/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whole runs on simulated hardware: how they end, and what is left of them when the log breaks or somebody stops them. */
#include "core/fmt.h"
#include "host/sim_clock.h"
#include "host/sim_cpus.h"
#include "host/sim_ram.h"
#include "host/sim_volume.h"
#include "suite/suite.h"
#include "tests/test.h"
#include "tests/unit/dimm_maker.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEVER UINT64_MAX

static char console[1 << 20], file_text[1 << 20], last_latest[8192];
static size_t console_used;

static struct rig {
	struct machine machine;
	struct sim_clock clock;
	struct sim_ram ram;
	struct sim_cpus cpus;
	struct sim_volume volume;
	unsigned keys_asked,
		escape_at; /* Escape is pressed when the keyboard is asked so often; 0: never */
} rig;

static void to_console(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	CHECK(console_used + len < sizeof(console));
	memcpy(console + console_used, text, len);
	console_used += len;
	console[console_used] = '\0';
}

static int key(void *ctx)
{
	(void)ctx;
	return ++rig.keys_asked == rig.escape_at ? KEY_ESCAPE : KEY_NONE;
}

static const char *read_whole(const char *root, const char *name)
{
	char path[128];
	FILE *file;
	size_t len = 0;

	fmt_to(path, sizeof(path), "%s%s", root, name);
	file = fopen(path, "rb");
	if (file != NULL) {
		len = fread(file_text, 1, sizeof(file_text) - 1, file);
		fclose(file);
	}
	file_text[len] = '\0';
	return file_text;
}

/* Keeps what LATEST.TXT says while memory is handed out: in the middle of a check. */
static bool (*sim_acquire)(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret);

static bool acquire(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	text_copy(last_latest, sizeof(last_latest), read_whole(rig.volume.root, "/LATEST.TXT"));
	return sim_acquire(ctx, reserve_bytes, ret);
}

/* Work on memory takes so long as if it were real. */
static uint64_t work_ns; /* a call, in the next runs */
static enum cpu_result (*sim_run)(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns);

static enum cpu_result slow_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	rig.clock.now_ns += work_ns;
	return sim_run(ctx, work, arg, parts, timeout_ns);
}

static struct span smbios; /* of the next runs */

static struct suite_outcome play(const char *root, const char *words, uint64_t log_bytes)
{
	struct machine *m = &rig.machine;
	unsigned escape_at = rig.escape_at;
	struct suite_outcome outcome;
	struct suite *suite = calloc(1, suite_bytes());

	memset(&rig, 0, sizeof(rig));
	rig.escape_at = escape_at;
	console_used = 0;
	sim_clock_init(&rig.clock, &m->clock);
	CHECK(sim_ram_init(&rig.ram, 4 << 20));
	sim_ram_port(&rig.ram, &m->ram);
	sim_acquire = m->ram.acquire;
	m->ram.acquire = acquire;
	sim_cpus_port(&rig.cpus, 1, CPUS_SINGLE, &m->cpus);
	sim_run = m->cpus.run;
	m->cpus.run = slow_run;
	sim_volume_port(&rig.volume, root, &m->volume);
	rig.volume.fail_after_bytes = log_bytes;
	m->console = (struct console_port){.write = to_console, .key = key};
	m->option_sources[0] = (struct option_source){"words", {words, strlen(words)}, true, false};
	m->option_source_count = words[0] != '\0';
	m->smbios_table = smbios; /* and no machine-check banks: that is one SKIP in every run */
	outcome = suite_run(suite, m);
	sim_ram_free(&rig.ram);
	free(suite);
	return outcome;
}

/* The console ends with the END line, and it says what the outcome says. */
static void check_end(const struct suite_outcome *o)
{
	size_t len = strlen(o->end_line);

	CHECK(console_used > len + 1 &&
			memcmp(console + console_used - len - 1, o->end_line, len) == 0,
		"%s", o->end_line);
	CHECK(strstr(o->end_line, verdict_name(o->verdict)) != NULL);
	CHECK(strstr(o->end_line, o->complete ? "complete=yes" : "complete=no") != NULL);
}

static void test_endings(const char *root)
{
	struct suite_outcome o = play(root, "checks=mem.address", NEVER);

	check_end(&o);
	CHECK_STR(o.end_line,
		"KIRIWAKE END verdict=PASS complete=yes run=0001 checks=4 pass=2 warn=0 fail=0 error=0 skip=2");
	CHECK(strstr(last_latest, "run 0001 is not finished\nLast step: mem.address;") != NULL,
		"%s", last_latest);
	o = play(root, "checks=disk.*", NEVER);
	CHECK(o.verdict == SKIP && o.complete, "nothing was measured: %s", o.end_line);
	o = play(root, "checks=nothing.*,none.*", NEVER);
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(strstr(console, "\"nothing.*\"") != NULL && strstr(console, "\"none.*\"") != NULL);
	CHECK(strstr(console, "hw.changes\n") != NULL, "all checks are named");
	o = play(root, "checks=mem.address nett.ip=1 profile=banana", NEVER);
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(strstr(console, "disk.together") != NULL, "all keys are named");
	CHECK(strstr(console, "selftest") != NULL, "all values are named");
	o = play(root, "checks=mem.address passes=3", NEVER);
	CHECK(strstr(o.end_line, "checks=6 pass=4") != NULL, "%s", o.end_line);
	o = play(root, "checks=mem.address,mem.inventory passes=3", NEVER);
	CHECK(strstr(o.end_line, "checks=7 pass=4 warn=0 fail=0 error=0 skip=3") != NULL, "%s",
		o.end_line);
	o = play(NULL, "checks=mem.address", NEVER);
	check_end(&o);
	CHECK(o.verdict == WARN && strstr(o.end_line, "run=none") != NULL, "%s", o.end_line);
	CHECK(strstr(console, "No log was written") != NULL);
}

/* Told once, by the check that measured: 28 words moved for each word of 3.5 MiB, and two rests of two minutes. */
static void test_memory_time(const char *root)
{
	struct suite_outcome o;
	char name[32];
	const char *log, *first,
		*time = "mem.address/mem: at 4 MB/s the memory tests of a pass "
			"take about 4 min 21 s in all\n";

	work_ns = 300000000;
	o = play(root, "checks=mem.address,mem.march-c,mem.bit-fade passes=2", NEVER);
	work_ns = 0;
	fmt_to(name, sizeof(name), "/runs/%.4s/log.txt", strstr(o.end_line, "run=") + 4);
	log = read_whole(root, name);
	first = strstr(log, time);
	CHECK(first != NULL && strstr(first + strlen(time), "tests of a pass") == NULL);
}

/* An OEM string is a line of its own: blanks do not end its value, and the command line wins. */
static void test_smbios_options(const char *root)
{
	static const char table[] = "\x0b\x05\x00\x00\x03"
				    "kiriwake:checks=mem.address disk.*\0"
				    "somebody else's\0"
				    "kiriwake:passes=2 on_finish=exit\0"
				    "\0\x7f\x04\x01\x00\0";
	struct suite_outcome o;

	smbios = (struct span){(const uint8_t *)table, sizeof(table)};
	o = play(root, "", NEVER);
	CHECK(strstr(o.end_line, "checks=9") != NULL, "%s", o.end_line);
	CHECK(strstr(console, "2 on_finish=exit") != NULL);
	o = play(root, "checks=mem.address passes=3", NEVER);
	CHECK(strstr(o.end_line, "checks=6") != NULL, "%s", o.end_line);
	smbios = (struct span){0};
}

/* Escape at every moment: not complete if and only if it left something undone. */
static void test_escape(const char *root)
{
	unsigned asked;

	play(root, "checks=mem.address,disk.inventory", NEVER);
	asked = rig.keys_asked;
	CHECK(asked > 3);
	for (unsigned at = 1; at <= asked; at++) {
		struct suite_outcome o;

		rig.escape_at = at;
		o = play(root, "checks=mem.address,disk.inventory", NEVER);
		check_end(&o);
		CHECK(o.complete == (at == asked), "Escape at %u of %u: %s", at, asked, o.end_line);
		CHECK(o.complete || strstr(console, "Not complete: stopped by the Escape") != NULL);
	}
	rig.escape_at = asked;
	CHECK(!play(root, "checks=mem.address,disk.inventory passes=2", NEVER).complete,
		"a pass was left undone");
	rig.escape_at = 0;
}

static void test_burnin(const char *root)
{
	struct suite_outcome o = play(root, "profile=burnin budget=1s checks=mem.address", NEVER);

	CHECK(o.verdict == PASS && o.complete, "the budget is how it ends: %s", o.end_line);
	CHECK(strstr(o.end_line, "skip=2") != NULL || strstr(o.end_line, "skip=3") != NULL, "%s",
		o.end_line);
	rig.escape_at = 2;
	o = play(root, "profile=burnin checks=mem.*", NEVER);
	CHECK(!o.complete, "not even once through: %s", o.end_line);
	rig.escape_at = 0;
}

/* The volume takes no more after any number of bytes: told, at least WARN, and counted. */
static void test_log_breaks(const char *root)
{
	char clear[64];
	uint64_t all;

	fmt_to(clear, sizeof(clear), "rm -rf %s/runs", root);
	CHECK(system(clear) == 0);
	play(root, "checks=disk.*", NEVER);
	all = rig.volume.taken_bytes;
	CHECK(all > 1000);
	for (uint64_t bytes = 0; bytes < all; bytes += 149) {
		struct suite_outcome o;

		CHECK(system(clear) == 0);
		o = play(root, "checks=disk.*", bytes);
		check_end(&o);
		CHECK(o.verdict == WARN && strstr(o.end_line, "warn=1") != NULL, "%s", o.end_line);
		CHECK(strstr(console, "log-unavailable") != NULL, "after %" PRIu64, bytes);
		CHECK(strstr(console, "The whole record is in") == NULL, "after %" PRIu64, bytes);
	}
	CHECK(system(clear) == 0);
	CHECK_U64(play(root, "checks=disk.*", 2000).verdict, WARN);
	CHECK_U64(play(root, "checks=disk.*", NEVER).verdict, WARN);
	CHECK(strstr(console, "Run 0001 never ended") != NULL);
	CHECK_U64(play(root, "checks=disk.*", NEVER).verdict, SKIP);
}

/* A board with a serial number, and that many modules. */
static void with_dimms(unsigned count)
{
	static struct maker maker;
	static const uint8_t system[0x1b - 4] = {1, 2, 3, 4};
	char strings[64];

	maker.len = 0;
	add(&maker, 1, system, sizeof(system), "Maker|Server|1|SN77");
	for (unsigned i = 0; i < count; i++) {
		fmt_to(strings, sizeof(strings), "DIMM_%u|BANK|Maker|S%u|PN", i, i);
		make_device(&maker, i, ARRAY_A, 1024, strings);
	}
	smbios = table_of(&maker);
}

static void spoil_records(const char *root, const char *run)
{
	char path[128];
	FILE *file;

	fmt_to(path, sizeof(path), "%s/runs/%s/results.jsonl", root, run);
	file = fopen(path, "wb");
	for (unsigned i = 0; file != NULL && i < 400000; i++)
		fputc((int)(i * 7 % 255) + (i > 300000), file);
	if (file != NULL)
		fclose(file);
}

/* A module that the last run on this machine saw is missed, whatever other runs are on the stick. */
static void test_changes(const char *root)
{
	struct suite_outcome o;
	char run[12];

	with_dimms(2);
	o = play(root, "checks=mem.address", NEVER);
	CHECK(o.verdict == PASS, "%s", o.end_line);
	o = play(root, "checks=mem.address", NEVER);
	CHECK(o.verdict == PASS && strstr(console, "nothing is gone or worse since") != NULL);
	smbios = (struct span){0};
	play(root, "checks=mem.address", NEVER);
	CHECK(strstr(console, "no earlier run on this machine") != NULL);
	fmt_to(run, sizeof(run), "%.4s", strstr(console, "KIRIWAKELOG:/runs/") + 18);
	spoil_records(root, run);
	with_dimms(1);
	o = play(root, "checks=mem.address", NEVER);
	CHECK(o.verdict == WARN, "%s", o.end_line);
	CHECK(strstr(console, "machine-changed (mem)") != NULL &&
		strstr(console, "SUSPECT   memory: Run ") != NULL);
	o = play(root, "checks=mem.address", NEVER);
	CHECK(o.verdict == PASS, "once is enough: %s", o.end_line);
	with_dimms(3);
	o = play(root, "checks=mem.address", NEVER);
	CHECK(o.verdict == PASS, "more is no loss: %s", o.end_line);
	smbios = (struct span){0};
}

int main(void)
{
	char root[] = "/tmp/kiriwake-test-XXXXXX", command[64];

	CHECK(mkdtemp(root) != NULL);
	test_endings(root);
	test_memory_time(root);
	test_smbios_options(root);
	test_escape(root);
	test_burnin(root);
	test_changes(root);
	test_log_breaks(root);
	fmt_to(command, sizeof(command), "rm -rf %s", root);
	CHECK(system(command) == 0);
	return test_end(__FILE__);
}
