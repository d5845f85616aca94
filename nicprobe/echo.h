/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of ICMP echoes to one host: what is sent, and what each reply proves.
 *
 * Pure. The bytes of a request follow from its number alone, so nothing has to be kept to compare the reply with.
 * Spec.  RFC 792. mdev as ping(8) defines it: the standard deviation of the round-trip times.
 * Trust. Replies come off the wire; whatever does not belong to the series is ignored.
 */
#ifndef KIRIWAKE_NICPROBE_ECHO_H
#define KIRIWAKE_NICPROBE_ECHO_H

#include "core/address.h"
#include "core/histogram.h"
#include "core/record.h"
#include "nicprobe/icmp.h"

#define ECHO_SERIES_MAX 2
#define ECHO_SLOTS      128 /* requests of which the fate is still open */
#define ECHO_COUNT_MAX  65535
#define ECHO_SIZES      3 /* request 0 is of the first size, 1 of the second... */
#define ECHO_LARGEST    2

/* Round trips over time. A curve that is full is thinned to half, the longer one of two staying, and each point then stands for
 * twice as many replies. */
struct echo_curve {
	uint64_t start_ns; /* x is counted from here */
	size_t count;
	unsigned each;                  /* replies per point; 0: one */
	unsigned filling;               /* replies in the last point */
	struct point at[SERIES_POINTS]; /* y in us */
};

void echo_curve_add(struct echo_curve *c, uint64_t now_ns, uint64_t rtt_us);

struct echo_slot {
	uint64_t sent_ns;
	bool answered;
};

struct echo_series {
	bool active;
	struct ip4 ip;
	struct mac next_hop; /* the host, or the gateway to it */
	uint8_t nic;
	uint16_t id;
	uint64_t seed;
	size_t data_max;   /* bytes of data that fit the card's frames */
	size_t only_bytes; /* every request bears so many; 0: the sizes take turns */
	unsigned sent, received, duplicates, late, corrupt;
	uint64_t
		missed_before; /* frames that the card had no room for, as it counts them, until then */
	unsigned newest,
		reordered;       /* greatest number answered; answers that came after a newer one */
	struct histogram *times; /* of the round trips, in us; NULL: not kept */
	struct echo_curve *curve; /* likewise */
	uint64_t rtt_min_us, rtt_max_us, rtt_sum_us;
	uint64_t rtt_square_sum;            /* in us^2; saturates */
	struct echo_slot slots[ECHO_SLOTS]; /* by number modulo ECHO_SLOTS */
	unsigned received_by[ECHO_SIZES];   /* of `received`, by size */

	/* A router said that a request is too long for what lies behind it. */
	bool told;
	struct ip4 told_by;
	uint16_t told_mtu; /* 0: it did not say */

	bool has_hole;       /* requests of the largest size vanish, others pass, */
	size_t passed_bytes; /* the longest that does with so many bytes of data */

	/* Of the first reply with other bytes than were sent. */
	struct {
		unsigned seq;
		size_t offset; /* in the data; where it ends, if only its length is wrong */
		uint8_t expected, actual; /* 0 where one has no byte at the offset */
		bool in_header; /* the data is right, and the checksum is not; the rest is 0 */
	} first_bad;
};

/* Bytes of data in request `seq` of the series: sizes and patterns change from one to the next. */
size_t echo_data_bytes(const struct echo_series *e, unsigned seq);

/* Whether none of the largest size came back, though most of the smallest did. */
bool echo_lost_largest(const struct echo_series *e);

/* Of the requests with at most `bytes` of data, how many were sent and how many of these were lost. */
void echo_count_up_to(
	const struct echo_series *e, size_t bytes, unsigned *ret_sent, unsigned *ret_lost);

/* Tells the series of an error that `from` sent; it is taken in if it is about the length of a request of the series. */
void echo_hear_error(struct echo_series *e, struct ip4 from, const struct icmp_error *error);

/* Writes them to data[echo_data_bytes()]. */
void echo_fill(const struct echo_series *e, unsigned seq, uint8_t *data);

/* Tells the series of a reply that arrived from `from` at now_ns. */
void echo_hear(
	struct echo_series *e, struct ip4 from, const struct icmp_echo *reply, uint64_t now_ns);

/* Mean and standard deviation of the round-trip times in us; 0 when nothing was received. */
uint64_t echo_mean_us(const struct echo_series *e);
uint64_t echo_mdev_us(const struct echo_series *e);

/* The largest integer whose square is not above `v`. */
uint64_t square_root(uint64_t v);

#endif
