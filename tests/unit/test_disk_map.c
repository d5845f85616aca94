/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a surface scan leaves behind, against the disk's own account of what was read: the covered fraction, the ddrescue
 * mapfile, the latency classes and the map over the disk. Disks with faults anywhere, by seed. */
#include "diskbench/mapfile.h"
#include "tests/unit/disk_fixture.h"

#define MS       UINT64_C(1000000)
#define MAP_TEXT (1u << 20)

/* ---- reading a mapfile back ---- */

struct text_buffer {
	char text[MAP_TEXT];
	size_t len;
};

static void append(void *ctx, const char *text, size_t len)
{
	struct text_buffer *b = ctx;

	CHECK(b->len + len < MAP_TEXT);
	memcpy(b->text + b->len, text, len);
	b->len += len;
	b->text[b->len] = '\0';
}

static const char *map_of(const struct fixture *f, size_t index)
{
	static struct text_buffer b;

	b.len = 0;
	mapfile_write(&f->session, &f->machine, index, (struct sink){append, &b});
	return b.text;
}

/* Sets status[block] for every block, by the rules of the manual: a status line, then ranges without gap or overlap,
 * each of another status than the one before. Returns the status of the status line, 0 if anything is wrong. */
static char read_map(const char *text, uint64_t blocks, uint32_t block_bytes, char *status)
{
	unsigned long long at = 0, pos, size, pass;
	char overall = 0, s, before = 0;

	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
		if (*line == '#')
			continue;
		if (overall == 0) {
			if (sscanf(line, "0x%llX %c %llu", &pos, &overall, &pass) != 3 || pass != 1)
				return 0;
			continue;
		}
		if (sscanf(line, "0x%llX 0x%llX %c", &pos, &size, &s) != 3 || pos != at ||
			size == 0 || size % block_bytes != 0 || s == before ||
			strchr("?*/-+", s) == NULL || pos + size > blocks * block_bytes)
			return 0;
		memset(status + pos / block_bytes, s, size / block_bytes);
		at += size;
		before = s;
	}
	return at == blocks * block_bytes ? overall : 0;
}

/* ---- the disk's own account ---- */

/* 'd': delivered by some read; 'f': asked for, never delivered; '?': never asked for. */
static void account(const struct sim_disk *sim, char *status)
{
	memset(status, '?', sim->settings.block_count);
	for (size_t i = 0; i < sim->log_count; i++) {
		for (uint32_t b = 0; b < sim->log[i].count; b++) {
			char *s = &status[sim->log[i].lba + b];

			if (sim->log[i].result == DISK_OK)
				*s = 'd';
			else if (*s == '?')
				*s = 'f';
		}
	}
}

static bool is_bad(const struct sim_disk *sim, uint64_t lba)
{
	for (size_t i = 0; i < sim->fault_count; i++) {
		const struct sim_disk_fault *f = &sim->faults[i];

		if (f->kind == SIM_BAD && lba >= f->lba && lba < f->lba + f->count)
			return true;
	}
	return false;
}

static uint64_t count_of(const char *status, uint64_t blocks, char wanted)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < blocks; i++)
		count += status[i] == wanted;
	return count;
}

/* The map, the covered fraction and the disk's account say the same of every block. */
static void compare(struct fixture *f, const char *spec)
{
	const struct sim_disk *sim = &f->sims.disks[0];
	const uint64_t blocks = sim->settings.block_count;
	char *seen = calloc(2, blocks), *map = seen + blocks, overall;
	const bool judged = strstr(spec, "slow") != NULL; /* that reads here and there besides */
	uint64_t wrong = 0;

	account(sim, seen);
	overall = read_map(map_of(f, 0), blocks, sim->settings.block_bytes, map);
	CHECK(overall != 0, "%s:\n%.2000s", spec, map_of(f, 0));
	CHECK((overall == '+') == (count_of(map, blocks, '?') == 0), "%s", spec);
	for (uint64_t i = 0; i < blocks; i++) {
		wrong += map[i] == '+' && seen[i] != 'd';
		wrong += map[i] == '-' && (seen[i] != 'f' || !is_bad(sim, i));
		wrong += map[i] == '?' && seen[i] != '?' && !judged;
		wrong += map[i] == '/' && seen[i] == '?';
	}
	CHECK(wrong == 0, "%s: %" PRIu64 " blocks, why %s", spec, wrong, f->why);
	CHECK_U64(fixture_measure(f, "surface-covered"),
		count_of(map, blocks, '+') * 1000000 / blocks);
	free(seen);
}

