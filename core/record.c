/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Numbering, stamping, folding and handing out of records. Pure. See record.h. */
#include "core/record.h"
#include "core/fmt.h"
#include "core/text.h"

#define MESSAGE_SIZE 896
#define FIELDS_MAX   32 /* of a planted finding, with its mark */
#define NS_PER_MS    1000000u

static uint64_t since_ns(const struct recorder *rec, uint64_t start_ns)
{
	uint64_t ns = rec->clock->now_ns(rec->clock->ctx) - start_ns;

	return ns - ns % NS_PER_MS;
}

void recorder_init(struct recorder *rec, const struct clock_port *clock)
{
	*rec = (struct recorder){.clock = clock, .start_ns = clock->now_ns(clock->ctx)};
}

void recorder_listen(struct recorder *rec, struct listener l)
{
	if (rec->listener_count < LISTENERS_MAX)
		rec->listeners[rec->listener_count++] = l;
}

void record_emit(struct recorder *rec, struct record *r)
{
	r->seq = rec->seq++;
	r->t_ns = since_ns(rec, rec->start_ns);
	r->check = rec->check;
	for (size_t i = 0; i < rec->listener_count; i++)
		rec->listeners[i].hear(rec->listeners[i].ctx, r);
}

void record_check_begin(
	struct recorder *rec, const char *id, const char *title, const char *pass_if)
{
	struct record r = {.kind = RECORD_CHECK_BEGIN, .u.check_begin = {title, pass_if}};

	rec->check = id;
	rec->check_start_ns = rec->clock->now_ns(rec->clock->ctx);
	rec->check_verdict = UNDECIDED;
	rec->check_why[0] = '\0';
	record_emit(rec, &r);
}

enum verdict record_check_end(struct recorder *rec, enum verdict concluded)
{
	enum verdict v = verdict_worse(concluded, rec->check_verdict);
	struct record r = {.kind = RECORD_CHECK_END, .message = rec->check_why};

	if (v == UNDECIDED) {
		v = ERROR;
		if (rec->check_why[0] == '\0')
			text_copy(rec->check_why, sizeof(rec->check_why),
				"the check came to no conclusion");
	}
	r.u.check_end.verdict = v;
	r.u.check_end.took_ns = since_ns(rec, rec->check_start_ns);
	record_emit(rec, &r);
	rec->check = NULL;
	return v;
}

void record_why(struct recorder *rec, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fmt_to_v(rec->check_why, sizeof(rec->check_why), format, args);
	va_end(args);
}

