/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* junit.xml. Pure. See junit.h. */
#include "report/junit.h"
#include "core/bytes.h"
#include "core/text.h"
#include "report/markup.h"

/* How a check ended, as JUnit knows it. */
enum outcome { OUTCOME_PASSED, OUTCOME_FAILURE, OUTCOME_ERROR, OUTCOME_SKIPPED, OUTCOME_COUNT };

static enum outcome outcome_of(const struct digest_check *c)
{
	static const enum outcome outcomes[VERDICT_COUNT] = {
		[UNDECIDED] = OUTCOME_ERROR,
		[SKIP] = OUTCOME_SKIPPED,
		[PASS] = OUTCOME_PASSED,
		[WARN] = OUTCOME_PASSED,
		[ERROR] = OUTCOME_ERROR,
		[FAIL] = OUTCOME_FAILURE,
	};

	return outcomes[c->verdict];
}

static void put_seconds(struct sink out, uint64_t ns)
{
	char text[FMT_SIZE];

	fmt(out, " time=\"%s\"", fmt_decimal(text, ns / 1000000, 3));
}

/* Schemas that are strict know how many were skipped of a suite, but not of all suites. */
static void put_counts(const struct digest *d, bool with_skipped, struct sink out)
{
	unsigned counts[OUTCOME_COUNT] = {0}, tests = 0;

	for (size_t i = 0; i < d->check_count; i++) {
		if (!digest_is_check(&d->checks[i]))
			continue;
		tests++;
		counts[outcome_of(&d->checks[i])]++;
	}
	fmt(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", tests, counts[OUTCOME_FAILURE],
		counts[OUTCOME_ERROR]);
	if (with_skipped)
		fmt(out, " skipped=\"%u\"", counts[OUTCOME_SKIPPED]);
	put_seconds(out, d->last_ns);
}

static void put_attribute(struct sink out, const char *name, const char *value)
{
	fmt(out, " %s=\"", name);
	markup_text(out, value);
	markup_raw(out, "\"");
}

static void put_properties(const struct digest *d, struct sink out)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{"run", d->head.run},
		{"program", d->head.version},
		{"verdict", d->ended ? verdict_name(d->verdict) : "unfinished"},
		{"complete", d->ended && d->complete ? "yes" : "no"},
		{"machine", d->head.machine},
		{"firmware", d->head.firmware},
		{"memory", d->head.memory},
		{"options", d->command_line},
	};

	markup_raw(out, "    <properties>\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		markup_raw(out, "      <property");
		put_attribute(out, "name", rows[i].name);
		put_attribute(out, "value", rows[i].value);
		markup_raw(out, "/>\n");
	}
	markup_raw(out, "    </properties>\n");
}

static void put_findings(const struct digest *d, size_t check, struct sink out)
{
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct digest_finding *f = &d->findings[i];

		if (f->check != check)
			continue;
		markup(out, "%s %s%s%s, %llu times: %s", verdict_name(f->verdict),
			finding_info(f->code)->code, f->part[0] != '\0' ? " on " : "", f->part,
			(unsigned long long)f->count, f->message);
		markup_raw(out, "\n  facts: ");
		markup_text(out, f->facts);
		markup_raw(out, "\n  do: ");
		markup_text(out, f->next);
		markup_raw(out, "\n");
	}
	for (size_t i = 0; i < d->fault_count; i++) {
		const struct digest_fault *f = &d->faults[i];

		if (f->check != check)
			continue;
		markup(out, "ERROR %s%s%s: %s", f->call, f->part[0] != '\0' ? " on " : "", f->part,
			f->message);
		markup_raw(out, "\n");
	}
}

