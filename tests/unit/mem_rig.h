/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A bench for the memory room: simulated RAM and CPUs under a recorder whose records are kept. */
#ifndef KIRIWAKE_TESTS_MEM_RIG_H
#define KIRIWAKE_TESTS_MEM_RIG_H

#include "core/fmt.h"
#include "core/text.h"
#include "host/sim_cpus.h"
#include "host/sim_ram.h"
#include "memtest/checks.h"
#include <stdlib.h>

#define RIG_FINDINGS 128
#define RIG_FIELDS   16
#define RIG_TEXT     16384

struct rig_finding {
	enum finding_code code;
	size_t field_count;
	struct field
		fields[RIG_FIELDS]; /* numbers; texts are gone when the record is, these stay: */
	char texts[RIG_FIELDS][48];
	char part[PART_ID];
	char message[512];
};

struct rig {
	struct sim_ram ram;
	struct sim_cpus cpus;
	struct machine machine;
	struct config config;
	struct recorder rec;
	struct mem_session *session;
	struct topology topology;
	struct run run;
	uint64_t now_ns, tick_ns; /* every look at the clock takes tick_ns */
	uint64_t slept_ns;
	unsigned pulses, pulses_left;
	size_t finding_count;
	struct rig_finding findings[RIG_FINDINGS];
	unsigned faults, coverages;
	uint64_t most_done, total; /* of progress */
	uint64_t most_left_ns, left_ns;
	uint64_t node_speed[NODES_MAX]; /* MB/s in the last check that measured it */
	uint64_t tested_bytes, mismatches;
	char text[RIG_TEXT]; /* messages of everything but findings, a line each */
};

static inline uint64_t rig_now(void *ctx)
{
	struct rig *rig = ctx;

	return __atomic_add_fetch(
		&rig->now_ns, rig->tick_ns, __ATOMIC_RELAXED); /* work looks too */
}

/* Sleep is what leaky cells cannot stand. */
static inline void rig_sleep(void *ctx, uint64_t ns)
{
	struct rig *rig = ctx;

	rig->now_ns += ns;
	rig->slept_ns += ns;
	sim_ram_rest(&rig->ram);
}

static inline bool rig_pulse(struct run *run)
{
	struct rig *rig = (struct rig *)(void *)((char *)run - offsetof(struct rig, run));

	rig->pulses++;
	if (rig->pulses_left == 0 || --rig->pulses_left > 0)
		return true;
	run->stopped = true;
	text_copy(run->stop_why, sizeof(run->stop_why), "stopped by a key");
	return false;
}

static inline void rig_keep_finding(struct rig *rig, const struct record *r)
{
	struct rig_finding *f;

	if (rig->finding_count >= RIG_FINDINGS)
		abort();
	f = &rig->findings[rig->finding_count++];
	f->code = r->u.finding.code;
	f->field_count = r->u.finding.field_count;
	if (f->field_count > RIG_FIELDS)
		abort();
	for (size_t i = 0; i < f->field_count; i++) {
		f->fields[i] = r->u.finding.fields[i];
		if (f->fields[i].kind == FIELD_TEXT)
			text_copy(f->texts[i], sizeof(f->texts[i]), f->fields[i].text);
	}
	text_copy(f->part, sizeof(f->part), r->part != NULL ? r->part : "");
	text_copy(f->message, sizeof(f->message), r->message);
}

static inline void rig_hear(void *ctx, const struct record *r)
{
	struct rig *rig = ctx;

	if (r->kind == RECORD_FINDING) {
		rig_keep_finding(rig, r);
	} else if (r->kind == RECORD_PROGRESS) {
		rig->most_done = r->u.progress.done;
		rig->total = r->u.progress.total;
		rig->left_ns = r->u.progress.left_ns;
		if (rig->left_ns > rig->most_left_ns)
			rig->most_left_ns = rig->left_ns;
	} else if (r->kind == RECORD_MEASURE) {
		if (text_same(r->u.measure.name, "tested_bytes"))
			rig->tested_bytes = r->u.measure.value;
		if (strncmp(r->u.measure.name, "speed_node", 10) == 0)
			rig->node_speed[atoi(r->u.measure.name + 10)] = r->u.measure.value;
		if (text_same(r->u.measure.name, "mismatches"))
			rig->mismatches = r->u.measure.value;
	} else if (r->message != NULL) {
		rig->faults += r->kind == RECORD_FAULT;
		rig->coverages += r->kind == RECORD_COVERAGE;
		fmt_add(rig->text, sizeof(rig->text), "%s\n", r->message);
	}
}

/* RAM of `bytes`, half of it above 4 GiB; `faults` are separated by blanks. Set cpus.* and config before rig_run(). */
static inline struct rig *rig_new(uint64_t bytes, const char *faults)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct text rest = {faults, strlen(faults)}, word;
	char spec[128];

	if (rig == NULL || !sim_ram_init(&rig->ram, bytes))
		abort();
	while (text_word(&rest, &word)) {
		fmt_to(spec, sizeof(spec), "%.*s", (int)word.len, word.at);
		if (!sim_ram_add_fault(&rig->ram, spec))
			abort();
	}
	sim_ram_port(&rig->ram, &rig->machine.ram);
	sim_cpus_port(&rig->cpus, 2, CPUS_NONBLOCKING, &rig->machine.cpus);
	rig->tick_ns = 1000000;
	rig->machine.clock = (struct clock_port){
		.ctx = rig, .now_ns = rig_now, .sleep_ns = rig_sleep};
	rig->config.mem_high = UINT64_MAX;
	rig->config.mem_fade_ns = 120 * UINT64_C(1000000000);
	rig->session = calloc(1, sizeof(*rig->session));
	rig->run = (struct run){.machine = &rig->machine,
		.topology = &rig->topology,
		.config = &rig->config,
		.rec = &rig->rec,
		.mem = rig->session,
		.seed = 0x1234,
		.pulse = rig_pulse};
	recorder_init(&rig->rec, &rig->machine.clock);
	recorder_listen(&rig->rec, (struct listener){rig_hear, rig});
	return rig;
}

static inline enum verdict rig_run(struct rig *rig, const struct check *check)
{
	record_check_begin(&rig->rec, check->id, check->title, check->pass_if);
	return record_check_end(&rig->rec, check->run(&rig->run));
}

static inline void rig_free(struct rig *rig)
{
	mem_session_end(&rig->run);
	sim_ram_free(&rig->ram);
	free(rig->session);
	free(rig);
}

/* The value of a numeric field; 0xdead if there is none of that name. */
static inline uint64_t rig_field(const struct rig_finding *f, const char *name)
{
	for (size_t i = 0; i < f->field_count; i++) {
		if (text_same(f->fields[i].name, name))
			return f->fields[i].number;
	}
	return 0xdead;
}

/* The text of a field; "" if there is none of that name. */
static inline const char *rig_text(const struct rig_finding *f, const char *name)
{
	for (size_t i = 0; i < f->field_count; i++) {
		if (text_same(f->fields[i].name, name))
			return f->texts[i];
	}
	return "";
}

static inline bool rig_said(const struct rig *rig, const char *words)
{
	return strstr(rig->text, words) != NULL;
}

#endif
