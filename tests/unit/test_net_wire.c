/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a card's registers say of its wire, on register files good and bad; and what the checks make of it, alone and together
 * with what the switch says. */
#include "core/pcie.h"
#include "nicprobe/health.h"
#include "nicprobe/pump.h"
#include "nicprobe/wire.h"
#include "tests/unit/net_rig.h"

static struct rig rig;

/* ---- registers ---- */

/* The one register that has a value, and what it is; others are 0. */
struct registers {
	uint32_t offset, value;
	unsigned left;  /* readings until it fails */
	unsigned bytes; /* that it has to be read with; 0: four */
};

static bool read_register(void *ctx, uint32_t offset, unsigned bytes, uint32_t *ret)
{
	struct registers *r = ctx;

	CHECK(bytes == (r->bytes != 0 && offset != 0x4c ? r->bytes : 4));
	if (r->left-- == 0)
		return false;
	*ret = offset == r->offset ? r->value : 0;
	return true;
}

static void test_registers(void)
{
	static const struct {
		uint16_t vendor, device;
		uint32_t offset, value;
		bool ok, link;
		unsigned mbps, max;
		enum duplex duplex;
	} cases[] = {
		{0x8086, 0x10d3, 8, 0x83, true, true, 1000, 1000, DUPLEX_FULL},
		{0x8086, 0x100e, 8, 0x43, true, true, 100, 1000, DUPLEX_FULL},
		{0x8086, 0x1533, 8, 0x02, true, true, 10, 1000, DUPLEX_HALF},
		{0x8086, 0x1521, 8, 0xc3, true, true, 1000, 1000, DUPLEX_FULL},
		{0x8086, 0x104c, 8, 0x43, true, true, 100, 100, DUPLEX_FULL},
		{0x8086, 0x10d3, 8, 0x81, true, false, 0, 1000, DUPLEX_UNKNOWN},
		{0x8086, 0x10d3, 8, 0xffffffff, false, false, 0, 0, DUPLEX_UNKNOWN},
		{0x8086, 0x15f3, 8, 0x4000c3, true, true, 2500, 2500, DUPLEX_FULL}, /* I225 */
		{0x8086, 0x125c, 8, 0x400083, true, true, 2500, 2500, DUPLEX_FULL}, /* I226 */
		{0x8086, 0x15f3, 8, 0x83, true, true, 1000, 2500, DUPLEX_FULL},
		{0x8086, 0x15f3, 8, 0x42, true, true, 100, 2500, DUPLEX_HALF},
		{0x8086, 0x10fb, 0x42a4, 0x70000000, true, true, 10000, 10000,
			DUPLEX_FULL}, /* 82599 */
		{0x8086, 0x10fb, 0x42a4, 0x78000000, true, true, 10000, 10000, DUPLEX_FULL},
		{0x8086, 0x1528, 0x42a4, 0x50000000, true, true, 100, 10000,
			DUPLEX_FULL}, /* X540 */
		{0x8086, 0x10fb, 0x42a4, 0x60000000, true, true, 1000, 10000, DUPLEX_FULL},
		{0x8086, 0x10fb, 0x42a4, 0x40000000, true, true, 0, 10000, DUPLEX_FULL},
		{0x8086, 0x10fb, 0x42a4, 0x30000000, true, false, 0, 10000, DUPLEX_UNKNOWN},
		{0x8086, 0x1563, 0x42a4, 0x78000000, true, true, 2500, 10000,
			DUPLEX_FULL}, /* X550 */
		{0x8086, 0x1563, 0x42a4, 0x58000000, true, true, 5000, 10000, DUPLEX_FULL},
		{0x8086, 0x10fb, 0x42a4, 0xffffffff, false, false, 0, 0, DUPLEX_UNKNOWN},
		{0x8086, 0x1572, 8, 0x83, false, false, 0, 0, DUPLEX_UNKNOWN}, /* X710: not known */
		{0x10ec, 0x8168, 0x6c, 0x13, true, true, 1000, 1000, DUPLEX_FULL},
		{0x10ec, 0x8168, 0x6c, 0x0a, true, true, 100, 1000, DUPLEX_HALF},
		{0x10ec, 0x8136, 0x6c, 0x0b, true, true, 100, 100, DUPLEX_FULL},
		{0x10ec, 0x8125, 0x6c, 0x403, true, true, 2500, 2500, DUPLEX_FULL},
		{0x10ec, 0x8125, 0x6c, 0x13, true, true, 1000, 2500, DUPLEX_FULL},
		{0x10ec, 0x8125, 0x6c, 0xffff, false, false, 0, 0, DUPLEX_UNKNOWN},
		{0x10ec, 0x8126, 0x6c, 0x1003, true, true, 5000, 5000, DUPLEX_FULL},
		{0x10ec, 0x8168, 0x6c, 0x11, true, false, 0, 1000, DUPLEX_UNKNOWN},
		{0x10ec, 0x8168, 0x6c, 0xff, false, false, 0, 0, DUPLEX_UNKNOWN},
		{0x10ec, 0x8139, 0x58, 0xd0, true, true, 100, 100, DUPLEX_UNKNOWN},
		{0x10ec, 0x8139, 0x58, 0xd8, true, true, 10, 100, DUPLEX_UNKNOWN},
		{0x10ec, 0x8139, 0x58, 0xd4, true, false, 0, 100, DUPLEX_UNKNOWN},
		{0x10ec, 0x8139, 0x58, 0xff, false, false, 0, 0, DUPLEX_UNKNOWN},
		{0x10ec, 0x10d3, 0x6c, 0x13, false, false, 0, 0, DUPLEX_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const unsigned bytes = cases[i].offset == 0x58                                 ? 1
				       : cases[i].offset != 0x6c                               ? 4
				       : cases[i].device >= 0x8125 && cases[i].device < 0x8136 ? 2
											       : 1;
		struct registers r = {cases[i].offset, cases[i].value, 100, bytes};
		const struct register_port port = {&r, read_register};
		struct nic_wire w = {0};

		CHECK(wire_read(cases[i].vendor, cases[i].device, &port, &w) == cases[i].ok, "%zu",
			i);
		CHECK(w.link == cases[i].link && w.speed_mbps == cases[i].mbps &&
				w.max_speed_mbps == cases[i].max && w.duplex == cases[i].duplex,
			"%zu: %u of %u", i, w.speed_mbps, w.max_speed_mbps);
	}
}

static void test_counters(void)
{
	static const struct {
		uint32_t offset;
		enum nic_count count;
	} cases[] = {{0x4000, NIC_CRC}, {0x4004, NIC_ALIGNMENT}, {0x4008, NIC_SYMBOL},
		{0x400c, NIC_RECEIVE}, {0x4010, NIC_MISSED}, {0x4020, NIC_LATE_COLLISION},
		{0x40a0, NIC_NO_BUFFER}};
	struct nic_wire untouched = {.speed_mbps = 4711};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct registers r = {cases[i].offset, 9, 100, 4};
		const struct register_port port = {&r, read_register};
		struct nic_wire w;

		CHECK(wire_read(0x8086, 0x10d3, &port, &w) && w.counted);
		for (unsigned c = 0; c < NIC_COUNTS; c++)
			CHECK(w.counts[c] == (c == cases[i].count ? 9 : 0), "%zu %u", i, c);
	}
	for (unsigned n = 0; n < 3; n++) { /* one that counts nothing else, and on; or goes away */
		struct registers r = {0x4c, 0xff000007, n, 1};
		const struct register_port port = {&r, read_register};
		struct nic_wire w = {0};

		CHECK(wire_read(0x10ec, 0x8139, &port, &w) == (n == 2) && !w.counted);
		CHECK_U64(w.missed_so_far, n == 2 ? 7 : 0);
	}
	for (unsigned n = 0; n <= NIC_COUNTS; n++) { /* the card goes away in the midst */
		struct registers r = {8, 0x83, n, 4};
		const struct register_port port = {&r, read_register};

		CHECK(!wire_read(0x8086, 0x10d3, &port, &untouched));
	}
	CHECK(untouched.speed_mbps == 4711);
}

