/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Drives that answer commands: the pages they give, to be changed by a test before a check reads them. */
#ifndef KIRIWAKE_TESTS_SMART_FIXTURE_H
#define KIRIWAKE_TESTS_SMART_FIXTURE_H

#include "tests/unit/disk_fixture.h"
#include "tests/unit/smart_maker.h"

static inline void give(struct fixture *f, const char *key, const void *bytes, size_t len)
{
	CHECK(sim_disk_page(&f->sims.disks[0], (struct text){key, strlen(key)}, bytes, len), "%s",
		key);
}

/* The page that was given under `key`, to be changed. */
static inline uint8_t *page_at(struct fixture *f, uint32_t key)
{
	struct sim_disk *sim = &f->sims.disks[0];

	for (size_t i = 0; i < sim->page_count; i++) {
		if (sim->pages[i].key == key)
			return sim->pages[i].bytes;
	}
	abort();
}

#define KEY_IDENTIFY 0xec0000
#define KEY_SMART    0xb0d000
#define KEY_ERRORS   0xb0d501
#define KEY_TESTS    0xb0d506
#define KEY_HEALTH   0x020200
#define KEY_NVME_ERR 0x020100

static const struct made_attribute good_drive[] = {
	{1, 1, 83, 64, 44, 199781349},
	{5, 1, 100, 100, 10, 0},
	{9, 0, 90, 90, 0, 12345},
	{12, 0, 100, 100, 20, 40},
	{187, 0, 100, 100, 0, 0},
	{190, 0, 64, 47, 40, 36},
	{197, 0, 100, 100, 0, 0},
	{198, 0, 100, 100, 0, 0},
	{199, 0, 200, 200, 0, 0},
};

/* A SATA drive without any fault. */
static inline struct fixture *ata_fixture(const char *model, unsigned rotation)
{
	char spec[128];
	uint8_t page[512], thresholds[512];
	struct fixture *f;

	snprintf(spec, sizeof(spec), "size=64M,bus=sata,speaks=ata,model=%s,serial=S1", model);
	f = fixture_new(spec);
	make_identity(page, model, "S1", rotation);
	give(f, "ec", page, 512);
	make_smart(page, thresholds, good_drive, ARRAY_LEN(good_drive));
	give(f, "b0.d0", page, 512);
	give(f, "b0.d1", thresholds, 512);
	memset(page, 0, sizeof(page));
	page[0] = 1;
	seal(page);
	give(f, "b0.d5.1", page, 512);
	give(f, "b0.d5.6", page, 512);
	return f;
}

static inline struct fixture *nvme_fixture(void)
{
	struct fixture *f = fixture_new("size=64M,bus=nvme,speaks=nvme,model=N,serial=S2");
	uint8_t page[4096] = {0};

	memcpy(page + 4, "S2", 2);
	memcpy(page + 24, "N", 1);
	page[256] = 1 << 4; /* has self-tests */
	put_le(page + 268, 358, 2);
	give(f, "6.1", page, 4096);
	memset(page, 0, sizeof(page));
	put_le(page + 1, 310, 2);
	page[3] = 100;
	page[4] = 10;
	page[5] = 3;
	put_le(page + 112, 50, 8);
	put_le(page + 128, 4711, 8);
	give(f, "2.2", page, 512);
	memset(page, 0, 564);
	for (size_t i = 0; i < 20; i++)
		page[4 + 28 * i] = 15;
	give(f, "2.6", page, 564);
	memset(page, 0, 64);
	give(f, "2.1", page, 64);
	return f;
}

#endif
