/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A clock that nobody waits for. Hardware: none. See sim_clock.h. */
#include "host/sim_clock.h"

#define LOOK_NS  20000u
#define START_NS 1000000000u
#define START_S  1704067200
#define NS_PER_S 1000000000u

static uint64_t now_ns(void *ctx)
{
	struct sim_clock *clock = ctx;

	clock->now_ns += LOOK_NS;
	return clock->now_ns;
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	struct sim_clock *clock = ctx;

	clock->now_ns += ns;
}

static bool wall_s(void *ctx, int64_t *ret)
{
	const struct sim_clock *clock = ctx;

	*ret = START_S + (int64_t)((clock->now_ns - START_NS) / NS_PER_S);
	return true;
}

void sim_clock_init(struct sim_clock *clock, struct clock_port *ret)
{
	clock->now_ns = START_NS;
	*ret = (struct clock_port){
		.ctx = clock, .now_ns = now_ns, .sleep_ns = sleep_ns, .wall_s = wall_s};
}
