/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What is written once a run is over: report.html, junit.xml, metrics.prom. Golden files, hostile text, floods, and the same
 * bytes out of results.jsonl. */
#include "output.h"
#include "report/html.h"
#include "report/jsonl.h"
#include "report/junit.h"
#include "report/prom.h"
#include "report/replay.h"
#include "report/svg.h"
#include "report_script.h"

static struct output html, junit, prom, jsonl, again;
static struct digest digest, replayed;
static struct replay replay;
static struct jsonl writer;
static struct recorder rec;
static struct inventory inventory;
static struct point curve[SERIES_POINTS];

static void begin(void)
{
	script_ns = 77 * S;
	script_inventory(&inventory);
	digest_init(&digest);
	jsonl_init(&writer, to(&jsonl));
	recorder_init(&rec, &script_clock);
	recorder_listen(&rec, digest_listener(&digest));
	recorder_listen(&rec, jsonl_listener(&writer));
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text != NULL; text = strstr(text + 1, what))
		n++;
	return n;
}

/* Every element that is opened is closed. */
static void check_closed(const char *page)
{
	static const char *const names[] = {"p", "div", "section", "span", "ul", "ol", "li", "dl",
		"dt", "dd", "g", "svg", "figure", "title", "text", "table", "tr", "td", "pre"};
	char plain[16], with[16], end[16];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(plain, sizeof(plain), "<%s>", names[i]);
		snprintf(with, sizeof(with), "<%s ", names[i]);
		snprintf(end, sizeof(end), "</%s>", names[i]);
		CHECK_U64(times(page, plain) + times(page, with), times(page, end));
	}
}

static void write_all(const struct digest *d)
{
	html_write(d, to(&html));
	junit_write(d, to(&junit));
	prom_write(d, to(&prom));
	check_closed(html.text);
}

/* The records read back make the same pages. */
static void check_replay(void)
{
	memset(&replay, 0, sizeof(replay));
	digest_init(&replayed);
	replay_listen(&replay, digest_listener(&replayed));
	replay_run(&replay, (struct text){jsonl.text, jsonl.used});
	html_write(&replayed, to(&again));
	output_same("report.html", again.text, html.text);
	junit_write(&replayed, to(&again));
	output_same("junit.xml", again.text, junit.text);
	prom_write(&replayed, to(&again));
	output_same("metrics.prom", again.text, prom.text);
}

/* One curve of each kind, with a dip, a tail and a bad region. */
static void record_curves(void)
{
	for (size_t i = 0; i < 600; i++)
		curve[i] = (struct point){i * 800000000, i == 333 ? 12 : 5500 - i * 4};
	record_series(&rec, "disk0", "seq-read", "B", "MB/s", 1, curve, 600);
	for (size_t i = 0; i < 500; i++)
		curve[i] = (struct point){i * 1000000000, i % 97 == 5 ? 100 + i * 20 : 100};
	record_series(&rec, "disk0", "surface", "B", "us", 0, curve, 500);
	for (size_t i = 0; i < 40; i++)
		curve[i] = (struct point){
			UINT64_C(80000) << (i / 4), i < 12 ? 1 + i * i * 30 : 41 - i};
	record_series(&rec, "disk0", "randread-4k.clat_ns", "ns", "1", 0, curve, 40);
	for (size_t i = 0; i < 100; i++)
		curve[i] = (struct point){i * 200 * MS, i == 60 ? 91000 : 350 + i % 7 * 20};
	record_series(&rec, "net", "gateway.rtt", "ns", "ms", 3, curve, 100);
}

static void record_bits(void)
{
	for (uint64_t i = 0; i < 20; i++) {
		const struct field fields[] = {FIELD_ADDRESS("address", 0x11f400000 + i * 0x1040),
			FIELD_ADDRESS("expected", 0),
			FIELD_ADDRESS("xor", i % 3 == 0 ? 0x20 : 0x2000)};

		record_finding(&rec, FINDING_MEM_BIT_ERROR, "dimm1", fields, ARRAY_LEN(fields),
			"The word at 0x%llx did not read back.",
			(unsigned long long)(0x11f400000 + i * 0x1040));
	}
}

