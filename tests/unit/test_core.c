/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* core/: formatting, text, addresses and the recorder. */
#include "core/address.h"
#include "core/fmt.h"
#include "core/record.h"
#include "core/text.h"
#include "tests/test.h"

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

static struct text text_of(const char *s)
{
	return (struct text){s, strlen(s)};
}

/* ---- fmt ---- */

static void test_fmt(void)
{
	static const char letters[] = {'a', 'b', 'c'};
	char buf[64], tiny[4] = "???";

	CHECK_U64(
		fmt_to(buf, sizeof(buf), "%d|%u|%x|%X|%c|%s|%%", -12, 34u, 0xabu, 0xcdu, 'z', "hi"),
		19);
	CHECK_STR(buf, "-12|34|ab|CD|z|hi|%");
	fmt_to(buf, sizeof(buf), "[%5d][%-5d][%05d][%05x]", -42, -42, -42, 0x2au);
	CHECK_STR(buf, "[  -42][-42  ][-0042][0002a]");
	fmt_to(buf, sizeof(buf), "[%*s][%-*s][%.2s][%.*s]", 4, "ab", 4, "ab", "abc", 3, letters);
	CHECK_STR(buf, "[  ab][ab  ][ab][abc]");
	fmt_to(buf, sizeof(buf), "%lld %llu %llx", (long long)INT64_MIN,
		(unsigned long long)UINT64_MAX, (unsigned long long)UINT64_MAX);
	CHECK_STR(buf, "-9223372036854775808 18446744073709551615 ffffffffffffffff");
	fmt_to(buf, sizeof(buf), "%zu %d %u", (size_t)7, INT32_MIN, UINT32_MAX);
	CHECK_STR(buf, "7 -2147483648 4294967295");
	CHECK_U64(fmt_to(tiny, sizeof(tiny), "%s", "abcdef"), 3);
	CHECK_STR(tiny, "abc");
	CHECK_U64(fmt_to(tiny, 1, "%s", "abcdef"), 0);
	CHECK_STR(tiny, "");
	fmt_to(buf, 8, "abc");
	CHECK_U64(fmt_add(buf, 8, "%d", 123456), 7);
	CHECK_STR(buf, "abc1234");
	CHECK_U64(fmt_add(buf, 8, "more"), 7);
}

static void test_fmt_units(void)
{
	static const struct {
		uint64_t value;
		const char *text;
	} bytes[] = {{0, "0 B"}, {1023, "1023 B"}, {1024, "1 KiB"}, {1536, "1.5 KiB"},
		{476u << 20, "476 MiB"}, {(1u << 30) - 1, "1023.9 MiB"},
		{UINT64_C(192) << 30, "192 GiB"}, {UINT64_MAX, "15.9 EiB"}},
	  times[] = {{0, "0 us"}, {999999, "999 us"}, {MS, "1 ms"}, {999 * MS, "999 ms"},
		  {12345 * MS, "12.3 s"}, {59999 * MS, "59.9 s"}, {245 * S, "4 min 05 s"},
		  {3600 * S, "1 h 00 min"}, {11220 * S, "3 h 07 min"}};
	char buf[FMT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(bytes); i++)
		CHECK_STR(fmt_bytes(buf, bytes[i].value), bytes[i].text);
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		CHECK_STR(fmt_duration(buf, times[i].value), times[i].text);
	CHECK_STR(fmt_decimal(buf, 12345, 2), "123.45");
	CHECK_STR(fmt_decimal(buf, 5, 3), "0.005");
	CHECK_STR(fmt_decimal(buf, 0, 0), "0");
	CHECK_STR(fmt_decimal(buf, UINT64_MAX, 9), "18446744073.709551615");
}

/* ---- text ---- */

static void test_text(void)
{
	static const uint8_t raw[] = {' ', ' ', 'A', 0x1b, ' ', ' ', 0xff, 'B', ' ', 0, 'C'};
	struct text rest = text_of("  one\ttwo\r\n"), word;
	char buf[8];

	CHECK_U64(text_clean(buf, sizeof(buf), raw, sizeof(raw)), 5);
	CHECK_STR(buf, "A? ?B");
	CHECK_U64(text_clean(buf, 4, "ab cdef", 7), 2);
	CHECK_STR(buf, "ab");
	CHECK_U64(text_clean(buf, 1, "abc", 3), 0);
	text_copy(buf, 4, "abcdef");
	CHECK_STR(buf, "abc");
	CHECK(text_same("", "") && text_same("a", "a"));
	CHECK(!text_same("a", "ab") && !text_same("ab", "a") && !text_same("a", "b"));
	CHECK(text_is(text_of("abc"), "abc") && !text_is(text_of("abc"), "ab"));
	CHECK(text_word(&rest, &word) && text_is(word, "one"));
	CHECK(text_word(&rest, &word) && text_is(word, "two"));
	CHECK(!text_word(&rest, &word) && text_is(word, "two"));
	CHECK_U64(text_trim(text_of(" \t ")).len, 0);
}