/* ---- disks by seed ---- */

static void add_faults(struct rng *rng, char *spec, size_t cap, uint64_t blocks, unsigned bad)
{
	for (unsigned i = 0; i < bad; i++)
		fmt_add(spec, cap, ",bad=%llu",
			(unsigned long long)(i == 0 ? blocks - 1 : rng_below(rng, blocks)));
	for (uint64_t i = rng_below(rng, 4); i > 0; i--)
		fmt_add(spec, cap, ",slow=%llu:%ums", (unsigned long long)rng_below(rng, blocks),
			(unsigned)rng_below(rng, 900));
}

static void test_any_disk(void)
{
	static const unsigned block_sizes[] = {512, 4096, 2048};
	struct rng rng = {20240};

	for (unsigned round = 0; round < 60; round++) {
		unsigned block = block_sizes[round % 3];
		uint64_t blocks = 1 + rng_below(&rng, (UINT64_C(12) << 20) / block);
		unsigned bad = round % 2 == 0 ? 0 : 1 + (unsigned)rng_below(&rng, 10);
		char spec[512];
		struct fixture *f;

		fmt_to(spec, sizeof(spec), "size=%llu,block=%u,latency=%ums",
			(unsigned long long)(blocks * block), block, (unsigned)rng_below(&rng, 60));
		add_faults(&rng, spec, sizeof(spec), blocks, bad);
		f = fixture_new(spec);
		fixture_chunks(f, 65536);
		f->run.seed = rng_next(&rng);
		f->config.profile = round % 5 == 0 ? PROFILE_FULL : PROFILE_QUICK;
		f->config.disk_time_ns = round % 4 == 0 ? rng_below(&rng, 3000 * MS) + MS : 0;
		f->config.disk_sample = round % 7 == 0 ? 1 + (unsigned)rng_below(&rng, 100) : 0;
		fixture_check(f, &disk_surface_check);
		compare(f, spec);
		CHECK(f->session.disks[0].map_due, "%s", spec);
		fixture_free(f);
	}
}

/* Ten bad blocks anywhere, the last LBA among them: all found, at once or after the benchmark met some of them. */
static void test_ten_anywhere(void)
{
	struct rng rng = {77};

	for (unsigned round = 0; round < 8; round++) {
		uint64_t blocks = 20000 + rng_below(&rng, 40000);
		char spec[512], *map = calloc(blocks, 1);
		struct fixture *f;
		size_t found = 0;

		fmt_to(spec, sizeof(spec), "size=%llu,latency=1ms",
			(unsigned long long)blocks * 512);
		for (unsigned i = 0; i < 10; i++)
			fmt_add(spec, sizeof(spec), ",bad=%llu",
				(unsigned long long)(i == 0 ? blocks - 1
							    : rng_below(&rng, blocks)));
		f = fixture_new(spec);
		f->run.seed = rng_next(&rng);
		if (round % 2 == 0) {
			fixture_check(f, &disk_benchmark_check);
			found = fixture_count(f, FINDING_DISK_READ_ERROR);
			sim_disk_forget(&f->sims.disks[0]);
		}
		CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
		CHECK_U64(found + fixture_count(f, FINDING_DISK_READ_ERROR), 10);
		CHECK(read_map(map_of(f, 0), blocks, 512, map) == '+', "%s", spec);
		CHECK_U64(count_of(map, blocks, '-'), 10);
		CHECK_U64(count_of(map, blocks, '+'), blocks - 10);
		free(map);
		fixture_free(f);
	}
}

