/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* mem.row-hammer on simulated DRAM: banks chosen by XORs of address bits, rows that take time to open, and cells that
 * flip when their neighbours are opened too often between two refreshes. */
#include "memtest/row_map.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB        ((uint64_t)1 << 20)
#define S          UINT64_C(1000000000)
#define REFRESH_NS 64000000u
#define BANK_BITS  3
#define WEAK_MAX   128

/* A DRAM by its address bits and times, per read. */
struct dram {
	unsigned row_bit;
	uint64_t bank[BANK_BITS]; /* a bank bit is the parity of these */
	unsigned cached_ns, open_ns, conflict_ns;
};

/* Banks by single bits; by row bits and lower ones; by two functions that share row bits. */
static const struct dram plain = {14, {1 << 11, 1 << 12, 1 << 13}, 1, 50, 90};
static const struct dram hashed = {
	14, {1 << 11 | 1 << 14, 1 << 12 | 1 << 15, 1 << 13 | 1 << 16}, 1, 50, 90};
static const struct dram twisted = {
	15, {1 << 8 | 1 << 9 | 1 << 15, 1 << 12 | 1 << 15 | 1 << 16, 1 << 13 | 1 << 17}, 1, 50, 90};
static const struct dram flat = {14, {1 << 11, 1 << 12, 1 << 13}, 1, 50, 50};
static const struct dram emulated = {14, {1 << 11, 1 << 12, 1 << 13}, 40, 42, 42};

/* A cell that loses its charge. */
struct weak {
	uint64_t physical;
	uint64_t threshold; /* openings of rows beside it since the last refresh */
	uint64_t opened, refresh;
	bool flipped;
};

static struct {
	const struct dram *dram;
	struct rig *rig;
	size_t weak_count;
	struct weak weak[WEAK_MAX];
	uint64_t noise; /* every so many calls one takes ten times as long; 0: never */
	uint64_t calls, openings;
} sim;

static unsigned parity(uint64_t bits)
{
	unsigned odd = 0;

	for (; bits != 0; bits &= bits - 1)
		odd ^= 1;
	return odd;
}

static unsigned bank_of(uint64_t physical)
{
	unsigned bank = 0;

	for (unsigned i = 0; i < BANK_BITS; i++)
		bank |= parity(physical & sim.dram->bank[i]) << i;
	return bank;
}

static uint64_t row_of(uint64_t physical)
{
	return physical >> sim.dram->row_bit;
}

/* A cell loses what it holds, be it 0 or 1. */
static void disturb(struct weak *w, uint64_t row, unsigned bank, uint64_t openings)
{
	const uint64_t refresh = sim.rig->now_ns / REFRESH_NS, beside = row_of(w->physical);
	uint64_t *word;

	if (bank_of(w->physical) != bank || (row != beside + 1 && row + 1 != beside))
		return;
	if (w->refresh != refresh)
		w->opened = 0;
	w->refresh = refresh;
	w->opened += openings;
	if (w->opened < w->threshold || w->flipped)
		return;
	CHECK(plan_word(&sim.rig->session->plan, w->physical, &word));
	*word ^= 1;
	w->flipped = true;
}

static uint64_t physical_of(void *ctx, const uint64_t *line)
{
	return sim_ram_physical(ctx, line);
}

static void hammer(void *ctx, uint64_t *const *lines, unsigned count, unsigned rounds, bool flush)
{
	uint64_t took_ns = 0;

	sim.calls++;
	for (unsigned i = 0; i < count; i++) {
		const uint64_t here = physical_of(ctx, lines[i]),
			       before = physical_of(ctx, lines[(i + count - 1) % count]);
		const bool opens = bank_of(here) == bank_of(before) &&
				   row_of(here) != row_of(before);

		took_ns += rounds * (!flush         ? sim.dram->cached_ns
					    : opens ? sim.dram->conflict_ns
						    : sim.dram->open_ns);
		for (size_t w = 0; flush && opens && w < sim.weak_count; w++)
			disturb(&sim.weak[w], row_of(here), bank_of(here), rounds);
		sim.openings += flush && opens ? rounds : 0;
	}
	if (sim.noise > 0 && sim.calls % sim.noise == 0)
		took_ns *= 10;
	sim.rig->now_ns += took_ns;
}

