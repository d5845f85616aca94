/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The suite's own parts: choosing checks, reading how a run ended, triage. */
#include "host/sim_clock.h"
#include "suite/catalogue.h"
#include "suite/previous.h"
#include "suite/triage.h"
#include "tests/test.h"
#include <stdlib.h>

/* ---- choosing checks ---- */

static bool selects(enum profile profile, const char *checks, const char *id)
{
	struct config config = {.profile = profile};

	text_copy(config.checks, sizeof(config.checks), checks);
	for (size_t i = 0; i < catalogue_count; i++) {
		if (text_same(catalogue[i]->id, id))
			return catalogue_selects(&config, catalogue[i]);
	}
	CHECK(false, "no check %s in the catalogue", id);
	return false;
}

static void test_selection(void)
{
	struct check loud = {.id = "nic.loopback", .on_request = true};
	struct config config = {.profile = PROFILE_FULL};
	struct text rest = {"net.pong mem.* -net.pang -net.ping", 34}, word;

	CHECK(selects(PROFILE_QUICK, "", "mem.march-c"));
	CHECK(selects(PROFILE_MEMORY, "", "mem.address"));
	CHECK(!selects(PROFILE_MEMORY, "", "net.ping"));
	CHECK(selects(PROFILE_NETWORK, "", "nic.link") && selects(PROFILE_NETWORK, "", "net.ping"));
	CHECK(!selects(PROFILE_DISK, "", "nic.link") && selects(PROFILE_DISK, "", "disk.surface"));
	CHECK(selects(PROFILE_MEMORY, "net.*", "net.ping"), "named checks replace the profile's");
	CHECK(!selects(PROFILE_MEMORY, "net.*", "mem.address"));
	CHECK(!selects(PROFILE_QUICK, "-disk.*", "disk.surface") &&
		selects(PROFILE_QUICK, "-disk.*", "mem.address"));
	CHECK(!selects(PROFILE_QUICK, "mem.* -mem.address", "mem.address"));
	CHECK(selects(PROFILE_DISK, "mem.*", "hw.setup"), "our own set-up is always looked at");

	CHECK(selects(PROFILE_SELFTEST, "", "mem.selftest"));
	CHECK(!selects(PROFILE_SELFTEST, "", "mem.address"));
	CHECK(!selects(PROFILE_FULL, "mem.*", "mem.selftest"));

	CHECK(!catalogue_selects(&config, &loud), "a check on request is not in any profile");
	text_copy(config.checks, sizeof(config.checks), "nic.*");
	CHECK(!catalogue_selects(&config, &loud), "nor taken by a glob");
	text_copy(config.checks, sizeof(config.checks), "nic.loopback");
	CHECK(catalogue_selects(&config, &loud));

	text_copy(config.checks, sizeof(config.checks), "NIC.Loopback");
	CHECK(catalogue_selects(&config, &loud), "ids are matched without regard to case");

	CHECK(catalogue_unknown_word(&rest, &word) && text_is(word, "net.pong"));
	CHECK(catalogue_unknown_word(&rest, &word) && text_is(word, "-net.pang"), "every one");
	CHECK(!catalogue_unknown_word(&rest, &word));
}

static void test_catalogue(void)
{
	for (size_t i = 0; i < catalogue_count; i++) {
		const struct check *c = catalogue[i];

		CHECK(c->run != NULL && c->title[0] && c->pass_if[0], "%s", c->id);
		for (size_t j = 0; j < i; j++)
			CHECK(!text_same(c->id, catalogue[j]->id), "%s twice", c->id);
	}
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		const struct finding_info *f = finding_info((enum finding_code)code);

		CHECK(f->code && f->seen && f->means && f->next && f->sure,
			"finding %u lacks its text", code);
		CHECK(f->verdict == WARN || f->verdict == FAIL, "%s", f->code);
	}
}

/* ---- how a run ended ---- */

static struct previous_run previous(const char *text)
{
	struct previous_run run;

	previous_run_read((struct span){(const uint8_t *)text, strlen(text)}, &run);
	return run;
}

#define STEP(id, what) \
	"{\"testStepArtifact\":{\"testStepId\":\"" id "\"," what "},\"sequenceNumber\":1}\n"

static const char *machine_of(const char *head)
{
	static struct previous_run run;

	run = (struct previous_run){.machine = ""};
	previous_run_read_head((struct span){(const uint8_t *)head, strlen(head)}, &run);
	return run.machine;
}