/* What could not be narrowed is neither good nor known to be bad. */
static void test_gone(void)
{
	struct fixture *f = fixture_new("size=16M,gone_after=5");
	char map[32768];

	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(read_map(map_of(f, 0), 32768, 512, map), '?');
	CHECK_U64(count_of(map, 32768, '+'), 5 * 2048);
	CHECK_U64(count_of(map, 32768, '/'), 2048);
	CHECK_U64(count_of(map, 32768, '?'), 10 * 2048);
	fixture_free(f);
}

/* Given up in the middle of a chunk: what was not looked into there is not good either. */
static void test_given_up(void)
{
	struct fixture *f = fixture_new("size=4M,bad=3000+300,latency=1ms");
	char map[8192];

	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(read_map(map_of(f, 0), 8192, 512, map), '?');
	CHECK_U64(count_of(map, 8192, '+'), 2048);
	CHECK_U64(count_of(map, 8192, '-'), 256);
	CHECK_U64(count_of(map, 8192, '/'), 2048 - 256);
	fixture_free(f);
}

/* Each disk has its own map; one that was not read has none. */
static void test_two_disks(void)
{
	struct fixture *f = fixture_new("size=4M,bad=5000|size=8M,bad=9|size=1M");
	char map[16384];

	text_copy(f->config.disk_exclude, CONFIG_GLOBS, "disk2");
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(read_map(map_of(f, 0), 8192, 512, map), '+');
	CHECK(count_of(map, 8192, '-') == 1 && map[5000] == '-');
	CHECK_U64(read_map(map_of(f, 1), 16384, 512, map), '+');
	CHECK(count_of(map, 16384, '-') == 1 && map[9] == '-');
	CHECK(!f->session.disks[2].map_due && f->session.disks[2].scanned.chunk_blocks == 0);
	fixture_free(f);
}

/* A sample of very many places: the file stays small, what failed is in it, and it says what it leaves out. */
static void test_large_sample(void)
{
	const uint64_t blocks = 400 << 10;
	char *map = calloc(blocks, 1), spec[128] = "size=200M,latency=1ms";

	for (unsigned round = 0; round < 2; round++) {
		struct fixture *f = fixture_new(spec);
		const char *text;

		fixture_chunks(f, 4096);
		f->config.disk_time_ns = 9000 * MS;
		CHECK_U64(fixture_check(f, &disk_surface_check), round == 0 ? PASS : FAIL);
		text = map_of(f, 0);
		CHECK(strlen(text) < 10000);
		CHECK(strstr(text, "only what failed is shown") != NULL);
		CHECK_U64(read_map(text, blocks, 512, map), '?');
		CHECK_U64(count_of(map, blocks, '+'), 0);
		CHECK_U64(count_of(map, blocks, '-'), round);
		/* The seed is the same: a block that is read for sure. */
		fmt_add(spec, sizeof(spec), ",bad=%llu",
			(unsigned long long)f->sims.disks[0].log[1000].lba + 3);
		fixture_free(f);
	}
	free(map);
}

/* ---- classes, cells, estimate ---- */

static void test_classes(void)
{
	struct fixture *f = fixture_new(
		"size=64M,latency=2ms,slow=0:1ms,slow=2048:8ms,slow=4096:47ms,slow=6144:48ms,slow=8192:498ms,slow=10240:2s");
	const struct point *curve;
	size_t count;

	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), WARN);
	CHECK(fixture_has_note(f,
		"reads of 1 MiB that took below 3 ms: 58, below 10 ms: 1, below 50 ms: 2, below 150 ms: 1, below 500 ms: 0, from 500 ms: 2."));
	curve = fixture_series(f, "surface-classes", &count);
	CHECK_U64(count, 6);
	CHECK(curve[0].x == 0 && curve[0].y == 58 && curve[5].x == 500 * MS && curve[5].y == 2);
	curve = fixture_series(f, "surface", &count);
	CHECK_U64(count, 64);
	CHECK(curve[5].x == 5 << 20 && curve[5].y == 2002000 && curve[6].y == 2000);
	fixture_free(f);
}

