/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counting and folding of any number of mismatches, what faults look like in them, and the pages they cost. */
#include "core/rng.h"
#include "memtest/bad_pages.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

#define MIB ((uint64_t)1 << 20)

static void test_bit_counts(void)
{
	static struct bit_counts a, b;
	struct rng rng = {1};
	uint64_t plain[64] = {0};

	for (unsigned n = 0; n < 50000; n++) {
		uint64_t bits = rng_next(&rng);

		bits = n % 3 == 0   ? bits
		       : n % 3 == 1 ? bits & rng_next(&rng)
				    : UINT64_MAX << n % 64;
		bit_counts_add(n % 5 == 0 ? &b : &a, bits);
		for (unsigned i = 0; i < 64; i++)
			plain[i] += bits >> i & 1;
	}
	bit_counts_merge(&a, &b);
	for (unsigned i = 0; i < 64; i++)
		CHECK_U64(bit_count(&a, i), plain[i]);
}

/* ---- page ranges ---- */

#define MODEL 4096

/* Against a list that is never full: each page added is in some entry, counts add up, and `between` allows for the rest. */
static void check_model(const struct page_range *at, size_t count, const uint64_t *model)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t mismatches = 0, clean = 0;

		CHECK(at[i].first <= at[i].last && at[i].last < MODEL);
		CHECK(i == 0 || at[i].first > at[i - 1].last + 1);
		for (uint64_t p = at[i].first; p <= at[i].last; p++) {
			mismatches += model[p];
			clean += model[p] == 0;
		}
		CHECK_U64(at[i].mismatches, mismatches);
		CHECK(at[i].between >= clean, "%" PRIu64 " < %" PRIu64, at[i].between, clean);
	}
}

static void test_page_ranges(void)
{
	static const size_t caps[] = {4, 16, 64, 4096};
	static struct page_range at[4096];
	struct rng rng = {2};

	for (unsigned round = 0; round < 40; round++) {
		const size_t cap = caps[round % 4];
		uint64_t model[MODEL] = {0}, sum = 0;
		size_t count = 0;

		for (unsigned n = 0; n < 200; n++) {
			struct page_range add = {
				.first = rng_below(&rng, MODEL - 8), .mismatches = 0};

			add.last = add.first + (round & 4 ? rng_below(&rng, 8) : 0);
			for (uint64_t p = add.first; p <= add.last; p++) {
				model[p]++;
				add.mismatches++;
			}
			const size_t in = page_ranges_add(at, cap, &count, &add);

			CHECK(count < cap && in < count);
			CHECK(at[in].first <= add.first && add.last <= at[in].last);
		}
		check_model(at, count, model);
		for (size_t i = 0; i < count; i++)
			sum += cap == 4096 ? at[i].between : 0;
		CHECK_U64(sum, 0);
	}
}

/* The gap that is given up is the smallest. */
static void test_cheapest_gap(void)
{
	static const uint64_t pages[] = {0, 100, 1000, 1010, UINT64_MAX >> PAGE4K_BITS, 5000};
	struct page_range at[6];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		page_ranges_add(at, 6, &count, &(struct page_range){pages[i], pages[i], 1, 0});
	CHECK_U64(count, 5);
	CHECK_U64(at[2].first, 1000);
	CHECK_U64(at[2].last, 1010);
	CHECK_U64(at[2].between, 9);
	CHECK_U64(at[2].mismatches, 2);
}

/* ---- signatures ---- */

struct sample {
	struct mem_signs signs;
	struct signature_facts facts;
};

static struct sample sample_new(uint64_t tested_bytes)
{
	return (struct sample){.facts = {.lowest = UINT64_MAX,
				       .tested_words = tested_bytes / 8,
				       .varying = tested_bytes - 8}};
}

static void add(struct sample *s, uint64_t physical, uint64_t flipped)
{
	const uint64_t expected = 0x5555555555555555;

	signs_add(&s->signs, physical, expected, expected ^ flipped, expected ^ flipped);
	s->facts.words++;
	if (physical < s->facts.lowest)
		s->facts.lowest = physical;
	if (physical > s->facts.highest)
		s->facts.highest = physical;
	s->facts.span_words = (s->facts.highest - s->facts.lowest) / 8 + 1;
}

static struct signature look(const struct sample *s)
{
	struct signature ret;

	signature_find(&s->signs, &s->facts, &ret);
	return ret;
}

