/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slow regions: found again and again where they are, and no hiccup of the machine taken for one. */
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

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
	CHECK_U64(f->coverage_count, 2);
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
		unsigned scan, again; /* reads: of the scan, and at most for what stood out */
	} cases[] = {
		{"size=64M,latency=100ms", 64, 0},
		{"size=8M,latency=100ms", 8, 0},
		{"size=64M,latency=100ms,slow=30000:500ms", 64, 0},
		{"size=64M,latency=2ms,slow=30000:300ms*1", 64, 2 * (24 + 1)},
		{"size=64M,latency=2ms,slow=0+8192:300ms*4", 64, 2 * (24 + 4)},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].spec);

		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		CHECK(f->sims.disks[0].request_count >= cases[i].scan &&
				f->sims.disks[0].request_count <= cases[i].scan + cases[i].again,
			"%s: %" PRIu64, cases[i].spec, f->sims.disks[0].request_count);
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

/* For 45 s at the end of the scan every read takes 100 ms longer: the host is busy with something else. */
static uint64_t stalls_in_a_burst(struct sim_disk *sim)
{
	static uint64_t begin_ns;
	uint64_t now_ns = sim->clock->now_ns(sim->clock->ctx);

	if (sim->request_count < 500)
		begin_ns = now_ns;
	return now_ns - begin_ns < 45000 * MS && sim->request_count >= 500 ? 100 * MS : 0;
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

/* A chunk is slow, but at usual speed in so many of its re-reads. */
static unsigned visits, usual_from, usual_to;

static enum disk_result read_sometimes_usual(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	if (lba == 12800) {
		visits++; /* the first is the scan's own */
		if (visits <= usual_from || visits > usual_to)
			sim->clock->sleep_ns(sim->clock->ctx, 300 * MS);
	}
	return sim_read_plain(ctx, lba, count);
}

/* One good re-read of ten makes no good chunk, two do: the second decile decides. */
static void test_decile(void)
{
	for (unsigned at = 1; at <= 9; at++) {
		for (unsigned usual = 0; usual <= 2; usual++) {
			struct fixture *f = fixture_new("size=16M,latency=2ms");

			fixture_chunks(f, 65536);
			f->config.profile = PROFILE_FULL;
			sim_read_plain = f->disks[0].read;
			f->disks[0].read = read_sometimes_usual;
			visits = 0;
			usual_from = at;
			usual_to = at + usual;
			CHECK(fixture_check(f, &disk_surface_check) == (usual < 2 ? WARN : PASS),
				"%u from %u on", usual, at);
			CHECK(usual > 1 || strstr(f->findings[0].text, "takes 302 ms") != NULL);
			fixture_free(f);
		}
	}
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

int main(void)
{
	test_slow_region();
	test_slow_regions_apart();
	test_not_slow();
	test_rereads();
	test_noisy_machine();
	test_decile();
	test_cache_hides_nothing();
	test_many_slow_regions();
	return test_end(__FILE__);
}