/* Notepad's "Unicode", and what is none of it. */
static void test_narrow(void)
{
	char little[] = "\xff\xfe"
			"a\0=\0\xe9\0\x0a\x20\r\0\n",
	     big[] = "\xfe\xff"
		     "\0a\0b\0";
	char odd[] = "\xff\xfe"
		     "a",
	     plain[] = "a=1", one[] = "\xff";

	CHECK_U64(text_narrow(little, sizeof(little)), 6);
	CHECK(memcmp(little, "a=?\x3f\r\n", 6) == 0);
	CHECK_U64(text_narrow(big, sizeof(big) - 1), 2);
	CHECK(memcmp(big, "ab", 2) == 0);
	CHECK_U64(text_narrow(odd, 3), 0);
	CHECK_U64(text_narrow(plain, 3), 3);
	CHECK_STR(plain, "a=1");
	CHECK_U64(text_narrow(one, 1), 1);
	CHECK_U64(text_narrow(one, 0), 0);
}

static void test_mark_cut(void)
{
	char buf[8];

	text_copy(buf, sizeof(buf), "1234567");
	text_mark_cut(buf, sizeof(buf), 7);
	CHECK_STR(buf, "1234567");
	text_copy(buf, sizeof(buf), "12345678");
	text_mark_cut(buf, sizeof(buf), 8);
	CHECK_STR(buf, "1234...");
}

