/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the files of net.ping share.
 *
 * Pure over struct nic.
 */
#ifndef KIRIWAKE_NICPROBE_PING_H
#define KIRIWAKE_NICPROBE_PING_H

#include "nicprobe/pump.h"

/* Whom the series are for, by index. */
enum { TO_GATEWAY, TO_PEER };
extern const char *const ping_names[ECHO_SERIES_MAX];

/* Sends the next request of a series. */
void ping_send(struct run *run, struct echo_series *e);

/* Frames that the card of a series had no room for, as far as it counts them. */
uint64_t ping_missed(struct run *run, const struct echo_series *e);

/* For net_wait_for(), with a series as its argument. */
bool ping_any_answered(struct run *run, void *arg);

/* Requests of the largest size do not come back: makes sure of that, and finds the largest size that does, with sizes
 * between. Sets e->has_hole if so. Takes several seconds where packets vanish. */
void ping_find_hole(struct run *run, struct echo_series *e);

/* Notes which routers lead to the host of a series, and from which on echoes get lost. */
void trace_run(struct run *run, const struct echo_series *e);

/* Judges every series, and sums them up in the sentence for the step's end. Returns what it concludes. */
enum verdict ping_conclude(struct run *run);

#endif
