/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* results.jsonl read back: every renderer writes the same once more, and a torn file is read as far as it goes. */
#include "output.h"
#include "report/civil.h"
#include "report/jsonl.h"
#include "report/latest.h"
#include "report/replay.h"
#include "report/textlog.h"
#include "report_script.h"

/* The renderers that all that is in the records goes through. */
struct pages {
	struct output jsonl, log, latest;
	struct jsonl writer;
	struct textlog textlog;
	struct latest page;
};

static struct pages first, again, third;
static struct recorder rec;
static struct inventory inventory;
static struct replay replay;

static void pages_begin(struct pages *p)
{
	jsonl_init(&p->writer, to(&p->jsonl));
	textlog_init(&p->textlog, to(&p->log));
	latest_init(&p->page);
	to(&p->latest);
}

static void record_into(struct pages *p)
{
	script_ns = 77 * S;
	script_inventory(&inventory);
	pages_begin(p);
	recorder_init(&rec, &script_clock);
	recorder_listen(&rec, jsonl_listener(&p->writer));
	recorder_listen(&rec, textlog_listener(&p->textlog));
	recorder_listen(&rec, latest_listener(&p->page));
}

static void replay_into(struct pages *p, const char *text, size_t len)
{
	memset(&replay, 0, sizeof(replay));
	pages_begin(p);
	replay_listen(&replay, jsonl_listener(&p->writer));
	replay_listen(&replay, textlog_listener(&p->textlog));
	replay_listen(&replay, latest_listener(&p->page));
	replay_run(&replay, (struct text){text, len});
	latest_write(&p->page, to(&p->latest));
}

static void check_same(const char *what)
{
	latest_write(&first.page, to(&first.latest));
	replay_into(&again, first.jsonl.text, first.jsonl.used);
	CHECK_U64(replay.bad_lines, 0);
	output_same(what, again.jsonl.text, first.jsonl.text);
	output_same(what, again.log.text, first.log.text);
	output_same(what, again.latest.text, first.latest.text);
}

static void test_same(void)
{
	record_into(&first);
	script_run(&rec, &inventory);
	check_same("a run");
	record_into(&first);
	script_run_begin(&rec, "0007", &inventory);
	script_memory(&rec);
	record_check_begin(&rec, "disk.read", "title", "");
	record_progress(&rec, "disk0", "sequential", 5, 0, "reads", "lba", 12345);
	check_same("a run that hung");
}

/* What cannot be said outside a step becomes a log line, which is what it was in the file. */
static void test_hostile(void)
{
	record_into(&first);
	script_hostile(&rec, &inventory);
	replay_into(&again, first.jsonl.text, first.jsonl.used);
	CHECK_U64(replay.bad_lines, 0);
	output_same("a hostile run", again.jsonl.text, first.jsonl.text);
	CHECK(strstr(again.log.text, "<script>") != NULL);
}

/* Cut anywhere: what is whole is there, and reading what that became changes nothing more. */
static void test_torn(void)
{
	size_t lines = 0;

	record_into(&first);
	script_run(&rec, &inventory);
	for (size_t cut = 0; cut < first.jsonl.used; cut += 211) {
		replay_into(&again, first.jsonl.text, cut);
		CHECK(replay.bad_lines <= 1, "cut at %zu", cut);
		replay_into(&third, again.jsonl.text, again.jsonl.used);
		output_same("torn", third.jsonl.text, again.jsonl.text);
		CHECK(again.writer.sequence >= lines, "cut at %zu", cut);
		lines = again.writer.sequence;
	}
	for (size_t at = 100; at < first.jsonl.used; at += 1009) {
		static char torn[OUTPUT_MAX];

		memcpy(torn, first.jsonl.text, first.jsonl.used);
		memset(torn + at, '\xff', 90); /* a cluster that was never written */
		replay_into(&again, torn, first.jsonl.used);
		CHECK(strstr(again.log.text, "KIRIWAKE END verdict=FAIL") != NULL ||
				at + 2000 > first.jsonl.used,
			"hole at %zu", at);
		replay_into(&third, again.jsonl.text, again.jsonl.used);
		output_same("holes", third.jsonl.text, again.jsonl.text);
	}
}

static bool reads(const char *text)
{
	return json_read(&replay.tree, (struct text){text, strlen(text)});
}

