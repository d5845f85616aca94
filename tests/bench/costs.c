/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seconds per GiB: the checks themselves, as the program runs them, on 64 MiB with one CPU. See costs.h.
 *
 * Rests are skipped over: they cost the same whatever the size of memory. Checks whose work does not grow with memory
 * show too much.
 */
#include "tests/bench/costs.h"
#include "memtest/checks.h"
#include "suite/catalogue.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S     1000000000u
#define COST_BYTES   ((uint64_t)64 << 20)
#define PARTS_OF_GIB (((uint64_t)1 << 30) / COST_BYTES)

const struct kernels *bench_kernels(size_t i)
{
	const struct {
		const struct kernels *kernels;
		int here;
	} all[] = {{&kernels_scalar, 1}, {&kernels_sse2, 1},
		{&kernels_avx2, __builtin_cpu_supports("avx2")},
		{&kernels_avx512, __builtin_cpu_supports("avx512f")}};

	for (size_t k = 0; k < ARRAY_LEN(all); k++) {
		if (all[k].here && i-- == 0)
			return all[k].kernels;
	}
	return NULL;
}

/* ---- a machine of one CPU and the buffer ---- */

struct cost_rig {
	struct machine machine;
	struct config config;
	struct recorder rec;
	struct topology topology;
	struct mem_session session;
	uint64_t *words;
	uint64_t skipped_ns; /* of rests */
};

static uint64_t own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t rig_now_ns(void *ctx)
{
	const struct cost_rig *rig = ctx;

	return own_ns() + rig->skipped_ns;
}

static void rig_sleep_ns(void *ctx, uint64_t ns)
{
	struct cost_rig *rig = ctx;

	rig->skipped_ns += ns;
}

static enum cpu_result rig_cpus_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	(void)ctx;
	(void)timeout_ns;
	for (unsigned part = 0; part < parts; part++)
		work(arg, part);
	return CPUS_DONE;
}

static enum cpu_result rig_cpus_run_on(
	void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns)
{
	(void)cpu;
	return rig_cpus_run(ctx, work, arg, 1, timeout_ns);
}

static void rig_flush_caches(void)
{
}

static bool rig_acquire(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret)
{
	const struct cost_rig *rig = ctx;

	(void)reserve_bytes;
	*ret = (struct ram_grant){.range_count = 1,
		.ranges = {{(uint64_t)(uintptr_t)rig->words, COST_BYTES, (uint8_t *)rig->words}},
		.granted_bytes = COST_BYTES,
		.mapped_bytes = COST_BYTES};
	return true;
}

static void rig_release(void *ctx)
{
	(void)ctx;
}

static bool rig_pulse(struct run *run)
{
	(void)run;
	return true;
}

static void rig_init(
	struct cost_rig *rig, const struct kernels *kernels, uint64_t *words, enum profile profile)
{
	rig->words = words;
	rig->config = (struct config){.profile = profile, .mem_high = UINT64_MAX};
	rig->machine.clock = (struct clock_port){
		.ctx = rig, .now_ns = rig_now_ns, .sleep_ns = rig_sleep_ns};
	rig->machine.cpus = (struct cpu_port){.count = 1,
		.present = 1,
		.mode = CPUS_SINGLE,
		.run = rig_cpus_run,
		.run_on = rig_cpus_run_on,
		.own_ns = own_ns,
		.flush_caches = rig_flush_caches};
	rig->machine.ram = (struct ram_port){
		.ctx = rig, .kernels = kernels, .acquire = rig_acquire, .release = rig_release};
	recorder_init(&rig->rec, &rig->machine.clock);
}

/* ---- what it costs ---- */

/* Seconds per GiB that one check takes in this profile. */
static double cost_of(struct cost_rig *rig, const struct check *check)
{
	struct run run = {.machine = &rig->machine,
		.topology = &rig->topology,
		.config = &rig->config,
		.rec = &rig->rec,
		.mem = &rig->session,
		.seed = 0x1234,
		.pulse = rig_pulse};
	const uint64_t before_ns = rig->skipped_ns, start_ns = rig_now_ns(rig);
	uint64_t took_ns;

	record_check_begin(&rig->rec, check->id, check->title, check->pass_if);
	if (record_check_end(&rig->rec, check->run(&run)) != PASS)
		printf("%s did not pass\n", check->id);
	took_ns = rig_now_ns(rig) - start_ns - (rig->skipped_ns - before_ns);
	return (double)(took_ns * PARTS_OF_GIB) / NS_PER_S;
}

void costs_print(const struct kernels *kernels, uint64_t *words)
{
	static const enum profile profiles[] = {PROFILE_QUICK, PROFILE_FULL};
	static const char *const names[] = {"profile=quick", "profile=full"};

	printf("%-26s s per GiB, one CPU\n", "");
	for (size_t p = 0; p < ARRAY_LEN(profiles); p++) {
		struct cost_rig *rig = calloc(1, sizeof(*rig));
		double sum = 0;

		if (rig == NULL)
			abort();
		rig_init(rig, kernels, words, profiles[p]);
		for (size_t i = 0; i < catalogue_count; i++) {
			double s;

			if ((catalogue[i]->need & NEED_RAM) == 0 ||
				!catalogue_selects(&rig->config, catalogue[i]))
				continue;
			s = cost_of(rig, catalogue[i]);
			sum += s;
			printf("  %-24s %8.2f\n", catalogue[i]->id, s);
		}
		printf("%-26s %8.2f\n", names[p], sum);
		free(rig);
	}
}
