/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The memory map by kinds, missing modules, encryption, the check mem.inventory, and the ledger. */
#include "evidence/dimm_map.h"
#include "evidence/encryption.h"
#include "evidence/memory_check.h"
#include "evidence/missing.h"
#include "evidence/smbios.h"
#include "tests/test.h"
#include "tests/unit/acpi_maker.h"
#include "tests/unit/dimm_maker.h"
#include "tests/unit/mem_rig.h"

#define RAM      7
#define CACHED   (UINT64_C(1) << 3)
#define NV       (UINT64_C(1) << 15)
#define RELIABLE (UINT64_C(1) << 16)
#define SPECIFIC (UINT64_C(1) << 18)

/* ---- the memory map ---- */

/* Only free conventional memory may ever be taken: every type and attribute that must not is here. */
static void test_kinds(void)
{
	static const struct {
		uint32_t type;
		uint64_t attributes;
		enum memory_kind kind;
		bool mapped;
	} cases[] = {
		{7, CACHED, MEMORY_FREE, true},
		{7, CACHED | RELIABLE, MEMORY_FREE, true},
		{7, CACHED | SPECIFIC, MEMORY_SPECIAL, false},
		{7, CACHED | NV, MEMORY_PERSISTENT, false},
		{7, CACHED | NV | SPECIFIC, MEMORY_PERSISTENT, false},
		{14, CACHED, MEMORY_PERSISTENT, false},
		{14, CACHED | SPECIFIC, MEMORY_PERSISTENT, false},
		{15, CACHED, MEMORY_UNACCEPTED, false},
		{8, CACHED, MEMORY_UNUSABLE, false},
		{0, CACHED, MEMORY_RESERVED, false},
		{0, 0, MEMORY_DEVICE, false},
		{11, CACHED, MEMORY_DEVICE, false},
		{12, CACHED | NV, MEMORY_DEVICE, false},
		{9, CACHED, MEMORY_ACPI_TABLES, true},
		{10, CACHED, MEMORY_ACPI_NVS, true},
		{5, CACHED, MEMORY_RUNTIME_CODE, true},
		{16, CACHED, MEMORY_OTHER, true},
		{0x80000001, CACHED, MEMORY_OTHER, true},
	};
	bool free_seen = false;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const enum memory_kind kind = memory_kind_of(cases[i].type, cases[i].attributes);

		CHECK(kind == cases[i].kind, "case %zu: %d", i, (int)kind);
		CHECK(memory_kind_info(kind)->mapped == cases[i].mapped, "case %zu", i);
		CHECK((memory_kind_info(kind)->why == NULL) ==
			(kind == MEMORY_FREE || kind == MEMORY_DEVICE));
	}
	for (uint32_t type = 0; type < 0x100; type++) {
		const bool is_free = memory_kind_of(type, CACHED) == MEMORY_FREE;

		free_seen |= is_free;
		CHECK(!is_free || type == 7, "type %u", type);
	}
	CHECK(free_seen);
}

static void test_ranges(void)
{
	static struct ram_map map;

	ram_map_add(&map, 8 * GIB, 8 * GIB, RAM, RELIABLE);
	ram_map_add(&map, 0, GIB, RAM, 0);
	ram_map_add(&map, 2 * GIB, GIB, 4, 0);
	CHECK_U64(map.range_count, 3);
	ram_map_add(&map, GIB, GIB, 1, 0); /* fills the gap: two neighbours become one with it */
	ram_map_add(&map, 3 * GIB, GIB, 0, CACHED);
	ram_map_add(&map, 20 * GIB, GIB, 14, 0);
	ram_map_add(&map, UINT64_MAX - GIB, 2 * GIB, RAM, 0);
	CHECK_U64(map.range_count, 2);
	CHECK(map.ranges[0].low == 0 && map.ranges[0].high == 3 * GIB);
	CHECK_U64(map.mapped_bytes, 11 * GIB);
	CHECK_U64(map.mirrored_bytes, 8 * GIB);
	CHECK_U64(map.kind_bytes[MEMORY_RESERVED], GIB);
	CHECK_U64(map.kind_bytes[MEMORY_PERSISTENT], GIB);
	CHECK_U64(ram_map_bytes(&map, GIB, 9 * GIB), 3 * GIB);
	CHECK_U64(ram_map_bytes(&map, 3 * GIB, 8 * GIB), 0);
	CHECK_U64(ram_map_top(&map), 16 * GIB);
	ram_map_add(&map, 2 * GIB, 7 * GIB, RAM, 0); /* overlaps both */
	CHECK_U64(map.range_count, 1);
	CHECK_U64(ram_map_bytes(&map, 0, UINT64_MAX), 16 * GIB);

	memset(&map, 0, sizeof(map));
	for (uint64_t i = 0; i < 2 * RAM_MAPPED_MAX; i++)
		ram_map_add(&map, (2 * RAM_MAPPED_MAX - i) * 2 * MIB, MIB, RAM, 0);
	CHECK_U64(map.range_count, RAM_MAPPED_MAX);
	CHECK_U64(map.mapped_bytes, 2 * RAM_MAPPED_MAX * MIB);
	for (size_t i = 1; i < map.range_count; i++)
		CHECK(map.ranges[i - 1].high < map.ranges[i].low);
}

