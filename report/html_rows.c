/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: suspects, findings, checks and parts, row by row. Pure. See html.h. */
#include "core/bytes.h"
#include "core/text.h"
#include "report/html_part.h"

static void row_open(struct sink out, enum verdict verdict, const char *word)
{
	markup_raw(out, "<div class=\"row\"><div>");
	html_badge(out, verdict, word);
	markup_raw(out, "</div><div>");
}

static void row_close(struct sink out)
{
	markup_raw(out, "</div></div>\n");
}

static void put_line(struct sink out, const char *class, const char *text)
{
	if (text[0] == '\0')
		return;
	fmt(out, "<p class=\"%s\">", class);
	markup_text(out, text);
	markup_raw(out, "</p>");
}

void html_suspect_notes(struct sink out, const struct digest_suspect *s)
{
	if (s->because_of[0] != '\0') {
		markup_raw(out, "<p class=\"small\">Explained by <b>");
		markup_text(out, s->because_of);
		markup_raw(out, "</b></p>");
	}
	if (s->failure_code[0] != '\0') {
		markup_raw(out, "<p class=\"small\">Failure code <b class=\"code\">");
		markup_text(out, s->failure_code);
		markup_raw(out, "</b></p>");
	}
}

void html_suspects(const struct digest *d, struct sink out)
{
	if (d->suspect_count == 0)
		return;
	html_heading(out, "suspects", "Suspects");
	markup_raw(out, "<section class=\"card rows\">\n");
	for (size_t i = 0; i < d->suspect_count; i++) {
		const struct digest_suspect *s = &d->suspects[i];

		row_open(out, html_state_verdict(s->state), report_state_name(s->state));
		markup_raw(out, "<h3>");
		markup_text(out, s->name);
		markup_raw(out, "</h3>");
		put_line(out, "small", s->evidence);
		put_line(out, "small to", s->next);
		html_suspect_notes(out, s);
		row_close(out);
	}
	markup_raw(out, "</section>\n");
}

/* When, and how often. */
static void put_times(struct sink out, const struct digest_finding *f)
{
	char first[FMT_SIZE], last[FMT_SIZE];

	fmt(out, "<span class=\"soft small when\">");
	if (f->count > 1)
		fmt(out, "%llu times, %s to %s", (unsigned long long)f->count,
			fmt_duration(first, f->first_ns), fmt_duration(last, f->last_ns));
	else
		fmt(out, "after %s", fmt_duration(first, f->first_ns));
	markup_raw(out, "</span>");
}

static void put_finding(const struct digest *d, const struct digest_finding *f, struct sink out)
{
	const char *check = digest_check_id(d, f->check);

	row_open(out, f->verdict, verdict_name(f->verdict));
	put_times(out, f);
	fmt(out, "<h3><span class=\"id\">%s</span> ", finding_info(f->code)->code);
	markup_text(out, f->part);
	markup_raw(out, "</h3>");
	put_line(out, "", f->message);
	put_line(out, "soft small id", f->facts);
	if (check[0] != '\0') {
		markup_raw(out, "<p class=\"soft small\">found by ");
		markup_text(out, check);
		markup_raw(out, "</p>");
	}
	put_line(out, "small to", f->next);
	row_close(out);
}

/* The worst first, and otherwise in the order of time. */
void html_findings(const struct digest *d, struct sink out)
{
	if (d->finding_count == 0)
		return;
	html_heading(out, "findings", "Findings");
	markup_raw(out, "<section class=\"card rows\">\n");
	for (unsigned verdict = FAIL; verdict > UNDECIDED; verdict--) {
		for (size_t i = 0; i < d->finding_count; i++) {
			if (d->findings[i].verdict == (enum verdict)verdict)
				put_finding(d, &d->findings[i], out);
		}
	}
	markup_raw(out, "</section>\n");
}

/* ---- checks ---- */

static void put_faults(const struct digest *d, size_t check, struct sink out)
{
	for (size_t i = 0; i < d->fault_count; i++) {
		const struct digest_fault *f = &d->faults[i];

		if (f->check != check)
			continue;
		markup_raw(out, "<p class=\"small\">");
		html_badge(out, ERROR, "ERROR");
		markup(out, " %s%s%s: %s", f->part, f->part[0] != '\0' ? ", " : "", f->call,
			f->message);
		if (f->count > 1)
			fmt(out, " (%llu times)", (unsigned long long)f->count);
		markup_raw(out, "</p>");
	}
}

