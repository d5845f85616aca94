/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage: what holds for every run there may be, whatever is found in whatever order, and however much. */
#include "core/rng.h"
#include "triage_bench.h"

struct event {
	enum finding_code code;
	enum verdict verdict;
	const char *part, *nic, *ip;
};

static struct event any_event(struct rng *rng)
{
	static const char *const parts[] = {NULL, NULL, NULL, "mem", "dimm0", "dimm1", "net",
		"nic0", "nic1", "disk0", "disk1", "board", "fw", "cpu0", "disk9", ""};
	static const char *const nics[] = {NULL, "nic0", "nic1", "nic7"};
	static const char *const ips[] = {NULL, "10.0.0.1", "10.0.0.2"};

	return (struct event){(enum finding_code)rng_below(rng, FINDING_COUNT),
		rng_below(rng, 2) ? FAIL : WARN, parts[rng_below(rng, ARRAY_LEN(parts))],
		nics[rng_below(rng, ARRAY_LEN(nics))], ips[rng_below(rng, ARRAY_LEN(ips))]};
}

static void shuffle(struct event *events, size_t count, struct rng *rng)
{
	for (size_t i = count; i > 1; i--) {
		const size_t j = (size_t)rng_below(rng, i);
		const struct event e = events[i - 1];

		events[i - 1] = events[j];
		events[j] = e;
	}
}

static struct bench *bench_with(const struct event *events, size_t count)
{
	struct bench *b = bench_server();

	for (size_t i = 0; i < count; i++)
		find_as(b, events[i].code, events[i].verdict, events[i].part, events[i].nic,
			events[i].ip);
	cover_all(b);
	return b;
}

static bool accuses_nobody(enum finding_code code)
{
	static const enum finding_code codes[] = {FINDING_MEM_SELFTEST_MISSED,
		FINDING_LOG_UNAVAILABLE, FINDING_OPTION_UNKNOWN, FINDING_OPTION_BAD_VALUE};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i] == code)
			return true;
	}
	return false;
}

static void check_any(const struct event *events, size_t count, const struct bench *b)
{
	const struct heard *h = &b->heard;
	unsigned found = 0;
	bool fail = false;

	for (size_t i = 0; i < count; i++) {
		fail = fail || (events[i].verdict == FAIL && !accuses_nobody(events[i].code));
	}
	for (size_t i = 0; i < b->triage.count; i++) {
		const struct suspect *s = &b->triage.suspects[i];

		found += s->findings;
		CHECK(s->findings == 0 || s->state != SUSPECT_CLEARED, "%s is cleared", s->part);
	}
	CHECK(found <= count && (fail == false || h->states[0] == SUSPECT_FAULTY),
		"a FAIL without a FAULTY suspect\n%s", h->lines);
	for (unsigned i = 0; i < h->count; i++)
		CHECK((h->codes[i][0] != '\0') == (h->states[i] == SUSPECT_FAULTY), "%s", h->lines);
}

static void test_any_run(void)
{
	struct rng rng = {2};

	for (unsigned n = 0; n < 3000; n++) {
		struct event events[12];
		const size_t count = 1 + (size_t)rng_below(&rng, ARRAY_LEN(events));
		struct bench *a, *b;

		for (size_t i = 0; i < count; i++)
			events[i] = any_event(&rng);
		a = bench_with(events, count);
		judge(a);
		check_any(events, count, a);
		shuffle(events, count, &rng);
		b = bench_with(events, count);
		judge(b);
		CHECK(strcmp(a->heard.lines, b->heard.lines) == 0, "order matters:\n%s---\n%s",
			a->heard.lines, b->heard.lines);
		for (unsigned i = 0; i < a->heard.count; i++)
			CHECK(a->heard.states[i] == SUSPECT_UNTESTED ||
					strcmp(a->heard.evidence[i], b->heard.evidence[i]) == 0,
				"%s / %s", a->heard.evidence[i], b->heard.evidence[i]);
		CHECK(memcmp(a->heard.codes, b->heard.codes, sizeof(a->heard.codes)) == 0);
		free(a);
		free(b);
	}
}

/* More than there is room for, and every suspect still answers for what was found on it. */
static void test_flood(void)
{
	struct bench *b = bench_server();
	const struct heard *h;
	char text[40];

	for (unsigned i = 0; i < 2 * TRIAGE_CASES; i++) {
		fmt_to(text, sizeof(text), "10.0.%u.%u", i >> 8, i & 255);
		find(b, FINDING_NET_DUPLICATE_IP, NULL, "nic0", text);
	}
	for (unsigned i = 0; i < 2 * PARTS_MAX; i++) {
		fmt_to(text, sizeof(text), "disk%u", 100 + i);
		find(b, FINDING_DISK_READ_ERROR, text, NULL, NULL);
	}
	find(b, FINDING_MEM_CORRECTED_ERROR, "mem", NULL, NULL);
	for (unsigned i = 0; i < 2 * TRIAGE_STEPS; i++) {
		fmt_to(text, sizeof(text), "mem.x%u", i);
		step(b, text, PASS, "");
	}
	cover_all(b);
	h = judge(b);
	CHECK(h->states[0] == SUSPECT_FAULTY);
	for (size_t i = 0; i < b->triage.count; i++) {
		const struct suspect *s = &b->triage.suspects[i];

		CHECK(s->kind != PART_NETWORK || s->state == SUSPECT_FAULTY);
		CHECK(s->kind != PART_MEMORY || s->state == SUSPECT_SUSPECT, "%d", (int)s->state);
		CHECK(s->place != SIZE_MAX || s->state == SUSPECT_FAULTY);
	}
	free(b);
}

int main(void)
{
	test_any_run();
	test_flood();
	return test_end(__FILE__);
}
