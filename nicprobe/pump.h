/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Receiving: every open card is polled, every frame goes to all it may concern.
 *
 * Pure over struct nic.
 * Trust. None: frames are hostile. A flood of them cannot keep the caller from its deadline.
 */
#ifndef KIRIWAKE_NICPROBE_PUMP_H
#define KIRIWAKE_NICPROBE_PUMP_H

#include "nicprobe/session.h"

/* One frame, its header read. */
struct heard {
	unsigned nic; /* index of the card */
	uint64_t now_ns;
	struct eth eth;
};

/* Takes what is waiting on all cards, a bounded number of frames. Returns how many. */
size_t net_pump(struct run *run);

/* Pumps until `until_ns`, pulsing the run. False: the run is to stop. */
bool net_wait(struct run *run, uint64_t until_ns);

/* The same, ending early with true as soon as done(run, arg) holds. */
bool net_wait_for(
	struct run *run, uint64_t until_ns, bool (*done)(struct run *run, void *arg), void *arg);

/* What the pump does with one frame of card `nic`. */
void net_hear(struct run *run, unsigned nic, uint64_t now_ns, struct span frame);

#endif
