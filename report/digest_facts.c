/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A whole run in bounded storage: findings, faults, coverage, figures and curves. Pure. See digest.h. */
#include "core/bytes.h"
#include "report/digest_line.h"

/* ---- findings ---- */

static uint64_t hex_field(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->u.finding.field_count; i++) {
		const struct field *f = &r->u.finding.fields[i];

		if (f->kind == FIELD_HEX && text_same(f->name, name))
			return f->number;
	}
	return 0;
}

/* Which bits of which word. */
static void keep_bits(struct digest *d, const struct record *r)
{
	const uint64_t differing = hex_field(r, "xor");
	struct digest_bits *bits;

	if (differing == 0 || (r->u.finding.code != FINDING_MEM_BIT_ERROR &&
				      r->u.finding.code != FINDING_MEM_ROW_DISTURB))
		return;
	bits = DIGEST_ROW(d->bits, d->bits_count, d->dropped.bits);
	if (bits != NULL)
		*bits = (struct digest_bits){hex_field(r, "address"), differing};
}

static void keep_facts(struct digest_finding *f, const struct record *r)
{
	char value[DIGEST_TEXT];

	f->facts[0] = '\0';
	for (size_t i = 0; i < r->u.finding.field_count; i++) {
		report_field(value, sizeof(value), &r->u.finding.fields[i]);
		if (value[0] != '\0')
			fmt_add(f->facts, sizeof(f->facts), "%s%s %s",
				f->facts[0] != '\0' ? "; " : "",
				report_text(r->u.finding.fields[i].name), value);
	}
}

/* A row for one more; if there is none, that of the newest of those that weigh less. */
static struct digest_finding *new_finding(struct digest *d, enum verdict verdict)
{
	struct digest_finding *f = DIGEST_ROW(d->findings, d->finding_count, d->dropped.findings);

	for (size_t i = d->finding_count; i > 0 && f == NULL; i--) {
		if (d->findings[i - 1].verdict < verdict)
			f = &d->findings[i - 1];
	}
	if (f != NULL)
		*f = (struct digest_finding){.count = 0};
	return f;
}

static struct digest_finding *finding_of(struct digest *d, const struct record *r)
{
	char part[PART_ID];

	digest_keep(part, sizeof(part), r->part);
	for (size_t i = 0; i < d->finding_count; i++) {
		if (d->findings[i].code == r->u.finding.code &&
			text_same(d->findings[i].part, part))
			return &d->findings[i];
	}
	return new_finding(d, r->u.finding.verdict);
}

void digest_finding(struct digest *d, const struct record *r)
{
	struct digest_finding *f = finding_of(d, r);

	d->verdict = verdict_worse(d->verdict, r->u.finding.verdict);
	keep_bits(d, r);
	if (f == NULL)
		return;
	if (f->count == 0)
		f->first_ns = r->t_ns;
	f->last_ns = r->t_ns;
	f->count += f->count == 0 || !r->u.finding.more;
	if (f->count > 1 && r->u.finding.verdict <= f->verdict)
		return;
	f->code = r->u.finding.code;
	f->verdict = r->u.finding.verdict;
	f->next = record_next(r);
	f->check = d->current;
	digest_keep(f->part, sizeof(f->part), r->part);
	digest_keep(f->message, sizeof(f->message), r->message);
	keep_facts(f, r);
}

void digest_fault(struct digest *d, const struct record *r)
{
	struct digest_fault *f = NULL, own = {.check = d->current, .count = 1};

	d->verdict = verdict_worse(d->verdict, ERROR);
	digest_keep(own.part, sizeof(own.part), r->part);
	digest_keep(own.call, sizeof(own.call), r->u.fault.call);
	digest_keep(own.message, sizeof(own.message), r->message);
	for (size_t i = 0; i < d->fault_count; i++) {
		f = &d->faults[i];
		if (f->check == own.check && text_same(f->part, own.part) &&
			text_same(f->call, own.call)) {
			f->count++;
			return;
		}
	}
	f = DIGEST_ROW(d->faults, d->fault_count, d->dropped.faults);
	if (f != NULL)
		*f = own;
}

