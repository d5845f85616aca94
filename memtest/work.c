/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Slicing of sweeps and dealing them out to the CPUs. Pure. See work.h. */
#include "memtest/checks.h"

#define SLICE_FIRST_BYTES ((uint64_t)1 << 20)
#define SLICE_AIM_NS      600000000u /* leaves room below a second for slower memory further on */
#define SLICE_GROWTH_MAX  8
#define SLICE_TIMEOUT_NS  30000000000u /* a CPU this late is lost */
#define LEFT_AFTER_NS     2000000000u  /* of work, before its speed is believed... */
#define LEFT_AFTER_PART   8            /* ...or after this part of it */

void work_init(struct mem_work *work, const struct cpu_port *cpus, const struct config *config,
	const struct topology *topology, struct mem_plan *plan)
{
	/* Where work reaches only the boot CPU, one share keeps the walk in strict address order. */
	bool single = cpus->mode == CPUS_SINGLE || config->mem_cpus == MEM_CPUS_ONE;
	unsigned usable = cpus->count < MEM_PARTS_MAX ? cpus->count : MEM_PARTS_MAX;

	*work = (struct mem_work){.cpus = single ? 1 : usable};
	work->shares = config->mem_cpus == MEM_CPUS_ROUND_ROBIN ? 1 : work->cpus;
	for (size_t s = 0; s < PLAN_STRETCHES_MAX; s++)
		work->slice_traffic[s] = SLICE_FIRST_BYTES;
	nodes_split(plan, topology, work->shares, work->homes);
}

void work_begin(struct mem_work *work, const struct mem_plan *plan, uint64_t traffic_total)
{
	work->traffic = 0;
	work->traffic_total = traffic_total;
	work->busy_ns = 0;
	work->rests_ns = 0;
	work->cpus_at_first = 0;
	work->refused_traffic = 0;
	work->refused_ns = 0;
	nodes_begin(work->speeds, plan->stretch_count);
}

/* ---- pace ---- */

uint64_t work_piece_bytes(uint64_t slice_traffic, unsigned ops, bool first)
{
	uint64_t pages = slice_traffic / ops / (first ? 2 : 1) / PLAN_PAGE;

	return (pages > 0 ? pages : 1) * PLAN_PAGE;
}

uint64_t work_learn(uint64_t slice_traffic, uint64_t traffic, uint64_t took_ns, bool whole)
{
	/* How much further than `traffic` the aim reaches, in 1/256. */
	uint64_t growth = took_ns == 0 ? UINT64_MAX : (uint64_t)SLICE_AIM_NS * 256 / took_ns;

	if (growth > SLICE_GROWTH_MAX * 256)
		growth = SLICE_GROWTH_MAX * 256;
	/* The end of a share is too short to learn speed from, unless it was slow. */
	return whole || growth < 256 ? traffic / 256 * growth : slice_traffic;
}

/* of * part / whole, for part <= whole, without overflow; all of it where whole is 0. */
static uint64_t in_proportion(uint64_t of, uint64_t part, uint64_t whole)
{
	while (whole > UINT32_MAX) {
		part >>= 1;
		whole >>= 1;
	}
	return whole == 0 ? of : of / whole * part + of % whole * part / whole;
}

/* Each stretch learns from the CPU that took longest on it, in proportion to the slice, so that all of them are
 * through at the same time. */
static void learn(struct mem_work *work, size_t stretches, unsigned ops,
	const uint64_t *piece_bytes, uint64_t took_ns)
{
	uint64_t own_ns[PLAN_STRETCHES_MAX] = {0}, bytes[PLAN_STRETCHES_MAX] = {0}, slowest = 0;
	const struct mem_deal *deal = &work->deal;

	for (unsigned w = 0; w < deal->workers; w++) {
		const size_t s = deal->shares[w].stretch;
		const uint64_t piece = interval_bytes(deal->pieces[w]);

		if (piece == 0)
			continue;
		if (piece > bytes[s])
			bytes[s] = piece;
		if (work->own_ns[w] > own_ns[s])
			own_ns[s] = work->own_ns[w];
		if (work->own_ns[w] > slowest)
			slowest = work->own_ns[w];
	}
	for (size_t s = 0; s < stretches; s++) {
		if (bytes[s] > 0)
			work->slice_traffic[s] = work_learn(work->slice_traffic[s], bytes[s] * ops,
				in_proportion(took_ns, own_ns[s], slowest),
				bytes[s] == piece_bytes[s]);
	}
}

