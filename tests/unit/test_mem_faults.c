/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kernels against every class of simulated fault, and the simulation against its own claims. */
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define RAM_BYTES 0x10000 /* 0x100000-0x108000 and 0x100000000-0x100008000 */

/* Runs a March test on one CPU. */
static void march_over(struct rig *rig, enum march_id id, size_t background, struct mem_errors *ret)
{
	static struct ram_grant grant;
	static struct mem_plan plan;
	const struct ram_port *ram = &rig->machine.ram;

	CHECK(ram->acquire(ram->ctx, 0, &grant));
	plan_make(&grant, 0, UINT64_MAX, &plan);
	struct march_step step = {0};

	memset(ret, 0, sizeof(*ret));
	background_data(&backgrounds[background], 0, 42, &step.data);
	for (unsigned i = 0; i < marches[id].count; i++) {
		const struct march_element *element = &marches[id].elements[i];
		struct mem_interval all = {0, plan.bytes};
		struct mem_chunk c;

		step.element = element;
		while (plan_take(&plan, &all, element->direction == MARCH_DOWN, &c))
			ram->kernels->march(ram->kernels->ctx, c, &step, ret);
	}
}

/* Whether `id` finds the faults: every mismatch at `address`, differing in `bits`. */
static bool finds(const char *faults, enum march_id id, uint64_t address, uint64_t bits)
{
	static struct mem_errors errors;
	struct rig *rig = rig_new(RAM_BYTES, faults);

	march_over(rig, id, 0, &errors);
	for (size_t i = 0; i < errors.kept; i++) {
		CHECK_U64(errors.at[i].physical, address);
		CHECK_U64(errors.at[i].expected ^ errors.at[i].actual, bits);
	}
	rig_free(rig);
	return errors.count > 0;
}

static void test_clean(void)
{
	static struct mem_errors errors;
	struct rig *rig = rig_new(RAM_BYTES, "");

	for (size_t m = 0; m < MARCH_COUNT; m++) {
		for (size_t b = 0; b < BACKGROUND_COUNT; b++) {
			march_over(rig, (enum march_id)m, b, &errors);
			CHECK_U64(errors.count, 0);
		}
	}
	rig_free(rig);
}

static void test_single_cells(void)
{
	CHECK(finds("stuck=0x100010:5:0", MARCH_C_MINUS, 0x100010, 0x20));
	CHECK(finds("stuck=0x100007fff:63:1", MARCH_C_MINUS, 0x100007ff8, (uint64_t)1 << 63));
	CHECK(finds("transition=0x102000:0:up", MARCH_C_MINUS, 0x102000, 1));
	CHECK(finds("transition=0x102000:0:down", MARCH_C_MINUS, 0x102000, 1));
	CHECK(finds("transition=0x102000:0:up", MARCH_MATS_PLUS, 0x102000, 1));
	CHECK(!finds("transition=0x102000:0:down", MARCH_MATS_PLUS, 0, 0));
}

/* Every coupling fault between two lines, in both orders of the cells. */
static void test_coupling(void)
{
	static const char *const directions[] = {"up", "down"}, *const effects[] = {
									"0", "1", "invert"};
	static const char *const cells[] = {"0x101008", "0x101f40", "0x100000000"};
	static const uint64_t addresses[] = {0x101008, 0x101f40, 0x100000000};
	unsigned all = 0, by_mats = 0;

	for (unsigned n = 0; n < 3 * 3 * 2 * 3; n++) {
		const unsigned aggressor = n % 3, victim = n / 3 % 3;
		char fault[80];

		if (aggressor == victim)
			continue;
		fmt_to(fault, sizeof(fault), "coupling=%s:7:%s:%s:9:%s", cells[aggressor],
			directions[n / 9 % 2], cells[victim], effects[n / 18]);
		CHECK(finds(fault, MARCH_C_MINUS, addresses[victim], 1 << 9), "%s", fault);
		by_mats += finds(fault, MARCH_MATS_PLUS, addresses[victim], 1 << 9);
		all++;
	}
	CHECK_U64(all, 36);
	CHECK(by_mats > 0 && by_mats < all, "MATS+ finds %u of %u", by_mats, all);
}

/* Within a word the backgrounds decide: equal bits hide what different bits show. */
static void test_coupling_in_word(void)
{
	static struct mem_errors errors;
	struct rig *rig = rig_new(RAM_BYTES, "coupling=0x101000:0:up:0x101000:2:1");
	unsigned found[BACKGROUND_COUNT];

	for (size_t b = 0; b < BACKGROUND_COUNT; b++) {
		march_over(rig, MARCH_C_MINUS, b, &errors);
		found[b] = errors.count > 0;
	}
	CHECK(!found[0] && !found[1]);
	CHECK(found[2], "the first background in which bits 0 and 2 differ");
	rig_free(rig);
}

