/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The renderers: against golden files (UPDATE_GOLDEN=1 writes them anew), and with hostile input. */
#include "output.h"
#include "report/console.h"
#include "report/jsonl.h"
#include "report/latest.h"
#include "report/lines.h"
#include "report/report.h"
#include "report/textlog.h"
#include "report_script.h"

/* All renderers listening to one recorder. */
static struct bench {
	struct output console, verbose, log, jsonl, latest;
	struct console_report console_report, verbose_report;
	struct textlog textlog;
	struct jsonl writer;
	struct latest page;
	struct recorder rec;
	struct inventory inventory;
} bench;

static void bench_start(void)
{
	script_ns = 77 * S;
	script_inventory(&bench.inventory);
	console_report_init(&bench.console_report, to(&bench.console));
	console_report_init(&bench.verbose_report, to(&bench.verbose));
	bench.verbose_report.verbose = true;
	textlog_init(&bench.textlog, to(&bench.log));
	jsonl_init(&bench.writer, to(&bench.jsonl));
	latest_init(&bench.page);
	recorder_init(&bench.rec, &script_clock);
	recorder_listen(&bench.rec, console_report_listener(&bench.console_report));
	recorder_listen(&bench.rec, console_report_listener(&bench.verbose_report));
	recorder_listen(&bench.rec, textlog_listener(&bench.textlog));
	recorder_listen(&bench.rec, jsonl_listener(&bench.writer));
	recorder_listen(&bench.rec, latest_listener(&bench.page));
}

/* Printable, at most 79 columns; `last_may_be_long`: but for the END line. */
static void check_screen(const char *text, bool last_may_be_long)
{
	size_t column = 0;

	for (const char *p = text; *p != '\0'; p++) {
		CHECK((*p >= ' ' && *p <= '~') || *p == '\n' || *p == '\r', "byte 0x%02x at %zu",
			(unsigned char)*p, (size_t)(p - text));
		column = *p == '\n' || *p == '\r' ? 0 : column + 1;
		if (last_may_be_long && strncmp(p, "\nKIRIWAKE END", 13) == 0)
			break;
		CHECK(column <= LINES_COLUMNS, "\"%.40s\"", p - 40);
	}
}

static const char *last_line(const char *text)
{
	const char *line = text;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n' && p[1] != '\0')
			line = p + 1;
	}
	return line;
}

