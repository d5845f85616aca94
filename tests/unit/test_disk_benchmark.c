/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* disk.benchmark: its figures against disks of known speed, and what it claims. */
#include "diskbench/steady.h"
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

/* The disk's own read, below what a test puts on top of it. */
static enum disk_result (*plain_read)(void *ctx, uint64_t lba, uint32_t count);

static struct fixture *fixture_over(
	const char *spec, enum disk_result (*read)(void *ctx, uint64_t lba, uint32_t count))
{
	struct fixture *f = fixture_new(spec);

	plain_read = f->disks[0].read;
	f->disks[0].read = read;
	return f;
}

static void test_figures(void)
{
	/* 1 MiB in 10 ms + 5 ms: 69.9 MB/s. 4 KiB: 5 ms + 39.0625 us. 64 KiB: 5 ms + 625 us. */
	struct fixture *f = fixture_new("size=1G,latency=5ms,rate=104857600");
	const struct point *curve;
	size_t count;

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "seq-read-start"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-middle"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-end"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-min"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-max"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-mean"), 699);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.N"), 256);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.min"), 5039062);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.max"), 5039062);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.mean"), 5039062);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.stddev"), 0);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.percentile.50.000000"), 5039062);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.percentile.99.990000"), 5039062);
	CHECK_U64(fixture_measure(f, "randread-4k.iops"), 198449);
	CHECK_U64(fixture_measure(f, "randread-4k.bw_bytes"), 812849);
	CHECK_U64(fixture_measure(f, "randread-4k.steadystate.attained"), 1);
	CHECK_U64(fixture_measure(f, "randread-64k.clat_ns.mean"), 5625000);
	CHECK_U64(fixture_measure(f, "randread-64k.bw_bytes"), 11650844);
	CHECK_STR(f->coverage[0],
		"read 272 MiB in zones from the first block to the last, and at random 256 times 4 KiB and 128 times 64 KiB, no error");
	CHECK(f->longest_silence_ns < 1000 * MS);
	curve = fixture_series(f, "seq-read", &count);
	CHECK_U64(count, 17);
	CHECK(curve[0].x == 0 && curve[0].y == 699);
	CHECK_U64(curve[8].x, (1008 << 20) / 2);
	CHECK_U64(curve[16].x, 1008 << 20);
	curve = fixture_series(f, "randread-4k.clat_ns", &count);
	CHECK_U64(count, 1);
	CHECK(curve[0].x <= 5039062 && curve[0].y == 256);
	fixture_free(f);
}

/* Zones that are no whole number of reads are cut to one: each is as fast as the others. */
static void test_small_zones(void)
{
	struct fixture *f = fixture_new("size=64M,latency=5ms,rate=104857600");

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "seq-read-min"), 699);
	CHECK_U64(fixture_measure(f, "seq-read-max"), 699);
	fixture_free(f);
}

/* A disk whose inner half is three times slower, as a curve. */
static enum disk_result read_slower_inside(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	if (lba >= sim->settings.block_count / 2)
		sim->clock->sleep_ns(sim->clock->ctx, 20 * MS);
	return plain_read(ctx, lba, count);
}

static void test_curve(void)
{
	struct fixture *f = fixture_over("size=1T,rate=104857600", read_slower_inside);
	const struct point *curve;
	size_t count;

	f->config.profile = PROFILE_DISK;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	curve = fixture_series(f, "seq-read", &count);
	CHECK_U64(count, 65);
	for (size_t i = 0; i < count; i++) {
		CHECK(i == 32 || curve[i].y == (i < 32 ? 1048 : 349), "zone %zu: %" PRIu64, i,
			curve[i].y);
		CHECK(i == 0 || curve[i].x > curve[i - 1].x);
	}
	CHECK_U64(fixture_measure(f, "seq-read-start"), 1048);
	CHECK_U64(fixture_measure(f, "seq-read-end"), 349);
	CHECK_U64(fixture_measure(f, "seq-read-min"), 349);
	CHECK_U64(fixture_measure(f, "seq-read-max"), 1048);
	CHECK_U64(f->session.disks[0].bytes_per_s, 34900000);
	fixture_free(f);
}

/* Bringing the heads to a zone is not its throughput. */
static enum disk_result read_with_heads(void *ctx, uint64_t lba, uint32_t count)
{
	static uint64_t next;
	struct sim_disk *sim = ctx;
	uint64_t distance = lba > next ? lba - next : next - lba;

	if (distance > 0) /* 2 ms to 12 ms over the whole disk, and a disk that turns in 8 ms */
		sim->clock->sleep_ns(sim->clock->ctx,
			6 * MS + 10 * MS * (distance >> 16) / (sim->settings.block_count >> 16));
	next = lba + count;
	return plain_read(ctx, lba, count);
}

