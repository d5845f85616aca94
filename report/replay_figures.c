/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading results.jsonl: figures, curves and progress. Pure. See replay.h. */
#include "core/bytes.h"
#include "core/fmt.h"
#include "report/jsonl_line.h"
#include "report/replay_line.h"
#include "report/report.h"

#define NS_PER_S UINT64_C(1000000000)

bool replay_hex(const char *text, uint64_t *ret)
{
	char again[FMT_SIZE];
	uint64_t value;

	if (text[0] != '0' || text[1] != 'x' ||
		!text_number((struct text){text, text_length(text)}, &value))
		return false;
	fmt_to(again, sizeof(again), "0x%llx", (unsigned long long)value);
	if (!text_same(again, text))
		return false;
	*ret = value;
	return true;
}

static enum limit limit_of(const char *type)
{
	enum limit found = LIMIT_NONE;

	for (unsigned l = LIMIT_AT_MOST; l <= LIMIT_AT_LEAST; l++) {
		if (text_same(jsonl_limit_type((enum limit)l), report_text(type)))
			found = (enum limit)l;
	}
	return found;
}

void replay_measurement(struct replay *p, const struct json_node *content)
{
	const struct json_tree *t = &p->tree;
	const struct json_node *metadata = json_member(t, content, "metadata", JSON_OBJECT);
	const struct json_node *validators = json_member(t, content, "validators", JSON_ARRAY);
	const struct json_node *validator = validators != NULL ? json_first(t, validators) : NULL;
	struct record r = {.kind = RECORD_MEASURE};
	unsigned limit_decimals;

	r.part = replay_text(p, content, "hardwareInfoId");
	if (r.part == NULL)
		r.part = replay_text(p, metadata, "part");
	r.u.measure.name = report_text(json_string(t, content, "name"));
	r.u.measure.unit = report_text(json_string(t, content, "unit"));
	if (!json_to_decimal(json_member(t, content, "value", JSON_NUMBER), &r.u.measure.value,
		    &r.u.measure.decimals))
		return;
	if (validator != NULL &&
		json_to_decimal(json_member(t, validator, "value", JSON_NUMBER),
			&r.u.measure.limit_value, &limit_decimals) &&
		limit_decimals == r.u.measure.decimals)
		r.u.measure.limit = limit_of(json_string(t, validator, "type"));
	replay_emit(p, &r);
}

void replay_series(struct replay *p, const struct json_node *content)
{
	const struct json_tree *t = &p->tree;
	const struct json_node *xs = json_member(t, content, "x", JSON_ARRAY);
	const struct json_node *ys = json_member(t, content, "y", JSON_ARRAY);
	const struct json_node *x, *y;
	struct record r = {.kind = RECORD_SERIES, .part = replay_text(p, content, "part")};
	unsigned decimals = 0, first = 0;
	size_t count = 0;

	if (xs == NULL || ys == NULL)
		return;
	x = json_first(t, xs);
	y = json_first(t, ys);
	for (; x != NULL && y != NULL && count < SERIES_POINTS; count++) {
		struct point *point = &p->points[count];

		if (!json_to_decimal(x, &point->x, &decimals) || decimals != 0 ||
			!json_to_decimal(y, &point->y, &decimals))
			return;
		if (count == 0)
			first = decimals;
		if (decimals != first || (count > 0 && point->x < point[-1].x))
			return;
		x = json_next(t, xs, x);
		y = json_next(t, ys, y);
	}
	r.u.series.name = report_text(json_string(t, content, "name"));
	r.u.series.x_unit = report_text(json_string(t, content, "x_unit"));
	r.u.series.unit = report_text(json_string(t, content, "unit"));
	r.u.series.decimals = first;
	r.u.series.points = p->points;
	r.u.series.count = count;
	if (count > 0)
		replay_emit(p, &r);
}

/* Where it stood is the last member, and named after what it counts: "address" or "lba". */
void replay_progress(struct replay *p, const struct json_node *content)
{
	static const char *const known[] = {"what", "done", "total", "unit", "part", "left_s"};
	const struct json_tree *t = &p->tree;
	const uint64_t left_s = json_whole(t, content, "left_s", UINT64_MAX);
	struct record r = {.kind = RECORD_PROGRESS, .part = replay_text(p, content, "part")};

	r.u.progress.what = json_string(t, content, "what");
	r.u.progress.done = json_whole(t, content, "done", 0);
	r.u.progress.total = json_whole(t, content, "total", 0);
	r.u.progress.unit = json_string(t, content, "unit");
	if (left_s < UINT64_MAX / NS_PER_S)
		r.u.progress.left_ns = left_s * NS_PER_S + 1;
	for (const struct json_node *n = json_first(t, content); n != NULL;
		n = json_next(t, content, n)) {
		unsigned decimals = 0;

		if (replay_index(n->name, known, ARRAY_LEN(known), ARRAY_LEN(known)) <
			ARRAY_LEN(known))
			continue;
		if (n->kind == JSON_STRING
				? replay_hex(n->text, &r.u.progress.at)
				: json_to_decimal(n, &r.u.progress.at, &decimals) && decimals == 0)
			r.u.progress.at_name = n->name;
	}
	replay_emit(p, &r);
}
