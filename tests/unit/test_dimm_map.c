/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which DIMM an address lies on, by SMBIOS types 17, 19 and 20: what is believed, and what is not. */
#include "core/text.h"
#include "evidence/dimm_map.h"
#include "evidence/smbios.h"
#include "tests/test.h"
#include "tests/unit/dimm_maker.h"
#include <stdlib.h>

#define RAM 7

static struct topology topology;
static struct ram_map ram;

/* RAM of so many bytes, with a hole from 3 to 4 GiB if there is more. */
static void set_ram(uint64_t bytes)
{
	const uint64_t low = bytes < 3 * GIB ? bytes : 3 * GIB;

	memset(&ram, 0, sizeof(ram));
	ram_map_add(&ram, 0, low, RAM, 0);
	ram_map_add(&ram, 4 * GIB, bytes - low, RAM, 0);
}

static void draw(const struct maker *m)
{
	memset(&topology, 0, sizeof(topology));
	dimm_map_read(table_of(m), &ram, &topology);
}

/* "0+2" for the DIMMs that an address may lie on; "" when not known. */
static const char *at(uint64_t physical)
{
	static char text[64];
	struct dimm_set set;
	size_t used = 0;

	text[0] = '\0';
	topology_dimms(&topology, physical, &set);
	for (unsigned i = 0; i < DIMMS_MAX; i++) {
		if (dimm_set_has(set, i))
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s%u", used > 0 ? "+" : "", i);
	}
	return text;
}

/* Four modules of 4 GiB, the second slot empty: device numbers 0, 2, 3 and 4 are dimm0 to dimm3. */
static void four_modules(struct maker *m, uint16_t second_array)
{
	m->len = 0;
	make_array(m, ARRAY_A, 3, 6, NO_ERROR);
	make_array(m, ARRAY_B, 3, 6, NO_ERROR);
	make_device(m, 0, ARRAY_A, 4096, "A1|BANK|Maker|SN0|PN");
	make_device(m, 1, ARRAY_A, 0, "A2");
	make_device(m, 2, ARRAY_A, 4096, "B1");
	make_device(m, 3, second_array, 4096, "C1");
	make_device(m, 4, second_array, 4096, "D1");
	set_ram(16 * GIB);
}

static void test_one_module(void)
{
	struct maker m = {.len = 0};

	draw(&m);
	CHECK_U64(topology.dimm_range_count, 0);
	CHECK_STR(at(0), "");
	make_device(&m, 0, ARRAY_A, 0, "A1");
	make_device(&m, 1, ARRAY_A, 1024, "A2");
	draw(&m);
	CHECK_STR(at(0), "0");
	CHECK_STR(at(UINT64_C(1) << 45), "0");
	CHECK_STR(topology.dimm_why, "it is the only one");
}

static void test_believed(bool wide)
{
	struct maker m;

	four_modules(&m, ARRAY_B);
	make_device_range(&m, 0, 0, 9 * GIB, 1, wide); /* with the hole in it */
	make_device_range(&m, 1, 0, 1, 0, wide);       /* an empty slot */
	make_device_range(&m, 2, 0, 9 * GIB, 2, wide);
	make_device_range(&m, 3, 9 * GIB, 13 * GIB, 0, wide);
	make_device_range(&m, 4, 13 * GIB, 17 * GIB, 0, wide);
	draw(&m);
	CHECK_STR(topology.dimm_why, "SMBIOS type 20");
	CHECK_U64(topology.dimm_range_count, 3);
	CHECK_STR(at(0), "0+1");
	CHECK_STR(at(9 * GIB - 1), "0+1");
	CHECK_STR(at(9 * GIB), "2");
	CHECK_STR(at(17 * GIB - 1), "3");
	CHECK_STR(at(17 * GIB), "");
	CHECK_U64(dimm_set_count(topology.dimms_unmapped), 0);
}

