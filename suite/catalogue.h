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
 * minus excludes, only excluding words leave the rest of the profile, and a check that runs on request, or is
 * too thorough for the profile, has to be named in full. */
bool catalogue_selects(const struct config *config, const struct check *check);

/* Whether this run takes any check that needs all of `need`. */
bool catalogue_needs(const struct config *config, unsigned need);

/* The next word of the globs in *rest that takes no check in or out, in *ret; *rest is what follows it. False: there
 * is none. */
bool catalogue_unknown_word(struct text *rest, struct text *ret);

/* docs/CHECKS.md, docs/FINDINGS.md and docs/OPTIONS.md. */
void catalogue_document(struct sink out);
void findings_document(struct sink out);
void options_page(struct sink out);

#endif
