/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Plots in SVG: a frame with two axes, and where a value stands in it.
 *
 * Pure, integers only: a unit of the drawing is a tenth of a CSS pixel.
 */
#ifndef KIRIWAKE_REPORT_SVG_H
#define KIRIWAKE_REPORT_SVG_H

#include "core/fmt.h"
#include <stdbool.h>
#include <stdint.h>

#define SVG_LABEL FMT_SIZE

/* What the values on an axis are, and how their labels read. */
enum svg_unit {
	SVG_PLAIN,   /* value / 10^decimals */
	SVG_BYTES,   /* steps are powers of two */
	SVG_TIME,    /* ns; steps that clocks have */
	SVG_ADDRESS, /* hexadecimal; steps are powers of two */
};

struct svg_axis {
	enum svg_unit unit;
	unsigned decimals;
	bool log; /* decades; of whole counts or ns */
	uint64_t low, high;
};

struct svg_plot {
	struct sink out;
	unsigned width, height;            /* of the drawing */
	unsigned left, top, right, bottom; /* of the frame */
	struct svg_axis x, y;
};

/* A frame of the usual size; the axes are the caller's to set. */
void svg_plot_init(struct svg_plot *p, struct sink out, unsigned width, unsigned height);

/* <figure> with its caption, and <svg>, which svg_close() closes. `alt` says in words what is to be seen; texts of any origin. */
void svg_open(const struct svg_plot *p, const char *caption, const char *aside, const char *alt);
void svg_close(const struct svg_plot *p);

/* Both axes with their ticks; one from a value to the same has none. */
void svg_axes(const struct svg_plot *p);

/* Where a value stands; values beyond the ends stand at the ends. */
unsigned svg_x(const struct svg_plot *p, uint64_t value);
unsigned svg_y(const struct svg_plot *p, uint64_t value);

/* `anchor`: "start", "middle" or "end". `text` of any origin. */
void svg_text(
	const struct svg_plot *p, unsigned x, unsigned y, const char *anchor, const char *text);

void svg_line(const struct svg_plot *p, const char *class, unsigned x1, unsigned y1, unsigned x2,
	unsigned y2);
void svg_box(const struct svg_plot *p, const char *class, unsigned x, unsigned y, unsigned width,
	unsigned height);

/* "12.5 us", "4 min": a time on an axis. */
void svg_time(char buf[SVG_LABEL], uint64_t ns);

/* 256 times the binary logarithm, within 1 %; 0 for 0. */
uint64_t svg_log2(uint64_t value);

#endif
