/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated disks that are spoken to in their own language. Host only. See sim_disk.h.
 *
 * Spec.  As core/disk_command.h. What nobody gave a page for is answered as drives answer what they do not know.
 */
#include "core/disk_command.h"
#include "host/sim_disk.h"
#include <stdlib.h>

#define ATA_READY      0x50u
#define SMART          0xb0u
#define SMART_STATUS   0xdau
#define SMART_GOOD     0xc24f00u
#define SMART_BAD      0x2cf400u
#define READ_LOG       0x2fu
#define READ_LOG_DMA   0x47u
#define SCSI_KEY_FIELD 0x052400u /* illegal request: invalid field in CDB */
#define NVME_NO_LOG    0x109u
#define NVME_GET_LOG   0x02u
#define PAGE_BYTES     512u

static uint32_t key_of(const struct disk_command *c)
{
	const struct ata_request *ata = &c->u.ata;
	const uint8_t *cdb = c->u.scsi.cdb;
	uint32_t opcode = ata->command == READ_LOG_DMA ? READ_LOG : ata->command;

	if (c->language == DISK_ATA)
		return opcode << 16 | (uint32_t)(ata->feature & 0xff) << 8 |
		       (opcode == SMART || opcode == READ_LOG ? ata->lba & 0xff : 0);
	if (c->language != DISK_SCSI)
		return (uint32_t)c->u.nvme.opcode << 16 | (c->u.nvme.cdw10 & 0xff) << 8;
	if (cdb[0] == 0x12)
		return UINT32_C(0x120000) | (uint32_t)(cdb[1] & 1) << 8 | cdb[2];
	if (cdb[0] == 0x4d || cdb[0] == 0x1a || cdb[0] == 0x5a)
		return (uint32_t)cdb[0] << 16 | (uint32_t)(cdb[2] & 0x3f) << 8 | cdb[3];
	return (uint32_t)cdb[0] << 16;
}

/* Where in its page a command starts. */
static uint64_t offset_of(const struct disk_command *c)
{
	const struct ata_request *ata = &c->u.ata;
	const struct nvme_request *nvme = &c->u.nvme;

	if (c->language == DISK_ATA && ata->ext)
		return ((ata->lba >> 8 & 0xff) | (ata->lba >> 24 & 0xff00)) * PAGE_BYTES;
	if (c->language == DISK_NVME_ADMIN && nvme->opcode == NVME_GET_LOG)
		return (uint64_t)nvme->cdw13 << 32 | nvme->cdw12;
	return 0;
}

bool sim_disk_page(struct sim_disk *sim, struct text key, const void *bytes, size_t len)
{
	struct sim_page *page = &sim->pages[sim->page_count];
	unsigned parts = 0;

	if (sim->page_count == SIM_PAGES_MAX)
		return false;
	page->key = 0;
	for (size_t at = 0; at <= key.len && parts < 3; parts++) {
		char number[16] = "0x";
		uint64_t value;

		for (size_t i = 2; at < key.len && key.at[at] != '.' && i + 1 < sizeof(number); i++)
			number[i] = key.at[at++];
		if (!text_number((struct text){number, text_length(number)}, &value) ||
			value > 0xff)
			return false;
		page->key |= (uint32_t)value << (16 - 8 * parts);
		at++;
	}
	page->bytes = malloc(len > 0 ? len : 1);
	if (page->bytes == NULL)
		return false;
	memcpy(page->bytes, bytes, len);
	page->len = len;
	sim->page_count++;
	return true;
}

/* ---- answers ---- */

static void answer_good(const struct disk_command *c, struct disk_answer *ret)
{
	ret->answered = true;
	ret->bytes = c->bytes;
	if (c->language == DISK_ATA)
		ret->u.ata.status = ATA_READY;
}

/* The drive's own words for an error; `said` as the SIM_..._CAUSE figures are made. */
static void answer_error(
	const struct disk_command *c, uint64_t said, uint64_t lba, struct disk_answer *ret)
{
	uint8_t *sense = ret->u.scsi.sense;

	ret->answered = true;
	ret->bytes = 0;
	if (c->language == DISK_ATA) {
		ret->u.ata.status = ATA_READY | ATA_STATUS_ERR;
		ret->u.ata.error = (uint8_t)said;
		ret->u.ata.lba = lba;
	} else if (c->language == DISK_SCSI) {
		ret->u.scsi.target = SCSI_CHECK_CONDITION;
		ret->u.scsi.sense_bytes = 18;
		sense[0] = 0xf0; /* fixed format, information valid */
		sense[2] = (uint8_t)(said >> 16);
		put_be32(sense + 3, (uint32_t)lba);
		sense[7] = 10;
		sense[12] = (uint8_t)(said >> 8);
		sense[13] = (uint8_t)said;
	} else {
		ret->u.nvme.sct = said >> 8 & 7;
		ret->u.nvme.sc = (uint8_t)said;
	}
}

