/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* metrics.prom: the run for node_exporter's textfile collector, or any other reader of the format.
 *
 * Pure. Gauges only, without time stamps; each combination of labels once.
 * Spec.  Prometheus text exposition format 0.0.4.
 * Trust. Label values may hold anything: printable ASCII comes out, the rest as '?'.
 */
#ifndef KIRIWAKE_REPORT_PROM_H
#define KIRIWAKE_REPORT_PROM_H

#include "report/digest.h"

/* The whole file, once the digest is complete. */
void prom_write(const struct digest *d, struct sink out);

#endif
