/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* badram.txt: every form covers every bad page, by the rules of whoever reads it; and costs as little as can be. */
#include "core/bytes.h"
#include "core/rng.h"
#include "report/badram.h"
#include "tests/test.h"
#include <stdlib.h>

#define PAGES 4096 /* in the small world of the properties, from page BASE */
#define BASE  ((uint64_t)0x100000 - 1024)

static char text[1 << 20];
static size_t used;

static void keep(void *ctx, const char *more, size_t len)
{
	(void)ctx;
	CHECK(used + len < sizeof(text));
	memcpy(text + used, more, len);
	used += len;
	text[used] = '\0';
}

static const char *render(const struct bad_pages *pages)
{
	used = 0;
	badram_write(pages, "0007", (struct sink){keep, NULL});
	return text;
}

/* Random pages, in up to `most` ranges. */
static void make_pages(
	struct rng *rng, size_t most, uint64_t longest, struct bad_pages *ret, bool bad[PAGES])
{
	memset(bad, 0, PAGES * sizeof(*bad));
	*ret = (struct bad_pages){0};
	for (size_t i = 0; i < most; i++) {
		const uint64_t first = rng_below(rng, PAGES - longest);
		const uint64_t count = 1 + rng_below(rng, longest);

		memset(bad + first, 1, count);
	}
	for (uint64_t p = 0; p < PAGES; p++) {
		struct page_range *r = &ret->at[ret->count];

		if (!bad[p])
			continue;
		if (p > 0 && bad[p - 1])
			r[-1].last++;
		else
			ret->at[ret->count++] = (struct page_range){BASE + p, BASE + p, 1, 0};
	}
}

static unsigned count_beside(const bool *covered, const bool *bad)
{
	unsigned beside = 0;

	for (unsigned p = 0; p < PAGES; p++) {
		CHECK(covered[p] || !bad[p], "page %u", p);
		beside += covered[p] && !bad[p];
	}
	return beside;
}

/* What GRUB leaves out: page & mask == addr & mask. Returns the number of pairs. */
static unsigned grub_rule(const char *at, bool covered[PAGES])
{
	unsigned pairs = 0;
	char *end;

	memset(covered, 0, PAGES * sizeof(*covered));
	for (;; at = end + 1, pairs++) {
		const uint64_t address = strtoull(at, &end, 0);
		uint64_t mask;

		CHECK(*end == ',');
		mask = strtoull(end + 1, &end, 0);
		for (uint64_t p = 0; p < PAGES; p++)
			covered[p] |= ((BASE + p) * PAGE4K_BYTES & mask) == (address & mask);
		if (*end != ',')
			return pairs + 1;
	}
}

/* What Linux reserves: memmap=size$start, where `dollar` stands for the character. */
static unsigned linux_rule(const char *at, const char *dollar, bool covered[PAGES])
{
	unsigned options = 0;

	memset(covered, 0, PAGES * sizeof(*covered));
	while (strncmp(at, "memmap=", 7) == 0) {
		char *end;
		const uint64_t bytes = strtoull(at + 7, &end, 10) * 1024;
		uint64_t start;

		CHECK(*end == 'K');
		CHECK(strncmp(end + 1, dollar, strlen(dollar)) == 0, "%.40s", at);
		start = strtoull(end + 1 + strlen(dollar), &end, 16);
		CHECK(bytes > 0 && bytes % PAGE4K_BYTES == 0 && start % PAGE4K_BYTES == 0);
		for (uint64_t p = start / PAGE4K_BYTES; p < (start + bytes) / PAGE4K_BYTES; p++) {
			CHECK(p >= BASE && p < BASE + PAGES);
			if (p - BASE < PAGES)
				covered[p - BASE] = true;
		}
		options++;
		at = *end == ' ' ? end + 1 : end;
	}
	return options;
}

static unsigned windows_rule(const char *at, bool covered[PAGES])
{
	unsigned frames = 0;

	memset(covered, 0, PAGES * sizeof(*covered));
	for (; *at == ' '; frames++) {
		char *end;

		covered[strtoull(at, &end, 16) - BASE] = true;
		at = end;
	}
	CHECK(strncmp(at, "\nbcdedit /set badmemoryaccess no\n", 32) == 0);
	return frames;
}

