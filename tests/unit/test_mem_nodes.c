/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Memory shared out by node: every page once whatever the tables say, near CPUs first, slow nodes told, noise not. */
#include "core/rng.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB        ((uint64_t)1 << 20)
#define PAGES_MAX  700
#define HIGH_BYTES ((uint64_t)1 << 32) /* where the upper half of a rig's memory begins */

/* ---- the plan ---- */

static void random_grant(struct rng *r, struct ram_grant *ret)
{
	uint64_t physical = PLAN_PAGE;

	*ret = (struct ram_grant){.range_count = 1 + rng_below(r, 9)};
	for (size_t i = 0; i < ret->range_count; i++) {
		const uint64_t bytes = (1 + rng_below(r, PAGES_MAX / 10)) * PLAN_PAGE;

		physical += rng_below(r, 5) * PLAN_PAGE;
		ret->ranges[i] = (struct ram_range){
			physical, bytes, (uint8_t *)(uintptr_t)physical};
		physical += bytes;
		ret->granted_bytes += bytes;
	}
}

/* Up to a range every few pages, with holes, edges within pages and nodes in any order. */
static void random_topology(struct rng *r, struct topology *ret)
{
	uint64_t at = rng_below(r, 20) * 1000;

	*ret = (struct topology){.node_count = 1 + (unsigned)rng_below(r, 5)};
	ret->node_range_count = rng_below(r, NODE_RANGES_MAX);
	for (size_t i = 0; i < ret->node_range_count; i++) {
		const uint64_t high = at + 1 + rng_below(r, 40000);

		ret->node_ranges[i] = (struct node_range){
			at, high, (uint16_t)rng_below(r, ret->node_count)};
		at = high + (rng_below(r, 3) ? 0 : rng_below(r, 20000));
	}
}

static bool granted(const struct ram_grant *grant, uint64_t physical)
{
	for (size_t i = 0; i < grant->range_count; i++) {
		if (physical >= grant->ranges[i].physical &&
			physical - grant->ranges[i].physical < grant->ranges[i].bytes)
			return true;
	}
	return false;
}

/* A stretch ascends and holds granted pages of its node alone; stretches follow each other and add up. */
static void check_plan(
	const struct mem_plan *plan, const struct ram_grant *grant, const struct topology *topology)
{
	uint64_t at = 0;

	CHECK_U64(plan->bytes, grant->granted_bytes);
	for (size_t s = 0; s < plan->stretch_count; s++) {
		const struct mem_stretch *stretch = &plan->stretches[s];
		uint64_t last = 0;

		CHECK_U64(stretch->line.lo, at);
		CHECK(s == 0 || stretch->node > stretch[-1].node);
		for (; at < stretch->line.hi; at += PLAN_PAGE) {
			const uint64_t physical = plan_physical(plan, at);
			uint64_t *word;

			if (physical <= last || !granted(grant, physical) ||
				topology_node(topology, physical, NULL) != stretch->node ||
				!plan_word(plan, physical, &word) || (uintptr_t)word != physical)
				break;
			last = physical;
		}
		CHECK_U64(at, stretch->line.hi);
	}
	CHECK_U64(at, plan->bytes);
}

static void test_plan_by_node(void)
{
	static struct ram_grant grant;
	static struct topology topology;
	static struct mem_plan plan;
	struct rng r = {7};

	for (unsigned round = 0; round < 300; round++) {
		random_grant(&r, &grant);
		random_topology(&r, &topology);
		plan_make(&grant, 0, UINT64_MAX, &plan);
		CHECK_U64(plan.stretch_count, 1);
		plan_by_node(&plan, &topology);
		check_plan(&plan, &grant, &topology);
	}
}

/* ---- the deal ---- */

static uint8_t visits[PAGES_MAX];

static void visit(struct mem_interval piece)
{
	for (uint64_t at = piece.lo; at < piece.hi; at += PLAN_PAGE)
		visits[at / PLAN_PAGE]++;
}