static void test_golden(void)
{
	static const char end[] = "KIRIWAKE END verdict=FAIL complete=no run=0007 checks=5 pass=2 "
				  "warn=0 fail=2 error=0 skip=1\n";

	bench_start();
	script_run(&bench.rec, &bench.inventory);
	latest_write(&bench.page, to(&bench.latest));
	output_golden("console.txt", bench.console.text);
	output_golden("console-verbose.txt", bench.verbose.text);
	output_golden("log.txt", bench.log.text);
	output_golden("results.jsonl", bench.jsonl.text);
	output_golden("latest.txt", bench.latest.text);
	CHECK_STR(last_line(bench.console.text), end);
	CHECK_STR(last_line(bench.log.text), end);
	CHECK_STR(last_line(bench.latest.text), end);
	check_screen(bench.console.text, true);
	check_screen(bench.verbose.text, true);
	check_screen(bench.latest.text, true);
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

/* A line of results.jsonl is one write where it fits, and whole where it does not. */
static void test_line_writes(void)
{
	struct inventory *inv = &bench.inventory;

	bench_start();
	script_run(&bench.rec, inv);
	CHECK_U64(bench.jsonl.writes, count(bench.jsonl.text, '\n'));

	bench_start();
	while (inv->count < PARTS_MAX) {
		struct part p = {.kind = PART_DIMM};

		fmt_to(p.id, sizeof(p.id), "dimm%zu", inv->count);
		memset(p.name, 'n', PART_TEXT - 1);
		memset(p.serial, 's', PART_TEXT - 1);
		script_part(inv, p);
	}
	script_run_begin(&bench.rec, "0007", inv);
	CHECK(bench.jsonl.writes > 2);
	CHECK_U64(count(bench.jsonl.text, '\n'), 2);
	CHECK_U64(count(bench.jsonl.text, '{'), count(bench.jsonl.text, '}'));
	CHECK(strstr(bench.jsonl.text, "{\"hardwareInfoId\":\"dimm191\",\"name\":\"nnn") != NULL);
	record_check_begin(&bench.rec, "mem.test", "", "");
	record_measure(&bench.rec, "dimm191", "speed", 1, 0, "MB/s");
	CHECK(strstr(bench.jsonl.text, "\"hardwareInfoId\":\"dimm191\"}}}\n") != NULL);
}

static void test_unfinished(void)
{
	bench_start();
	script_run_begin(&bench.rec, "0007", &bench.inventory);
	script_duplicate_ip(&bench.rec);
	record_check_begin(&bench.rec, "disk.read", "", "");
	latest_write(&bench.page, to(&bench.latest));
	output_golden("latest-unfinished.txt", bench.latest.text);
	check_screen(bench.latest.text, false);
}

static void test_hostile(void)
{
	bench_start();
	script_hostile(&bench.rec, &bench.inventory);
	latest_write(&bench.page, to(&bench.latest));
	output_golden("results-hostile.jsonl", bench.jsonl.text);
	check_screen(bench.console.text, true);
	check_screen(bench.verbose.text, true);
	check_screen(bench.latest.text, true);
	CHECK(strstr(bench.console.text, "No log was written") != NULL);
	for (const char *p = bench.log.text; *p != '\0'; p++)
		CHECK((*p >= ' ' && *p <= '~') || *p == '\n');
}

/* Floods: what is left out is counted, and only left out where a log has it. */
static void test_bounds(void)
{
	bench_start();
	script_run_begin(&bench.rec, "0007", &bench.inventory);
	record_check_begin(&bench.rec, "disk.read", "", "");
	for (int i = 0; i < 1000; i++) {
		struct field f = FIELD_NUM("lba", (uint64_t)i);

		record_finding(&bench.rec, FINDING_DISK_READ_ERROR, "disk0", &f, 1, "bad");
		script_triage(&bench.rec, "disk0", "disk0", SUSPECT_FAULTY, "bad", "replace");
		bench.console.used = bench.verbose.used = bench.log.used = bench.jsonl.used = 0;
	}
	record_check_end(&bench.rec, FAIL);
	CHECK(strstr(bench.console.text, "  ... 992 more of them stand in log.txt\n") != NULL);
	latest_write(&bench.page, to(&bench.latest));
	CHECK(strstr(bench.latest.text, "Findings: 1000\n") != NULL);
	CHECK(strstr(bench.latest.text, "\n980 more stand in log.txt.\n") != NULL);
	CHECK(strstr(bench.latest.text, "\n976 more stand in log.txt.\n") != NULL);

	bench_start();
	script_run_begin(&bench.rec, "none", &bench.inventory);
	record_check_begin(&bench.rec, "disk.read", "", "");
	for (int i = 0; i < 30; i++)
		record_finding(&bench.rec, FINDING_DISK_READ_ERROR, "disk0", NULL, 0, "bad %d", i);
	CHECK(strstr(bench.console.text, "bad 29\n") != NULL);
}

/* On the first page the worst findings have the room, in the order of time. */
static void test_worst_first_page(void)
{
	const char *first, *second;

	bench_start();
	script_run_begin(&bench.rec, "0007", &bench.inventory);
	for (int i = 0; i < 30; i++)
		record_finding(&bench.rec, FINDING_OPTION_UNKNOWN, NULL, NULL, 0, "key %d.", i);
	record_finding(&bench.rec, FINDING_DISK_READ_ERROR, "disk0", NULL, 0, "first fault");
	record_finding(&bench.rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "second fault");
	latest_write(&bench.page, to(&bench.latest));
	first = strstr(bench.latest.text, "first fault");
	second = strstr(bench.latest.text, "second fault");
	CHECK(first != NULL && second > first);
	CHECK(strstr(bench.latest.text, "key 17.") != NULL);
	CHECK(strstr(bench.latest.text, "key 18.") == NULL);
	CHECK(strstr(bench.latest.text, "\n12 more stand in log.txt.\n") != NULL);
}

static void test_left(void)
{
	static const struct {
		uint64_t left_ns;
		const char *text;
	} cases[] = {
		{0, ""},
		{1, "1 s left"},
		{58 * S, "59 s left"},
		{60 * S, "2 min left"},
		{5900 * S, "99 min left"},
		{6000 * S, "1 h 41 min left"},
		{UINT64_MAX, "5124095 h 35 min left"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct record r = {.u.progress = {.left_ns = cases[i].left_ns}};
		char left[REPORT_LEFT];

		report_left(left, &r);
		CHECK(text_same(left, cases[i].text), "%s", left);
	}
}

/* The progress line is rewritten at most once a second, and gone before other output. */
static void test_live_line(void)
{
	size_t before;

	bench_start();
	record_check_begin(&bench.rec, "mem.march-c", "title", "");
	CHECK(bench.console.text[0] == '\r');
	CHECK_U64(bench.console.used, 1 + LINES_COLUMNS);
	before = bench.console.used;
	for (int i = 0; i < 99; i++) {
		after(10 * MS);
		record_progress(&bench.rec, NULL, "x", 1, 2, "B", NULL, 0);
	}
	CHECK_U64(bench.console.used, before);
	after(10 * MS);
	record_progress(&bench.rec, NULL, "x", 1, 2, "B", NULL, 0);
	CHECK_U64(bench.console.used, before + 1 + LINES_COLUMNS);
	CHECK(strstr(bench.console.text, "x, 50 %, 1 B of 2 B") != NULL);
	before = bench.console.used;
	record_note(&bench.rec, NULL, "not for this screen");
	CHECK_U64(bench.console.used, before);
	record_finding(&bench.rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "bad");
	CHECK(memcmp(bench.console.text + before, "\r          ", 11) == 0);
	CHECK(memcmp(bench.console.text + before + 1 + LINES_COLUMNS, "\r  !! mem-bit-error", 19) ==
		0);
}

/* More different steps than the writer can count: ids stay unique. */
static void test_many_steps(void)
{
	char id[24];

	bench_start();
	script_run_begin(&bench.rec, "0001", &bench.inventory);
	for (int i = 0; i < JSONL_STEPS + 2; i++) {
		snprintf(id, sizeof(id), "x.step-%d", i);
		record_check_begin(&bench.rec, id, "", "");
		record_check_end(&bench.rec, SKIP);
	}
	record_check_begin(&bench.rec, "x.step-0", "", "");
	CHECK_STR(bench.writer.step, "x.step-0#2");
	record_check_end(&bench.rec, SKIP);
	record_check_begin(&bench.rec, "x.step-97", "", "");
	CHECK(strncmp(bench.writer.step, "x.step-97#", 10) == 0, "%s", bench.writer.step);
}

static void test_civil(void)
{
	static const struct {
		int64_t wall_s;
		uint64_t after_ns;
		const char *text;
	} cases[] = {
		{0, 0, "1970-01-01T00:00:00.000Z"},
		{951782399, 999999999, "2000-02-28T23:59:59.999Z"},
		{951782400, 0, "2000-02-29T00:00:00.000Z"},
		{951868799, 1000000000, "2000-03-01T00:00:00.000Z"},
		{1704067199, 0, "2023-12-31T23:59:59.000Z"},
		{4107542400, 0, "2100-03-01T00:00:00.000Z"},
		{253402300799, 5 * S, "9999-12-31T23:59:59.000Z"},
		{-5, 0, "1970-01-01T00:00:00.000Z"},
	};
	char buf[CIVIL_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(civil_text(buf, cases[i].wall_s, cases[i].after_ns), cases[i].text);
}

static void test_lines(void)
{
	static const char words[] = "one  two\tthree-is-long four";
	struct text rest = {words, sizeof(words) - 1}, line;
	static struct output out;

	CHECK(lines_next(&rest, 8, &line) && text_is(line, "one  two"));
	CHECK(lines_next(&rest, 8, &line) && text_is(line, "three-is"));
	CHECK(lines_next(&rest, 8, &line) && text_is(line, "-long"));
	CHECK(lines_next(&rest, 8, &line) && text_is(line, "four"));
	CHECK(!lines_next(&rest, 8, &line));
	lines_write(to(&out), "head: ", 2, "");
	CHECK_STR(out.text, "head: \n");
}

int main(void)
{
	test_left();
	test_golden();
	test_line_writes();
	test_unfinished();
	test_hostile();
	test_bounds();
	test_worst_first_page();
	test_live_line();
	test_many_steps();
	test_civil();
	test_lines();
	return test_end(__FILE__);
}
