/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside the digest: what its files ask of each other. Pure. */
#ifndef KIRIWAKE_REPORT_DIGEST_LINE_H
#define KIRIWAKE_REPORT_DIGEST_LINE_H

#include "core/text.h"
#include "report/digest.h"

/* A row for one more, zeroed; NULL, and counted, when there is no room. */
#define DIGEST_ROW(rows, count, dropped) \
	((count) < sizeof(rows) / sizeof((rows)[0]) ? &(rows)[(count)++] : (++(dropped), NULL))

/* Copies text from outside, which may be NULL. */
void digest_keep(char *dst, size_t cap, const char *text);

void digest_measure(struct digest *d, const struct record *r);
void digest_series(struct digest *d, const struct record *r);
void digest_finding(struct digest *d, const struct record *r);
void digest_fault(struct digest *d, const struct record *r);
void digest_coverage(struct digest *d, const struct record *r);

#endif