static void record_all(void)
{
	script_run_begin(&rec, "0007", &inventory);
	after(12 * MS);
	script_memory(&rec);
	record_check_begin(
		&rec, "mem.walking", "Walking bits", "every word reads back as it was written");
	after(4200 * MS);
	record_bits();
	record_measure(&rec, "mem", "speed", 9123, 0, "MB/s");
	record_measure(&rec, "mem", "speed_node0", 9100, 0, "MB/s");
	record_measure(&rec, "mem", "speed_node1", 4600, 0, "MB/s");
	record_measure_limit(&rec, "mem", "mismatches", 20, 0, "1", LIMIT_AT_MOST, 0);
	record_why(&rec, "20 mismatches in < 1 MiB");
	record_check_end(&rec, FAIL);
	script_duplicate_ip(&rec);
	script_disk(&rec);
	record_check_begin(&rec, "disk.surface", "Disk surface scan", "every block was delivered");
	after(21 * S);
	record_curves();
	record_why(&rec, "read all 465.7 GiB");
	record_check_end(&rec, PASS);
	record_check_begin(&rec, "nic.loopback", "Loop in the card", "");
	record_why(&rec, "the card has no loopback that we know");
	record_check_end(&rec, SKIP);
	script_triage_step(&rec);
	script_run_end(&rec, "0007", FAIL, "the budget of 30 s ended before disk.smart");
}

static void test_golden(void)
{
	begin();
	record_all();
	write_all(&digest);
	output_golden("report.html", html.text);
	output_golden("junit.xml", junit.text);
	output_golden("metrics.prom", prom.text);
	check_replay();
	CHECK_U64(times(html.text, "<figure"), 8);
	CHECK_U64(times(html.text, "</figure>"), 8);
	CHECK(strstr(html.text, "Explained by <b>disk0</b>") != NULL);
	CHECK(strstr(html.text, "<b>disk0 latency of random reads, randread-4k.clat_ns</b>") !=
		NULL);
	CHECK_U64(times(html.text, "http"), 1); /* the policy's http-equiv: nothing is fetched */
}

static void test_unfinished(void)
{
	begin();
	script_run_begin(&rec, "0007", &inventory);
	script_duplicate_ip(&rec);
	record_check_begin(&rec, "disk.read", "Reading", "");
	write_all(&digest);
	check_replay();
	CHECK(strstr(html.text, "<h1>NOT FINISHED</h1>") != NULL);
	CHECK(strstr(html.text, "lost power in disk.read") != NULL);
	CHECK(strstr(junit.text, "the run ended in this check") != NULL);
	CHECK(strstr(prom.text, "kiriwake_run_finished 0\n") != NULL);
	begin();
	write_all(&digest);
	CHECK(strstr(html.text, "</html>") != NULL, "of a run without any record");
}

/* No text from outside gets to be anything but text. */
static void test_hostile(void)
{
	begin();
	for (size_t i = 0; i < inventory.count; i++)
		memset(inventory.parts[i].location, '<', PART_TEXT - 1);
	script_hostile(&rec, &inventory);
	write_all(&digest);
	CHECK(strstr(html.text, "<script") == NULL && strstr(junit.text, "<script") == NULL);
	CHECK(strstr(html.text, "&lt;script&gt;") != NULL);
	CHECK(strstr(html.text, "<<") == NULL);
	for (size_t i = 0; i < html.used; i++)
		CHECK((html.text[i] >= ' ' && html.text[i] <= '~') || html.text[i] == '\n');
	for (size_t i = 0; i < junit.used; i++)
		CHECK((junit.text[i] >= ' ' && junit.text[i] <= '~') || junit.text[i] == '\n');
	CHECK(strstr(prom.text, "\\\"<script>\\\\") != NULL);
}

/* More of everything than there is room for: said, and the pages stay small. */
static void test_flood(void)
{
	char name[32];

	begin();
	script_run_begin(&rec, "0007", &inventory);
	for (unsigned i = 0; i < 2000; i++) {
		struct field f = FIELD_ADDRESS("xor", i + 1);

		jsonl.used = 0;
		snprintf(name, sizeof(name), "x.check-%u", i % 150);
		record_check_begin(&rec, name, "title", "");
		snprintf(name, sizeof(name), "figure-%u", i);
		record_measure(&rec, "mem", name, i, 0, "B");
		record_series(&rec, "mem", name, "B", "B", 0, curve, SERIES_POINTS);
		record_finding(&rec, (enum finding_code)(i % FINDING_COUNT), "mem", NULL, 0, "bad");
		snprintf(name, sizeof(name), "disk%u", i);
		record_finding(&rec, FINDING_MEM_BIT_ERROR, name, &f, 1, "bad");
		record_fault(&rec, name, name, "failed");
		record_coverage(&rec, name, "covered");
		script_triage(&rec, name, name, SUSPECT_FAULTY, "bad", "replace");
		record_check_end(&rec, FAIL);
	}
	script_run_end(&rec, "0007", FAIL, NULL);
	write_all(&digest);
	CHECK_U64(digest.finding_count, DIGEST_FINDINGS);
	CHECK(digest.dropped.checks > 0 && digest.dropped.figures > 0 && digest.dropped.series > 0);
	CHECK(digest.dropped.suspects == 2000 - DIGEST_SUSPECTS && digest.dropped.bits > 0);
	CHECK(strstr(html.text, "rows more stand in results.jsonl") != NULL);
	CHECK(strstr(prom.text, "kiriwake_rows_dropped 0\n") == NULL);
	CHECK(html.used < 700000, "%zu bytes", html.used);
}

