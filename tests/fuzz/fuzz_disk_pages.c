/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a drive says of itself, from any bytes: no crash, counts within their arrays, printable names. The first byte picks the
 * page, and whether its checksum is made to fit. */
#include "diskbench/ata_attributes.h"
#include "diskbench/ata_logs.h"
#include "diskbench/nvme_pages.h"
#include "diskbench/scsi_pages.h"
#include <stdlib.h>

#define PAGE_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static void must_be_clean(const char *text, size_t cap)
{
	size_t at = 0;

	for (; at < cap && text[at] != '\0'; at++)
		must(text[at] >= ' ' && text[at] <= '~');
	must(at < cap);
}

static void identify(struct span page)
{
	struct ata_identity id;

	if (ata_identity_read(page, &id) != PAGE_GOOD)
		return;
	must_be_clean(id.model, sizeof(id.model));
	must_be_clean(id.serial, sizeof(id.serial));
	must_be_clean(id.firmware, sizeof(id.firmware));
	must(id.logical_bytes >= 512 && id.sata_gen <= 3 && id.sata_gen_now <= 7);
}

static void smart(struct span page)
{
	static const struct ata_identity disk = {.model = "INTEL SSD",
						 .blocks = 1000,
						 .solid_state = true},
					 old = {.model = "Maxtor X", .blocks = 1u << 30};
	struct ata_smart s = {0};
	struct health h = {0}, g = {0};

	if (ata_smart_read(page, &s) != PAGE_GOOD)
		return;
	ata_smart_add_thresholds(page, &s);
	must(s.count > 0 && s.count <= ATA_ATTRIBUTES);
	for (unsigned i = 0; i < s.count; i++) {
		must(s.attributes[i].id != 0 && s.attributes[i].raw >> 48 == 0);
		must(ata_attribute_name(s.attributes[i].id, i & 1) != NULL);
		ata_attribute_state(&s.attributes[i]);
	}
	ata_attributes_fold(&disk, &s, &h);
	ata_attributes_fold(&old, &s, &g);
	must(!h.has_used || h.used_percent <= 100);
	must(!h.has_temperature || (h.temperature_c > -60 && h.temperature_c < 127));
}

static void errors(struct span page)
{
	struct ata_error_log log;

	if (ata_error_log_read(page, &log) == PAGE_GOOD)
		must(log.count <= ATA_ERRORS_MAX);
	if (ata_error_log_ext_read(page, &log) == PAGE_GOOD)
		must(log.count <= ATA_ERRORS_MAX);
}

static void tests(struct span page)
{
	struct ata_test_log log;
	struct nvme_test_log nvme;

	if (ata_test_log_read(page, &log) == PAGE_GOOD)
		must(log.count <= ATA_TESTS_MAX);
	if (ata_test_log_ext_read(page, &log) == PAGE_GOOD)
		must(log.count <= ATA_TESTS_MAX);
	if (nvme_test_log_read(page, &nvme) == PAGE_GOOD)
		must(nvme.count <= NVME_TESTS_MAX && nvme_test_text(nvme.newest[0].result) != NULL);
}

static void statistics(struct span page)
{
	struct ata_statistics stats = {0};
	struct ata_phy_counters phy;
	struct health h = {0};

	for (unsigned i = 0; i <= ATA_STATISTICS_PAGES; i++)
		ata_statistics_add(page, i, &stats);
	ata_statistics_fold(&stats, &h);
	if (ata_phy_counters_read(page, &phy) == PAGE_GOOD)
		must(phy.count > 0 && phy.count < ATA_PAGE_BYTES / 4);
}

static void nvme(struct span page)
{
	struct nvme_controller c;
	struct nvme_health health;
	struct nvme_error e;
	struct health h = {0};

	if (nvme_controller_read(page, &c) == PAGE_GOOD) {
		must_be_clean(c.model, sizeof(c.model));
		must_be_clean(c.serial, sizeof(c.serial));
		must_be_clean(c.firmware, sizeof(c.firmware));
		must(c.error_entries >= 1 && c.error_entries <= 256);
	}
	if (nvme_health_read(page, &health) == PAGE_GOOD)
		nvme_health_fold(&health, &h);
	if (nvme_error_read(page, &e) == PAGE_GOOD)
		nvme_error_is_data(&e);
}

static void scsi(struct span page)
{
	struct scsi_inquiry q;
	struct scsi_health s = {0};
	struct health h = {0};
	unsigned rpm;

	if (scsi_inquiry_read(page, &q) == PAGE_GOOD)
		must_be_clean(q.product, sizeof(q.product));
	scsi_rotation_read(page, &rpm);
	if (page.len > 0)
		scsi_log_add(page, page.at[0] & 0x3f, &s);
	must(s.test_count <= SCSI_TESTS_MAX);
	scsi_health_fold(&s, &h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct span) = {
		identify, smart, errors, tests, statistics, nvme, scsi};
	uint8_t sealed[PAGE_BYTES] = {0};
	struct span page;

	if (size == 0)
		return 0;
	page = (struct span){data + 1, size - 1};
	if (data[0] & 0x80) {
		memcpy(sealed, page.at, page.len < PAGE_BYTES ? page.len : PAGE_BYTES);
		sealed[ATA_PAGE_BYTES - 1] = 0;
		for (size_t i = 0; i < ATA_PAGE_BYTES - 1; i++)
			sealed[ATA_PAGE_BYTES - 1] = (uint8_t)(sealed[ATA_PAGE_BYTES - 1] -
							       sealed[i]);
		page = (struct span){sealed, PAGE_BYTES};
	}
	readers[(data[0] & 0x7f) % ARRAY_LEN(readers)](page);
	return 0;
}
