/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated CPUs on POSIX threads. Hardware: none. See sim_cpus.h. */
#include "host/sim_cpus.h"
#include "core/text.h"
#include <pthread.h>

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

/* What the call in hand ends with. */
static enum cpu_result outcome(struct sim_cpus *cpus)
{
	return cpus->calls++ < cpus->failure_after ? CPUS_DONE : cpus->failure;
}

static enum cpu_result sim_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	struct sim_cpus *cpus = ctx;
	const enum cpu_result result = outcome(cpus);

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
	const enum cpu_result result = outcome(cpus);
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

void sim_cpus_port(struct sim_cpus *cpus, unsigned count, enum cpu_mode mode, struct cpu_port *ret)
{
	cpus->count = count < 1 ? 1 : count > SIM_CPUS_MAX ? SIM_CPUS_MAX : count;
	cpus->mode = mode;
	*ret = (struct cpu_port){.ctx = cpus,
		.count = cpus->count,
		.present = cpus->count,
		.mode = mode,
		.run = sim_run,
		.run_on = sim_run_on,
		.flush_caches = sim_flush_caches};
	text_copy(ret->why, sizeof(ret->why), "simulated CPUs");
	if (cpus->failure != CPUS_DONE)
		text_copy(ret->error, sizeof(ret->error),
			cpus->failure == CPUS_TIMEOUT ? "StartupAllAPs: timeout (simulated)"
						      : "StartupAllAPs: not ready (simulated)");
}
