/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Taking and giving back memory, and saying how much of it was tested. Pure. See session.h. */
#include "memtest/session.h"
#include "core/fmt.h"
#include "memtest/kernel_choice.h"
#include "memtest/plant.h"

#define LISTED_MAX   4 /* kinds of untested memory in a sentence */
#define RANGES_NAMED 4 /* in a sentence about mem.range */
#define LIST_TEXT    256
#define CPUS_TEXT    32

typedef unsigned long long ull;

/* ---- begin ---- */

static void tell_bad_range(struct run *run)
{
	const struct ram_grant *grant = &run->mem->grant;
	char value[48], there[LIST_TEXT] = "";
	const struct field fields[] = {FIELD_STR("key", "mem.range"), FIELD_STR("value", value)};

	fmt_to(value, sizeof(value), "0x%llx-0x%llx", (ull)run->config->mem_low,
		(ull)run->config->mem_high);
	for (size_t i = 0; i < grant->range_count && i < RANGES_NAMED; i++)
		fmt_add(there, sizeof(there), "%s0x%llx-0x%llx", i > 0 ? ", " : "",
			(ull)grant->ranges[i].physical,
			(ull)(grant->ranges[i].physical + grant->ranges[i].bytes));
	if (grant->range_count > RANGES_NAMED)
		fmt_add(there, sizeof(there), " and %u more ranges up to 0x%llx",
			(unsigned)(grant->range_count - RANGES_NAMED),
			(ull)(grant->ranges[grant->range_count - 1].physical +
				grant->ranges[grant->range_count - 1].bytes));
	record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
		"mem.range: no memory that can be tested lies in %s; there is %s. All of it is tested.",
		value, there);
}

static void tell_refused_kernel(struct run *run)
{
	const struct ram_port *ram = &run->machine->ram;
	const struct field fields[] = {FIELD_STR("key", "mem.kernel"),
		FIELD_STR("value", kernel_words[run->config->mem_kernel])};

	if (ram->kernel_refused[0] != '\0')
		record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
			"mem.kernel: %s. The run goes on with %s.", ram->kernel_refused,
			ram->kernels->name);
}

static void make_plan(struct run *run)
{
	struct mem_session *m = run->mem;

	plan_make(&m->grant, run->config->mem_low, run->config->mem_high, &m->plan);
	if (m->plan.bytes > 0)
		return;
	tell_bad_range(run);
	plan_make(&m->grant, 0, UINT64_MAX, &m->plan);
}

/* What is out of reach, once per run. */
static void note_untested(struct run *run)
{
	const struct ram_grant *grant = &run->mem->grant;
	char bytes[FMT_SIZE];

	for (size_t i = 0; i < grant->skipped_count; i++)
		record_note(run->rec, PART_ID_MEMORY, "%s not tested: %s",
			fmt_bytes(bytes, grant->skipped[i].bytes), grant->skipped[i].why);
	if (grant->ranges_dropped_bytes > 0)
		record_note(run->rec, PART_ID_MEMORY,
			"%s not tested: the memory map has more than %u ranges",
			fmt_bytes(bytes, grant->ranges_dropped_bytes), RAM_RANGES_MAX);
	if (run->machine->cpus.count > MEM_PARTS_MAX)
		record_note(run->rec, PART_ID_MEMORY, "%u of %u CPUs take part in the memory tests",
			MEM_PARTS_MAX, run->machine->cpus.count);
}

static bool acquire(struct run *run)
{
	struct mem_session *m = run->mem;
	const struct ram_port *ram = &run->machine->ram;

	if (!ram->acquire(ram->ctx, run->config->mem_reserve_bytes, &m->grant)) {
		record_fault(run->rec, "ram.acquire", PART_ID_MEMORY,
			"No memory could be had for testing: %s", ram->error);
		return false;
	}
	m->acquired = true;
	make_plan(run);
	if (m->plan.bytes == 0) {
		record_fault(run->rec, "ram.acquire", PART_ID_MEMORY,
			"The firmware has no free memory beyond its reserve.");
		mem_session_end(run);
		return false;
	}
	work_init(&m->work, &run->machine->cpus, run->config, run->topology, &m->plan);
	note_untested(run);
	nodes_note(run, &m->plan, m->work.homes, m->work.shares);
	tell_refused_kernel(run);
	plant_faults(run);
	return true;
}

bool session_begin(struct run *run, unsigned ops, enum verdict *ret)
{
	struct mem_session *m = run->mem;

	if (m->cpu_lost) {
		run->gave_up = true;
		record_why(run->rec,
			"a CPU was lost in an earlier check and may still write to memory");
		*ret = SKIP;
		return false;
	}
	if (!m->acquired && !acquire(run)) {
		record_why(run->rec, "no memory to test");
		*ret = ERROR;
		return false;
	}
	m->log = (struct mem_log){0};
	work_begin(&m->work, &m->plan, m->plan.bytes * ops);
	return true;
}

void mem_session_end(struct run *run)
{
	struct mem_session *m = run->mem;

	if (m->acquired && !m->cpu_lost)
		run->machine->ram.release(run->machine->ram.ctx);
	m->acquired = false;
}

/* ---- conclusion ---- */

