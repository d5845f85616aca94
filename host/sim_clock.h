/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A clock that nobody waits for: time passes when it is looked at, and when somebody sleeps.
 *
 * Hardware: none.
 */
#ifndef KIRIWAKE_HOST_SIM_CLOCK_H
#define KIRIWAKE_HOST_SIM_CLOCK_H

#include "core/machine.h"

struct sim_clock {
	uint64_t now_ns;
};

/* Every look takes 20 us, so that polling loops come to an end; a sleep takes exactly its time. There is an RTC,
 * which shows 2024-01-01 00:00:00 UTC at the start. `clock` must outlive *ret. */
void sim_clock_init(struct sim_clock *clock, struct clock_port *ret);

#endif
