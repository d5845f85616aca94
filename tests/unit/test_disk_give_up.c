/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* When a disk is given up, what is not: and that what was not read is never called good. */
#include "tests/unit/disk_fixture.h"

#define MS UINT64_C(1000000)

static void test_gives_up_on_bad_blocks(void)
{
	struct fixture *f = fixture_new("size=64M,bad=1000+50000|size=8M");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK(fixture_has_note(f, "256 bad blocks were found. The rest is not tested."));
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(f->findings[0].lba_count, 256);
	CHECK(f->sims.disks[0].request_count < 3000);
	CHECK(f->run.gave_up);
	CHECK_U64(f->coverage_count, 2);
	CHECK_STR(f->coverage[0], "read all 8 MiB, every block, no error");
	fixture_free(f);
}

static void test_gives_up_on_bad_places(void)
{
	struct fixture *f = fixture_new("size=64M");

	for (uint64_t i = 0; i < 40; i++)
		f->sims.disks[0].faults[f->sims.disks[0].fault_count++] = (struct sim_disk_fault){
			.kind = SIM_BAD, .lba = 3001 * i, .count = 2, .times = UINT64_MAX};
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_ERROR), 32);
	CHECK(fixture_has_note(f, "32 bad places were found. The rest is not tested."));
	CHECK(f->run.gave_up);
	fixture_free(f);
}

static enum disk_result (*sim_read_plain)(void *ctx, uint64_t lba, uint32_t count);

static enum disk_result refuse_large(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	if (count <= 1024)
		return sim_read_plain(ctx, lba, count);
	text_copy(sim->port->error, PORT_ERROR, "BlockIo.ReadBlocks: DEVICE_ERROR");
	return DISK_ERROR;
}

/* Every large read fails, every small one works: no single bad block, and no flood of findings. */
static void test_gives_up_on_failures_without_bad_blocks(void)
{
	struct fixture *f = fixture_new("size=1G");

	sim_read_plain = f->disks[0].read;
	f->disks[0].read = refuse_large;
	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_READ_UNSTEADY), 32);
	CHECK(fixture_has_note(f, "32 bad places were found. The rest is not tested."));
	CHECK(f->run.gave_up);
	fixture_free(f);
}

static void test_gives_up_on_timeouts(void)
{
	struct fixture *f = fixture_new("size=64M,timeout=3000,timeout=100000");

	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(fixture_count(f, FINDING_DISK_TIMEOUT), 2);
	CHECK_U64(f->findings[0].lba, 2048);
	CHECK_STR(f->findings[0].status, "TIMEOUT");
	CHECK(fixture_has_note(f, "2 reads timed out"));
	CHECK_STR(f->run.gave_up_on, "disk0: 2 reads timed out");
	sim_disk_forget(&f->sims.disks[0]);
	f->run.gave_up = false;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), SKIP);
	CHECK_U64(f->sims.disks[0].log_count, 0);
	CHECK(f->run.gave_up);
	CHECK_U64(f->coverage_count, 0);
	fixture_free(f);
}

static void test_gives_up_on_gone(void)
{
	struct fixture *f = fixture_new("size=64M,gone_after=20");

	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->finding_count, 1);
	CHECK_U64(f->sims.disks[0].request_count, 22);
	CHECK_STR(f->findings[0].status, "NO_MEDIA");
	CHECK_U64(fixture_check(f, &disk_benchmark_check), SKIP);
	CHECK_U64(f->sims.disks[0].request_count, 22);
	fixture_free(f);
}

static enum disk_result change_medium_once(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;

	if (sim->request_count == 10 && sim->gone_after == UINT64_MAX) {
		sim->gone_after = UINT64_MAX - 1;
		return DISK_GONE;
	}
	return sim_read_plain(ctx, lba, count);
}

/* "Media changed", once, after a reset: the disk is there and healthy. */
static void test_medium_changed_once(void)
{
	struct fixture *f = fixture_new("size=64M");

	sim_read_plain = f->disks[0].read;
	f->disks[0].read = change_medium_once;
	CHECK_U64(fixture_check(f, &disk_surface_check), PASS);
	CHECK_U64(f->sims.disks[0].gone_after, UINT64_MAX - 1);
	CHECK_STR(f->coverage[0], "read all 64 MiB, every block, no error");
	fixture_free(f);
}