static const char *cpus_text(char buf[CPUS_TEXT], const struct mem_work *work)
{
	if (work->cpus_at_first > 0)
		fmt_to(buf, CPUS_TEXT, "%u CPUs, from %u %% on with 1", work->cpus_at_first,
			(unsigned)(work->refused_traffic * 100 / work->traffic_total));
	else
		fmt_to(buf, CPUS_TEXT, "%u CPU%s%s", work->cpus, work->cpus == 1 ? "" : "s",
			work->shares < work->cpus ? " in turn" : "");
	return buf;
}

/* The entry of the ledger that follows `last` (NULL: the first) by size, among equals by place. NULL: no more. */
static const struct ram_skipped *next_largest(
	const struct ram_grant *grant, const struct ram_skipped *last)
{
	const struct ram_skipped *best = NULL;

	for (size_t i = 0; i < grant->skipped_count; i++) {
		const struct ram_skipped *s = &grant->skipped[i];
		const bool follows = last == NULL || s->bytes < last->bytes ||
				     (s->bytes == last->bytes && s > last);

		if (follows && (best == NULL || s->bytes > best->bytes))
			best = s;
	}
	return best;
}

/* What was left out, by size and reason; the notes have the whole ledger. */
static void untested_text(char buf[LIST_TEXT], const struct mem_session *m)
{
	const struct ram_skipped *skipped = next_largest(&m->grant, NULL);
	char bytes[FMT_SIZE];

	buf[0] = '\0';
	if (m->plan.bytes < m->grant.granted_bytes)
		fmt_add(buf, LIST_TEXT, ", %s outside mem.range",
			fmt_bytes(bytes, m->grant.granted_bytes - m->plan.bytes));
	for (unsigned listed = 0; listed < LISTED_MAX && skipped != NULL; listed++) {
		fmt_add(buf, LIST_TEXT, ", %s %s", fmt_bytes(bytes, skipped->bytes), skipped->why);
		skipped = next_largest(&m->grant, skipped);
	}
	if (m->grant.ranges_dropped_bytes > 0)
		fmt_add(buf, LIST_TEXT, ", %s in too many ranges",
			fmt_bytes(bytes, m->grant.ranges_dropped_bytes));
	if (m->grant.skipped_count > LISTED_MAX)
		fmt_add(buf, LIST_TEXT, ", and less of %zu other kinds",
			m->grant.skipped_count - LISTED_MAX);
}

static void tell_coverage(struct run *run, const char *done, const char *found)
{
	const struct mem_session *m = run->mem;
	char tested[FMT_SIZE], mapped[FMT_SIZE], installed[FMT_SIZE], cpus[CPUS_TEXT];
	char untested[LIST_TEXT], board[48] = "";

	untested_text(untested, m);
	if (run->installed_bytes > 0)
		fmt_to(board, sizeof(board), " (installed %s)",
			fmt_bytes(installed, run->installed_bytes));
	record_coverage(run->rec, PART_ID_MEMORY, "%s, on %s of %s mapped%s with %s: %s%s%s", done,
		fmt_bytes(tested, m->plan.bytes), fmt_bytes(mapped, m->grant.mapped_bytes), board,
		cpus_text(cpus, &m->work), found, untested[0] != '\0' ? "; not tested: " : "",
		untested[0] != '\0' ? untested + 2 : "");
}

static void tell_figures(struct run *run, bool covered)
{
	const struct mem_session *m = run->mem;
	const uint64_t busy_us = m->work.busy_ns / 1000;

	if (run->installed_bytes > 0)
		record_measure(
			run->rec, PART_ID_MEMORY, "installed_bytes", run->installed_bytes, 0, "B");
	record_measure(run->rec, PART_ID_MEMORY, "mapped_bytes", m->grant.mapped_bytes, 0, "B");
	record_measure(
		run->rec, PART_ID_MEMORY, "tested_bytes", covered ? m->plan.bytes : 0, 0, "B");
	if (busy_us > 0)
		record_measure(
			run->rec, PART_ID_MEMORY, "speed", m->work.traffic / busy_us, 0, "MB/s");
	nodes_conclude(run, run->mem->work.speeds, &m->plan);
}

enum verdict session_conclude(struct run *run, enum sweep_result result, const char *done)
{
	const struct mem_session *m = run->mem;
	const struct mem_work *work = &m->work;
	char found[48] = "no mismatch", bytes[FMT_SIZE], mapped[FMT_SIZE], cpus[CPUS_TEXT];

	if (m->log.mismatches > 0)
		fmt_to(found, sizeof(found), "%llu mismatch%s", (ull)m->log.mismatches,
			m->log.mismatches == 1 ? "" : "es");
	mem_log_end(&m->log, run);
	tell_figures(run, done[0] != '\0');
	run->mem->covered |= done[0] != '\0';
	if (done[0] != '\0')
		tell_coverage(run, done, found);
	if (result == SWEEP_DONE) {
		record_why(run->rec, "%s on %s of %s mapped with %s: %s", done,
			fmt_bytes(bytes, m->plan.bytes), fmt_bytes(mapped, m->grant.mapped_bytes),
			cpus_text(cpus, work), found);
		return PASS;
	}
	run->gave_up |= result == SWEEP_FAULT;
	record_why(run->rec, "%s after %u %% of the work; complete: %s; %s",
		result == SWEEP_STOPPED ? run->stop_why : "the CPUs gave up",
		(unsigned)(work->traffic * 100 / work->traffic_total),
		done[0] != '\0' ? done : "nothing", found);
	return result == SWEEP_STOPPED ? SKIP : ERROR;
}
