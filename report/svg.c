/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Plots in SVG. Pure. See svg.h. */
#include "report/svg.h"
#include "core/bytes.h"
#include "core/text.h"
#include "report/markup.h"

#define FONT       115
#define LEFT       560
#define RIGHT      160
#define TOP        90
#define BOTTOM     300
#define TICK       60
#define MARGIN     330 /* half the widest label */
#define TICKS_MAX  8
#define TICKS_GOOD 4
#define S          UINT64_C(1000000000)
#define OCTAVE     256 /* as svg_log2() counts */

void svg_plot_init(struct svg_plot *p, struct sink out, unsigned width, unsigned height)
{
	*p = (struct svg_plot){.out = out,
		.width = width,
		.height = height,
		.left = LEFT,
		.top = TOP,
		.right = width - RIGHT,
		.bottom = height - BOTTOM};
}

void svg_open(const struct svg_plot *p, const char *caption, const char *aside, const char *alt)
{
	markup_raw(p->out, "<figure class=\"card\"><figcaption><b>");
	markup_text(p->out, caption);
	markup_raw(p->out, "</b><span class=\"soft small\">");
	markup_text(p->out, aside);
	fmt(p->out,
		"</span></figcaption><svg viewBox=\"0 0 %u %u\" font-size=\"%u\" role=\"img\" aria-label=\"",
		p->width, p->height, FONT);
	markup_text(p->out, alt);
	markup_raw(p->out, "\">\n");
}

void svg_close(const struct svg_plot *p)
{
	markup_raw(p->out, "</svg></figure>\n");
}

uint64_t svg_log2(uint64_t value)
{
	unsigned whole = 0;

	if (value == 0)
		return 0;
	for (unsigned shift = 32; shift > 0; shift /= 2) {
		if (value >> whole >> shift != 0)
			whole += shift;
	}
	/* Between powers of two a straight line, bent to the middle of the true curve. */
	uint64_t part = whole >= 8 ? (value >> (whole - 8)) - 256 : (value << (8 - whole)) - 256;

	return whole * 256 + part + part * (256 - part) * 88 / 65536;
}

static unsigned place(const struct svg_axis *a, uint64_t value, unsigned length)
{
	uint64_t low = a->low, high = a->high, range;

	value = value < low ? low : value > high ? high : value;
	if (a->log) {
		/* Nothing at all is one octave below one. */
		low = low > 0 ? OCTAVE + svg_log2(low) : 0;
		high = high > 0 ? OCTAVE + svg_log2(high) : 0;
		value = value > 0 ? OCTAVE + svg_log2(value) : 0;
	}
	value -= low;
	range = high - low;
	while (range >> 40 != 0) {
		range >>= 1;
		value >>= 1;
	}
	return range == 0 ? 0 : (unsigned)(value * length / range);
}

unsigned svg_x(const struct svg_plot *p, uint64_t value)
{
	return p->left + place(&p->x, value, p->right - p->left);
}

unsigned svg_y(const struct svg_plot *p, uint64_t value)
{
	return p->bottom - place(&p->y, value, p->bottom - p->top);
}

void svg_text(
	const struct svg_plot *p, unsigned x, unsigned y, const char *anchor, const char *text)
{
	fmt(p->out, "<text x=\"%u\" y=\"%u\" text-anchor=\"%s\">", x, y, anchor);
	markup_text(p->out, text);
	markup_raw(p->out, "</text>");
}

void svg_line(const struct svg_plot *p, const char *class, unsigned x1, unsigned y1, unsigned x2,
	unsigned y2)
{
	fmt(p->out, "<path class=\"%s\" d=\"M%u %uL%u %u\"/>", class, x1, y1, x2, y2);
}

void svg_box(const struct svg_plot *p, const char *class, unsigned x, unsigned y, unsigned width,
	unsigned height)
{
	fmt(p->out, "<path class=\"%s\" d=\"M%u %uh%uv%uH%uz\"/>", class, x, y, width, height, x);
}

/* ---- ticks ---- */

/* 1, 2 or 5 times a power of ten. */
static uint64_t decimal_step(uint64_t range)
{
	uint64_t step = 1;

	while (range / step > TICKS_GOOD) {
		if (range / (step * 2) <= TICKS_GOOD)
			return step * 2;
		if (range / (step * 5) <= TICKS_GOOD || step > UINT64_MAX / 100)
			return step * 5;
		step *= 10;
	}
	return step;
}

