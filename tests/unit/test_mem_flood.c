/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Ten million mismatches and more: exact counts, a bounded log, a bounded time. Whole runs, real kernels, real memory in
 * which a stretch takes no writes. */
#include "core/fmt.h"
#include "host/sim_clock.h"
#include "host/sim_cpus.h"
#include "host/sim_ram.h"
#include "host/sim_volume.h"
#include "memtest/checks.h"
#include "suite/suite.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MIB       ((uint64_t)1 << 20)
#define DEAD_AT   (2 * MIB) /* physical; RAM begins at 1 MiB */
#define LOG_BYTES (1 << 20)

static struct {
	struct machine machine;
	struct sim_clock clock;
	struct sim_ram ram;
	struct sim_cpus cpus;
	struct sim_volume volume;
	struct kernels kernels;
	uint64_t dead_bytes;
} rig;

static char file_text[2 * LOG_BYTES];

static bool is_dead(uint64_t physical)
{
	return physical - DEAD_AT < rig.dead_bytes;
}

static void store(void *ctx, uint64_t *word, uint64_t value)
{
	if (!is_dead(sim_ram_physical(ctx, word)))
		*(volatile uint64_t *)word = value;
}

/* The reads of an element, without its writes. */
static struct march_element reads_of(const struct march_element *e)
{
	struct march_element reads = {.direction = e->direction};

	for (unsigned i = 0; i < e->count; i++) {
		if (e->ops[i].act == MARCH_READ)
			reads.ops[reads.count++] = e->ops[i];
	}
	return reads;
}

/* In pages, upwards or downwards as the element goes: whole pages are dead or not. */
static void march(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const struct march_element reads = reads_of(step->element);
	const struct march_step only_reads = {&reads, step->data, step->flush};
	const size_t words = PLAN_PAGE / sizeof(uint64_t), pages = c.count / words;

	(void)ctx;
	for (size_t n = 0; n < pages; n++) {
		const size_t page = step->element->direction == MARCH_DOWN ? pages - 1 - n : n;
		const struct mem_chunk part = {
			c.words + page * words, words, c.physical + page * PLAN_PAGE};
		const bool dead = is_dead(part.physical);

		if (!dead || reads.count > 0)
			kernels_scalar.march(NULL, part, dead ? &only_reads : step, errors);
	}
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* One run with a new log; returns the CPU time it took. */
static uint64_t play(const char *root, const char *words, uint64_t dead_bytes)
{
	struct machine *m = &rig.machine;
	struct suite *suite = calloc(1, suite_bytes());
	struct suite_outcome outcome;
	uint64_t start_ns, took_ns;

	memset(&rig, 0, sizeof(rig));
	rig.dead_bytes = dead_bytes;
	sim_clock_init(&rig.clock, &m->clock);
	CHECK(sim_ram_init(&rig.ram, 16 * MIB));
	sim_ram_reset(&rig.ram, 0xa5a5c3c300ff3c5a);
	sim_ram_port(&rig.ram, &m->ram);
	rig.kernels = rig.ram.kernels;
	rig.kernels.march = march;
	rig.kernels.store = store;
	m->ram.kernels = &rig.kernels;
	sim_cpus_port(&rig.cpus, 2, CPUS_NONBLOCKING, &m->cpus);
	sim_volume_port(&rig.volume, root, &m->volume);
	m->console = (struct console_port){.write = to_nowhere, .key = no_key};
	m->option_sources[0] = (struct option_source){"words", {words, strlen(words)}, true, false};
	m->option_source_count = 1;
	start_ns = cpu_ns();
	outcome = suite_run(suite, m);
	took_ns = cpu_ns() - start_ns;
	CHECK_U64(outcome.verdict, dead_bytes > 0 ? FAIL : PASS);
	CHECK(outcome.complete);
	sim_ram_free(&rig.ram);
	free(suite);
	return took_ns;
}

static size_t read_file(const char *root, const char *name)
{
	char path[128];
	FILE *file;
	size_t len = 0;

	fmt_to(path, sizeof(path), "%s/runs/%s", root, name);
	file = fopen(path, "rb");
	CHECK(file != NULL, "%s", path);
	if (file != NULL) {
		len = fread(file_text, 1, sizeof(file_text) - 1, file);
		fclose(file);
	}
	file_text[len] = '\0';
	return len;
}

static unsigned times(const char *words)
{
	unsigned n = 0;

	for (const char *at = file_text; (at = strstr(at, words)) != NULL; at++)
		n++;
	return n;
}

/* March C- on two backgrounds reads each word ten times. */
static void test_quick_run(const char *root)
{
	const uint64_t clean_ns = play(root, "checks=mem.*", 0);
	const uint64_t flood_ns = play(root, "checks=mem.*", 5 * MIB);
	const uint64_t mismatches = 5 * MIB / 8 * 16;

	CHECK(flood_ns < 4 * clean_ns + mismatches * 1000,
		"clean %" PRIu64 " ms, flood %" PRIu64 " ms", clean_ns / 1000000,
		flood_ns / 1000000);
	CHECK(read_file(root, "0002/results.jsonl") < LOG_BYTES);
	CHECK_U64(times("\"name\":\"finding\",\"content\":{\"code\":\"mem-bit-error\""),
		3 * (MEM_TOLD_PER_CHECK + 1));
	CHECK_U64(times("\"signature\":\"region\""), 3);
	CHECK_U64(times("\"count\":6553600,\"addresses_at_least\":655360,"), 1);
	CHECK_U64(times("\"name\":\"mismatches\",\"unit\":\"1\",\"value\":6553600") +
			  times("\"value\":6553600"),
		1);
	CHECK(read_file(root, "0002/log.txt") < LOG_BYTES);
	CHECK_U64(times("0x200000 to 0x6ffff8. Signature region"), 3);
	CHECK(read_file(root, "0002/badram.txt") < 4096);
	CHECK_U64(times("# 1280 pages of 4 KiB (5 MiB) in 1 range,"), 1);
	CHECK_U64(times("\nmemmap=5120K$0x200000\n"), 1);
	CHECK_U64(times("# 0x0000000000200000 0x00000000006fffff 1280 "), 1);
	CHECK_U64(times("Not in this file"), 0);
}

/* Over many passes too the log stays small. */
static void test_many_passes(const char *root)
{
	size_t len;

	play(root, "checks=mem.* passes=20 mem.range=1M-3M", MIB / 8);
	len = read_file(root, "0003/results.jsonl");
	CHECK(len < LOG_BYTES, "%zu bytes", len);
	CHECK(times("\"name\":\"finding\",\"content\":{\"code\":\"mem-bit-error\"") <=
		MEM_TOLD_PER_RUN + 2 * 60);
	CHECK_U64(times("\"signature\":\"region\""), 60);
	CHECK(read_file(root, "0003/log.txt") < LOG_BYTES);
}

int main(void)
{
	char root[] = "/tmp/kiriwake-test-XXXXXX", command[64];

	CHECK(mkdtemp(root) != NULL);
	test_quick_run(root);
	test_many_passes(root);
	fmt_to(command, sizeof(command), "rm -rf %s", root);
	CHECK(system(command) == 0);
	return test_end(__FILE__);
}