static void test_addressing(void)
{
	static struct mem_errors errors;
	struct rig *rig = rig_new(RAM_BYTES, "alias=0x101000:0x103000");

	march_over(rig, MARCH_C_MINUS, 0, &errors);
	CHECK(errors.count > 0);
	CHECK(errors.lowest >= 0x101000 && errors.highest <= 0x103000);
	rig_free(rig);
	rig = rig_new(RAM_BYTES, "dead=0x102000:0x1000");
	march_over(rig, MARCH_C_MINUS, 0, &errors);
	CHECK_U64(errors.count, 0x1000 / 8 * 3); /* all ones: the three reads of 0 */
	CHECK_U64(errors.words, 0x1000 / 8 * 3);
	CHECK_U64(errors.kept, MEM_ERRORS_KEPT);
	CHECK_U64(errors.lowest, 0x102000);
	CHECK_U64(errors.highest, 0x102ff8);
	rig_free(rig);
}

/* Elements without a loop of their own are interpreted: several reads, one bad word. */
static void test_interpreter(void)
{
	static const struct march_element element = {MARCH_DOWN, 5,
		{{MARCH_READ, 0}, {MARCH_READ, 0}, {MARCH_WRITE, 1}, {MARCH_READ, 1},
			{MARCH_WRITE, 0}},
		false};
	const struct march_step step = {.element = &element};
	static struct mem_errors errors;
	struct rig *rig = rig_new(RAM_BYTES, "stuck=0x100200:3:1 stuck=0x100400:4:0");
	const struct kernels *kernels = rig->machine.ram.kernels;
	const struct mem_chunk c = {(uint64_t *)(void *)rig->ram.memory, 512, 0x100000};

	mem_errors_clear(&errors);
	kernels->march(kernels->ctx, c, &step, &errors);
	CHECK_U64(errors.count, 3);
	CHECK_U64(errors.words, 2);
	CHECK_U64(errors.at[0].physical, 0x100400);
	CHECK_U64(errors.at[0].expected, UINT64_MAX);
	CHECK_U64(errors.at[2].physical, 0x100200);
	rig_free(rig);
}

/* A word is checked, and read again, before it is written over. */
static void test_check_before_store(void)
{
	static struct mem_errors errors;
	uint64_t words[16] __attribute__((aligned(64))) = {0};
	const struct march_step step = {.element = &marches[MARCH_C_MINUS].elements[1]};

	words[11] = 0x40;
	mem_errors_clear(&errors);
	kernels_scalar.march(NULL, (struct mem_chunk){words, 16, 0x5000}, &step, &errors);
	CHECK_U64(errors.count, 1);
	CHECK_U64(errors.at[0].physical, 0x5058);
	CHECK_U64(errors.at[0].actual, 0x40);
	CHECK_U64(errors.at[0].reread, 0x40);
	for (unsigned i = 0; i < 16; i++)
		CHECK_U64(words[i], UINT64_MAX);
}

static void test_specs(void)
{
	static const char *const bad[] = {"", "stuck", "stuck=", "stuck=0x100000:5",
		"stuck=0x100000:64:1", "stuck=0x100000:5:2", "stuck=0x100000:5:1:1",
		"transition=0x100000:5:sideways", "dead=0x100000:0", "alias=0x100000",
		"worn=0x100000:1:1", "stuck=0x10:5:1", "dead=0x107000:0x2000",
		"coupling=0x100000:1:up:0x100008:1:3"};
	struct rig *rig = rig_new(RAM_BYTES, "");

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!sim_ram_add_fault(&rig->ram, bad[i]), "%s", bad[i]);
	CHECK(sim_ram_add_fault(&rig->ram, "dead=0x107000:0x1000"));
	for (size_t i = 1; i < SIM_RAM_FAULTS_MAX; i++)
		CHECK(sim_ram_add_fault(&rig->ram, "line=33"));
	CHECK(!sim_ram_add_fault(&rig->ram, "line=33"));
	rig_free(rig);
}

int main(void)
{
	test_clean();
	test_single_cells();
	test_coupling();
	test_coupling_in_word();
	test_addressing();
	test_interpreter();
	test_check_before_store();
	test_specs();
	return test_end(__FILE__);
}