/* More chunks than cells: a cell shows the slowest of its chunks, and lies where they lie. */
static void test_cells(void)
{
	struct rng rng = {9};

	for (unsigned round = 0; round < 20; round++) {
		uint64_t chunks = 1000 + rng_below(&rng, 6000), at = rng_below(&rng, chunks);
		const struct point *curve;
		uint64_t worst = 0;
		char spec[128];
		struct fixture *f;
		size_t count, hit = 0;

		fmt_to(spec, sizeof(spec), "size=%lluK,latency=1us,slow=%llu:40ms",
			(unsigned long long)chunks * 4, (unsigned long long)at * 8);
		f = fixture_new(spec);
		fixture_chunks(f, 4096);
		f->config.profile = PROFILE_FULL;
		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		curve = fixture_series(f, "surface", &count);
		CHECK_U64(count, 1000);
		for (size_t i = 0; i < count; i++) {
			CHECK(i == 0 || curve[i].x > curve[i - 1].x);
			if (curve[i].y > worst) {
				worst = curve[i].y;
				hit = i;
			}
		}
		CHECK_U64(worst, 40001);
		CHECK(curve[hit].x <= at << 12 && (hit + 1 == count || curve[hit + 1].x > at << 12),
			"%s", spec);
		fixture_free(f);
	}
}

/* In the middle of an even disk the estimate is what it has taken so far; a limit that comes first is the estimate. */
static void test_estimate(void)
{
	struct fixture *f = fixture_new("size=4M,latency=100ms");

	fixture_chunks(f, 4096);
	f->config.profile = PROFILE_FULL;
	f->stop_at_pulse = 512 / 5;
	fixture_check(f, &disk_surface_check);
	CHECK(f->progress_left_ns > 50000 * MS && f->progress_left_ns < 53000 * MS, "%" PRIu64,
		f->progress_left_ns);
	fixture_free(f);

	f = fixture_new("size=4M,latency=100ms");
	fixture_chunks(f, 4096);
	f->stop_at_pulse = 50 / 5;
	fixture_check(f, &disk_surface_check);
	CHECK(f->progress_left_ns > 9000 * MS && f->progress_left_ns < 11000 * MS, "%" PRIu64,
		f->progress_left_ns);
	fixture_free(f);
}

/* ---- budget, sample, going on ---- */

/* The time that is left for the run is shared out; what is to come after the disks gets half of it. */
static void test_budget(void)
{
	static const struct {
		enum profile profile;
		const char *specs;
		uint64_t least_s, most_s;
	} cases[] = {
		{PROFILE_FULL, "size=1T,latency=10ms", 48, 52},
		{PROFILE_DISK, "size=1T,latency=10ms", 84, 90},
		{PROFILE_FULL, "size=1T,latency=10ms|size=1T,latency=10ms", 48, 52},
		{PROFILE_QUICK, "size=1T,latency=10ms", 14, 16},
		{PROFILE_FULL, "size=256K,latency=10ms", 0, 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].specs);
		uint64_t start_ns = f->now_ns, took_s;

		fixture_chunks(f, 4096);
		f->config.profile = cases[i].profile;
		f->run.deadline_ns = f->now_ns + 100000 * MS;
		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		took_s = (f->now_ns - start_ns) / (1000 * MS);
		CHECK(took_s >= cases[i].least_s && took_s <= cases[i].most_s,
			"case %zu: %" PRIu64 " s", i, took_s);
		fixture_free(f);
	}
}

static void test_sample(void)
{
	struct fixture *f = fixture_new("size=1G,latency=1ms");

	f->config.profile = PROFILE_FULL;
	f->config.disk_sample = 5;
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK_U64(f->sims.disks[0].request_count, 52);
	CHECK_STR(f->coverage[0], "read 52 MiB of 1 GiB, 5.07 %, evenly spread, no error");
	fixture_free(f);
}

/* Two runs sample different places. */
static void test_seeded(void)
{
	uint64_t first[2];

	for (unsigned i = 0; i < 2; i++) {
		struct fixture *f = fixture_new("size=1T,latency=100ms");

		f->run.seed = i;
		fixture_check(f, &disk_surface_check);
		first[i] = f->sims.disks[0].log[0].lba;
		fixture_free(f);
	}
	CHECK(first[0] != first[1]);
}

