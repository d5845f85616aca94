/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which backgrounds a run uses: mem.patterns, else the profile.
 *
 * Pure. mem_pattern_known() and mem_pattern_list() stand in checks.h.
 */
#ifndef KIRIWAKE_MEMTEST_PATTERNS_H
#define KIRIWAKE_MEMTEST_PATTERNS_H

#include "core/config.h"
#include "memtest/algorithms.h"

/* Marks the backgrounds to use and returns how many: always at least one. */
unsigned patterns_choose(const struct config *config, bool ret[BACKGROUND_COUNT]);

/* The same, but none where mem.patterns names none. */
unsigned patterns_named(const struct config *config, bool ret[BACKGROUND_COUNT]);

/* The first word of mem.patterns that matches no background. False: there is none. */
bool patterns_unknown(const struct config *config, struct text *ret);

#endif
