/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage on recorded runs: who is accused, in which order, with what proof; and what holds for every run there may be. */
#include "core/failure_code.h"
#include "core/rng.h"
#include "host/sim_clock.h"
#include "suite/triage.h"
#include "tests/test.h"
#include <stdlib.h>

#define HEARD_MAX 40

/* What triage said: in lines "FAULTY net", "UNTESTED net<nic0" for what follows from nic0's fault. */
struct heard {
	unsigned count;
	char suspects[HEARD_MAX][96];
	char evidence[HEARD_MAX][512];
	char next[HEARD_MAX][512];
	char codes[HEARD_MAX][FAILURE_CODE];
	enum suspect_state states[HEARD_MAX];
	char lines[HEARD_MAX * 32];
};

static void hear(void *ctx, const struct record *r)
{
	static const char *const names[] = {"UNTESTED", "CLEARED", "SUSPECT", "FAULTY"};
	struct heard *h = ctx;

	if (r->kind != RECORD_TRIAGE || h->count == HEARD_MAX)
		return;
	text_copy(h->suspects[h->count], sizeof(h->suspects[0]), r->u.triage.suspect);
	text_copy(h->evidence[h->count], sizeof(h->evidence[0]), r->message);
	text_copy(h->next[h->count], sizeof(h->next[0]),
		r->u.triage.next != NULL ? r->u.triage.next : "");
	text_copy(h->codes[h->count], FAILURE_CODE,
		r->u.triage.failure_code != NULL ? r->u.triage.failure_code : "");
	h->states[h->count++] = r->u.triage.state;
	fmt_add(h->lines, sizeof(h->lines), "%s %s%s%s\n", names[r->u.triage.state], r->part,
		r->u.triage.because_of != NULL ? "<" : "",
		r->u.triage.because_of != NULL ? r->u.triage.because_of : "");
}

/* A machine, and what was recorded of it. */
struct bench {
	struct clock_port clock;
	struct sim_clock sim;
	struct inventory inventory;
	struct triage triage;
	struct recorder rec;
	struct heard heard;
};

static struct bench *bench_of(const struct part *parts, size_t count)
{
	struct bench *b = calloc(1, sizeof(*b));

	memcpy(b->inventory.parts, parts, count * sizeof(*parts));
	b->inventory.count = count;
	sim_clock_init(&b->sim, &b->clock);
	recorder_init(&b->rec, &b->clock);
	triage_begin(&b->triage, &b->inventory);
	recorder_listen(&b->rec, triage_listener(&b->triage));
	recorder_listen(&b->rec, (struct listener){hear, &b->heard});
	return b;
}

static const struct heard *judge(struct bench *b)
{
	b->heard.count = 0;
	b->heard.lines[0] = '\0';
	triage_emit(&b->triage, &b->rec);
	return &b->heard;
}

/* A server with two cards and two disks. */
static const struct part server[] = {{PART_BOARD, "board", .name = "X10SRi-F", .serial = "ZM15"},
	{PART_FIRMWARE, "fw", .name = "EDK II"}, {PART_CPU, "cpu0", .name = "Xeon"},
	{PART_MEMORY, "mem", .name = "memory"}, {PART_DIMM, "dimm0", .name = "DDR4"},
	{PART_DIMM, "dimm1", .name = "DDR4"}, {PART_NETWORK, "net", .name = "network"},
	{PART_NIC, "nic0", .name = "Intel"}, {PART_NIC, "nic1", .name = "Intel"},
	{PART_DISK, "disk0", .name = "SSD", .serial = "S3Z9NB0K"},
	{PART_DISK, "disk1", .name = "HDD"}};

static struct bench *bench_server(void)
{
	return bench_of(server, ARRAY_LEN(server));
}

/* A finding with the fields that matter to triage; NULL: not there. */
static void find_as(struct bench *b, enum finding_code code, enum verdict verdict, const char *part,
	const char *nic, const char *ip)
{
	const struct field fields[] = {
		FIELD_STR("nic", nic != NULL ? nic : ""), FIELD_STR("ip", ip != NULL ? ip : "")};

	if (part != NULL && strncmp(part, "nic", 3) == 0)
		nic = part; /* so that what triage takes for the same says the same */
	record_finding_as(&b->rec, code, verdict, part, fields, 2, "%s on %s at %s.",
		finding_info(code)->code, nic != NULL ? nic : "-", ip != NULL ? ip : "-");
}

