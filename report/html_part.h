/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside report.html: what its files ask of each other. Pure. */
#ifndef KIRIWAKE_REPORT_HTML_PART_H
#define KIRIWAKE_REPORT_HTML_PART_H

#include "report/digest.h"
#include "report/markup.h"

/* The style sheet, and the shapes that html_shape() refers to. */
extern const char html_style[];
extern const char html_shapes[];

/* The shape of a status: the same for a verdict and for the state of a suspect that means as much. */
void html_shape(struct sink out, enum verdict verdict);

/* Shape and word: "FAIL". */
void html_badge(struct sink out, enum verdict verdict, const char *word);

/* The verdict that means as much as the state. */
enum verdict html_state_verdict(enum suspect_state state);

/* What a person says on the phone, and what the fault follows from. */
void html_suspect_notes(struct sink out, const struct digest_suspect *s);

/* Sections of the page; each writes nothing if there is nothing to say. */
void html_suspects(const struct digest *d, struct sink out);
void html_findings(const struct digest *d, struct sink out);
void html_checks(const struct digest *d, struct sink out);
void html_parts(const struct digest *d, struct sink out);

/* Sections with plots. */
void html_timeline(const struct digest *d, struct sink out);
void html_plots(const struct digest *d, struct sink out);

/* The rest of the page as HTML "<h2>" with an id of its own. */
void html_heading(struct sink out, const char *id, const char *text);

#endif
