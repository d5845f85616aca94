/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: time line, surface map, speed of memory, error map. Pure. See html.h. */
#include "core/bytes.h"
#include "core/text.h"
#include "report/html_part.h"
#include "report/plots.h"

#define WIDTH 4800

/* ---- time line ---- */

#define LINE_WIDTH 9800
#define LINE_ROW   190
#define LINE_LEFT  1900
#define LINE_RIGHT 1000
#define BAR_LEAST  24

static void put_spans(const struct svg_plot *p, const struct digest *d, size_t check, unsigned y)
{
	for (size_t i = 0; i < d->span_count; i++) {
		const struct digest_span *span = &d->spans[i];
		const uint64_t end_ns = span->ended ? span->end_ns : d->last_ns;
		unsigned x, width;

		if (span->check != check)
			continue;
		x = svg_x(p, span->begin_ns);
		width = svg_x(p, end_ns) - x;
		fmt(p->out, "<g class=\"%s\">", verdict_name(span->verdict));
		svg_box(p, "fill", x, y, width > BAR_LEAST ? width : BAR_LEAST, LINE_ROW - 80);
		markup_raw(p->out, "</g>");
	}
}

/* A cross where something failed, a triangle where something is to be looked at; the code as its title. */
static void put_marks(const struct svg_plot *p, const struct digest *d, size_t check, unsigned y)
{
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct digest_finding *f = &d->findings[i];
		const unsigned x = svg_x(p, f->first_ns);

		if (f->check != check)
			continue;
		fmt(p->out, "<g class=\"%s\"><path class=\"mark\" d=\"", verdict_name(f->verdict));
		if (f->verdict == FAIL)
			fmt(p->out, "M%u %ul60 0l40 40v60l-40 40h-60l-40-40v-60z", x - 30, y - 15);
		else
			fmt(p->out, "M%u %ul75 130h-150z", x, y - 15);
		fmt(p->out, "\"><title>%s", finding_info(f->code)->code);
		markup(p->out, " %s", f->part);
		markup_raw(p->out, "</title></path></g>");
	}
}

void html_timeline(const struct digest *d, struct sink out)
{
	const unsigned height = (unsigned)d->check_count * LINE_ROW + 480;
	struct svg_plot p;

	if (d->span_count == 0)
		return;
	svg_plot_init(&p, out, LINE_WIDTH, height);
	p.left = LINE_LEFT;
	p.right = LINE_WIDTH - LINE_RIGHT;
	p.x = (struct svg_axis){.unit = SVG_TIME, .high = d->last_ns > 0 ? d->last_ns : 1};
	html_heading(out, "timeline", "Time line");
	markup_raw(out, "<div class=\"wide\">");
	svg_open(&p, "When each check ran",
		"octagon: first time of a failure; triangle: of a warning",
		"Time line of the run, a row for each check");
	for (size_t i = 0; i < d->check_count; i++) {
		const struct digest_check *c = &d->checks[i];
		const unsigned y = p.top + (unsigned)i * LINE_ROW;

		svg_line(&p, "grid", p.left, y + LINE_ROW - 40, p.right, y + LINE_ROW - 40);
		svg_text(&p, p.left - 90, y + 105, "end", c->id);
		put_spans(&p, d, i, y + 10);
		put_marks(&p, d, i, y + 10);
		fmt(out, "<g class=\"%s\">", verdict_name(c->verdict));
		svg_text(&p, p.right + 120, y + 105, "start",
			c->ended == 0        ? "not ended"
			: digest_is_check(c) ? verdict_name(c->verdict)
					     : "");
		markup_raw(out, "</g>\n");
	}
	svg_axes(&p);
	svg_close(&p);
	markup_raw(out, "</div>\n");
}

/* ---- surface map ---- */

#define CELLS       240
#define CELL_COLS   40
#define CELL_WIDTH  108
#define CELL_HEIGHT 220
#define CELL_GAP    16
#define MAP_LEFT    240
#define MAP_TOP     90