/* What follows `start` at the beginning of a line. */
static const char *after(const char *start)
{
	const char *at = text;

	while ((at = strstr(at, start)) != NULL && at > text && at[-1] != '\n')
		at++;
	CHECK(at != NULL, "%s", start);
	return at != NULL ? at + strlen(start) : "";
}

static void test_every_form_covers(void)
{
	static const char linux_default[] = "GRUB_CMDLINE_LINUX=\"";
	static bool bad[PAGES], covered[PAGES];
	struct rng rng = {7};

	for (unsigned n = 0; n < 200; n++) {
		static struct bad_pages pages;
		unsigned beside, all = 0;
		const char *at;

		make_pages(
			&rng, 1 + rng_below(&rng, n % 4 ? 30 : 250), n % 3 ? 1 : 40, &pages, bad);
		for (unsigned p = 0; p < PAGES; p++)
			all += bad[p];
		render(&pages);
		CHECK(grub_rule(after("badram "), covered) <= BADRAM_BLOCKS);
		beside = count_beside(covered, bad);
		CHECK_U64(grub_rule(after("GRUB_BADRAM=\""), covered) <= BADRAM_BLOCKS, 1);
		CHECK_U64(count_beside(covered, bad), beside);
		CHECK(beside == 0 || strstr(text, "more pages (") != NULL);

		at = strstr(text, "\nmemmap=") + 1;
		CHECK(linux_rule(at, "$0x", covered) <= BADRAM_MEMMAP);
		beside = count_beside(covered, bad);
		CHECK(pages.count > BADRAM_MEMMAP || beside == 0);
		at = strstr(strchr(at, '\n'), "\nmemmap=") + 1;
		linux_rule(at, "\\$0x", covered);
		CHECK_U64(count_beside(covered, bad), beside);
		linux_rule(after(linux_default), "\\\\\\$0x", covered);
		CHECK_U64(count_beside(covered, bad), beside);

		if (all > BADRAM_FRAMES) {
			CHECK(strstr(text, "bcdedit") == NULL);
			continue;
		}
		CHECK_U64(windows_rule(after("bcdedit /set {badmemory} badmemorylist"), covered),
			all);
		CHECK_U64(count_beside(covered, bad), 0);
	}
}

/* The least that any cover by at most `k` aligned blocks costs, by trying. Blocks inside [first, first + 2^bits). */
static unsigned least_cost(const bool *bad, unsigned first, unsigned bits, unsigned k)
{
	const unsigned pages = 1u << bits;
	unsigned wanted = 0, best;

	for (unsigned p = first; p < first + pages; p++)
		wanted += bad[p];
	if (wanted == 0)
		return 0;
	if (k == 0)
		return 1000000;
	best = pages - wanted;
	for (unsigned i = 0; bits > 0 && i <= k; i++) {
		const unsigned cost = least_cost(bad, first, bits - 1, i) +
				      least_cost(bad, first + pages / 2, bits - 1, k - i);

		best = cost < best ? cost : best;
	}
	return best;
}

/* Exact and minimal while the blocks suffice. */
static void test_exact(void)
{
	static const struct {
		struct page_range at[3];
		size_t count, blocks;
	} cases[] = {
		{{{5, 5, 1, 0}}, 1, 1},
		{{{4, 7, 1, 0}}, 1, 1},
		{{{3, 8, 1, 0}}, 1, 3},
		{{{1, 1000, 1, 0}}, 1, 15},
		{{{0, 0xfffffffff, 1, 0}}, 1, 1},
		{{{0, 0, 1, 0}, {2, 2, 1, 0}, {0xfffffffffffff, 0xfffffffffffff, 1, 0}}, 3, 3},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct badram_block blocks[BADRAM_BLOCKS];
		uint64_t beside, covered = 0, wanted = 0;

		CHECK_U64(badram_cover(cases[i].at, cases[i].count, blocks, &beside),
			cases[i].blocks);
		CHECK_U64(beside, 0);
		for (size_t b = 0; b < cases[i].blocks; b++) {
			CHECK_U64(blocks[b].first & (((uint64_t)1 << blocks[b].bits) - 1), 0);
			covered += (uint64_t)1 << blocks[b].bits;
		}
		for (size_t r = 0; r < cases[i].count; r++)
			wanted += cases[i].at[r].last - cases[i].at[r].first + 1;
		CHECK_U64(covered, wanted);
	}
}

