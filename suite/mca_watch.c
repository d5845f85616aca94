/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* hw.machine-check: did the machine itself report an error, before the run or during it? Pure. See mca_watch.h.
 *
 * Pass if: no machine-check bank held an error. Firmware that takes errors first leaves nothing to see: no error here
 *          is a statement about the banks, not about the machine.
 * How often: memory controllers and caches beyond a core are seen from the boot CPU as far as its own package
 *          goes, which costs microseconds: once a second. All CPUs together cost an interruption of all work: every ten
 *          seconds, and at the end of every step.
 */
#include "suite/mca_watch.h"
#include "suite/state.h"

#define LOOK_EVERY_NS     UINT64_C(1000000000)
#define LOOK_ALL_EVERY_NS UINT64_C(10000000000)

static bool has_banks(const struct run *run)
{
	return run->machine->mca.take != NULL;
}

static unsigned cpus_to_ask(const struct run *run)
{
	const struct cpu_port *cpus = &run->machine->cpus;

	return cpus->mode == CPUS_SINGLE ? 1 : cpus->count;
}

static const char *why_not_all(const struct machine *m, enum cpu_result result)
{
	if (result != CPUS_DONE)
		return m->mca.error;
	return m->cpus.mode == CPUS_SINGLE ? m->cpus.why : "the others take no work";
}

/* Once: the rest of the run would say the same again and again. */
static void tell_trouble(struct mca_watch *w, struct run *run, enum cpu_result result)
{
	const struct machine *m = run->machine;

	if (w->told_trouble || (result == CPUS_DONE && w->take.cpus >= m->cpus.present))
		return;
	w->told_trouble = true;
	if (result == CPUS_TIMEOUT)
		record_fault(run->rec, "MpServices", PART_ID_BOARD,
			"A CPU did not come back from reading its machine-check banks: %s",
			m->mca.error);
	else
		record_note(run->rec, PART_ID_BOARD,
			"Machine-check banks of %u of %u CPUs can be read: %s", w->take.cpus,
			m->cpus.present, why_not_all(m, result));
}

static void look(struct mca_watch *w, struct run *run, unsigned cpus, bool before)
{
	const struct mca_port *port = &run->machine->mca;
	const enum cpu_result result = port->take(port->ctx, cpus, &w->take);

	w->looked_ns = run_now_ns(run);
	mca_log_take(&w->log, run, &w->take, before);
	if (cpus < cpus_to_ask(run))
		return;
	w->looked_all_ns = w->looked_ns;
	if (w->looks++ == 0 || w->take.cpus < w->cpus_read)
		w->cpus_read = w->take.cpus;
	tell_trouble(w, run, result);
}

void mca_watch_pulse(struct mca_watch *watch, struct run *run)
{
	const uint64_t now_ns = run_now_ns(run);

	if (!watch->started || run->rec->check == NULL)
		return; /* what is seen between two steps would be told in none */
	if (now_ns - watch->looked_all_ns >= LOOK_ALL_EVERY_NS)
		look(watch, run, cpus_to_ask(run), false);
	else if (now_ns - watch->looked_ns >= LOOK_EVERY_NS)
		look(watch, run, 1, false);
}

void mca_watch_step_end(struct mca_watch *watch, struct run *run)
{
	if (!watch->started)
		return;
	look(watch, run, cpus_to_ask(run), false);
	mca_log_step_end(&watch->log, run);
}

static void say_total(const struct mca_watch *w, struct recorder *rec, const char *when)
{
	const uint64_t total = mca_log_total(&w->log);

	record_why(rec, "%s%llu error%s %s", w->log.overflow ? "at least " : "",
		(unsigned long long)total, total == 1 ? "" : "s", when);
}

static enum verdict run_machine_check(struct run *run)
{
	struct mca_watch *w = &run->suite->mca;

	if (!has_banks(run)) {
		record_why(run->rec, "the CPUs have no machine-check banks");
		return SKIP;
	}
	look(w, run, cpus_to_ask(run), true);
	w->started = true;
	mca_log_step_end(&w->log, run);
	if (mca_log_total(&w->log) > 0)
		say_total(w, run->rec, "from before the run");
	else
		record_why(run->rec,
			"no error from before the run in the banks of %u of %u CPUs, as far as firmware leaves them to us",
			w->take.cpus, run->machine->cpus.present);
	return PASS;
}

static void measure(const struct mca_log *log, struct recorder *rec)
{
	static const struct {
		const char *name, *part;
	} measures[MCA_KIND_COUNT] = {
		[MCA_KIND_MEM_UNCORRECTED] = {"uncorrected_errors", PART_ID_MEMORY},
		[MCA_KIND_CPU_UNCORRECTED] = {"uncorrected_errors", PART_ID_BOARD},
		[MCA_KIND_MEM_CORRECTED] = {"corrected_errors", PART_ID_MEMORY},
		[MCA_KIND_CPU_CORRECTED] = {"corrected_errors", PART_ID_BOARD},
	};

	for (size_t i = 0; i < MCA_KIND_COUNT; i++)
		record_measure(rec, measures[i].part, measures[i].name, log->totals[i], 0, "1");
}

enum verdict mca_watch_run_end(struct mca_watch *watch, struct run *run)
{
	const struct mca_log *log = &watch->log;
	const unsigned present = run->machine->cpus.present;

	mca_watch_step_end(watch, run);
	measure(log, run->rec);
	if (mca_log_total(log) > 0)
		say_total(watch, run->rec, "in all, from before the run or during it");
	else
		record_why(run->rec,
			"no error in %llu looks at the banks of %u of %u CPUs, as far as firmware leaves them to us",
			(unsigned long long)watch->looks, watch->cpus_read, present);
	if (log->totals[MCA_KIND_CPU_UNCORRECTED] + log->totals[MCA_KIND_CPU_CORRECTED] == 0)
		record_coverage(run->rec, PART_ID_BOARD,
			"no error of CPU, cache or bus in the machine-check banks of %u of %u CPUs, as far as firmware leaves them to us",
			watch->cpus_read, present);
	return PASS;
}

const struct check hw_machine_check = {
	.id = "hw.machine-check",
	.title = "Machine-check banks: errors that the hardware noticed by itself",
	.pass_if = "no bank held an error; what came during a check is told there",
	.always = true,
	.housekeeping = true,
	.run = run_machine_check,
};