static void put_output(const struct digest *d, size_t check, struct sink out)
{
	const struct digest_check *c = &d->checks[check];
	char figure[REPORT_FIGURE];

	markup_raw(out, "      <system-out>");
	markup(out, "%s%s%s", c->title, c->pass_if[0] != '\0' ? "; passes if " : "", c->pass_if);
	markup_raw(out, "\n");
	markup(out, "%s: %s", verdict_name(c->verdict), c->why);
	markup_raw(out, "\n");
	if (c->verdict == WARN)
		put_findings(d, check, out);
	for (size_t i = 0; i < d->coverage_count; i++) {
		if (d->coverages[i].check != check)
			continue;
		markup(out, "covered %s: %s", d->coverages[i].part, d->coverages[i].text);
		markup_raw(out, "\n");
	}
	for (size_t i = 0; i < d->figure_count; i++) {
		if (d->figures[i].check != check)
			continue;
		digest_figure_text(figure, &d->figures[i]);
		markup(out, "%s%s%s = %s", d->figures[i].part,
			d->figures[i].part[0] != '\0' ? " " : "", d->figures[i].name, figure);
		markup_raw(out, "\n");
	}
	markup_raw(out, "</system-out>\n");
}

/* The worst finding of the check names the kind. */
static const char *kind_of(const struct digest *d, size_t check)
{
	const struct digest_finding *worst = NULL;

	for (size_t i = 0; i < d->finding_count; i++) {
		if (d->findings[i].check == check &&
			(worst == NULL || d->findings[i].verdict > worst->verdict))
			worst = &d->findings[i];
	}
	return worst != NULL ? finding_info(worst->code)->code : "kiriwake";
}

static void put_outcome(const struct digest *d, size_t check, struct sink out)
{
	static const char *const elements[OUTCOME_COUNT] = {[OUTCOME_FAILURE] = "failure",
		[OUTCOME_ERROR] = "error",
		[OUTCOME_SKIPPED] = "skipped"};
	const struct digest_check *c = &d->checks[check];
	const char *element = elements[outcome_of(c)];

	if (element == NULL)
		return;
	fmt(out, "      <%s", element);
	if (outcome_of(c) != OUTCOME_SKIPPED)
		put_attribute(out, "type", kind_of(d, check));
	put_attribute(
		out, "message", c->verdict == UNDECIDED ? "the run ended in this check" : c->why);
	markup_raw(out, ">");
	if (outcome_of(c) != OUTCOME_SKIPPED)
		put_findings(d, check, out);
	fmt(out, "</%s>\n", element);
}

static void put_case(const struct digest *d, size_t check, struct sink out)
{
	const struct digest_check *c = &d->checks[check];
	size_t area = 0;

	while (c->id[area] != '\0' && c->id[area] != '.')
		area++;
	markup_raw(out, "    <testcase classname=\"kiriwake.");
	markup(out, "%.*s", (int)area, c->id);
	markup_raw(out, "\"");
	put_attribute(out, "name", c->id);
	put_seconds(out, c->took_ns);
	markup_raw(out, ">\n");
	put_outcome(d, check, out);
	put_output(d, check, out);
	markup_raw(out, "    </testcase>\n");
}

static void put_suspects(const struct digest *d, struct sink out)
{
	markup_raw(out, "    <system-out>");
	for (size_t i = 0; i < d->suspect_count; i++) {
		const struct digest_suspect *s = &d->suspects[i];

		markup(out, "%-8s %s: %s", report_state_name(s->state), s->name, s->evidence);
		markup_raw(out, "\n");
		if (s->next[0] != '\0') {
			markup(out, "         next: %s", s->next);
			markup_raw(out, "\n");
		}
		if (s->failure_code[0] != '\0') {
			markup(out, "         failure code: %s", s->failure_code);
			markup_raw(out, "\n");
		}
	}
	if (digest_dropped_rows(d) > 0)
		fmt(out, "%llu rows did not fit; results.jsonl has them.\n",
			(unsigned long long)digest_dropped_rows(d));
	markup_text(out, d->end_line);
	markup_raw(out, "</system-out>\n");
}

void junit_write(const struct digest *d, struct sink out)
{
	markup_raw(
		out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kiriwake\"");
	put_counts(d, false, out);
	markup_raw(out, ">\n  <testsuite name=\"kiriwake\"");
	put_counts(d, true, out);
	if (d->head.has_wall)
		put_attribute(out, "timestamp", d->head.started);
	markup_raw(out, ">\n");
	put_properties(d, out);
	for (size_t i = 0; i < d->check_count; i++) {
		if (digest_is_check(&d->checks[i]))
			put_case(d, i, out);
	}
	put_suspects(d, out);
	markup_raw(out, "  </testsuite>\n</testsuites>\n");
}
