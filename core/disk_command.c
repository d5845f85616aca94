/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which commands may leave for a disk. Pure. See disk_command.h.
 *
 * A command that is in no table is refused. What a row does not name must be zero where it could change the drive:
 * saved parameters, cleared counters, captured dumps.
 */
#include "core/disk_command.h"

enum use { READS, SELF_TEST };

/* ---- ATA ---- */

#define ATA_SMART        0xb0u
#define SMART_SIGNATURE  0xc24f00u /* without it the command is another one */
#define SMART_LBA        0xffff00u
#define SMART_OFF_LINE   0xd4u
#define ATA_SECTOR_BYTES 512u
#define ATA_DEVICE_OURS  0xe0u /* the rest picks the drive and its LBA bits */

enum ata_amount { ONE_SECTOR, COUNT_SECTORS, COUNT_BLOCKS }; /* of data, where there is any */

static const struct ata_row {
	uint8_t command;
	uint8_t feature; /* of SMART; 0 elsewhere: a set bit clears counters or captures dumps */
	bool ext;
	enum ata_protocol protocol;
	enum ata_amount amount;
	enum use use;
} ata_rows[] = {
	{0xec, 0, false, ATA_PIO_IN, ONE_SECTOR, READS},            /* IDENTIFY DEVICE */
	{0xe5, 0, false, ATA_NO_DATA, ONE_SECTOR, READS},           /* CHECK POWER MODE */
	{0x20, 0, false, ATA_PIO_IN, COUNT_BLOCKS, READS},          /* READ SECTORS */
	{0x24, 0, true, ATA_PIO_IN, COUNT_BLOCKS, READS},           /* READ SECTORS EXT */
	{0xc8, 0, false, ATA_DMA_IN, COUNT_BLOCKS, READS},          /* READ DMA */
	{0x25, 0, true, ATA_DMA_IN, COUNT_BLOCKS, READS},           /* READ DMA EXT */
	{0x40, 0, false, ATA_NO_DATA, ONE_SECTOR, READS},           /* READ VERIFY SECTORS */
	{0x42, 0, true, ATA_NO_DATA, ONE_SECTOR, READS},            /* READ VERIFY SECTORS EXT */
	{0x2f, 0, true, ATA_PIO_IN, COUNT_SECTORS, READS},          /* READ LOG EXT */
	{0x47, 0, true, ATA_DMA_IN, COUNT_SECTORS, READS},          /* READ LOG DMA EXT */
	{ATA_SMART, 0xd0, false, ATA_PIO_IN, ONE_SECTOR, READS},    /* READ DATA */
	{ATA_SMART, 0xd1, false, ATA_PIO_IN, ONE_SECTOR, READS},    /* READ THRESHOLDS */
	{ATA_SMART, 0xd5, false, ATA_PIO_IN, COUNT_SECTORS, READS}, /* READ LOG */
	{ATA_SMART, 0xda, false, ATA_NO_DATA, ONE_SECTOR, READS},   /* RETURN STATUS */
	{ATA_SMART, SMART_OFF_LINE, false, ATA_NO_DATA, ONE_SECTOR, SELF_TEST},
};

/* EXECUTE OFF-LINE IMMEDIATE: short, extended, abort; not the captive ones, which block the drive. */
static bool is_ata_self_test(uint64_t subcommand)
{
	return subcommand == 1 || subcommand == 2 || subcommand == 0x7f;
}

static bool ata_amount_fits(const struct ata_row *row, const struct disk_command *c)
{
	uint32_t count = c->u.ata.count;

	if (row->protocol == ATA_NO_DATA)
		return c->bytes == 0;
	if (row->amount == ONE_SECTOR)
		return c->bytes == ATA_SECTOR_BYTES && count <= 1;
	if (row->amount == COUNT_SECTORS)
		return count > 0 && c->bytes == count * ATA_SECTOR_BYTES;
	return count > 0 && c->bytes >= count * ATA_SECTOR_BYTES && c->bytes % count == 0;
}

static bool ata_matches(const struct ata_row *row, const struct disk_command *c)
{
	const struct ata_request *r = &c->u.ata;
	uint64_t lba_limit = r->ext ? UINT64_C(1) << 48 : UINT64_C(1) << 28;

	if (row->command != r->command || row->feature != r->feature || row->ext != r->ext ||
		row->protocol != r->protocol || r->lba >= lba_limit ||
		(r->device & ATA_DEVICE_OURS) != r->device || (!r->ext && r->count > 0xff) ||
		!ata_amount_fits(row, c))
		return false;
	if (row->command == ATA_SMART && (r->lba & SMART_LBA) != SMART_SIGNATURE)
		return false;
	return row->use == READS || is_ata_self_test(r->lba & 0xff);
}

