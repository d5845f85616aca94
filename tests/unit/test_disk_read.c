/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The truthful read against firmware that lies, delivers in part, fails now and then, or tells the truth about a disk
 * that holds our own poison. */
#include "diskbench/poison.h"
#include "diskbench/read.h"
#include "tests/unit/disk_fixture.h"

static enum disk_result (*sim_read_plain)(void *ctx, uint64_t lba, uint32_t count);

static struct read_result read_once(struct fixture *f, uint64_t lba, uint32_t count)
{
	struct disk_reader reader;

	disk_reader_init(&reader, &f->disks[0], &f->clock, 7);
	return disk_reader_read(&reader, lba, count);
}

static void test_good(void)
{
	struct fixture *f = fixture_new("size=1M,latency=250us");
	struct read_result r = read_once(f, 0, 2048);

	CHECK_U64(r.status, READ_GOOD);
	CHECK_U64(r.took_ns, 250000);
	CHECK_U64(f->sims.disks[0].request_count, 1);
	CHECK(poison_digest(f->disks[0].buffer, 0, 512) !=
		poison_digest(f->disks[0].buffer, 512, 1024));
	fixture_free(f);
}

/* First, middle and last block of the disk; in small and 4 KiB blocks. */
static void test_lies(void)
{
	static const struct {
		const char *spec;
		uint64_t lba;
	} cases[] = {
		{"size=1M,lies=0", 0},
		{"size=1M,lies=1000", 1000},
		{"size=1M,lies=2047", 2047},
		{"size=1M,block=4096,lies=0", 0},
		{"size=1M,block=4096,lies=255", 255},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);
		uint32_t all = (uint32_t)f->disks[0].block_count;
		struct read_result r = read_once(f, 0, all);

		CHECK_U64(r.status, READ_LIED);
		CHECK_U64(r.bad_lba, cases[i].lba);
		CHECK(!r.in_part);
		r = read_once(f, cases[i].lba, 1);
		CHECK_U64(r.status, READ_LIED);
		CHECK_U64(r.bad_count, 1);
		fixture_free(f);
	}
}

/* A transfer that stops inside a block. */
static void test_partial(void)
{
	static const struct {
		const char *spec;
		enum read_status want;
	} cases[] = {
		{"size=1M,partial=5:8", READ_LIED},
		{"size=1M,partial=5:504", READ_LIED},
		{"size=1M,block=4096,partial=5:512", READ_LIED},
		{"size=1M,block=4096,partial=5:3584", READ_LIED},
		{"size=1M,partial=5:512", READ_GOOD},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);
		struct read_result r = read_once(f, 0, 16);

		CHECK(r.status == cases[i].want, "%s", cases[i].spec);
		if (cases[i].want == READ_LIED) {
			CHECK_U64(r.bad_lba, 5);
			CHECK_U64(r.bad_count, 1);
			CHECK(r.in_part, "%s", cases[i].spec);
		}
		fixture_free(f);
	}
}

/* A disk that really holds the pattern of the first attempt: what an untouched buffer showed before. */
static void test_disk_holds_poison(void)
{
	struct fixture *f = fixture_new("size=1M");
	uint8_t *image = malloc(1u << 20);
	struct rng keys = {7};
	struct read_result r;

	poison_fill(image, 1u << 20, rng_next(&keys));
	CHECK(sim_disk_patch(&f->sims.disks[0], 100, 50, image + 100 * 512));
	r = read_once(f, 0, 2048);
	CHECK_U64(r.status, READ_GOOD);
	CHECK_U64(f->sims.disks[0].request_count, 2);
	CHECK(memcmp(f->disks[0].buffer + 100 * 512, image + 100 * 512, 50 * 512) == 0);
	free(image);
	fixture_free(f);
}

