/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* metrics.prom. Pure. See prom.h. */
#include "report/prom.h"
#include "core/bytes.h"
#include "core/text.h"

#define NS_PER_MS 1000000

struct label {
	const char *name, *value;
};

static void put_family(struct sink out, const char *name, const char *help)
{
	fmt(out, "# HELP kiriwake_%s %s\n# TYPE kiriwake_%s gauge\n", name, help, name);
}

static void put_value(struct sink out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		const char c = *text >= ' ' && *text <= '~' ? *text : '?';

		if (c == '\\' || c == '"')
			out.write(out.ctx, "\\", 1);
		out.write(out.ctx, &c, 1);
	}
}

static void put_labels(struct sink out, const char *name, const struct label *labels, size_t count)
{
	fmt(out, "kiriwake_%s", name);
	for (size_t i = 0; i < count; i++) {
		fmt(out, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
		put_value(out, labels[i].value);
		fmt(out, "\"%s", i + 1 == count ? "}" : "");
	}
	fmt(out, " ");
}

static void put(struct sink out, const char *name, const struct label *labels, size_t count,
	uint64_t value, unsigned decimals)
{
	char text[FMT_SIZE];

	put_labels(out, name, labels, count);
	fmt(out, "%s\n", fmt_decimal(text, value, decimals));
}

/* A family of one. */
static void put_one(
	struct sink out, const char *name, const char *help, uint64_t value, unsigned decimals)
{
	put_family(out, name, help);
	put(out, name, NULL, 0, value, decimals);
}

static void put_run(const struct digest *d, struct sink out)
{
	const struct part *board = report_part(&d->inventory, PART_BOARD);
	const struct label info[] = {{"version", d->head.version}, {"run", d->head.run},
		{"machine", d->head.machine}, {"serial", board != NULL ? board->serial : ""},
		{"firmware", d->head.firmware}, {"memory", d->head.memory}};

	put_family(out, "run_info", "The newest run of Kiriwake on this machine.");
	put(out, "run_info", info, ARRAY_LEN(info), 1, 0);
	put_one(out, "run_finished", "Whether the run came to its end.", d->ended, 0);
	put_one(out, "run_complete", "Whether everything that was selected was done.",
		d->ended && d->complete, 0);
	if (d->head.has_wall && d->head.wall_s > 0)
		put_one(out, "run_start_time_seconds", "When the run began, since 1970.",
			(uint64_t)d->head.wall_s, 0);
	put_one(out, "run_duration_seconds", "How long the run took.", d->last_ns / NS_PER_MS, 3);
	put_family(out, "run_verdict", "1 for the verdict of the run, or the worst so far.");
	for (unsigned v = SKIP; v < VERDICT_COUNT; v++) {
		const struct label verdict = {"verdict", verdict_name((enum verdict)v)};

		put(out, "run_verdict", &verdict, 1, d->verdict == (enum verdict)v, 0);
	}
	put_family(out, "checks", "Checks that ended, by verdict.");
	for (unsigned v = SKIP; v < VERDICT_COUNT; v++) {
		const struct label verdict = {"verdict", verdict_name((enum verdict)v)};

		put(out, "checks", &verdict, 1, digest_count(d, (enum verdict)v), 0);
	}
	put_one(out, "rows_dropped", "Rows that found no room here; results.jsonl has them.",
		digest_dropped_rows(d), 0);
}

static void put_checks(const struct digest *d, struct sink out)
{
	put_family(out, "check_verdict", "1 for the worst verdict of each check.");
	for (size_t i = 0; i < d->check_count; i++) {
		const struct digest_check *c = &d->checks[i];
		const struct label labels[] = {
			{"check", c->id}, {"verdict", verdict_name(c->verdict)}};

		if (digest_is_check(c))
			put(out, "check_verdict", labels, ARRAY_LEN(labels), 1, 0);
	}
	put_family(out, "check_duration_seconds", "How long each check took, all passes together.");
	for (size_t i = 0; i < d->check_count; i++) {
		const struct label label = {"check", d->checks[i].id};

		if (digest_is_check(&d->checks[i]))
			put(out, "check_duration_seconds", &label, 1,
				d->checks[i].took_ns / NS_PER_MS, 3);
	}
}

static void put_suspects(const struct digest *d, struct sink out)
{
	put_family(out, "suspect_state",
		"What each part is after the run: 0 cleared, 1 untested, 2 suspect, 3 faulty.");
	for (size_t i = 0; i < d->suspect_count; i++) {
		static const unsigned order[] = {[SUSPECT_CLEARED] = 0,
			[SUSPECT_UNTESTED] = 1,
			[SUSPECT_SUSPECT] = 2,
			[SUSPECT_FAULTY] = 3};
		const struct digest_suspect *s = &d->suspects[i];
		const struct label labels[] = {{"part", s->part}, {"name", s->name},
			{"state", report_state_name(s->state)}};

		put(out, "suspect_state", labels, ARRAY_LEN(labels), order[s->state], 0);
	}
	put_family(out, "findings", "Findings, by code and part.");
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct digest_finding *f = &d->findings[i];
		const struct label labels[] = {{"code", finding_info(f->code)->code},
			{"part", f->part}, {"verdict", verdict_name(f->verdict)}};

		put(out, "findings", labels, ARRAY_LEN(labels), f->count, 0);
	}
}

static void put_parts(const struct digest *d, struct sink out)
{
	put_family(out, "part_info", "Each part of the machine.");
	for (size_t i = 0; i < d->inventory.count; i++) {
		const struct part *p = &d->inventory.parts[i];
		const struct label labels[] = {{"part", p->id}, {"name", p->name},
			{"maker", p->maker}, {"part_number", p->part_number}, {"serial", p->serial},
			{"version", p->version}, {"location", p->location}};

		put(out, "part_info", labels, ARRAY_LEN(labels), 1, 0);
	}
	put_family(out, "part_size_bytes", "Capacity of modules and disks.");
	for (size_t i = 0; i < d->inventory.count; i++) {
		const struct label label = {"part", d->inventory.parts[i].id};

		if (d->inventory.parts[i].size_bytes != 0)
			put(out, "part_size_bytes", &label, 1, d->inventory.parts[i].size_bytes, 0);
	}
}

static void put_figures(const struct digest *d, struct sink out)
{
	put_family(out, "measurement",
		"Every figure that a check measured, in the unit it is labelled with.");
	for (size_t i = 0; i < d->figure_count; i++) {
		const struct digest_figure *f = &d->figures[i];
		const struct label labels[] = {{"check", digest_check_id(d, f->check)},
			{"part", f->part}, {"name", f->name}, {"unit", f->unit}};

		put(out, "measurement", labels, ARRAY_LEN(labels), f->value, f->decimals);
	}
}

void prom_write(const struct digest *d, struct sink out)
{
	put_run(d, out);
	put_suspects(d, out);
	put_checks(d, out);
	put_parts(d, out);
	put_figures(d, out);
}
