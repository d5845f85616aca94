/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* docs/FAULT-COVERAGE.md: the measured tables and how to read them. Hardware: none. See sim_ram_coverage.h. */
#include "host/sim_ram_coverage.h"
#include <stdlib.h>

/* What others are described to do, where it is not one of our algorithms. Random data are the complement of
 * themselves as often as solid data are: only the order of the operations matters to single bits. */
static const struct march random_upward = {"Random sequence, upwards only",
	"as used by general memory testers", 3,
	{{MARCH_ANY, 1, {{MARCH_WRITE, 0}}, false},
		{MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}, false},
		{MARCH_UP, 2, {{MARCH_READ, 1}, {MARCH_WRITE, 0}}, false}}};

static const struct march inversions_one_polarity = {"Moving inversions, one polarity, one round",
	"as used by general memory testers", 3,
	{{MARCH_ANY, 1, {{MARCH_WRITE, 0}}, false},
		{MARCH_UP, 2, {{MARCH_READ, 0}, {MARCH_WRITE, 1}}, false},
		{MARCH_DOWN, 2, {{MARCH_READ, 1}, {MARCH_WRITE, 0}}, false}}};

static const struct march *const others[] = {&random_upward, &inversions_one_polarity};

#define JOB(id) (1u << MARCH_JOB_##id)

static const struct coverage_test ours[] = {
	{"`mem.address`", NULL, false, 0, true, PROFILE_QUICK},
	{"`mem.march-c`, quick", NULL, false, JOB(C_MINUS), false, PROFILE_QUICK},
	{"`mem.march-c`, longer profiles", NULL, false, JOB(C_MINUS), false, PROFILE_FULL},
	{"`mem.random`, quick", NULL, false, JOB(RANDOM), false, PROFILE_QUICK},
	{"`mem.random`, longer profiles", NULL, false, JOB(RANDOM), false, PROFILE_FULL},
	{"`mem.moving-inversions`", NULL, false, JOB(MOVING_INVERSIONS), false, PROFILE_FULL},
	{"`mem.march-ss`", NULL, false, JOB(SS), false, PROFILE_FULL},
	{"`mem.bit-fade`", NULL, false, JOB(FADE), false, PROFILE_FULL},
	{"**all of `profile=quick`**", NULL, false, JOB(C_MINUS) | JOB(RANDOM), true,
		PROFILE_QUICK},
	{"**all of `profile=full`**", NULL, false,
		JOB(C_MINUS) | JOB(RANDOM) | JOB(MOVING_INVERSIONS) | JOB(SS) | JOB(FADE), true,
		PROFILE_FULL},
};

/* Words read and written per word of memory. */
static unsigned test_ops(const struct coverage_test *test)
{
	const struct config config = {.profile = test->profile};
	unsigned ops = test->own_address ? march_ops(&marches[MARCH_FILL_VERIFY]) : 0;
	struct march_job job;

	if (test->march != NULL)
		return march_ops(test->march);
	for (unsigned id = 0; id < MARCH_JOB_COUNT; id++) {
		if ((test->jobs >> id & 1) == 0)
			continue;
		march_job_make((enum march_job_id)id, &config, &job);
		ops += march_ops(job.march) * march_job_times(&job);
	}
	return ops;
}

static void print_head(struct sink out, const char *title)
{
	const char *what;

	fmt(out, "\n| %s | n |", title);
	for (size_t i = 0; i < COVERAGE_CLASSES; i++)
		fmt(out, " %s |", coverage_class(i, &what));
	fmt(out, "\n|---|");
	for (size_t i = 0; i <= COVERAGE_CLASSES; i++)
		fmt(out, "--:|");
	fmt(out, "\n");
}

static void print_row(struct sink out, struct sim_ram *ram, const struct coverage_test *test)
{
	fmt(out, "| %s | %u |", test->name, test_ops(test));
	for (size_t i = 0; i < COVERAGE_CLASSES; i++)
		fmt(out, " %u |", coverage_percent(ram, test, i));
	fmt(out, "\n");
}

static void print_algorithms(struct sink out, struct sim_ram *ram, bool flush)
{
	print_head(out, "algorithm");
	for (size_t i = 0; i < MARCH_COUNT + ARRAY_LEN(others); i++) {
		const struct march *march = i < MARCH_COUNT ? &marches[i] : others[i - MARCH_COUNT];

		print_row(out, ram,
			&(struct coverage_test){
				.name = march->name, .march = march, .flush = flush});
	}
}

