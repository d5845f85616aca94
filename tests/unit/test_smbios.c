/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The SMBIOS reader: hand-made tables, cut and broken at every byte. */
#include "core/text.h"
#include "evidence/smbios.h"
#include "tests/test.h"
#include "tests/unit/smbios_maker.h"
#include <stdlib.h>

/* ---- making tables ---- */

static void checksum(uint8_t *p, size_t len, size_t at)
{
	uint8_t sum = 0;

	p[at] = 0;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + p[i]);
	p[at] = (uint8_t)-sum;
}

static struct span make_entry3(uint8_t p[24], uint32_t table_bytes)
{
	memset(p, 0, 24);
	memcpy(p, "_SM3_", 5);
	p[6] = 24;
	p[7] = 3;
	p[8] = 6;
	p[0x0c] = (uint8_t)table_bytes;
	p[0x0d] = (uint8_t)(table_bytes >> 8);
	checksum(p, 24, 5);
	return (struct span){p, 24};
}

static struct span make_entry2(uint8_t p[31])
{
	memset(p, 0, 31);
	memcpy(p, "_SM_", 4);
	p[5] = 31;
	p[6] = 2;
	p[7] = 5;
	memcpy(p + 16, "_DMI_", 5);
	p[0x16] = 0x34;
	p[0x17] = 0x12;
	p[0x1c] = 9;
	checksum(p + 16, 15, 5);
	checksum(p, 31, 4);
	return (struct span){p, 31};
}

/* A module of 16 GiB by its extended size, DDR4, 3200 MT/s rated, 2666 configured. */
static const uint8_t dimm_body[] = {0, 0, 0, 0, 64, 0, 64, 0, 0xff, 0x7f, 9, 0, 1, 2, 0x1a, 0, 0,
	0x80, 0x0c, 3, 4, 0, 5, 0, 0, 0x40, 0, 0, 0x6a, 0x0a};

