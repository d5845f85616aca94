/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Error and self-test logs of an ATA drive. Pure. See ata_logs.h.
 *
 * All four are rings: an index of the newest entry, from 1, and entries as old as the ring is long. Unused entries are zeros.
 */
#include "diskbench/ata_logs.h"

/* Where things are in one kind of log. */
struct ring {
	size_t first, entry_bytes, entries; /* on one page */
	size_t index, index_bytes;
};

static const struct ring summary_errors = {2, 90, 5, 1, 1};
static const struct ring extended_errors = {4, 124, 4, 2, 2};
static const struct ring tests = {2, 24, 21, 508, 1};
static const struct ring extended_tests = {4, 26, 19, 2, 2};

static enum page_result check(struct span *page)
{
	if (page->len < ATA_PAGE_BYTES)
		return PAGE_SHORT;
	page->len = ATA_PAGE_BYTES;
	return page_adds_up(*page) ? PAGE_GOOD : PAGE_CHECKSUM;
}

static size_t newest_index(struct span page, const struct ring *ring)
{
	return ring->index_bytes == 1 ? page.at[ring->index] : le16(page.at + ring->index);
}

/* The entry that is `back` older than the newest, index 1 to ring->entries. */
static const uint8_t *entry(struct span page, const struct ring *ring, size_t index, size_t back)
{
	const size_t at = (index - 1 + ring->entries - back) % ring->entries;

	return page.at + ring->first + at * ring->entry_bytes;
}

static bool is_unused(const uint8_t *e, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (e[i] != 0)
			return false;
	}
	return true;
}

/* ---- errors ---- */

/* The error data structure: 5 commands of 12 bytes go before it. */
static struct ata_logged_error summary_error(const uint8_t *entry_at)
{
	const uint8_t *e = entry_at + 60;

	return (struct ata_logged_error){.error = e[1],
		.status = e[7],
		.lba = (uint64_t)(e[6] & 15) << 24 | (uint64_t)e[5] << 16 | le16(e + 3),
		.hours = le16(e + 28)};
}

/* 5 commands of 18 bytes go before it; low and high bytes of the LBA alternate. */
static struct ata_logged_error extended_error(const uint8_t *entry_at)
{
	const uint8_t *e = entry_at + 90;
	const uint64_t low = (uint64_t)e[8] << 16 | (uint64_t)e[6] << 8 | e[4];
	const uint64_t high = (uint64_t)e[9] << 16 | (uint64_t)e[7] << 8 | e[5];

	return (struct ata_logged_error){
		.error = e[1], .status = e[11], .lba = high << 24 | low, .hours = le16(e + 32)};
}

static enum page_result read_errors(struct span page, const struct ring *ring, size_t total_at,
	struct ata_logged_error (*read)(const uint8_t *), struct ata_error_log *ret)
{
	struct ata_error_log log = {0};
	const enum page_result result = check(&page);
	size_t index;

	if (result != PAGE_GOOD)
		return result;
	log.total = le16(page.at + total_at);
	index = newest_index(page, ring);
	for (size_t back = 0; index > 0 && index <= ring->entries && back < ring->entries; back++) {
		const uint8_t *e = entry(page, ring, index, back);

		if (is_unused(e, ring->entry_bytes))
			break;
		log.newest[log.count++] = read(e);
	}
	*ret = log;
	return log.total == 0 && log.count == 0 ? PAGE_EMPTY : PAGE_GOOD;
}

enum page_result ata_error_log_read(struct span page, struct ata_error_log *ret)
{
	return read_errors(page, &summary_errors, 452, summary_error, ret);
}

enum page_result ata_error_log_ext_read(struct span page, struct ata_error_log *ret)
{
	return read_errors(page, &extended_errors, 500, extended_error, ret);
}

/* ---- self-tests ---- */

static struct ata_logged_test short_test(const uint8_t *e)
{
	return (struct ata_logged_test){.kind = e[0],
		.status = e[1] >> 4,
		.hours = le16(e + 2),
		.has_lba = le32(e + 5) != UINT32_MAX,
		.lba = le32(e + 5)};
}

static struct ata_logged_test extended_test(const uint8_t *e)
{
	const uint64_t lba = (uint64_t)le16(e + 9) << 32 | le32(e + 5);

	return (struct ata_logged_test){.kind = e[0],
		.status = e[1] >> 4,
		.hours = le16(e + 2),
		.has_lba = lba != 0xffffffffffff,
		.lba = lba};
}

static enum page_result read_tests(struct span page, const struct ring *ring,
	struct ata_logged_test (*read)(const uint8_t *), struct ata_test_log *ret)
{
	struct ata_test_log log = {0};
	const enum page_result result = check(&page);
	size_t index;

	if (result != PAGE_GOOD)
		return result;
	index = newest_index(page, ring);
	for (size_t back = 0; index > 0 && index <= ring->entries && back < ring->entries; back++) {
		const uint8_t *e = entry(page, ring, index, back);

		if (is_unused(e, ring->entry_bytes))
			break;
		log.newest[log.count] = read(e);
		log.newest[log.count].has_lba &= ata_self_test_failed(log.newest[log.count].status);
		log.count++;
	}
	*ret = log;
	return log.count == 0 ? PAGE_EMPTY : PAGE_GOOD;
}

enum page_result ata_test_log_read(struct span page, struct ata_test_log *ret)
{
	return read_tests(page, &tests, short_test, ret);
}

enum page_result ata_test_log_ext_read(struct span page, struct ata_test_log *ret)
{
	return read_tests(page, &extended_tests, extended_test, ret);
}