static const uint32_t medium_causes[] = {[DISK_ATA] = SIM_ATA_CAUSE,
	[DISK_NVME_ADMIN] = SIM_NVME_CAUSE,
	[DISK_NVME_IO] = SIM_NVME_CAUSE,
	[DISK_SCSI] = SIM_SCSI_CAUSE};
static const uint32_t unknown_causes[] = {[DISK_ATA] = ATA_ERROR_ABRT,
	[DISK_NVME_ADMIN] = NVME_NO_LOG,
	[DISK_NVME_IO] = NVME_NO_LOG,
	[DISK_SCSI] = SCSI_KEY_FIELD};

/* ---- reads and verifies ---- */

bool sim_disk_range(const struct disk_command *c, struct sim_range *ret)
{
	const struct ata_request *ata = &c->u.ata;
	const struct nvme_request *nvme = &c->u.nvme;
	const uint8_t *cdb = c->u.scsi.cdb;

	if (c->language == DISK_ATA) {
		*ret = (struct sim_range){ata->lba, ata->count};
		return memchr("\x20\x24\xc8\x25\x40\x42", ata->command, 6) != NULL;
	}
	if (c->language == DISK_NVME_IO) {
		*ret = (struct sim_range){
			(uint64_t)nvme->cdw11 << 32 | nvme->cdw10, (nvme->cdw12 & 0xffff) + 1};
		return true;
	}
	if (c->language != DISK_SCSI || memchr("\x28\x2f\x88\x8f", cdb[0], 4) == NULL)
		return false;
	if (c->u.scsi.cdb_bytes == 10)
		*ret = (struct sim_range){be32(cdb + 2), be16(cdb + 7)};
	else
		*ret = (struct sim_range){
			(uint64_t)be32(cdb + 2) << 32 | be32(cdb + 6), be32(cdb + 10)};
	return true;
}

static enum disk_result read_blocks(struct sim_disk *sim, const struct disk_command *c,
	const struct sim_range *range, bool timed, struct disk_answer *ret)
{
	struct sim_disk_fault fault;
	enum disk_result result;

	if (range->count == 0 || range->lba >= sim->settings.block_count ||
		range->count > sim->settings.block_count - range->lba) {
		answer_error(c, unknown_causes[c->language], range->lba, ret);
		return DISK_ERROR;
	}
	result = sim_disk_perform(sim, range, true, c->bytes > 0, timed, &fault);
	if (fault.count == 0 && result == DISK_OK)
		answer_good(c, ret);
	else if (fault.count > 0)
		answer_error(c, fault.value != 0 ? fault.value : medium_causes[c->language],
			fault.lba, ret);
	return result;
}

enum disk_result sim_disk_answer(
	struct sim_disk *sim, const struct disk_command *c, struct disk_answer *ret)
{
	struct sim_range range;

	return sim_disk_range(c, &range) ? read_blocks(sim, c, &range, true, ret) : DISK_REFUSED;
}

/* ---- everything else ---- */

static enum disk_result deliver_page(
	struct sim_disk *sim, const struct disk_command *c, struct disk_answer *ret)
{
	uint64_t offset = offset_of(c);

	for (size_t i = 0; i < sim->page_count; i++) {
		const struct sim_page *page = &sim->pages[i];
		size_t len = offset < page->len ? page->len - offset : 0;

		if (page->key != key_of(c))
			continue;
		len = len < c->bytes ? len : c->bytes;
		memset(sim->settings.buffer, 0, c->bytes);
		memcpy(sim->settings.buffer, page->bytes + (len > 0 ? offset : 0), len);
		answer_good(c, ret);
		return DISK_OK;
	}
	answer_error(c, unknown_causes[c->language], 0, ret);
	return DISK_ERROR;
}

enum disk_result sim_disk_command(void *ctx, const struct disk_command *c, struct disk_answer *ret)
{
	struct sim_disk *sim = ctx;
	struct sim_range range;

	if (!disk_command_allowed(sim->port, c))
		return DISK_REFUSED;
	if (sim_disk_range(c, &range))
		return read_blocks(sim, c, &range, false, ret);
	sim->command_count++;
	if (sim->request_count >= sim->gone_after)
		return DISK_GONE;
	if (c->bytes > 0)
		return deliver_page(sim, c, ret);
	sim->self_tests += disk_command_is_self_test(c);
	answer_good(c, ret);
	if (c->language == DISK_ATA && c->u.ata.feature == SMART_STATUS)
		ret->u.ata.lba = sim->smart_failing ? SMART_BAD : SMART_GOOD;
	return DISK_OK;
}
