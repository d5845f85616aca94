/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The surface scan's plan: each LBA exactly once, even samples, bounded time. */
#include "diskbench/plan.h"
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

/* Marks every block the disk was asked for. Returns how many were asked for once, and sets *ret_most. */
static uint64_t count_visits(const struct sim_disk *sim, unsigned *ret_most)
{
	uint64_t blocks = sim->settings.block_count, once = 0;
	uint8_t *visits = calloc(blocks, 1);

	*ret_most = 0;
	for (size_t i = 0; i < sim->log_count; i++) {
		for (uint32_t b = 0; b < sim->log[i].count; b++) {
			uint8_t *v = &visits[sim->log[i].lba + b];

			*v = (uint8_t)(*v + 1);
			*ret_most = *v > *ret_most ? *v : *ret_most;
		}
	}
	for (uint64_t i = 0; i < blocks; i++)
		once += visits[i] == 1;
	free(visits);
	return once;
}

/* Every block once, whatever the size; sampled (quick) and front to back (full). */
static void test_each_block_once(void)
{
	struct rng rng = {2024};

	for (unsigned round = 0; round < 60; round++) {
		static const unsigned blocks[] = {512, 4096, 1024};
		unsigned block = blocks[round % ARRAY_LEN(blocks)], most;
		uint64_t count = 1 + rng_below(&rng, round % 2 == 0 ? 3000 : 40000 / (block / 512));
		char spec[64];
		struct fixture *f;

		snprintf(spec, sizeof(spec), "size=%" PRIu64 ",block=%u", count * block, block);
		f = fixture_new(spec);
		f->config.profile = round / 3 % 2 == 0 ? PROFILE_QUICK : PROFILE_FULL;
		CHECK(fixture_check(f, &disk_surface_check) == PASS, "%s", spec);
		CHECK(count_visits(&f->sims.disks[0], &most) == count, "%s", spec);
		CHECK(most == 1, "%s: %u", spec, most);
		CHECK_U64(fixture_measure(f, "surface-covered"), 1000000);
		fixture_free(f);
	}
}

static void test_order(void)
{
	static const uint64_t want[] = {0, 8, 4, 12, 2, 10, 6, 1, 9, 5, 3, 11, 7};
	struct disk_plan plan;
	uint64_t lba;
	uint32_t count;

	disk_plan_init(&plan, 100 * 12 + 1, 100, true, 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		CHECK(disk_plan_next(&plan, &lba, &count));
		CHECK_U64(lba, want[i] * 100);
		CHECK_U64(count, want[i] == 12 ? 1 : 100);
	}
	CHECK(!disk_plan_next(&plan, &lba, &count));
	CHECK(!disk_plan_next(&plan, &lba, &count));
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Wherever the sample stops, no hole is more than four times the even spacing. */
static void test_even(void)
{
	static const uint64_t sizes[] = {1000, 1024, 1025, 4095, 77777};

	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		for (size_t stop = 3; stop <= 600; stop = stop * 2 + 1) {
			static uint64_t visited[1024];
			struct disk_plan plan;
			uint64_t widest = 0;
			uint32_t count;

			disk_plan_init(&plan, sizes[s], 1, true, stop * 0x1234567);
			for (size_t i = 0; i < stop; i++)
				CHECK(disk_plan_next(&plan, &visited[i], &count));
			qsort(visited, stop, sizeof(*visited), compare);
			visited[stop] = sizes[s];
			for (size_t i = 0; i < stop; i++)
				widest = visited[i + 1] - visited[i] > widest
						 ? visited[i + 1] - visited[i]
						 : widest;
			CHECK(widest <= 4 * (sizes[s] / stop + 1),
				"size %" PRIu64 " stop %zu widest %" PRIu64, sizes[s], stop,
				widest);
		}
	}
}

/* 4 TiB in 15 s: bounded in time, honest about the fraction, 4 KiB blocks as well. */
static void test_huge(void)
{
	struct fixture *f = fixture_new("size=4T,latency=30ms|size=16T,block=4096,latency=100ms");
	uint64_t start_ns = f->now_ns;

	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK(f->now_ns - start_ns < 32000 * MS);
	CHECK_U64(f->coverage_count, 4);
	CHECK_STR(f->coverage[0], "read 500 MiB of 4 TiB, 0.01 %, evenly spread, no error");
	CHECK_STR(f->coverage[2], "read 150 MiB of 16 TiB, 0.0008 %, evenly spread, no error");
	CHECK(f->longest_silence_ns < 1000 * MS);
	CHECK(f->progress_count > 100);
	CHECK(f->progress_lba > 0);
	fixture_free(f);
}

/* The rate that disk.benchmark measured decides: front to back when all of it fits, else spread. */
static void test_order_by_rate(void)
{
	static const struct {
		const char *spec;
		bool in_order;
	} cases[] = {
		{"size=256M,rate=100M", true},
		{"size=4G,rate=100M", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);
		const struct sim_disk *sim = &f->sims.disks[0];

		CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
		sim_disk_forget(&f->sims.disks[0]);
		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		CHECK((sim->log[1].lba == 2048) == cases[i].in_order, "%s", cases[i].spec);
		fixture_free(f);
	}
}

/* A file as the disk: read whole, and not written to (the port has no call for it, the file is open for reading). */
static void test_file(void)
{
	char path[] = "/tmp/kiriwake-disk-XXXXXX", spec[64];
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "wb");
	struct fixture *f;

	for (unsigned i = 0; i < 300000; i++)
		fputc((int)(i * 7 & 0xff), file);
	fclose(file);
	snprintf(spec, sizeof(spec), "file=%s", path);
	f = fixture_new(spec);
	CHECK_U64(f->disks[0].block_count, 585);
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK_U64(f->disks[0].buffer[1000], 1000 * 7 & 0xff);
	fixture_free(f);
	remove(path);
}

static void test_bad_specs(void)
{
	static const char *const specs[] = {"size", "size=", "size=x", "block=100", "block=513",
		"bad=", "bad=x", "bad=1+x", "slow=5", "slow=5:x", "file=/no/such/file", "what=1",
		"size=0x", "size=100"};
	struct sim_disks sims;
	struct clock_port clock = {0};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		sim_disks_init(&sims, &clock);
		CHECK(!sim_disks_add(&sims, specs[i]), "%s", specs[i]);
		CHECK(sims.error[0] != '\0');
		sim_disks_free(&sims);
	}
}

int main(void)
{
	test_order();
	test_even();
	test_each_block_once();
	test_huge();
	test_order_by_rate();
	test_file();
	test_bad_specs();
	return test_end(__FILE__);
}