static void test_glob(void)
{
	static const struct {
		const char *glob, *text;
		bool match;
	} cases[] = {{"mem.*", "mem.march-c", true}, {"mem.*", "memory", false}, {"*", "", true},
		{"", "", true}, {"", "a", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"NVME*", "nvme0", true}, {"*-c", "march-c", true}, {"*ab*ab", "ababab", true},
		{"*ab*ab", "ab", false}, {"a*b*c", "a__b__b__c", true}, {"**", "x", true},
		{"*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(text_glob(text_of(cases[i].glob), text_of(cases[i].text)) == cases[i].match,
			"\"%s\" \"%s\"", cases[i].glob, cases[i].text);
}

typedef bool reader(struct text t, uint64_t *ret);

static void test_numbers(void)
{
	static const struct {
		reader *read;
		const char *text;
		bool good;
		uint64_t value;
	} cases[] = {{text_number, "0", true, 0}, {text_number, "0x1F", true, 31},
		{text_number, "18446744073709551615", true, UINT64_MAX},
		{text_number, "18446744073709551616", false, 0},
		{text_number, "0xffffffffffffffff", true, UINT64_MAX},
		{text_number, "0x10000000000000000", false, 0}, {text_number, "", false, 0},
		{text_number, "0x", false, 0}, {text_number, "12a", false, 0},
		{text_number, "-1", false, 0}, {text_number, " 1", false, 0},
		{text_size, "4K", true, 4096}, {text_size, "64MiB", true, 64u << 20},
		{text_size, "1tb", true, UINT64_C(1) << 40}, {text_size, "7", true, 7},
		{text_size, "16777216T", false, 0}, {text_size, "4X", false, 0},
		{text_size, "K", false, 0}, {text_duration, "5", true, 5 * S},
		{text_duration, "250ms", true, 250 * MS}, {text_duration, "30m", true, 1800 * S},
		{text_duration, "2H", true, 7200 * S}, {text_duration, "1d", true, 86400 * S},
		{text_duration, "9999999999h", false, 0}, {text_duration, "1.5h", false, 0}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t value = 77;

		CHECK(cases[i].read(text_of(cases[i].text), &value) == cases[i].good, "%s",
			cases[i].text);
		CHECK_U64(value, cases[i].good ? cases[i].value : 77);
	}
}

/* ---- addresses ---- */

static void test_addresses(void)
{
	static const char *const bad_ips[] = {"", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1..2.3",
		"1.2.3.", " 1.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1111.2.3.4"};
	static const char *const bad_macs[] = {"", "52:54:00:12:34", "52:54:00:12:34:5g",
		"52.54.00.12.34.56", "52:54:00:12:34:567", "5254:00:12:34:56:"};
	char mac_buf[MAC_TEXT], ip_buf[IP4_TEXT];
	struct mac mac = {{1, 2, 3, 4, 5, 6}};
	struct ip4 ip = {77};

	CHECK(mac_read(text_of("52:54:00:aB:CD-0e"), &mac));
	CHECK_STR(mac_text(mac_buf, mac), "52:54:00:ab:cd:0e");
	for (size_t i = 0; i < ARRAY_LEN(bad_macs); i++)
		CHECK(!mac_read(text_of(bad_macs[i]), &mac), "%s", bad_macs[i]);
	CHECK_STR(mac_text(mac_buf, mac), "52:54:00:ab:cd:0e");
	CHECK(mac_is_group((struct mac){{1}}) && !mac_is_group((struct mac){{2}}));
	for (size_t i = 0; i < ARRAY_LEN(bad_ips); i++)
		CHECK(!ip4_read(text_of(bad_ips[i]), &ip), "%s", bad_ips[i]);
	CHECK_U64(ip.value, 77);
	CHECK(ip4_read(text_of("255.168.1.20"), &ip));
	CHECK_STR(ip4_text(ip_buf, ip), "255.168.1.20");
	CHECK(ip4_is_host((struct ip4){0xc0a80101}) && !ip4_is_host((struct ip4){0x00000001}));
	CHECK(!ip4_is_host((struct ip4){0x7f000001}) && !ip4_is_host((struct ip4){0xe0000001}));
	CHECK_U64(ip4_mask(0).value, 0);
	CHECK_U64(ip4_mask(24).value, 0xffffff00);
	CHECK_U64(ip4_mask(32).value, 0xffffffff);
}

/* ---- recorder ---- */

static uint64_t clock_ns;

static uint64_t now(void *ctx)
{
	(void)ctx;
	return clock_ns;
}

/* Remembers the newest record and its message. */
struct witness {
	unsigned heard;
	struct record r;
	char message[1000];
};

static void hear(void *ctx, const struct record *r)
{
	struct witness *w = ctx;

	CHECK_U64(r->seq, w->heard);
	w->heard++;
	w->r = *r;
	text_copy(w->message, sizeof(w->message), r->message != NULL ? r->message : "");
}

static const struct clock_port test_clock = {.now_ns = now};

static void test_recorder(void)
{
	struct witness w = {0}, second = {0};
	struct recorder rec;

	clock_ns = 5 * S;
	recorder_init(&rec, &test_clock);
	recorder_listen(&rec, (struct listener){hear, &w});
	recorder_listen(&rec, (struct listener){hear, &second});
	clock_ns += 30 * MS;
	record_note(&rec, NULL, "note %d", 1);
	CHECK(w.r.kind == RECORD_NOTE && w.r.check == NULL);
	CHECK_U64(w.r.t_ns, 30 * MS);
	CHECK_STR(w.message, "note 1");

	record_check_begin(&rec, "mem.test", "title", "criterion");
	CHECK_STR(w.r.check, "mem.test");
	clock_ns += S;
	record_coverage(&rec, "mem", "read %s", "all");
	record_why(&rec, "first");
	record_why(&rec, "did %d", 2);
	CHECK_U64(record_check_end(&rec, PASS), PASS);
	CHECK_U64(w.r.u.check_end.took_ns, S);
	CHECK_STR(w.message, "did 2");
	record_note(&rec, NULL, "%02000d", 1);
	CHECK(w.r.check == NULL);
	CHECK_U64(strlen(w.message), 895);
	CHECK_U64(second.heard, w.heard);
}

/* The verdict of a step is the worst of what it concluded and what was recorded in it. */
static void test_recorder_verdicts(void)
{
	struct witness w = {0};
	struct recorder rec;

	recorder_init(&rec, &test_clock);
	recorder_listen(&rec, (struct listener){hear, &w});
	record_check_begin(&rec, "a", "", "");
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "bad");
	CHECK_U64(w.r.u.finding.verdict, finding_info(FINDING_MEM_BIT_ERROR)->verdict);
	CHECK_U64(record_check_end(&rec, PASS), FAIL);
	record_check_begin(&rec, "b", "", "");
	record_finding_as(&rec, FINDING_MEM_BIT_ERROR, WARN, "mem", NULL, 0, "less");
	CHECK_U64(record_check_end(&rec, PASS), WARN);
	record_check_begin(&rec, "c", "", "");
	record_fault(&rec, "Call", NULL, "no");
	CHECK_U64(record_check_end(&rec, WARN), ERROR);
	record_check_begin(&rec, "d", "", "");
	CHECK_U64(record_check_end(&rec, UNDECIDED), ERROR);
	CHECK_STR(w.message, "the check came to no conclusion");
	record_check_begin(&rec, "e", "", "");
	CHECK_U64(record_check_end(&rec, SKIP), SKIP);
	CHECK_STR(w.message, "");
}

static void test_findings_complete(void)
{
	for (enum finding_code code = 0; code < FINDING_COUNT; code++) {
		const struct finding_info *info = finding_info(code);

		CHECK(info->code != NULL && info->seen != NULL && info->means != NULL &&
				info->next != NULL,
			"row %u", (unsigned)code);
		CHECK(info->verdict == WARN || info->verdict == FAIL, "row %u", (unsigned)code);
		for (enum finding_code other = 0; info->code != NULL && other < code; other++)
			CHECK(!text_same(finding_info(other)->code, info->code), "%s", info->code);
	}
}

int main(void)
{
	test_fmt();
	test_fmt_units();
	test_text();
	test_narrow();
	test_mark_cut();
	test_glob();
	test_numbers();
	test_addresses();
	test_recorder();
	test_recorder_verdicts();
	test_findings_complete();
	return test_end(__FILE__);
}
