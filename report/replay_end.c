/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading results.jsonl: how the run ended. Pure. See replay.h. */
#include "core/bytes.h"
#include "report/replay_line.h"
#include "report/report.h"

/* "verdict=FAIL complete=no run=0007 checks=5 ...": word by word. */
static void take_end_word(struct replay *p, struct text name, const char *value)
{
	struct counts *n = &p->end.u.run_end.counts;
	const struct {
		const char *name;
		unsigned *number;
	} numbers[] = {{"checks", &n->checks}, {"pass", &n->pass}, {"warn", &n->warn},
		{"fail", &n->fail}, {"error", &n->error}, {"skip", &n->skip}};
	uint64_t number;

	if (text_is(name, "verdict"))
		p->end.u.run_end.verdict = replay_verdict(value, UNDECIDED);
	if (text_is(name, "complete"))
		p->end.u.run_end.complete = text_same(value, "yes");
	if (text_is(name, "run"))
		text_copy(p->end_run, sizeof(p->end_run), value);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (text_is(name, numbers[i].name) &&
			text_number((struct text){value, text_length(value)}, &number) &&
			number <= UINT32_MAX)
			*numbers[i].number = (unsigned)number;
	}
}

void replay_end_line(struct replay *p, const char *words)
{
	struct text rest = {words, text_length(words)}, word;
	char value[24];

	p->end = (struct record){.kind = RECORD_RUN_END};
	p->has_end = true;
	while (text_word(&rest, &word)) {
		struct text name = {word.at, 0};

		while (name.len < word.len && name.at[name.len] != '=')
			name.len++;
		if (name.len < word.len) {
			text_clean(value, sizeof(value), word.at + name.len + 1,
				word.len - name.len - 1);
			take_end_word(p, name, value);
		}
	}
}

/* Should the END line have been torn: what the schema's own words say. */
static enum verdict verdict_of(const char *status, const char *result)
{
	if (text_same(status, "COMPLETE"))
		return replay_verdict(result, UNDECIDED);
	return replay_verdict(status, UNDECIDED);
}

void replay_run_end(struct replay *p, const struct json_node *content)
{
	if (!p->has_end) {
		p->end = (struct record){.kind = RECORD_RUN_END};
		p->end.u.run_end.verdict = verdict_of(
			report_text(json_string(&p->tree, content, "status")),
			report_text(json_string(&p->tree, content, "result")));
	}
	if (p->end_run[0] == '\0')
		text_copy(p->end_run, sizeof(p->end_run), "none");
	p->end.u.run_end.verdict = verdict_worse(p->end.u.run_end.verdict, p->worst);
	p->end.u.run_end.run = p->end_run;
	p->end.u.run_end.incomplete_why = p->incomplete_why;
	p->step_id[0] = '\0';
	replay_emit(p, &p->end);
}
