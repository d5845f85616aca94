/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Tables of the memory room: algorithms, backgrounds, the own-address pattern, choosing by name. */
#include "core/fmt.h"
#include "core/rng.h"
#include "memtest/checks.h"
#include "memtest/own_address.h"
#include "memtest/patterns.h"
#include "tests/test.h"

#define LINE_BITS 512

/* In a sound March test every read expects what the last write left. */
static void test_reads_follow_writes(void)
{
	for (size_t m = 0; m < MARCH_COUNT; m++) {
		int holds = -1;

		CHECK(marches[m].name != NULL && strlen(marches[m].source) > 20);
		CHECK(marches[m].count > 0 && marches[m].count <= MARCH_ELEMENTS_MAX);
		for (unsigned e = 0; e < marches[m].count; e++) {
			const struct march_element *element = &marches[m].elements[e];

			CHECK(element->count > 0 && element->count <= MARCH_OPS_MAX);
			for (unsigned o = 0; o < element->count; o++) {
				if (element->ops[o].act == MARCH_WRITE)
					holds = (int)element->ops[o].background;
				CHECK((int)element->ops[o].background == holds, "%s element %u",
					marches[m].name, e);
			}
		}
	}
	CHECK_U64(march_ops(&marches[MARCH_MATS_PLUS]), 5);
	CHECK_U64(march_ops(&marches[MARCH_C_MINUS]), 10);
	CHECK_U64(march_ops(&marches[MARCH_MOVING_INVERSIONS]), 18);
	CHECK_U64(march_ops(&marches[MARCH_LR]), 14);
	CHECK_U64(march_ops(&marches[MARCH_SS]), 22);
	CHECK_U64(march_ops(&marches[MARCH_RAW]), 26);
	CHECK_U64(march_ops(&marches[MARCH_G]), 23);
}

/* Bit `bit` of a line, 0 .. 511, on a background that does not depend on the address. */
static bool bit_of(size_t background, unsigned bit)
{
	struct mem_data data;

	background_data(&backgrounds[background], 0, 0, &data);
	return data.line[bit / 64] >> bit % 64 & 1;
}

static void test_backgrounds_tell_bits_apart(void)
{
	for (unsigned a = 0; a < LINE_BITS; a++) {
		for (unsigned b = a + 1; b < LINE_BITS; b++) {
			bool apart = false;

			for (size_t i = 0; i < BACKGROUND_RANDOM; i++)
				apart |= bit_of(i, a) != bit_of(i, b);
			CHECK(apart, "bits %u and %u", a, b);
		}
	}
}

static void test_own_address(void)
{
	struct rng r = {7};

	for (unsigned i = 0; i < 1000; i++) {
		const struct own_address key = {rng_next(&r), i % 2 ? UINT64_MAX : 0};
		const uint64_t address = rng_next(&r) & ~(uint64_t)7;

		CHECK_U64(own_address_trace(key, own_address_value(key, address)), address);
	}
}

/* Eight words at a time or one by one: the same values. */
static void test_own_address_lines(void)
{
	const struct own_address key = {0x123456789abcdef0, UINT64_MAX};

	for (unsigned i = 0; i < OWN_ADDRESS_LINE_WORDS; i++)
		CHECK_U64(own_address_word(key, own_address_line(key, 0x12345678940), i),
			own_address_value(key, 0x12345678940 + 8 * i));
}

/* Any two bits of a page of random data hold every pair of values for about a quarter of the seeds. */
static void test_random_pairs(void)
{
	enum { SEEDS = 512, WORDS = SEEDS / 64, NEEDED = SEEDS / 7 };
	static const unsigned words[] = {0, 1, 2, 4, 64, 256, 510, 511};
	static uint64_t seeds_of[LINE_BITS]
				[WORDS]; /* a bit per seed: what that bit of the line holds */
	unsigned poor = 0;

	for (unsigned s = 0; s < SEEDS; s++) {
		const struct mem_data data = {.kind = DATA_RANDOM, .seed = s};

		for (unsigned b = 0; b < LINE_BITS; b++) {
			const uint64_t value = data_value(&data, 0x100001000 + words[b / 64] * 8);

			seeds_of[b][s / 64] |= (value >> b % 64 & 1) << s % 64;
		}
	}
	for (unsigned a = 0; a < LINE_BITS; a++) {
		for (unsigned b = a + 1; b < LINE_BITS; b++) {
			unsigned both = 0, first = 0, second = 0;

			for (unsigned w = 0; w < WORDS; w++) {
				const uint64_t x = seeds_of[a][w], y = seeds_of[b][w];

				both += (unsigned)__builtin_popcountll(x & y);
				first += (unsigned)__builtin_popcountll(x & ~y);
				second += (unsigned)__builtin_popcountll(~x & y);
			}
			poor += both < NEEDED || first < NEEDED || second < NEEDED ||
				SEEDS - both - first - second < NEEDED;
		}
	}
	CHECK_U64(poor, 0);
}

