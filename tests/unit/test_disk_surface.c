/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The surface scan's plan and its judgement of slow regions: each LBA exactly once, even samples, no hiccup taken for
 * a bad sector. */
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

	disk_plan_init(&plan, 100 * 12 + 1, 100, true);
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

			disk_plan_init(&plan, sizes[s], 1, true);
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
	CHECK_U64(f->coverage_count, 2);
	CHECK_STR(f->coverage[0], "read 500 MiB of 4 TiB, 0.01 %, evenly spread, no error");
	CHECK_STR(f->coverage[1], "read 150 MiB of 16 TiB, 0.0008 %, evenly spread, no error");
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

static void test_slow_region(void)
{
	struct fixture *f = fixture_new("size=64M,latency=2ms,slow=30000:300ms,slow=31000:300ms");
	const struct heard *h = &f->findings[0];

	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(h->code, FINDING_DISK_SLOW_REGION);
	CHECK_U64(h->lba, 28672);
	CHECK_U64(h->lba_count, 4096);
	CHECK(strstr(h->text, "302 ms per read, again and again, where 2") != NULL, "%s", h->text);
	CHECK_U64(f->coverage_count, 1);
	fixture_free(f);
}

static void test_slow_regions_apart(void)
{
	struct fixture *f = fixture_new("size=64M,latency=2ms,slow=100000:300ms,slow=31000:100ms");

	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK_U64(f->finding_count, 2);
	CHECK_U64(f->findings[0].lba, 30720);
	CHECK_U64(f->findings[1].lba, 98304);
	fixture_free(f);
}

/* Slow once, or three times out of five: the machine hiccuped. Slow everywhere: that is how this disk is. */
static void test_not_slow(void)
{
	static const char *const specs[] = {
		"size=64M,latency=2ms,slow=30000:300ms*1",
		"size=64M,latency=2ms,slow=30000:300ms*3",
		"size=64M,latency=2ms,slow=0:300ms*1",
		"size=64M,latency=100ms",
		"size=64M,latency=100ms,slow=30000:500ms",
		"size=64M,latency=1ms,slow=30000:40ms",
	};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct fixture *f = fixture_new(specs[i]);

		CHECK(fixture_check(f, &disk_surface_check) == PASS, "%s", specs[i]);
		CHECK(f->finding_count == 0, "%s", specs[i]);
		fixture_free(f);
	}
}

/* Re-reads are for what stands out only. */
static void test_rereads(void)
{
	static const struct {
		const char *spec;
		unsigned requests;
	} cases[] = {
		{"size=64M,latency=100ms", 64},
		{"size=8M,latency=100ms", 8},
		{"size=64M,latency=100ms,slow=30000:500ms", 64},
		{"size=64M,latency=2ms,slow=30000:300ms*1", 64 + 1},
		{"size=64M,latency=2ms,slow=0+8192:300ms*4", 64 + 4},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);

		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		CHECK(f->sims.disks[0].request_count == cases[i].requests, "%s: %" PRIu64,
			cases[i].spec, f->sims.disks[0].request_count);
		fixture_free(f);
	}
}

/* A noisy machine around a healthy disk: what `stall_ns` says is added to a read. */
static enum disk_result (*sim_read_plain)(void *ctx, uint64_t lba, uint32_t count);
static uint64_t (*stall_ns)(struct sim_disk *sim);

static enum disk_result read_with_stalls(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	sim->clock->sleep_ns(sim->clock->ctx, stall_ns(sim));
	return sim_read_plain(ctx, lba, count);
}

/* One read in ten takes 50 to 200 ms longer, any time. */
static uint64_t stalls_at_random(struct sim_disk *sim)
{
	struct rng rng = {sim->request_count * 0x10001};

	return rng_below(&rng, 10) == 0 ? 50 * MS + rng_below(&rng, 150 * MS) : 0;
}

/* For 6 s at the end of the scan every read takes 100 ms longer: the host is busy with something else. */
static uint64_t stalls_in_a_burst(struct sim_disk *sim)
{
	static uint64_t begin_ns;
	uint64_t now_ns = sim->clock->now_ns(sim->clock->ctx);

	if (sim->request_count < 500)
		begin_ns = now_ns;
	return now_ns - begin_ns < 6000 * MS && sim->request_count >= 500 ? 100 * MS : 0;
}

static struct fixture *noisy_fixture(const char *spec, uint64_t (*stall)(struct sim_disk *sim))
{
	struct fixture *f = fixture_new(spec);

	f->config.profile = PROFILE_FULL;
	sim_read_plain = f->disks[0].read;
	f->disks[0].read = read_with_stalls;
	stall_ns = stall;
	return f;
}

/* The machine stalls, not the disk: no finding, whenever it does. A slow region shows all the same. */
static void test_noisy_machine(void)
{
	struct fixture *f;

	for (unsigned i = 0; i < 8; i++) {
		f = noisy_fixture("size=512M,latency=2ms", stalls_at_random);
		f->sims.disks[0].request_count = i * 100000;
		CHECK(fixture_check(f, &disk_surface_check) == PASS, "%u: %s", i,
			f->findings[0].text);
		CHECK(f->sims.disks[0].request_count - i * 100000 < 2 * 512);
		fixture_free(f);
	}
	f = noisy_fixture("size=512M,latency=2ms", stalls_in_a_burst);
	CHECK(fixture_check(f, &disk_surface_check) == PASS, "%s", f->findings[0].text);
	fixture_free(f);
	f = noisy_fixture("size=256M,latency=2ms,slow=300000:300ms", stalls_at_random);
	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(f->findings[0].lba, 299008);
	fixture_free(f);
}

/* LBA 100 MiB is slow, unless it is among the last 16 reads: then the drive's cache has it. */
static enum disk_result read_cached(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;
	bool cached = false;

	for (size_t i = sim->log_count < 16 ? 0 : sim->log_count - 16; i < sim->log_count; i++)
		cached |= sim->log[i].lba == lba;
	if (lba == 204800 && !cached)
		sim->clock->sleep_ns(sim->clock->ctx, 300 * MS);
	return sim_read_plain(ctx, lba, count);
}

static void test_cache_hides_nothing(void)
{
	struct fixture *f = fixture_new("size=256M,latency=2ms");

	f->config.profile = PROFILE_FULL;
	sim_read_plain = f->disks[0].read;
	f->disks[0].read = read_cached;
	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK_U64(f->findings[0].lba, 204800);
	fixture_free(f);
}

/* Half of a disk is slow: reported, but not region by region for ever. */
static void test_many_slow_regions(void)
{
	char spec[2048] = "size=256M,latency=1ms";
	struct fixture *f;

	for (unsigned i = 0; i < 60; i++)
		snprintf(spec + strlen(spec), 32, ",slow=%u:100ms", (4 * i + 1) * 2048);
	f = fixture_new("");
	CHECK(sim_disks_add(&f->sims, spec));
	f->machine.disk_count = sim_disks_ports(&f->sims, f->disks, SIM_DISKS_MAX);
	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK(f->finding_count >= 16 && f->finding_count <= SLOW_MAX, "%zu findings, %s",
		f->finding_count, f->findings[0].text);
	CHECK(fixture_has_note(f, "further slow regions are not looked into"));
	CHECK(strstr(f->coverage[0], "every block") != NULL, "%s", f->coverage[0]);
	fixture_free(f);
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
	test_slow_region();
	test_slow_regions_apart();
	test_not_slow();
	test_rereads();
	test_noisy_machine();
	test_cache_hides_nothing();
	test_many_slow_regions();
	test_file();
	test_bad_specs();
	return test_end(__FILE__);
}
