/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slicing of sweeps and dealing them out to the CPUs. Pure. See work.h. */
#include "memtest/checks.h"

#define SLICE_FIRST_BYTES ((uint64_t)1 << 20)
#define SLICE_AIM_NS      600000000u /* leaves room below a second for slower memory further on */
#define SLICE_GROWTH_MAX  8
#define SLICE_TIMEOUT_NS  30000000000u /* a CPU this late is lost */

void work_init(struct mem_work *work, const struct cpu_port *cpus, const struct config *config)
{
	/* Where work reaches only the boot CPU, one share keeps the walk in strict address order. */
	bool single = cpus->mode == CPUS_SINGLE || config->mem_cpus == MEM_CPUS_ONE;
	unsigned usable = cpus->count < MEM_PARTS_MAX ? cpus->count : MEM_PARTS_MAX;

	*work = (struct mem_work){.slice_traffic = SLICE_FIRST_BYTES};
	work->cpus = single ? 1 : usable;
	work->shares = config->mem_cpus == MEM_CPUS_ROUND_ROBIN ? 1 : work->cpus;
}

void work_begin(struct mem_work *work, uint64_t traffic_total)
{
	work->traffic = 0;
	work->traffic_total = traffic_total;
	work->busy_ns = 0;
}

uint64_t work_slice_bytes(const struct mem_work *work, unsigned ops, bool first)
{
	uint64_t pages = work->slice_traffic / ops / (first ? 2 : 1) / PLAN_PAGE;

	return (pages > 0 ? pages : 1) * PLAN_PAGE;
}

void work_learn(struct mem_work *work, uint64_t traffic, uint64_t took_ns, bool whole)
{
	/* How much further than `traffic` the aim reaches, in 1/256. */
	uint64_t growth = took_ns == 0 ? UINT64_MAX : (uint64_t)SLICE_AIM_NS * 256 / took_ns;

	if (growth > SLICE_GROWTH_MAX * 256)
		growth = SLICE_GROWTH_MAX * 256;
	/* The end of a share is too short to learn speed from, unless it was slow. */
	if (whole || growth < 256)
		work->slice_traffic = traffic / 256 * growth;
}

static void march_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
	struct mem_errors *errors)
{
	kernels->march(kernels->ctx, piece, arg, errors);
}

struct sweep sweep_of_march(
	const char *what, const struct march_step *step, struct mem_teller teller)
{
	return (struct sweep){.what = what,
		.work = march_work,
		.arg = step,
		.ops = step->element->count,
		.downward = step->element->direction == MARCH_DOWN,
		.teller = teller};
}

/* What every CPU needs to know to do its part of a slice. */
struct slice {
	const struct sweep *sweep;
	const struct kernels *kernels;
	const struct cpu_port *cpus;
	const struct mem_plan *plan;
	struct mem_errors *errors;
	unsigned shares;
	uint64_t from, to; /* bytes into each share, in walking order */
	bool flush;        /* empty the caches afterwards */
};

/* Runs on the CPU of that part. */
static void slice_work(void *arg, unsigned part)
{
	const struct slice *s = arg;
	const bool downward = s->sweep->downward;
	const struct mem_interval share = plan_share(s->plan, part, s->shares);
	const uint64_t bytes = share.hi - share.lo;
	const uint64_t from = s->from < bytes ? s->from : bytes, to = s->to < bytes ? s->to : bytes;
	struct mem_interval rest = downward ? (struct mem_interval){share.hi - to, share.hi - from}
					    : (struct mem_interval){share.lo + from, share.lo + to};
	struct mem_chunk chunk;

	mem_errors_clear(&s->errors[part]);
	while (plan_take(s->plan, &rest, downward, &chunk))
		s->sweep->work(s->kernels, chunk, s->sweep->arg, &s->errors[part]);
	if (s->flush)
		s->cpus->flush_caches();
}