static void make_machine(struct maker *m)
{
	static const uint8_t fw[] = {1, 2, 0, 0, 3, 0};
	static const uint8_t system[] = {1, 2, 3, 4, 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
		0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	static const uint8_t board[] = {1, 2, 3, 4};
	uint8_t cpu[0x30 - 4] = {1, 3, 0, 2};
	static const uint8_t oem[] = {3};
	static const uint8_t empty_dimm[] = {0, 0, 0, 0, 64, 0, 64, 0, 0, 0, 9, 0, 1, 2, 2};
	static const uint8_t kib_dimm[] = {0, 0, 0, 0, 64, 0, 64, 0, 0x00, 0x82, 9, 0, 1, 0, 0x12};
	static const uint8_t flash[] = {0, 0, 0, 0, 64, 0, 64, 0, 8, 0, 9, 0, 1, 0, 0x09};

	cpu[0x10 - 4] = 3;
	cpu[0x18 - 4] = 0x41;
	cpu[0x23 - 4] = 0xff;
	cpu[0x25 - 4] = 8;
	cpu[0x2a - 4] = 0x2c;
	cpu[0x2b - 4] = 0x01;
	m->len = 0;
	add(m, 0, fw, sizeof(fw), "Maker BIOS|1.2.3|01/02/2024");
	add(m, 1, system, sizeof(system), "Maker|To be filled by O.E.M.|v1|SYS 1");
	add(m, 2, board, sizeof(board), "Board maker|X11-BOARD|r2|BRD 2");
	add(m, 4, cpu, sizeof(cpu), "SOCKET 0|CPU maker|CPU  @ 3 GHz\x01");
	cpu[0x18 - 4] = 0x00;
	add(m, 4, cpu, sizeof(cpu), "SOCKET 1|CPU maker|none");
	add(m, 11, oem, sizeof(oem),
		"kiriwake:profile=quick|something else|kiriwake:net.ip=10.0.2.15/24");
	add(m, 17, dimm_body, sizeof(dimm_body), "DIMM_A1|NODE 1|Memory maker|SN17|PN-16G");
	add(m, 17, empty_dimm, sizeof(empty_dimm), "DIMM_A2|NODE 1");
	add(m, 17, kib_dimm, sizeof(kib_dimm), "DIMM_B1");
	add(m, 17, flash, sizeof(flash), "SYSTEM ROM");
	add(m, 11, oem, 1, "kiriwake:passes=2||last");
	add(m, 127, NULL, 0, "");
	add(m, 17, dimm_body, sizeof(dimm_body), "behind the end");
}

/* ---- tests ---- */

static void test_entries(void)
{
	uint8_t bytes[31], copy[31];
	struct smbios_entry e = {.major = 99};
	struct span entry = make_entry3(bytes, 0x1234);

	CHECK(smbios_entry_read(entry, &e));
	CHECK_U64(e.major, 3);
	CHECK_U64(e.minor, 6);
	CHECK_U64(e.table_bytes, 0x1234);
	entry = make_entry2(bytes);
	CHECK(smbios_entry_read(entry, &e));
	CHECK_U64(e.major * 10 + e.minor, 25);
	CHECK_U64(e.table_bytes, 0x1234);
	CHECK_U64(e.structures, 9);
	e.major = 99;
	for (size_t cut = 0; cut < 31; cut++)
		CHECK(!smbios_entry_read((struct span){bytes, cut}, &e), "2.x cut at %zu", cut);
	for (size_t i = 0; i < 31; i++) {
		memcpy(copy, bytes, 31);
		copy[i] ^= 0x10;
		CHECK(!smbios_entry_read((struct span){copy, 31}, &e), "2.x changed at %zu", i);
	}
	make_entry3(bytes, 0x1234);
	for (size_t i = 0; i < 24; i++) {
		memcpy(copy, bytes, 24);
		copy[i] ^= 0x10;
		CHECK(!smbios_entry_read((struct span){copy, 24}, &e), "3.x changed at %zu", i);
		CHECK(!smbios_entry_read((struct span){bytes, i}, &e), "3.x cut at %zu", i);
	}
	CHECK_U64(e.major, 99);
}

static void test_types(void)
{
	struct maker m;
	struct smbios_structure s;
	struct smbios_system system;
	struct smbios_processor cpu;
	struct smbios_dimm dimm;
	const struct smbios_entry old = {.major = 2, .minor = 5};
	size_t cursor = 0;

	make_machine(&m);
	CHECK(smbios_next_of(table_of(&m), 1, &cursor, &s));
	smbios_read_system(&s, NULL, &system);
	CHECK_STR(system.uuid, "00112233-4455-6677-8899-aabbccddeeff");
	CHECK_STR(system.serial, "SYS 1");
	smbios_read_system(&s, &old, &system);
	CHECK_STR(system.uuid, "33221100-5544-7766-8899-aabbccddeeff");
	cursor = 0;
	CHECK(smbios_next_of(table_of(&m), 4, &cursor, &s));
	smbios_read_processor(&s, &cpu);
	CHECK(cpu.populated);
	CHECK_STR(cpu.version, "CPU @ 3 GHz?");
	CHECK_U64(cpu.cores, 300);
	CHECK_U64(cpu.threads, 8);
	cursor = 0;
	CHECK(smbios_next_of(table_of(&m), 17, &cursor, &s));
	smbios_read_dimm(&s, &dimm);
	CHECK_U64(dimm.size_bytes, UINT64_C(16) << 30);
	CHECK_U64(dimm.speed_mts, 2666);
	CHECK_STR(dimm.technology, "DDR4");
	CHECK_STR(dimm.part_number, "PN-16G");
	CHECK(smbios_next_of(table_of(&m), 17, &cursor, &s));
	smbios_read_dimm(&s, &dimm);
	CHECK(!dimm.populated && dimm.size_bytes == 0);
	CHECK(smbios_next_of(table_of(&m), 17, &cursor, &s));
	smbios_read_dimm(&s, &dimm);
	CHECK_U64(dimm.size_bytes, 512u << 10);
	CHECK(smbios_next_of(table_of(&m), 17, &cursor, &s));
	smbios_read_dimm(&s, &dimm);
	CHECK(!dimm.is_ram);
	CHECK(!smbios_next_of(table_of(&m), 17, &cursor, &s), "type 127 ends the table");
	CHECK_U64(smbios_installed_bytes(table_of(&m)), (UINT64_C(16) << 30) + (512u << 10));
}

/* A UUID that makers leave in many machines names none of them. */
static void test_uuids(void)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {
		{"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
			"33221100-5544-7766-8899-aabbccddeeff"},
		{"\0\0\0\0\0\0\0\0\0\0\xac\x1f\x6b\x01\x02\x03",
			"00000000-0000-0000-0000-ac1f6b010203"},
		{"DELLB\0\x10\x35\x80R\xb3\xc0OKN2", "4c4c4544-0042-3510-8052-b3c04f4b4e32"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", ""},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", ""},
		{"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", ""},
		{"\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe\xfe", ""},
		{"\0\2\0\3\0\4\0\5\0\6\0\7\0\x08\0\x09", ""},
		{"\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10", ""},
		{"\x78\x56\x34\x12\x34\x12\x78\x56\x90\xab\xcd\xde\xef\xaa\xbb\xcc", ""},
		{"\x12\x34\x56\x78\x12\x34\x56\x78\x90\xab\xcd\xde\xef\xaa\xbb\xcc", ""},
		{"\xef\xbe\xad\xde\xad\xde\xef\xbe\xde\xad\xbe\xef\xde\xad\xbe\xef", ""},
		{"DELL\0\0\x10\x20\x80\x20\x80\xc0O\x20\x20\x20", ""},
	};
	uint8_t body[0x1b - 4] = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct inventory inv = {.count = 0};
		struct maker m = {.len = 0};

		memcpy(body + 4, cases[i].bytes, 16);
		add(&m, 1, body, sizeof(body), "");
		smbios_inventory((struct span){0}, table_of(&m), &inv);
		CHECK_STR(inv.uuid, cases[i].text);
	}
}

