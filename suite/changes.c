/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* hw.changes: what changed since the last run on this machine. Pure over volume_port. See changes.h.
 *
 * Pass if: no part is gone, and nothing is smaller or slower than it was.
 */
#include "suite/changes.h"
#include "core/bytes.h"
#include "core/fmt.h"
#include "core/text.h"
#include "suite/old_runs.h"
#include "suite/state.h"

#define RUNS_TRIED   16         /* old runs whose first lines are looked at */
#define RUN_BYTES    (8u << 20) /* of one run; what is beyond is not compared */
#define PULSE_BYTES  (1u << 20) /* read between two pulses: a second from a slow stick */
#define FINDINGS_MAX 12         /* changes that are findings; more are told together */

/* Hands the whole lines among the bytes so far to the reader; a line that does not fit is dropped. */
static void take_lines(struct changes *c)
{
	size_t start = 0;

	for (size_t i = 0; i < c->used; i++) {
		if (c->line[i] != '\n')
			continue;
		if (i > start)
			replay_line(&c->replay, (struct text){c->line + start, i - start});
		start = i + 1;
	}
	if (start == 0 && c->used == sizeof(c->line))
		start = c->used;
	memmove(c->line, c->line + start, c->used - start);
	c->used -= start;
}

/* Reads run `number` on from *offset: up to what machine it was on, or as far as it is compared. False: it cannot be
 * read, or the run is to stop. */
static bool read_run(struct run *run, unsigned number, uint64_t *offset, bool head)
{
	struct changes *c = &run->suite->changes;
	const struct volume_port *v = &run->machine->volume;
	char path[OLD_RUNS_PATH];
	size_t want, len;

	old_runs_path(path, number, "results.jsonl");
	do {
		want = sizeof(c->line) - c->used;
		if (*offset / PULSE_BYTES != (*offset + want) / PULSE_BYTES && !run_pulse(run))
			return false;
		if (v->read(v->ctx, path, *offset, c->line + c->used, want, &len) != VOLUME_OK)
			return false;
		*offset += len;
		c->used += len;
		take_lines(c);
	} while (len == want && *offset < RUN_BYTES && !(head && c->then.begun));
	return true;
}

/* Reads an old run if it was on this machine. */
static bool read_if_ours(struct run *run, unsigned number)
{
	struct changes *c = &run->suite->changes;
	uint64_t offset = 0;

	memset(&c->replay, 0, sizeof(c->replay));
	memset(&c->then, 0, sizeof(c->then));
	c->used = 0;
	replay_listen(&c->replay, snapshot_listener(&c->then));
	if (!read_run(run, number, &offset, true) || !c->then.begun ||
		!compare_is_same_machine(&c->then.inventory, &c->now.inventory))
		return false;
	fmt_to(c->then.run, sizeof(c->then.run), "%04u", number);
	if (!read_run(run, number, &offset, false))
		return false;
	replay_end(&c->replay);
	return true;
}

/* The newest run on this machine before this one. */
static bool find_last(struct run *run)
{
	const struct volume_port *v = &run->machine->volume;
	unsigned number = run->suite->log.old.newest + 1;

	for (unsigned tries = 0; tries < RUNS_TRIED; tries++) {
		number = old_runs_before(v, number);
		if (number == 0)
			return false;
		if (read_if_ours(run, number))
			return true;
	}
	return false;
}

static void tell(void *ctx, const struct change *change)
{
	struct run *run = ctx;
	struct changes *c = &run->suite->changes;
	const struct field fields[] = {FIELD_STR("what", change->what),
		FIELD_STR("was", change->was), FIELD_STR("is", change->is),
		FIELD_STR("run", c->then.run)};

	if (!change->matters)
		record_note(run->rec, change->part, "%s", change->sentence);
	else if (c->told++ < FINDINGS_MAX)
		record_finding(run->rec, FINDING_MACHINE_CHANGED, change->part, fields,
			ARRAY_LEN(fields), "%s", change->sentence);
}

static enum verdict run_changes(struct run *run)
{
	struct changes *c = &run->suite->changes;

	if (!run->machine->volume.present) {
		record_why(run->rec, "no log volume that remembers earlier runs");
		return SKIP;
	}
	if (!find_last(run)) {
		record_why(run->rec, "%s",
			run->stopped ? run->stop_why
				     : "no earlier run on this machine to compare with");
		return SKIP;
	}
	compare_snapshots(&c->then, &c->now, !run->machine->encryption.is_virtual, tell, run);
	if (c->told > FINDINGS_MAX)
		record_note(
			run->rec, NULL, "%u more parts are gone or worse.", c->told - FINDINGS_MAX);
	if (c->told == 0)
		record_why(run->rec, "nothing is gone or worse since run %s", c->then.run);
	else
		record_why(run->rec, "%u change%s for the worse since run %s", c->told,
			c->told == 1 ? "" : "s", c->then.run);
	return PASS;
}

const struct check hw_changes_check = {
	.id = "hw.changes",
	.title = "What is gone or worse since the last run on this machine",
	.pass_if =
		"no part of the last run on this machine is gone, smaller, or far slower than it was",
	.always = true,
	.housekeeping = true,
	.run = run_changes,
};
