/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The short self-test of a drive. Pure. See smart_self_test.h.
 *
 * Care.  The drive goes on with its other work meanwhile, and nobody else reads it here. Two minutes are the rule for ATA and NVMe.
 */
#include "diskbench/smart_self_test.h"
#include "core/fmt.h"
#include "diskbench/checks.h"

#define SECOND_NS UINT64_C(1000000000)
#define POLL_NS   (5 * SECOND_NS)
#define NAP_NS    (SECOND_NS / 2)
#define LIMIT_NS  (600 * SECOND_NS)

/* False: the run was stopped. */
static bool wait(struct run *run, uint64_t ns)
{
	const struct clock_port *clock = &run->machine->clock;

	for (uint64_t slept = 0; slept < ns; slept += NAP_NS) {
		if (!run_pulse(run))
			return false;
		clock->sleep_ns(clock->ctx, NAP_NS);
	}
	return run_pulse(run);
}

/* Until it is over or its time is. True: it ended by itself. */
static bool wait_for_end(struct smart_job *job)
{
	const uint64_t start_ns = run_now_ns(job->run);
	unsigned left_percent = 100;

	while (!job->dead && job->pages->bus->is_testing(job, &left_percent)) {
		if (run_now_ns(job->run) - start_ns >= LIMIT_NS)
			return false;
		record_progress(job->run->rec, job->disk->id, "short self-test", 100 - left_percent,
			100, "%", NULL, 0);
		if (!wait(job->run, POLL_NS))
			return false;
	}
	return !job->dead;
}

/* A failed one becomes a finding with the rest of the log. */
static void tell_result(struct smart_job *job, const struct smart_test *result)
{
	record_note(job->run->rec, job->disk->id, "%s: its short self-test: %s.", job->disk->id,
		result->text);
	if (result->completed)
		record_coverage(job->run->rec, job->disk->id,
			"its own short self-test completed without error");
}

bool smart_self_test(struct smart_job *job)
{
	struct recorder *rec = job->run->rec;
	const char *id = job->disk->id;
	struct disk *disk = &job->run->machine->disks[job->disk - job->run->machine->disks];
	struct smart_test result;
	unsigned left_percent;
	bool ended, judged;

	if (job->pages->bus->is_testing(job, &left_percent)) {
		record_note(rec, id, "%s: a self-test was running already; none was started.", id);
		return true;
	}
	disk->self_test_allowed = true;
	if (!job->pages->bus->self_test(job, true)) {
		disk->self_test_allowed = false;
		record_note(rec, id, "%s has no short self-test, or refuses it.", id);
		return !job->dead;
	}
	ended = wait_for_end(job);
	job->tidying = true;
	if (!ended)
		job->pages->bus->self_test(job, false);
	job->tidying = false;
	disk->self_test_allowed = false;
	job->trouble[0] = '\0';
	judged = smart_read(job);
	if (!ended)
		record_note(rec, id,
			"%s: its short self-test was aborted: it took too long, or the run was stopped.",
			id);
	else if (judged && job->pages->bus->test(job->pages, 0, &result))
		tell_result(job, &result);
	else
		record_note(rec, id,
			"%s: its short self-test came to its end, and its log does not say how.",
			id);
	return judged;
}
