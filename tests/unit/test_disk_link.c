/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk-link-degraded: PCI Express links of drives, against what drive and slot can. */
#include "disk_fixture.h"

#define PCIE_AT 0x40

/* Configuration space of the drive and of the port above it; length 0: not to be had. */
static uint8_t drive[256], port[256];
static size_t port_len;

/* Speeds are the numbers of the specification: 1 is 2.5 GT/s, 4 is 16 GT/s. */
static void make(
	uint8_t config[256], unsigned width, unsigned speed, unsigned max_width, unsigned max_speed)
{
	memset(config, 0, 256);
	config[0x06] = 0x10; /* has capabilities */
	config[0x34] = PCIE_AT;
	config[PCIE_AT] = 0x10;
	config[PCIE_AT + 0x0c] = (uint8_t)(max_width << 4 | max_speed);
	config[PCIE_AT + 0x12] = (uint8_t)(width << 4 | speed);
}

static void look(void *ctx, struct span *ret_own, struct span *ret_port)
{
	(void)ctx;
	*ret_own = (struct span){drive, sizeof(drive)};
	*ret_port = (struct span){port, port_len};
}

static const struct {
	unsigned width, speed, max_width, max_speed, port_width,
		port_speed; /* port_width 0: no port */
	bool found, noted;
} cases[] = {
	{4, 4, 4, 4, 16, 4, false, false},
	{4, 3, 4, 4, 4, 3, false, false}, /* the slot is of an older generation */
	{2, 4, 4, 4, 2, 4, false, false}, /* and here it has two lanes */
	{1, 4, 4, 4, 4, 4, true, false}, {4, 1, 4, 4, 4, 3, true, false},
	{1, 4, 4, 4, 2, 4, true, false}, /* two lanes would be right */
	{1, 4, 4, 4, 0, 0, false, true}, {4, 4, 4, 4, 0, 0, false, false},
	{0, 1, 4, 4, 4, 4, false, false}, /* nonsense: nothing is said */
};

static void test_links(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new("size=64M,bus=nvme");
		const size_t found = cases[i].found;

		f->disks[0].link = look;
		make(drive, cases[i].width, cases[i].speed, cases[i].max_width, cases[i].max_speed);
		make(port, cases[i].width, cases[i].speed, cases[i].port_width,
			cases[i].port_speed);
		port_len = cases[i].port_width != 0 ? sizeof(port) : 0;
		CHECK(fixture_check(f, &disk_benchmark_check) == (found ? WARN : PASS), "%zu", i);
		CHECK(fixture_count(f, FINDING_DISK_LINK_DEGRADED) == found, "%zu", i);
		CHECK(fixture_has_note(f, "is not known") == cases[i].noted, "%zu", i);
		CHECK(fixture_measure(f, "pcie_width") ==
				(cases[i].width != 0 ? cases[i].width : UINT64_MAX),
			"%zu", i);
		if (found)
			CHECK(strstr(f->findings[0].text, "PCI Express link is x") != NULL, "%s",
				f->findings[0].text);
		fixture_free(f);
	}
}

/* A disk behind a controller has no link of its own. */
static void test_no_link(void)
{
	struct fixture *f = fixture_new("size=64M,bus=sata");

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "pcie_width"), UINT64_MAX);
	fixture_free(f);
}

int main(void)
{
	test_links();
	test_no_link();
	return test_end(__FILE__);
}