/* Errors that take long each: the clock, not the count, ends it. */
static void test_gives_up_on_slow_errors(void)
{
	struct fixture *f = fixture_new("size=64M,bad=0+131072,latency=4s");
	uint64_t start_ns = f->now_ns;

	f->config.profile = PROFILE_FULL;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK(fixture_has_note(f, "failing reads took 5 minutes"));
	CHECK(f->now_ns - start_ns < 310000 * MS);
	CHECK(f->longest_silence_ns <= 4000 * MS);
	fixture_free(f);
}

/* The time is nearly over when the error shows: it is still narrowed to its block. */
static void test_narrows_at_the_deadline(void)
{
	struct fixture *f = fixture_new("size=1M,bad=1000,latency=50ms");

	f->config.disk_time_ns = 10 * MS;
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->findings[0].lba, 1000);
	CHECK_U64(f->findings[0].lba_count, 1);
	fixture_free(f);
}

static void test_stopped(void)
{
	struct fixture *f = fixture_new("size=64M,latency=100ms|size=64M");

	f->stop_at_pulse = 2;
	CHECK_U64(fixture_check(f, &disk_surface_check), SKIP);
	CHECK_U64(f->coverage_count, 0);
	CHECK(fixture_has_note(f, "the run was stopped. The rest is not tested."));
	CHECK(strstr(f->why, "disk1: not tested") != NULL, "%s", f->why);
	CHECK_U64(f->sims.disks[1].request_count, 0);
	CHECK(f->now_ns < 1500 * MS);
	fixture_free(f);
}

/* No time at all: nothing read, nothing claimed. */
static void test_no_pass_without_reads(void)
{
	struct fixture *f = fixture_new("size=64M");

	f->config.disk_time_ns = 1;
	f->tick_ns = 100;
	CHECK_U64(fixture_check(f, &disk_surface_check), SKIP);
	CHECK_U64(f->sims.disks[0].request_count, 0);
	CHECK_U64(f->coverage_count, 0);
	fixture_free(f);

	f = fixture_new("size=64M,lies=0+131072");
	CHECK_U64(fixture_check(f, &disk_surface_check), FAIL);
	CHECK_U64(f->coverage_count, 0);
	CHECK(fixture_check(f, &disk_benchmark_check) == FAIL);
	CHECK_U64(f->coverage_count, 0);
	fixture_free(f);
}

/* One read that times out takes the time of the whole disk: what is left undone is said, by name. */
static void test_time_eaten(void)
{
	static const struct {
		const struct check *check;
		const char *specs;
		uint64_t time_s;
		bool undone;
	} cases[] = {
		{&disk_surface_check, "size=64M|size=64M,latency=1ms,timeout=0+131072*1", 4, true},
		{&disk_surface_check, "size=64M|size=64M,latency=100ms,timeout=0+131072*1", 9,
			true},
		{&disk_surface_check, "size=64M|size=64M,latency=1ms,timeout=0+131072*1", 60,
			false},
		{&disk_surface_check, "size=64M|size=1G,latency=100ms", 4, false}, /* a sample */
		{&disk_benchmark_check, "size=64M|size=64M,latency=3s", 0, true},
		{&disk_benchmark_check, "size=64M|size=64M,latency=20ms", 0, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f = fixture_new(cases[i].specs);

		f->config.disk_time_ns = cases[i].time_s * 1000 * MS;
		fixture_check(f, cases[i].check);
		CHECK(f->run.gave_up == cases[i].undone, "case %zu", i);
		CHECK_STR(f->run.gave_up_on, cases[i].undone ? "disk1: its time is over" : "");
		CHECK(fixture_has_note(f, "its time is over. The rest is not tested.") ==
				cases[i].undone,
			"case %zu", i);
		fixture_free(f);
	}
}

int main(void)
{
	test_gives_up_on_bad_blocks();
	test_gives_up_on_bad_places();
	test_gives_up_on_failures_without_bad_blocks();
	test_gives_up_on_timeouts();
	test_gives_up_on_gone();
	test_medium_changed_once();
	test_gives_up_on_slow_errors();
	test_narrows_at_the_deadline();
	test_stopped();
	test_time_eaten();
	test_no_pass_without_reads();
	return test_end(__FILE__);
}
