/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the network looked like, as a small text file.
 *
 * Pure. "kiriwake-baseline 1", then lines "key=value"; lines that are not understood are left out.
 * Trust. None: the file was in other machines, people edit files, and a power cut may have torn it.
 */
#ifndef KIRIWAKE_NICPROBE_BASELINE_H
#define KIRIWAKE_NICPROBE_BASELINE_H

#include "nicprobe/facts.h"

#define BASELINE_BYTES (32 + FACT_COUNT * (FACT_TEXT + 16))

/* Writes the facts that are known to buf[BASELINE_BYTES]. Returns the length. */
size_t baseline_write(const struct facts *facts, char buf[BASELINE_BYTES]);

/* Reads such a file, every value cleaned. False, *ret untouched: it is none. */
bool baseline_read(struct span file, struct facts *ret);

/* What is known now, and of the rest what was known before. */
struct facts baseline_merge(const struct facts *old, const struct facts *seen);

#endif
