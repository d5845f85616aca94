/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* report.html: the run for people. One file, no script, nothing from a network.
 *
 * Pure. Light and dark by the reader's setting, readable on a phone, prints on A4. Every status is a word and a shape,
 * and a colour besides. Plots are inline SVG of what was measured; what was not has none.
 * Spec.  HTML (WHATWG), SVG 1.1 inside it.
 * Trust. Whatever records hold passes through markup_text().
 */
#ifndef KIRIWAKE_REPORT_HTML_H
#define KIRIWAKE_REPORT_HTML_H

#include "report/digest.h"

/* The whole page, once the digest is complete. */
void html_write(const struct digest *d, struct sink out);

#endif