/* ---- coverage and figures: the newest holds ---- */

void digest_coverage(struct digest *d, const struct record *r)
{
	struct digest_coverage *c = NULL, own = {.check = d->current};

	digest_keep(own.part, sizeof(own.part), r->part);
	digest_keep(own.text, sizeof(own.text), r->message);
	for (size_t i = 0; i < d->coverage_count && c == NULL; i++) {
		c = &d->coverages[i];
		if (c->check != own.check || !text_same(c->part, own.part))
			c = NULL;
	}
	if (c == NULL)
		c = DIGEST_ROW(d->coverages, d->coverage_count, d->dropped.coverages);
	if (c != NULL)
		*c = own;
}

void digest_measure(struct digest *d, const struct record *r)
{
	struct digest_figure *f = NULL, own = {.check = d->current,
						.value = r->u.measure.value,
						.limit_value = r->u.measure.limit_value,
						.decimals = r->u.measure.decimals,
						.limit = r->u.measure.limit};

	digest_keep(own.part, sizeof(own.part), r->part);
	digest_keep(own.name, sizeof(own.name), r->u.measure.name);
	digest_keep(own.unit, sizeof(own.unit), r->u.measure.unit);
	for (size_t i = 0; i < d->figure_count && f == NULL; i++) {
		f = &d->figures[i];
		if (f->check != own.check || !text_same(f->name, own.name) ||
			!text_same(f->part, own.part))
			f = NULL;
	}
	if (f == NULL)
		f = DIGEST_ROW(d->figures, d->figure_count, d->dropped.figures);
	if (f != NULL)
		*f = own;
}

void digest_figure_text(char buf[REPORT_FIGURE], const struct digest_figure *figure)
{
	static const char *const words[] = {[LIMIT_NONE] = "",
		[LIMIT_AT_MOST] = " (at most ",
		[LIMIT_AT_LEAST] = " (at least "};
	const struct record r = {
		.u.measure = {NULL, figure->value, figure->decimals, figure->unit, 0, 0}};
	char limit[FMT_SIZE];

	report_figure(buf, &r);
	if (figure->limit != LIMIT_NONE)
		fmt_add(buf, REPORT_FIGURE, "%s%s)", words[figure->limit],
			fmt_decimal(limit, figure->limit_value, figure->decimals));
}

/* ---- curves ---- */

static struct digest_series *series_of(struct digest *d, const struct digest_series *own)
{
	for (size_t i = 0; i < d->series_count; i++) {
		struct digest_series *s = &d->series[i];

		if (s->check == own->check && text_same(s->name, own->name) &&
			text_same(s->part, own->part))
			return s;
	}
	return NULL;
}

/* As many of the points as fit, evenly spread, the last one among them. */
static void fill(struct digest *d, struct digest_series *s, const struct record *r)
{
	const size_t all = r->u.series.count;

	s->count = all < s->room ? all : s->room;
	s->thinned = all - s->count;
	for (size_t i = 0; i < s->count; i++)
		d->points[s->first + i] = r->u.series.points[(i + 1) * all / s->count - 1];
}

void digest_series(struct digest *d, const struct record *r)
{
	struct digest_series *s, own = {.check = d->current, .first = d->points_used};
	const size_t left = DIGEST_POINTS - d->points_used;

	digest_keep(own.part, sizeof(own.part), r->part);
	digest_keep(own.name, sizeof(own.name), r->u.series.name);
	s = series_of(d, &own);
	if (s == NULL && left == 0) {
		d->dropped.series++;
		return;
	}
	if (s == NULL) {
		s = DIGEST_ROW(d->series, d->series_count, d->dropped.series);
		if (s == NULL)
			return;
		*s = own;
		s->room = r->u.series.count < left ? r->u.series.count : left;
		d->points_used += s->room;
	}
	digest_keep(s->unit, sizeof(s->unit), r->u.series.unit);
	s->kind = report_series_kind(r->u.series.x_unit, r->u.series.unit);
	s->decimals = r->u.series.decimals;
	fill(d, s, r);
}