/* Each row is a set of type 20 ranges that cannot be right. */
static void test_not_believed(void)
{
	static const struct {
		const char *why;
		struct {
			unsigned device;
			uint64_t low, high;
			uint8_t position;
		} ranges[4];
	} cases[] = {
		{"names an empty slot",
			{{0, 0, 9 * GIB, 1}, {1, 0, 9 * GIB, 2}, {3, 9 * GIB, 17 * GIB, 1},
				{4, 9 * GIB, 17 * GIB, 2}}},
		{"names an empty slot", {{77, 0, 17 * GIB, 0}}},
		{"ends below the top of memory",
			{{0, 0, 8 * GIB, 1}, {2, 0, 8 * GIB, 2}, {3, 8 * GIB, 16 * GIB, 1},
				{4, 8 * GIB, 16 * GIB, 2}}},
		{"names one module of an interleaved set",
			{{0, 0, 5 * GIB, 0xff}, {2, 5 * GIB, 9 * GIB, 0xff},
				{3, 9 * GIB, 13 * GIB, 0}, {4, 13 * GIB, 17 * GIB, 0}}},
		{"does not add up to the modules' sizes",
			{{0, 0, 2 * GIB, 0}, {2, 2 * GIB, 9 * GIB, 0}, {3, 9 * GIB, 13 * GIB, 0},
				{4, 13 * GIB, 17 * GIB, 0}}},
		{"does not add up to the modules' sizes",
			{{0, 0, 9 * GIB, 0}, {3, 9 * GIB, 17 * GIB, 1}, {2, 9 * GIB, 17 * GIB, 2},
				{4, 9 * GIB, 17 * GIB, 3}}},
		{"leaves modules out",
			{{0, 0, 9 * GIB, 1}, {2, 0, 9 * GIB, 2}, {4, 13 * GIB, 17 * GIB, 0}}},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct maker m;

		four_modules(&m, ARRAY_A);
		for (size_t r = 0; r < 4 && cases[i].ranges[r].high > 0; r++)
			make_device_range(&m, cases[i].ranges[r].device, cases[i].ranges[r].low,
				cases[i].ranges[r].high, cases[i].ranges[r].position, false);
		draw(&m);
		CHECK(strstr(topology.dimm_why, cases[i].why) != NULL, "%s: %s", cases[i].why,
			topology.dimm_why);
		CHECK_STR(at(GIB), "0+1+2+3");
		CHECK_STR(at(100 * GIB), "0+1+2+3");
	}
}

/* Every module but the first has a little more than its own, and the first nearly nothing: where is the rest of it? */
static void test_short_changed(void)
{
	struct maker m;

	four_modules(&m, ARRAY_A);
	set_ram(14 * GIB);
	make_device_range(&m, 0, 0, GIB, 0, false);
	make_device_range(&m, 2, GIB, 6500 * MIB, 0, false);
	make_device_range(&m, 3, 6500 * MIB, 11000 * MIB, 0, false);
	make_device_range(&m, 4, 11000 * MIB, 15500 * MIB, 0, false);
	draw(&m);
	CHECK_STR(topology.dimm_why,
		"SMBIOS type 20 does not add up to the modules' sizes, type 19 knows one array");
}

/* Modules on different channels cannot lie one behind the other, whatever firmware says. */
static void test_channels(void)
{
	static const char *const names[][2] = {
		{"CHANNEL A DIMM 0", "CHANNEL B DIMM 0"},
		{"DIMM0|P0 Channel_c", "DIMM0|P0 Channel_d"},
		{"DIMM 0", "DIMM 1"},
		{"ChannelA-DIMM0", "ChannelA-DIMM1"},
	};

	set_ram(2 * GIB);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct maker m = {.len = 0};

		make_device(&m, 0, ARRAY_A, 1024, names[i][0]);
		make_device(&m, 1, ARRAY_A, 1024, names[i][1]);
		make_device_range(&m, 0, 0, GIB, 0, false);
		make_device_range(&m, 1, GIB, 2 * GIB, 0, false);
		draw(&m);
		CHECK_STR(at(0), i < 2 ? "0+1" : "0");
	}
}

static void test_arrays(void)
{
	struct maker m;

	four_modules(&m, ARRAY_B);
	make_array_range(&m, ARRAY_A, 0, 9 * GIB, false);
	make_array_range(&m, ARRAY_B, 9 * GIB, 17 * GIB, true);
	draw(&m);
	CHECK_STR(topology.dimm_why, "SMBIOS type 20 is missing; by type 19");
	CHECK_STR(at(9 * GIB - 1), "0+1");
	CHECK_STR(at(9 * GIB), "2+3");

	/* Addresses that know nothing of the hole would be wrong by its size. */
	four_modules(&m, ARRAY_B);
	make_array_range(&m, ARRAY_A, 0, 8 * GIB, false);
	make_array_range(&m, ARRAY_B, 8 * GIB, 16 * GIB, false);
	draw(&m);
	CHECK_STR(topology.dimm_why,
		"SMBIOS type 20 is missing, type 19 ends below the top of memory");
	CHECK_STR(at(8 * GIB), "0+1+2+3");

	four_modules(&m, ARRAY_B);
	make_array_range(&m, ARRAY_A, 0, 17 * GIB, false);
	draw(&m);
	CHECK_STR(at(8 * GIB), "0+1+2+3");

	/* Overlapping arrays: both may own what both claim. */
	four_modules(&m, ARRAY_B);
	make_array_range(&m, ARRAY_A, 0, 17 * GIB, false);
	make_array_range(&m, ARRAY_B, 0, 17 * GIB, false);
	draw(&m);
	CHECK_STR(at(8 * GIB), "0+1+2+3");
}

