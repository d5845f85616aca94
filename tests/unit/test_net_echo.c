/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A series of echoes: what is sent, and what is made of the replies. */
#include "nicprobe/echo.h"
#include "tests/test.h"

static uint8_t data[1472];

static void answer(struct echo_series *e, unsigned seq, uint64_t rtt_us)
{
	struct icmp_echo reply = {.type = ICMP_ECHO_REPLY,
		.id = e->id,
		.seq = (uint16_t)seq,
		.data = {data, echo_data_bytes(e, seq)}};

	echo_fill(e, seq, data);
	echo_hear(e, e->ip, &reply, e->slots[seq % ECHO_SLOTS].sent_ns + rtt_us * 1000);
}

static void largest_lost(void)
{
	static struct echo_series e;
	unsigned sent, lost;

	e = (struct echo_series){.active = true, .id = 7, .data_max = 1472, .sent = 20};
	for (unsigned seq = 0; seq < 20; seq++) {
		if (seq == 9)
			CHECK(!echo_lost_largest(&e), "most of the smallest are lost as well");
		if (seq % 3 != 2)
			answer(&e, seq, 100);
	}
	CHECK(echo_lost_largest(&e));
	echo_count_up_to(&e, SIZE_MAX, &sent, &lost);
	CHECK(sent == 20 && lost == 6, "%u of %u", lost, sent);
	echo_count_up_to(&e, 1471, &sent, &lost);
	CHECK(sent == 14 && lost == 0, "%u of %u", lost, sent);
	echo_count_up_to(&e, 511, &sent, &lost);
	CHECK(sent == 7 && lost == 0, "%u of %u", lost, sent);
	answer(&e, 2, 100);
	CHECK(!echo_lost_largest(&e));
	e = (struct echo_series){.active = true, .id = 7, .data_max = 1472, .sent = 2};
	answer(&e, 0, 100);
	CHECK(!echo_lost_largest(&e), "none of the largest size was sent");
}

/* What comes after a newer answer counts as overtaken, duplicates do not. */
static void overtaking(void)
{
	static const unsigned order[] = {0, 2, 1, 1, 3, 6, 5, 4, 7};
	static struct histogram times;
	static struct echo_series e;

	e = (struct echo_series){
		.active = true, .id = 7, .data_max = 1472, .sent = 10, .times = &times};
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		answer(&e, order[i], 100 + 10 * order[i]);
	CHECK(e.received == 8 && e.reordered == 3 && e.duplicates == 1, "%u", e.reordered);
	CHECK_U64(times.count, 8);
	CHECK(times.min == 100 && times.max == 170);
}

/* An error is taken in only if it quotes a request of this series. */
static void errors(void)
{
	static struct echo_series e;
	struct icmp_error good = {ICMP_UNREACHABLE, ICMP_NEEDS_FRAGMENTING, 1400, {1}, {9},
		IPV4_ICMP, {ICMP_ECHO_REQUEST, 0, 0, 0, 0, 7, 0, 3}};
	struct icmp_error bad[6];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = good;
	bad[0].type = ICMP_EXPIRED;
	bad[1].code = 1;
	bad[2].dst.value = 8;
	bad[3].protocol = IPV4_UDP;
	bad[4].start[5] = 8;
	bad[5].start[7] = 10;
	e = (struct echo_series){.active = true, .ip = {9}, .id = 7, .data_max = 1472, .sent = 10};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		echo_hear_error(&e, (struct ip4){5}, &bad[i]);
		CHECK(!e.told, "%zu", i);
	}
	echo_hear_error(&e, (struct ip4){5}, &good);
	CHECK(e.told && e.told_by.value == 5 && e.told_mtu == 1400);
}

