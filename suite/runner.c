/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One run from options to end line: order, budget, stopping, folding of verdicts. Pure. See suite.h. */
#include "core/rng.h"
#include "evidence/smbios.h"
#include "suite/catalogue.h"
#include "suite/inventory.h"
#include "suite/state.h"
#include "suite/suite.h"

#define BURNIN_BUDGET_NS  (8 * 3600 * UINT64_C(1000000000)) /* a night, when no budget is given */
#define WATCHDOG_EVERY_NS 1000000000u
#define OEM_PREFIX        "kiriwake:"

size_t suite_bytes(void)
{
	return sizeof(struct suite);
}

/* ---- options ---- */

static void read_smbios_options(struct suite *s)
{
	const size_t prefix = sizeof(OEM_PREFIX) - 1;
	char string[256];
	size_t cursor = 0;

	while (smbios_next_oem_string(s->machine->smbios_table, &cursor, string, sizeof(string))) {
		struct text t = {string, text_length(string)};

		if (t.len >= prefix && memcmp(t.at, OEM_PREFIX, prefix) == 0) {
			const struct option_source source = {.name = "SMBIOS OEM string",
				.text = {t.at + prefix, t.len - prefix}};

			options_read(&s->config, &source, &s->problems);
		}
	}
}

static void read_options(struct suite *s)
{
	const struct machine *m = s->machine;

	options_defaults(&s->config);
	for (size_t i = 0; i <= m->option_source_count; i++) {
		if (i == m->smbios_options_at)
			read_smbios_options(s);
		if (i < m->option_source_count) {
			options_read(&s->config, &m->option_sources[i], &s->problems);
			if (m->option_sources[i].words)
				text_clean(s->command_line, sizeof(s->command_line),
					m->option_sources[i].text.at,
					m->option_sources[i].text.len);
		}
	}
	if (s->config.interactive)
		prompt_options(s);
	if (s->config.profile == PROFILE_BURNIN && s->config.budget_ns == 0)
		s->config.budget_ns = BURNIN_BUDGET_NS;
	if (m->apply != NULL)
		m->apply(s->machine, &s->config);
}

struct bounded_text {
	char *at;
	size_t cap;
};

static void bounded_write(void *ctx, const char *text, size_t len)
{
	struct bounded_text *b = ctx;

	fmt_add(b->at, b->cap, "%.*s", (int)len, text);
}

/* ---- stopping ---- */

static void stop(struct run *run, const char *why)
{
	run->stopped = true;
	text_copy(run->stop_why, sizeof(run->stop_why), why);
}

static bool pulse(struct run *run)
{
	struct suite *s = run->suite;
	const struct machine *m = s->machine;
	uint64_t now_ns = run_now_ns(run);

	runlog_tick(&s->log);
	if (m->set_watchdog != NULL && s->config.watchdog_s != 0 &&
		now_ns - s->watchdog_fed_ns >= WATCHDOG_EVERY_NS) {
		m->set_watchdog(s->config.watchdog_s);
		s->watchdog_fed_ns = now_ns;
	}
	if (!run->stopped && m->console.key(m->console.ctx) == KEY_ESCAPE)
		stop(run, "stopped by the Escape key");
	if (!run->stopped && now_ns >= s->deadline_ns)
		stop(run, "the time budget is used up");
	return !run->stopped;
}

/* ---- checks ---- */

static const char *missing_need(const struct machine *m, const struct check *check)
{
	bool has_driver = false;

	for (size_t i = 0; i < m->nic_count; i++)
		has_driver = has_driver || m->nics[i].has_driver;
	if (check->need & NEED_NIC && m->nic_count == 0)
		return "no network card found";
	if (check->need & NEED_NIC && !has_driver)
		return "no network card has a firmware driver";
	if (check->need & NEED_DISK && m->disk_count == 0)
		return "no disk found";
	if (check->need & NEED_RAM && m->ram.acquire == NULL)
		return "no memory to test";
	return NULL;
}

static void count(struct counts *c, enum verdict v)
{
	unsigned *const counters[VERDICT_COUNT] = {[SKIP] = &c->skip,
		[PASS] = &c->pass,
		[WARN] = &c->warn,
		[ERROR] = &c->error,
		[FAIL] = &c->fail};

	c->checks++;
	++*counters[v];
}

static void run_check(struct suite *s, const struct check *check)
{
	const char *missing = missing_need(s->machine, check);
	enum verdict concluded = SKIP, v;

	record_check_begin(&s->rec, check->id, check->title, check->pass_if);
	if (s->run.stopped) {
		s->unreached = true;
		record_why(&s->rec, "not reached: %s", s->run.stop_why);
	} else if (missing != NULL) {
		record_why(&s->rec, "%s", missing);
	} else {
		concluded = check->run(&s->run);
	}
	v = record_check_end(&s->rec, concluded);
	count(&s->counts, v);
	s->verdict = verdict_worse(s->verdict, check->housekeeping && v == PASS ? SKIP : v);
	runlog_tick(&s->log);
	pulse(&s->run);
}

static void run_pass(struct suite *s)
{
	for (size_t i = 0; i < catalogue_count; i++) {
		bool again = s->run.pass > 0;

		if (catalogue_selects(&s->config, catalogue[i]) && !(again && catalogue[i]->always))
			run_check(s, catalogue[i]);
	}
}