static void print_classes(struct sink out)
{
	const char *what;

	fmt(out, "\n| class | what the memory does |\n|---|---|\n");
	for (size_t i = 0; i < COVERAGE_CLASSES; i++) {
		const char *name = coverage_class(i, &what);

		fmt(out, "| %s | %s |\n", name, what);
	}
}

static void print_notes(struct sink out)
{
	fmt(out,
		"\nWhere this differs from tables for single bits, worked out on paper:\n\n"
		"- AF: three kinds are tried (no cell, another's cell, two cells that read as their AND); the dead word\n"
		"  is found by any test, so the share of weak tests is higher.\n"
		"- SOF: a sense amplifier serves one column. Where an element begins with the value that the one before\n"
		"  it ended with, the neighbour just read hides the open cell: 0 or 33 instead of 17.\n"
		"- CFds: rewriting writes only; writes that change the aggressor are CFid.\n"
		"- linked: both aggressors lie on either side of the victim in all orders, the first 83 or 70 where\n"
		"  longer rows of cells give 85 or 74.\n"
		"- March C- and others find some dynamic faults at the ends of memory, where the last line written is\n"
		"  the first one read back: a large memory does not have that luck.\n"
		"- line: a line reaches memory as a whole, word after word. What an earlier word does to a later one is\n"
		"  written over at once; nothing that uses cached memory can see it.\n"
		"- line, word: the solid background gives all bits one value; the other backgrounds are there for these\n"
		"  two, see the checks above.\n");
}

static void print_sources(struct sink out)
{
	static const char directions[] = {[MARCH_UP] = 'U', [MARCH_DOWN] = 'D', [MARCH_ANY] = 'A'};

	fmt(out, "\n## The algorithms\n\n"
		 "U: addresses upwards, D: downwards, A: either way; a `rest` stands before the "
		 "element it precedes.\n\n| algorithm | steps | source |\n|---|---|---|\n");
	for (size_t m = 0; m < MARCH_COUNT; m++) {
		fmt(out, "| %s | ", marches[m].name);
		for (unsigned e = 0; e < marches[m].count; e++) {
			const struct march_element *element = &marches[m].elements[e];

			fmt(out, "%s%s%c(", e > 0 ? "; " : "", element->rest ? "rest; " : "",
				directions[element->direction]);
			for (unsigned o = 0; o < element->count; o++)
				fmt(out, "%s%c%u", o > 0 ? "," : "",
					element->ops[o].act == MARCH_READ ? 'r' : 'w',
					element->ops[o].background);
			fmt(out, ")");
		}
		fmt(out, " | %s |\n", marches[m].source);
	}
}

void coverage_document(struct sink out)
{
	struct sim_ram ram;

	if (!coverage_ram(&ram))
		abort();
	fmt(out,
		"# Fault coverage\n\n"
		"Generated by `make docs`, which runs the real kernel loops, 64 and 128 bits wide, on simulated\n"
		"faulty memory behind a cache: percent of the faults of a class that are found whatever the memory\n"
		"held before. One fault at a time, in every kind and every order of its cells; n is the number of\n"
		"words read and written per word of memory. How often each fault happens in real memory it does\n"
		"not say.\n");
	print_classes(out);
	fmt(out,
		"\n## The checks as they run\n\n"
		"On their own backgrounds; only `mem.march-ss` takes every operation past the caches.\n");
	print_head(out, "check");
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		print_row(out, &ram, &ours[i]);
	fmt(out,
		"\n## Algorithms when every operation reaches the cells\n\n"
		"On the solid background alone, with a flush after every operation, a line of 64 bytes at a time.\n"
		"The last two rows are how other memory testers are described.\n");
	print_algorithms(out, &ram, true);
	print_notes(out);
	fmt(out,
		"\n## Algorithms as a cache leaves them\n\n"
		"The same without the flushes: of all operations on a line the memory sees one fetch and one later\n"
		"write-back. March SS and March RAW then find no more than March C-.\n");
	print_algorithms(out, &ram, false);
	print_sources(out);
	sim_ram_free(&ram);
}