/* True: done. False: the fault was recorded. *ret_cpu is the CPU that did share 0. */
static bool slice_run(struct run *run, struct slice *slice, unsigned *ret_cpu)
{
	struct mem_work *work = &run->mem->work;
	const struct cpu_port *cpus = &run->machine->cpus;
	const bool in_turn = work->shares < work->cpus;
	const unsigned cpu = in_turn ? work->next_cpu : 0;
	enum cpu_result result;

	if (in_turn)
		result = cpus->run_on(cpus->ctx, cpu, slice_work, slice, SLICE_TIMEOUT_NS);
	else
		result = cpus->run(cpus->ctx, slice_work, slice, work->shares, SLICE_TIMEOUT_NS);
	work->next_cpu = (cpu + 1) % work->cpus;
	if (result == CPUS_DONE) {
		*ret_cpu = cpu;
		return true;
	}
	run->mem->cpu_lost = result == CPUS_TIMEOUT;
	record_fault(run->rec, in_turn ? "cpus.run_on" : "cpus.run", PART_ID_MEMORY,
		"%s while sharing out \"%s\" to %u CPUs: %s",
		result == CPUS_TIMEOUT ? "A CPU did not come back" : "The firmware took no work",
		slice->sweep->what, work->cpus, cpus->error);
	return false;
}

/* Where a slice begins, by the first share: what to blame if the machine hangs in it. */
static void tell_progress(struct run *run, const struct slice *s)
{
	const struct mem_work *work = &run->mem->work;
	const struct mem_interval share = plan_share(s->plan, 0, s->shares);
	const uint64_t offset = s->sweep->downward ? share.hi - s->from - 1 : share.lo + s->from;

	record_progress(run->rec, PART_ID_MEMORY, s->sweep->what, work->traffic,
		work->traffic_total, "B", "address", plan_physical(s->plan, offset));
}

/* Bytes of all shares between s->from and s->to. */
static uint64_t slice_total(const struct slice *s)
{
	uint64_t total = 0;

	for (unsigned p = 0; p < s->shares; p++) {
		const struct mem_interval share = plan_share(s->plan, p, s->shares);
		const uint64_t bytes = share.hi - share.lo;

		total += (s->to < bytes ? s->to : bytes) - (s->from < bytes ? s->from : bytes);
	}
	return total;
}

enum sweep_result sweep_run(struct run *run, const struct sweep *sweep)
{
	struct mem_session *m = run->mem;
	struct mem_work *work = &m->work;
	struct slice slice = {.sweep = sweep,
		.kernels = run->machine->ram.kernels,
		.cpus = &run->machine->cpus,
		.plan = &m->plan,
		.errors = m->errors,
		.shares = work->shares};
	const uint64_t longest = plan_share(&m->plan, 0, work->shares).hi;
	const unsigned ops = sweep->ops;

	mem_log_sweep(&m->log);
	for (; slice.from < longest; slice.from = slice.to) {
		const uint64_t bytes = work_slice_bytes(work, ops, slice.from == 0);
		uint64_t start_ns, took_ns;
		unsigned cpu;

		if (!run_pulse(run))
			return SWEEP_STOPPED;
		slice.to = bytes < longest - slice.from ? slice.from + bytes : longest;
		/* CPUs that take turns hand over the whole of memory with every slice. */
		slice.flush = slice.to == longest || work->shares < work->cpus;
		tell_progress(run, &slice);
		start_ns = run_now_ns(run);
		if (!slice_run(run, &slice, &cpu))
			return SWEEP_FAULT;
		took_ns = run_now_ns(run) - start_ns;
		work->busy_ns += took_ns;
		work->traffic += slice_total(&slice) * ops;
		work_learn(work, (slice.to - slice.from) * ops, took_ns,
			slice.to - slice.from == bytes);
		for (unsigned p = 0; p < work->shares; p++)
			mem_log_take(&m->log, run, &sweep->teller, cpu + p, &m->errors[p]);
	}
	return SWEEP_DONE;
}
