/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The catalogue: every check there is, in the order in which a run takes them.
 *
 * Pure. An explicit array, because linker-section registration loses its relocations in a PE image.
 */
#ifndef KIRIWAKE_SUITE_CATALOGUE_H
#define KIRIWAKE_SUITE_CATALOGUE_H

#include "core/check.h"
#include "core/fmt.h"

extern const struct check *const catalogue[];
extern const size_t catalogue_count;

/* Whether this run takes the check: by profile, and by the globs in `checks`, where a word matches an id, a
 * minus excludes, only excluding words leave the rest of the profile, and a check that runs on request has to
 * be named in full. */
bool catalogue_selects(const struct config *config, const struct check *check);

/* The first word of `checks` that matches no check at all, in *ret. False: every word matches something. */
bool catalogue_unknown_word(const struct config *config, struct text *ret);

/* docs/CHECKS.md and docs/FINDINGS.md. */
void catalogue_document(struct sink out);
void findings_document(struct sink out);

#endif