static void test_previous_machine(void)
{
	CHECK_STR(
		machine_of(
			"{\"name\":\"kiriwake\",\"dutInfo\":{\"dutInfoId\":\"S1\",\"name\":\"Maker X\"}}"),
		"Maker X");
	CHECK_STR(
		machine_of("{\"dutInfo\":{\"dutInfoId\":\"S1\",\"name\":\"19\\\" rack\"}}"), "19");
	CHECK_STR(machine_of("{\"name\":\"kiriwake\",\"dutInfo\":{\"dutInf"), "");
	CHECK_STR(machine_of("{\"dutInfo\":{\"name\":\""), "");
	CHECK_STR(machine_of(""), "");
}

static void test_previous(void)
{
	struct previous_run r = previous(STEP(
		"mem.march-c", "\"testStepStart\":{\"name\":\"mem.march-c\"}") STEP("mem.march-c",
		"\"extension\":{\"name\":\"progress\",\"content\":{\"part\":\"mem\",\"address\":\"0x1234000\"}}"));

	CHECK(!r.ended);
	CHECK_STR(r.check, "mem.march-c");
	CHECK_STR(r.where, "address 0x1234000 of mem");
	r = previous(STEP("disk.surface", "\"testStepStart\":{\"name\":\"disk.surface\"}") STEP(
		"disk.surface",
		"\"extension\":{\"name\":\"progress\",\"content\":{\"part\":\"disk0\",\"lba\":4711,\"x\":1}}") "{\"torn");
	CHECK_STR(r.where, "LBA 4711 of disk0");
	r = previous(STEP("mem.address", "\"testStepStart\":{\"name\":\"mem.address\"}")
			STEP("mem.address", "\"testStepEnd\":{\"status\":\"COMPLETE\"}"));
	CHECK_STR(r.check, "");
	r = previous(
		"cut off in the middle\"}}\n" STEP("net.ping", "\"log\":{\"severity\":\"INFO\"}"));
	CHECK_STR(r.check, "net.ping");
	r = previous(
		"{\"testRunArtifact\":{\"testRunEnd\":{\"status\":\"COMPLETE\",\"result\":\"PASS\"}}}\n");
	CHECK(r.ended);
	r = previous("");
	CHECK(!r.ended && r.check[0] == '\0');
	r = previous("{\"testStepStart\":{\"name\":\"\x01\xff<&\\\n");
	CHECK(!r.ended);
}

/* Wherever the file is torn, what is said of it is what its whole lines say. */
static void test_torn(void)
{
	static char text[100000];
	FILE *file = fopen("tests/golden/results.jsonl", "rb");
	size_t len, line = 0, last = 0;

	CHECK(file != NULL);
	if (file == NULL)
		return;
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	for (size_t i = 0; i + 1 < len; i++)
		last = text[i] == '\n' ? i + 1 : last;
	for (size_t cut = 0; cut <= len; cut++) {
		struct previous_run torn, whole;
		uint8_t *copy = malloc(cut + 1); /* to the byte: reading beyond it is noticed */

		line = cut > 0 && text[cut - 1] == '\n' ? cut : line;
		memcpy(copy, text, cut);
		previous_run_read((struct span){copy, cut}, &torn);
		previous_run_read((struct span){copy, line}, &whole);
		CHECK(memcmp(&torn, &whole, sizeof(torn)) == 0, "cut at %zu", cut);
		CHECK(torn.ended == (cut == len), "cut at %zu", cut);
		previous_run_read((struct span){(uint8_t *)text + cut, len - cut}, &torn);
		CHECK(torn.ended || cut > last, "from %zu", cut);
		free(copy);
	}
}

/* ---- triage ---- */

struct heard {
	unsigned count;
	char suspects[8][96];
	char evidence[8][160];
	char next[8][256];
	enum suspect_state states[8];
};

static void hear(void *ctx, const struct record *r)
{
	struct heard *h = ctx;

	if (r->kind != RECORD_TRIAGE || h->count == 8)
		return;
	text_copy(h->suspects[h->count], sizeof(h->suspects[0]), r->u.triage.suspect);
	text_copy(h->evidence[h->count], sizeof(h->evidence[0]), r->message);
	text_copy(h->next[h->count], sizeof(h->next[0]),
		r->u.triage.next != NULL ? r->u.triage.next : "");
	h->states[h->count++] = r->u.triage.state;
}

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
	CHECK_STR(h.evidence[0], "sector 7 is unreadable (and 1 more)");
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
	CHECK_STR(h.suspects[0], "disk1 bad");
	CHECK_STR(h.suspects[1], "dimm0 a DIMM");
	CHECK(h.states[1] == SUSPECT_FAULTY);
	CHECK(strncmp(h.next[1], "Module dimm0: Reseat", 20) == 0, "%s", h.next[1]);
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
	test_selection();
	test_catalogue();
	test_previous();
	test_previous_machine();
	test_torn();
	test_triage();
	test_triage_dimms();
	test_triage_planted();
	return test_end(__FILE__);
}
