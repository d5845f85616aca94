/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of frames through one card and back, whatever leads them back: bursts are sent, polled for and compared byte by byte.
 *
 * Pure over a way in and a way out. The frames are pair.h's, from the card's own address to itself: one that escaped would be for
 * nobody else. A card without a driver has no known address: it gets a locally administered one, which nobody else sees.
 * Trust. Whatever comes back is judged; what is not of the series is a stranger's and ignored. Every wait is bounded.
 */
#ifndef KIRIWAKE_NICPROBE_LOOP_H
#define KIRIWAKE_NICPROBE_LOOP_H

#include "nicprobe/session.h"

struct loop {
	void *ctx;
	bool exact; /* what comes back has the length that was sent, or is damaged */
	bool (*send)(void *ctx, const uint8_t *frame, size_t len);
	bool (*receive)(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len);
};

enum loop_result {
	LOOP_DONE,
	LOOP_SILENT,  /* no frame came back */
	LOOP_ESCAPED, /* another card of ours heard the frames */
	LOOP_CROWDED, /* some did not, but strangers' frames came in between: there may have been no room */
	LOOP_STOPPED
};

/* Runs the series on card `nic`, `settle_ns` from now. What came of it is in run->net->lanes[0]. */
enum loop_result loop_run(
	struct run *run, unsigned nic, const struct loop *loop, uint64_t settle_ns);

#endif
