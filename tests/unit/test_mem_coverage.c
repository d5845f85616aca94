/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Measured fault coverage against what theory says of well-known algorithms, and against our own promises. */
#include "core/text.h"
#include "host/sim_ram_coverage.h"
#include "tests/test.h"

static struct sim_ram ram;

static size_t class_named(const char *name)
{
	const char *what;
	size_t i = 0;

	while (i < COVERAGE_CLASSES && !text_same(coverage_class(i, &what), name))
		i++;
	CHECK(i < COVERAGE_CLASSES, "%s", name);
	return i;
}

static unsigned percent(enum march_id id, bool flush, const char *name)
{
	const struct coverage_test test = {
		.name = marches[id].name, .march = &marches[id], .flush = flush};

	return coverage_percent(&ram, &test, class_named(name));
}

static void test_theory(void)
{
	static const struct {
		enum march_id march;
		const char *name;
		unsigned flushed, cached;
	} cases[] = {
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

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *march = marches[cases[i].march].name, *name = cases[i].name;

		CHECK(percent(cases[i].march, true, name) == cases[i].flushed, "%s %s: %u %%",
			march, name, percent(cases[i].march, true, name));
		CHECK(percent(cases[i].march, false, name) == cases[i].cached, "%s %s: %u %%",
			march, name, percent(cases[i].march, false, name));
	}
}

/* What the longer profiles claim: every simple fault, of cells, pairs of cells and addresses. */
static void test_full_profile(void)
{
	static const char *const names[] = {"SAF", "AF", "TF", "SOF", "DRF", "CFin", "CFid", "CFst",
		"CFtr", "RDF, IRF", "DRDF", "WDF", "CFds", "word"};
	const struct coverage_test full = {.name = "full",
		.jobs = (1u << MARCH_JOB_COUNT) - 1,
		.own_address = true,
		.profile = PROFILE_FULL};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(coverage_percent(&ram, &full, class_named(names[i])) == 100, "%s", names[i]);
}

/* The quick one: all that a cached sweep can find of stuck, transition, address and coupling faults. */
static void test_quick_profile(void)
{
	static const char *const names[] = {
		"SAF", "AF", "TF", "CFin", "CFid", "CFst", "CFtr", "RDF, IRF"};
	const struct coverage_test quick = {.name = "quick",
		.jobs = 1u << MARCH_JOB_C_MINUS | 1u << MARCH_JOB_RANDOM,
		.own_address = true,
		.profile = PROFILE_QUICK};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(coverage_percent(&ram, &quick, class_named(names[i])) == 100, "%s", names[i]);
}

int main(void)
{
	CHECK(coverage_ram(&ram));
	test_theory();
	test_full_profile();
	test_quick_profile();
	sim_ram_free(&ram);
	return test_end(__FILE__);
}
