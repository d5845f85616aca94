/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Looking closely at a failing word: the decision, the classes of simulated faults, and that no trace is left. */
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define RAM_BYTES 0x10000 /* 0x100000-0x108000 and 0x100000000-0x100008000 */

/* ---- the decision ---- */

/* Every combination. A row is what the seer saw and another CPU saw; a column, read as bits, is whether the word was right when
 * read again (1), whether reads were unsteady (2), whether whole lanes were wrong (4). */
static void test_decision(void)
{
	static const char *const expected[EXAM_UNASKED][EXAM_LEVEL_COUNT] = {
		[EXAM_NEVER] = {"wrrrlrrr", "wwwwwwww", "wwwwwwww", "wrrrlrrr"},
		[EXAM_SOMETIMES] = {"wwwwwwww", "wwwwwwww", "wwwwwwww", "wwwwwwww"},
		[EXAM_ALWAYS] = {"cccccccc", "ssssssss", "ssssssss", "ssssssss"},
	};

	for (unsigned n = 0; n < EXAM_UNASKED * EXAM_LEVEL_COUNT * 8; n++) {
		const unsigned seer = n / 8 / EXAM_LEVEL_COUNT, other = n / 8 % EXAM_LEVEL_COUNT;
		const struct exam_facts facts = {.seer = (enum exam_level)seer,
			.other = (enum exam_level)other,
			.reread_right = (n & 1) != 0,
			.unsteady = (n & 2) != 0,
			.whole_lanes = (n & 4) != 0};

		CHECK(mem_class_name(exam_decide(&facts))[0] == expected[seer][other][n % 8],
			"seer %u, other %u, facts %u: %s", seer, other, n % 8,
			mem_class_name(exam_decide(&facts)));
	}
}

static void test_whole_lanes(void)
{
	CHECK(exam_whole_lanes(0xf));
	CHECK(exam_whole_lanes(0xf00000000000ff00));
	CHECK(exam_whole_lanes(UINT64_MAX));
	CHECK(exam_whole_lanes(0x5555555500000000)); /* 16 bits */
	CHECK(!exam_whole_lanes(0x0555555500000000));
	CHECK(!exam_whole_lanes(0x1e));
	CHECK(!exam_whole_lanes(1));
}

/* ---- simulated faults ---- */

static struct rig *ready(const char *faults)
{
	struct rig *rig = rig_new(RAM_BYTES, faults);
	struct mem_session *m = rig->session;
	const struct ram_port *ram = &rig->machine.ram;

	CHECK(ram->acquire(ram->ctx, 0, &m->grant));
	plan_make(&m->grant, 0, UINT64_MAX, &m->plan);
	m->kernels = ram->kernels;
	work_init(&m->work, &rig->machine.cpus, &rig->config, &rig->topology, &rig->session->plan);
	return rig;
}

static const char *class_of(struct rig *rig, unsigned cpu, const struct mem_error *error)
{
	const uint64_t before = sim_ram_load(&rig->ram, error->physical);
	const enum mem_class class = mem_examine(&rig->run, cpu, error);

	CHECK_U64(sim_ram_load(&rig->ram, error->physical), before);
	return mem_class_name(class);
}