/* A module without addresses, and the others hold all the RAM there is: it is out of use. */
static void test_unmapped(void)
{
	struct maker m;

	four_modules(&m, ARRAY_A);
	set_ram(12 * GIB);
	make_device_range(&m, 0, 0, 9 * GIB, 1, false);
	make_device_range(&m, 2, 0, 9 * GIB, 2, false);
	make_device_range(&m, 4, 9 * GIB, 13 * GIB, 0, false);
	draw(&m);
	CHECK_STR(topology.dimm_why, "SMBIOS type 20");
	CHECK_U64(dimm_set_count(topology.dimms_unmapped), 1);
	CHECK_U64(dimm_set_first(topology.dimms_unmapped), 2);
}

static struct smbios_mapping mapping_of(const struct maker *m)
{
	struct smbios_structure s;
	struct smbios_mapping got;
	size_t cursor = 0;

	CHECK(smbios_next(table_of(m), &cursor, &s));
	smbios_read_mapping(&s, &got);
	return got;
}

static void test_mappings(void)
{
	struct maker m = {.len = 0};
	struct smbios_mapping got;

	make_array_range(&m, 7, 4 * GIB, 6 * GIB + 1, false); /* ends behind its end, as some do */
	got = mapping_of(&m);
	CHECK(got.owner == 7 && got.low == 4 * GIB && got.high == 6 * GIB);
	m.len = 0;
	make_device_range(&m, 3, 5000 * GIB, 6000 * GIB, 2, false);
	got = mapping_of(&m);
	CHECK(got.owner == DEVICE + 3 && got.interleaved == 2);
	CHECK(got.low == 5000 * GIB && got.high == 6000 * GIB, "in bytes, where KiB do not reach");
	m.bytes[1] = 0x13; /* an old structure: no such fields */
	got = mapping_of(&m);
	CHECK(got.low == got.high);
	m.len = 0;
	make_array_range(&m, 7, 6 * GIB, 4 * GIB, false);
	got = mapping_of(&m);
	CHECK(got.low == got.high);
}

/* Every byte broken, and the table cut everywhere: whatever comes out is in order. */
static void test_hostile(void)
{
	static const uint8_t values[] = {0, 1, 4, 17, 19, 20, 0x7f, 0xff};
	struct maker m;
	size_t whole;

	four_modules(&m, ARRAY_B);
	make_device_range(&m, 0, 0, 9 * GIB, 1, false);
	make_device_range(&m, 2, 0, 9 * GIB, 2, true);
	make_device_range(&m, 3, 9 * GIB, 13 * GIB, 0, true);
	make_array_range(&m, ARRAY_A, 0, 9 * GIB, false);
	whole = m.len;
	for (size_t i = 0; i < whole; i++) {
		uint8_t *exact = malloc(i + 1);

		memcpy(exact, m.bytes, i + 1);
		dimm_map_read((struct span){exact, i + 1}, &ram, &topology);
		free(exact);
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			const uint8_t kept = m.bytes[i];

			m.bytes[i] = values[v];
			draw(&m);
			for (size_t r = 0; r < topology.dimm_range_count; r++) {
				const struct dimm_range *d = &topology.dimm_ranges[r];

				CHECK(d->low < d->high && dimm_set_count(d->dimms) > 0);
				CHECK(r == 0 || d[-1].high <= d->low);
			}
			m.bytes[i] = kept;
		}
	}
}

int main(void)
{
	test_one_module();
	test_believed(false);
	test_believed(true);
	test_not_believed();
	test_short_changed();
	test_channels();
	test_arrays();
	test_unmapped();
	test_mappings();
	test_hostile();
	return test_end(__FILE__);
}
