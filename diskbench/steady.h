/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Whether a measurement has become steady: its last rounds agree with each other and show no trend.
 *
 * Pure.
 * Method: fio's steady state (a window, the deviation of its samples from their mean, the slope of the line through
 *         them) with the window and bounds of the SNIA Performance Test Specification: over five rounds none is
 *         further than 20 % from their mean, and the line of least squares rises or falls by 10 % of it at most.
 */
#ifndef KIRIWAKE_DISKBENCH_STEADY_H
#define KIRIWAKE_DISKBENCH_STEADY_H

#include <stdbool.h>
#include <stdint.h>

#define STEADY_ROUNDS 5

/* Begins zeroed. */
struct steady {
	uint64_t rounds[STEADY_ROUNDS]; /* the last ones, oldest first; below 2^55 each */
	unsigned count;                 /* of all so far */
	unsigned attained; /* number of the round with which it first was steady; 0: never yet */
};

/* One more round and its mean. */
void steady_add(struct steady *s, uint64_t mean);

#endif