uint64_t work_left_ns(const struct mem_work *work)
{
	const uint64_t traffic = work->traffic - work->refused_traffic;
	const uint64_t busy_ns = work->busy_ns - work->refused_ns;
	const uint64_t per_ms = busy_ns < 1000000 ? 0 : traffic / (busy_ns / 1000000);

	if (busy_ns < LEFT_AFTER_NS && traffic < work->traffic_total / LEFT_AFTER_PART)
		return 0;
	if (per_ms == 0 || work->traffic >= work->traffic_total)
		return work->rests_ns;
	return (work->traffic_total - work->traffic) / per_ms * 1000000 + work->rests_ns;
}

/* ---- sweeps ---- */

void march_work(const struct kernels *kernels, struct mem_chunk piece, const void *arg,
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
	struct mem_work *work; /* own_ns of each part is written */
	struct mem_errors *errors;
	bool flush; /* empty the caches afterwards */
};

/* Runs on the CPU of that part. */
static void slice_work(void *arg, unsigned part)
{
	const struct slice *s = arg;
	const uint64_t start_ns = s->cpus->own_ns();
	struct mem_interval rest = s->work->deal.pieces[part];
	struct mem_chunk chunk;

	mem_errors_clear(&s->errors[part]);
	while (plan_take(s->plan, &rest, s->sweep->downward, &chunk))
		s->sweep->work(s->kernels, chunk, s->sweep->arg, &s->errors[part]);
	s->work->own_ns[part] = s->cpus->own_ns() - start_ns;
	if (s->flush)
		s->cpus->flush_caches();
}

/* The firmware took no work, and none was done: from here on the boot CPU does it all, which needs no firmware.
 * False: it was alone already. */
static bool go_on_alone(struct run *run)
{
	struct mem_work *work = &run->mem->work;

	if (work->cpus == 1)
		return false;
	record_note(run->rec, PART_ID_MEMORY,
		"the firmware gives the other %u CPUs no more work; the boot CPU goes on alone: %s",
		work->cpus - 1, run->machine->cpus.error);
	work->cpus_at_first = work->cpus;
	work->refused_traffic = work->traffic;
	work->refused_ns = work->busy_ns;
	work->cpus = work->shares = work->deal.workers = 1;
	work->next_cpu = 0;
	return true;
}

/* *ret_cpu is the CPU that did part 0. */
static enum cpu_result slice_run(struct run *run, struct slice *slice, unsigned *ret_cpu)
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
	*ret_cpu = cpu;
	return result;
}

static void tell_fault(struct run *run, const struct sweep *sweep, enum cpu_result result)
{
	const struct mem_work *work = &run->mem->work;

	run->mem->cpu_lost = result == CPUS_TIMEOUT;
	record_fault(run->rec, work->shares < work->cpus ? "cpus.run_on" : "cpus.run",
		PART_ID_MEMORY, "%s while sharing out \"%s\" to %u CPUs: %s",
		result == CPUS_TIMEOUT ? "A CPU did not come back" : "The firmware took no work",
		sweep->what, work->cpus, run->machine->cpus.error);
}

void work_tell_progress(struct run *run, const char *what, const char *at_name, uint64_t at)
{
	const struct mem_work *work = &run->mem->work;

	record_progress_left(run->rec, PART_ID_MEMORY, what, work->traffic, work->traffic_total,
		"B", at_name, at, work_left_ns(work), false);
}

/* Where a slice begins, by its first piece: what to blame if the machine hangs in it. */
static void tell_slice(struct run *run, const struct sweep *sweep)
{
	const struct mem_interval *piece = run->mem->work.deal.pieces;

	while (interval_bytes(*piece) == 0)
		piece++;
	work_tell_progress(run, sweep->what, "address",
		plan_physical(&run->mem->plan, sweep->downward ? piece->hi - 1 : piece->lo));
}