static void test_seeks(void)
{
	struct fixture *f = fixture_over("size=4T,rate=104857600,bus=sata", read_with_heads);
	const struct point *curve;
	size_t count;

	f->session.disks[0].rotation = 7200;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "seq-read-min"), 1048);
	curve = fixture_series(f, "seek", &count);
	CHECK_U64(count, 12);
	for (size_t i = 0; i < count; i++) {
		uint64_t want = 60390 + 1000000 / 10 * (curve[i].x >> 20) / (4 << 20);

		CHECK(curve[i].y >= want - want / 64 && curve[i].y <= want + want / 64,
			"%" PRIu64 " at %" PRIu64 ", want %" PRIu64, curve[i].y, curve[i].x, want);
	}
	CHECK_U64(curve[11].x, UINT64_C(15) << 38);
	CHECK(fixture_has_note(f, "turns 7200 times a minute, so half a turn takes 4166 us"));
	fixture_free(f);
}

/* No profile where there is nothing to seek, and no silence about it. */
static void test_no_seeks(void)
{
	static const struct {
		const char *spec;
		uint16_t rotation;
		const char *note;
		size_t points;
	} cases[] = {
		{"size=1G,latency=1ms,bus=nvme", 0, "no heads", 0},
		{"size=1G,latency=1ms,bus=sata", 1, "does not rotate", 0},
		{"size=1M,latency=1ms,bus=sata", 7200, "too small", 0},
		{"size=1G,latency=1ms,bus=usb", 0, "not known whether this disk rotates", 12},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);
		size_t count;

		f->session.disks[0].rotation = cases[i].rotation;
		CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
		fixture_series(f, "seek", &count);
		CHECK_U64(count, cases[i].points);
		CHECK(fixture_has_note(f, cases[i].note), "%s", cases[i].spec);
		fixture_free(f);
	}
}

/* The first 16 reads of 4 KiB take 50 ms; of the others every thirtieth takes 10 ms instead of 0.1 ms. */
static unsigned small_reads;

static enum disk_result read_with_tail(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	small_reads += count == 8;
	if (count == 8 && small_reads <= 16)
		sim->clock->sleep_ns(sim->clock->ctx, 50 * MS);
	else if (count == 8 && small_reads % 30 == 0)
		sim->clock->sleep_ns(sim->clock->ctx, 99 * MS / 10);
	return plain_read(ctx, lba, count);
}

static bool near(uint64_t got, uint64_t want)
{
	return (got > want ? got - want : want - got) <= want / 128;
}

static void test_percentiles(void)
{
	struct fixture *f = fixture_over("size=4G,latency=100us", read_with_tail);

	f->config.profile = PROFILE_FULL;
	f->tick_ns = 10;
	small_reads = 0;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.min"), MS / 10));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.percentile.50.000000"), MS / 10));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.percentile.95.000000"), MS / 10));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.percentile.99.000000"), 10 * MS));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.percentile.99.990000"), 10 * MS));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.max"), 10 * MS));
	CHECK(near(fixture_measure(f, "randread-4k.clat_ns.mean"), 430000));
	CHECK_U64(fixture_measure(f, "randread-4k.steadystate.attained"), 1);
	fixture_free(f);
}

/* The clock moves on by 70 ns whenever somebody looks: what is not between the two looks around the firmware's call
 * is the program's own. */
static void test_overhead(void)
{
	struct fixture *f = fixture_new("size=1G,latency=1ms");
	uint64_t overhead;

	f->tick_ns = 70;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	overhead = fixture_measure(f, "overhead-4k.p50");
	CHECK(overhead >= 3 * 70 && overhead <= 12 * 70, "%" PRIu64, overhead);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.max"), MS + 70);
	fixture_free(f);
}

/* ---- steady state ---- */

static unsigned attained(const uint64_t *rounds, size_t count)
{
	struct steady s = {0};

	for (size_t i = 0; i < count; i++)
		steady_add(&s, rounds[i]);
	return s.attained;
}

static void test_steady(void)
{
	static const struct {
		uint64_t rounds[8];
		unsigned attained;
	} cases[] = {
		{{1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}, 5},
		{{9000, 5000, 1000, 1000, 1000, 1000, 1000, 1000}, 7},
		{{1000, 1000, 1000, 1000, 1260, 1000, 1000, 1000}, 0}, /* one 20 % off */
		{{1000, 1030, 1060, 1090, 1120, 1150, 1180, 1210}, 0}, /* a slow rise */
		{{1210, 1180, 1150, 1120, 1090, 1060, 1030, 1000}, 0},
		{{1000, 1020, 1040, 1060, 1080, 1100, 1120, 1140},
			5}, /* 80 of 1040: less than 10 % */
		{{1000, 1150, 1000, 1150, 1000, 1150, 1000, 1150}, 5},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(attained(cases[i].rounds, 8) == cases[i].attained, "case %zu: %u", i,
			attained(cases[i].rounds, 8));
	CHECK_U64(attained(cases[0].rounds, 4), 0);
}

/* Ever slower: more reads than usual, and then it is said that there was no steady state. */
static enum disk_result read_ever_slower(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	sim->clock->sleep_ns(sim->clock->ctx, sim->request_count * 10000);
	return plain_read(ctx, lba, count);
}

static void test_not_steady(void)
{
	struct fixture *f = fixture_over("size=64M", read_ever_slower);

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "randread-4k.steadystate.attained"), 0);
	CHECK_U64(fixture_measure(f, "randread-4k.clat_ns.N"), 512);
	CHECK(fixture_has_note(f, "randread-4k not steady in 16 rounds of 32 reads"));
	fixture_free(f);
}

