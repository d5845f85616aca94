/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage on recorded runs: several faults at once, what explains what, and what could not be done. */
#include "triage_bench.h"

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
	CHECK(strncmp(h->next[1], "Disk at PCI 4 port 1, serial S3Z9NB0K: Save ", 44) == 0, "%s",
		h->next[1]);
	CHECK_STR(h->next[0], finding_info(FINDING_NET_DUPLICATE_IP)->next);
	free(b);
}

/* What becomes known later of a fault is the same fault: counted once, and told as it is known last. */
static void test_follow_up(void)
{
	const struct field fields[] = {FIELD_STR("nic", "nic0"), FIELD_STR("ip", "192.168.1.20")};
	struct bench *b = bench_server();
	const struct heard *h;

	find(b, FINDING_NET_DUPLICATE_IP, NULL, "nic0", "192.168.1.20");
	record_finding_more(&b->rec, FINDING_NET_DUPLICATE_IP, FAIL, NULL, fields, 2, "And where.");
	h = judge(b);
	CHECK_STR(h->evidence[0], "And where.");
	record_finding_more(&b->rec, FINDING_NET_DUPLICATE_IP, WARN, NULL, fields, 2, "Less.");
	h = judge(b);
	CHECK_STR(h->evidence[0], "And where.");
	find(b, FINDING_NET_DUPLICATE_IP, NULL, "nic0", "192.168.1.20");
	h = judge(b);
	CHECK_STR(h->evidence[0], "And where. (and 1 more)");
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
	CHECK(strncmp(h->next[0], "Card nic0, MAC address 52:54:00:00:00:01: ", 42) == 0, "%s",
		h->next[0]);
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

/* A step that read all disks, found this on the first, and ended FAIL. */
static void surface_failed(struct bench *b, enum finding_code code)
{
	record_check_begin(&b->rec, "disk.surface", "", "");
	find(b, code, "disk0", NULL, NULL);
	record_check_end(&b->rec, FAIL);
}

/* A step that ended badly and does not say on what clears nobody whom it tests. */
static void test_unaccounted(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	cover_all(b);
	step(b, "disk.surface", FAIL, "something is wrong");
	step(b, "nic.link", WARN, "something is odd");
	h = judge(b);
	CHECK_STR(h->lines, "UNTESTED nic0\nUNTESTED nic1\nUNTESTED disk0\nUNTESTED disk1\n"
			    "CLEARED board\nCLEARED fw\nCLEARED mem\nCLEARED net\n");
	CHECK_STR(h->evidence[0],
		"could not be tested: something is odd; before or after that: looked at nic0");
	free(b);

	b = bench_server();
	cover_all(b);
	surface_failed(b, FINDING_DISK_SLOW_REGION);
	h = judge(b);
	CHECK(strstr(h->lines, "SUSPECT disk0\nUNTESTED disk1\nCLEARED board\n") == h->lines,
		"a WARN accounts for no FAIL\n%s", h->lines);
	free(b);

	b = bench_server();
	cover_all(b);
	surface_failed(b, FINDING_DISK_READ_ERROR);
	step(b, "hw.setup", WARN, "an option");
	h = judge(b);
	CHECK(strstr(h->lines, "UNTESTED") == NULL, "%s", h->lines);
	step(b, "nic.link", FAIL, "something is wrong");
	h = judge(b);
	CHECK(strstr(h->lines, "UNTESTED nic0") != NULL, "what another step found says nothing");
	free(b);
}

/* Only what could not be done: the first line is what there was trouble with, and says what to do. */
static void test_only_errors(void)
{
	struct bench *b = bench_server();
	const struct heard *h;

	step(b, "mem.address", SKIP, "no memory to test");
	step(b, "disk.inventory", ERROR, "the controller refused");
	h = judge(b);
	CHECK_STR(h->lines, "UNTESTED disk0\nUNTESTED disk1\nUNTESTED board\nUNTESTED fw\n"
			    "UNTESTED mem\nUNTESTED net\nUNTESTED nic0\nUNTESTED nic1\n");
	CHECK(h->next[0][0] != '\0' && h->next[2][0] == '\0');
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

int main(void)
{
	test_both_guilty();
	test_follow_up();
	test_no_link();
	test_explained();
	test_chain();
	test_rules();
	test_incomplete();
	test_trouble();
	test_unaccounted();
	test_only_errors();
	test_strangers();
	return test_end(__FILE__);
}