/* The middle of the values, by counting up from the least: one pass for each of 64 bits at most. */
static uint64_t median_y(const struct point *points, size_t count)
{
	uint64_t low = 0, high = UINT64_MAX;

	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;
		size_t below = 0;

		for (size_t i = 0; i < count; i++)
			below += points[i].y <= middle;
		if (below * 2 >= count)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

#define GRADE_SLOW 3

static unsigned grade_of(uint64_t value, uint64_t median)
{
	static const unsigned above[] = {2, 4, 10};
	unsigned grade = 0;

	while (grade < ARRAY_LEN(above) && value / above[grade] > median)
		grade++;
	return grade;
}

/* One cell, by its slowest region; a slow one has a stroke through it as well. */
static void put_cell(const struct svg_plot *p, const struct digest_series *s,
	const struct point *points, size_t cell, size_t cells, uint64_t median)
{
	const unsigned x = MAP_LEFT + (unsigned)(cell % CELL_COLS) * CELL_WIDTH;
	const unsigned y = MAP_TOP + (unsigned)(cell / CELL_COLS) * CELL_HEIGHT;
	const unsigned right = x + CELL_WIDTH - CELL_GAP, bottom = y + CELL_HEIGHT - CELL_GAP;
	const size_t from = cell * s->count / cells, to = (cell + 1) * s->count / cells;
	char start[FMT_SIZE], figure[FMT_SIZE];
	uint64_t slowest = 0;
	unsigned grade;

	for (size_t i = from; i < to; i++)
		slowest = points[i].y > slowest ? points[i].y : slowest;
	grade = grade_of(slowest, median);
	fmt(p->out, "<g><title>from %s: ", fmt_bytes(start, points[from].x));
	markup(p->out, "%s %s", fmt_decimal(figure, slowest, s->decimals), s->unit);
	fmt(p->out, "</title><path class=\"c%u\" d=\"M%u %uH%uV%uH%uz\"/>", grade, x, y, right,
		bottom, x);
	if (grade == GRADE_SLOW)
		svg_line(p, "cut", x + CELL_GAP, bottom - CELL_GAP, right - CELL_GAP, y + CELL_GAP);
	markup_raw(p->out, "</g>\n");
}

static void put_legend(const struct svg_plot *p)
{
	static const char *const words[] = {"usual", "over 2 x median", "over 4 x", "over 10 x"};
	static const unsigned at[] = {MAP_LEFT, MAP_LEFT + 850, MAP_LEFT + 2300, MAP_LEFT + 3350};
	const unsigned y = p->height - 240;

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		fmt(p->out, "<path class=\"c%u\" d=\"M%u %uh120v120h-120z\"/>", i, at[i], y);
		if (i == GRADE_SLOW)
			svg_line(p, "cut", at[i] + CELL_GAP, y + 104, at[i] + 104, y + CELL_GAP);
		svg_text(p, at[i] + 180, y + 100, "start", words[i]);
	}
}

void plot_surface(const struct digest *d, const struct digest_series *s, struct sink out)
{
	const struct point *points = &d->points[s->first];
	const size_t cells = s->count < CELLS ? s->count : CELLS;
	const unsigned rows = (unsigned)(cells + CELL_COLS - 1) / CELL_COLS;
	const uint64_t median = median_y(points, s->count);
	char title[96], aside[64], text[FMT_SIZE];
	struct svg_plot p;

	svg_plot_init(&p, out, WIDTH, MAP_TOP + rows * CELL_HEIGHT + 360);
	fmt_to(title, sizeof(title), "%s slowest read of each region", s->part);
	fmt_to(aside, sizeof(aside), "median %s %s", fmt_decimal(text, median, s->decimals),
		s->unit);
	svg_open(&p, title, aside, "Map of the disk from its first block, row by row");
	for (size_t i = 0; i < cells; i++)
		put_cell(&p, s, points, i, cells, median);
	put_legend(&p);
	svg_close(&p);
}

/* ---- memory ---- */

#define SPEED_ROW 190

/* "speed" of all of it, "speed_node1" of one node's. */
static bool is_speed(const struct digest_figure *f)
{
	static const char name[] = "speed";
	size_t same = 0;

	while (name[same] != '\0' && f->name[same] == name[same])
		same++;
	return name[same] == '\0' && text_same(f->part, PART_ID_MEMORY) &&
	       text_same(f->unit, "MB/s");
}

/* In MB/s. */
static uint64_t speed_of(const struct digest_figure *f)
{
	uint64_t value = f->value;

	for (unsigned i = 0; i < f->decimals; i++)
		value /= 10;
	return value;
}