static void put_coverage(const struct digest *d, size_t check, struct sink out)
{
	for (size_t i = 0; i < d->coverage_count; i++) {
		const struct digest_coverage *c = &d->coverages[i];

		if (c->check != check)
			continue;
		markup_raw(out, "<p class=\"small\"><b>Covered</b> ");
		markup(out, "%s%s%s", c->part, c->part[0] != '\0' ? ": " : "", c->text);
		markup_raw(out, "</p>");
	}
}

static void put_figures(const struct digest *d, size_t check, struct sink out)
{
	bool any = false;
	char figure[REPORT_FIGURE];

	for (size_t i = 0; i < d->figure_count; i++) {
		const struct digest_figure *f = &d->figures[i];

		if (f->check != check)
			continue;
		if (!any)
			markup_raw(out, "<ul class=\"figs\">");
		any = true;
		digest_figure_text(figure, f);
		markup_raw(out, "<li><span>");
		markup(out, "%s%s%s", f->part, f->part[0] != '\0' ? " " : "", f->name);
		markup_raw(out, "</span>");
		markup_text(out, figure);
		markup_raw(out, "</li>");
	}
	if (any)
		markup_raw(out, "</ul>");
}

static void put_check(const struct digest *d, size_t check, struct sink out)
{
	const struct digest_check *c = &d->checks[check];
	char took[FMT_SIZE];

	row_open(out, c->verdict, c->ended > 0 ? verdict_name(c->verdict) : "NOT ENDED");
	fmt(out, "<span class=\"soft small when\">%s", report_took(took, c->took_ns));
	if (c->times > 1)
		fmt(out, ", %u times", c->times);
	markup_raw(out, "</span><h3>");
	markup_text(out, c->title);
	markup_raw(out, " <span class=\"id soft\">");
	markup_text(out, c->id);
	markup_raw(out, "</span></h3>");
	put_line(out, "", c->why);
	if (c->pass_if[0] != '\0') {
		markup_raw(out, "<p class=\"soft small\">Passes if ");
		markup_text(out, c->pass_if);
		markup_raw(out, ".</p>");
	}
	put_faults(d, check, out);
	put_coverage(d, check, out);
	put_figures(d, check, out);
	row_close(out);
}

void html_checks(const struct digest *d, struct sink out)
{
	if (d->check_count == 0)
		return;
	html_heading(out, "checks", "Checks");
	markup_raw(out, "<section class=\"card rows long\">\n");
	for (size_t i = 0; i < d->check_count; i++) {
		if (digest_is_check(&d->checks[i]))
			put_check(d, i, out);
	}
	markup_raw(out, "</section>\n");
}

/* ---- parts ---- */

static void put_cell(struct sink out, const char *text)
{
	markup_raw(out, "<td>");
	markup_text(out, text);
	markup_raw(out, "</td>");
}

void html_parts(const struct digest *d, struct sink out)
{
	char size[FMT_SIZE];

	if (d->inventory.count == 0)
		return;
	html_heading(out, "parts", "Parts");
	markup_raw(out,
		"<section class=\"card wide\"><table><tr><th>Part</th><th>Maker</th><th>Name</th>"
		"<th>Part number</th><th>Serial</th><th>Version</th><th>Where</th><th>Size</th></tr>\n");
	for (size_t i = 0; i < d->inventory.count; i++) {
		const struct part *p = &d->inventory.parts[i];

		markup_raw(out, "<tr>");
		put_cell(out, p->id);
		put_cell(out, p->maker);
		put_cell(out, p->name);
		put_cell(out, p->part_number);
		put_cell(out, p->serial);
		put_cell(out, p->version);
		put_cell(out, p->location);
		put_cell(out, p->size_bytes != 0 ? fmt_bytes(size, p->size_bytes) : "");
		markup_raw(out, "</tr>\n");
	}
	markup_raw(out, "</table></section>\n");
}
