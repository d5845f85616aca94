/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside report.html: its plots. Pure.
 *
 * All take rows of the digest that have at least one point.
 */
#ifndef KIRIWAKE_REPORT_PLOTS_H
#define KIRIWAKE_REPORT_PLOTS_H

#include "report/digest.h"
#include "report/svg.h"

/* A figure over place or time. */
void plot_curve(const struct digest *d, const struct digest_series *s, struct sink out);

/* How often which duration. */
void plot_histogram(const struct digest *d, const struct digest_series *s, struct sink out);

/* Slowest read of each region, as a map. */
void plot_surface(const struct digest *d, const struct digest_series *s, struct sink out);

/* Speed per node and test, and which bits failed where; whether there is anything of that. */
bool plot_has_memory(const struct digest *d);
void plot_memory(const struct digest *d, struct sink out);

#endif
