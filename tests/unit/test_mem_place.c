/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which DIMM and node a finding names: one, several and why, none. */
#include "memtest/place.h"
#include "tests/test.h"
#include "tests/unit/mem_rig.h"

static struct inventory inventory = {.count = 4,
	.parts = {{.kind = PART_MEMORY, .id = "mem"},
		{.kind = PART_DIMM, .id = "dimm0", .location = "DIMM_A1", .serial = "0001AB"},
		{.kind = PART_DIMM,
			.id = "dimm1",
			.location = "DIMM_B1",
			.serial = "0002CD",
			.part_number = "M393A2K40"},
		{.kind = PART_DIMM, .id = "dimm2"}}};

/* dimm0 below 1.25 MiB; dimm0 and dimm1 up to 1.5 MiB; dimm1 above 4 GiB, then six of them. Nodes 3 and 7. */
static const struct topology known = {.node_count = 2,
	.node_names = {3, 7},
	.node_range_count = 2,
	.node_ranges = {{0, 0x140000, 0}, {0x100000000, 0x100080000, 1}},
	.dimm_range_count = 4,
	.dimm_ranges = {{0x100000, 0x140000, {{1}}}, {0x140000, 0x180000, {{3}}},
		{0x100000000, 0x100040000, {{2}}}, {0x100040000, 0x100060000, {{0x3f}}}},
	.dimm_why = "2-way interleaving"};

static void test_place(void)
{
	static const struct {
		uint64_t low, high;
		const char *part, *dimm, *words;
		uint64_t node; /* 99: not known */
	} cases[] = {
		{0x100008, 0x100008, "dimm0", "DIMM_A1", "Slot DIMM_A1, serial 0001AB.", 3},
		{0x100000000, 0x10003fff8, "dimm1", "DIMM_B1",
			"Slot DIMM_B1, serial 0002CD, part number M393A2K40.", 7},
		{0x140000, 0x140000, "mem", "DIMM_A1, DIMM_B1",
			"It is one of the slots DIMM_A1, DIMM_B1 (2-way interleaving).", 99},
		{0x13fff8, 0x140000, "mem", "DIMM_A1, DIMM_B1",
			"It spreads over the slots DIMM_A1, DIMM_B1 (2-way interleaving).", 99},
		{0x100008, 0x100000000, "mem", "DIMM_A1, DIMM_B1",
			"It spreads over the slots DIMM_A1, DIMM_B1 (2-way interleaving).", 99},
		{0x100040000, 0x100040000, "mem", "DIMM_A1, DIMM_B1, dimm2, dimm3 and 2 more",
			"It is one of the slots DIMM_A1, DIMM_B1, dimm2, dimm3 and 2 more "
			"(2-way interleaving).",
			7},
		{0x100070000, 0x100070000, "mem", "", "The firmware does not say which DIMM.", 7},
		{0x8, 0x8, "mem", "", "The firmware does not say which DIMM.", 3},
	};
	const struct run run = {.topology = &known, .inventory = &inventory};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mem_place place;

		mem_place(&run, cases[i].low, cases[i].high, &place);
		CHECK_STR(place.part, cases[i].part);
		CHECK_STR(place.dimm, cases[i].dimm);
		CHECK_STR(place.words, cases[i].words);
		CHECK_U64(place.has_node ? place.node : 99, cases[i].node);
	}
}

/* Findings about single words, aliases and sums are about that part, and say so. */
static void test_findings(void)
{
	struct rig *rig = rig_new(
		1 << 20, "stuck=0x100008:5:1 stuck=0x140008:5:1 stuck=0x100070008:5:1");
	struct rig_finding *f = rig->findings;

	rig->topology = known;
	rig->run.inventory = &inventory;
	CHECK_U64(rig_run(rig, &mem_march_c_check), FAIL);
	CHECK_U64(rig->finding_count, 4);
	for (size_t i = 0; i < 3; i++) {
		const uint64_t address = rig_field(&f[i], "address");
		const bool one = address == 0x100008, some = address == 0x140008;

		CHECK_STR(f[i].part, one ? "dimm0" : "mem");
		CHECK_STR(rig_text(&f[i], "dimm"), one    ? "DIMM_A1"
						   : some ? "DIMM_A1, DIMM_B1"
							  : "");
		CHECK(strstr(f[i].message, one    ? "serial 0001AB"
					   : some ? "2-way interleaving"
						  : "does not say which DIMM") != NULL,
			"%s", f[i].message);
		CHECK_U64(rig_field(&f[i], "node"), one ? 3 : some ? 0xdead : 7);
	}
	CHECK_STR(f[3].part, "mem");
	CHECK_STR(rig_text(&f[3], "dimm"), "DIMM_A1, DIMM_B1, dimm2, dimm3 and 2 more");
	CHECK(strstr(f[3].message, "spreads over") != NULL);
	rig_free(rig);

	rig = rig_new(1 << 20, "alias=0x101000:0x121000");
	f = rig->findings;
	rig->topology = known;
	rig->run.inventory = &inventory;
	CHECK_U64(rig_run(rig, &mem_address_check), FAIL);
	CHECK_STR(f->part, "dimm0");
	CHECK_STR(rig_text(f, "dimm"), "DIMM_A1");
	CHECK_STR(rig_text(f, "class"), "address-alias");
	rig_free(rig);
}

int main(void)
{
	test_place();
	test_findings();
	return test_end(__FILE__);
}
