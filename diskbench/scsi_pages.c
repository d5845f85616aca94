/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SCSI inquiry data and log pages. Pure. See scsi_pages.h. */
#include "diskbench/scsi_pages.h"
#include "core/text.h"

#define TEMPERATURE_UNKNOWN 255

/* Reassign status of a background medium scan entry, as bits: 1 waits to be written, 4 and 8 could not be reassigned. All
 * others were dealt with. */
#define STILL_BAD (1u << 1 | 1u << 4 | 1u << 8)

/* ---- inquiry ---- */

enum page_result scsi_inquiry_read(struct span data, struct scsi_inquiry *ret)
{
	struct scsi_inquiry q = {0};

	if (data.len < 36)
		return PAGE_SHORT;
	if (data.at[0] >> 5 == 3)
		return PAGE_ABSURD; /* no device there */
	q.device_type = data.at[0] & 31;
	q.removable = data.at[1] >> 7;
	text_clean(q.vendor, sizeof(q.vendor), data.at + 8, 8);
	text_clean(q.product, sizeof(q.product), data.at + 16, 16);
	text_clean(q.revision, sizeof(q.revision), data.at + 32, 4);
	q.is_ata = memcmp(data.at + 8, "ATA     ", 8) == 0;
	*ret = q;
	return PAGE_GOOD;
}

/* The content of a vital product data page. */
static enum page_result vital_page(struct span page, uint8_t code, struct span *ret)
{
	if (page.len < 4)
		return PAGE_SHORT;
	if (page.at[1] != code)
		return PAGE_ABSURD;
	return span_sub(page, 4, be16(page.at + 2), ret) ? PAGE_GOOD : PAGE_SHORT;
}

enum page_result scsi_rotation_read(struct span page, unsigned *ret_rpm)
{
	struct span content;
	const enum page_result result = vital_page(page, 0xb1, &content);

	if (result != PAGE_GOOD)
		return result;
	if (content.len < 2)
		return PAGE_SHORT;
	*ret_rpm = be16(content.at);
	return PAGE_GOOD;
}

/* ---- log parameters ---- */

/* One parameter: its code and its bytes. */
struct parameter {
	unsigned code;
	struct span data;
};

/* Big-endian, any length; saturates. */
static uint64_t number(struct span s)
{
	uint64_t value = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (value >> 56 != 0)
			return UINT64_MAX;
		value = value << 8 | s.at[i];
	}
	return value;
}

static void take_errors(
	const struct parameter *p, enum scsi_counter_page which, struct scsi_health *h)
{
	if (p->code == 3)
		h->corrected[which] = number(p->data);
	if (p->code == 6) {
		h->uncorrected[which] = number(p->data);
		h->has_errors[which] = true;
	}
}

static void take_write(const struct parameter *p, struct scsi_health *h)
{
	take_errors(p, SCSI_WRITES, h);
}

static void take_read(const struct parameter *p, struct scsi_health *h)
{
	take_errors(p, SCSI_READS, h);
}

static void take_verify(const struct parameter *p, struct scsi_health *h)
{
	take_errors(p, SCSI_VERIFIES, h);
}

static void take_non_medium(const struct parameter *p, struct scsi_health *h)
{
	if (p->code == 0) {
		h->has_non_medium = true;
		h->non_medium = number(p->data);
	}
}

static void take_temperature(const struct parameter *p, struct scsi_health *h)
{
	if (p->data.len < 2 || p->data.at[1] == TEMPERATURE_UNKNOWN)
		return;
	if (p->code == 0) {
		h->has_temperature = true;
		h->temperature_c = p->data.at[1];
	} else if (p->code == 1) {
		h->has_reference = true;
		h->reference_c = p->data.at[1];
	}
}

static void take_start_stop(const struct parameter *p, struct scsi_health *h)
{
	if (p->code == 4 && p->data.len == 4) {
		h->has_starts = true;
		h->starts = number(p->data);
	}
}

/* Parameters 1 to 20, the newest first; unused ones are zeros. */
static void take_self_test(const struct parameter *p, struct scsi_health *h)
{
	const uint8_t *d = p->data.at;
	uint64_t lba;

	if (p->data.len < 16 || p->code != h->test_count + 1 || h->test_count == SCSI_TESTS_MAX ||
		number((struct span){d, 8}) == 0)
		return;
	lba = number((struct span){d + 4, 8});
	h->tests[h->test_count++] = (struct scsi_test){.kind = d[0] >> 5,
		.result = d[0] & 15,
		.hours = be16(d + 2),
		.has_lba = scsi_test_failed(d[0] & 15) && lba != UINT64_MAX,
		.lba = lba};
}