/* A slice that is handed out: pieces at the walking ends; who has none could not be given any; and in the first one
 * everybody works at home. */
static void check_slice(const struct mem_deal *deal, const struct mem_plan *plan,
	const uint16_t *homes, const uint64_t *piece_bytes, bool first)
{
	uint64_t most_slices = 0;
	bool idle = false;

	for (unsigned w = 0; w < deal->workers; w++) {
		const struct mem_share *share = &deal->shares[w];
		const struct mem_interval piece = deal->pieces[w];
		const uint64_t size = piece_bytes[share->stretch];
		const uint64_t slices = (interval_bytes(share->rest) + size - 1) / size;

		CHECK(interval_bytes(piece) <= size);
		CHECK(deal->downward ? piece.hi == share->rest.hi : piece.lo == share->rest.lo);
		CHECK(piece.lo >= share->rest.lo && piece.hi <= share->rest.hi);
		if (first && homes[w] != NO_HOME &&
			interval_bytes(plan->stretches[homes[w]].line) >= deal->workers * PLAN_PAGE)
			CHECK_U64(share->stretch, homes[w]);
		idle |= interval_bytes(piece) == 0;
		if (slices > most_slices)
			most_slices = slices;
	}
	CHECK(!idle || most_slices <= 1);
}

static void run_deal(struct rng *r, const struct mem_plan *plan, const uint16_t *homes,
	unsigned workers, bool downward)
{
	static struct mem_deal deal;
	uint64_t piece_bytes[PLAN_STRETCHES_MAX];
	const unsigned give_up = (unsigned)rng_below(r, 20);
	bool last = false;

	memset(visits, 0, sizeof(visits));
	deal_begin(&deal, plan, homes, workers, downward);
	for (unsigned slice = 0;; slice++) {
		for (size_t s = 0; s < plan->stretch_count; s++)
			piece_bytes[s] = (1 + rng_below(r, 30)) * PLAN_PAGE;
		if (deal_slice(&deal, piece_bytes) == 0)
			break;
		check_slice(&deal, plan, homes, piece_bytes, slice == 0);
		if (slice == give_up) {
			/* Refused: the same again, with fewer. */
			deal.workers = 1 + (unsigned)rng_below(r, deal.workers);
			CHECK(deal_slice(&deal, piece_bytes) > 0);
			check_slice(&deal, plan, homes, piece_bytes, false);
		}
		CHECK(!last);
		last = deal_last(&deal);
		for (unsigned w = 0; w < deal.workers; w++)
			visit(deal.pieces[w]);
		deal_done(&deal);
	}
	CHECK(last);
}

static void test_every_page_once(void)
{
	static struct ram_grant grant;
	static struct topology topology;
	static struct mem_plan plan;
	static uint16_t homes[MEM_PARTS_MAX];
	struct rng r = {42};

	for (unsigned round = 0; round < 300; round++) {
		const unsigned workers = 1 + (unsigned)rng_below(&r, round % 3 ? 9 : MEM_PARTS_MAX);
		uint64_t wrong = 0;

		random_grant(&r, &grant);
		random_topology(&r, &topology);
		for (unsigned w = 0; w < workers; w++)
			topology.cpu_nodes[w] = rng_below(&r, 5) ? (uint16_t)rng_below(&r, 5)
								 : NODE_UNKNOWN;
		plan_make(&grant, 0, UINT64_MAX, &plan);
		nodes_split(&plan, &topology, workers, homes);
		for (unsigned w = 0; w < workers; w++)
			CHECK(homes[w] == NO_HOME || homes[w] < plan.stretch_count);
		run_deal(&r, &plan, homes, workers, round % 2);
		for (uint64_t page = 0; page < plan.bytes / PLAN_PAGE; page++)
			wrong += visits[page] != 1;
		CHECK_U64(wrong, 0);
	}
}