static bool ata_allows(const struct disk_command *c, enum use use)
{
	for (size_t i = 0; i < ARRAY_LEN(ata_rows); i++) {
		if (ata_rows[i].use == use && ata_matches(&ata_rows[i], c))
			return true;
	}
	return false;
}

/* ---- NVMe ---- */

#define NVME_READ 0x02u

/* A drive that sends more than the firmware made room for writes over memory: the amount is what the words say. */
static uint32_t no_bytes(const struct disk_command *c)
{
	(void)c;
	return 0;
}

static uint32_t identify_bytes(const struct disk_command *c)
{
	(void)c;
	return 4096;
}

static uint32_t log_bytes(const struct disk_command *c)
{
	return ((c->u.nvme.cdw11 << 16 | c->u.nvme.cdw10 >> 16) + 1) * 4;
}

static uint32_t block_bytes(const struct disk_command *c)
{
	uint32_t blocks = (c->u.nvme.cdw12 & 0xffff) + 1;

	return c->bytes / blocks >= 512 ? c->bytes / blocks * blocks : 0;
}

/* Bits of CDW10 and CDW11 that may be set; all the other words but those of `rest` must be 0. */
static const struct nvme_row {
	enum disk_language language;
	uint8_t opcode;
	uint32_t (*bytes)(const struct disk_command *c);
	uint32_t cdw10, cdw11;
	bool rest; /* CDW12 to 15 mean nothing that changes the drive */
	enum use use;
} nvme_rows[] = {
	{DISK_NVME_ADMIN, 0x06, identify_bytes, 0xffff00ff, 0xffffffff, true, READS}, /* Identify */
	/* Get Log Page: without the log specific field, which creates and establishes. */
	{DISK_NVME_ADMIN, 0x02, log_bytes, 0xffff80ff, 0x0000ffff, true, READS},
	{DISK_NVME_ADMIN, 0x0a, no_bytes, 0x000007ff, 0xffffffff, false, READS}, /* Get Features */
	{DISK_NVME_IO, NVME_READ, block_bytes, 0xffffffff, 0xffffffff, true, READS},
	{DISK_NVME_IO, 0x0c, no_bytes, 0xffffffff, 0xffffffff, true, READS}, /* Verify */
	{DISK_NVME_ADMIN, 0x14, no_bytes, 0x0000000f, 0, false, SELF_TEST},  /* Device Self-test */
};

static bool is_nvme_self_test(uint32_t code)
{
	return code == 1 || code == 2 || code == 0xf;
}

static bool nvme_allows(const struct disk_command *c, enum use use)
{
	const struct nvme_request *r = &c->u.nvme;

	for (size_t i = 0; i < ARRAY_LEN(nvme_rows); i++) {
		const struct nvme_row *row = &nvme_rows[i];

		if (row->use != use || row->language != c->language || row->opcode != r->opcode ||
			(r->cdw10 & ~row->cdw10) != 0 || (r->cdw11 & ~row->cdw11) != 0 ||
			row->bytes(c) != c->bytes)
			continue;
		if (!row->rest && (r->cdw12 | r->cdw13 | r->cdw14 | r->cdw15) != 0)
			continue;
		return use == READS || is_nvme_self_test(r->cdw10);
	}
	return false;
}

/* ---- SCSI ---- */

