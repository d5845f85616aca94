/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What triage goes by, beside the table of findings: which fault explains which other one, and which findings make a
 * suspect's tests worthless.
 *
 * Pure data. docs/TRIAGE.md is generated from it.
 */
#ifndef KIRIWAKE_SUITE_TRIAGE_RULES_H
#define KIRIWAKE_SUITE_TRIAGE_RULES_H

#include "core/finding.h"
#include "core/fmt.h"
#include <stddef.h>

/* What two findings must have in common for one to explain the other. */
enum bond {
	ON_PART, /* the suspect */
	ON_CARD, /* the network card; if the effect names none: every card of the machine has such a cause */
	ON_ADDRESS, /* the IP address */
	ON_MACHINE  /* nothing more */
};

/* `cause` is enough for `effect` to be seen on sound parts. No code explains itself, not even through others. */
struct explanation {
	enum finding_code cause, effect;
	enum bond bond;
	const char *how; /* "without a link no frame passes" */
};

extern const struct explanation explanations[];
extern const size_t explanation_count;

/* The part whose tests are worth nothing after that finding: it cannot be CLEARED. NULL: none. */
const char *triage_doubts(enum finding_code code);

/* docs/TRIAGE.md */
void triage_document(struct sink out);

#endif
