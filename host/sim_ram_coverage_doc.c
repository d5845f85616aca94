/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* docs/FAULT-COVERAGE.md: the measured tables and how to read them. Hardware: none. See sim_ram_coverage.h. */
#include "host/sim_ram_classes.h"
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

static void print_head(struct sink out, const char *title)
{
	const char *what;

	fmt(out, "\n| %s | n |", title);
	for (size_t i = 0; i < FAULT_CLASSES; i++)
		fmt(out, " %s |", fault_class(i, &what));
	fmt(out, "\n|---|");
	for (size_t i = 0; i <= FAULT_CLASSES; i++)
		fmt(out, "--:|");
	fmt(out, "\n");
}

static void print_row(
	struct sink out, const char *name, unsigned words, const struct coverage *found)
{
	fmt(out, "| %s | %u |", name, words);
	for (size_t i = 0; i < FAULT_CLASSES; i++)
		fmt(out, " %u |", coverage_percent(found, i));
	fmt(out, "\n");
}

/* ---- the checks ---- */

/* The checks of one profile, measured; in a run that takes no more than `count` of them the others stay out. */
struct profile_coverage {
	const char *name;
	size_t count; /* of those that the profile takes */
	size_t all;   /* and those on request */
	struct coverage_test tests[COVERAGE_CHECKS_MAX];
	struct coverage found[COVERAGE_CHECKS_MAX];
};

static void measure_profile(
	struct sim_ram *ram, enum profile profile, const char *name, struct profile_coverage *ret)
{
	ret->name = name;
	ret->count = coverage_checks(profile, false, ret->tests);
	ret->all = ret->count;
	if (profile != PROFILE_QUICK)
		ret->all += coverage_checks(profile, true, ret->tests + ret->count);
	for (size_t i = 0; i < ret->all; i++)
		coverage_measure(ram, &ret->tests[i], &ret->found[i]);
}

static void print_profile(struct sink out, const struct profile_coverage *p)
{
	struct coverage sum = {{0}};
	unsigned words = 0;
	char name[64];

	for (size_t i = 0; i < p->all; i++) {
		const unsigned n = coverage_cost(&p->tests[i]).words;

		fmt_to(name, sizeof(name), "`%s`, %s", p->tests[i].name,
			i < p->count ? p->name : "on request");
		print_row(out, name, n, &p->found[i]);
		if (i < p->count) {
			coverage_join(&sum, &p->found[i]);
			words += n;
		}
	}
	fmt_to(name, sizeof(name), "**all of profile %s**", p->name);
	print_row(out, name, words, &sum);
}

static void print_order(struct sink out, const struct profile_coverage *p)
{
	static const struct coverage nothing;
	struct coverage sum = nothing;

	fmt(out,
		"\n| profile %s | n | cost | finds, %% | per 100 of cost | adds, %% | per 100 of cost |\n"
		"|---|--:|--:|--:|--:|--:|--:|\n",
		p->name);
	for (size_t i = 0; i < p->count; i++) {
		const struct coverage_cost cost = coverage_cost(&p->tests[i]);
		const unsigned alone = coverage_gain(&nothing, &p->found[i]),
			       adds = coverage_gain(&sum, &p->found[i]);

		fmt(out, "| `%s` | %u | %u | %u.%02u | %u.%02u | %u.%02u | %u.%02u |\n",
			p->tests[i].name, cost.words, cost.cost, alone / 100, alone % 100,
			alone / cost.cost, alone * 100 / cost.cost % 100, adds / 100, adds % 100,
			adds / cost.cost, adds * 100 / cost.cost % 100);
		coverage_join(&sum, &p->found[i]);
	}
}

static void print_checks(struct sink out, const struct profile_coverage p[2])
{
	fmt(out,
		"\n## The checks as they run\n\n"
		"On their own data; `mem.march-raw` and `mem.march-ss` take every operation past the caches.\n");
	print_head(out, "check, profile");
	for (size_t i = 0; i < 2; i++)
		print_profile(out, &p[i]);
	fmt(out,
		"\n## Detection per byte moved\n\n"
		"In the order in which a run takes the checks, so that a budget that ends early has bought the most:\n"
		"each next one adds the most for its cost. *Finds* is the mean over all classes, *adds* what those above\n"
		"have not found. Cost is in words moved per word of memory; one with a flush counts %u, two minutes of\n"
		"rest %u. Those that add nothing here are there for what no cell model shows: signals, power, rows\n"
		"beside each other.\n",
		COVERAGE_FLUSH_COST, COVERAGE_REST_COST);
	for (size_t i = 0; i < 2; i++)
		print_order(out, &p[i]);
}

/* ---- the algorithms ---- */

static void print_algorithms(struct sink out, struct sim_ram *ram, bool flush)
{
	struct coverage found;

	print_head(out, "algorithm");
	for (size_t i = 0; i < MARCH_COUNT + ARRAY_LEN(others); i++) {
		const struct march *march = i < MARCH_COUNT ? &marches[i] : others[i - MARCH_COUNT];

		const struct coverage_test test = {
			.name = march->name, .march = march, .flush = flush};

		coverage_measure(ram, &test, &found);
		print_row(out, test.name, coverage_cost(&test).words, &found);
	}
}

static void print_classes(struct sink out)
{
	const char *what;

	fmt(out, "\n| class | what the memory does |\n|---|---|\n");
	for (size_t i = 0; i < FAULT_CLASSES; i++) {
		const char *name = fault_class(i, &what);

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
		"- line: a cache line reaches memory as one burst, and its words reach their cells at the same time: each\n"
		"  word's cells see the others as they were, and are disturbed when all are written. Not counted, because\n"
		"  nothing that uses memory through a cache can see it: what a word does to a later one of the same burst\n"
		"  before that has its own value.\n"
		"- random data: of one seed. Another one gives a few percent more or less where pairs of bits need\n"
		"  certain values, in line and word above all.\n"
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
	struct profile_coverage *profiles = calloc(2, sizeof(*profiles));
	struct sim_ram ram;

	if (profiles == NULL || !coverage_ram(&ram))
		abort();
	measure_profile(&ram, PROFILE_QUICK, "quick", &profiles[0]);
	measure_profile(&ram, PROFILE_FULL, "full", &profiles[1]);
	fmt(out,
		"# Fault coverage\n\n"
		"Generated by `make docs`, which runs the real kernel loops, 64 to 512 bits wide, on simulated\n"
		"faulty memory behind a cache: percent of the faults of a class that are found whatever the memory\n"
		"held before. One fault at a time, in every kind and every order of its cells; n is the number of\n"
		"words read and written per word of memory. How often each fault happens in real memory it does\n"
		"not say.\n");
	print_classes(out);
	print_checks(out, profiles);
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
	free(profiles);
}