static bool read_anything(void *ctx, uint32_t offset, unsigned bytes, uint32_t *ret)
{
	struct rng *rng = ctx;

	(void)offset;
	*ret = (uint32_t)rng_next(rng) >> (32 - 8 * bytes);
	return rng_next(rng) % 64 != 0;
}

/* Whatever the registers say, the speed is one there is, and there is none without link. */
static void test_hostile(void)
{
	static const uint16_t devices[][2] = {{0x8086, 0x10d3}, {0x8086, 0x15f3}, {0x8086, 0x10fb},
		{0x8086, 0x1563}, {0x10ec, 0x8168}, {0x10ec, 0x8125}, {0x10ec, 0x8126},
		{0x10ec, 0x8139}};
	static const unsigned speeds[] = {0, 10, 100, 1000, 2500, 5000, 10000};
	struct rng rng = {7};
	const struct register_port port = {&rng, read_anything};

	for (unsigned n = 0; n < 20000; n++) {
		const uint16_t *d = devices[n % ARRAY_LEN(devices)];
		struct nic_wire w = {.speed_mbps = 4711};
		bool known = false;

		if (!wire_read(d[0], d[1], &port, &w)) {
			CHECK(w.speed_mbps == 4711);
			continue;
		}
		for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
			known = known || w.speed_mbps == speeds[i];
		CHECK(known && (w.link || (w.speed_mbps == 0 && w.duplex == DUPLEX_UNKNOWN)));
	}
}