/* ---- runs ---- */

/* Lower half of memory in node 0, upper in node 1; CPUs as the string says: "0011", '-' for unknown. */
static struct rig *rig_of_nodes(uint64_t bytes, const char *faults, const char *cpus)
{
	struct rig *rig = rig_new(bytes, faults);
	struct topology *t = &rig->topology;

	t->node_count = 2;
	t->node_names[1] = 1;
	t->node_names[2] = 2;
	t->node_range_count = 2;
	t->node_ranges[0] = (struct node_range){0, HIGH_BYTES, 0};
	t->node_ranges[1] = (struct node_range){HIGH_BYTES, 2 * HIGH_BYTES, 1};
	for (size_t w = 0; cpus[w] != '\0'; w++)
		t->cpu_nodes[w] = cpus[w] == '-' ? NODE_UNKNOWN : (uint16_t)(cpus[w] - '0');
	sim_cpus_port(&rig->cpus, (unsigned)strlen(cpus), CPUS_NONBLOCKING, &rig->machine.cpus);
	return rig;
}

/* Whatever the tables say, a fault at either end of either node is found, by a CPU that should have. */
static void test_splits(void)
{
	static const struct {
		const char *cpus;
		int low_cpu, high_cpu; /* that sees the first word of a node; -1: any */
		const char *said;
	} cases[] = {
		{"0011", 0, 2, "2 MiB of node 1 are tested by CPUs 2-3"},
		{"1100", 2, 0, "2 MiB of node 0 are tested by CPUs 2-3"},
		{"0101", 0, 1, "2 MiB of node 0 are tested by CPUs 0, 2"},
		{"0111", 0, 1, "2 MiB of node 1 are tested by CPUs 1-3"},
		{"0111", 0, 1, "2 MiB of node 0 are tested by CPU 0\n"},
		{"0000", 0, -1, "node 1 are tested by CPUs that are through with their own"},
		{"11-1", -1, 0, "no memory of their own to test: CPU 2\n"},
		{"0012", 0, 2, "no memory of their own to test: CPU 3\n"},
		{"----", 0, 2, "March C-, 1 background, on 4 MiB of 4 MiB mapped with 4 CPUs"},
		{"2222", -1, -1, "no memory of their own to test: CPUs 0-3\n"},
		{"0", 0, 0, "with 1 CPU:"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *rig = rig_of_nodes(4 * MIB,
			"stuck=0x100000:1:1 stuck=0x2ffff8:2:1 stuck=0x100000000:3:1 "
			"stuck=0x1001ffff8:4:1",
			cases[i].cpus);
		uint64_t cpu_of[2] = {0, 0};

		rig->topology.node_count = 3; /* the last has no memory */
		text_copy(rig->config.mem_patterns, sizeof(rig->config.mem_patterns), "solid");
		CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
		CHECK_U64(rig->finding_count, 4 + 1); /* and the one that sums up */
		CHECK_U64(rig->tested_bytes, 4 * MIB);
		CHECK(rig_said(rig, cases[i].said), "%s", rig->text);
		for (size_t f = 0; f < 4; f++) {
			if (rig_field(&rig->findings[f], "address") == 0x100000)
				cpu_of[0] = rig_field(&rig->findings[f], "cpu");
			if (rig_field(&rig->findings[f], "address") == HIGH_BYTES)
				cpu_of[1] = rig_field(&rig->findings[f], "cpu");
		}
		CHECK(cases[i].low_cpu < 0 || cpu_of[0] == (uint64_t)cases[i].low_cpu, "%s: %u",
			cases[i].cpus, (unsigned)cpu_of[0]);
		CHECK(cases[i].high_cpu < 0 || cpu_of[1] == (uint64_t)cases[i].high_cpu, "%s: %u",
			cases[i].cpus, (unsigned)cpu_of[1]);
		rig_free(rig);
	}
}

/* As many CPUs as there may be, and some more; at once and in turn. */
static void test_512_cpus(void)
{
	for (unsigned n = 0; n < 3; n++) {
		struct rig *rig = rig_of_nodes(8 * MIB, "stuck=0x1003fff08:4:1", "0");

		sim_cpus_port(&rig->cpus, n == 2 ? 600 : 512, CPUS_NONBLOCKING, &rig->machine.cpus);
		for (unsigned w = 0; w < MEM_PARTS_MAX; w++)
			rig->topology.cpu_nodes[w] = w >= 256;
		rig->cpus.in_turn = n > 0;
		rig->config.mem_cpus = n == 1 ? MEM_CPUS_ROUND_ROBIN : MEM_CPUS_ALL;
		CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
		CHECK_U64(rig->finding_count, 1);
		CHECK(n == 1 || rig_field(&rig->findings[0], "cpu") == 511);
		CHECK(rig_said(rig, n == 1 ? "with 512 CPUs in turn:" : "with 512 CPUs:"));
		CHECK(n == 1 || rig_said(rig, "4 MiB of node 1 are tested by CPUs 256-511"));
		CHECK(rig_said(rig, "512 of 600 CPUs take part") == (n == 2));
		rig_free(rig);
	}
}

/* ---- speed ---- */

static uint64_t own_ns, longest_slice_ns;
static const struct kernels *inner;
static struct kernels timed;
static uint64_t ns_per_page[2];
static unsigned hiccups; /* one piece in so many is as fast as on node 0; 0: none */
static unsigned pieces;

static uint64_t fake_own_ns(void)
{
	return own_ns;
}

static void timed_march(
	void *ctx, struct mem_chunk c, const struct march_step *step, struct mem_errors *errors)
{
	const bool high = c.physical >= HIGH_BYTES && (hiccups == 0 || ++pieces % hiccups != 0);

	inner->march(ctx, c, step, errors);
	own_ns += c.count * sizeof(uint64_t) / PLAN_PAGE * step->element->count * ns_per_page[high];
}

/* All parts at once: the clock of the run moves by the longest. */
static enum cpu_result timed_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	struct rig *rig = ctx;
	uint64_t longest = 0;

	(void)timeout_ns;
	for (unsigned p = 0; p < parts; p++) {
		const uint64_t start_ns = own_ns;

		work(arg, p);
		if (own_ns - start_ns > longest)
			longest = own_ns - start_ns;
	}
	if (longest > longest_slice_ns)
		longest_slice_ns = longest;
	rig->now_ns += longest;
	return CPUS_DONE;
}

