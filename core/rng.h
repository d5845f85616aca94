/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Seeded random numbers, for patterns and plans that can be repeated from the seed in the log.
 *
 * Pure. Not for secrets.
 * Spec.  SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
 */
#ifndef KIRIWAKE_CORE_RNG_H
#define KIRIWAKE_CORE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state; /* any value is a valid seed */
};

static inline uint64_t rng_mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline uint64_t rng_next(struct rng *r)
{
	r->state += 0x9e3779b97f4a7c15u;
	return rng_mix(r->state);
}

/* Uniform in [0, bound), bound > 0. */
static inline uint64_t rng_below(struct rng *r, uint64_t bound)
{
	return (uint64_t)(((unsigned __int128)rng_next(r) * bound) >> 64);
}

#endif