static void find(
	struct bench *b, enum finding_code code, const char *part, const char *nic, const char *ip)
{
	find_as(b, code, finding_info(code)->verdict, part, nic, ip);
}

static void step(struct bench *b, const char *id, enum verdict verdict, const char *why)
{
	record_check_begin(&b->rec, id, "", "");
	record_why(&b->rec, "%s", why);
	record_check_end(&b->rec, verdict);
}

static void cover_all(struct bench *b)
{
	for (size_t i = 0; i < b->inventory.count; i++)
		record_coverage(&b->rec, b->inventory.parts[i].id, "looked at %s",
			b->inventory.parts[i].id);
}

/* ---- several faults ---- */

/* The case behind this program: two owners of the address, and the SSD is bad, too. */
static void test_both_guilty(void)
{
	struct bench *b = bench_server();
	const struct heard *h;
	struct failure f;

	cover_all(b);
	find(b, FINDING_DISK_READ_ERROR, "disk0", NULL, NULL);
	find(b, FINDING_DISK_FIRMWARE_LIED, NULL, NULL, NULL);
	find(b, FINDING_NET_DUPLICATE_IP, NULL, "nic0", "192.168.1.20");
	h = judge(b);
	CHECK_STR(h->lines, "FAULTY net\nFAULTY disk0\nSUSPECT fw\nCLEARED board\nCLEARED mem\n"
			    "CLEARED nic0\nCLEARED nic1\nCLEARED disk1\n");
	CHECK(failure_code_read(h->codes[0], &f) == FAILURE_OK);
	CHECK(f.code == FINDING_NET_DUPLICATE_IP && f.kind == PART_NETWORK && !f.has_serial);
	CHECK(failure_code_read(h->codes[1], &f) == FAILURE_OK);
	CHECK(f.code == FINDING_DISK_READ_ERROR && failure_code_fits(&f, "S3Z9NB0K"));
	CHECK_STR(h->codes[2], "");
	free(b);
}

/* ---- one fault explains another ---- */

static void test_no_link(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	find(b, FINDING_NIC_NO_LINK, "nic0", "nic0", NULL);
	find(b, FINDING_NET_NO_DHCP, NULL, NULL, NULL);
	h = judge(b);
	CHECK(strstr(h->lines, "SUSPECT nic0\nSUSPECT net\n") == h->lines,
		"nic1 has a link: DHCP should answer there\n%s", h->lines);

	find(b, FINDING_NIC_TX_HANG, "nic1", "nic1", NULL);
	h = judge(b);
	CHECK(strstr(h->lines, "FAULTY nic1\nUNTESTED net<nic1\nSUSPECT nic0\n") == h->lines,
		"no card can hear a DHCP server\n%s", h->lines);

	find(b, FINDING_NET_GATEWAY_SILENT, NULL, "nic0", "192.168.1.1");
	find(b, FINDING_NET_PACKET_LOSS, NULL, "nic0", "192.168.1.1");
	h = judge(b);
	CHECK(strstr(h->lines, "FAULTY nic0\nUNTESTED net<nic0\nFAULTY nic1\n") == h->lines,
		"a FAIL that is explained counts for its cause\n%s", h->lines);
	CHECK_STR(h->evidence[0],
		"nic-no-link on nic0 at -. (explains net-gateway-silent, net-packet-loss)");
	CHECK_STR(h->evidence[1], "nic0 explains it (without a link no frame passes): "
				  "net-gateway-silent on nic0 at 192.168.1.1.");
	CHECK_STR(h->next[1], "Nothing yet: act on nic0, then run again.");
	CHECK_STR(h->codes[1], "");

	find(b, FINDING_NET_PACKET_LOSS, NULL, "nic1", "192.168.1.7");
	find(b, FINDING_NET_MTU_HOLE, NULL, "nic1", "192.168.1.7");
	h = judge(b);
	CHECK(strstr(h->lines, "FAULTY net\n") != NULL, "an MTU hole is not explained\n%s",
		h->lines);
	free(b);
}

