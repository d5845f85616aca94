/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Sharing out memory: every word exactly once, whatever the ranges, CPUs and slices. */
#include "core/rng.h"
#include "memtest/checks.h"
#include "tests/test.h"
#include <stdlib.h>

#define PAGES_MAX 700

static uint8_t *memory;

/* Random ranges with random holes; `memory` stands for them one after the other. */
static void random_grant(struct rng *r, struct ram_grant *ret)
{
	uint64_t physical = PLAN_PAGE, at = 0;

	*ret = (struct ram_grant){.range_count = 1 + rng_below(r, 9)};
	for (size_t i = 0; i < ret->range_count; i++) {
		const uint64_t bytes = (1 + rng_below(r, PAGES_MAX / 10)) * PLAN_PAGE;

		physical += rng_below(r, 5) * PLAN_PAGE + (i == 4 ? (uint64_t)1 << 32 : 0);
		ret->ranges[i] = (struct ram_range){physical, bytes, memory + at};
		physical += bytes;
		at += bytes;
	}
	ret->granted_bytes = at;
}

static void count_words(
	const struct mem_plan *plan, struct mem_interval rest, bool downward, uint64_t *ret_words)
{
	uint64_t last = downward ? UINT64_MAX : 0;
	struct mem_chunk c;

	while (plan_take(plan, &rest, downward, &c)) {
		uint64_t *word;

		CHECK(c.count > 0 && c.count % 8 == 0);
		CHECK(downward ? c.physical < last : c.physical > last);
		CHECK(plan_word(plan, c.physical, &word) && word == c.words);
		last = c.physical;
		for (size_t i = 0; i < c.count; i++)
			c.words[i]++;
		*ret_words += c.count;
	}
}

static void test_every_word_once(void)
{
	static struct ram_grant grant;
	static struct mem_plan plan;
	struct rng r = {42};

	for (unsigned round = 0; round < 100; round++) {
		const unsigned parts = 1 + (unsigned)rng_below(&r, round % 3 ? 9 : 512);
		uint64_t words = 0, wrong = 0, longest, least = UINT64_MAX;

		memset(memory, 0, (size_t)PAGES_MAX * PLAN_PAGE);
		random_grant(&r, &grant);
		plan_make(&grant, 0, UINT64_MAX, &plan);
		CHECK_U64(plan.bytes, grant.granted_bytes);
		longest = interval_share((struct mem_interval){0, plan.bytes}, 0, parts).hi;
		for (unsigned p = 0; p < parts; p++) {
			const struct mem_interval share = interval_share(
				(struct mem_interval){0, plan.bytes}, p, parts);

			CHECK(share.hi - share.lo <= longest);
			if (share.hi - share.lo < least)
				least = share.hi - share.lo;
			count_words(&plan, share, round % 2, &words);
		}
		CHECK(longest - least <= PLAN_PAGE);
		CHECK_U64(words, plan.bytes / 8);
		for (uint64_t i = 0; i < plan.bytes / 8; i++)
			wrong += ((uint64_t *)(void *)memory)[i] != 1;
		CHECK_U64(wrong, 0);
	}
}

static void test_clipping(void)
{
	static const struct ram_grant grant = {.range_count = 2,
		.ranges = {{0x10000, 0x10000, NULL}, {0x100000000, 0x8000, NULL}}};
	static const struct {
		uint64_t low, high, bytes, first;
	} cases[] = {
		{0, UINT64_MAX, 0x18000, 0x10000},
		{0x11001, 0x12001, 0x2000, 0x11000},
		{0x1f000, 0x100001000, 0x2000, 0x1f000},
		{0x100000000, UINT64_MAX, 0x8000, 0x100000000},
		{0x20000, 0x100000000, 0, 0},
		{0x12000, 0x11000, 0, 0},
	};
	static struct mem_plan plan;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		plan_make(&grant, cases[i].low, cases[i].high, &plan);
		CHECK_U64(plan.bytes, cases[i].bytes);
		if (plan.bytes > 0)
			CHECK_U64(plan_physical(&plan, 0), cases[i].first);
	}
}

/* A CPU of `mb_per_s`, reached in 100 ms: slices come near the aim and stay below a second. */
static void learn(uint64_t mb_per_s)
{
	uint64_t slice_traffic = (uint64_t)1 << 20, took_ns = 0;

	for (unsigned i = 0; i < 30; i++) {
		const uint64_t traffic = work_piece_bytes(slice_traffic, 2, i == 0) * 2;

		took_ns = 100000000 + traffic * 1000 / mb_per_s;
		CHECK(took_ns < 1000000000 || traffic <= (uint64_t)2 << 20, "%u: %u ms", i,
			(unsigned)(took_ns / 1000000));
		slice_traffic = work_learn(slice_traffic, traffic, took_ns, true);
	}
	CHECK(took_ns > 500000000 && took_ns < 700000000);
}

static void test_slices(void)
{
	learn(10);
	learn(1000);
	learn(20000);
	CHECK_U64(work_piece_bytes(8192, 10, false), PLAN_PAGE);
	CHECK_U64(work_learn(8192, 4096, 1, false), 8192);
	CHECK_U64(work_learn(8192, 8192, 0, true), 8 * 8192);
	CHECK_U64(work_learn(8 * 8192, 8192, 1200000000, false), 4096);
}

int main(void)
{
	memory = aligned_alloc(PLAN_PAGE, (size_t)PAGES_MAX * PLAN_PAGE);
	test_every_word_once();
	test_clipping();
	test_slices();
	free(memory);
	return test_end(__FILE__);
}