/* It lied once and then delivered: still no good read. */
static void test_lied_once(void)
{
	struct fixture *f = fixture_new("size=1M,lies=300*1");
	struct read_result r = read_once(f, 0, 2048);

	CHECK_U64(r.status, READ_LIED);
	CHECK_U64(r.bad_lba, 300);
	CHECK_U64(read_once(f, 0, 2048).status, READ_GOOD);
	fixture_free(f);
}

/* Lets every second read lie about block 1000. */
static enum disk_result lie_every_second(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;
	uint8_t kept[512], *block = sim->settings.buffer + 1000 * 512;
	bool lie = sim->request_count % 2 == 1;

	memcpy(kept, block, 512);
	if (sim_read_plain(ctx, lba, count) != DISK_OK)
		return DISK_ERROR;
	if (lie)
		memcpy(block, kept, 512);
	return DISK_OK;
}

/* The disk holds the first poison, and the read that should prove it lies elsewhere. */
static void test_lied_while_proving(void)
{
	struct fixture *f = fixture_new("size=1M");
	uint8_t *image = malloc(1u << 20);
	struct rng keys = {7};
	struct read_result r;

	poison_fill(image, 1u << 20, rng_next(&keys));
	CHECK(sim_disk_patch(&f->sims.disks[0], 100, 50, image + 100 * 512));
	sim_read_plain = f->disks[0].read;
	f->disks[0].read = lie_every_second;
	r = read_once(f, 0, 2048);
	CHECK_U64(r.status, READ_LIED);
	CHECK_U64(r.bad_lba, 1000);
	CHECK_U64(r.bad_count, 1);
	free(image);
	fixture_free(f);
}

static void test_statuses(void)
{
	static const struct {
		const char *spec;
		enum read_status want;
	} cases[] = {
		{"size=1M,bad=9", READ_ERROR},
		{"size=1M,timeout=9", READ_TIMEOUT},
		{"size=1M,gone_after=0", READ_GONE},
		{"size=1M,lies=3,gone_after=1", READ_GONE},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);
		struct read_result r = read_once(f, 0, 16);

		CHECK(r.status == cases[i].want, "%s", cases[i].spec);
		CHECK_U64(r.bad_lba, 0);
		CHECK_U64(r.bad_count, 16);
		fixture_free(f);
	}
}

static void test_poison(void)
{
	uint8_t *buffer = aligned_alloc(64, 2048);
	size_t first = 77, end = 77;

	poison_fill(buffer, 2048, 5);
	CHECK(poison_find(buffer, 2048, 5, &first, &end));
	CHECK_U64(first, 0);
	CHECK_U64(end, 2048);
	CHECK_U64(poison_left(buffer, 0, 2048, 5), 2048);
	CHECK(!poison_find(buffer, 2048, 6, &first, &end), "another key");
	memset(buffer, 0, 1024);
	memset(buffer + 1536, 0, 512);
	CHECK(poison_find(buffer, 2048, 5, &first, &end));
	CHECK_U64(first, 1024);
	CHECK_U64(end, 1536);
	CHECK_U64(poison_left(buffer, first, end, 5), 512);
	/* A packet of 64 bytes that never came, and a transfer one word short. */
	for (size_t hole = 0; hole < 2048; hole += 64) {
		poison_fill(buffer, 2048, 5);
		memset(buffer, 0, hole);
		memset(buffer + hole + 64, 0, 2048 - hole - 64);
		CHECK(poison_find(buffer, 2048, 5, &first, &end));
		CHECK_U64(first, hole / 512 * 512);
		CHECK_U64(end, first + 512);
	}
	poison_fill(buffer, 2048, 5);
	memset(buffer, 0, 2040);
	CHECK(poison_find(buffer, 2048, 5, &first, &end));
	free(buffer);
}

int main(void)
{
	test_poison();
	test_good();
	test_lies();
	test_partial();
	test_disk_holds_poison();
	test_lied_once();
	test_lied_while_proving();
	test_statuses();
	return test_end(__FILE__);
}
