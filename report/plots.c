/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: the curves that checks recorded. Pure. See html.h.
 *
 * A curve with more points than the drawing has columns becomes a line of means in a band from least to greatest: no dip and no
 * peak gets lost.
 */
#include "report/plots.h"
#include "core/bytes.h"
#include "core/text.h"
#include "report/html_part.h"

#define WIDTH   4800
#define HEIGHT  2200
#define COLUMNS 160
#define BARS    72

/* Points that fall into one column. */
struct column {
	uint64_t x, least, greatest, sum;
	unsigned count;
};

static uint64_t greatest_y(const struct point *points, size_t count)
{
	uint64_t greatest = 0;

	for (size_t i = 0; i < count; i++)
		greatest = points[i].y > greatest ? points[i].y : greatest;
	return greatest;
}

static struct column column_of(const struct point *points, size_t from, size_t to)
{
	struct column c = {.x = points[(from + to) / 2].x, .least = UINT64_MAX};

	for (size_t i = from; i < to; i++) {
		c.least = points[i].y < c.least ? points[i].y : c.least;
		c.greatest = points[i].y > c.greatest ? points[i].y : c.greatest;
		c.sum += points[i].y;
		c.count++;
	}
	return c;
}

/* The means; or, as a band, the greatest forward and the least back. */
static void put_path(const struct svg_plot *p, const struct point *points, size_t count, bool band)
{
	const size_t columns = count < COLUMNS ? count : COLUMNS;

	fmt(p->out, "<path class=\"%s\" d=\"", band ? "band" : "line");
	for (size_t i = 0; i < columns; i++) {
		const struct column c = column_of(
			points, i * count / columns, (i + 1) * count / columns);

		fmt(p->out, "%s%u %u", i == 0 ? "M" : "L", svg_x(p, c.x),
			svg_y(p, band ? c.greatest : c.sum / c.count));
	}
	for (size_t i = columns; band && i-- > 0;) {
		const struct column c = column_of(
			points, i * count / columns, (i + 1) * count / columns);

		fmt(p->out, "L%u %u", svg_x(p, c.x), svg_y(p, c.least));
	}
	fmt(p->out, "%s\"/>\n", band ? "z" : "");
}

/* "0 to 1234.5 MB/s" */
static void describe_range(
	char *buf, size_t cap, const struct digest_series *s, const struct point *points)
{
	char low[FMT_SIZE], high[FMT_SIZE];
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < s->count; i++)
		least = points[i].y < least ? points[i].y : least;
	fmt_to(buf, cap, "%s to %s %s", fmt_decimal(low, least, s->decimals),
		fmt_decimal(high, greatest_y(points, s->count), s->decimals), s->unit);
}

/* "disk0 latency of random reads, randread-4k.clat_ns": what it shows, and what the records call it. */
static void caption(char *buf, size_t cap, const struct digest_series *s)
{
	static const struct {
		const char *glob, *shows;
	} titles[] = {
		{"seq-read*", "speed of sequential reads"},
		{"*.clat_ns", "latency of random reads"},
		{"seek*", "time of a seek by its distance"},
		{"surface-classes", "time of each read of the surface"},
		{"*.rtt", "round trips"},
	};
	const struct text name = {s->name, text_length(s->name)};

	fmt_to(buf, cap, "%s%s", s->part, s->part[0] != '\0' ? " " : "");
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		if (text_glob((struct text){titles[i].glob, text_length(titles[i].glob)}, name))
			fmt_add(buf, cap, "%s, ", titles[i].shows);
	}
	fmt_add(buf, cap, "%s", s->name);
}

void plot_curve(const struct digest *d, const struct digest_series *s, struct sink out)
{
	const struct point *points = &d->points[s->first];
	const bool over_time = s->kind == SERIES_OVER_TIME;
	char title[96], range[96], alt[224];
	struct svg_plot p;

	svg_plot_init(&p, out, WIDTH, HEIGHT);
	p.x = (struct svg_axis){.unit = over_time ? SVG_TIME : SVG_BYTES,
		.low = over_time ? points[0].x : 0,
		.high = points[s->count - 1].x};
	p.y = (struct svg_axis){.decimals = s->decimals, .high = greatest_y(points, s->count)};
	p.y.high += p.y.high < UINT64_MAX / 2 ? p.y.high / 16 + 1 : 0;
	if (p.x.high == p.x.low)
		p.x.high++;
	caption(title, sizeof(title), s);
	describe_range(range, sizeof(range), s, points);
	fmt_to(alt, sizeof(alt), "%s over %s, %s", title, over_time ? "time" : "place", range);
	svg_open(&p, title, range, alt);
	svg_axes(&p);
	if (s->count > COLUMNS)
		put_path(&p, points, s->count, true);
	if (s->count > 1)
		put_path(&p, points, s->count, false);
	for (size_t i = 0; s->count <= 48 && i < s->count; i++)
		fmt(out, "<circle class=\"bar\" cx=\"%u\" cy=\"%u\" r=\"20\"/>",
			svg_x(&p, points[i].x), svg_y(&p, points[i].y));
	svg_close(&p);
}