/* cdb[1] is compared under `mask1`: bits in the mask must be as in `byte1`. */
static const struct scsi_row {
	uint8_t opcode, bytes;
	bool data;
	uint8_t mask1, byte1;
	enum use use;
} scsi_rows[] = {
	{0x00, 6, false, 0xff, 0, READS},          /* TEST UNIT READY */
	{0x03, 6, true, 0xfe, 0, READS},           /* REQUEST SENSE */
	{0x12, 6, true, 0xfe, 0, READS},           /* INQUIRY */
	{0x1a, 6, true, 0xf7, 0, READS},           /* MODE SENSE(6) */
	{0x5a, 10, true, 0xe7, 0, READS},          /* MODE SENSE(10) */
	{0x25, 10, true, 0xff, 0, READS},          /* READ CAPACITY(10) */
	{0x28, 10, true, 0x00, 0, READS},          /* READ(10) */
	{0x88, 16, true, 0x00, 0, READS},          /* READ(16) */
	{0x2f, 10, false, 0x06, 0, READS},         /* VERIFY(10), comparing nothing */
	{0x8f, 16, false, 0x06, 0, READS},         /* VERIFY(16), the same */
	{0x37, 10, true, 0xff, 0, READS},          /* READ DEFECT DATA(10) */
	{0xb7, 12, true, 0xe0, 0, READS},          /* READ DEFECT DATA(12) */
	{0x4d, 10, true, 0xff, 0, READS},          /* LOG SENSE, saving nothing */
	{0x9e, 16, true, 0xff, 0x10, READS},       /* READ CAPACITY(16) */
	{0xa0, 12, true, 0xff, 0, READS},          /* REPORT LUNS */
	{0xa3, 12, true, 0xff, 0x0c, READS},       /* REPORT SUPPORTED OPERATION CODES */
	{0x1d, 6, false, 0xff, 1 << 5, SELF_TEST}, /* SEND DIAGNOSTIC, background short */
	{0x1d, 6, false, 0xff, 2 << 5, SELF_TEST}, /* background extended */
	{0x1d, 6, false, 0xff, 4 << 5, SELF_TEST}, /* abort */
};

#define SEND_DIAGNOSTIC 0x1du

static bool scsi_allows(const struct disk_command *c, enum use use)
{
	const struct scsi_request *r = &c->u.scsi;

	for (size_t i = 0; i < ARRAY_LEN(scsi_rows); i++) {
		const struct scsi_row *row = &scsi_rows[i];

		if (row->use != use || row->opcode != r->cdb[0] || row->bytes != r->cdb_bytes ||
			row->data != (c->bytes > 0) || (r->cdb[1] & row->mask1) != row->byte1)
			continue;
		return row->opcode != SEND_DIAGNOSTIC || (r->cdb[3] | r->cdb[4]) == 0;
	}
	return false;
}

/* ---- all ---- */

static const struct {
	bool (*allows)(const struct disk_command *c, enum use use);
	unsigned speaks;
} languages[] = {
	[DISK_ATA] = {ata_allows, DISK_SPEAKS_ATA},
	[DISK_NVME_ADMIN] = {nvme_allows, DISK_SPEAKS_NVME},
	[DISK_NVME_IO] = {nvme_allows, DISK_SPEAKS_NVME},
	[DISK_SCSI] = {scsi_allows, DISK_SPEAKS_SCSI},
};

static bool allows(const struct disk_command *c, enum use use)
{
	return (unsigned)c->language < ARRAY_LEN(languages) &&
	       languages[c->language].allows(c, use);
}

bool disk_command_is_read_only(const struct disk_command *c)
{
	return allows(c, READS);
}

bool disk_command_is_self_test(const struct disk_command *c)
{
	return allows(c, SELF_TEST);
}

bool disk_command_allowed(const struct disk *disk, const struct disk_command *c)
{
	if (!disk_command_is_read_only(c) &&
		!(disk->self_test_allowed && disk_command_is_self_test(c)))
		return false;
	return (disk->speaks & languages[c->language].speaks) != 0 &&
	       c->bytes <= disk->buffer_bytes;
}

enum disk_result disk_command(
	const struct disk *disk, const struct disk_command *c, struct disk_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!disk_command_allowed(disk, c))
		return DISK_REFUSED;
	return disk->command(disk->ctx, c, ret);
}

struct disk_command disk_nvme_read(const struct disk *disk, uint64_t lba, uint32_t count)
{
	return (struct disk_command){.language = DISK_NVME_IO,
		.u.nvme = {.opcode = NVME_READ,
			.nsid = disk->namespace_id,
			.cdw10 = (uint32_t)lba,
			.cdw11 = (uint32_t)(lba >> 32),
			.cdw12 = count - 1},
		.bytes = count * disk->block_bytes};
}

bool disk_answer_good(const struct disk_command *c, const struct disk_answer *a)
{
	if (!a->answered)
		return false;
	if (c->language == DISK_ATA)
		return (a->u.ata.status & (ATA_STATUS_ERR | ATA_STATUS_DF)) == 0;
	if (c->language == DISK_SCSI)
		return a->u.scsi.host == 0 && a->u.scsi.target == SCSI_GOOD;
	return a->u.nvme.sct == 0 && a->u.nvme.sc == 0;
}