static void take_solid_state(const struct parameter *p, struct scsi_health *h)
{
	if (p->code == 1 && p->data.len >= 4) {
		h->has_used = true;
		h->used_percent = p->data.at[3];
	}
}

static void take_background(const struct parameter *p, struct scsi_health *h)
{
	if (p->code == 0 && p->data.len >= 4) {
		h->has_hours = true;
		h->hours = be32(p->data.at) / 60;
		return;
	}
	if (p->code == 0 || p->code > 0x800 || p->data.len < 20 ||
		(STILL_BAD >> (p->data.at[4] >> 4) & 1) == 0)
		return;
	if (h->background_bad++ == 0)
		h->background_lba = number((struct span){p->data.at + 12, 8});
}

static void take_exceptions(const struct parameter *p, struct scsi_health *h)
{
	if (p->code != 0 || p->data.len < 2)
		return;
	h->has_exceptions = true;
	h->asc = p->data.at[0];
	h->ascq = p->data.at[1];
	if (p->data.len >= 3 && !h->has_temperature && p->data.at[2] != 0 &&
		p->data.at[2] != TEMPERATURE_UNKNOWN) {
		h->has_temperature = true;
		h->temperature_c = p->data.at[2];
	}
}

static const struct {
	uint8_t page;
	void (*take)(const struct parameter *p, struct scsi_health *h);
} pages[] = {
	{SCSI_LOG_WRITE_ERRORS, take_write},
	{SCSI_LOG_READ_ERRORS, take_read},
	{SCSI_LOG_VERIFY_ERRORS, take_verify},
	{SCSI_LOG_NON_MEDIUM, take_non_medium},
	{SCSI_LOG_TEMPERATURE, take_temperature},
	{SCSI_LOG_START_STOP, take_start_stop},
	{SCSI_LOG_SELF_TESTS, take_self_test},
	{SCSI_LOG_SOLID_STATE, take_solid_state},
	{SCSI_LOG_BACKGROUND, take_background},
	{SCSI_LOG_EXCEPTIONS, take_exceptions},
};

/* Takes the next whole parameter off *rest. */
static bool next_parameter(struct span *rest, struct parameter *ret)
{
	struct span data;

	if (rest->len < 4 || !span_sub(*rest, 4, rest->at[3], &data))
		return false;
	*ret = (struct parameter){be16(rest->at), data};
	*rest = (struct span){data.at + data.len, rest->len - 4 - data.len};
	return true;
}

enum page_result scsi_log_add(struct span page, uint8_t page_code, struct scsi_health *h)
{
	struct parameter p;
	struct span rest;
	size_t len;
	bool any = false;

	if (page.len < 4)
		return PAGE_SHORT;
	if ((page.at[0] & 0x3f) != page_code)
		return PAGE_ABSURD;
	len = be16(page.at + 2);
	rest = (struct span){page.at + 4, len < page.len - 4 ? len : page.len - 4};
	while (next_parameter(&rest, &p)) {
		any = true;
		for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
			if (pages[i].page == page_code)
				pages[i].take(&p, h);
		}
	}
	return any ? PAGE_GOOD : PAGE_EMPTY;
}

/* ---- what it comes to ---- */

void scsi_health_fold(const struct scsi_health *s, struct health *h)
{
	if (s->has_errors[SCSI_READS])
		health_take(h, HEALTH_MEDIA, SOURCE_SCSI, s->uncorrected[SCSI_READS]);
	if (s->has_hours) {
		health_take(h, HEALTH_HOURS, SOURCE_SCSI, s->hours);
		health_take(h, HEALTH_PENDING, SOURCE_SCSI, s->background_bad);
	}
	if (s->has_starts)
		health_take(h, HEALTH_POWER_CYCLES, SOURCE_SCSI, s->starts);
	if (s->has_non_medium)
		health_take(h, HEALTH_LOGGED, SOURCE_SCSI, s->non_medium);
	if (s->has_temperature) {
		h->has_temperature = true;
		h->temperature_c = s->temperature_c;
	}
	if (s->has_used) {
		h->has_used = true;
		h->used_percent = s->used_percent;
	}
}

const char *scsi_test_text(unsigned result)
{
	static const char *const texts[TEST_RESULTS] = {
		[0] = "completed without error",
		[1] = "aborted by command",
		[2] = "aborted by another cause",
		[3] = "could not be completed",
		[4] = "failed, segment unknown",
		[5] = "failed in its first segment",
		[6] = "failed in its second segment",
		[7] = "failed in another segment",
		[15] = "still running",
	};

	return test_result_text(texts, result);
}
