/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The suite's own parts: choosing checks, reading how a run ended, triage. */
#include "suite/catalogue.h"
#include "suite/previous.h"
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

	CHECK(catalogue_needs(&config, NEED_RAM) && catalogue_needs(&config, NEED_DISK));
	config.profile = PROFILE_NETWORK;
	CHECK(!catalogue_needs(&config, NEED_RAM) && catalogue_needs(&config, NEED_NIC));
	text_copy(config.checks, sizeof(config.checks), "mem.inventory");
	CHECK(!catalogue_needs(&config, NEED_RAM), "it looks at tables alone");
	text_copy(config.checks, sizeof(config.checks), "mem.march-ss");
	CHECK(catalogue_needs(&config, NEED_RAM));
	config = (struct config){.profile = PROFILE_FULL};

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

#define SCAN(what)                                                                                \
	STEP("disk.surface", "\"testStepStart\":{\"name\":\"disk.surface\"}")                     \
	STEP("disk.surface", "\"extension\":{\"name\":\"progress\",\"content\":{\"what\":\"" what \
			     "\",\"done\":1,\"part\":\"disk1\",\"lba\":4711}}")

#define FINDING(code, disk, lba, count)                                                          \
	STEP("disk.surface", "\"extension\":{\"name\":\"finding\",\"content\":{\"code\":\"" code \
			     "\",\"disk\":\"" disk "\",\"lba\":" lba ",\"lba_count\":" count "}}")
#define PROGRESS(lba)                                                                                    \
	STEP("disk.surface",                                                                             \
		"\"extension\":{\"name\":\"progress\",\"content\":{\"what\":\"surface, front to back\"," \
		"\"part\":\"disk1\",\"lba\":" lba "}}")

/* Blocks that are bad take the scan with them, as long as it is the same scan. */
static void test_previous_bad(void)
{
	static const struct {
		const char *text;
		uint64_t lba;
		bool behind_bad;
	} rows[] = {
		{SCAN("surface, front to back") FINDING("disk-timeout", "disk1", "6144", "2048"),
			8192, true},
		{SCAN("surface, front to back") FINDING("disk-read-error", "disk1", "4711", "1"),
			4712, true},
		{SCAN("surface, front to back")
				FINDING("disk-slow-region", "disk1", "6144", "2048"),
			4711, false},
		{SCAN("surface, front to back") FINDING("disk-timeout", "disk0", "6144", "2048"),
			4711, false},
		{SCAN("surface, front to back") FINDING("disk-read-error", "disk1", "10", "1"),
			4711, false},
		{SCAN("surface, front to back")
				FINDING("disk-read-error", "disk1", "18446744073709551615", "8"),
			4711, false},
		{SCAN("surface, front to back") FINDING("disk-read-error", "disk1", "6144", "8")
				PROGRESS("6000"),
			6152, true},
		{SCAN("surface, front to back") FINDING("disk-read-error", "disk1", "6144", "8")
				PROGRESS("9000"),
			9000, false},
		{FINDING("disk-timeout", "disk1", "6144", "2048") SCAN("surface, front to back"),
			4711, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct previous_run r = previous(rows[i].text);

		CHECK_STR(r.disk, "disk1");
		CHECK(r.lba == rows[i].lba && r.behind_bad == rows[i].behind_bad, "row %zu: %llu",
			i, (unsigned long long)r.lba);
		CHECK(!r.in_step);
	}
	CHECK(previous(SCAN("surface, front to back in steps")).in_step);
	CHECK(!previous(SCAN("surface, front to back in steps") PROGRESS("9000")).in_step);
}

/* What a surface scan that goes on needs: which disk, by its serial number, and where. Only of one from front to back. */
static void test_previous_scan(void)
{
	static const char head[] =
		"{\"dutInfo\":{\"name\":\"M\",\"hardwareInfos\":[{\"hardwareInfoId\":\"disk0\",\"serialNumber\":\"S0\"},"
		"{\"hardwareInfoId\":\"disk1\",\"name\":\"x\",\"serialNumber\":\"S1\"},{\"hardwareInfoId\":\"disk10\"},"
		"{\"hardwareInfoId\":\"disk2\",\"serialNumber\":\"S2\"}]}}\n";
	struct span bytes = {(const uint8_t *)head, sizeof(head) - 1};
	struct previous_run r = previous(SCAN("surface, front to back"));

	CHECK_STR(r.disk, "disk1");
	CHECK_U64(r.lba, 4711);
	previous_run_read_head(bytes, &r);
	CHECK_STR(r.serial, "S1");
	CHECK_STR(r.machine, "M");
	r.serial[0] = '\0';
	text_copy(r.disk, sizeof(r.disk), "disk10");
	previous_run_read_head(bytes, &r);
	CHECK_STR(r.serial, "");
	CHECK_STR(previous(SCAN("surface, evenly spread")).disk, "");
	CHECK_STR(previous(SCAN("surface, front to back") STEP(
				   "disk.surface", "\"testStepEnd\":{\"status\":\"COMPLETE\"}"))
			  .disk,
		"");
	r = (struct previous_run){.machine = ""};
	previous_run_read_head(bytes, &r);
	CHECK_STR(r.serial, "");
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

int main(void)
{
	test_selection();
	test_catalogue();
	test_previous();
	test_previous_machine();
	test_previous_scan();
	test_previous_bad();
	test_torn();
	return test_end(__FILE__);
}