/* A flood of lesser findings takes no place from a fault. */
static void test_worst_stay(void)
{
	char name[32];

	begin();
	script_run_begin(&rec, "0007", &inventory);
	for (unsigned i = 0; i < 2 * DIGEST_FINDINGS; i++) {
		snprintf(name, sizeof(name), "disk%u", i);
		record_finding(&rec, FINDING_DISK_SMART_WARNING, name, NULL, 0, "worn");
	}
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "a bit flipped");
	write_all(&digest);
	CHECK_U64(digest.finding_count, DIGEST_FINDINGS);
	CHECK_U64(digest.dropped.findings, DIGEST_FINDINGS + 1);
	CHECK(strstr(html.text, "a bit flipped") != NULL);
	CHECK(strstr(html.text, "disk95</h3>") == NULL && strstr(html.text, "disk94</h3>") != NULL);
	CHECK(strstr(prom.text, "code=\"mem-bit-error\",part=\"mem\",verdict=\"FAIL\"} 1\n") !=
		NULL);
}

/* The curve that takes the place of an earlier one may have more points than that had. */
static void test_thinned(void)
{
	begin();
	script_run_begin(&rec, "0007", &inventory);
	record_check_begin(&rec, "x.y", "", "");
	for (size_t i = 0; i < 10; i++)
		curve[i] = (struct point){i, i};
	record_series(&rec, "mem", "s", "B", "B", 0, curve, 4);
	record_series(&rec, "mem", "s", "B", "B", 0, curve, 10);
	CHECK_U64(digest.series_count, 1);
	CHECK_U64(digest.series[0].count, 4);
	CHECK_U64(digest.series[0].thinned, 6);
	CHECK_U64(digest.points[3].x, 9);
	record_series(&rec, "mem", "s", "B", "B", 0, curve, 2);
	CHECK_U64(digest.series[0].count, 2);
}

static void test_svg(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} timed[] = {{1, "1 ns"}, {1500, "1.5 us"}, {1000000, "1 ms"}, {2 * S, "2 s"},
		{90 * S, "90 s"}, {120 * S, "2 min"}, {7200 * S, "2 h"},
		{UINT64_MAX, "18446744073.7 s"}};
	struct svg_plot p;
	char buf[SVG_LABEL];

	for (size_t i = 0; i < ARRAY_LEN(timed); i++) {
		svg_time(buf, timed[i].ns);
		CHECK_STR(buf, timed[i].text);
	}
	CHECK_U64(svg_log2(0), 0);
	CHECK_U64(svg_log2(1), 0);
	CHECK_U64(svg_log2(UINT64_C(1) << 40), 40 * 256);
	CHECK(svg_log2(3) > 400 && svg_log2(3) < 412, "log2(3) is 405.8 of 256");
	CHECK(svg_log2(UINT64_MAX) > 63 * 256 && svg_log2(UINT64_MAX) <= 64 * 256);
	svg_plot_init(&p, to(&again), 4800, 2200);
	p.x = (struct svg_axis){.high = UINT64_MAX};
	p.y = (struct svg_axis){.log = true, .high = UINT64_MAX};
	CHECK_U64(svg_x(&p, 0), p.left);
	CHECK_U64(svg_x(&p, UINT64_MAX), p.right);
	CHECK((p.left + p.right) / 2 - svg_x(&p, UINT64_MAX / 2) <= 1);
	CHECK_U64(svg_y(&p, UINT64_MAX), p.top);
	svg_axes(&p);
	for (unsigned unit = SVG_PLAIN; unit <= SVG_ADDRESS; unit++) {
		p.y = (struct svg_axis){
			.unit = (enum svg_unit)unit, .decimals = 2, .low = 7, .high = 7};
		svg_axes(&p);
		p.y = (struct svg_axis){
			.unit = (enum svg_unit)unit, .low = UINT64_MAX - 1, .high = UINT64_MAX};
		svg_axes(&p);
	}
}

int main(void)
{
	test_golden();
	test_unfinished();
	test_hostile();
	test_flood();
	test_worst_stay();
	test_thinned();
	test_svg();
	return test_end(__FILE__);
}