bool plot_has_memory(const struct digest *d)
{
	bool any = d->bits_count > 0;

	for (size_t i = 0; i < d->figure_count && !any; i++)
		any = is_speed(&d->figures[i]) && speed_of(&d->figures[i]) > 0;
	return any;
}

static void put_speed(
	const struct svg_plot *p, const struct digest *d, const struct digest_figure *f, unsigned y)
{
	const unsigned x = svg_x(p, speed_of(f));
	const char *of = f->name + sizeof("speed") - 1;
	char text[REPORT_FIGURE], name[2 * DIGEST_NAME];

	fmt_to(name, sizeof(name), "%s%s%s", digest_check_id(d, f->check), of[0] != '\0' ? " " : "",
		of[0] == '_' ? of + 1 : of);
	fmt_to(text, sizeof(text), "%llu", (unsigned long long)speed_of(f));
	svg_text(p, p->left - 80, y + 100, "end", name);
	svg_box(p, "bar", p->left, y + 15, x - p->left + 8, SPEED_ROW - 80);
	svg_text(p, x + 70, y + 100, "start", text);
}

static void plot_speeds(const struct digest *d, struct sink out)
{
	unsigned rows = 0, y = 90;
	uint64_t greatest = 0;
	struct svg_plot p;

	for (size_t i = 0; i < d->figure_count; i++) {
		if (!is_speed(&d->figures[i]))
			continue;
		rows++;
		if (speed_of(&d->figures[i]) > greatest)
			greatest = speed_of(&d->figures[i]);
	}
	if (greatest == 0)
		return;
	svg_plot_init(&p, out, WIDTH, rows * SPEED_ROW + 150);
	p.left = 1900;
	p.right = WIDTH - 760;
	p.x = (struct svg_axis){.high = greatest};
	svg_open(&p, "Speed of memory", "MB/s, by check and node",
		"Bars: how fast each check moved memory, for each node");
	for (size_t i = 0; i < d->figure_count; i++) {
		if (!is_speed(&d->figures[i]))
			continue;
		put_speed(&p, d, &d->figures[i], y);
		y += SPEED_ROW;
	}
	svg_close(&p);
}

#define BITS_HEIGHT 2900

static void plot_bits(const struct digest *d, struct sink out)
{
	char aside[64], text[FMT_SIZE];
	struct svg_plot p;

	if (d->bits_count == 0)
		return;
	svg_plot_init(&p, out, WIDTH, BITS_HEIGHT);
	p.x = (struct svg_axis){.unit = SVG_ADDRESS, .low = UINT64_MAX};
	for (size_t i = 0; i < d->bits_count; i++) {
		p.x.low = d->bits[i].address < p.x.low ? d->bits[i].address : p.x.low;
		p.x.high = d->bits[i].address > p.x.high ? d->bits[i].address : p.x.high;
	}
	/* A page of room on both sides. */
	p.x.low -= p.x.low < 4096 ? p.x.low : 4096;
	p.x.high += p.x.high < UINT64_MAX - 4096 ? 4096 : 0;
	p.y = (struct svg_axis){.high = 64, .low = 0};
	fmt_to(aside, sizeof(aside), "%zu words%s", d->bits_count,
		d->dropped.bits > 0 ? ", and more that found no room" : "");
	svg_open(&p, "Which bits failed where", aside,
		"Map of failed bits: address to the right, bit 0 at the bottom to 63 at the top");
	for (unsigned lane = 0; lane <= 8; lane++) {
		svg_line(&p, "grid", p.left, svg_y(&p, lane * 8), p.right, svg_y(&p, lane * 8));
		fmt_to(text, sizeof(text), "%u-%u", lane * 8, lane * 8 + 7);
		if (lane < 8)
			svg_text(&p, p.left - 60, svg_y(&p, lane * 8 + 4) + 40, "end", text);
	}
	p.y.high = 0; /* no ticks of its own: lanes are lines already */
	svg_axes(&p);
	p.y.high = 64;
	for (size_t i = 0; i < d->bits_count; i++) {
		const unsigned x = svg_x(&p, d->bits[i].address);

		for (unsigned bit = 0; bit < 64; bit++) {
			if ((d->bits[i].differing >> bit & 1) != 0)
				svg_box(&p, "dot", x - 22, svg_y(&p, bit + 1), 44, 36);
		}
	}
	svg_close(&p);
}

void plot_memory(const struct digest *d, struct sink out)
{
	plot_bits(d, out);
	plot_speeds(d, out);
}