static uint64_t own_ns(void)
{
	return rig_now(sim.rig);
}

static struct rig *rig_on(const struct dram *dram, const char *faults)
{
	struct rig *rig = rig_new(6 * MIB, faults);

	memset(&sim, 0, sizeof(sim));
	sim.dram = dram;
	sim.rig = rig;
	rig->tick_ns = 20;
	rig->machine.ram.hammer = hammer;
	rig->machine.cpus.own_ns = own_ns;
	rig->config.mem_hammer_ns = 2 * S;
	return rig;
}

/* ---- the map ---- */

static void test_map(void)
{
	static const struct {
		const struct dram *dram;
		enum row_map_result result;
		unsigned bits;
	} cases[] = {
		{&plain, ROW_MAP_FOUND, 5},
		{&hashed, ROW_MAP_FOUND, 5},
		{&twisted, ROW_MAP_FOUND, 5},
		{&flat, ROW_MAP_NO_CONFLICT, 0},
		{&emulated, ROW_MAP_CACHED, 0},
	};

	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		const struct dram *dram = cases[i / 2].dram;
		struct rig *rig = rig_on(dram, "");
		const struct row_timer timer = {&rig->machine.ram, rig->machine.cpus.own_ns};
		const struct ram_range *r = &rig->ram.ranges[1];
		const struct mem_chunk window = {
			(uint64_t *)(void *)r->at, 2 * MIB / sizeof(uint64_t), r->physical};
		struct rng rng = {i};
		struct row_map map;

		sim.noise = i % 2 ? 7 : 0;
		CHECK_U64(row_map_find(&timer, window, &rng, &map), cases[i / 2].result);
		CHECK_U64(map.bits > 1 ? map.bits : 0, cases[i / 2].bits);
		for (unsigned row = 0; map.bits > 1 && row < 32; row++) {
			const uint64_t block = (uint64_t)7 << 40,
				       offset = rng_below(&rng, (uint64_t)1 << (dram->row_bit + 5)),
				       to = row_map_in_row(&map, offset, row);

			CHECK_U64(map.row_bit, dram->row_bit);
			CHECK_U64(to >> dram->row_bit, row);
			CHECK_U64(bank_of(block + to), bank_of(block + offset));
		}
		rig_free(rig);
	}
}

/* ---- the check ---- */

/* Where rows cannot be told, nothing is claimed. */
static void test_no_claim(void)
{
	static const struct {
		const struct dram *dram;
		const char *why;
	} cases[] = {{&flat, "wherever they go"}, {&emulated, "no DRAM is to be seen"},
		{NULL, "reads past the caches cannot be made here"}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *rig = rig_on(cases[i].dram, "");

		if (cases[i].dram == NULL)
			rig->machine.ram.hammer = NULL;
		CHECK_U64(rig_run(rig, &mem_row_hammer_check), SKIP);
		CHECK(strstr(rig->rec.check_why, "no row conflict could be timed: ") ==
				rig->rec.check_why,
			"%s", rig->rec.check_why);
		CHECK(strstr(rig->rec.check_why, cases[i].why) != NULL, "%s", rig->rec.check_why);
		CHECK_U64(rig->finding_count, 0);
		rig_free(rig);
	}
}

static void test_safe(void)
{
	struct rig *rig = rig_on(&hashed, "");

	CHECK_U64(rig_run(rig, &mem_row_hammer_check), PASS);
	CHECK_U64(rig->finding_count, 0);
	CHECK(strstr(rig->rec.check_why,
		      " places hammered by CPU 1 (double-sided, 4-sided, 8-sided, "
		      "half-double), ") != NULL,
		"%s", rig->rec.check_why);
	CHECK(strstr(rig->rec.check_why, " million activations: no bit changed") != NULL, "%s",
		rig->rec.check_why);
	CHECK(rig_said(rig, "rows of a bank lie 16 KiB apart: address bits that change row only: "
			    "0x4800, 0x9000, 0x12000, 0x20000, 0x40000"),
		"%s", rig->text);
	/* It hammered what it says, and for as long as it was told. */
	CHECK(sim.openings > 2 * S / hashed.conflict_ns / 2, "%llu openings",
		(unsigned long long)sim.openings);
	CHECK(rig->now_ns >= 2 * S && rig->now_ns < 3 * S);
	rig_free(rig);
}