/* Memory whose speed is simulated: 1 MB/s on node 0 for each CPU, node 1 takes `percent` of that time. */
static struct rig *rig_of_speeds(const char *cpus, unsigned percent)
{
	struct rig *rig = rig_of_nodes(8 * MIB, "", cpus);

	inner = rig->machine.ram.kernels;
	timed = *inner;
	timed.march = timed_march;
	rig->machine.ram.kernels = &timed;
	rig->machine.cpus.own_ns = fake_own_ns;
	rig->machine.cpus.run = timed_run;
	rig->machine.cpus.ctx = rig;
	longest_slice_ns = 0;
	ns_per_page[0] = 4096000 / 4;
	ns_per_page[1] = ns_per_page[0] * percent / 100;
	hiccups = 0;
	return rig;
}

static void test_speeds(void)
{
	struct rig *rig = rig_of_speeds("0011", 125);

	CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
	CHECK(rig->node_speed[0] >= 7 && rig->node_speed[0] <= 8, "%u",
		(unsigned)rig->node_speed[0]);
	CHECK(rig->node_speed[1] >= 5 && rig->node_speed[1] <= 6, "%u",
		(unsigned)rig->node_speed[1]);
	rig_free(rig);
}

/* Found in the second check, told once. */
static void test_slow_node(void)
{
	struct rig *rig = rig_of_speeds("0011", 300);

	rig->topology.node_names[1] = 9;
	CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
	CHECK_U64(rig_run(rig, &mem_march_c_check), WARN);
	CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
	CHECK_U64(rig->finding_count, 1);
	CHECK_U64(rig->findings[0].code, FINDING_MEM_SLOW_NODE);
	CHECK_U64(rig_field(&rig->findings[0], "node"), 9);
	CHECK_U64(rig_field(&rig->findings[0], "speed_mbs"), rig->node_speed[9]);
	CHECK_U64(rig_field(&rig->findings[0], "others_mbs"), rig->node_speed[0]);
	CHECK(rig->node_speed[9] * 2 < rig->node_speed[0]);
	CHECK(longest_slice_ns > 300000000 && longest_slice_ns < 1000000000);
	rig_free(rig);
}