static void test_cells(void)
{
	struct sample s = sample_new(64 * MIB);

	add(&s, 0x123458, 1 << 5);
	CHECK_STR(signature_name(look(&s).kind), "cell");
	add(&s, 0x2123458, 1 << 9);
	CHECK_STR(signature_name(look(&s).kind), "cells");
	for (unsigned i = 2; i < 8; i++)
		add(&s, i * 0x345670, (uint64_t)1 << i * 7);
	CHECK_STR(signature_name(look(&s).kind), "cells");
	add(&s, 0x3fff000, 1);
	CHECK_STR(signature_name(look(&s).kind), "scattered");
}

static void test_row(void)
{
	struct sample s = sample_new(64 * MIB);

	for (unsigned i = 0; i < 3; i++)
		add(&s, 0x200000 + i * 0x1238, (uint64_t)1 << i * 20);
	CHECK_STR(signature_name(look(&s).kind), "row");
	for (unsigned i = 0; i < 500; i++)
		add(&s, 0x200000 + i * 128, 0xff << 8);
	CHECK_STR(signature_name(look(&s).kind), "row");
	CHECK_U64(look(&s).core.first, 0x200);
	CHECK_U64(look(&s).core.last, 0x20f);
	CHECK_U64(look(&s).lane.first, 8);
	CHECK_U64(look(&s).lane.count, 8);
	for (unsigned i = 0; i < 8; i++) /* strays elsewhere hide it not */
		add(&s, 0x1000000 + i * 0x100000, 1);
	CHECK_STR(signature_name(look(&s).kind), "row");
	for (unsigned i = 0; i < 64; i++)
		add(&s, 0x1000000 + i * 0x20000, 1);
	CHECK_STR(signature_name(look(&s).kind), "lane");
}

static void test_lane(void)
{
	static const struct {
		uint64_t flipped;
		struct signature_lane lane;
	} cases[] = {{(uint64_t)1 << 63, {63, 1}}, {0x30, {4, 4}}, {0x90, {4, 4}}, {0x18, {0, 8}},
		{(uint64_t)0x81 << 40, {40, 8}}, {0x180, {0, 0}}, {0x5500000000000055, {0, 0}}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sample s = sample_new(64 * MIB);
		struct signature found;

		for (unsigned n = 0; n < 1000; n++)
			add(&s, n * 0xfff8, cases[i].flipped);
		add(&s, 0x10, UINT64_MAX >> 8); /* one of another kind */
		found = look(&s);
		CHECK_STR(
			signature_name(found.kind), cases[i].lane.count > 0 ? "lane" : "scattered");
		CHECK_U64(found.lane.count, cases[i].lane.count);
		CHECK_U64(found.lane.first, cases[i].lane.first);
	}
}

static void test_address_line(void)
{
	for (unsigned line = 3; line < 22; line++) {
		for (unsigned value = 0; value < 2; value++) {
			struct sample s = sample_new(4 * MIB);
			struct signature found;

			for (uint64_t a = 0; a < 4 * MIB; a += 8) {
				if ((a >> line & 1) == value)
					add(&s, a, 0xf0f);
			}
			found = look(&s);
			/* Half of all memory in one piece: that cannot be told from a dead half. */
			if (line == 21) {
				CHECK_STR(signature_name(found.kind), "region");
				continue;
			}
			CHECK_STR(signature_name(found.kind), "address-line");
			CHECK(found.has_line);
			CHECK_U64(found.line, line);
			CHECK_U64(found.line_value, value);
		}
	}
}

static void test_region(void)
{
	struct sample s = sample_new(64 * MIB);

	for (uint64_t a = 0x100000; a < 0x200000; a += 8)
		add(&s, a, UINT64_MAX);
	CHECK_STR(signature_name(look(&s).kind), "region");
	for (unsigned i = 0; i < 100; i++)
		add(&s, 0x1000000 + i * 0x20008, 1);
	CHECK_STR(signature_name(look(&s).kind), "region");
	CHECK_U64(look(&s).core.first, 0x100);
	CHECK_U64(look(&s).core.last, 0x1ff);
	for (unsigned i = 0; i < 20000; i++)
		add(&s, 0x1000000 + i * 0x808, (uint64_t)1 << i % 64);
	CHECK_STR(signature_name(look(&s).kind), "scattered");
}

/* ---- in checks ---- */

static const struct rig_finding *last_of(const struct rig *rig)
{
	return &rig->findings[rig->finding_count - 1];
}

