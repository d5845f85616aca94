/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated CPUs on POSIX threads. Hardware: none. See sim_cpus.h. */
#include "host/sim_cpus.h"
#include "core/text.h"
#include <pthread.h>
#include <time.h>

struct job {
	cpu_work *work;
	void *arg;
	unsigned part;
	pthread_t thread;
	bool started;
};

static void *thread_main(void *arg)
{
	struct job *job = arg;

	job->work(job->arg, job->part);
	return NULL;
}

static void job_start(struct job *job)
{
	job->started = pthread_create(&job->thread, NULL, thread_main, job) == 0;
	if (!job->started)
		job->work(job->arg, job->part);
}

static void job_wait(struct job *job)
{
	if (job->started)
		pthread_join(job->thread, NULL);
}

static void run_in_turn(cpu_work *work, void *arg, unsigned parts)
{
	for (unsigned p = 0; p < parts; p++)
		work(arg, p);
}

static void run_threads(cpu_work *work, void *arg, unsigned parts, bool boot_cpu_last)
{
	struct job jobs[SIM_CPUS_MAX];

	for (unsigned p = 1; p < parts; p++) {
		jobs[p] = (struct job){.work = work, .arg = arg, .part = p};
		job_start(&jobs[p]);
	}
	if (!boot_cpu_last && parts > 0)
		work(arg, 0);
	for (unsigned p = 1; p < parts; p++)
		job_wait(&jobs[p]);
	if (boot_cpu_last && parts > 0)
		work(arg, 0);
}

/* What the call in hand ends with. Work for the boot CPU alone needs no firmware that could refuse it. */
static enum cpu_result outcome(struct sim_cpus *cpus, bool boot_cpu_alone)
{
	if (cpus->calls++ < cpus->failure_after)
		return CPUS_DONE;
	return cpus->failure == CPUS_REFUSED && boot_cpu_alone ? CPUS_DONE : cpus->failure;
}

static enum cpu_result sim_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	struct sim_cpus *cpus = ctx;
	const enum cpu_result result = outcome(cpus, parts <= 1);

	(void)timeout_ns;
	if (result == CPUS_REFUSED || parts > cpus->count)
		return CPUS_REFUSED;
	if (result == CPUS_TIMEOUT)
		parts--;
	if (cpus->in_turn || cpus->mode == CPUS_SINGLE)
		run_in_turn(work, arg, parts);
	else
		run_threads(work, arg, parts, cpus->mode == CPUS_BLOCKING);
	return result;
}

static enum cpu_result sim_run_on(
	void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns)
{
	struct sim_cpus *cpus = ctx;
	const enum cpu_result result = outcome(cpus, cpu == 0);
	struct job job = {.work = work, .arg = arg};

	(void)timeout_ns;
	if (cpu >= cpus->count || (cpu > 0 && cpus->mode == CPUS_SINGLE))
		return CPUS_REFUSED;
	if (result != CPUS_DONE)
		return result;
	if (cpu == 0 || cpus->in_turn) {
		work(arg, 0);
		return CPUS_DONE;
	}
	job_start(&job);
	job_wait(&job);
	return CPUS_DONE;
}

/* The threads see one coherent memory. */
static void sim_flush_caches(void)
{
}

static uint64_t sim_own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void sim_cpus_port(struct sim_cpus *cpus, unsigned count, enum cpu_mode mode, struct cpu_port *ret)
{
	cpus->count = count < 1 ? 1 : count > SIM_CPUS_MAX ? SIM_CPUS_MAX : count;
	cpus->mode = mode;
	for (uint32_t i = 0; i < cpus->count; i++)
		cpus->apic_ids[i] = i;
	*ret = (struct cpu_port){.ctx = cpus,
		.count = cpus->count,
		.present = cpus->count,
		.mode = mode,
		.apic_ids = cpus->apic_ids,
		.run = sim_run,
		.run_on = sim_run_on,
		.flush_caches = sim_flush_caches,
		.own_ns = sim_own_ns};
	text_copy(ret->why, sizeof(ret->why), "simulated CPUs");
	if (cpus->failure != CPUS_DONE)
		text_copy(ret->error, sizeof(ret->error),
			cpus->failure == CPUS_TIMEOUT ? "StartupAllAPs: timeout (simulated)"
						      : "StartupAllAPs: not ready (simulated)");
}