/* Weak cells all over memory: those beside hammered rows flip, and are told, each once; the rest of memory is not
 * blamed. With a threshold that no row reaches in one refresh window nothing flips. */
static void test_disturbed(void)
{
	static const struct {
		uint64_t threshold;
		enum verdict verdict;
	} cases[] = {{20000, WARN}, {200000, WARN}, {800000, PASS}};

	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct rig *rig = rig_on(&hashed, "");
		unsigned flipped = 0;

		rig->config.mem_hammer_ns = 4 * S;
		/* One in each row of each bank of a part of memory. */
		for (unsigned i = 0; i < WEAK_MAX; i++)
			sim.weak[i] = (struct weak){.physical = SIM_RAM_HIGH + i * 0x800u + 64,
				.threshold = cases[c].threshold};
		sim.weak_count = WEAK_MAX;
		CHECK_U64(rig_run(rig, &mem_row_hammer_check), cases[c].verdict);
		for (unsigned i = 0; i < WEAK_MAX; i++)
			flipped += sim.weak[i].flipped;
		CHECK((flipped > 0) == (cases[c].verdict == WARN));
		CHECK_U64(rig->finding_count,
			flipped < MEM_TOLD_PER_CHECK ? flipped : MEM_TOLD_PER_CHECK);
		for (size_t i = 0; i < rig->finding_count; i++) {
			const struct rig_finding *f = &rig->findings[i];
			const uint64_t n = (rig_field(f, "address") - SIM_RAM_HIGH) / 0x800;

			CHECK_U64(f->code, FINDING_MEM_ROW_DISTURB);
			CHECK(n < WEAK_MAX && sim.weak[n].physical == rig_field(f, "address") &&
				sim.weak[n].flipped);
			CHECK_U64(rig_field(f, "xor"), 1);
			CHECK_U64(rig_field(f, "expected") ^ rig_field(f, "actual"), 1);
			CHECK(rig_field(f, "activations") >= cases[c].threshold);
			CHECK(strstr(f->message, "-sided)") != NULL ||
				strstr(f->message, "half-double)") != NULL);
		}
		CHECK(strstr(rig->rec.check_why, flipped > 0 ? " changed" : "no bit changed") !=
			NULL);
		rig_free(rig);
	}
}

/* A cell that is broken anyway is no victim. */
static void test_broken_cell(void)
{
	struct rig *rig = rig_on(&hashed, "dead=0x100000000:0x180000 dead=0x100000:0x180000");

	CHECK_U64(rig_run(rig, &mem_row_hammer_check), FAIL);
	CHECK(rig->finding_count >= MEM_TOLD_PER_CHECK);
	for (size_t i = 0; i < rig->finding_count; i++)
		CHECK_U64(rig->findings[i].code, FINDING_MEM_BIT_ERROR);
	rig_free(rig);
}

static void test_stopped(void)
{
	static const unsigned pulses[] = {1, 8};

	for (size_t i = 0; i < ARRAY_LEN(pulses); i++) {
		struct rig *rig = rig_on(&plain, "");

		rig->pulses_left = pulses[i];
		CHECK_U64(rig_run(rig, &mem_row_hammer_check), SKIP);
		CHECK(strstr(rig->rec.check_why, "stopped by a key") != NULL);
		CHECK(strstr(rig->rec.check_why, i == 0 ? "no place was hammered"
							: "places hammered by CPU 1") != NULL,
			"%s", rig->rec.check_why);
		rig_free(rig);
	}
}

static void test_cpu_failures(void)
{
	for (unsigned i = 0; i < 4; i++) {
		struct rig *rig = rig_on(&plain, "");

		rig->cpus.failure = i % 2 ? CPUS_TIMEOUT : CPUS_REFUSED;
		rig->cpus.failure_after = i / 2 * 2;
		CHECK_U64(rig_run(rig, &mem_row_hammer_check), ERROR);
		CHECK_U64(rig->faults, 1);
		CHECK(rig->run.gave_up);
		CHECK(rig->session->cpu_lost == (i % 2 == 1));
		rig_free(rig);
	}
}

int main(void)
{
	test_map();
	test_no_claim();
	test_safe();
	test_disturbed();
	test_broken_cell();
	test_stopped();
	test_cpu_failures();
	return test_end(__FILE__);
}