static void echoes(void)
{
	static struct echo_series e;
	struct icmp_echo reply = {.type = ICMP_ECHO_REPLY, .id = 7, .seq = 2, .data = {data, 1472}};

	e = (struct echo_series){
		.active = true, .ip = {9}, .id = 7, .seed = 3, .data_max = 1472, .sent = 10};
	answer(&e, 0, 100);
	answer(&e, 1, 300);
	answer(&e, 1, 300);
	CHECK(e.received == 2 && e.duplicates == 1 && e.corrupt == 0);
	CHECK(e.rtt_min_us == 100 && e.rtt_max_us == 300);
	CHECK(echo_mean_us(&e) == 200 && echo_mdev_us(&e) == 100);
	answer(&e, 10, 1); /* never sent */
	answer(&e, 500, 1);
	e.id = 8;
	echo_hear(&e, e.ip, &reply, 0);
	e.id = 7;
	echo_hear(&e, (struct ip4){10}, &reply, 0);
	CHECK_U64(e.received, 2);

	echo_fill(&e, 2, data);
	data[1000] ^= 0x40;
	echo_hear(&e, e.ip, &reply, 2000000000);
	CHECK(e.corrupt == 1 && e.late == 1 && e.received == 3);
	CHECK(e.first_bad.seq == 2 && e.first_bad.offset == 1000);
	CHECK_U64(e.first_bad.expected ^ e.first_bad.actual, 0x40);
	echo_fill(&e, 3, data);
	reply.seq = 3;
	reply.data.len = 55;
	echo_hear(&e, e.ip, &reply, 0);
	CHECK(e.corrupt == 2, "too short is corrupt as well");
}

/* A wrong checksum makes a reply a damaged one, also where its data is right; what it says of itself may be wrong. */
static void damaged_echoes(void)
{
	static struct echo_series e;
	struct icmp_echo reply = {
		.type = ICMP_ECHO_REPLY, .id = 7, .seq = 2, .data = {data, 1472}, .damaged = true};

	e = (struct echo_series){.active = true, .id = 7, .data_max = 1472, .sent = 10};
	answer(&e, 0, 100);
	echo_fill(&e, 2, data);
	echo_hear(&e, e.ip, &reply, 1000);
	CHECK(e.received == 2 && e.corrupt == 1 && e.first_bad.in_header);
	echo_hear(&e, e.ip, &reply, 1000);
	CHECK(e.received == 2 && e.corrupt == 1 && e.duplicates == 0);
	reply.seq = 5;
	echo_fill(&e, 5, data);
	data[3] ^= 1;
	e.corrupt = 0;
	echo_hear(&e, e.ip, &reply, 1000);
	CHECK(e.corrupt == 1 && !e.first_bad.in_header && e.first_bad.offset == 3);
}

/* Every size meets every pattern within 18 requests, and no two random ones are alike. */
static void echo_data(void)
{
	struct echo_series e = {.data_max = 1472, .seed = 1};
	uint8_t random[2][56];
	size_t bytes = 0;

	for (unsigned seq = 0; seq < 18; seq++)
		bytes += echo_data_bytes(&e, seq);
	CHECK_U64(bytes, 6 * (56 + 512 + 1472));
	echo_fill(&e, 3, data);
	CHECK(data[0] == 0xff && data[55] == 0xff);
	echo_fill(&e, 14, data);
	CHECK(data[0] == 0 && data[255] == 255 && data[256] == 0);
	echo_fill(&e, 15, random[0]);
	echo_fill(&e, 33, random[1]);
	CHECK(memcmp(random[0], random[1], 56) != 0);
	e.data_max = 600;
	CHECK_U64(echo_data_bytes(&e, 2), 600);
}

static void roots(void)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 99, 100, 0xfffffffe00000000u, UINT64_MAX};
	static const uint64_t want[] = {0, 1, 1, 1, 2, 9, 10, 4294967294u, 4294967295u};

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		CHECK_U64(square_root(values[i]), want[i]);
}

int main(void)
{
	echoes();
	damaged_echoes();
	largest_lost();
	overtaking();
	errors();
	echo_data();
	roots();
	return test_end(__FILE__);
}