static void test_explained(void)
{
	static const struct {
		enum finding_code cause;
		const char *part, *nic, *ip;
		enum finding_code effect;
		const char *effect_part, *effect_nic, *effect_ip;
		const char *lines; /* as they begin */
	} cases[] = {
		{FINDING_NET_DUPLICATE_IP, NULL, "nic0", "10.0.0.1", FINDING_NET_PACKET_LOSS, NULL,
			"nic1", "10.0.0.1", "FAULTY net\n"},
		{FINDING_NIC_ERRORS, "nic0", NULL, NULL, FINDING_NET_PACKET_LOSS, NULL, "nic0",
			"10.0.0.1", "FAULTY nic0\nUNTESTED net<nic0\n"},
		{FINDING_NIC_ERRORS, "nic1", NULL, NULL, FINDING_NET_PACKET_LOSS, NULL, "nic0",
			"10.0.0.1", "FAULTY net\nSUSPECT nic1\n"},
		{FINDING_NET_DUPLEX_MISMATCH, "nic0", NULL, NULL, FINDING_NIC_ERRORS, "nic0", NULL,
			NULL, "FAULTY nic0\nUNTESTED"},
		{FINDING_MEM_UNCORRECTED_ERROR, "dimm1", NULL, NULL, FINDING_MEM_BIT_ERROR, NULL,
			NULL, NULL, "FAULTY dimm1\nUNTESTED mem<dimm1\n"},
		{FINDING_MEM_BIT_ERROR, "dimm0", NULL, NULL, FINDING_RUN_INTERRUPTED, NULL, NULL,
			NULL, "FAULTY dimm0\nUNTESTED board<dimm0\n"},
		{FINDING_DISK_TIMEOUT, "disk0", NULL, NULL, FINDING_DISK_READ_ERROR, "disk0", NULL,
			NULL, "FAULTY disk0\nUNTESTED"},
		{FINDING_DISK_TIMEOUT, "disk0", NULL, NULL, FINDING_DISK_READ_ERROR, "disk1", NULL,
			NULL, "FAULTY disk1\nFAULTY disk0\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench *b = bench_server();
		const struct heard *h;

		find(b, cases[i].effect, cases[i].effect_part, cases[i].effect_nic,
			cases[i].effect_ip);
		find(b, cases[i].cause, cases[i].part, cases[i].nic, cases[i].ip);
		h = judge(b);
		CHECK(strncmp(h->lines, cases[i].lines, strlen(cases[i].lines)) == 0,
			"case %zu:\n%s", i, h->lines);
		free(b);
	}
}

/* Of two findings on one suspect, the one that explains the other is the proof; both are told. */
static void test_chain(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	find(b, FINDING_NET_PACKET_LOSS, NULL, "nic0", "10.0.0.1");
	find(b, FINDING_NIC_ERRORS, "nic0", NULL, NULL);
	find(b, FINDING_NET_DUPLEX_MISMATCH, "nic0", NULL, NULL);
	h = judge(b);
	CHECK(strstr(h->lines, "FAULTY nic0\nUNTESTED net<nic0\n") == h->lines, "%s", h->lines);
	CHECK_STR(h->evidence[0],
		"net-duplex-mismatch on nic0 at -. (explains nic-errors, net-packet-loss)");
	free(b);
}

/* No finding may explain itself, through whatever chain. */
static bool leads_to(enum finding_code from, enum finding_code to, unsigned depth)
{
	CHECK(depth < FINDING_COUNT, "the explanations go in a circle");
	for (size_t i = 0; depth < FINDING_COUNT && i < explanation_count; i++) {
		if (explanations[i].cause == from &&
			(explanations[i].effect == to ||
				leads_to(explanations[i].effect, to, depth + 1)))
			return true;
	}
	return false;
}

static void test_rules(void)
{
	for (size_t i = 0; i < explanation_count; i++) {
		const struct explanation *e = &explanations[i];

		CHECK(e->how != NULL && e->how[0] != '\0');
		CHECK(!leads_to(e->effect, e->cause, 0), "%s", finding_info(e->cause)->code);
		for (size_t j = 0; j < i; j++)
			CHECK(e->cause != explanations[j].cause ||
					e->effect != explanations[j].effect,
				"%s twice", finding_info(e->cause)->code);
	}
	for (unsigned kind = 0; kind < PART_KIND_COUNT; kind++)
		CHECK(part_kind_name((enum part_kind)kind) != NULL, "kind %u has no name", kind);
}

/* ---- incomplete runs, and what could not be tested ---- */

static void test_incomplete(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	step(b, "mem.address", PASS, "all of it");
	record_coverage(&b->rec, "mem", "address lines on 1 GiB");
	step(b, "mem.march-c", SKIP, "not reached: the time budget is used up");
	step(b, "mem.random", SKIP, "not reached: the time budget is used up");
	step(b, "net.gateway", SKIP, "no link on any network card");
	h = judge(b);
	CHECK_STR(h->lines, "UNTESTED board\nUNTESTED fw\nUNTESTED net\nUNTESTED nic0\n"
			    "UNTESTED nic1\nUNTESTED disk0\nUNTESTED disk1\nCLEARED mem\n");
	CHECK_STR(h->evidence[7], "address lines on 1 GiB; not done: mem.march-c (not reached: "
				  "the time budget is used up) and 1 more check");
	CHECK_STR(h->evidence[2], "no check of this run measured it; not done: net.gateway (no "
				  "link on any network card)");
	CHECK_STR(h->evidence[1], "no check of this run measured it");

	step(b, "mem.march-c", PASS, "in a later pass");
	h = judge(b);
	CHECK_STR(h->evidence[7], "address lines on 1 GiB; not done: mem.random (not reached: "
				  "the time budget is used up)");
	free(b);
}

/* What broke without a name broke everything that its check tests. */
static void test_trouble(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	cover_all(b);
	record_check_begin(&b->rec, "disk.read", "", "");
	record_fault(&b->rec, "BlockIo", NULL, "the controller refused");
	record_check_end(&b->rec, PASS);
	record_check_begin(&b->rec, "nic.link", "", "");
	record_fault(&b->rec, "Snp.Start", "nic1", "the card did not start");
	record_check_end(&b->rec, PASS);
	step(b, "mem.march-c", ERROR, "the check came to no conclusion");
	h = judge(b);
	CHECK_STR(h->lines, "UNTESTED mem\nUNTESTED nic1\nUNTESTED disk0\nUNTESTED disk1\n"
			    "CLEARED board\nCLEARED fw\nCLEARED net\nCLEARED nic0\n");
	CHECK_STR(h->evidence[2],
		"could not be tested: the controller refused; before or after that: looked at disk0");

	free(b);
	b = bench_server();
	cover_all(b);
	find(b, FINDING_MEM_SELFTEST_MISSED, NULL, NULL, NULL);
	h = judge(b);
	CHECK(strncmp(h->lines, "UNTESTED mem\n", 13) == 0,
		"what a broken tester says of memory is worth nothing\n%s", h->lines);
	free(b);
}

/* Parts that the inventory does not have are accused all the same. */
static void test_strangers(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	cover_all(b);
	find(b, FINDING_DISK_READ_ERROR, "disk9", NULL, NULL);
	find(b, FINDING_NIC_TX_HANG, NULL, NULL, NULL);
	find(b, FINDING_MEM_BIT_ERROR, "dimm77", NULL, NULL);
	find(b, FINDING_OPTION_UNKNOWN, NULL, NULL, NULL);
	h = judge(b);
	CHECK(strncmp(h->lines, "FAULTY mem\nFAULTY unknown\nFAULTY disk9\n", 38) == 0, "%s",
		h->lines);
	CHECK(h->codes[1][0] != '\0' && h->codes[2][0] != '\0');
	free(b);
}

/* ---- what holds for every run ---- */

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

/* ---- in detail ---- */

static void test_triage(void)
{
	static const struct part parts[] = {{PART_MEMORY, "mem", .name = "memory"},
		{PART_NETWORK, "net", .name = "network"}, {PART_DISK, "disk0", .name = "good"},
		{PART_DISK, "disk1", .name = "bad"}, {PART_NIC, "nic0", .name = "card"},
		{PART_DIMM, "dimm0", .name = "a DIMM"}};
	struct clock_port clock;
	struct sim_clock sim;
	struct inventory *inv = calloc(1, sizeof(*inv));
	struct triage *t = calloc(1, sizeof(*t));
	struct recorder rec;
	struct heard h = {0};

	memcpy(inv->parts, parts, sizeof(parts));
	inv->count = ARRAY_LEN(parts);
	sim_clock_init(&sim, &clock);
	recorder_init(&rec, &clock);
	triage_begin(t, inv);
	recorder_listen(&rec, triage_listener(t));
	recorder_listen(&rec, (struct listener){hear, &h});
	record_coverage(&rec, "disk0", "read all of it");
	record_coverage(&rec, "disk1", "read half of it");
	record_finding(&rec, FINDING_DISK_SLOW_REGION, "disk1", NULL, 0, "slow");
	record_finding(&rec, FINDING_DISK_READ_ERROR, "disk1", NULL, 0, "sector 7 is unreadable");
	record_finding(&rec, FINDING_NET_ROGUE_DHCP, NULL, NULL, 0, "two servers");
	record_fault(&rec, "Snp.Start", "nic0", "the card did not start");
	record_coverage(&rec, "nic0", "link is up");
	record_coverage(&rec, "disk0", "read all of it");
	record_coverage(&rec, "disk0", "measured it; details");
	triage_emit(t, &rec);

	CHECK_U64(h.count, 5);
	CHECK_STR(h.suspects[0], "disk1 bad");
	CHECK(h.states[0] == SUSPECT_FAULTY);
	CHECK_STR(h.evidence[0], "sector 7 is unreadable (explains disk-slow-region)");
	CHECK_STR(h.suspects[1], "network");
	CHECK(h.states[1] == SUSPECT_SUSPECT);
	CHECK_STR(h.suspects[2], "memory");
	CHECK(h.states[2] == SUSPECT_UNTESTED, "silence does not clear");
	CHECK(h.states[3] == SUSPECT_UNTESTED, "a fault of the environment beats coverage");
	CHECK_STR(h.suspects[4], "disk0 good");
	CHECK(h.states[4] == SUSPECT_CLEARED);
	CHECK_STR(h.evidence[4], "read all of it; measured it");

	h.count = 0;
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "dimm0", NULL, 0, "bit 5 is stuck");
	triage_emit(t, &rec);
	CHECK_STR(h.suspects[0], "dimm0 a DIMM");
	CHECK(h.states[0] == SUSPECT_FAULTY);
	CHECK(strncmp(h.next[0], "Module dimm0: Reseat", 20) == 0, "%s", h.next[0]);
	CHECK_STR(h.suspects[1], "disk1 bad");
	for (unsigned i = 0; i < h.count; i++)
		CHECK(!text_same(h.suspects[i], "memory"), "its only DIMM speaks for it");
	free(inv);
	free(t);
}