static void emit_message(struct recorder *rec, struct record *r, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void emit_message(struct recorder *rec, struct record *r, const char *format, va_list args)
{
	char message[MESSAGE_SIZE];

	fmt_to_v(message, sizeof(message), format, args);
	r->message = message;
	record_emit(rec, r);
}

/* Adds a field that says so to those of the finding, which go to fields[FIELDS_MAX]. */
static void mark(struct record *r, const char *name, struct field *fields)
{
	size_t count = r->u.finding.field_count;

	count = count < FIELDS_MAX ? count : FIELDS_MAX - 1;
	for (size_t i = 0; i < count; i++)
		fields[i] = r->u.finding.fields[i];
	fields[count] = FIELD_NUM(name, 1);
	r->u.finding.fields = fields;
	r->u.finding.field_count = count + 1;
}

/* Nobody may take a planted fault for a real one: sentence and fields say what it is. */
static void mark_planted(struct record *r, char message[MESSAGE_SIZE], struct field *fields)
{
	char sentence[MESSAGE_SIZE];

	text_copy(sentence, sizeof(sentence), message);
	fmt_to(message, MESSAGE_SIZE, "Planted by mem.inject: %s", sentence);
	mark(r, "injected", fields);
	r->u.finding.injected = true;
}

static void emit_finding(struct recorder *rec, struct record *r, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static void emit_finding(struct recorder *rec, struct record *r, const char *format, va_list args)
{
	char message[MESSAGE_SIZE];
	struct field fields[FIELDS_MAX];

	rec->check_verdict = verdict_worse(rec->check_verdict, r->u.finding.verdict);
	fmt_to_v(message, sizeof(message), format, args);
	r->message = message;
	if (r->u.finding.more)
		mark(r, "follow_up", fields);
	if (rec->planted != NULL && rec->planted(rec->planted_ctx, r))
		mark_planted(r, message, fields);
	record_emit(rec, r);
}

const char *record_next(const struct record *finding)
{
	if (finding->u.finding.injected)
		return "Replace nothing: the fault was planted on purpose. Run again without "
		       "mem.inject.";
	return finding_info(finding->u.finding.code)->next;
}

void record_finding(struct recorder *rec, enum finding_code code, const char *part,
	const struct field *fields, size_t field_count, const char *format, ...)
{
	struct record r = {.kind = RECORD_FINDING,
		.part = part,
		.u.finding = {
			code, finding_info(code)->verdict, fields, field_count, false, false}};
	va_list args;

	va_start(args, format);
	emit_finding(rec, &r, format, args);
	va_end(args);
}

void record_finding_as(struct recorder *rec, enum finding_code code, enum verdict verdict,
	const char *part, const struct field *fields, size_t field_count, const char *format, ...)
{
	struct record r = {.kind = RECORD_FINDING,
		.part = part,
		.u.finding = {code, verdict, fields, field_count, false, false}};
	va_list args;

	va_start(args, format);
	emit_finding(rec, &r, format, args);
	va_end(args);
}

void record_finding_more(struct recorder *rec, enum finding_code code, enum verdict verdict,
	const char *part, const struct field *fields, size_t field_count, const char *format, ...)
{
	struct record r = {.kind = RECORD_FINDING,
		.part = part,
		.u.finding = {code, verdict, fields, field_count, false, true}};
	va_list args;

	va_start(args, format);
	emit_finding(rec, &r, format, args);
	va_end(args);
}

void record_fault(struct recorder *rec, const char *call, const char *part, const char *format, ...)
{
	struct record r = {.kind = RECORD_FAULT, .part = part, .u.fault = {call}};
	va_list args;

	rec->check_verdict = verdict_worse(rec->check_verdict, ERROR);
	va_start(args, format);
	emit_message(rec, &r, format, args);
	va_end(args);
}

void record_note(struct recorder *rec, const char *part, const char *format, ...)
{
	struct record r = {.kind = RECORD_NOTE, .part = part};
	va_list args;

	va_start(args, format);
	emit_message(rec, &r, format, args);
	va_end(args);
}

void record_coverage(struct recorder *rec, const char *part, const char *format, ...)
{
	struct record r = {.kind = RECORD_COVERAGE, .part = part};
	va_list args;

	va_start(args, format);
	emit_message(rec, &r, format, args);
	va_end(args);
}

void record_measure_limit(struct recorder *rec, const char *part, const char *name, uint64_t value,
	unsigned decimals, const char *unit, enum limit limit, uint64_t limit_value)
{
	struct record r = {.kind = RECORD_MEASURE,
		.part = part,
		.u.measure = {name, value, decimals, unit, limit, limit_value}};

	record_emit(rec, &r);
}

void record_measure(struct recorder *rec, const char *part, const char *name, uint64_t value,
	unsigned decimals, const char *unit)
{
	record_measure_limit(rec, part, name, value, decimals, unit, LIMIT_NONE, 0);
}

void record_file(struct recorder *rec, const char *name, const char *type, const char *what)
{
	struct record r = {.kind = RECORD_FILE, .message = what, .u.file = {name, type}};

	record_emit(rec, &r);
}

void record_series(struct recorder *rec, const char *part, const char *name, const char *x_unit,
	const char *unit, unsigned decimals, const struct point *points, size_t count)
{
	struct record r = {.kind = RECORD_SERIES,
		.part = part,
		.u.series = {name, x_unit, unit, decimals, points,
			count < SERIES_POINTS ? count : SERIES_POINTS}};

	if (count > 0)
		record_emit(rec, &r);
}

void record_progress_left(struct recorder *rec, const char *part, const char *what, uint64_t done,
	uint64_t total, const char *unit, const char *at_name, uint64_t at, uint64_t left_ns,
	bool surely)
{
	struct record r = {.kind = RECORD_PROGRESS,
		.part = part,
		.u.progress = {what, done, total, unit, at_name, at, left_ns, surely}};

	record_emit(rec, &r);
}

void record_progress(struct recorder *rec, const char *part, const char *what, uint64_t done,
	uint64_t total, const char *unit, const char *at_name, uint64_t at)
{
	record_progress_left(rec, part, what, done, total, unit, at_name, at, 0, false);
}