/* ---- configuration space ---- */

#define PCIE_AT 0x60

static void make_config(uint8_t config[256])
{
	memset(config, 0, 256);
	config[0x04] = 6;    /* memory, bus master */
	config[0x06] = 0x10; /* capabilities */
	config[0x10] = 1;    /* BAR 0: I/O */
	config[0x1a] = 0xfe; /* BAR 2: memory */
	config[0x18] = 4;
	config[0x34] = 0x50;
	config[0x50] = 1; /* power management */
	config[0x51] = PCIE_AT;
	config[PCIE_AT] = 0x10;
	config[PCIE_AT + 2] = 2;
	config[PCIE_AT + 0x0c] = 0x82; /* x8, 5 GT/s */
	config[PCIE_AT + 0x12] = 0x41; /* x4, 2.5 GT/s */
}

static void test_config(void)
{
	uint8_t config[256];
	struct span all = {config, sizeof(config)};
	struct pcie_link link = {0};
	unsigned bar = 99;

	make_config(config);
	CHECK(wire_bar(all, false, &bar) && bar == 2);
	CHECK(pcie_link_read(all, &link) && link.width == 4 && link.max_width == 8 &&
		link.speed == 25 && link.max_speed == 50);
	for (size_t len = 0; len < PCIE_AT + 0x14; len++)
		CHECK(!pcie_link_read((struct span){config, len}, &link), "%zu", len);
	CHECK(!wire_bar((struct span){config, 0x3f}, false, &bar));
	config[PCIE_AT + 2] = 0x92; /* in the chipset: no link */
	CHECK(!pcie_link_read(all, &link));
	make_config(config);
	config[0x51] = 0x50; /* a list that bites its tail */
	CHECK(!pcie_link_read(all, &link));
	make_config(config);
	config[0x51] = 0xfc; /* and one that leads out */
	CHECK(!pcie_link_read(all, &link));
	make_config(config);
	config[PCIE_AT + 0x12] = 0x4f; /* a speed nobody knows */
	CHECK(!pcie_link_read(all, &link));
	make_config(config);
	config[0x06] = 0;
	CHECK(!pcie_link_read(all, &link));
	config[0x04] = 1; /* decodes no memory */
	CHECK(!wire_bar(all, false, &bar));
	CHECK(wire_bar(all, true, &bar) == false, "BAR 0 has no address");
	config[0x11] = 0xc0;
	CHECK(wire_bar(all, true, &bar) && bar == 0);
	config[0x04] = 2;
	config[0x19] = config[0x1d] = 1; /* a wide one, and its upper half */
	CHECK(wire_bar(all, false, &bar) && bar == 2 && !wire_bar(all, true, &bar));
	memset(config, 0xff, sizeof(config));
	CHECK(!pcie_link_read(all, &link) && !wire_bar(all, false, &bar));
}

