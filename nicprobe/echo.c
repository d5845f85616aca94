/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of ICMP echoes to one host. Pure. See echo.h. */
#include "nicprobe/echo.h"
#include "core/rng.h"

#define LATE_US   1000000u
#define NS_PER_US 1000u

static const size_t data_sizes[ECHO_SIZES] = {56, 512, 1472};
static const uint8_t constants[] = {0x00, 0xff, 0x55, 0xaa};

/* What fills the data, by number of the request: the constants, then these. Every size meets every pattern. */
enum { PATTERN_COUNTER = ARRAY_LEN(constants), PATTERN_RANDOM, PATTERNS };

static uint8_t data_byte(const struct echo_series *e, unsigned seq, size_t i)
{
	unsigned pattern = seq / (unsigned)ARRAY_LEN(data_sizes) % PATTERNS;

	if (pattern < ARRAY_LEN(constants))
		return constants[pattern];
	if (pattern == PATTERN_COUNTER)
		return (uint8_t)i;
	return (uint8_t)(rng_mix(e->seed + ((uint64_t)seq << 32) + i / 8) >> i % 8 * 8);
}

size_t echo_data_bytes(const struct echo_series *e, unsigned seq)
{
	size_t bytes = e->only_bytes != 0 ? e->only_bytes : data_sizes[seq % ECHO_SIZES];

	return bytes < e->data_max ? bytes : e->data_max;
}

static unsigned sent_by(const struct echo_series *e, unsigned size)
{
	return (e->sent + ECHO_SIZES - 1 - size) / ECHO_SIZES;
}

bool echo_lost_largest(const struct echo_series *e)
{
	return sent_by(e, ECHO_LARGEST) > 0 && e->received_by[ECHO_LARGEST] == 0 &&
	       2 * e->received_by[0] > sent_by(e, 0);
}

void echo_count_up_to(
	const struct echo_series *e, size_t bytes, unsigned *ret_sent, unsigned *ret_lost)
{
	unsigned sent = 0, received = 0;

	for (unsigned size = 0; size < ECHO_SIZES; size++) {
		if (echo_data_bytes(e, size) > bytes)
			continue;
		sent += sent_by(e, size);
		received += e->received_by[size];
	}
	*ret_sent = sent;
	*ret_lost = sent - received;
}

void echo_fill(const struct echo_series *e, unsigned seq, uint8_t *data)
{
	for (size_t i = 0; i < echo_data_bytes(e, seq); i++)
		data[i] = data_byte(e, seq, i);
}

/* Whether the reply returned exactly what was sent; the first difference is kept. */
static void compare(struct echo_series *e, const struct icmp_echo *reply)
{
	const unsigned seq = reply->seq;
	const struct span data = reply->data;
	size_t want_len = echo_data_bytes(e, seq), i = 0;

	while (i < want_len && i < data.len && data.at[i] == data_byte(e, seq, i))
		i++;
	const bool exact = i == want_len && i == data.len;

	if ((exact && !reply->damaged) || e->corrupt++ > 0)
		return;
	e->first_bad.seq = seq;
	e->first_bad.in_header = exact;
	if (exact)
		return;
	e->first_bad.offset = i;
	e->first_bad.expected = i < want_len ? data_byte(e, seq, i) : 0;
	e->first_bad.actual = i < data.len ? data.at[i] : 0;
}

static void thin(struct echo_curve *c)
{
	for (size_t i = 0; i < SERIES_POINTS / 2; i++) {
		const struct point a = c->at[2 * i], b = c->at[2 * i + 1];

		c->at[i] = a.y > b.y ? a : b;
	}
	c->count = SERIES_POINTS / 2;
	c->each *= 2;
}

void echo_curve_add(struct echo_curve *c, uint64_t now_ns, uint64_t rtt_us)
{
	const struct point p = {now_ns - c->start_ns, rtt_us};

	c->each += c->each == 0;
	if (c->count > 0 && c->filling < c->each) {
		c->filling++;
		if (p.y > c->at[c->count - 1].y)
			c->at[c->count - 1] = p;
		return;
	}
	if (c->count == SERIES_POINTS)
		thin(c);
	c->at[c->count++] = p;
	c->filling = 1;
}

static void add_time(struct echo_series *e, uint64_t rtt_us)
{
	const uint64_t square = rtt_us > UINT32_MAX ? UINT64_MAX : rtt_us * rtt_us;

	e->rtt_min_us = e->received == 0 || rtt_us < e->rtt_min_us ? rtt_us : e->rtt_min_us;
	e->rtt_max_us = rtt_us > e->rtt_max_us ? rtt_us : e->rtt_max_us;
	e->rtt_sum_us += rtt_us;
	e->rtt_square_sum = square > UINT64_MAX - e->rtt_square_sum ? UINT64_MAX
								    : e->rtt_square_sum + square;
	e->late += rtt_us > LATE_US;
	e->received++;
	if (e->times != NULL)
		histogram_add(e->times, rtt_us);
}

void echo_hear(
	struct echo_series *e, struct ip4 from, const struct icmp_echo *reply, uint64_t now_ns)
{
	unsigned seq = reply->seq;
	struct echo_slot *slot = &e->slots[seq % ECHO_SLOTS];

	if (!e->active || !ip4_same(from, e->ip) || reply->type != ICMP_ECHO_REPLY ||
		reply->id != e->id)
		return;
	if (seq >= e->sent || e->sent - seq >= ECHO_SLOTS) /* its slot may be taken for the next */
		return;
	if (slot->answered) {
		e->duplicates += !reply->damaged; /* it may be the reply to another */
		return;
	}
	slot->answered = true;
	compare(e, reply);
	e->received_by[seq % ECHO_SIZES]++;
	e->reordered += e->received > 0 && seq < e->newest;
	e->newest = seq > e->newest ? seq : e->newest;
	add_time(e, (now_ns - slot->sent_ns) / NS_PER_US);
	if (e->curve != NULL)
		echo_curve_add(e->curve, now_ns, (now_ns - slot->sent_ns) / NS_PER_US);
}

void echo_hear_error(struct echo_series *e, struct ip4 from, const struct icmp_error *error)
{
	if (!e->active || error->type != ICMP_UNREACHABLE ||
		error->code != ICMP_NEEDS_FRAGMENTING || error->protocol != IPV4_ICMP ||
		!ip4_same(error->dst, e->ip) || error->start[0] != ICMP_ECHO_REQUEST ||
		be16(error->start + 4) != e->id || be16(error->start + 6) >= e->sent)
		return;
	e->told = true;
	e->told_by = from;
	e->told_mtu = error->mtu;
}

uint64_t square_root(uint64_t v)
{
	uint64_t root = 0;

	for (uint64_t bit = (uint64_t)1 << 31; bit != 0; bit >>= 1) {
		uint64_t guess = root + bit;

		if (guess * guess <= v)
			root = guess;
	}
	return root;
}

uint64_t echo_mean_us(const struct echo_series *e)
{
	return e->received == 0 ? 0 : e->rtt_sum_us / e->received;
}

uint64_t echo_mdev_us(const struct echo_series *e)
{
	uint64_t mean_us = echo_mean_us(e);
	uint64_t square = e->received == 0 ? 0 : e->rtt_square_sum / e->received;

	return square > mean_us * mean_us ? square_root(square - mean_us * mean_us) : 0;
}
