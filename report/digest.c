/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A whole run in bounded storage: the run and its checks. Pure. See digest.h. */
#include "report/digest.h"
#include "core/bytes.h"
#include "report/digest_line.h"
#include "report/lines.h"

void digest_keep(char *dst, size_t cap, const char *text)
{
	dst[0] = '\0';
	text = report_text(text);
	lines_add(dst, cap, (struct text){text, text_length(text)});
	text_mark_cut(dst, cap, text_length(text));
}

static void on_run_begin(struct digest *d, const struct record *r)
{
	const struct inventory *inventory = r->u.run_begin.inventory;

	report_head(&d->head, r);
	digest_keep(d->command_line, sizeof(d->command_line), r->u.run_begin.command_line);
	text_copy(d->parameters, sizeof(d->parameters), report_text(r->u.run_begin.parameters));
	if (inventory != NULL) {
		text_copy(d->inventory.uuid, MACHINE_UUID, inventory->uuid);
		d->inventory.count = inventory->count;
		memcpy(d->inventory.parts, inventory->parts,
			inventory->count * sizeof(inventory->parts[0]));
	}
}

/* The row of that check, a new one if need be; NULL: no room. */
static struct digest_check *check_of(struct digest *d, const char *id)
{
	char cut[DIGEST_NAME];
	struct digest_check *c;

	digest_keep(cut, sizeof(cut), id);
	for (size_t i = 0; i < d->check_count; i++) {
		if (text_same(d->checks[i].id, cut))
			return &d->checks[i];
	}
	c = DIGEST_ROW(d->checks, d->check_count, d->dropped.checks);
	if (c != NULL)
		text_copy(c->id, sizeof(c->id), cut);
	return c;
}

static void on_check_begin(struct digest *d, const struct record *r)
{
	struct digest_check *c = check_of(d, r->check);
	struct digest_span *span;

	d->current = DIGEST_CHECKS;
	if (c == NULL)
		return;
	d->current = (size_t)(c - d->checks);
	c->times++;
	digest_keep(c->title, sizeof(c->title), r->u.check_begin.title);
	digest_keep(c->pass_if, sizeof(c->pass_if), r->u.check_begin.pass_if);
	span = DIGEST_ROW(d->spans, d->span_count, d->dropped.spans);
	if (span != NULL)
		*span = (struct digest_span){
			.check = d->current, .begin_ns = r->t_ns, .end_ns = r->t_ns};
}

/* The newest time of the check, if it is still open. */
static void end_span(struct digest *d, const struct record *r)
{
	struct digest_span *span = d->span_count > 0 ? &d->spans[d->span_count - 1] : NULL;

	if (span == NULL || span->ended || span->check != d->current)
		return;
	span->ended = true;
	span->end_ns = r->t_ns;
	span->verdict = r->u.check_end.verdict;
}

static void count(struct counts *n, enum verdict verdict)
{
	unsigned *const counters[VERDICT_COUNT] = {
		[SKIP] = &n->skip,
		[PASS] = &n->pass,
		[WARN] = &n->warn,
		[ERROR] = &n->error,
		[FAIL] = &n->fail,
	};

	n->checks++;
	if (counters[verdict] != NULL)
		++*counters[verdict];
}

static void on_check_end(struct digest *d, const struct record *r)
{
	const enum verdict verdict = r->u.check_end.verdict;
	struct digest_check *c;

	d->verdict = verdict_worse(d->verdict, verdict);
	if (!text_same(report_text(r->check), REPORT_TRIAGE))
		count(&d->counts, verdict);
	if (d->current == DIGEST_CHECKS)
		return;
	c = &d->checks[d->current];
	c->ended++;
	c->took_ns += r->u.check_end.took_ns;
	if (verdict >= c->verdict) {
		c->verdict = verdict;
		digest_keep(c->why, sizeof(c->why), r->message);
	}
	end_span(d, r);
	d->current = DIGEST_CHECKS;
}