/* ---- together ---- */

/* A disk behind a bridge that takes 5 ms to switch over, and one that has the bus for itself. */
static enum disk_result read_behind_bridge(void *ctx, uint64_t lba, uint32_t count)
{
	static const void *last;
	struct sim_disk *sim = ctx;

	if (last != ctx && sim->settings.removable)
		sim->clock->sleep_ns(sim->clock->ctx, 10 * MS);
	last = ctx;
	return plain_read(ctx, lba, count);
}

static uint64_t measure_of(const struct fixture *f, const char *part, const char *name)
{
	for (size_t i = 0; i < f->measure_count; i++) {
		if (text_same(f->measures[i].part, part) && text_same(f->measures[i].name, name))
			return f->measures[i].value;
	}
	return UINT64_MAX;
}

static void test_together(void)
{
	struct fixture *f = fixture_over(
		"size=256M,rate=104857600|size=256M,rate=104857600|size=1M", read_behind_bridge);

	f->disks[1].read = read_behind_bridge;
	f->sims.disks[1].settings.removable = true;
	f->config.disk_together = true;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(measure_of(f, "disk0", "together-alone"), 1048);
	CHECK_U64(measure_of(f, "disk0", "together-in-turns"), 1048);
	CHECK_U64(measure_of(f, "disk1", "together-alone"), 1048);
	CHECK_U64(measure_of(f, "disk1", "together-in-turns"), 524);
	CHECK_U64(measure_of(f, "disk2", "together-alone"), UINT64_MAX);
	fixture_free(f);

	f = fixture_new("size=256M,latency=1ms|size=32M");
	f->config.disk_together = true;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK(fixture_has_note(f, "it takes two disks of 64 MiB that can be read; there are 1"));
	fixture_free(f);

	/* 85 MiB in: behind the zones, met in turns only. */
	f = fixture_new("size=256M,latency=1ms|size=256M,latency=1ms,bad=200705");
	f->config.disk_together = true;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), FAIL);
	CHECK_U64(fixture_measure(f, "together-alone"), 10485);
	CHECK_U64(measure_of(f, "disk1", "together-alone"), UINT64_MAX);
	fixture_free(f);
}

/* ---- bounds ---- */

/* A very slow disk: bounded, and only what was read is claimed. */
static void test_bounded(void)
{
	struct fixture *f = fixture_new("size=1T,latency=1s,bus=nvme");
	uint64_t start_ns = f->now_ns;

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK(f->now_ns - start_ns < 35000 * MS);
	CHECK_STR(f->coverage[0],
		"read 17 MiB in zones from the first block to the last, and at random 2 times 4 KiB and 1 times 64 KiB, no error");
	fixture_free(f);

	f = fixture_new("size=1T,latency=20s");
	CHECK_U64(fixture_check(f, &disk_benchmark_check), SKIP);
	CHECK_U64(f->coverage_count, 0);
	fixture_free(f);
}

/* Which blocks of the whole are read: the first and the last always, none outside. */
static void test_ends(void)
{
	struct rng rng = {5};

	for (unsigned round = 0; round < 40; round++) {
		uint64_t blocks = 1 + (rng_next(&rng) >> (24 + rng_below(&rng, 38)));
		bool first = false, last = false;
		char spec[64];
		struct fixture *f;

		snprintf(spec, sizeof(spec), "size=%" PRIu64 ",latency=1us", blocks * 512);
		f = fixture_new(spec);
		CHECK(fixture_check(f, &disk_benchmark_check) == PASS, "%s", spec);
		for (size_t i = 0; i < f->sims.disks[0].log_count; i++) {
			const struct sim_request *r = &f->sims.disks[0].log[i];

			CHECK(r->result == DISK_OK, "%s", spec);
			first |= r->lba == 0;
			last |= r->lba + r->count == blocks;
		}
		CHECK(first && last, "%s", spec);
		fixture_free(f);
	}
}

int main(void)
{
	test_figures();
	test_small_zones();
	test_curve();
	test_seeks();
	test_no_seeks();
	test_percentiles();
	test_overhead();
	test_steady();
	test_not_steady();
	test_together();
	test_bounded();
	test_ends();
	return test_end(__FILE__);
}