/* ---- what the checks make of it ---- */

#define MAU_100_HALF 15
#define MAU_100_FULL 16

static void hear_switch(uint8_t mau)
{
	static uint8_t lldp[] = "\x01\x80\xc2\x00\x00\x0e\x00\x1b\x54\x01\x02\x03\x88\xcc"
				"\x02\x07\x04\x00\x1b\x54\x01\x02\x03\x04\x03\x05p7\x06\x02\x00\x78"
				"\xfe\x09\x00\x12\x0f\x01\x03\x6c\x00\x00\x0f\x00\x00";

	lldp[sizeof(lldp) - 4] = mau;
	net_hear(&rig.run, 0, run_now_ns(&rig.run), (struct span){lldp, sizeof(lldp) - 1});
}

static void test_checks(void)
{
	static const struct {
		const char *name, *spec;
		uint8_t mau; /* 0: no switch */
		const char *codes, *shows;
		enum verdict link, listen;
	} cases[] = {
		{"not known", "nics=1", 0, "", "", PASS, PASS},
		{"good", "wired", 0, "", "speed=1000 full_duplex=1 ", PASS, PASS},
		{"counted", "wired", 0, "", "crc_errors=0 ", PASS, PASS},
		{"slow", "slow", 0, "nic-slow-link", "speed=100 full_duplex=1 ", WARN, PASS},
		{"half", "halfduplex", 0, "nic-slow-link", "speed=1000 full_duplex=0 ", WARN, PASS},
		{"no link", "wired nolink", 0, "nic-no-link", "", WARN, SKIP},
		{"errors", "crcerrors", 0, "nic-errors", "", WARN, PASS},
		{"half there", "nics=1", MAU_100_HALF, "net-duplex-mismatch", "", PASS, WARN},
		{"full there", "nics=1", MAU_100_FULL, "", "", PASS, PASS},
		{"half there, full here", "wired", MAU_100_HALF, "net-duplex-mismatch", "", PASS,
			FAIL},
		{"full there, half here", "halfduplex", MAU_100_FULL,
			"nic-slow-link net-duplex-mismatch", "", WARN, FAIL},
		{"half at both ends", "halfduplex", MAU_100_HALF, "nic-slow-link", "", WARN, PASS},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const unsigned failed = test_failed;
		const bool nolink = cases[i].link == WARN && cases[i].listen == SKIP;

		rig_init(&rig, nolink ? (const char *const[]){"wired", "nolink", NULL}
				      : (const char *const[]){cases[i].spec, NULL});
		rig_check(&rig, 0);
		rig_check(&rig, 1);
		if (cases[i].mau != 0)
			hear_switch(cases[i].mau);
		rig_check(&rig, 2);
		net_session_end(&rig.run);
		CHECK(rig.verdicts[1] == cases[i].link && rig.verdicts[2] == cases[i].listen);
		CHECK_STR(rig_codes(&rig), cases[i].codes);
		CHECK(strstr(rig.measures, cases[i].shows) != NULL, "%s", rig.measures);
		if (test_failed != failed)
			printf("  in case \"%s\": %s %s\n", cases[i].name,
				verdict_name(rig.verdicts[1]), verdict_name(rig.verdicts[2]));
	}
}