static void test_classes(void)
{
	static const struct {
		const char *faults;
		uint64_t expected, actual, reread;
		const char *class;
	} cases[] = {
		{"stuck=0x101008:5:1", 0, 0x20, 0x20, "stuck"},
		{"stuck=0x101008:5:1", 0, 0x20, 0, "stuck"},
		{"stuck=0x101008:63:0", UINT64_MAX, UINT64_MAX >> 1, UINT64_MAX >> 1, "stuck"},
		{"transition=0x101008:5:up", UINT64_MAX, UINT64_MAX ^ 0x20, UINT64_MAX ^ 0x20,
			"stuck"},
		{"coupling=0x101000:5:up:0x101008:5:1", 0, 0x20, 0x20, "weak"},
		{"fade=0x101008:5:1", 0, 0x20, 0x20, "weak"},
		{"", 0, 0x20, 0x20, "weak"},
		{"", 0, 0x20, 0, "read-path"},
		{"", 0, UINT64_MAX, 0, "read-path"},
		{"", 0, 0xf0, 0xf0, "lost-write"},
		{"", 0x1234, ~(uint64_t)0x1234, ~(uint64_t)0x1234, "lost-write"},
		{"alias=0x101008:0x103008", 0x1234, ~(uint64_t)0x1234, ~(uint64_t)0x1234,
			"address-alias"},
		{"alias=0x103008:0x101008", 0x1234, ~(uint64_t)0x1234, ~(uint64_t)0x1234,
			"address-alias"},
		{"line=32", 0x1234, ~(uint64_t)0x1234, ~(uint64_t)0x1234, "lost-write"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *rig = ready(cases[i].faults);
		const struct mem_error error = {.physical = 0x101008,
			.expected = cases[i].expected,
			.actual = cases[i].actual,
			.reread = cases[i].reread};

		for (unsigned cpu = 0; cpu < 2; cpu++)
			CHECK_STR(class_of(rig, cpu, &error), cases[i].class);
		rig_free(rig);
	}
}

/* What is restored is what was found, not what was expected, through caches too. */
static void test_no_trace(void)
{
	struct rig *rig = ready("stuck=0x102000:1:1");
	const struct mem_error error = {.physical = 0x101008, .expected = 7, .actual = 6};

	rig->ram.cached = true;
	sim_ram_store(&rig->ram, 0x101000, 1);
	sim_ram_store(&rig->ram, 0x101008, 99);
	sim_ram_store(&rig->ram, 0x101010, 3);
	mem_examine(&rig->run, 0, &error);
	CHECK_U64(sim_ram_load(&rig->ram, 0x101008), 99);
	CHECK_U64(sim_ram_load(&rig->ram, 0x101000), 1);
	CHECK_U64(sim_ram_load(&rig->ram, 0x101010), 3);
	rig_free(rig);
}

static struct kernels sound;
static unsigned loads, bad_load;

static uint64_t load_badly(void *ctx, const uint64_t *word)
{
	return sound.load(ctx, word) ^ (++loads % 7 == bad_load ? 0x20 : 0);
}

/* One read of seven is wrong: the cell is blamed neither, nor harmed, whichever it is. */
static void test_misreading(void)
{
	const struct mem_error error = {
		.physical = 0x101008, .expected = 0, .actual = 0x20, .reread = 0x20};

	for (unsigned n = 0; n < 14; n++) {
		struct rig *rig = ready("");

		bad_load = n % 7;
		rig->session->work.cpus = 1 + n / 7;
		sim_ram_store(&rig->ram, 0x101008, 0xabc);
		sound = rig->ram.kernels;
		rig->ram.kernels.load = load_badly;
		loads = 0;
		CHECK_STR(mem_class_name(mem_examine(&rig->run, 0, &error)), "read-path");
		CHECK_U64(sim_ram_load(&rig->ram, 0x101008), 0xabc);
		rig_free(rig);
	}
}

/* ---- CPUs ---- */

static unsigned on_cpu, bad_cpu, asked[8];

static enum cpu_result run_on(
	void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns)
{
	(void)ctx;
	(void)timeout_ns;
	asked[cpu]++;
	on_cpu = cpu;
	work(arg, 0);
	on_cpu = 0;
	return CPUS_DONE;
}

static void store_by_cpu(void *ctx, uint64_t *word, uint64_t value)
{
	sound.store(ctx, word, on_cpu == bad_cpu ? value | 1 : value);
}

/* The same fault through one CPU, through the other, and through both. */
static void test_cpu_specific(void)
{
	const struct mem_error error = {
		.physical = 0x101008, .expected = 0, .actual = 1, .reread = 1};

	for (unsigned seer = 0; seer < 3; seer++) {
		struct rig *rig = ready("");

		sim_cpus_port(&rig->cpus, 4, CPUS_NONBLOCKING, &rig->machine.cpus);
		work_init(&rig->session->work, &rig->machine.cpus, &rig->config, &rig->topology,
			&rig->session->plan);
		rig->machine.cpus.run_on = run_on;
		memset(asked, 0, sizeof(asked));
		sound = rig->ram.kernels;
		rig->ram.kernels.store = store_by_cpu;
		bad_cpu = seer;
		CHECK_STR(mem_class_name(mem_examine(&rig->run, seer, &error)), "cpu-specific");
		bad_cpu = 7;
		CHECK_STR(mem_class_name(mem_examine(&rig->run, seer, &error)), "weak");
		CHECK_U64(asked[seer == 0 ? 1 : seer], 2);
		CHECK_U64(asked[3], 0);
		rig_free(rig);
	}
}

static enum finding_code tell_plainly(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	mem_tell_bit_error(run, arg, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

static void take_errors(struct rig *rig, unsigned cpu, uint64_t from, unsigned count)
{
	struct mem_session *m = rig->session;

	mem_errors_clear(&m->errors[0]);
	for (unsigned i = 0; i < count; i++)
		mem_errors_add(&m->errors[0],
			&(struct mem_error){.physical = from + 8 * i, .actual = 1, .reread = 1});
	mem_log_take(
		&m->log, &rig->run, &(struct mem_teller){tell_plainly, "test"}, cpu, &m->errors[0]);
}

/* What one CPU does wrong costs no page, whether looked at or not; nor does it excuse what another sees. */
static void test_pages_of_cpus(void)
{
	struct rig *rig = ready("");
	const struct bad_pages *pages = &rig->session->bad_pages;

	rig->machine.cpus.run_on = run_on;
	sound = rig->ram.kernels;
	rig->ram.kernels.store = store_by_cpu;
	bad_cpu = 1;
	take_errors(rig, 1, 0x101000, MEM_ERRORS_KEPT + 8);
	take_errors(rig, 1, 0x102000, 5);
	CHECK_U64(pages->cpu_specific, MEM_ERRORS_KEPT + 8 + 5);
	CHECK_U64(pages->count, 0);
	take_errors(rig, 0, 0x104000, 7);
	CHECK_U64(pages->count, 1);
	CHECK_U64(pages->at[0].first, 0x104);
	CHECK_U64(pages->at[0].mismatches, 7);
	rig_free(rig);
}

/* With one CPU nobody else is asked; where work is refused, or a CPU gets lost, nothing is claimed. */
static void test_cpus_in_the_way(void)
{
	const struct mem_error error = {
		.physical = 0x101008, .expected = 0, .actual = 0x20, .reread = 0x20};
	struct rig *rig = ready("stuck=0x101008:5:1");

	rig->config.mem_cpus = MEM_CPUS_ONE;
	work_init(&rig->session->work, &rig->machine.cpus, &rig->config, &rig->topology,
		&rig->session->plan);
	CHECK_STR(class_of(rig, 0, &error), "stuck");
	CHECK_U64(rig->cpus.calls, 0);

	rig->config.mem_cpus = MEM_CPUS_ALL;
	work_init(&rig->session->work, &rig->machine.cpus, &rig->config, &rig->topology,
		&rig->session->plan);
	rig->cpus.failure = CPUS_REFUSED;
	CHECK_STR(class_of(rig, 1, &error), "");
	CHECK_STR(class_of(rig, 0, &error), "stuck");
	CHECK_U64(rig->faults, 0);
	rig->cpus.failure = CPUS_TIMEOUT;
	CHECK_STR(class_of(rig, 0, &error), "");
	CHECK_U64(rig->faults, 1);
	CHECK(rig->session->cpu_lost);
	rig->cpus.calls = 0;
	CHECK_STR(class_of(rig, 1, &error), "");
	CHECK_U64(rig->cpus.calls, 0);
	rig_free(rig);
}

static enum cpu_result lose(void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns)
{
	(void)ctx;
	(void)cpu;
	(void)work;
	(void)arg;
	(void)timeout_ns;
	return CPUS_TIMEOUT;
}

/* A CPU that gets lost while a word is examined ends the check, and the ones after it. */
static void test_lost_in_a_run(void)
{
	struct rig *rig = rig_new(1 << 20, "stuck=0x100008:5:1");

	rig->machine.cpus.run_on = lose;
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK(rig->session->cpu_lost);
	CHECK(rig->run.gave_up);
	CHECK_U64(rig->coverages, 0);
	CHECK_U64(rig->faults, 1);
	CHECK(rig_said(rig, "looking at one word"));
	CHECK(strstr(rig->rec.check_why, "the CPUs gave up") != NULL);
	CHECK_U64(rig_run(rig, &mem_random_check), SKIP);
	rig_free(rig);
}

/* ---- in findings ---- */

static void test_told(void)
{
	struct rig *rig = rig_new(
		1 << 20, "stuck=0x100008:5:1 coupling=0x101000:5:up:0x105008:5:1");

	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 2);
	for (size_t i = 0; i < rig->finding_count; i++) {
		const struct rig_finding *f = &rig->findings[i];
		const char *class = rig_field(f, "address") == 0x100008 ? "stuck" : "weak";

		CHECK_STR(rig_text(f, "class"), class);
		CHECK(strstr(f->message, class) != NULL, "%s", f->message);
		CHECK(strstr(f->message, "bit 5 flipped") != NULL);
	}
	CHECK_U64(rig->mismatches, 6 + 2);
	rig_free(rig);
}

int main(void)
{
	test_decision();
	test_whole_lanes();
	test_classes();
	test_no_trace();
	test_misreading();
	test_cpu_specific();
	test_pages_of_cpus();
	test_cpus_in_the_way();
	test_lost_in_a_run();
	test_told();
	return test_end(__FILE__);
}
