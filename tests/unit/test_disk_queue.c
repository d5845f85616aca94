/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reads with several in flight: the figures against a drive of known parallelism, and what fails among them. */
#include "tests/unit/disk_fixture.h"

#define MS   UINT64_C(1000000)
#define NVME "speaks=nvme,latency=2ms,size=64M"

static struct fixture *queued(const char *spec, unsigned depth)
{
	struct fixture *f = fixture_new(spec);

	f->tick_ns = 1000;
	f->config.disk_queue_depth = depth;
	return f;
}

/* The queue's own open, below what a test puts on top of it. */
static uint8_t *(*plain_open)(void *ctx, unsigned depth);

static bool near(uint64_t value, uint64_t want, uint64_t percent)
{
	return value >= want - want * percent / 100 && value <= want + want * percent / 100;
}

/* 8 in flight on a drive that works on 4 at once: two rounds of 2 ms, 2000 reads per second, and half of them wait. */
static void test_figures(void)
{
	struct fixture *f = queued(NVME ",parallel=4", 8);

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK_U64(fixture_measure(f, "randread-4k-qd8.clat_ns.N"), 256);
	CHECK(near(fixture_measure(f, "randread-4k-qd8.iops"), 2000000, 3), "iops %" PRIu64,
		fixture_measure(f, "randread-4k-qd8.iops"));
	CHECK(near(fixture_measure(f, "randread-4k-qd8.bw_bytes"), 2000 * 4096, 3));
	CHECK(near(fixture_measure(f, "randread-4k-qd8.clat_ns.percentile.50.000000"), 2 * MS, 3));
	CHECK(near(fixture_measure(f, "randread-4k-qd8.clat_ns.percentile.99.990000"), 4 * MS, 3));
	CHECK(near(fixture_measure(f, "randread-4k.iops"), 500000, 3));
	CHECK(strstr(f->coverage[0], "and 256 times with 8 in flight, no error") != NULL, "%s",
		f->coverage[0]);
	fixture_free(f);
}

static void test_depths(void)
{
	static const unsigned depths[] = {1, 2, 31, DISK_QUEUE_MAX};
	char name[64];

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		struct fixture *f = queued(NVME ",parallel=32", depths[i]);

		CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
		snprintf(name, sizeof(name), "randread-4k-qd%u.iops", depths[i]);
		CHECK(near(fixture_measure(f, name), 500000 * depths[i], 5), "%s %" PRIu64, name,
			fixture_measure(f, name));
		fixture_free(f);
	}
}

