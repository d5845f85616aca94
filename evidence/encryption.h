/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What memory encryption means for a memory test.
 *
 * Pure.
 * Spec.  AMD APM volume 2, 7.10; Intel SDM volume 4, IA32_TME_ACTIVATE; Intel's specification of TME, 336907.
 */
#ifndef KIRIWAKE_EVIDENCE_ENCRYPTION_H
#define KIRIWAKE_EVIDENCE_ENCRYPTION_H

#include "core/machine.h"

/* A sentence for the log; NULL where nothing is known to be encrypted. Data scrambling is on nearly everywhere and cannot be
 * seen: it is not spoken of. */
const char *encryption_sentence(const struct memory_encryption *e);

#endif