/* Where a class stands on an axis of decades: one from 0 is all that is below the next. */
static uint64_t class_at(const struct point *points, size_t count, size_t i)
{
	return points[i].x == 0 && i + 1 < count ? points[i + 1].x / 2 : points[i].x;
}

/* Counts of the classes that fall into each bar; both axes in decades. */
void plot_histogram(const struct digest *d, const struct digest_series *s, struct sink out)
{
	const struct point *points = &d->points[s->first];
	uint64_t bars[BARS] = {0}, low, high, all = 0;
	char title[96], aside[64], alt[192];
	struct svg_plot p;

	svg_plot_init(&p, out, WIDTH, HEIGHT);
	p.x = (struct svg_axis){.unit = SVG_TIME, .log = true, .low = 1};
	while (p.x.low <= class_at(points, s->count, 0) / 10)
		p.x.low *= 10;
	p.x.high = points[s->count - 1].x;
	p.x.high += p.x.high < UINT64_MAX / 2 ? p.x.high / 8 + 1 : 0;
	if (p.x.high / 10 < p.x.low && p.x.low < UINT64_MAX / 10)
		p.x.high = p.x.low * 10;
	low = svg_log2(p.x.low);
	high = svg_log2(p.x.high);
	p.y = (struct svg_axis){.log = true, .low = 0, .high = 10};
	for (size_t i = 0; i < s->count; i++) {
		const uint64_t at = svg_log2(class_at(points, s->count, i));
		uint64_t bar = at > low ? (at - low) * BARS / (high - low + 1) : 0;

		bars[bar < BARS ? bar : BARS - 1] += points[i].y;
		all += points[i].y;
	}
	for (size_t i = 0; i < BARS; i++)
		p.y.high = bars[i] > p.y.high ? bars[i] : p.y.high;
	p.y.high += p.y.high < UINT64_MAX / 2 ? p.y.high / 2 : 0;
	caption(title, sizeof(title), s);
	fmt_to(aside, sizeof(aside), "%llu samples", (unsigned long long)all);
	fmt_to(alt, sizeof(alt), "Histogram of %s: %s, both axes logarithmic", title, aside);
	svg_open(&p, title, aside, alt);
	svg_axes(&p);
	for (unsigned i = 0; i < BARS; i++) {
		const unsigned span = p.right - p.left, y = svg_y(&p, bars[i]);

		if (bars[i] > 0)
			svg_box(&p, "bar", p.left + i * span / BARS, y, span / BARS - 6,
				p.bottom - y);
	}
	svg_close(&p);
}

static void plot_one(const struct digest *d, const struct digest_series *s, struct sink out)
{
	static const char surface[] = "surface";
	size_t same = 0;

	while (surface[same] != '\0' && s->name[same] == surface[same])
		same++;
	if (s->kind == SERIES_HISTOGRAM)
		plot_histogram(d, s, out);
	else if (s->kind == SERIES_OVER_PLACE && surface[same] == '\0')
		plot_surface(d, s, out);
	else if (s->kind != SERIES_OTHER)
		plot_curve(d, s, out);
}

static enum part_kind kind_of(const struct digest *d, const char *id)
{
	const struct part *part = inventory_part(&d->inventory, id);

	return part != NULL ? part->kind : PART_BOARD;
}

static bool belongs(const struct digest *d, const struct digest_series *s, unsigned kinds)
{
	return (kinds >> kind_of(d, s->part) & 1) != 0;
}

static void put_section(const struct digest *d, const char *id, const char *title, unsigned kinds,
	void (*more)(const struct digest *d, struct sink out), struct sink out)
{
	bool any = more != NULL;

	for (size_t i = 0; i < d->series_count && !any; i++)
		any = belongs(d, &d->series[i], kinds) && d->series[i].kind != SERIES_OTHER;
	if (!any)
		return;
	html_heading(out, id, title);
	markup_raw(out, "<section class=\"two\">\n");
	if (more != NULL)
		more(d, out);
	for (size_t i = 0; i < d->series_count; i++) {
		if (belongs(d, &d->series[i], kinds))
			plot_one(d, &d->series[i], out);
	}
	markup_raw(out, "</section>\n");
}

void html_plots(const struct digest *d, struct sink out)
{
	const unsigned disks = 1u << PART_DISK, cards = 1u << PART_NIC | 1u << PART_NETWORK;
	const unsigned modules = 1u << PART_MEMORY | 1u << PART_DIMM;

	put_section(d, "memory", "Memory", modules, plot_has_memory(d) ? plot_memory : NULL, out);
	put_section(d, "network", "Network", cards, NULL, out);
	put_section(d, "disks", "Disks", disks, NULL, out);
	put_section(d, "curves", "Further curves", ~(disks | cards | modules), NULL, out);
}