static void test_persistent_memory(void)
{
	uint8_t body[0x54 - 4] = {0};
	struct maker m = {.len = 0};

	memcpy(body, dimm_body, sizeof(dimm_body));
	body[0x28 - 4] = 7;
	add(&m, 17, body, sizeof(body), "A|B|C|D|E");
	CHECK_U64(smbios_installed_bytes(table_of(&m)), 0);
	body[0x3c + 4 - 4] = 1; /* 4 GiB of it used as RAM */
	add(&m, 17, body, sizeof(body), "A|B|C|D|E");
	CHECK_U64(smbios_installed_bytes(table_of(&m)), UINT64_C(4) << 30);
	body[0x28 - 4] = 3;
	body[8] = body[9] = 0xff; /* size unknown: so is the sum */
	add(&m, 17, body, sizeof(body), "A|B|C|D|E");
	CHECK_U64(smbios_installed_bytes(table_of(&m)), 0);
}

static void test_oem_strings(void)
{
	static const char *const want[] = {"kiriwake:profile=quick", "something else",
		"kiriwake:net.ip=10.0.2.15/24", "kiriwake:passes=2", "", ""};
	struct maker m;
	char string[64];
	size_t cursor = 0;

	make_machine(&m);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK(smbios_next_oem_string(table_of(&m), &cursor, string, sizeof(string)),
			"string %zu", i);
		CHECK_STR(string, want[i]);
	}
	CHECK(!smbios_next_oem_string(table_of(&m), &cursor, string, sizeof(string)));
	cursor = 0;
	CHECK(smbios_next_oem_string(table_of(&m), &cursor, string, 9));
	CHECK_STR(string, "kiriwake");
	cursor = 0;
	CHECK(!smbios_next_oem_string((struct span){0}, &cursor, string, sizeof(string)));
}