/* One that is told again is told better. */
static void on_triage(struct digest *d, const struct record *r)
{
	struct digest_suspect *s = NULL, own = {.state = r->u.triage.state};

	digest_keep(own.part, sizeof(own.part), r->part);
	digest_keep(own.name, sizeof(own.name), r->u.triage.suspect);
	digest_keep(own.evidence, sizeof(own.evidence), r->message);
	digest_keep(own.next, sizeof(own.next), r->u.triage.next);
	digest_keep(own.failure_code, sizeof(own.failure_code), r->u.triage.failure_code);
	digest_keep(own.because_of, sizeof(own.because_of), r->u.triage.because_of);
	for (size_t i = 0; i < d->suspect_count; i++) {
		if (text_same(d->suspects[i].part, own.part) &&
			text_same(d->suspects[i].name, own.name))
			s = &d->suspects[i];
	}
	if (s == NULL)
		s = DIGEST_ROW(d->suspects, d->suspect_count, d->dropped.suspects);
	if (s != NULL)
		*s = own;
}

static void on_file(struct digest *d, const struct record *r)
{
	char name[DIGEST_NAME];

	digest_keep(name, sizeof(name), r->u.file.name);
	for (size_t i = 0; i < d->file_count; i++) {
		if (text_same(d->files[i].name, name))
			return;
	}
	if (d->file_count == DIGEST_FILES)
		return;
	text_copy(d->files[d->file_count].name, DIGEST_NAME, name);
	digest_keep(d->files[d->file_count].what, sizeof(d->files[0].what), r->message);
	d->file_count++;
}

static void on_run_end(struct digest *d, const struct record *r)
{
	d->ended = true;
	d->verdict = r->u.run_end.verdict;
	d->complete = r->u.run_end.complete;
	d->counts = r->u.run_end.counts;
	if (!d->complete)
		digest_keep(
			d->incomplete_why, sizeof(d->incomplete_why), r->u.run_end.incomplete_why);
	report_end_line(d->end_line, sizeof(d->end_line), r);
}

/* NULL: for the log alone. */
static void (*const kinds[])(struct digest *d, const struct record *r) = {
	[RECORD_RUN_BEGIN] = on_run_begin,
	[RECORD_CHECK_BEGIN] = on_check_begin,
	[RECORD_MEASURE] = digest_measure,
	[RECORD_SERIES] = digest_series,
	[RECORD_FINDING] = digest_finding,
	[RECORD_FAULT] = digest_fault,
	[RECORD_COVERAGE] = digest_coverage,
	[RECORD_TRIAGE] = on_triage,
	[RECORD_FILE] = on_file,
	[RECORD_CHECK_END] = on_check_end,
	[RECORD_RUN_END] = on_run_end,
};

static void hear(void *ctx, const struct record *r)
{
	struct digest *d = ctx;

	d->last_ns = r->t_ns;
	d->record_count += r->kind != RECORD_PROGRESS; /* which the files thin out */
	if (kinds[r->kind] != NULL)
		kinds[r->kind](d, r);
}

void digest_init(struct digest *d)
{
	memset(d, 0, sizeof(*d));
	d->current = DIGEST_CHECKS;
}

struct listener digest_listener(struct digest *d)
{
	return (struct listener){hear, d};
}

const char *digest_check_id(const struct digest *d, size_t check)
{
	return check < d->check_count ? d->checks[check].id : "";
}

bool digest_is_check(const struct digest_check *check)
{
	return !text_same(check->id, REPORT_TRIAGE);
}

unsigned digest_count(const struct digest *d, enum verdict verdict)
{
	const struct counts *n = &d->counts;
	const unsigned counts[VERDICT_COUNT] = {[SKIP] = n->skip,
		[PASS] = n->pass,
		[WARN] = n->warn,
		[ERROR] = n->error,
		[FAIL] = n->fail};

	return counts[verdict];
}

uint64_t digest_dropped_rows(const struct digest *d)
{
	const struct digest_dropped *n = &d->dropped;

	return n->checks + n->spans + n->findings + n->faults + n->coverages + n->figures +
	       n->series + n->suspects + n->bits;
}