/* No cover by so many blocks gives up fewer good pages: tried in a world of 64 pages. */
static void test_cheapest(void)
{
	struct rng rng = {9};

	for (unsigned n = 0; n < 40; n++) {
		struct badram_block blocks[BADRAM_BLOCKS];
		struct page_range at[32];
		bool bad[64] = {0};
		uint64_t beside;
		size_t count = 0;

		for (unsigned p = 0; p < 64; p++) {
			bad[p] = rng_below(&rng, 2 + n % 3) == 0 || p == n;
			if (bad[p] && p > 0 && bad[p - 1])
				at[count - 1].last++;
			else if (bad[p])
				at[count++] = (struct page_range){p, p, 1, 0};
		}
		badram_cover(at, count, blocks, &beside);
		CHECK_U64(beside, least_cost(bad, 0, 6, BADRAM_BLOCKS));
	}
}

static void test_words(void)
{
	static struct bad_pages pages = {.count = 2,
		.at = {{0x100, 0x100, 12, 0}, {0x200000, 0x20ffff, 34, 5}},
		.row_count = 1,
		.rows = {{0x100, 0x101, 12, 0}},
		.read_path = 56,
		.aliases = 78};

	render(&pages);
	CHECK(strstr(text, "# Kiriwake run 0007:") == text);
	CHECK(strstr(text, "65537 pages of 4 KiB (256 MiB) in 2 ranges, 46 mismatches") != NULL);
	CHECK(strstr(text, "replacing the DIMM is the better way") != NULL);
	CHECK(strstr(text, "56 mismatches where the cells held the right value") != NULL);
	CHECK(strstr(text, "78 mismatches where another address") != NULL);
	CHECK(strstr(text, "one CPU only") == NULL);
	CHECK(strstr(text, "row-like: 0x100000-0x101fff") != NULL);
	CHECK(strstr(text, "enable post-package repair") != NULL);
	CHECK(strstr(text, "badram 0x0000000000100000,0xfffffffffffff000,0x0000000200000000,"
			   "0xfffffffff0000000\n") != NULL);
	CHECK(strstr(text, "65537 are too many for its command line") != NULL);
	CHECK(strstr(text, "# 0x0000000200000000 0x000000020fffffff 65536      34  (up to 5 pages "
			   "between did not fail)\n") != NULL);
	pages.row_count = 0;
	pages.count = 1;
	render(&pages);
	CHECK(strstr(text, "PPR") == NULL);
	CHECK(strstr(text, "better way") == NULL);
	CHECK(strstr(text, "badmemorylist 0x100\nbcdedit /set badmemoryaccess no\n") != NULL);
}

/* A shell reads /etc/default/grub; what GRUB gets from it is the form for grub.cfg. */
static void test_shell_level(void)
{
	static struct bad_pages pages = {.count = 1, .at = {{0x12345, 0x12346, 1, 0}}};
	const char *line;
	char command[256], got[128] = "";
	FILE *shell;

	render(&pages);
	line = after("GRUB_CMDLINE_LINUX=");
	fmt_to(command, sizeof(command), "sh -c '%s%.*s; printf %%s \"$V\"'",
		"V=", (int)(strchr(line, '\n') - line), line);
	shell = popen(command, "r");
	CHECK(shell != NULL && fgets(got, sizeof(got), shell) != NULL);
	pclose(shell);
	CHECK_STR(got, "memmap=8K\\$0x12345000");
}

int main(void)
{
	test_every_form_covers();
	test_exact();
	test_cheapest();
	test_words();
	test_shell_level();
	return test_end(__FILE__);
}