/* Two of four DIMMs are named, and the memory they are part of stands for the others. */
static void test_triage_dimms(void)
{
	static const struct part parts[] = {{PART_MEMORY, "mem", .name = "memory"},
		{PART_DIMM, "dimm0", .name = "16 GiB DDR4", .location = "A1"},
		{PART_DIMM, "dimm1", .name = "16 GiB DDR4", .location = "A2", .maker = "Maker",
			.part_number = "PN-16", .serial = "SN1"},
		{PART_DIMM, "dimm2", .name = "16 GiB DDR4"}, {PART_DIMM, "dimm3", .name = "x"}};
	struct inventory *inv = calloc(1, sizeof(*inv));
	struct triage *t = calloc(1, sizeof(*t));
	struct clock_port clock;
	struct sim_clock sim;
	struct recorder rec;
	struct heard h = {0};

	memcpy(inv->parts, parts, sizeof(parts));
	inv->count = ARRAY_LEN(parts);
	sim_clock_init(&sim, &clock);
	recorder_init(&rec, &clock);
	triage_begin(t, inv);
	recorder_listen(&rec, triage_listener(t));
	recorder_listen(&rec, (struct listener){hear, &h});
	record_finding(&rec, FINDING_MEM_CORRECTED_ERROR, "dimm2", NULL, 0, "3 corrected errors");
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "dimm1", NULL, 0, "bit 5 is stuck");
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "dimm1", NULL, 0, "bit 6 is stuck");
	triage_emit(t, &rec);
	CHECK_U64(h.count, 3);
	CHECK_STR(h.suspects[0], "dimm1 A2 Maker 16 GiB DDR4");
	CHECK(h.states[0] == SUSPECT_FAULTY);
	CHECK_STR(h.evidence[0], "bit 5 is stuck (and 1 more)");
	CHECK(strncmp(h.next[0], "Slot A2, part number PN-16, serial SN1: Reseat", 46) == 0, "%s",
		h.next[0]);
	CHECK(h.states[1] == SUSPECT_SUSPECT);
	CHECK_STR(h.suspects[1], "dimm2 16 GiB DDR4");
	CHECK_STR(h.suspects[2], "memory");
	CHECK(h.states[2] == SUSPECT_UNTESTED, "what was found on one DIMM clears no other");

	h.count = 0;
	record_coverage(&rec, "mem", "March C- on all of it: 2 mismatches");
	triage_emit(t, &rec);
	CHECK_U64(h.count, 3);
	CHECK(h.states[2] == SUSPECT_CLEARED);
	CHECK_STR(h.evidence[2],
		"March C- on all of it: 2 mismatches; nothing found on the 2 other DIMMs");

	h.count = 0;
	record_measure(&rec, "dimm0", "tested_bytes", 0, 0, "B");
	record_measure(&rec, "dimm0", "mapped_bytes", 0, 0, "B");
	record_measure(&rec, "dimm3", "tested_bytes", 5, 0, "B");
	triage_emit(t, &rec);
	CHECK_STR(h.evidence[2], "March C- on all of it: 2 mismatches; nothing found on 1 of "
				 "the 2 other DIMMs, and the rest not reached");

	h.count = 0;
	record_measure(&rec, "dimm3", "tested_bytes", 0, 0, "B");
	triage_emit(t, &rec);
	CHECK(h.states[2] == SUSPECT_UNTESTED, "what was tested was the bad one");
	CHECK_STR(h.evidence[2], "no check of this run measured the other DIMMs");

	h.count = 0;
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "one of DIMMs A1, A2");
	record_finding(&rec, FINDING_MEM_BIT_ERROR, "dimm9", NULL, 0, "no such DIMM");
	triage_emit(t, &rec);
	CHECK_U64(h.count, 3);
	CHECK_STR(h.suspects[0], "memory");
	CHECK(h.states[0] == SUSPECT_FAULTY);
	CHECK_STR(h.evidence[0], "one of DIMMs A1, A2 (and 1 more)");
	CHECK_STR(h.suspects[1], "dimm1 A2 Maker 16 GiB DDR4");
	free(inv);
	free(t);
}

