/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* FNV-1a, 64 bits: a short name for bytes. Not against somebody who wants two of them to collide.
 *
 * Pure.
 * Spec.  IETF draft-eastlake-fnv, "FNV-1a".
 */
#ifndef KIRIWAKE_CORE_FNV_H
#define KIRIWAKE_CORE_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* Goes on from `hash`, FNV_BASIS at first. */
static inline uint64_t fnv1a(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * FNV_PRIME;
	return hash;
}

#endif
