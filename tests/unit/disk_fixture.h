/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A run over simulated disks, with everything recorded kept for comparison. */
#ifndef KIRIWAKE_TESTS_DISK_FIXTURE_H
#define KIRIWAKE_TESTS_DISK_FIXTURE_H

#include "core/fmt.h"
#include "diskbench/checks.h"
#include "host/sim_disk.h"
#include "tests/test.h"
#include <stdlib.h>

#define HEARD_MAX 128
#define TEXT_MAX  256

struct heard {
	enum finding_code code;
	uint64_t lba, lba_count;
	char part[16], status[64], cause[128], said_by[32], reproduced[32], text[TEXT_MAX];
};

struct fixture {
	uint64_t now_ns;
	uint64_t tick_ns; /* that pass with every look at the clock */
	struct clock_port clock;
	struct sim_disks sims;
	struct disk disks[SIM_DISKS_MAX];
	struct machine machine;
	struct config config;
	struct recorder rec;
	struct disk_session session;
	struct topology topology;
	struct run run;

	unsigned stop_at_pulse; /* 0: never */
	unsigned pulses;
	uint64_t longest_silence_ns, last_pulse_ns;

	size_t finding_count;
	struct heard findings[HEARD_MAX];
	size_t coverage_count;
	char coverage[8][TEXT_MAX];
	size_t note_count;
	char notes[64][TEXT_MAX];
	size_t measure_count;
	struct {
		char part[16], name[64], unit[8];
		uint64_t value;
	} measures[256];
	size_t series_count;
	struct {
		char name[64], x_unit[8], unit[8];
		unsigned decimals;
		size_t count;
		struct point points[SERIES_POINTS];
	} series[16];
	uint64_t progress_count, progress_lba, progress_left_ns;
	uint64_t sure_count;  /* of those that had to reach the log */
	enum verdict verdict; /* of the last check */
	char why[TEXT_MAX];
};

static uint64_t fixture_now(void *ctx)
{
	struct fixture *f = ctx;

	f->now_ns += f->tick_ns;
	return f->now_ns;
}

static void fixture_sleep(void *ctx, uint64_t ns)
{
	((struct fixture *)ctx)->now_ns += ns;
}

static bool fixture_pulse(struct run *run)
{
	struct fixture *f = (struct fixture *)((char *)run - offsetof(struct fixture, run));

	f->pulses++;
	if (f->now_ns - f->last_pulse_ns > f->longest_silence_ns)
		f->longest_silence_ns = f->now_ns - f->last_pulse_ns;
	f->last_pulse_ns = f->now_ns;
	if (f->stop_at_pulse != 0 && f->pulses >= f->stop_at_pulse)
		run->stopped = true;
	return !run->stopped;
}

static void fixture_hear_finding(struct fixture *f, const struct record *r)
{
	struct heard *h = &f->findings[f->finding_count];

	if (f->finding_count == HEARD_MAX)
		return;
	f->finding_count++;
	*h = (struct heard){.code = r->u.finding.code};
	text_copy(h->text, sizeof(h->text), r->message);
	text_copy(h->part, sizeof(h->part), r->part != NULL ? r->part : "");
	for (size_t i = 0; i < r->u.finding.field_count; i++) {
		const struct field *field = &r->u.finding.fields[i];

		if (text_same(field->name, "lba"))
			h->lba = field->number;
		else if (text_same(field->name, "lba_count"))
			h->lba_count = field->number;
		else if (text_same(field->name, "status"))
			text_copy(h->status, sizeof(h->status), field->text);
		else if (text_same(field->name, "said_by"))
			text_copy(h->said_by, sizeof(h->said_by), field->text);
		else if (text_same(field->name, "cause"))
			text_copy(h->cause, sizeof(h->cause), field->text);
		else if (text_same(field->name, "reproduced"))
			text_copy(h->reproduced, sizeof(h->reproduced), field->text);
	}
}

static void fixture_hear_figure(struct fixture *f, const struct record *r)
{
	if (r->kind == RECORD_MEASURE && f->measure_count < ARRAY_LEN(f->measures)) {
		text_copy(f->measures[f->measure_count].part, 16, r->part);
		text_copy(f->measures[f->measure_count].name, 64, r->u.measure.name);
		text_copy(f->measures[f->measure_count].unit, 8, r->u.measure.unit);
		f->measures[f->measure_count++].value = r->u.measure.value;
	} else if (r->kind == RECORD_SERIES && f->series_count < ARRAY_LEN(f->series)) {
		text_copy(f->series[f->series_count].name, 64, r->u.series.name);
		text_copy(f->series[f->series_count].x_unit, 8, r->u.series.x_unit);
		text_copy(f->series[f->series_count].unit, 8, r->u.series.unit);
		f->series[f->series_count].decimals = r->u.series.decimals;
		f->series[f->series_count].count = r->u.series.count;
		memcpy(f->series[f->series_count++].points, r->u.series.points,
			r->u.series.count * sizeof(struct point));
	}
}

