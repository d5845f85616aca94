/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* NVMe identify data and log pages. Pure. See nvme_pages.h. */
#include "diskbench/nvme_pages.h"
#include "core/text.h"

/* ---- identify ---- */

enum page_result nvme_controller_read(struct span page, struct nvme_controller *ret)
{
	struct nvme_controller c = {0};

	if (page.len < NVME_IDENTIFY_BYTES)
		return PAGE_SHORT;
	text_clean(c.serial, sizeof(c.serial), page.at + 4, 20);
	text_clean(c.model, sizeof(c.model), page.at + 24, 40);
	text_clean(c.firmware, sizeof(c.firmware), page.at + 64, 8);
	if (c.model[0] == '\0' && c.serial[0] == '\0')
		return PAGE_EMPTY;
	c.version = le32(page.at + 80);
	c.self_test = page.at[256] >> 4 & 1;
	c.error_entries = page.at[262] + 1u;
	c.warning_k = le16(page.at + 266);
	c.critical_k = le16(page.at + 268);
	*ret = c;
	return PAGE_GOOD;
}

/* ---- health ---- */

static const struct {
	const char *text;
	bool failure;
} warnings[NVME_WARNINGS] = {
	[NVME_WARN_SPARE] = {"available spare is below its threshold", false},
	[NVME_WARN_TEMPERATURE] = {"temperature is beyond a threshold", false},
	[NVME_WARN_RELIABILITY] = {"reliability is degraded by media or internal errors", true},
	[NVME_WARN_READ_ONLY] = {"media are in read-only mode", true},
	[NVME_WARN_BACKUP] = {"backup of the volatile memory failed", true},
	[NVME_WARN_PMR] = {"persistent memory region is read-only or unreliable", false},
};

const char *nvme_warning_text(enum nvme_warning bit)
{
	return warnings[bit].text;
}

bool nvme_warning_is_failure(enum nvme_warning bit)
{
	return warnings[bit].failure;
}

/* 16 bytes. */
static uint64_t counter(const uint8_t *p)
{
	return le64(p + 8) == 0 ? le64(p) : UINT64_MAX;
}

static bool is_all(struct span page, uint8_t byte)
{
	for (size_t i = 0; i < page.len; i++) {
		if (page.at[i] != byte)
			return false;
	}
	return true;
}

enum page_result nvme_health_read(struct span page, struct nvme_health *ret)
{
	struct nvme_health n;

	if (page.len < NVME_HEALTH_BYTES)
		return PAGE_SHORT;
	page.len = NVME_HEALTH_BYTES;
	if (is_all(page, 0))
		return PAGE_EMPTY;
	/* A drive that fell off the bus reads as ones; spare is a percentage of what it was. */
	if (is_all(page, 0xff) || page.at[3] > 100)
		return PAGE_ABSURD;
	n = (struct nvme_health){
		.critical_warning = page.at[0],
		.temperature_k = le16(page.at + 1),
		.spare_percent = page.at[3],
		.spare_threshold_percent = page.at[4],
		.used_percent = page.at[5],
		.units_read = counter(page.at + 32),
		.units_written = counter(page.at + 48),
		.host_reads = counter(page.at + 64),
		.host_writes = counter(page.at + 80),
		.busy_minutes = counter(page.at + 96),
		.power_cycles = counter(page.at + 112),
		.power_on_hours = counter(page.at + 128),
		.unsafe_shutdowns = counter(page.at + 144),
		.media_errors = counter(page.at + 160),
		.log_entries = counter(page.at + 176),
		.warning_minutes = le32(page.at + 192),
		.critical_minutes = le32(page.at + 196),
	};
	for (size_t i = 0; i < NVME_SENSORS; i++)
		n.sensors_k[i] = le16(page.at + 200 + 2 * i);
	*ret = n;
	return PAGE_GOOD;
}

void nvme_health_fold(const struct nvme_health *n, struct health *h)
{
	const enum health_source source = SOURCE_NVME;

	health_take(h, HEALTH_MEDIA, source, n->media_errors);
	health_take(h, HEALTH_LOGGED, source, n->log_entries);
	health_take(h, HEALTH_UNSAFE, source, n->unsafe_shutdowns);
	health_take(h, HEALTH_POWER_CYCLES, source, n->power_cycles);
	health_take(h, HEALTH_HOURS, source, n->power_on_hours);
	h->has_temperature = n->temperature_k != 0;
	h->temperature_c = (int)n->temperature_k - 273;
	h->has_used = true;
	h->used_percent = n->used_percent;
}

/* ---- errors ---- */

enum page_result nvme_error_read(struct span entry, struct nvme_error *ret)
{
	uint16_t status;

	if (entry.len < NVME_ERROR_BYTES)
		return PAGE_SHORT;
	if (le64(entry.at) == 0)
		return PAGE_EMPTY;
	status = le16(entry.at + 12); /* bit 0 is the phase */
	*ret = (struct nvme_error){.number = le64(entry.at),
		.type = status >> 9 & 7,
		.code = status >> 1 & 0xff,
		.lba = le64(entry.at + 16),
		.namespace_id = le32(entry.at + 24)};
	return PAGE_GOOD;
}

bool nvme_error_is_data(const struct nvme_error *e)
{
	/* Generic: data transfer error, power loss, internal error. Type 2: media and data integrity, all of it but failed
	 * compares (85h), denied access (86h) and blocks that were never written (87h). */
	if (e->type == 0)
		return e->code == 0x04 || e->code == 0x06;
	return e->type == 2 && (e->code < 0x85 || e->code > 0x87);
}

/* ---- self-tests ---- */

enum page_result nvme_test_log_read(struct span page, struct nvme_test_log *ret)
{
	struct nvme_test_log log = {0};

	if (page.len < NVME_TEST_LOG_BYTES)
		return PAGE_SHORT;
	log.running = page.at[0] & 15;
	log.percent_done = page.at[1] & 0x7f;
	for (size_t i = 0; i < NVME_TESTS_MAX; i++) {
		const uint8_t *e = page.at + 4 + 28 * i;
		const uint8_t result = e[0] & 15, kind = e[0] >> 4;

		if (result == NVME_TEST_UNUSED || kind == 0)
			break;
		log.newest[log.count++] = (struct nvme_test){.kind = kind,
			.result = result,
			.hours = le64(e + 4),
			.has_lba = nvme_test_failed(result) && (e[2] & 2),
			.lba = le64(e + 16)};
	}
	*ret = log;
	return log.count == 0 && log.running == 0 ? PAGE_EMPTY : PAGE_GOOD;
}

const char *nvme_test_text(unsigned result)
{
	static const char *const texts[TEST_RESULTS] = {
		[0] = "completed without error",
		[1] = "aborted by command",
		[2] = "aborted by a controller reset",
		[3] = "aborted, its namespace went away",
		[4] = "aborted by a format",
		[5] = "could not be completed",
		[6] = "failed, segment unknown",
		[7] = "failed",
		[8] = "aborted for an unknown reason",
		[9] = "aborted by a sanitize",
	};

	return test_result_text(texts, result);
}
