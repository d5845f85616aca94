/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Claims on addresses: several tables or entries say who owns a range, and may overlap.
 *
 * Pure.
 */
#ifndef KIRIWAKE_EVIDENCE_CLAIMS_H
#define KIRIWAKE_EVIDENCE_CLAIMS_H

#include "core/topology.h"

#define CLAIMS_MAX    256
#define ADDRESSES_TOP (UINT64_C(1) << 52) /* of any x86 machine */

struct claim {
	uint64_t low, high;  /* [low, high), low < high <= ADDRESSES_TOP */
	struct dimm_set who; /* bits: DIMMs, or nodes */
};

/* Cuts claims, in any order and overlapping, into pieces that are ascending and do not overlap, each with everybody who
 * claims it; neighbours with the same owners become one. False: more than `cap` pieces. */
bool claims_flatten(
	const struct claim *claims, size_t count, struct claim *ret, size_t cap, size_t *ret_count);

#endif