/* ---- missing modules ---- */

/* `mib` each; 0 ends the list. */
static void modules(struct maker *m, uint8_t ecc, const uint32_t *mib)
{
	m->len = 0;
	make_array(m, ARRAY_A, 3, ecc, NO_ERROR);
	for (unsigned i = 0; mib[i] != 0; i++)
		make_device(m, i, ARRAY_A, mib[i], "SLOT|BANK|Maker|SN|PN");
}

static void test_shortfall(void)
{
	static const struct {
		enum verdict verdict;
		uint32_t mib[9];
		uint8_t ecc;
		uint64_t low_mib, high_mib; /* mapped below and above 4 GiB */
		uint64_t mirrored_mib, reserved_mib;
		const char *why;
	} cases[] = {
		{PASS, {8192, 8192}, 6, 3072, 13000, 0, 0, NULL},
		{PASS, {8192, 8192}, 6, 1900, 8300, 0, 6000, NULL}, /* graphics took 6 GiB */
		{FAIL, {8192, 8192, 8192}, 6, 3072, 13000, 0, 0, "sparing"},
		{FAIL, {8192, 8192}, 3, 3072, 5000, 0, 0, "sparing"}, /* without ECC no mirroring */
		{WARN, {8192, 8192}, 6, 3072, 5000, 0, 0, "leaves half"},
		{FAIL, {8192, 4096, 8192, 4096}, 6, 3072, 9000, 0, 0, "sparing"},
		{FAIL, {8192, 8192, 8192}, 6, 3072, 9000, 0, 0, "sparing"},
		{PASS, {8192, 8192}, 6, 3072, 5000, 8000, 0,
			NULL}, /* the map says it is mirrored */
		{WARN, {1024, 1024, 1024, 1024}, 3, 2900, 0, 0, 0, "above 4 GiB"},
		{FAIL, {1024, 1024, 1024, 1024}, 3, 2000, 0, 0, 0, "sparing"},
		{FAIL, {4096, 4096, 4096, 4096}, 3, 3000, 0, 0, 0, "sparing"},
		{PASS, {512, 512}, 3, 700, 0, 0, 0, NULL}, /* less than a module is no module */
		{FAIL, {512, 512}, 3, 500, 0, 0, 0, "sparing"},
		{SKIP, {8192, 0xffff}, 6, 3072, 5000, 0, 0, "size"},
		{SKIP, {8192}, 6, 0, 0, 0, 0, "no memory map"},
		{SKIP, {0}, 6, 3072, 5000, 0, 0, "no memory modules"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		static struct ram_map map;
		struct installed installed;
		struct shortfall got;
		struct maker m;

		modules(&m, cases[i].ecc, cases[i].mib);
		memset(&map, 0, sizeof(map));
		ram_map_add(&map, 0, cases[i].low_mib * MIB, RAM, 0);
		ram_map_add(&map, 4 * GIB, cases[i].high_mib * MIB, RAM, 0);
		ram_map_add(&map, 900 * GIB, cases[i].reserved_mib * MIB, 0, CACHED);
		map.mirrored_bytes = cases[i].mirrored_mib * MIB;
		installed_read(table_of(&m), &installed);
		got = shortfall_judge(&installed, &map);
		CHECK(got.verdict == cases[i].verdict, "case %zu: %s", i,
			verdict_name(got.verdict));
		CHECK(cases[i].why == NULL
				? got.why == NULL
				: got.why != NULL && strstr(got.why, cases[i].why) != NULL,
			"case %zu: %s", i, got.why != NULL ? got.why : "-");
		CHECK((got.bytes > 0) == (got.verdict == WARN || got.verdict == FAIL));
	}
}

/* What is no main memory, or a cache of it, is not missing from the map. */
static void test_not_counted(void)
{
	static struct ram_map map;
	struct installed installed;
	struct maker m = {.len = 0};
	uint8_t *hbm, *optane;

	make_array(&m, ARRAY_A, 3, 6, NO_ERROR);
	make_array(&m, ARRAY_B, 7, 3, NO_ERROR); /* cache memory */
	make_device(&m, 0, ARRAY_A, 8192, "A");
	make_device(&m, 1, ARRAY_B, 8192, "B");
	hbm = m.bytes + m.len;
	make_device(&m, 2, ARRAY_A, 16384, "C");
	hbm[0x12] = 0x21;
	ram_map_add(&map, 0, 3 * GIB, RAM, 0);
	ram_map_add(&map, 4 * GIB, 4800 * MIB, RAM, 0);
	installed_read(table_of(&m), &installed);
	CHECK_U64(installed.modules, 1);
	CHECK(installed.has_other && installed.has_ecc && installed.alike);
	CHECK(shortfall_judge(&installed, &map).verdict == PASS);
	optane = m.bytes + m.len;
	make_device(&m, 3, ARRAY_A, 1, "D");
	optane[0x28] = 7;
	put_le(optane + 0x3c, 128 * GIB, 8);
	installed_read(table_of(&m), &installed);
	CHECK(shortfall_judge(&installed, &map).verdict == SKIP, "DRAM may be its cache");
}

/* ---- encryption ---- */

static bool says(struct memory_encryption e, const char *words)
{
	const char *sentence = encryption_sentence(&e);

	return sentence != NULL && strstr(sentence, words) != NULL;
}

static void test_encryption(void)
{
	const uint64_t on = 1 << 1, bypassed = UINT64_C(1) << 31, sme = 1 << 23;
	struct memory_encryption e = {0};

	CHECK(encryption_sentence(&e) == NULL);
	e = (struct memory_encryption){.has_tme = true};
	CHECK(encryption_sentence(&e) == NULL);
	e.tme_activate = on | bypassed;
	CHECK(encryption_sentence(&e) == NULL);
	e.tme_activate = on | 1;
	CHECK(says(e, "(Intel TME) is on: one bad cell garbles 16 bytes"));
	e.is_virtual = true;
	CHECK(encryption_sentence(&e) == NULL);
	CHECK(says((struct memory_encryption){.has_sme = true, .syscfg = sme}, "is enabled"));
	CHECK(says((struct memory_encryption){.has_sme = true, .syscfg = ~sme}, "is not enabled"));
}

/* ---- the check ---- */

static struct inventory inventory;

static struct rig *rig_with(const struct maker *m, uint64_t bytes)
{
	struct rig *rig = rig_new(bytes, "");

	memset(&inventory, 0, sizeof(inventory));
	smbios_inventory((struct span){0}, table_of(m), &inventory);
	rig->run.inventory = &inventory;
	rig->machine.smbios_table = table_of(m);
	dimm_map_read(table_of(m), &rig->machine.ram.map, &rig->topology);
	return rig;
}

static void test_check_missing(void)
{
	struct maker m = {.len = 0};
	struct rig *rig;

	/* Two of three modules are mapped, as the simulated RAM is: half at 1 MiB, half from 4 GiB up. */
	for (unsigned i = 0; i < 3; i++)
		make_device(&m, i, ARRAY_A, 4, i == 1 ? "B1|BANK|Maker|SN77|PN-4" : "A1");
	rig = rig_with(&m, 8 * MIB);
	CHECK_U64(rig_run(rig, &mem_inventory_check), FAIL);
	CHECK_U64(rig->finding_count, 1);
	CHECK(strstr(rig->findings[0].message,
		      "3 modules with 12 MiB are installed, but the memory "
		      "map has 8 MiB: 4 MiB are missing. Which of the 3") != NULL,
		"%s", rig->findings[0].message);
	CHECK_U64(rig_field(&rig->findings[0], "missing_bytes"), 4 * MIB);
	rig_free(rig);

	make_device_range(&m, 0, MIB, 5 * MIB, 0, false);
	make_device_range(&m, 2, 4 * GIB, 4 * GIB + 4 * MIB, 0, false);
	rig = rig_with(&m, 8 * MIB);
	CHECK_STR(rig->topology.dimm_why, "SMBIOS type 20");
	CHECK_U64(rig_run(rig, &mem_inventory_check), FAIL);
	CHECK(strstr(rig->findings[0].message,
		      "mapped out dimm1 in B1 (BANK) (Maker PN-4, serial SN77).") != NULL,
		"%s", rig->findings[0].message);
	CHECK_U64(rig->findings[0].field_count, 4);
	rig_free(rig);

	rig = rig_with(&m, 12 * MIB);
	CHECK_U64(rig_run(rig, &mem_inventory_check), PASS);
	CHECK_U64(rig->finding_count, 0);
	rig_free(rig);
}

/* An empty slot whose module the firmware knows; placeholders are no names. */
static void test_check_disabled(void)
{
	struct maker m = {.len = 0};
	struct rig *rig;

	make_device(&m, 0, ARRAY_A, 8, "A1|BANK|Maker|SN1|PN-8");
	make_device(&m, 1, ARRAY_A, 0, "A2|BANK|Empty|Array1_SerNum0|Array1_PartNum0");
	make_device(&m, 2, ARRAY_A, 0, "A3|BANK|NO DIMM|NO DIMM|NO DIMM");
	make_device(&m, 3, ARRAY_A, 0, "A4|BANK|FFFF|FFFFFFFFFFFF|FFFFFFFFFFFF");
	rig = rig_with(&m, 8 * MIB);
	CHECK_U64(rig_run(rig, &mem_inventory_check), PASS);
	rig_free(rig);
	make_device(&m, 4, ARRAY_A, 0, "B1|BANK|Maker|SN5|PN-8");
	rig = rig_with(&m, 8 * MIB);
	CHECK_U64(rig_run(rig, &mem_inventory_check), WARN);
	CHECK(strstr(rig->findings[0].message,
		      "the module in B1 (Maker PN-8, serial SN5), but counts the slot as empty") !=
			NULL,
		"%s", rig->findings[0].message);
	rig_free(rig);
}

static void test_check_errors(void)
{
	static const struct {
		uint8_t type, error;
		enum finding_code code;
		bool found;
	} cases[] = {
		{18, 3, 0, false},
		{18, 2, 0, false},
		{18, 0xff, 0, false},
		{17, 7, 0, false},
		{18, 0x0c, FINDING_MEM_CORRECTED_ERROR, true},
		{33, 0x07, FINDING_MEM_UNCORRECTED_ERROR, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const uint8_t error[0x17 - 4] = {cases[i].error};
		struct maker m = {.len = 0};
		struct rig *rig;

		make_device(&m, 0, ARRAY_A, 8, "A1|BANK|Maker|SN1|PN-8");
		put_le(m.bytes + 6, 0x1200, 2);
		add_with_handle(&m, cases[i].type, 0x1200, error, sizeof(error), "");
		rig = rig_with(&m, 8 * MIB);
		CHECK_U64(rig_run(rig, &mem_inventory_check), cases[i].found ? WARN : PASS);
		CHECK(rig->finding_count == cases[i].found, "case %zu", i);
		CHECK(!cases[i].found || rig->findings[0].code == cases[i].code);
		rig_free(rig);
	}
}

static void test_check_notes(void)
{
	static const uint8_t left[] = {0x21, 0, 0, 0};
	struct maker m = {.len = 0}, hest, bert;
	struct rig *rig = rig_with(&m, 8 * MIB);

	CHECK_U64(rig_run(rig, &mem_inventory_check), SKIP);
	CHECK(!rig_said(rig, "BMC") && !rig_said(rig, "BERT") && !rig_said(rig, "encryption"));
	acpi_begin(&hest, "HEST", 40, 1);
	hest.bytes[36] = 1;
	hest.bytes[40] = 9;
	hest.bytes[40 + 7] = 1;
	hest.len += 64;
	acpi_begin(&bert, "BERT", 48, 1);
	rig->machine.acpi_tables[0] = acpi_end(&hest);
	rig->machine.acpi_tables[1] = acpi_end(&bert);
	rig->machine.acpi_table_count = 2;
	rig->machine.boot_errors = (struct span){left, sizeof(left)};
	rig->machine.encryption = (struct memory_encryption){.has_tme = true, .tme_activate = 2};
	rig->machine.ram.map.kind_bytes[MEMORY_PERSISTENT] = GIB;
	rig->machine.ram.map.mirrored_bytes = 4 * MIB;
	CHECK_U64(rig_run(rig, &mem_inventory_check), SKIP);
	CHECK(rig_said(rig, "firmware may take corrected errors first: read the BMC log"));
	CHECK(rig_said(rig, "an uncorrected hardware error from before this boot"));
	CHECK(rig_said(rig, "Memory encryption (Intel TME) is on"));
	CHECK(rig_said(rig, "1 GiB of persistent memory: never written"));
	CHECK(rig_said(rig, "4 MiB of memory are mirrored"));
	rig_free(rig);
}

/* ---- the ledger ---- */

struct measures {
	uint64_t installed[3], mapped[3], tested[3];
};

static void keep_measure(void *ctx, const struct record *r)
{
	struct measures *all = ctx;
	unsigned dimm;

	if (r->kind != RECORD_MEASURE || strncmp(r->part, "dimm", 4) != 0)
		return;
	dimm = (unsigned)(r->part[4] - '0');
	if (text_same(r->u.measure.name, "installed_bytes"))
		all->installed[dimm] = r->u.measure.value;
	else if (text_same(r->u.measure.name, "mapped_bytes"))
		all->mapped[dimm] = r->u.measure.value;
	else
		all->tested[dimm] = r->u.measure.value;
}

static void test_ledger(void)
{
	struct maker m = {.len = 0};
	struct measures got = {{0}, {0}, {0}};
	struct rig *rig;

	make_device(&m, 0, ARRAY_A, 4, "A1");
	make_device(&m, 1, ARRAY_A, 4, "A2");
	make_device_range(&m, 0, MIB, 5 * MIB, 0, false);
	make_device_range(&m, 1, 4 * GIB, 4 * GIB + 4 * MIB, 0, false);
	rig = rig_with(&m, 8 * MIB);
	recorder_listen(&rig->rec, (struct listener){keep_measure, &got});
	rig->topology.node_count = 2;
	rig->topology.node_names[1] = 7;
	rig->topology.node_range_count = 2;
	rig->topology.node_ranges[0] = (struct node_range){0, 4 * GIB, 0};
	rig->topology.node_ranges[1] = (struct node_range){4 * GIB, 8 * GIB, 1};
	rig->config.mem_low = 4 * GIB;
	rig->config.mem_high = 4 * GIB + MIB;
	mem_tell_ledger(&rig->run);
	CHECK_U64(got.mapped[0], 0); /* nothing was taken yet: nothing to account for */
	rig->pulses_left = 1;
	CHECK_U64(rig_run(rig, &mem_address_check), SKIP);
	mem_tell_ledger(&rig->run);
	CHECK_U64(got.mapped[1], 4 * MIB);
	CHECK_U64(got.tested[1], 0); /* taken, but no check came to an end */
	rig->run.stopped = false;
	CHECK_U64(rig_run(rig, &mem_address_check), PASS);
	mem_tell_ledger(&rig->run);
	CHECK_U64(got.installed[0], 4 * MIB);
	CHECK_U64(got.mapped[0], 4 * MIB);
	CHECK_U64(got.tested[0], 0);
	CHECK_U64(got.mapped[1], 4 * MIB);
	CHECK_U64(got.tested[1], MIB);
	CHECK(rig_said(rig, "node 0: 4 MiB installed, 4 MiB mapped, 0 B tested"), "%s", rig->text);
	CHECK(rig_said(rig, "node 7: 4 MiB installed, 4 MiB mapped, 1 MiB tested"));
	rig_free(rig);

	/* Shared addresses: no row of their own, and no installed figure where a DIMM lies in two nodes. */
	got = (struct measures){{0}, {0}, {0}};
	m.len = 0;
	make_device(&m, 0, ARRAY_A, 4, "A1");
	make_device(&m, 1, ARRAY_A, 4, "A2");
	rig = rig_with(&m, 8 * MIB);
	recorder_listen(&rig->rec, (struct listener){keep_measure, &got});
	rig->topology.node_count = 2;
	rig->topology.node_range_count = 2;
	rig->topology.node_ranges[0] = (struct node_range){0, 4 * GIB, 0};
	rig->topology.node_ranges[1] = (struct node_range){4 * GIB, 8 * GIB, 1};
	CHECK_U64(rig_run(rig, &mem_address_check), PASS);
	mem_tell_ledger(&rig->run);
	CHECK_U64(got.mapped[0] + got.mapped[1], 0);
	CHECK(rig_said(rig, "node 0: 4 MiB mapped, "), "%s", rig->text);
	rig_free(rig);
}

int main(void)
{
	test_kinds();
	test_ranges();
	test_shortfall();
	test_not_counted();
	test_encryption();
	test_check_missing();
	test_check_disabled();
	test_check_errors();
	test_check_notes();
	test_ledger();
	return test_end(__FILE__);
}