static uint64_t binary_step(uint64_t range)
{
	uint64_t step = 1;

	while (range / step > TICKS_GOOD)
		step *= 2;
	return step;
}

static uint64_t time_step(uint64_t range)
{
	static const uint64_t clock_s[] = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600,
		7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000};

	for (size_t i = 0; range > 2 * S && i < ARRAY_LEN(clock_s); i++) {
		if (range / (clock_s[i] * S) <= TICKS_GOOD)
			return clock_s[i] * S;
	}
	return decimal_step(range);
}

void svg_time(char buf[SVG_LABEL], uint64_t ns)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{3600 * S, "h"}, {60 * S, "min"}, {S, "s"}, {1000000, "ms"}, {1000, "us"},
		{1, "ns"}};
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && (ns < units[i].ns || (i < 2 && ns % units[i].ns != 0)))
		i++;
	fmt_to(buf, SVG_LABEL, "%llu", (unsigned long long)(ns / units[i].ns));
	if (units[i].ns > 1 && i > 1 && ns % units[i].ns >= units[i].ns / 10)
		fmt_add(buf, SVG_LABEL, ".%u", (unsigned)(ns % units[i].ns / (units[i].ns / 10)));
	fmt_add(buf, SVG_LABEL, " %s", units[i].name);
}

static void label(char buf[SVG_LABEL], const struct svg_axis *a, uint64_t value)
{
	size_t len;

	if (value == 0) {
		text_copy(buf, SVG_LABEL, "0");
		return;
	}
	if (a->unit == SVG_BYTES)
		fmt_bytes(buf, value);
	if (a->unit == SVG_TIME)
		svg_time(buf, value);
	if (a->unit == SVG_ADDRESS)
		fmt_to(buf, SVG_LABEL, "0x%llx", (unsigned long long)value);
	if (a->unit != SVG_PLAIN)
		return;
	fmt_decimal(buf, value, a->decimals);
	for (len = text_length(buf);
		a->decimals > 0 && (buf[len - 1] == '0' || buf[len - 1] == '.'); len--) {
		const bool point = buf[len - 1] == '.';

		buf[len - 1] = '\0';
		if (point)
			break;
	}
}

/* The values that get a tick; returns how many. */
static unsigned ticks(const struct svg_axis *a, uint64_t ret[TICKS_MAX])
{
	const uint64_t range = a->high - a->low;
	uint64_t step = decimal_step(range), at;
	unsigned count = 0, decades = 0, every;

	if (range == 0)
		return 0;

	if (a->log) {
		for (at = 1; at <= a->high / 10; at *= 10)
			decades += at >= a->low;
		every = decades / (TICKS_MAX - 1) + 1;
		for (at = 1, decades = 0; count < TICKS_MAX; at *= 10) {
			if (at >= a->low && decades++ % every == 0)
				ret[count++] = at;
			if (at > a->high / 10)
				break;
		}
		return count;
	}
	if (a->unit == SVG_BYTES || a->unit == SVG_ADDRESS)
		step = binary_step(range);
	if (a->unit == SVG_TIME)
		step = time_step(range);
	for (at = (a->low + step - 1) / step * step; at <= a->high && count < TICKS_MAX; at += step)
		ret[count++] = at;
	return count;
}

void svg_axes(const struct svg_plot *p)
{
	uint64_t at[TICKS_MAX];
	char text[SVG_LABEL];
	unsigned count = ticks(&p->y, at);

	for (unsigned i = 0; i < count; i++) {
		const unsigned y = svg_y(p, at[i]);

		svg_line(p, "grid", p->left, y, p->right, y);
		label(text, &p->y, at[i]);
		svg_text(p, p->left - TICK, y + FONT / 3, "end", text);
	}
	svg_line(p, "axis", p->left, p->bottom, p->right, p->bottom);
	count = ticks(&p->x, at);
	for (unsigned i = 0; i < count; i++) {
		const unsigned x = svg_x(p, at[i]);

		svg_line(p, "axis", x, p->bottom, x, p->bottom + TICK);
		label(text, &p->x, at[i]);
		svg_text(p, x, p->bottom + TICK + FONT + 20,
			x + MARGIN > p->width ? "end" : "middle", text);
	}
	markup_raw(p->out, "\n");
}
