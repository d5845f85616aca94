/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of frames from one of our cards to another. Pure. See pair.h. */
#include "nicprobe/pair.h"
#include "core/rng.h"

/* In the payload. */
#define NONCE_AT   4
#define SEQ_AT     (NONCE_AT + 8)
#define NOT_SEQ_AT (SEQ_AT + 4)
#define PATTERN_AT (NOT_SEQ_AT + 4)

static const uint8_t mark[] = {'K', 'W', 'p', 'r'};

/* Around the limits of buffers and of cut-through; every one is met by every pattern. */
static const size_t sizes[] = {
	60, 61, 64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 1279, 1280, 1513, 1514};
static const uint8_t constants[] = {0x00, 0xff, 0x55, 0xaa};

/* What fills the frame: the constants, then these. */
enum { PATTERN_COUNTER = ARRAY_LEN(constants), PATTERN_RANDOM, PATTERNS };

_Static_assert(ARRAY_LEN(sizes) * PATTERNS == PAIR_ROUND, "a round");

size_t pair_frame_bytes(const struct pair_lane *lane, unsigned seq)
{
	size_t bytes = sizes[seq % ARRAY_LEN(sizes)];

	return lane->full_size || bytes > lane->frame_max ? lane->frame_max : bytes;
}

static unsigned pattern_of(const struct pair_lane *lane, unsigned seq)
{
	return lane->full_size ? PATTERN_RANDOM : seq / (unsigned)ARRAY_LEN(sizes) % PATTERNS;
}

const char *pair_pattern(const struct pair_lane *lane, unsigned seq)
{
	static const char *const names[PATTERNS] = {
		"0x00", "0xff", "0x55", "0xaa", "counter", "random"};

	return names[pattern_of(lane, seq)];
}

static uint8_t pattern_byte(const struct pair_lane *lane, unsigned seq, size_t i)
{
	const unsigned pattern = pattern_of(lane, seq);

	if (pattern == PATTERN_RANDOM)
		return (uint8_t)(rng_mix(lane->nonce + ((uint64_t)seq << 32) + i / 8) >> i % 8 * 8);
	return pattern == PATTERN_COUNTER ? (uint8_t)i : constants[pattern];
}

void pair_frame_write(const struct pair_lane *lane, unsigned seq, uint8_t *frame)
{
	const size_t bytes = pair_frame_bytes(lane, seq) - ETH_HEADER_BYTES;
	uint8_t *payload = frame + ETH_HEADER_BYTES;

	eth_write(frame, lane->to_mac, lane->from_mac, ETH_TYPE_LOCAL);
	memcpy(payload, mark, sizeof(mark));
	put_be32(payload + NONCE_AT, (uint32_t)(lane->nonce >> 32));
	put_be32(payload + NONCE_AT + 4, (uint32_t)lane->nonce);
	put_be32(payload + SEQ_AT, seq);
	put_be32(payload + NOT_SEQ_AT, ~seq);
	for (size_t i = PATTERN_AT; i < bytes; i++)
		payload[i] = pattern_byte(lane, seq, i);
}

bool pair_arrived(const struct pair_lane *lane, unsigned seq)
{
	return lane->seen[seq / 8] >> seq % 8 & 1;
}

/* The number a frame bears, if it and the nonce are legible. */
static bool read_number(const struct pair_lane *lane, struct span payload, unsigned *ret)
{
	const uint8_t *head = payload.at;

	if (payload.len < PATTERN_AT || be32(head + NONCE_AT) != (uint32_t)(lane->nonce >> 32) ||
		be32(head + NONCE_AT + 4) != (uint32_t)lane->nonce ||
		be32(head + SEQ_AT) >= lane->sent ||
		be32(head + NOT_SEQ_AT) != ~be32(head + SEQ_AT))
		return false;
	*ret = be32(head + SEQ_AT);
	return true;
}

/* That of the oldest frame still out, or of the newest. */
static unsigned oldest_out(const struct pair_lane *lane)
{
	unsigned seq = 0;

	while (seq + 1 < lane->sent && pair_arrived(lane, seq))
		seq++;
	return seq;
}

/* Drivers may add bytes behind a frame: only those that were sent count, unless all do. */
static void compare(struct pair_lane *lane, unsigned seq, const struct eth *frame)
{
	uint8_t want[ETH_FRAME_MAX], got[ETH_FRAME_MAX];
	const size_t len = pair_frame_bytes(lane, seq), room = len - ETH_HEADER_BYTES;
	const size_t payload = frame->payload.len < room ? frame->payload.len : room;
	size_t i = 0;

	pair_frame_write(lane, seq, want);
	eth_write(got, frame->dst, frame->src, frame->type);
	memcpy(got + ETH_HEADER_BYTES, frame->payload.at, payload);
	while (i < ETH_HEADER_BYTES + payload && got[i] == want[i])
		i++;
	if (i == len && !(lane->exact && frame->payload.len > room))
		return;
	if (lane->corrupt++ > 0)
		return;
	lane->first_bad.seq = seq;
	lane->first_bad.offset = i;
	lane->first_bad.expected = i < len ? want[i] : 0;
	lane->first_bad.actual = i < len ? (i < ETH_HEADER_BYTES + payload ? got[i] : 0)
					 : frame->payload.at[room];
}

static void add_time(struct pair_lane *lane, uint64_t turn_ns)
{
	lane->turn_min_ns = lane->timed == 0 || turn_ns < lane->turn_min_ns ? turn_ns
									    : lane->turn_min_ns;
	lane->turn_max_ns = turn_ns > lane->turn_max_ns ? turn_ns : lane->turn_max_ns;
	lane->turn_sum_ns += turn_ns;
	lane->timed++;
}

bool pair_hear(struct pair_lane *lane, unsigned nic, const struct eth *frame, uint64_t now_ns)
{
	const bool addressed = mac_same(frame->src, lane->from_mac) &&
			       mac_same(frame->dst, lane->to_mac);
	unsigned seq;

	if (!lane->active || lane->sent == 0)
		return false;
	if (nic != lane->to) {
		lane->escaped += lane->closed && addressed;
		return lane->closed && addressed;
	}
	if (!read_number(lane, frame->payload, &seq)) {
		if (!addressed)
			return false;
		seq = oldest_out(lane);
	}
	if (pair_arrived(lane, seq)) {
		lane->duplicates++;
		return true;
	}
	lane->seen[seq / 8] |= (uint8_t)(1u << seq % 8);
	lane->received++;
	lane->received_bytes += pair_frame_bytes(lane, seq);
	compare(lane, seq, frame);
	if (seq + 1 == lane->sent)
		add_time(lane, now_ns - lane->sent_ns);
	else
		lane->late++;
	return true;
}