static void fixture_hear(void *ctx, const struct record *r)
{
	struct fixture *f = ctx;

	if (r->kind == RECORD_FINDING)
		fixture_hear_finding(f, r);
	else if (r->kind == RECORD_COVERAGE && f->coverage_count < ARRAY_LEN(f->coverage))
		text_copy(f->coverage[f->coverage_count++], TEXT_MAX, r->message);
	else if (r->kind == RECORD_NOTE && f->note_count < ARRAY_LEN(f->notes))
		text_copy(f->notes[f->note_count++], TEXT_MAX, r->message);
	else if (r->kind == RECORD_PROGRESS) {
		f->progress_count++;
		f->sure_count += r->u.progress.surely;
		f->progress_lba = r->u.progress.at;
		f->progress_left_ns = r->u.progress.left_ns;
	} else if (r->kind == RECORD_CHECK_END) {
		f->verdict = r->u.check_end.verdict;
		text_copy(f->why, sizeof(f->why), r->message);
	} else {
		fixture_hear_figure(f, r);
	}
}

/* A fixture with the disks of `specs`, separated by '|'. Never fails quietly. */
static struct fixture *fixture_new(const char *specs)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char spec[512];

	f->now_ns = 1000;
	f->clock = (struct clock_port){.ctx = f, .now_ns = fixture_now, .sleep_ns = fixture_sleep};
	sim_disks_init(&f->sims, &f->clock);
	while (*specs != '\0') {
		size_t len = strcspn(specs, "|");

		snprintf(spec, sizeof(spec), "%.*s", (int)len, specs);
		CHECK(sim_disks_add(&f->sims, spec), "%s: %s", spec, f->sims.error);
		specs += len + (specs[len] == '|');
	}
	f->machine.clock = f->clock;
	f->machine.disks = f->disks;
	f->machine.disk_count = sim_disks_ports(&f->sims, f->disks, SIM_DISKS_MAX);
	text_copy(f->machine.firmware, sizeof(f->machine.firmware), "Test 1.0");
	recorder_init(&f->rec, &f->clock);
	recorder_listen(&f->rec, (struct listener){fixture_hear, f});
	f->run = (struct run){.machine = &f->machine,
		.topology = &f->topology,
		.config = &f->config,
		.rec = &f->rec,
		.disk = &f->session,
		.seed = 42,
		.deadline_ns = UINT64_MAX,
		.pulse = fixture_pulse};
	return f;
}

/* Smaller reads, of so many bytes at most: as many of them on a smaller disk. */
static inline void fixture_chunks(struct fixture *f, size_t bytes)
{
	for (size_t i = 0; i < f->machine.disk_count; i++)
		f->disks[i].buffer_bytes = f->sims.disks[i].settings.buffer_bytes = bytes;
}

static void fixture_free(struct fixture *f)
{
	sim_disks_free(&f->sims);
	free(f);
}

static inline enum verdict fixture_check(struct fixture *f, const struct check *check)
{
	f->finding_count = f->coverage_count = f->note_count = f->measure_count = 0;
	f->series_count = 0;
	f->last_pulse_ns = f->now_ns;
	record_check_begin(&f->rec, check->id, check->title, check->pass_if);
	return record_check_end(&f->rec, check->run(&f->run));
}

/* Findings of one code. */
static inline size_t fixture_count(const struct fixture *f, enum finding_code code)
{
	size_t count = 0;

	for (size_t i = 0; i < f->finding_count; i++)
		count += f->findings[i].code == code;
	return count;
}

static inline bool fixture_has_note(const struct fixture *f, const char *part)
{
	for (size_t i = 0; i < f->note_count; i++) {
		if (strstr(f->notes[i], part) != NULL)
			return true;
	}
	return false;
}

/* The points of a curve and, in *ret_count, how many. NULL, 0 when it was not made. */
static inline const struct point *fixture_series(
	const struct fixture *f, const char *name, size_t *ret_count)
{
	*ret_count = 0;
	for (size_t i = 0; i < f->series_count; i++) {
		if (text_same(f->series[i].name, name)) {
			*ret_count = f->series[i].count;
			return f->series[i].points;
		}
	}
	return NULL;
}

/* The value of a measure, UINT64_MAX when it was not made. */
static inline uint64_t fixture_measure(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->measure_count; i++) {
		if (text_same(f->measures[i].name, name))
			return f->measures[i].value;
	}
	return UINT64_MAX;
}

#endif