/* A line that is dead in one x4 chip must show in that chip's four bits, whichever line and chip. */
static void test_own_address_lanes(void)
{
	enum { TRIES = 400, LANES = 16 };
	struct rng r = {11};

	for (unsigned line = 3; line < 52; line++) {
		unsigned differs[LANES] = {0};

		for (unsigned i = 0; i < TRIES; i++) {
			const struct own_address key = {rng_next(&r), 0};
			const uint64_t address = rng_next(&r) >> 12 & ~(uint64_t)7;
			const uint64_t change = own_address_value(key, address) ^
						own_address_value(
							key, address ^ (uint64_t)1 << line);

			for (unsigned lane = 0; lane < LANES; lane++)
				differs[lane] += (change >> 4 * lane & 0xf) != 0;
		}
		for (unsigned lane = 0; lane < LANES; lane++)
			CHECK(differs[lane] > TRIES / 5, "line %u, lane %u: %u of %u", line, lane,
				differs[lane], (unsigned)TRIES);
	}
}

/* Flipped bits lead out of RAM: a damaged value is not taken for an alias. */
static void test_own_address_flips(void)
{
	const uint64_t ram_bytes = (uint64_t)1 << 46;
	struct rng r = {13};

	for (unsigned a = 0; a < 64; a++) {
		for (unsigned b = a; b < 64; b++) {
			const uint64_t flips = (uint64_t)1 << a | (uint64_t)1 << b;
			const struct own_address key = {rng_next(&r), b % 2 ? UINT64_MAX : 0};
			const uint64_t address = rng_next(&r) % ram_bytes & ~(uint64_t)7;
			const uint64_t value = own_address_value(key, address) ^ flips;

			CHECK(own_address_trace(key, value) >= ram_bytes, "bits %u and %u", a, b);
		}
	}
}

static struct config with_patterns(enum profile profile, const char *patterns)
{
	struct config config = {.profile = profile};

	text_copy(config.mem_patterns, sizeof(config.mem_patterns), patterns);
	return config;
}

static void test_choosing(void)
{
	static const struct {
		enum profile profile;
		const char *patterns;
		unsigned count;
		const char *unknown; /* NULL: none */
	} cases[] = {
		{PROFILE_QUICK, "", 2, NULL},
		{PROFILE_FULL, "", 11, NULL},
		{PROFILE_FULL, "solid", 1, NULL},
		{PROFILE_QUICK, "*s", 8, NULL},
		{PROFILE_QUICK, "checker  CHECKER che*", 1, NULL},
		{PROFILE_QUICK, "zebra", 2, "zebra"},
		{PROFILE_MEMORY, "solid stripes* x", 1, "stripes*"},
	};
	bool chosen[BACKGROUND_COUNT];
	char list[160];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct config config = with_patterns(cases[i].profile, cases[i].patterns);
		struct text unknown;

		CHECK_U64(patterns_choose(&config, chosen), cases[i].count);
		CHECK(patterns_unknown(&config, &unknown) == (cases[i].unknown != NULL));
		if (cases[i].unknown != NULL)
			CHECK(text_is(unknown, cases[i].unknown));
	}
	mem_pattern_list(list, sizeof(list));
	CHECK_STR(list, "solid, checker, pairs, nibbles, bytes, words, halves, columns, columns2, "
			"columns4, random, random-pair, walking-ones, walking-zeros");
	CHECK(mem_pattern_known((struct text){"n?bbles", 7}));
	CHECK(!mem_pattern_known((struct text){"", 0}));
}

static void test_bits_text(void)
{
	char buf[MEM_BITS_TEXT];

	CHECK_STR(mem_bits_text(buf, 0x20), "bit 5");
	CHECK_STR(mem_bits_text(buf, 0x8000000000000009), "bits 0, 3 and 63");
	CHECK_STR(mem_bits_text(buf, 0xf800000000000000), "bits 59, 60, 61, 62 and 63");
	CHECK_STR(mem_bits_text(buf, UINT64_MAX), "64 of 64 bits");
}

int main(void)
{
	test_reads_follow_writes();
	test_backgrounds_tell_bits_apart();
	test_own_address();
	test_own_address_lines();
	test_random_pairs();
	test_own_address_lanes();
	test_own_address_flips();
	test_choosing();
	test_bits_text();
	return test_end(__FILE__);
}
