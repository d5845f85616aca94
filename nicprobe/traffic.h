/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Counting frames by class, and the senders that talk most.
 *
 * Pure. Bounded: the top senders are kept by the space-saving method (Metwally, Agrawal, El Abbadi, "Efficient
 * computation of frequent and top-k elements in data streams", ICDT 2005): whoever sends more than
 * 1/TALKERS_MAX of a class is in the table, with a count that may be too high but never too low.
 */
#ifndef KIRIWAKE_NICPROBE_TRAFFIC_H
#define KIRIWAKE_NICPROBE_TRAFFIC_H

#include "nicprobe/eth.h"

#define TALKERS_MAX 16
#define VLANS_MAX   4096
#define WINDOWS_MAX 60
#define WINDOWS_MIN 12

struct talker {
	struct mac mac;
	uint64_t count;
};

/* Short times in which a card was left alone and then read. A driver that takes its time for every frame, and drops the rest,
 * takes what waited after such a pause all the same: it shows the rate on the wire, of which the frames counted are a part. */
struct windows {
	size_t count;
	uint32_t rates[WINDOWS_MAX]; /* of each, in frames per second */
};

/* By destination; unicast: not for us, we only overheard it. */
enum traffic_class { TRAFFIC_BROADCAST, TRAFFIC_MULTICAST, TRAFFIC_UNICAST, TRAFFIC_CLASSES };

/* Frames of strangers. All zero: nothing counted. */
struct traffic {
	uint64_t counts[TRAFFIC_CLASSES];
	uint64_t unicast_ours;
	uint64_t tagged;              /* with a VLAN id: of another network, not looked into */
	uint64_t malformed;           /* at any layer */
	uint64_t empties;             /* times the card was asked for a frame and had none */
	uint8_t vlans[VLANS_MAX / 8]; /* a bit per VLAN id seen in a tag */
	size_t talker_counts[TRAFFIC_CLASSES];
	struct talker talkers[TRAFFIC_CLASSES][TALKERS_MAX];
	struct windows windows[TRAFFIC_CLASSES];
};

/* `ours`: the destination is one of our cards. */
void traffic_count(struct traffic *t, const struct eth *frame, bool ours);

/* All classes together. */
uint64_t traffic_frames(const struct traffic *t);

/* Whether more arrived than could be taken from the card: it hardly ever had none. What was counted is only a part. */
bool traffic_overruns(const struct traffic *t);

/* Adds a window in which so many frames came, took_ns > 0 from an empty card to the last frame taken. No more than WINDOWS_MAX
 * are kept. */
void windows_add(struct windows *w, uint64_t frames, uint64_t took_ns);

/* The frames per second that came in most of the windows, or more: a burst now and then does not change it. 0 of less than
 * WINDOWS_MIN. */
uint64_t windows_rate(const struct windows *w);

/* "20, 30 and 2 more": the VLAN ids of tags that were seen, into buf[cap]. Returns buf. */
#define VLANS_NAMED 8
const char *traffic_vlans(const struct traffic *t, char *buf, size_t cap);

/* The sender of most frames of a class, or NULL when there was none. */
const struct talker *traffic_top(const struct traffic *t, enum traffic_class class);

#endif
