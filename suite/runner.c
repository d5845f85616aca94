/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One run from options to end line: order, budget, stopping, folding of verdicts. Pure. See suite.h. */
#include "core/rng.h"
#include "evidence/smbios.h"
#include "suite/catalogue.h"
#include "suite/inventory.h"
#include "suite/setup.h"
#include "suite/state.h"
#include "suite/suite.h"

#define WATCHDOG_EVERY_NS 1000000000u

size_t suite_bytes(void)
{
	return sizeof(struct suite);
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

	net_watch(run);
	runlog_tick(&s->log);
	keep_disk_maps(s);
	mca_watch_pulse(&s->mca, run);
	if (m->set_watchdog != NULL && s->config.watchdog_s != 0 &&
		now_ns - s->watchdog_fed_ns >= WATCHDOG_EVERY_NS) {
		m->set_watchdog(s->config.watchdog_s);
		s->watchdog_fed_ns = now_ns;
	}
	if (!run->stopped && m->console.key(m->console.ctx) == KEY_ESCAPE)
		stop(run, "stopped by the Escape key");
	if (!run->stopped && now_ns >= run->deadline_ns)
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

/* Ends the step of a check and adds it to the run's sum. */
static void end_check(struct suite *s, const struct check *check, enum verdict concluded)
{
	enum verdict v = record_check_end(&s->rec, concluded);

	count(&s->counts, v);
	s->verdict = verdict_worse(s->verdict, check->housekeeping && v == PASS ? SKIP : v);
}

/* If the log broke since this was last asked: says so at once, in a step of our own, so that no other check is blamed. */
static void watch_log(struct suite *s)
{
	const struct check *check = &hw_setup_check;

	if (s->log.problem[0] == '\0' || s->log_problem_told)
		return;
	record_check_begin(&s->rec, check->id, check->title, check->pass_if);
	setup_tell_log_problem(s);
	record_why(&s->rec, "the log broke while the run went on");
	end_check(s, check, PASS);
}

/* What the network said while another room's check ran gets a step of its own. */
static void watch_net(struct suite *s)
{
	const struct check *check = &net_listen_check;

	if (!net_watch_has_news(&s->run))
		return;
	record_check_begin(&s->rec, check->id, check->title, check->pass_if);
	net_watch_tell(&s->run);
	record_why(&s->rec, "heard while other checks ran");
	end_check(s, check, SKIP);
}

static void write_latest(void *ctx, struct sink out)
{
	latest_write(ctx, out);
}

/* After a hang, LATEST.TXT names the step. */
static void show_latest(struct suite *s)
{
	runlog_replace(&s->log, "/LATEST.TXT", write_latest, &s->latest);
}

/* A burn-in without a number of passes ends when its budget does or a key is pressed: that undoes nothing once
 * every check had its turn. */
static bool had_its_turn(const struct suite *s)
{
	return s->config.passes == 0 && s->config.profile == PROFILE_BURNIN && s->run.pass > 0;
}

static void run_check(struct suite *s, const struct check *check)
{
	const char *missing = missing_need(s->machine, check);
	enum verdict concluded = SKIP;

	record_check_begin(&s->rec, check->id, check->title, check->pass_if);
	if (s->run.stopped && !check->sums_up) {
		record_why(&s->rec, "not reached: %s", s->run.stop_why);
	} else if (missing != NULL) {
		record_why(&s->rec, "%s", missing);
	} else {
		show_latest(s);
		concluded = check->run(&s->run);
		tell_memory_time(s);
		keep_bad_pages(s);
		keep_disk_maps(s);
	}
	s->unreached |= s->run.stopped && !had_its_turn(s);
	mca_watch_step_end(&s->mca, &s->run);
	end_check(s, check, concluded);
	pulse(&s->run);
	watch_net(s);
	watch_log(s);
}

static void run_pass(struct suite *s)
{
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct check *check = catalogue[i];
		const bool done = s->run.pass > 0 && (check->always || check->once);

		if (s->run.stopped && had_its_turn(s) && !check->sums_up)
			continue;
		if (catalogue_selects(&s->config, check) && !done)
			run_check(s, check);
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
		if (s->run.stopped) {
			s->unreached |= s->run.pass + 1 < passes;
			break;
		}
		if (s->counts.skip - skipped == s->counts.checks - checks)
			break;
	}
}

/* ---- begin and end ---- */

