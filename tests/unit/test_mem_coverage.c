/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Measured fault coverage against what theory says of well-known algorithms, and against our own promises. */
#include "core/text.h"
#include "host/sim_ram_classes.h"
#include "host/sim_ram_coverage.h"
#include "tests/test.h"

static struct sim_ram ram;

static size_t class_named(const char *name)
{
	const char *what;
	size_t i = 0;

	while (i < FAULT_CLASSES && !text_same(fault_class(i, &what), name))
		i++;
	CHECK(i < FAULT_CLASSES, "%s", name);
	return i;
}

/* ---- theory ---- */

static const struct {
	enum march_id march;
	const char *name;
	unsigned flushed, cached;
} theory[] = {
	{MARCH_FILL_VERIFY, "SAF", 100, 100},
	{MARCH_FILL_VERIFY, "TF", 50, 50},
	{MARCH_MATS_PLUS, "AF", 100, 100},
	{MARCH_MATS_PLUS, "CFin", 75, 75},
	{MARCH_MATS_PLUS, "CFid", 37, 37},
	{MARCH_X, "CFin", 100, 100},
	{MARCH_Y, "DRDF", 100, 0},
	{MARCH_C_MINUS, "TF", 100, 100},
	{MARCH_C_MINUS, "CFid", 100, 100},
	{MARCH_C_MINUS, "CFst", 100, 100},
	{MARCH_C_MINUS, "CFtr", 100, 100},
	{MARCH_C_MINUS, "DRDF", 0, 0},
	{MARCH_C_MINUS, "CFds", 0, 0},
	{MARCH_MOVING_INVERSIONS, "linked", 75, 75},
	{MARCH_LR, "linked", 100, 66},
	{MARCH_LA, "linked", 100, 83},
	{MARCH_SS, "DRDF", 100, 0},
	{MARCH_SS, "WDF", 100, 0},
	{MARCH_SS, "CFds", 100, 0},
	{MARCH_RAW, "SOF", 100, 33},
	{MARCH_RAW, "dynamic", 100, 8},
	{MARCH_G, "DRF", 100, 100},
	{MARCH_FADE, "DRF", 100, 100},
};

static void check_theory(enum march_id id, bool flush)
{
	const struct coverage_test test = {
		.name = marches[id].name, .march = &marches[id], .flush = flush};
	struct coverage found;

	coverage_measure(&ram, &test, &found);
	for (size_t i = 0; i < ARRAY_LEN(theory); i++) {
		const unsigned percent = coverage_percent(&found, class_named(theory[i].name));

		if (theory[i].march == id)
			CHECK(percent == (flush ? theory[i].flushed : theory[i].cached),
				"%s %s: %u %%", test.name, theory[i].name, percent);
	}
}

static void test_theory(void)
{
	for (unsigned id = 0; id < MARCH_COUNT; id++) {
		check_theory((enum march_id)id, true);
		check_theory((enum march_id)id, false);
	}
}

/* ---- profiles ---- */

static struct coverage_test tests[COVERAGE_CHECKS_MAX];
static struct coverage found[COVERAGE_CHECKS_MAX];

static size_t measure(enum profile profile)
{
	const size_t count = coverage_checks(profile, false, tests);

	for (size_t i = 0; i < count; i++)
		coverage_measure(&ram, &tests[i], &found[i]);
	return count;
}

/* What a check adds to those before it for its cost, and what it finds alone: in this order of weight. */
struct worth {
	uint64_t adds, finds; /* per 1000 of cost */
};

static struct worth worth_of(size_t i, const struct coverage *sum)
{
	static const struct coverage nothing;
	const uint64_t cost = coverage_cost(&tests[i]).cost;

	return (struct worth){coverage_gain(sum, &found[i]) * UINT64_C(1000) / cost,
		coverage_gain(&nothing, &found[i]) * UINT64_C(1000) / cost};
}

/* By more than the luck of random data: a quarter. */
static bool is_worth_more(struct worth a, struct worth b)
{
	if (a.adds > 0 || b.adds > 0)
		return 4 * a.adds > 5 * b.adds;
	return 4 * a.finds > 5 * b.finds;
}

/* A run takes the checks by detection per byte moved: of those left, each time the one that adds the most. */
static void test_order(size_t count)
{
	struct coverage sum = {{0}};

	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++)
			CHECK(!is_worth_more(worth_of(j, &sum), worth_of(i, &sum)),
				"%s before %s: adds %llu instead of %llu per 1000, finds %llu instead of %llu",
				tests[j].name, tests[i].name,
				(unsigned long long)worth_of(j, &sum).adds,
				(unsigned long long)worth_of(i, &sum).adds,
				(unsigned long long)worth_of(j, &sum).finds,
				(unsigned long long)worth_of(i, &sum).finds);
		coverage_join(&sum, &found[i]);
	}
}

/* Finds all of these classes. */
static void test_finds(size_t count, const char *const names[], size_t name_count)
{
	struct coverage sum = {{0}};

	for (size_t i = 0; i < count; i++)
		coverage_join(&sum, &found[i]);
	for (size_t i = 0; i < name_count; i++)
		CHECK(coverage_percent(&sum, class_named(names[i])) == 100, "%s", names[i]);
}

/* The quick profile: all that a cached sweep can find of stuck, transition, address and coupling faults. */
static void test_quick_profile(void)
{
	static const char *const names[] = {
		"SAF", "AF", "TF", "CFin", "CFid", "CFst", "CFtr", "RDF, IRF", "linked"};
	const size_t count = measure(PROFILE_QUICK);

	CHECK_U64(count, 3);
	test_finds(count, names, ARRAY_LEN(names));
	test_order(count);
}

/* The longer ones: every class there is. */
static void test_full_profile(void)
{
	const size_t count = measure(PROFILE_FULL);
	const char *names[FAULT_CLASSES], *what;

	for (size_t i = 0; i < FAULT_CLASSES; i++)
		names[i] = fault_class(i, &what);
	test_finds(count, names, FAULT_CLASSES);
	test_order(count);
}

int main(void)
{
	CHECK(coverage_ram(&ram));
	test_theory();
	test_quick_profile();
	test_full_profile();
	sim_ram_free(&ram);
	return test_end(__FILE__);
}
