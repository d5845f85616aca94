/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of frames from one of our cards to another: what is sent, and what each arrival proves.
 *
 * Pure. The bytes of a frame follow from its number and the series' nonce alone, so nothing has to be kept to compare.
 * Spec.  IEEE 802, EtherType 0x88B5 (local experimental). Payload: "KWpr", nonce (8 bytes), number (4), its complement (4), a
 *        pattern.
 * Trust. Frames come off the wire. Whatever is from the one card to the other is of the series: our cards send each other
 *        nothing else. So is what bears the nonce, whatever became of its addresses. All else is ignored.
 */
#ifndef KIRIWAKE_NICPROBE_PAIR_H
#define KIRIWAKE_NICPROBE_PAIR_H

#include "nicprobe/eth.h"

#define PAIR_LANES      2  /* there and back */
#define PAIR_ROUND      96 /* frames until every size met every pattern */
#define PAIR_FRAMES_MAX 2048

struct pair_lane {
	bool active;
	uint8_t from, to; /* cards */
	struct mac from_mac, to_mac;
	uint64_t nonce;
	size_t frame_max;  /* what both cards take */
	bool full_size;    /* all frames of that size, for throughput; else sizes change */
	bool exact;        /* bytes behind a frame's end are damage, too */
	bool closed;       /* a loop within one card: what another card hears of it escaped */
	unsigned sent;     /* at most PAIR_FRAMES_MAX */
	unsigned received; /* of these, each counted once */
	unsigned late;     /* of these, after a frame sent later */
	unsigned duplicates, corrupt, escaped, strangers;
	uint64_t received_bytes;
	uint64_t sent_ns; /* when the newest was handed to the driver */
	uint64_t turn_min_ns, turn_max_ns, turn_sum_ns; /* of `timed` frames that arrived in turn */
	unsigned timed;
	uint8_t seen[PAIR_FRAMES_MAX / 8];

	/* Of the first frame that arrived changed. */
	struct {
		unsigned seq;
		size_t offset;            /* in the frame; where it ends, if it is too short */
		uint8_t expected, actual; /* actual is 0 where it has no byte at the offset */
	} first_bad;
};

/* Bytes of frame `seq`, header included. */
size_t pair_frame_bytes(const struct pair_lane *lane, unsigned seq);

/* Writes it to frame[pair_frame_bytes()]. */
void pair_frame_write(const struct pair_lane *lane, unsigned seq, uint8_t *frame);

/* What fills it: "0x55", "counter", "random". */
const char *pair_pattern(const struct pair_lane *lane, unsigned seq);

/* Whether frame `seq` arrived. */
bool pair_arrived(const struct pair_lane *lane, unsigned seq);

/* Takes a frame that arrived on card `nic` at now_ns. False: it is not of this series. A frame whose number is not
 * legible counts as the oldest that is still out. */
bool pair_hear(struct pair_lane *lane, unsigned nic, const struct eth *frame, uint64_t now_ns);

#endif