/* Errors are counted from the first reading on (77 before it do not count), and told once. */
static void test_errors_once(void)
{
	rig_init(&rig, (const char *const[]){"crcerrors", NULL});
	for (size_t i = 0; i < RIG_CHECKS; i++)
		rig_check(&rig, i);
	net_session_end(&rig.run);
	CHECK_STR(rig_codes(&rig), "nic-errors net-no-dhcp");
	CHECK(rig.finding_count == 2 &&
			strstr(rig.findings[0].fields, "count=6 crc_errors=6") != NULL,
		"%s", rig.findings[0].fields);
	CHECK(strstr(rig.measures, "missed_frames=") != NULL);
}

static struct nic_wire fake;
static unsigned readings_left;

static bool read_fake(void *ctx, struct nic_wire *ret)
{
	(void)ctx;
	if (readings_left == 0)
		return false;
	readings_left--;
	*ret = fake;
	return true;
}

/* A card that goes away is no card with errors; a fast one on a gigabit switch is no slow one. */
static void test_gone_and_fast(void)
{
	fake = (struct nic_wire){.link = true,
		.speed_mbps = 1000,
		.max_speed_mbps = 2500,
		.duplex = DUPLEX_FULL,
		.counted = true};
	readings_left = 2;
	rig_init(&rig, (const char *const[]){"asks=10.0.2.77", NULL});
	rig.nics[0].wire = read_fake;
	rig_check(&rig, 0);
	rig_check(&rig, 1);
	rig_check(&rig, 2);
	net_session_end(&rig.run);
	CHECK_STR(rig_codes(&rig), "");
	CHECK(strstr(rig.notes, "nic0 runs at 1000 Mb/s and could do 2500") != NULL, "%s",
		rig.notes);
	CHECK(strstr(rig.notes, "the card is gone from the bus") != NULL, "%s", rig.notes);
	CHECK(strstr(rig.coverage, "its own counters") == NULL, "%s", rig.coverage);
	fake.speed_mbps = 100;
	readings_left = UINT32_MAX;
	rig_init(&rig, (const char *const[]){"asks=10.0.2.77", NULL});
	rig.nics[0].wire = read_fake;
	rig_check(&rig, 1);
	CHECK_STR(rig_codes(&rig), "nic-slow-link");
	CHECK(strstr(rig.notes, "gone") == NULL);
	net_session_end(&rig.run);
}

/* A counter that reading does not clear, and that a reset does. It is no ground to say that no frame was damaged. */
static void test_counts_on(void)
{
	static const uint32_t readings[] = {5010, 3, 4};

	fake = (struct nic_wire){.link = true, .missed_so_far = 5000};
	readings_left = UINT32_MAX;
	rig_init(&rig, (const char *const[]){"asks=10.0.2.77", NULL});
	rig.nics[0].wire = read_fake;
	rig_check(&rig, 0);
	for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
		fake.missed_so_far = readings[i];
		health_read(&rig.session.stations[0]);
	}
	CHECK_U64(rig.session.stations[0].health.counts[NIC_MISSED], 10 + 3 + 1);
	net_session_end(&rig.run);
	CHECK_STR(rig_codes(&rig), "");
	CHECK(strstr(rig.coverage, "its own counters") == NULL, "%s", rig.coverage);
}

/* A slot with fewer lanes is a note, no finding. */
static void test_bus(void)
{
	uint8_t config[256];

	make_config(config);
	rig_init(&rig, (const char *const[]){"nics=1", NULL});
	rig.nics[0].pci_config = (struct span){config, sizeof(config)};
	rig_check(&rig, 1);
	CHECK(strstr(rig.measures, "pcie_width=4 pcie_speed=25 ") != NULL, "%s", rig.measures);
	CHECK(strstr(rig.notes, "4 lanes at 2.5 GT/s and could have 8 at 5.0 GT/s") != NULL, "%s",
		rig.notes);
	CHECK_STR(rig_codes(&rig), "");
	net_session_end(&rig.run);
}

int main(void)
{
	test_registers();
	test_counters();
	test_hostile();
	test_config();
	test_checks();
	test_errors_once();
	test_gone_and_fast();
	test_counts_on();
	test_bus();
	return test_end(__FILE__);
}
