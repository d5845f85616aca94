/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Decoding identity and attributes of ATA drives: made pages at the edges of their formats, and vendors' habits. */
#include "diskbench/ata_attributes.h"
#include "tests/test.h"
#include "tests/unit/smart_maker.h"

/* ---- identify ---- */

static void test_identity(void)
{
	uint8_t page[512];
	struct ata_identity id = {.rpm = 42};

	make_identity(page, "ST1000NM0033-9ZM173", "Z1W0ABCD", 7200);
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_GOOD);
	CHECK_STR(id.model, "ST1000NM0033-9ZM173");
	CHECK_STR(id.serial, "Z1W0ABCD");
	CHECK_STR(id.firmware, "FW1.0");
	CHECK_U64(id.blocks, 1953525168);
	CHECK_U64(id.logical_bytes, 512);
	CHECK_U64(id.physical_bytes, 4096);
	CHECK_U64(id.rpm, 7200);
	CHECK(!id.solid_state && id.smart_supported && id.smart_enabled && id.error_logging);
	CHECK(id.self_test && id.log_pages && id.phy_counters && !id.locked);
	CHECK_U64(id.sata_gen, 3);
	CHECK_U64(id.sata_gen_now, 3);
	CHECK_U64(id.wwn, UINT64_C(0x5000c50000000000));

	page[40] ^= 1; /* the checksum no longer fits */
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_CHECKSUM);
	page[510] = 0; /* and is not one */
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_GOOD);
	CHECK_U64(ata_identity_read((struct span){page, 511}, &id), PAGE_SHORT);
	page[1] |= 0x80;
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_ABSURD);
	memset(page, 0, sizeof(page));
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_EMPTY);
	memset(page, 0xff, sizeof(page));
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_ABSURD);
}

/* Words that drives of before their invention fill with zeros or ones. */
static void test_old_identity(void)
{
	uint8_t page[512];
	struct ata_identity id;

	make_identity(page, "OLD", "1", 0);
	for (size_t word = 76; word < 130; word++)
		put_le(page + 2 * word, 0xffff, 2);
	page[510] = 0;
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_GOOD);
	CHECK(!id.smart_supported && !id.smart_enabled && !id.self_test && !id.log_pages &&
		!id.locked);
	CHECK_U64(id.sata_gen, 0);
	CHECK_U64(id.blocks, 0x0fffffff);
	CHECK_U64(id.physical_bytes, 512);
	put_le(page + 2 * 106, 0x5000, 2); /* sectors of 2080 words? of 4096 bytes */
	put_le(page + 2 * 117, 2048, 4);
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_GOOD);
	CHECK_U64(id.logical_bytes, 4096);
	put_le(page + 2 * 117, 0xffffffff, 4);
	CHECK_U64(ata_identity_read(SPAN(page), &id), PAGE_GOOD);
	CHECK_U64(id.logical_bytes, 512);
}

/* ---- attributes ---- */

static void test_states(void)
{
	static const struct {
		uint8_t value, worst, threshold;
		enum attribute_state state;
	} cases[] = {
		{100, 100, 36, ATTRIBUTE_GOOD},
		{37, 37, 36, ATTRIBUTE_GOOD},
		{36, 36, 36, ATTRIBUTE_FAILING},
		{1, 1, 36, ATTRIBUTE_FAILING},
		{0, 0, 1, ATTRIBUTE_FAILING},
		{100, 36, 36, ATTRIBUTE_FAILED_PAST},
		{100, 0, 36, ATTRIBUTE_GOOD},
		{1, 1, 0, ATTRIBUTE_UNJUDGED},
		{100, 100, 254, ATTRIBUTE_UNJUDGED},
		{100, 100, 255, ATTRIBUTE_UNJUDGED},
		{100, 100, 253, ATTRIBUTE_FAILING},
		{254, 100, 36, ATTRIBUTE_UNJUDGED},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct ata_attribute a = {.id = 5,
			.value = cases[i].value,
			.worst = cases[i].worst,
			.threshold = cases[i].threshold};

		CHECK(ata_attribute_state(&a) == cases[i].state, "case %zu: %d", i,
			ata_attribute_state(&a));
	}
}