/* Nothing is measured where it cannot be, and the reason is told; the rest of the check is as without it. */
static void test_obstacles(void)
{
	static const struct {
		const char *spec, *why;
		uint64_t limit;
		bool bounces;
	} rows[] = {
		{"size=64M,latency=2ms,speaks=ata", "for NVMe drives only", UINT64_MAX, false},
		{NVME, "takes one command at a time", UINT64_MAX, false},
		{NVME ",parallel=4,block=8192", "4 KiB is not to be had", UINT64_MAX, false},
		{NVME ",parallel=4", "did not take so many at once", 7, false},
		{NVME ",parallel=4", "did not take so many at once", 0, false},
		{NVME ",parallel=4", "would be the timer's", UINT64_MAX, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = queued(rows[i].spec, 8);

		f->sims.disks[0].queue_limit = rows[i].limit;
		f->sims.disks[0].bounces = rows[i].bounces;
		CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
		CHECK(fixture_has_note(f, "SKIP: disk0 was not read with 8 reads in flight"),
			"row %zu", i);
		CHECK(fixture_has_note(f, rows[i].why), "row %zu: %s", i, rows[i].why);
		CHECK(fixture_measure(f, "randread-4k-qd8.iops") == UINT64_MAX, "row %zu", i);
		CHECK_U64(f->finding_count, 0);
		fixture_free(f);
	}
}

/* Nothing is asked for: nothing is measured, nothing is said. */
static void test_off(void)
{
	struct fixture *f = queued(NVME ",parallel=4", 0);

	CHECK_U64(fixture_check(f, &disk_benchmark_check), PASS);
	CHECK(!fixture_has_note(f, "in flight"));
	CHECK_U64(f->sims.disks[0].flights[0].through_ns, 0);
	fixture_free(f);
}

/* Commands in flight meet what the firmware's own reads do not: errors, and success without data. */
static enum disk_result no_fault_here(void *ctx, uint64_t lba, uint32_t count)
{
	struct sim_disk *sim = ctx;
	const size_t faults = sim->fault_count;
	enum disk_result result;

	sim->fault_count = 0;
	memset(sim->settings.buffer, (int)(lba & 0x7f), (size_t)count * sim->settings.block_bytes);
	result = DISK_OK;
	sim->clock->sleep_ns(sim->clock->ctx, 2 * MS);
	sim->fault_count = faults;
	return result;
}

/* Buffers that the drive's data never reaches. */
static uint8_t *open_elsewhere(void *ctx, unsigned depth)
{
	static _Alignas(DISK_QUEUE_BYTES) uint8_t elsewhere[DISK_QUEUE_MAX * DISK_QUEUE_BYTES];

	return plain_open(ctx, depth) == NULL ? NULL : elsewhere;
}

static void test_failures(void)
{
	static const struct {
		const char *fault, *status;
		bool elsewhere;
	} rows[] = {
		{",bad=0+131072", "SCT 2 SC 81h", false},
		{"", "success without data", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char spec[128];
		struct fixture *f;

		snprintf(spec, sizeof(spec), NVME ",parallel=4%s", rows[i].fault);
		f = queued(spec, 8);
		f->disks[0].read = no_fault_here;
		plain_open = f->disks[0].queue.open;
		if (rows[i].elsewhere)
			f->disks[0].queue.open = open_elsewhere;
		CHECK_U64(fixture_check(f, &disk_benchmark_check), FAIL);
		CHECK_U64(fixture_count(f, FINDING_DISK_READ_UNSTEADY), 32);
		CHECK(strstr(f->findings[0].status, rows[i].status) != NULL, "%s",
			f->findings[0].status);
		CHECK_STR(f->findings[0].reproduced, "0 of 2");
		CHECK_U64(f->findings[0].lba_count, 8);
		CHECK(fixture_measure(f, "randread-4k-qd8.clat_ns.N") == UINT64_MAX);
		CHECK(f->run.gave_up);
		fixture_free(f);
	}
}

/* A read that never ends is waited for 10 s, once; the same blocks are then read alone, and nothing else goes to the queue. */
static void test_lost(void)
{
	struct fixture *f = queued(NVME ",parallel=4,timeout=0+131072*1", 8);
	uint64_t begin_ns = f->now_ns;

	f->tick_ns = 20000;
	f->disks[0].read = no_fault_here;
	CHECK_U64(fixture_check(f, &disk_benchmark_check), WARN);
	CHECK_U64(fixture_count(f, FINDING_DISK_TIMEOUT), 1);
	CHECK_STR(f->findings[0].status, "8 of 8 never ended");
	CHECK(f->now_ns - begin_ns < 20000 * MS);
	CHECK(f->longest_silence_ns < 1000 * MS);
	CHECK(fixture_measure(f, "randread-4k-qd8.iops") == UINT64_MAX);
	CHECK_U64(f->session.disks[0].given_up, JOB_GOING);
	fixture_free(f);
}

/* Who is stopped waits for what is in flight. */
static void test_stopped(void)
{
	struct fixture *f = queued(NVME ",parallel=1,latency=400ms", 4);

	f->stop_at_pulse = 30;
	fixture_check(f, &disk_benchmark_check);
	for (unsigned i = 0; i < DISK_QUEUE_MAX; i++)
		CHECK(!f->sims.disks[0].flights[i].flying, "slot %u", i);
	fixture_free(f);
}

int main(void)
{
	test_figures();
	test_depths();
	test_obstacles();
	test_off();
	test_failures();
	test_lost();
	test_stopped();
	return test_end(__FILE__);
}