static void test_in_checks(void)
{
	static const struct {
		const char *faults, *signature;
		enum finding_code code;
		uint64_t bad_pages;
	} cases[] = {
		{"dead=0x200000:0x100000", "region", FINDING_MEM_BIT_ERROR, 256},
		{"dead=0x200000:0x2000", "row", FINDING_MEM_BIT_ERROR, 2},
		{"line=14", "address-line", FINDING_MEM_ADDRESS_ALIAS, 0},
		{"stuck=0x100008:4:1 stuck=0x200008:5:1 stuck=0x100010008:6:0 stuck=0x100200000:7:1",
			"lane", FINDING_MEM_BIT_ERROR, 4},
		{"stuck=0x100008:4:1 stuck=0x200008:15:1 stuck=0x100010008:26:0 "
		 "stuck=0x100200000:7:1",
			"cells", FINDING_MEM_BIT_ERROR, 4},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct rig *rig = rig_new(8 * MIB, cases[i].faults);
		const struct bad_pages *pages = &rig->session->bad_pages;
		uint64_t bad = 0, mismatches = 0;

		CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
		CHECK_STR(rig_text(last_of(rig), "signature"), cases[i].signature);
		CHECK_U64(last_of(rig)->code, cases[i].code);
		CHECK_U64(rig_field(last_of(rig), "count"), rig->mismatches);
		CHECK(rig->finding_count <= MEM_TOLD_PER_CHECK + 1);
		for (size_t p = 0; p < pages->count; p++) {
			bad += pages->at[p].last - pages->at[p].first + 1;
			mismatches += pages->at[p].mismatches;
		}
		CHECK_U64(bad, cases[i].bad_pages);
		CHECK_U64(mismatches + pages->aliases, rig->mismatches);
		CHECK_U64(pages->row_count, i == 1);
		rig_free(rig);
	}
}

/* Many checks that fail: one finding each and the sum, once the run's share is used up. */
static void test_bound_of_a_run(void)
{
	struct rig *rig = rig_new(MIB, "dead=0x110000:0x1000");
	size_t before = 0;

	for (unsigned n = 0; n < 12; n++) {
		before = rig->finding_count;
		rig->finding_count = n == 8 ? 0 : before;
		CHECK_U64(rig_run(rig, n % 2 ? &mem_random_check : &mem_march_c_check), FAIL);
		CHECK_U64(rig->finding_count - (n == 8 ? 0 : before),
			n < MEM_TOLD_PER_RUN / MEM_TOLD_PER_CHECK ? MEM_TOLD_PER_CHECK + 1 : 2);
		if (n == 6)
			rig->finding_count = 0;
	}
	rig_free(rig);
}

static enum finding_code tell_plainly(struct run *run, const void *arg, unsigned cpu,
	const struct mem_error *error, uint64_t count)
{
	mem_tell_bit_error(run, arg, cpu, error, count);
	return FINDING_MEM_BIT_ERROR;
}

/* Mismatches that accuse no cell cost no page, but are counted. */
static void test_left_out(void)
{
	struct rig *rig = rig_new(MIB, "");
	struct mem_session *m = rig->session;
	struct mem_errors *errors = &m->errors[0];

	CHECK_U64(rig_run(rig, &mem_march_c_check), PASS);
	m->log = (struct mem_log){0};
	mem_errors_clear(errors);
	for (unsigned i = 0; i < 1000; i++)
		mem_errors_add(errors, &(struct mem_error){.physical = 0x110000 + 8 * i,
					       .expected = 1,
					       .actual = i < 900 ? 3 : 2,
					       .reread = i < 900 ? 1 : 2});
	CHECK_U64(errors->signs.transient, 900);
	mem_log_take(&m->log, &rig->run, &(struct mem_teller){tell_plainly, "test"}, 0, errors);
	CHECK_U64(m->bad_pages.read_path, 900);
	CHECK_U64(m->bad_pages.count, 1);
	CHECK_U64(m->bad_pages.at[0].first, 0x111);
	CHECK_U64(m->bad_pages.at[0].last, 0x111);
	CHECK_U64(m->bad_pages.at[0].mismatches, 100);
	mem_errors_clear(errors);
	CHECK_U64(errors->signs.transient + errors->signs.page_count + errors->signs.ones, 0);
	rig_free(rig);
}

int main(void)
{
	test_bit_counts();
	test_page_ranges();
	test_cheapest_gap();
	test_cells();
	test_row();
	test_lane();
	test_address_line();
	test_region();
	test_in_checks();
	test_bound_of_a_run();
	test_left_out();
	return test_end(__FILE__);
}