static void test_smart_page(void)
{
	static const struct made_attribute made[] = {
		{5, 1, 100, 99, 10, 0x112233445566}, {194, 0, 64, 40, 0, 36}};
	uint8_t data[512], thresholds[512];
	struct ata_smart smart = {.count = 7};

	make_smart(data, thresholds, made, ARRAY_LEN(made));
	data[363] = 0x73; /* read element failed, 30 % left */
	CHECK_U64(ata_smart_read(SPAN(data), &smart), PAGE_CHECKSUM);
	CHECK_U64(smart.count, 7);
	seal(data);
	CHECK_U64(ata_smart_read(SPAN(data), &smart), PAGE_GOOD);
	CHECK_U64(smart.count, 2);
	CHECK_U64(smart.attributes[0].raw, 0x112233445566);
	CHECK(smart.attributes[0].prefail && !smart.attributes[1].prefail);
	CHECK_U64(smart.self_test, ATA_TEST_FAILED_READ);
	CHECK_U64(smart.self_test_left_percent, 30);
	CHECK(smart.can_self_test && !smart.has_thresholds);
	CHECK_U64(smart.short_minutes, 1);
	CHECK_U64(ata_smart_add_thresholds(SPAN(thresholds), &smart), PAGE_GOOD);
	CHECK_U64(smart.attributes[0].threshold, 10);
	thresholds[9]++;
	CHECK_U64(ata_smart_add_thresholds(SPAN(thresholds), &smart), PAGE_CHECKSUM);
	CHECK_U64(ata_smart_read((struct span){data, 100}, &smart), PAGE_SHORT);
	memset(data, 0, sizeof(data));
	CHECK_U64(ata_smart_read(SPAN(data), &smart), PAGE_EMPTY);
	CHECK_U64(ata_smart_add_thresholds(SPAN(data), &smart), PAGE_EMPTY);
}

/* One attribute of one model, and the figure that comes of it. */
static void test_figures(void)
{
	static const struct {
		const char *model;
		unsigned rotation;
		uint8_t id;
		uint64_t raw;
		enum health_count figure;
		uint64_t want; /* UINT64_MAX: none */
	} cases[] = {
		{"WDC WD5000AAKS", 0, 5, 63, HEALTH_REALLOCATED, 63},
		{"ST4000NM0033", 7200, 5, 0xfff8, HEALTH_REALLOCATED, 0xfff8},
		{"FUJITSU MHY2120BH", 0, 5, UINT64_C(0x07d000000000), HEALTH_REALLOCATED, 0},
		{"MCCOE64GEMPP", 0, 5, 0x245000, HEALTH_REALLOCATED, UINT64_MAX},
		{"WDC WD40EFRX", 5400, 9, 30387, HEALTH_HOURS, 30387},
		{"ST9160821AS", 0, 9, UINT64_C(0xd6960000022c), HEALTH_HOURS, 556},
		{"ANY", 7200, 9, 600000, HEALTH_HOURS, UINT64_MAX},
		{"Maxtor 96147H8", 0, 9, 135764, HEALTH_HOURS, 2262},
		{"FUJITSU MHY2250BH", 0, 9, 598640, HEALTH_HOURS, 9977},
		{"FUJITSU MHR2040AT", 0, 9, 7200000, HEALTH_HOURS, 2000},
		{"SAMSUNG SP1614C", 0, 9, 240000, HEALTH_HOURS, 2000},
		{"HITACHI", 7200, 197, 24, HEALTH_PENDING, 24},
		{"HITACHI", 7200, 197, 1953525168, HEALTH_PENDING, 1953525168},
		{"FUJITSU MHY2250BH", 0, 197, UINT64_C(0x27c51e8f0003), HEALTH_PENDING, 3},
		{"ST8000NM", 7200, 188, UINT64_C(0x000100010019), HEALTH_LOGGED, UINT64_MAX},
		{"ST8000NM", 7200, 1, 199781349, HEALTH_MEDIA, UINT64_MAX},
		{"ST8000NM", 7200, 187, 2, HEALTH_MEDIA, 2},
		{"ST8000NM", 7200, 199, 177, HEALTH_LINK, 177},
		{"FUJITSU MHY2250BH", 0, 199, 24048382, HEALTH_LINK, UINT64_MAX},
		{"INTEL SSDSC2BB", 1, 174, 12, HEALTH_UNSAFE, 12},
		{"ST8000NM", 7200, 174, 12, HEALTH_UNSAFE, UINT64_MAX},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct ata_smart smart = {
			.count = 1, .attributes = {{.id = cases[i].id, .raw = cases[i].raw}}};
		struct ata_identity id = {
			.blocks = 1953525168, .solid_state = cases[i].rotation == 1};
		struct health h = {0};

		snprintf(id.model, sizeof(id.model), "%s", cases[i].model);
		ata_attributes_fold(&id, &smart, &h);
		CHECK((h.counts[cases[i].figure].source != SOURCE_NONE) ==
				(cases[i].want != UINT64_MAX),
			"%s %u", cases[i].model, cases[i].id);
		if (cases[i].want != UINT64_MAX)
			CHECK(h.counts[cases[i].figure].value == cases[i].want, "%s %u: %" PRIu64,
				cases[i].model, cases[i].id, h.counts[cases[i].figure].value);
	}
}