static void test_resume(void)
{
	static const struct {
		const char *serial;
		uint64_t lba;
		bool resume;
		uint64_t first_lba;
		const char *note; /* or NULL */
	} cases[] = {
		{"S1", 20000, true, 18432, "in run 0007 stopped at LBA 20000; this run goes on"},
		{"S1", 20000, false, 0, "in run 0007 stopped at LBA 20000; disk.resume=yes would"},
		{"S2", 20000, true, 0, NULL},
		{"", 20000, true, 0, NULL},
		{"S1", 1 << 20, true, 0, NULL},
	};
	char map[131072];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new("size=64M,serial=S1,latency=1ms");
		struct interrupted_scan *scan = &f->session.interrupted;

		f->config.profile = PROFILE_FULL;
		f->config.disk_resume = cases[i].resume;
		text_copy(scan->serial, sizeof(scan->serial), cases[i].serial);
		scan->lba = cases[i].lba;
		scan->run = 7;
		CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
		CHECK_U64(f->sims.disks[0].log[0].lba, cases[i].first_lba);
		CHECK(fixture_has_note(f, "in run 0007") == (cases[i].note != NULL));
		CHECK(cases[i].note == NULL || fixture_has_note(f, cases[i].note), "%s",
			cases[i].note);
		compare(f, "resumed");
		CHECK_U64(read_map(map_of(f, 0), 131072, 512, map),
			cases[i].first_lba > 0 ? '?' : '+');
		if (cases[i].first_lba > 0)
			CHECK_STR(f->coverage[0],
				"read 55 MiB of 64 MiB, 85.93 %, from LBA 18432 on, where run 0007 stopped, no error");
		fixture_free(f);
	}
}

/* What is known to be bad is not met again, nor the step in which the run before died although it took care. */
static void test_resume_behind(void)
{
	static const struct {
		uint64_t lba;
		bool behind_bad, in_step;
		uint64_t first_lba;
		uint64_t sure; /* progress that is on the log volume before its step is begun */
	} cases[] = {
		{2048, false, false, 2048, 3},
		{2049, true, false, 4096, 3},
		{0, false, true, 262144, 2},
		{262144 + 1, false, true, 524288 + 2048, 1},
		{614400 - 1, true, false, UINT64_MAX, 0},
		{614400, true, false, UINT64_MAX, 0},
		{614400 - 100, false, true, UINT64_MAX, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new("size=300M,serial=S1,latency=1ms");

		f->config.profile = PROFILE_FULL;
		f->config.disk_resume = true;
		f->session.interrupted = (struct interrupted_scan){.serial = "S1",
			.lba = cases[i].lba,
			.behind_bad = cases[i].behind_bad,
			.in_step = cases[i].in_step,
			.run = 7};
		CHECK_U64(fixture_check(f, &disk_surface_check),
			cases[i].first_lba == UINT64_MAX ? SKIP : PASS);
		CHECK_U64(f->sims.disks[0].log_count > 0, cases[i].first_lba != UINT64_MAX);
		CHECK(f->sims.disks[0].log_count == 0 ||
				f->sims.disks[0].log[0].lba == cases[i].first_lba,
			"case %zu", i);
		CHECK_U64(f->sure_count, cases[i].sure);
		CHECK(fixture_has_note(f, "behind that place, which is bad") ==
				(cases[i].behind_bad || cases[i].in_step),
			"case %zu", i);
		fixture_free(f);
	}
}

/* A scan from the start has no need to. */
static void test_no_steps(void)
{
	struct fixture *f = fixture_new("size=300M,serial=S1,latency=1ms");

	f->config.profile = PROFILE_FULL;
	f->config.disk_resume = true;
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK_U64(f->sure_count, 0);
	fixture_free(f);
}

int main(void)
{
	test_any_disk();
	test_ten_anywhere();
	test_gone();
	test_given_up();
	test_two_disks();
	test_large_sample();
	test_classes();
	test_cells();
	test_estimate();
	test_budget();
	test_sample();
	test_seeded();
	test_resume();
	test_resume_behind();
	test_no_steps();
	return test_end(__FILE__);
}