static void test_inventory(void)
{
	static struct inventory inv;
	struct maker m;
	uint8_t entry[24];
	struct span no_entry = {0};

	make_machine(&m);
	CHECK_U64(smbios_inventory(no_entry, no_entry, &inv), 0);
	CHECK_U64(smbios_inventory(make_entry3(entry, (uint32_t)m.len), table_of(&m), &inv), 5);
	CHECK_STR(inv.parts[0].id, PART_ID_BOARD);
	CHECK_STR(inv.parts[0].name, "X11-BOARD");
	CHECK_STR(inv.parts[0].maker, "Maker");
	CHECK_STR(inv.parts[0].serial, "SYS 1");
	CHECK_STR(inv.parts[1].id, PART_ID_FIRMWARE);
	CHECK_STR(inv.parts[1].maker, "Maker BIOS");
	CHECK_STR(inv.parts[1].version, "1.2.3 of 01/02/2024");
	CHECK_STR(inv.parts[2].id, "cpu0");
	CHECK_STR(inv.parts[2].location, "SOCKET 0");
	CHECK_STR(inv.parts[3].id, "dimm0");
	CHECK_STR(inv.parts[3].name, "16 GiB DDR4 2666 MT/s");
	CHECK_STR(inv.parts[3].location, "DIMM_A1 (NODE 1)");
	CHECK_STR(inv.parts[4].id, "dimm1");
	/* A broken entry point: nothing behind it is believed. A table length in it that is too short is honoured. */
	inv.count = 0;
	entry[8]++;
	CHECK_U64(smbios_inventory((struct span){entry, 24}, table_of(&m), &inv), 0);
	CHECK_U64(smbios_inventory(make_entry3(entry, 60), table_of(&m), &inv), 1);
	inv.count = PARTS_MAX - 1;
	CHECK_U64(smbios_inventory(no_entry, table_of(&m), &inv), 1);
	CHECK_U64(inv.count, PARTS_MAX);
}

/* Of several boards the one that carries the machine, not the memory riser listed first. */
static void test_riser_listed_first(void)
{
	static const uint8_t riser[] = {1, 2, 0, 3, 0, 0, 0, 0, 0, 0x0d};
	static const uint8_t mainboard[] = {1, 2, 0, 3, 0, 0x01, 0, 0, 0, 0x0a};
	static struct inventory inv;
	struct maker m = {.len = 0};

	add(&m, 2, riser, sizeof(riser), "Maker|Memory card 4|SN-RISER");
	add(&m, 2, mainboard, sizeof(mainboard), "Maker|Main board|SN-MAIN");
	CHECK_U64(smbios_inventory((struct span){0}, table_of(&m), &inv), 1);
	CHECK_STR(inv.parts[0].name, "Main board");
	CHECK_STR(inv.parts[0].serial, "SN-MAIN");
}

/* Everything the reader offers, over any bytes. */
static size_t read_all(struct span table)
{
	static struct inventory inv;
	struct smbios_structure s;
	char string[32];
	size_t cursor = 0, count = 0;

	while (smbios_next(table, &cursor, &s)) {
		CHECK(cursor <= table.len && s.formatted.len >= 4);
		count++;
	}
	for (cursor = 0; smbios_next_oem_string(table, &cursor, string, sizeof(string));)
		;
	inv.count = 0;
	smbios_inventory((struct span){0}, table, &inv);
	smbios_installed_bytes(table);
	return count;
}

/* The table cut at every byte, in memory of exactly that size: ASan sees a step beyond. */
static void test_truncations(void)
{
	struct maker m;
	size_t before = 0;

	make_machine(&m);
	for (size_t len = 0; len <= m.len; len++) {
		uint8_t *exact = malloc(len == 0 ? 1 : len);
		size_t count;

		memcpy(exact, m.bytes, len);
		count = read_all((struct span){exact, len});
		CHECK(count >= before && count <= before + 1, "len %zu: %zu structures", len,
			count);
		before = count;
		free(exact);
	}
	CHECK_U64(before, 11);
}

/* Every byte of the table set to values that break things: no loop, no step beyond. */
static void test_broken_bytes(void)
{
	static const uint8_t values[] = {0x00, 0x01, 0x03, 0x04, 0x7f, 0xff};
	struct maker m;

	make_machine(&m);
	for (size_t at = 0; at < m.len; at++) {
		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			uint8_t kept = m.bytes[at];

			m.bytes[at] = values[v];
			read_all(table_of(&m));
			m.bytes[at] = kept;
		}
	}
}

int main(void)
{
	test_entries();
	test_types();
	test_uuids();
	test_persistent_memory();
	test_oem_strings();
	test_inventory();
	test_riser_listed_first();
	test_truncations();
	test_broken_bytes();
	return test_end(__FILE__);
}