static void test_temperatures(void)
{
	static const struct {
		uint8_t id;
		uint64_t raw;
		bool known;
		int want;
	} cases[] = {
		{194, 36, true, 36},
		{194, UINT64_C(0x0036000f001c), true, 28}, /* least and most above */
		{194, UINT64_C(0x4e2826250026), true, 38},
		{190, 0x1f001f1f, true, 31},
		{194, 275, true, 27}, /* tenths */
		{194, 0xf6, true, 24},
		{194, UINT64_C(0x00050000fffb), true, -5},
		{194, 0, false, 0},
		{194, UINT64_C(0xffffffffff80), false, 0},
		{5, 36, false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct ata_attribute a = {.id = cases[i].id, .raw = cases[i].raw};
		int c = 0;

		CHECK(ata_attribute_temperature(&a, &c) == cases[i].known, "case %zu", i);
		CHECK(!cases[i].known || c == cases[i].want, "case %zu: %d", i, c);
	}
}

static void test_wear(void)
{
	static const struct {
		const char *model;
		bool solid_state;
		uint8_t id, value;
		bool known;
		unsigned used;
	} cases[] = {
		{"INTEL SSDSC2BB480G4", true, 233, 97, true, 3},
		{"INTEL SSDSC2BB480G4", true, 233, 1, true, 100},
		{"SAMSUNG MZ7LM480", true, 177, 88, true, 12},
		{"Micron_5200_MTFDDAK480TDC", true, 202, 40, true, 60},
		{"KINGSTON SV300S37A", true, 231, 100, true, 0},
		{"KINGSTON SV300S37A", true, 233, 0, false, 0}, /* SandForce counts writes there */
		{"SAMSUNG MMCQE28G8MUP-0VA", true, 233, 199, false, 0},
		{"ST320410A", false, 202, 100, false, 0}, /* address mark errors */
		{"SAMSUNG HD103SJ", false, 231, 40, false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct ata_smart smart = {
			.count = 1, .attributes = {{.id = cases[i].id, .value = cases[i].value}}};
		struct ata_identity id = {.solid_state = cases[i].solid_state};
		struct health h = {0};

		snprintf(id.model, sizeof(id.model), "%s", cases[i].model);
		ata_attributes_fold(&id, &smart, &h);
		CHECK(h.has_used == cases[i].known && h.used_percent == cases[i].used,
			"%s %u: %d %u", cases[i].model, cases[i].id, h.has_used, h.used_percent);
	}
}

/* ---- real drives ---- */

struct real {
	const char *file;
	bool failing; /* by its own word */
	uint8_t failing_id; /* attribute at or below its threshold now, of the kind that foretells failure; 0: none */
	uint8_t past_id;                            /* once */
	uint64_t reallocated, pending, hours, link; /* UINT64_MAX: not known */
	int temperature_c;                          /* 0: not known */
};

#define NONE UINT64_MAX

static const struct real reals[] = {
	{"FUJITSU_MHY2120BH--0084000D.blob", false, 0, 0, 0, 0, 2208, 0, 28},
	{"FUJITSU_MHY2250BH--0085000B.blob", false, 0, 0, 0, 3, 9977, NONE, 39},
	{"INTEL_SSDSA2CW120G3--4PC10302.blob", false, 0, 0, 0, NONE, 45, NONE, 0},
	{"MCCOE64GEMPP--2.9.09.blob", false, 0, 0, NONE, 0, 1, 0, 0},
	{"Maxtor_96147H8--BAC51KJ0--2.blob", true, 10, 10, 69, 2, 2262, 29259, 0},
	{"SAMSUNG_MMCQE28G8MUP--0VA_VAM08L1Q.blob", false, 0, 0, NONE, NONE, 2417, 0, 0},
	{"ST320410A--3.39.blob", false, 0, 10, 5, 0, 30387, 177, 40},
	{"ST9160821AS--3.CLH.blob", false, 0, 190, 0, 1, 556, 0, 38},
	{"WDC_WD2500JB--00REA0-20.00K20.blob", false, 0, 3, 0, 1, 2379, 0, 17},
	{"WDC_WD5000AAKS--00TMA0-12.01C01.blob", false, 0, 0, 63, 529, 14992, 0, 40},
};

static void check_figure(
	const struct real *r, const struct health *h, enum health_count which, uint64_t want)
{
	const struct health_figure *f = &h->counts[which];

	CHECK((f->source != SOURCE_NONE) == (want != NONE), "%s: %s", r->file,
		health_info(which)->key);
	CHECK(f->source == SOURCE_NONE || f->value == want, "%s: %s %" PRIu64, r->file,
		health_info(which)->key, f->value);
}

static void check_real(const struct real *r, const struct blob *b)
{
	const struct span status = blob_chunk(b, "SMST");
	struct ata_identity id = {0};
	struct ata_smart smart = {0};
	struct health h = {0};
	unsigned failing = 0, past = 0;

	CHECK_U64(ata_identity_read(blob_chunk(b, "IDFY"), &id), PAGE_GOOD);
	CHECK_U64(ata_smart_read(blob_chunk(b, "SMDT"), &smart), PAGE_GOOD);
	CHECK_U64(ata_smart_add_thresholds(blob_chunk(b, "SMTH"), &smart), PAGE_GOOD);
	CHECK(id.smart_supported && id.smart_enabled, "%s", r->file);
	for (unsigned i = 0; i < smart.count; i++) {
		const struct ata_attribute *a = &smart.attributes[i];
		const enum attribute_state state = ata_attribute_state(a);

		failing += state == ATTRIBUTE_FAILING;
		past += state == ATTRIBUTE_FAILED_PAST;
		CHECK((state == ATTRIBUTE_FAILING && a->prefail) == (a->id == r->failing_id),
			"%s: %u", r->file, a->id);
		if (state == ATTRIBUTE_FAILED_PAST)
			CHECK(a->id == r->past_id, "%s: %u", r->file, a->id);
	}
	CHECK_U64(failing, r->failing_id != 0);
	CHECK(past == (r->past_id != 0 && r->past_id != r->failing_id), "%s: %u", r->file, past);
	if (status.len == 4)
		CHECK(be32(status.at) == !r->failing, "%s", r->file);
	ata_attributes_fold(&id, &smart, &h);
	check_figure(r, &h, HEALTH_REALLOCATED, r->reallocated);
	check_figure(r, &h, HEALTH_PENDING, r->pending);
	check_figure(r, &h, HEALTH_HOURS, r->hours);
	check_figure(r, &h, HEALTH_LINK, r->link);
	CHECK(h.has_temperature == (r->temperature_c != 0) &&
			(!h.has_temperature || h.temperature_c == r->temperature_c),
		"%s: %d", r->file, h.temperature_c);
}

static void test_real_drives(void)
{
	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		struct blob b;

		if (blob_load(reals[i].file, &b))
			check_real(&reals[i], &b);
	}
}

int main(void)
{
	test_identity();
	test_old_identity();
	test_states();
	test_smart_page();
	test_figures();
	test_temperatures();
	test_wear();
	test_real_drives();
	return test_end(__FILE__);
}