/* The console learns of the end last, from emit_end(). */
static void hear_on_console(void *ctx, const struct record *r)
{
	struct suite *s = ctx;
	struct listener console = console_report_listener(&s->console);

	if (r->kind != RECORD_RUN_END)
		console.hear(console.ctx, r);
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
	digest_init(&s->digest);
	triage_begin(&s->triage, &s->inventory);
	recorder_listen(&s->rec, jsonl_listener(&s->jsonl));
	recorder_listen(&s->rec, textlog_listener(&s->textlog));
	recorder_listen(&s->rec, latest_listener(&s->latest));
	recorder_listen(&s->rec, digest_listener(&s->digest));
	recorder_listen(&s->rec, triage_listener(&s->triage));
	recorder_listen(&s->rec, snapshot_listener(&s->changes.now));
	recorder_listen(&s->rec, runlog_listener(&s->log));
	recorder_listen(&s->rec, (struct listener){hear_on_console, s});
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
	topology_note(&s->topology, &s->rec);
	record_note(&s->rec, NULL, "random seed 0x%llx", (unsigned long long)s->run.seed);
	show_latest(s);
}

/* A second step of the check that began the run, also of one that was stopped: what the banks hold at its end. */
static void run_last_machine_check(struct suite *s)
{
	const struct check *check = &hw_machine_check;

	if (!s->mca.started)
		return;
	record_check_begin(&s->rec, check->id, check->title, check->pass_if);
	end_check(s, check, mca_watch_run_end(&s->mca, &s->run));
}

/* Handing the cards back may still bring something to light: so it is part of the step that judges. */
static void run_triage(struct suite *s)
{
	record_check_begin(&s->rec, REPORT_TRIAGE, "Who is guilty", "");
	show_latest(s);
	net_session_end(&s->run);
	mem_tell_ledger(&s->run);
	triage_emit(&s->triage, &s->rec);
	tell_reports(s);
	s->verdict = verdict_worse(s->verdict, record_check_end(&s->rec, SKIP));
}

static struct record end_record(const struct suite *s)
{
	struct record r = {.kind = RECORD_RUN_END};

	r.u.run_end.verdict = s->verdict;
	r.u.run_end.complete = !s->unreached && !s->run.gave_up;
	r.u.run_end.run = s->log.number;
	r.u.run_end.counts = s->counts;
	if (!r.u.run_end.complete)
		r.u.run_end.incomplete_why = s->unreached ? s->run.stop_why
					     : s->run.gave_up_on[0] != '\0'
						     ? s->run.gave_up_on
						     : "a check gave up on some of its work";
	return r;
}

/* Everything is on the volume before the console says END: whoever waits for that line may cut the power. If the
 * log breaks with its very last bytes, at least the console says so. */
static void emit_end(struct suite *s, struct suite_outcome *ret)
{
	struct listener console = console_report_listener(&s->console);
	struct record r = end_record(s);
	uint64_t t_ns;

	record_emit(&s->rec, &r);
	t_ns = r.t_ns;
	show_latest(s);
	write_reports(s);
	runlog_close(&s->log);
	watch_log(s);
	r = end_record(s);
	r.t_ns = t_ns;
	console.hear(console.ctx, &r);
	ret->verdict = s->verdict;
	ret->complete = r.u.run_end.complete;
	ret->on_finish = s->config.on_finish;
	report_end_line(ret->end_line, sizeof(ret->end_line), &r);
}

struct suite_outcome suite_run(struct suite *s, struct machine *machine)
{
	struct suite_outcome outcome = {0};

	s->machine = machine;
	s->run = (struct run){.machine = machine,
		.config = &s->config,
		.rec = &s->rec,
		.inventory = &s->inventory,
		.topology = &s->topology,
		.net = &s->net,
		.mem = &s->mem,
		.disk = &s->disk,
		.pulse = pulse,
		.suite = s};
	s->run.installed_bytes = smbios_installed_bytes(
		smbios_trusted(machine->smbios_entry, machine->smbios_table));
	gather_options(s);
	s->run.deadline_ns = s->config.budget_ns ? run_now_ns(&s->run) + s->config.budget_ns
						 : UINT64_MAX;
	inventory_take(machine, &s->inventory);
	topology_take(machine, &s->topology);
	begin_log(s);
	recall_disk_scan(s);
	emit_begin(s);
	run_passes(s);
	run_last_machine_check(s);
	runlog_read_back(&s->log);
	watch_log(s);
	run_triage(s);
	if (machine->set_watchdog != NULL)
		machine->set_watchdog(0);
	emit_end(s, &outcome);
	/* Last, and only for somebody who goes on after us: some firmware takes seconds per GiB to take memory back. */
	if (outcome.on_finish == FINISH_EXIT || outcome.on_finish == FINISH_MENU)
		mem_session_end(&s->run);
	return outcome;
}
