/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Triage: how suspects are named, DIMMs told apart, and planted faults kept apart from real ones. */
#include "triage_bench.h"

static void test_triage(void)
{
	static const struct part parts[] = {{PART_MEMORY, "mem", .name = "memory"},
		{PART_NETWORK, "net", .name = "network"}, {PART_DISK, "disk0", .name = "good"},
		{PART_DISK, "disk1", .name = "bad"}, {PART_NIC, "nic0", .name = "card"},
		{PART_DIMM, "dimm0", .name = "a DIMM"}};
	struct bench *b = bench_of(parts, ARRAY_LEN(parts));
	const struct heard *h;

	record_coverage(&b->rec, "disk0", "read all of it");
	record_coverage(&b->rec, "disk1", "read half of it");
	record_finding(&b->rec, FINDING_DISK_SLOW_REGION, "disk1", NULL, 0, "slow");
	record_finding(
		&b->rec, FINDING_DISK_READ_ERROR, "disk1", NULL, 0, "sector 7 is unreadable");
	record_finding(&b->rec, FINDING_NET_ROGUE_DHCP, NULL, NULL, 0, "two servers");
	record_fault(&b->rec, "Snp.Start", "nic0", "the card did not start");
	record_coverage(&b->rec, "nic0", "link is up");
	record_coverage(&b->rec, "disk0", "read all of it");
	record_coverage(&b->rec, "disk0", "measured it; details");
	h = judge(b);

	CHECK_U64(h->count, 5);
	CHECK_STR(h->suspects[0], "disk1 bad");
	CHECK(h->states[0] == SUSPECT_FAULTY);
	CHECK_STR(h->evidence[0], "sector 7 is unreadable (explains disk-slow-region)");
	CHECK_STR(h->suspects[1], "network");
	CHECK(h->states[1] == SUSPECT_SUSPECT);
	CHECK_STR(h->suspects[2], "nic0 card");
	CHECK(h->states[2] == SUSPECT_UNTESTED, "a fault of the environment beats coverage");
	CHECK_STR(h->suspects[3], "memory");
	CHECK(h->states[3] == SUSPECT_UNTESTED, "silence does not clear");
	CHECK_STR(h->suspects[4], "disk0 good");
	CHECK(h->states[4] == SUSPECT_CLEARED);
	CHECK_STR(h->evidence[4], "read all of it; measured it");

	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, "dimm0", NULL, 0, "bit 5 is stuck");
	h = judge(b);
	CHECK_STR(h->suspects[0], "dimm0 a DIMM");
	CHECK(h->states[0] == SUSPECT_FAULTY);
	CHECK(strncmp(h->next[0], "Module dimm0: Reseat", 20) == 0, "%s", h->next[0]);
	CHECK_STR(h->suspects[1], "disk1 bad");
	for (unsigned i = 0; i < h->count; i++)
		CHECK(!text_same(h->suspects[i], "memory"), "its only DIMM speaks for it");
	free(b);
}

