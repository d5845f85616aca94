/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Vendors of MAC addresses: a small table made here, damaged ones, and the one that is linked in. */
#include "nicprobe/vendor.h"
#include "tests/test.h"

#define NAMES "Big\0Medium\0Small\0IEEE Registration Authority"

/* 24 bits: 001122 Big, 70b3d5 the registry, aabbcc (local bit set) Small; 28: 001122 3. Medium; 36: 70b3d5 fff. Small. */
static const uint8_t table[] = "MACV"
			       "\3\0\0\0\1\0\0\0\1\0\0\0\55\0\0\0"
			       "\x00\x11\x22\0\0\0"
			       "\x70\xb3\xd5\21\0\0"
			       "\xaa\xbb\xcc\13\0\0"
			       "\x00\x11\x22\x30\4\0\0"
			       "\x70\xb3\xd5\xff\xf0\13\0\0" NAMES;

#define TABLE_BYTES (sizeof(table))

static const char *in(struct span t, const char *mac)
{
	static char text[VENDOR_TEXT];
	struct mac m;

	CHECK(mac_read((struct text){mac, strlen(mac)}, &m));
	return vendor_in(t, m, text);
}

static void test_lookup(void)
{
	static const struct {
		const char *mac, *vendor;
	} cases[] = {
		{"00:11:22:00:00:01", "Big"},
		{"00:11:22:3f:ff:ff", "Medium"},
		{"00:11:22:40:00:00", "Big"},
		{"70:b3:d5:ff:f1:23", "Small"},
		{"70:b3:d5:ff:e1:23", ""},
		{"02:11:22:00:00:01", "Big (locally administered)"},
		{"aa:bb:cc:00:00:01", "Small"},
		{"52:54:00:00:00:01", "locally administered"},
		{"01:11:22:00:00:01", ""},
		{"00:00:00:00:00:00", ""},
		{"fc:ff:ff:ff:ff:ff", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(in((struct span){table, TABLE_BYTES}, cases[i].mac), cases[i].vendor);
}

/* A table cut anywhere, or with any byte changed, may know less but never reads beyond itself. */
static void test_damage(void)
{
	uint8_t copy[TABLE_BYTES];

	for (size_t len = 0; len < TABLE_BYTES; len++)
		CHECK_STR(in((struct span){table, len}, "00:11:22:00:00:01"), "");
	for (size_t i = 0; i < TABLE_BYTES * 256; i++) {
		memcpy(copy, table, TABLE_BYTES);
		copy[i / 256] = (uint8_t)i;
		CHECK(strlen(in((struct span){copy, TABLE_BYTES}, "00:11:22:3f:ff:ff")) <
			VENDOR_TEXT);
	}
}

static void test_linked_in(void)
{
	char text[VENDOR_TEXT];
	const struct mac cisco = {{0x00, 0x00, 0x0c, 1, 2, 3}};
	const struct mac reused = {{0x02, 0x00, 0x0c, 1, 2, 3}};

	CHECK(strncmp(vendor_of(cisco, text), "Cisco", 5) == 0);
	CHECK(strncmp(vendor_of(reused, text), "Cisco", 5) == 0);
	CHECK(strstr(text, "(locally administered)") != NULL);
	CHECK((size_t)(vendor_table_end - vendor_table) > 300000);
}

int main(void)
{
	test_lookup();
	test_damage();
	test_linked_in();
	return test_end(__FILE__);
}
