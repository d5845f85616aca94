/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl: figures and curves. Pure.
 *
 * Spec.  OCP Test & Validation output 2.0, measurement, validator, measurementSeries.
 */
#include "report/jsonl_line.h"
#include "report/report.h"

#define SERIES_ELEMENTS \
	64 /* of the schema's own kind, each a line; the extension has every point */

static bool is_hardware(const struct jsonl *w, const char *part)
{
	for (size_t i = 0; i < w->hardware_count; i++) {
		if (text_same(w->hardware[i], part))
			return true;
	}
	return false;
}

void jsonl_put_hardware_id(struct jsonl *w, const struct record *r)
{
	if (r->part != NULL && is_hardware(w, r->part))
		json_text(&w->json, "hardwareInfoId", r->part);
}

/* The network is a suspect, but no hardware that dutInfo could name. */
static void put_any_part(struct jsonl *w, const struct record *r)
{
	jsonl_put_hardware_id(w, r);
	if (r->part == NULL || is_hardware(w, r->part))
		return;
	json_object(&w->json, "metadata");
	json_text(&w->json, "part", r->part);
	json_close(&w->json);
}

const char *jsonl_limit_type(enum limit limit)
{
	return limit == LIMIT_AT_MOST ? "LESS_THAN_OR_EQUAL" : "GREATER_THAN_OR_EQUAL";
}

static void put_validator(struct json *j, const struct record *r)
{
	if (r->u.measure.limit == LIMIT_NONE)
		return;
	json_array(j, "validators");
	json_object(j, NULL);
	json_text(j, "type", jsonl_limit_type(r->u.measure.limit));
	json_decimal(j, "value", r->u.measure.limit_value, r->u.measure.decimals);
	json_close(j);
	json_close(j);
}

void jsonl_measure(struct jsonl *w, const struct record *r)
{
	jsonl_step_open(w, r, "measurement");
	json_text(&w->json, "name", r->u.measure.name);
	json_decimal(&w->json, "value", r->u.measure.value, r->u.measure.decimals);
	json_text(&w->json, "unit", r->u.measure.unit);
	put_validator(&w->json, r);
	put_any_part(w, r);
	json_end_line(&w->json);
}

/* The schema's own series are over time: an excerpt of a curve that is. */
static void put_over_time(struct jsonl *w, const struct record *r)
{
	const size_t all = r->u.series.count;
	const size_t count = all < SERIES_ELEMENTS ? all : SERIES_ELEMENTS;
	char id[24], time[CIVIL_TEXT];

	fmt_to(id, sizeof(id), "series-%u", w->sequence);
	jsonl_step_open(w, r, "measurementSeriesStart");
	json_text(&w->json, "measurementSeriesId", id);
	json_text(&w->json, "name", r->u.series.name);
	json_text(&w->json, "unit", r->u.series.unit);
	put_any_part(w, r);
	json_end_line(&w->json);
	for (size_t i = 0; i < count; i++) {
		const struct point *p = &r->u.series.points[i * all / count];

		jsonl_step_open(w, r, "measurementSeriesElement");
		json_text(&w->json, "measurementSeriesId", id);
		json_number(&w->json, "index", i);
		json_decimal(&w->json, "value", p->y, r->u.series.decimals);
		json_text(&w->json, "timestamp",
			civil_text(time, w->wall_s, w->step_begin_ns + p->x));
		json_end_line(&w->json);
	}
	jsonl_step_open(w, r, "measurementSeriesEnd");
	json_text(&w->json, "measurementSeriesId", id);
	json_number(&w->json, "totalCount", count);
	json_end_line(&w->json);
}

void jsonl_series(struct jsonl *w, const struct record *r)
{
	struct json *j = &w->json;

	if (report_series_kind(r->u.series.x_unit, r->u.series.unit) == SERIES_OVER_TIME)
		put_over_time(w, r);
	jsonl_extension_open(w, r, "series");
	json_text(j, "name", r->u.series.name);
	if (r->part != NULL)
		json_text(j, "part", r->part);
	json_text(j, "x_unit", r->u.series.x_unit);
	json_text(j, "unit", r->u.series.unit);
	json_array(j, "x");
	for (size_t i = 0; i < r->u.series.count; i++)
		json_number(j, NULL, r->u.series.points[i].x);
	json_close(j);
	json_array(j, "y");
	for (size_t i = 0; i < r->u.series.count; i++)
		json_decimal(j, NULL, r->u.series.points[i].y, r->u.series.decimals);
	json_end_line(j);
}