/* Two of four DIMMs are named, and the memory they are part of stands for the others. */
static void test_triage_dimms(void)
{
	static const struct part parts[] = {{PART_MEMORY, "mem", .name = "memory"},
		{PART_DIMM, "dimm0", .name = "16 GiB DDR4", .location = "A1"},
		{PART_DIMM, "dimm1", .name = "16 GiB DDR4", .location = "A2", .maker = "Maker",
			.part_number = "PN-16", .serial = "SN1"},
		{PART_DIMM, "dimm2", .name = "16 GiB DDR4"}, {PART_DIMM, "dimm3", .name = "x"}};
	struct bench *b = bench_of(parts, ARRAY_LEN(parts));
	const struct heard *h;

	record_finding(
		&b->rec, FINDING_MEM_CORRECTED_ERROR, "dimm2", NULL, 0, "3 corrected errors");
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, "dimm1", NULL, 0, "bit 5 is stuck");
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, "dimm1", NULL, 0, "bit 6 is stuck");
	h = judge(b);
	CHECK_U64(h->count, 3);
	CHECK_STR(h->suspects[0], "dimm1 A2 Maker 16 GiB DDR4");
	CHECK(h->states[0] == SUSPECT_FAULTY);
	CHECK_STR(h->evidence[0], "bit 5 is stuck (and 1 more)");
	CHECK(strncmp(h->next[0], "Slot A2, part number PN-16, serial SN1: Reseat", 46) == 0, "%s",
		h->next[0]);
	CHECK(h->states[1] == SUSPECT_SUSPECT);
	CHECK_STR(h->suspects[1], "dimm2 16 GiB DDR4");
	CHECK_STR(h->suspects[2], "memory");
	CHECK(h->states[2] == SUSPECT_UNTESTED, "what was found on one DIMM clears no other");

	record_coverage(&b->rec, "mem", "March C- on all of it: 2 mismatches");
	h = judge(b);
	CHECK_U64(h->count, 3);
	CHECK(h->states[2] == SUSPECT_CLEARED);
	CHECK_STR(h->evidence[2],
		"March C- on all of it: 2 mismatches; nothing found on the 2 other DIMMs");

	record_measure(&b->rec, "dimm0", "tested_bytes", 0, 0, "B");
	record_measure(&b->rec, "dimm0", "mapped_bytes", 0, 0, "B");
	record_measure(&b->rec, "dimm3", "tested_bytes", 5, 0, "B");
	h = judge(b);
	CHECK_STR(h->evidence[2], "March C- on all of it: 2 mismatches; nothing found on 1 of "
				  "the 2 other DIMMs, and the rest not reached");

	record_measure(&b->rec, "dimm3", "tested_bytes", 0, 0, "B");
	h = judge(b);
	CHECK(h->states[2] == SUSPECT_UNTESTED, "what was tested was the bad one");
	CHECK_STR(h->evidence[2], "no check of this run measured the other DIMMs");

	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, "mem", NULL, 0, "one of DIMMs A1, A2");
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, "dimm9", NULL, 0, "no such DIMM");
	h = judge(b);
	CHECK_U64(h->count, 3);
	CHECK_STR(h->suspects[0], "memory");
	CHECK(h->states[0] == SUSPECT_FAULTY);
	CHECK_STR(h->evidence[0], "one of DIMMs A1, A2 (and 1 more)");
	CHECK_STR(h->suspects[1], "dimm1 A2 Maker 16 GiB DDR4");
	free(b);
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
	static const struct part parts[] = {{PART_MEMORY, PART_ID_MEMORY, .name = "memory"}};
	struct bench *b = bench_of(parts, ARRAY_LEN(parts));
	const struct heard *h;

	b->rec.planted = is_planted;
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, ours, 1, "bit 5 flipped");
	h = judge(b);
	CHECK_STR(h->evidence[0], "Planted by mem.inject: bit 5 flipped");
	CHECK_STR(h->codes[0], "");
	CHECK(strncmp(h->next[0], "Replace nothing: ", 17) == 0, "%s", h->next[0]);
	record_finding(&b->rec, FINDING_MEM_CORRECTED_ERROR, PART_ID_MEMORY, real, 1, "bank 7");
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, ours, 1, "bit 5 flipped");
	h = judge(b);
	CHECK(h->states[0] == SUSPECT_SUSPECT);
	CHECK_STR(h->evidence[0], "bank 7 (and 2 more)");
	CHECK_STR(h->next[0], finding_info(FINDING_MEM_CORRECTED_ERROR)->next);
	record_finding(&b->rec, FINDING_MEM_BIT_ERROR, PART_ID_MEMORY, real, 1, "bit 6 flipped");
	h = judge(b);
	CHECK(h->states[0] == SUSPECT_FAULTY);
	CHECK_STR(h->evidence[0], "bit 6 flipped (and 3 more)");
	free(b);
}

int main(void)
{
	test_triage();
	test_triage_dimms();
	test_triage_planted();
	return test_end(__FILE__);
}