/* A little slower, slower now and then, slower in one check of two, or fewer CPUs: no. */
static void test_not_slow(void)
{
	static const struct {
		const char *cpus;
		unsigned percent, hiccups, again_percent;
	} cases[] = {
		{"0011", 190, 0, 190}, {"0011", 300, 3, 300}, {"0011", 300, 0, 100},
		{"00001", 100, 0, 100}, {"00001", 180, 0, 180},
		{"01111", 300, 0, 300}, /* each of more CPUs gets less of it */
		{"0000", 300, 0, 300},  /* nobody's own */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *rig = rig_of_speeds(cases[i].cpus, cases[i].percent);

		hiccups = cases[i].hiccups;
		CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
		ns_per_page[1] = ns_per_page[0] * cases[i].again_percent / 100;
		CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
		CHECK_U64(rig->finding_count, 0);
		rig_free(rig);
	}
}

/* ---- time left ---- */

static void test_left(void)
{
	struct mem_work work = {.traffic_total = 100000000000, .traffic = 1000000000};

	work.busy_ns = 1999999999;
	CHECK_U64(work_left_ns(&work), 0);
	work.busy_ns = 2000000000;
	CHECK_U64(work_left_ns(&work), 198000000000);
	work.rests_ns = 240000000000;
	CHECK_U64(work_left_ns(&work), 438000000000);
	work.traffic = work.traffic_total;
	CHECK_U64(work_left_ns(&work), 240000000000);
	/* The other CPUs are gone: what they did says nothing about what is left. */
	work.traffic = 51000000000;
	work.busy_ns = 4000000000;
	work.refused_traffic = 50000000000;
	work.refused_ns = 2000000001;
	CHECK_U64(work_left_ns(&work), 0);
	work.refused_ns = 2000000000;
	CHECK_U64(work_left_ns(&work), 98000000000 + work.rests_ns);
	work = (struct mem_work){.traffic_total = 4096, .traffic = 1024, .rests_ns = 1000};
	CHECK_U64(work_left_ns(&work), 1000);
	work = (struct mem_work){.traffic_total = UINT64_MAX / 2, .traffic = UINT64_MAX / 4};
	work.busy_ns = UINT64_MAX / 4;
	CHECK(work_left_ns(&work) / 100 >= work.busy_ns / 101);
}

/* The rests of bit fade are in it from the start, and it ends near nothing. */
static void test_left_of_fade(void)
{
	struct rig *rig = rig_new(MIB, "");

	rig->config.profile = PROFILE_FULL;
	CHECK_U64(rig_run(rig, &mem_bit_fade_check), PASS);
	CHECK(rig->most_left_ns > 230000000000 && rig->most_left_ns < 241000000000);
	CHECK(rig->left_ns < 1000000000);
	rig_free(rig);
}

int main(void)
{
	test_plan_by_node();
	test_every_page_once();
	test_splits();
	test_512_cpus();
	test_speeds();
	test_slow_node();
	test_not_slow();
	test_left();
	test_left_of_fade();
	return test_end(__FILE__);
}