/* A slice of so many bytes was done, by `cpu` and those that follow it. */
static void take_stock(struct run *run, const struct sweep *sweep, const uint64_t *piece_bytes,
	uint64_t bytes, uint64_t took_ns, unsigned cpu)
{
	struct mem_session *m = run->mem;
	struct mem_work *work = &m->work;

	work->busy_ns += took_ns;
	work->traffic += bytes * sweep->ops;
	/* No piece took longer than all of them: a counter that says so is wrong. */
	for (unsigned w = 0; w < work->shares; w++) {
		if (work->own_ns[w] > took_ns)
			work->own_ns[w] = took_ns;
	}
	learn(work, m->plan.stretch_count, sweep->ops, piece_bytes, took_ns);
	nodes_learn(work->speeds, &m->plan, work->homes, &work->deal, work->own_ns, sweep->ops);
	for (unsigned w = 0; w < work->shares; w++)
		mem_log_take(&m->log, run, &sweep->teller, cpu + w, &m->errors[w]);
	deal_done(&work->deal);
}

/* No share is done in one slice. So the last word of one share and the first of the next, which may lie side by side, are
 * never worked on at the same time: upwards one of them comes first, downwards the other, as the March tests want it of
 * two words that disturb each other. */
static void hold_back(const struct mem_deal *deal, uint64_t piece_bytes[PLAN_STRETCHES_MAX])
{
	for (size_t i = 0; i < deal->share_count; i++) {
		const struct mem_share *share = &deal->shares[i];
		const uint64_t pages = interval_bytes(share->rest) / PLAN_PAGE;
		const uint64_t most = (pages + 1) / 2 * PLAN_PAGE;

		if (most > 0 && most < piece_bytes[share->stretch])
			piece_bytes[share->stretch] = most;
	}
}

/* The next slice, dealt out again if the firmware refuses it. */
static enum sweep_result next_slice(
	struct run *run, struct slice *slice, bool first, uint64_t *ret_bytes)
{
	struct mem_work *work = slice->work;
	uint64_t piece_bytes[PLAN_STRETCHES_MAX], start_ns;
	enum cpu_result result;
	unsigned cpu;

	/* A look at a failing word may have lost one. */
	if (run->mem->cpu_lost)
		return SWEEP_FAULT;
	for (size_t s = 0; s < slice->plan->stretch_count; s++)
		piece_bytes[s] = work_piece_bytes(work->slice_traffic[s], slice->sweep->ops, first);
	if (first)
		hold_back(&work->deal, piece_bytes);
	do {
		*ret_bytes = deal_slice(&work->deal, piece_bytes);
		if (*ret_bytes == 0)
			return SWEEP_DONE;
		if (!run_pulse(run))
			return SWEEP_STOPPED;
		/* CPUs that take turns hand over the whole of memory with every slice. */
		slice->flush = deal_last(&work->deal) || work->shares < work->cpus;
		tell_slice(run, slice->sweep);
		start_ns = run_now_ns(run);
		result = slice_run(run, slice, &cpu);
	} while (result == CPUS_REFUSED && go_on_alone(run));
	if (result == CPUS_DONE) {
		take_stock(run, slice->sweep, piece_bytes, *ret_bytes, run_now_ns(run) - start_ns,
			cpu);
		return SWEEP_DONE;
	}
	tell_fault(run, slice->sweep, result);
	return SWEEP_FAULT;
}

enum sweep_result sweep_run(struct run *run, const struct sweep *sweep)
{
	struct mem_session *m = run->mem;
	struct mem_work *work = &m->work;
	struct slice slice = {.sweep = sweep,
		.kernels = m->kernels,
		.cpus = &run->machine->cpus,
		.plan = &m->plan,
		.work = work,
		.errors = m->errors};
	enum sweep_result result = SWEEP_DONE;
	uint64_t bytes = 1;

	mem_log_sweep(&m->log);
	deal_begin(&work->deal, &m->plan, work->homes, work->shares, sweep->downward);
	for (bool first = true; result == SWEEP_DONE && bytes > 0; first = false)
		result = next_slice(run, &slice, first, &bytes);
	return result;
}