/* The passes asked for, or for a burn-in as many as the budget holds; a pass that only skipped is the last. */
static void run_passes(struct suite *s)
{
	unsigned passes = s->config.passes;
	bool endless = passes == 0 && s->config.profile == PROFILE_BURNIN;

	for (s->run.pass = 0; s->run.pass == 0 || endless || s->run.pass < passes; s->run.pass++) {
		unsigned skipped = s->counts.skip, checks = s->counts.checks;

		run_pass(s);
		if (s->run.stopped || s->counts.skip - skipped == s->counts.checks - checks)
			break;
	}
}

/* ---- begin and end ---- */

static void write_latest(void *ctx, struct sink out)
{
	latest_write(ctx, out);
}

/* Everything is on the volume before the console says END: whoever waits for that line may cut the power. */
static void finish_log(void *ctx, const struct record *r)
{
	struct suite *s = ctx;

	if (r->kind != RECORD_RUN_END)
		return;
	runlog_replace(&s->log, "/LATEST.TXT", write_latest, &s->latest);
	runlog_close(&s->log);
}

static void begin_log(struct suite *s)
{
	const struct machine *m = s->machine;
	struct sink screen = {m->console.write, m->console.ctx};

	recorder_init(&s->rec, &m->clock);
	runlog_open(&s->log, &m->volume, &m->clock, s->config.log_keep);
	console_report_init(&s->console, screen);
	jsonl_init(&s->jsonl, runlog_jsonl(&s->log));
	textlog_init(&s->textlog, runlog_text(&s->log));
	latest_init(&s->latest);
	triage_begin(&s->triage, &s->inventory);
	recorder_listen(&s->rec, jsonl_listener(&s->jsonl));
	recorder_listen(&s->rec, textlog_listener(&s->textlog));
	recorder_listen(&s->rec, latest_listener(&s->latest));
	recorder_listen(&s->rec, triage_listener(&s->triage));
	recorder_listen(&s->rec, runlog_listener(&s->log));
	recorder_listen(&s->rec, (struct listener){finish_log, s});
	recorder_listen(&s->rec, console_report_listener(&s->console));
}

static void emit_begin(struct suite *s)
{
	const struct machine *m = s->machine;
	struct record r = {.kind = RECORD_RUN_BEGIN};

	r.u.run_begin.version = KIRIWAKE_VERSION;
	r.u.run_begin.run = s->log.number;
	r.u.run_begin.command_line = s->command_line;
	r.u.run_begin.parameters = s->parameters;
	r.u.run_begin.inventory = &s->inventory;
	r.u.run_begin.has_wall = m->clock.wall_s(m->clock.ctx, &r.u.run_begin.wall_s);
	s->run.seed = rng_mix((uint64_t)r.u.run_begin.wall_s ^ rng_mix(run_now_ns(&s->run)));
	record_emit(&s->rec, &r);
	for (size_t i = 0; i < m->note_count; i++)
		record_note(&s->rec, NULL, "%s", m->notes[i]);
	record_note(&s->rec, NULL, "random seed 0x%llx", (unsigned long long)s->run.seed);
	runlog_replace(&s->log, "/LATEST.TXT", write_latest, &s->latest);
}

static void run_triage(struct suite *s)
{
	record_check_begin(&s->rec, "triage", "Who is guilty", "");
	runlog_read_back(&s->log);
	setup_tell_log_problem(s);
	triage_emit(&s->triage, &s->inventory, &s->rec);
	s->verdict = verdict_worse(s->verdict, record_check_end(&s->rec, SKIP));
}

static void emit_end(struct suite *s, struct suite_outcome *ret)
{
	struct record r = {.kind = RECORD_RUN_END};

	ret->verdict = s->verdict;
	ret->complete = !s->unreached && !s->run.gave_up && !s->run.stopped;
	ret->on_finish = s->config.on_finish;
	r.u.run_end.verdict = s->verdict;
	r.u.run_end.complete = ret->complete;
	r.u.run_end.run = s->log.number;
	r.u.run_end.counts = s->counts;
	if (!ret->complete)
		r.u.run_end.incomplete_why = s->run.stopped ? s->run.stop_why
							    : "a check gave up on some of its work";
	report_end_line(ret->end_line, sizeof(ret->end_line), &r);
	record_emit(&s->rec, &r);
}

struct suite_outcome suite_run(struct suite *s, struct machine *machine)
{
	struct suite_outcome outcome = {0};

	s->machine = machine;
	s->run = (struct run){.machine = machine,
		.config = &s->config,
		.rec = &s->rec,
		.inventory = &s->inventory,
		.net = &s->net,
		.mem = &s->mem,
		.disk = &s->disk,
		.pulse = pulse,
		.suite = s};
	s->run.installed_bytes = smbios_installed_bytes(machine->smbios_table);
	read_options(s);
	options_print(&s->config, (struct sink){bounded_write,
					  &(struct bounded_text){s->parameters, PARAMETERS_SIZE}});
	s->deadline_ns = s->config.budget_ns ? run_now_ns(&s->run) + s->config.budget_ns
					     : UINT64_MAX;
	inventory_take(machine, &s->inventory);
	begin_log(s);
	emit_begin(s);
	run_passes(s);
	net_session_end(&s->run);
	run_triage(s);
	if (machine->set_watchdog != NULL)
		machine->set_watchdog(0);
	emit_end(s, &outcome);
	/* Last, and only for somebody who goes on after us: some firmware takes seconds per GiB to take memory back. */
	if (outcome.on_finish == FINISH_EXIT || outcome.on_finish == FINISH_MENU)
		mem_session_end(&s->run);
	return outcome;
}