/* The fault at 0x1000 is ours. */
static bool is_planted(void *ctx, const struct record *r)
{
	(void)ctx;
	return r->u.finding.field_count > 0 && r->u.finding.fields[0].number == 0x1000;
}

/* A planted fault sends nobody to the DIMMs, and hides no real one. */
static void test_triage_planted(void)
{
	static const struct field ours[] = {FIELD_ADDRESS("address", 0x1000)},
				  real[] = {FIELD_ADDRESS("address", 0x2000)};
	struct clock_port clock;
	struct sim_clock sim;
	struct inventory *inv = calloc(1, sizeof(*inv));
	struct triage *t = calloc(1, sizeof(*t));
	struct recorder rec;
	struct heard h = {0};

	inv->parts[0] = (struct part){.kind = PART_MEMORY, .id = PART_ID_MEMORY};
	inv->count = 1;
	sim_clock_init(&sim, &clock);
	recorder_init(&rec, &clock);
	rec.planted = is_planted;
	triage_begin(t, inv);
	recorder_listen(&rec, triage_listener(t));
	recorder_listen(&rec, (struct listener){hear, &h});
	record_finding(&rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, ours, 1, "bit 5 flipped");
	triage_emit(t, &rec);
	CHECK_STR(h.evidence[0], "Planted by mem.inject: bit 5 flipped");
	CHECK_STR(h.codes[0], "");
	CHECK(strncmp(h.next[0], "Replace nothing: ", 17) == 0, "%s", h.next[0]);
	record_finding(&rec, FINDING_MEM_CORRECTED_ERROR, PART_ID_MEMORY, real, 1, "bank 7");
	record_finding(&rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, ours, 1, "bit 5 flipped");
	triage_emit(t, &rec);
	CHECK(h.states[1] == SUSPECT_SUSPECT);
	CHECK_STR(h.evidence[1], "bank 7 (and 2 more)");
	CHECK_STR(h.next[1], finding_info(FINDING_MEM_CORRECTED_ERROR)->next);
	record_finding(&rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, real, 1, "bit 6 flipped");
	triage_emit(t, &rec);
	CHECK(h.states[2] == SUSPECT_FAULTY);
	CHECK_STR(h.evidence[2], "bit 6 flipped (and 3 more)");
	free(inv);
	free(t);
}

int main(void)
{
	test_both_guilty();
	test_no_link();
	test_explained();
	test_chain();
	test_rules();
	test_incomplete();
	test_trouble();
	test_strangers();
	test_any_run();
	test_flood();
	test_triage();
	test_triage_dimms();
	test_triage_planted();
	return test_end(__FILE__);
}
