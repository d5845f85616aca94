/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* DHCP messages: round trip, every length, and options that lie. */
#include "nicprobe/dhcp.h"
#include "tests/unit/net_cut.h"

#define OPTIONS_AT 240

static void dhcp_round_trip(void)
{
	uint8_t bytes[DHCP_WRITE_BYTES];
	struct dhcp m = {.type = DHCP_TYPE_OFFER,
			    .xid = 0xdeadbeef,
			    .client = {{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}},
			    .your_ip = {0x0a00020f},
			    .relay = {0x0a000203},
			    .server = {0x0a000202},
			    .mask = {0xffffff00},
			    .router = {0x0a000202},
			    .dns = {0x0a000203},
			    .lease_s = 86400},
		    got;

	dhcp_write(bytes, &m);
	CHECK_U64(bytes[0], 2);
	CHECK(dhcp_read((struct span){bytes, sizeof(bytes)}, &got) == DHCP_OK);
	CHECK(got.xid == m.xid && got.type == m.type && mac_same(got.client, m.client));
	CHECK_U64(got.your_ip.value, m.your_ip.value);
	CHECK_U64(got.relay.value, m.relay.value);
	CHECK_U64(got.server.value, m.server.value);
	CHECK_U64(got.mask.value, m.mask.value);
	CHECK_U64(got.router.value, m.router.value);
	CHECK_U64(got.dns.value, m.dns.value);
	CHECK_U64(got.lease_s, m.lease_s);
	m.type = DHCP_TYPE_DISCOVER;
	dhcp_write(bytes, &m);
	CHECK_U64(bytes[0], 1);
	CHECK_U64(be16(bytes + 10), 0x8000);
	m.type = DHCP_TYPE_RELEASE;
	dhcp_write(bytes, &m);
	CHECK_U64(be16(bytes + 10), 0);
}

/* A message cut anywhere is refused or says no more than what was left of it; never read beyond. */
static void dhcp_cuts(void)
{
	uint8_t bytes[DHCP_WRITE_BYTES];
	struct dhcp m = {.type = DHCP_TYPE_OFFER, .server = {0x0a000202}, .router = {0x0a000202}},
		    got;
	unsigned whole = 0;

	dhcp_write(bytes, &m);
	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct span s = cut(bytes, len);
		enum dhcp_result result = dhcp_read(s, &got);

		CHECK(len >= OPTIONS_AT || result == DHCP_SHORT);
		if (len == OPTIONS_AT)
			CHECK(result == DHCP_NO_TYPE);
		if (result == DHCP_OK)
			whole += got.server.value == m.server.value;
		drop(s);
	}
	CHECK(whole > 0);
}

struct bad_options {
	const char *name;
	uint8_t bytes[12];
	size_t len;
	enum dhcp_result want;
};

static void dhcp_options(void)
{
	static const struct bad_options cases[] = {
		{"runs over", {53, 1, 2, 54, 200, 1, 2, 3}, 8, DHCP_BAD_OPTION},
		{"no length", {53, 1, 2, 54}, 4, DHCP_BAD_OPTION},
		{"type of two bytes", {53, 2, 2, 2, 255}, 5, DHCP_BAD_OPTION},
		{"type of none", {53, 0, 255}, 3, DHCP_BAD_OPTION},
		{"mask of three bytes", {53, 1, 2, 1, 3, 255, 255, 255, 255}, 9, DHCP_OK},
		{"router list of none", {53, 1, 2, 3, 0, 255}, 6, DHCP_OK},
		{"no end mark", {53, 1, 2}, 3, DHCP_OK},
		{"only padding", {0, 0, 0, 0}, 4, DHCP_NO_TYPE},
		{"behind the end", {255, 53, 1, 2}, 4, DHCP_NO_TYPE},
		{"unknown option", {224, 3, 1, 2, 3, 53, 1, 5, 255}, 9, DHCP_OK},
		{"overload of two bytes", {53, 1, 2, 52, 2, 1, 1, 255}, 8, DHCP_BAD_OPTION},
	};
	uint8_t bytes[DHCP_WRITE_BYTES];
	struct dhcp m = {.type = DHCP_TYPE_OFFER}, got;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span s;

		dhcp_write(bytes, &m);
		memcpy(bytes + OPTIONS_AT, cases[i].bytes, sizeof(cases[i].bytes));
		s = cut(bytes, OPTIONS_AT + cases[i].len);
		CHECK(dhcp_read(s, &got) == cases[i].want, "%s", cases[i].name);
		drop(s);
	}
}

/* RFC 2132 section 9.3: options continue in `file` (1), `sname` (2) or both (3). */
static void dhcp_overload(void)
{
	static const uint8_t file[] = {54, 4, 10, 0, 2, 2, 255},
			     sname[] = {1, 4, 255, 255, 0, 0, 255};
	uint8_t bytes[DHCP_WRITE_BYTES];
	struct dhcp m = {.type = DHCP_TYPE_OFFER}, got;

	for (uint8_t overload = 1; overload <= 3; overload++) {
		const uint8_t options[] = {53, 1, 2, 52, 1, overload, 255};

		dhcp_write(bytes, &m);
		memcpy(bytes + OPTIONS_AT, options, sizeof(options));
		memcpy(bytes + 108, file, sizeof(file));
		memcpy(bytes + 44, sname, sizeof(sname));
		CHECK(dhcp_read((struct span){bytes, sizeof(bytes)}, &got) == DHCP_OK);
		CHECK_U64(got.server.value, overload & 1 ? 0x0a000202 : 0);
		CHECK_U64(got.mask.value, overload & 2 ? 0xffff0000 : 0);
	}
	memset(bytes + 108, 54, 128); /* options 54 of 54 bytes: runs into the wall */
	CHECK(dhcp_read((struct span){bytes, sizeof(bytes)}, &got) == DHCP_BAD_OPTION);
}

static void dhcp_headers(void)
{
	uint8_t bytes[DHCP_WRITE_BYTES];
	struct dhcp m = {.type = DHCP_TYPE_ACK}, got;
	unsigned prefix = 99;

	dhcp_write(bytes, &m);
	bytes[236]++;
	CHECK(dhcp_read((struct span){bytes, sizeof(bytes)}, &got) == DHCP_NO_COOKIE);
	bytes[2] = 16;
	CHECK(dhcp_read((struct span){bytes, sizeof(bytes)}, &got) == DHCP_NOT_ETHERNET);
	CHECK(dhcp_prefix((struct ip4){0xfffffe00}, &prefix) && prefix == 23);
	CHECK(dhcp_prefix((struct ip4){0xffffffff}, &prefix) && prefix == 32);
	CHECK(dhcp_prefix((struct ip4){0}, &prefix) && prefix == 0);
	prefix = 99;
	CHECK(!dhcp_prefix((struct ip4){0xff00ff00}, &prefix) && prefix == 99);
}

int main(void)
{
	dhcp_round_trip();
	dhcp_cuts();
	dhcp_options();
	dhcp_overload();
	dhcp_headers();
	return test_end(__FILE__);
}
