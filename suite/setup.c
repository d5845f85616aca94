/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* hw.setup: is our own house in order? Pure.
 *
 * Pass if: every option was understood, the log volume takes the log, and the last run on it ended.
 */
#include "suite/setup.h"
#include "core/fmt.h"
#include "suite/catalogue.h"
#include "suite/state.h"

#define IDS_SIZE 800

static void tell_option_problems(struct suite *s)
{
	for (size_t i = 0; i < s->problems.count; i++) {
		const struct option_problem *p = &s->problems.items[i];
		const struct field fields[] = {
			FIELD_STR("key", p->key),
			FIELD_STR("value", p->value),
			FIELD_STR("source", p->source),
			FIELD_NUM("line", p->line),
		};
		char text[OPTION_PROBLEM_TEXT];

		option_problem_text(p, text, sizeof(text));
		record_finding(&s->rec,
			p->unknown ? FINDING_OPTION_UNKNOWN : FINDING_OPTION_BAD_VALUE, NULL,
			fields, ARRAY_LEN(fields), "%s", text);
	}
	if (s->problems.more > 0)
		record_note(&s->rec, NULL, "%u more options were not understood", s->problems.more);
}

static void tell_unknown_checks(struct suite *s)
{
	struct text rest = {s->config.checks, text_length(s->config.checks)}, unknown;
	char word[48], ids[IDS_SIZE] = "";

	for (size_t i = 0; i < catalogue_count; i++)
		fmt_add(ids, sizeof(ids), "%s%s", i ? ", " : "", catalogue[i]->id);
	while (catalogue_unknown_word(&rest, &unknown)) {
		text_clean(word, sizeof(word), unknown.at, unknown.len);
		record_finding(&s->rec, FINDING_OPTION_BAD_VALUE, NULL,
			(struct field[]){FIELD_STR("key", "checks"), FIELD_STR("value", word)}, 2,
			"checks: no check matches \"%s\"; there are: %s", word, ids);
	}
}

void setup_tell_log_problem(struct suite *s)
{
	if (s->log.problem[0] == '\0' || s->log_problem_told)
		return;
	s->log_problem_told = true;
	record_finding(&s->rec, FINDING_LOG_UNAVAILABLE, NULL,
		(struct field[]){FIELD_STR("status", s->log.problem)}, 1,
		"The results of this run are not safe on the stick: %s.", s->log.problem);
}

static void tell_empty_runs(struct suite *s)
{
	const struct old_runs *old = &s->log.old;

	record_finding(&s->rec, FINDING_RUN_INTERRUPTED, NULL,
		(struct field[]){FIELD_NUM("run", old->newest_empty), FIELD_STR("check", "none"),
			FIELD_STR("where", "")},
		3,
		"Run %04u left no records: it stopped before the first, or could not write them.",
		old->newest_empty);
}

/* A stick goes from machine to machine: how a run ended on another says nothing of this one. */
static bool is_this_machine(const struct suite *s, const char *machine)
{
	size_t len = text_length(machine);

	return text_length(s->latest.head.machine) >= len &&
	       memcmp(s->latest.head.machine, machine, len) == 0;
}

static void tell_previous_run(struct suite *s)
{
	const struct old_runs *old = &s->log.old;
	const struct previous_run *p = &old->previous;
	char later[64] = "";

	if (old->previous_number == 0 || p->ended) {
		if (old->empty > 0)
			tell_empty_runs(s);
		return;
	}
	if (old->empty > 0)
		fmt_to(later, sizeof(later), " Since then, %u run%s left no records.", old->empty,
			old->empty == 1 ? "" : "s");
	if (!is_this_machine(s, p->machine)) {
		record_note(&s->rec, NULL,
			"Run %04u, on another machine (%s), never ended: it stopped in %s.%s",
			old->previous_number, p->machine, p->check[0] ? p->check : "no check",
			later);
		return;
	}
	record_finding(&s->rec, FINDING_RUN_INTERRUPTED, NULL,
		(struct field[]){FIELD_NUM("run", old->previous_number),
			FIELD_STR("check", p->check[0] ? p->check : "none"),
			FIELD_STR("where", p->where)},
		3, "Run %04u never ended: it stopped in %s%s%s.%s", old->previous_number,
		p->check[0] ? p->check : "no check (before the first, or between two)",
		p->where[0] ? ", last seen at " : "", p->where, later);
}

static enum verdict run_setup(struct run *run)
{
	struct suite *s = run->suite;

	tell_option_problems(s);
	tell_unknown_checks(s);
	setup_tell_log_problem(s);
	tell_previous_run(s);
	if (s->log.old.dropped_files > 0)
		record_note(&s->rec, NULL,
			"The log volume was nearly full: %u bulky files of old runs were deleted (log.keep)",
			s->log.old.dropped_files);
	if (s->log.problem[0] == '\0')
		record_why(&s->rec, "log on %s", s->machine->volume.where);
	else
		record_why(&s->rec, "no log is kept");
	return PASS;
}

const struct check hw_setup_check = {
	.id = "hw.setup",
	.title = "Options, log volume, and how the last run on this stick ended",
	.pass_if =
		"every option was understood, the log volume takes the log, and the last run ended",
	.always = true,
	.housekeeping = true,
	.run = run_setup,
};
