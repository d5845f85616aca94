/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Steady state. Pure. See steady.h. */
#include "diskbench/steady.h"

#define DEVIATION_PERCENT 20
#define SLOPE_PERCENT     10

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* With x = -2..2 the slope of the line of least squares is sum(x * y) / 10, and over the window it rises by four times
 * that. */
static bool is_steady(const uint64_t y[STEADY_ROUNDS])
{
	uint64_t mean = (y[0] + y[1] + y[2] + y[3] + y[4]) / STEADY_ROUNDS;
	uint64_t rise = distance(2 * y[4] + y[3], 2 * y[0] + y[1]) * 4 / 10;

	for (unsigned i = 0; i < STEADY_ROUNDS; i++) {
		if (distance(y[i], mean) > mean / 100 * DEVIATION_PERCENT)
			return false;
	}
	return rise <= mean / 100 * SLOPE_PERCENT;
}

void steady_add(struct steady *s, uint64_t mean)
{
	for (unsigned i = 1; i < STEADY_ROUNDS; i++)
		s->rounds[i - 1] = s->rounds[i];
	s->rounds[STEADY_ROUNDS - 1] = mean;
	s->count++;
	if (s->attained == 0 && s->count >= STEADY_ROUNDS && is_steady(s->rounds))
		s->attained = s->count;
}