static void test_json(void)
{
	static const char *const good[] = {"{}", "[]", " [1, 2.5,-0, 1e9 ,true,false,null] ", "0",
		"\"\\u0041\\n\\\\\"", "{\"a\":{\"b\":[[],{}]},\"c\":1}",
		"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"};
	static const char *const bad[] = {"", "{", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}",
		"01", "1.", ".5", "-", "1e", "tru", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\n\"",
		"[1 2]", "[1]]", "{} {}", "[}", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"};
	const struct json_tree *t = &replay.tree;
	const struct json_node *n;
	uint64_t value;
	unsigned decimals;

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(reads(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!reads(bad[i]), "%s", bad[i]);
	CHECK(reads(
		"{\"x\":[1,{\"y\":2}],\"s\":\"\\u0000\\u0041\\u00e9\xc3\",\"n\":12.50,\"n\":7}"));
	CHECK_STR(json_string(t, t->nodes, "s"), "?A??");
	CHECK(json_string(t, t->nodes, "n") == NULL && json_string(t, NULL, "n") == NULL);
	n = json_member(t, t->nodes, "n", JSON_NUMBER);
	CHECK(json_to_decimal(n, &value, &decimals) && value == 1250 && decimals == 2);
	CHECK_U64(json_whole(t, t->nodes, "n", 5), 5);
	n = json_member(t, t->nodes, "x", JSON_ARRAY);
	n = json_next(t, n, json_first(t, n));
	CHECK_U64(json_whole(t, n, "y", 0), 2);
	CHECK(reads("18446744073709551615") && json_to_decimal(t->nodes, &value, &decimals));
	CHECK(reads("18446744073709551616") && !json_to_decimal(t->nodes, &value, &decimals));
	CHECK(reads("-1") && !json_to_decimal(t->nodes, &value, &decimals));
	CHECK(reads("0.1234567890") && !json_to_decimal(t->nodes, &value, &decimals));
}

static const char *last_failure_code;

static void hear_triage(void *ctx, const struct record *r)
{
	(void)ctx;
	if (r->kind == RECORD_TRIAGE)
		last_failure_code = r->u.triage.failure_code;
}

/* Pages and screens print a failure code as it stands: nothing else gets to be one. */
static void test_failure_code(void)
{
	static const struct {
		const char *text;
		bool is_code;
	} cases[] = {{"B8XG-FAVX", true}, {"B8XG-FAVY", false}, {"<script>", false},
		{"\\u001b[2J", false}, {"", false}};
	char line[256];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(line, sizeof(line),
			"{\"testStepArtifact\":{\"testStepId\":\"t\",\"extension\":{\"name\":\"triage\","
			"\"content\":{\"suspect\":\"x\",\"failure_code\":\"%s\"}}}}",
			cases[i].text);
		memset(&replay, 0, sizeof(replay));
		replay_listen(&replay, (struct listener){hear_triage, NULL});
		last_failure_code = "none heard";
		replay_line(&replay, (struct text){line, strlen(line)});
		CHECK_U64(replay.bad_lines, 0);
		CHECK((last_failure_code != NULL) == cases[i].is_code, "%s", cases[i].text);
	}
}

/* The END line may be another run's, or another's word: it says nothing better than what stands before it. */
static void test_end_is_no_better(void)
{
	const char *end;

	record_into(&first);
	script_run_begin(&rec, "0007", &inventory);
	script_duplicate_ip(&rec);
	script_run_end(&rec, "0007", PASS, NULL);
	replay_into(&again, first.jsonl.text, first.jsonl.used);
	end = strstr(again.log.text, "KIRIWAKE END verdict=FAIL complete=yes");
	CHECK(end != NULL, "%s", again.log.text);
	CHECK(strncmp(again.latest.text, "Verdict: FAIL\n", 14) == 0, "%s", again.latest.text);
	replay_into(&third, again.jsonl.text, again.jsonl.used);
	output_same("again", third.jsonl.text, again.jsonl.text);
}

/* Of a run whose own checks were all skipped, what passed beside them makes no PASS. */
static void test_skipped_run(void)
{
	record_into(&first);
	script_run_begin(&rec, "0007", &inventory);
	script_triage_step(&rec);
	script_run_end(&rec, "0007", SKIP, NULL);
	replay_into(&again, first.jsonl.text, first.jsonl.used);
	CHECK(strstr(again.log.text, "KIRIWAKE END verdict=SKIP ") != NULL, "%s", again.log.text);
	output_same("skipped", again.jsonl.text, first.jsonl.text);
}

static void test_civil(void)
{
	static const int64_t instants[] = {
		0, 951782399, 951782400, 951868800, 1704067199, 4107542400, 253402300799};
	char buf[CIVIL_TEXT];
	uint64_t ms;

	for (size_t i = 0; i < ARRAY_LEN(instants); i++) {
		CHECK(civil_read(civil_text(buf, instants[i], 987 * MS), &ms), "%s", buf);
		CHECK_U64(ms, (uint64_t)instants[i] * 1000 + 987);
	}
	CHECK(!civil_read("", &ms) && !civil_read("2024-02-29T00:00:00Z", &ms));
	CHECK(!civil_read("2024-13-01T00:00:00.000Z", &ms) &&
		!civil_read("1969-12-31T00:00:00.000Z", &ms));
}

int main(void)
{
	test_json();
	test_civil();
	test_failure_code();
	test_end_is_no_better();
	test_skipped_run();
	test_same();
	test_hostile();
	test_torn();
	return test_end(__FILE__);
}
