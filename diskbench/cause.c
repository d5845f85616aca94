/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking the drive itself. Pure. See cause.h. */
#include "diskbench/cause.h"
#include "core/fmt.h"
#include "core/text.h"
#include "diskbench/poison.h"

#define TRIES          2 /* a unit attention, or what a reset left behind, is told once */
#define UNIT_ATTENTION 6u
#define READ_NS        UINT64_C(35000000000) /* what a drive's own retries take, and a little more */
#define ATA_LBA        0x40u
#define LBA28          (UINT64_C(1) << 28)
#define NVME_VERIFY    0x0cu

/* ---- commands ---- */

static struct disk_command ata_access(const struct disk *disk, uint64_t lba, bool data)
{
	bool ext = lba >= LBA28 - 1;

	return (struct disk_command){.language = DISK_ATA,
		.u.ata = {.command = data ? (ext ? 0x25 : 0xc8) : (ext ? 0x42 : 0x40),
			.count = 1,
			.lba = lba,
			.device = ATA_LBA,
			.ext = ext,
			.protocol = data ? ATA_DMA_IN : ATA_NO_DATA},
		.bytes = data ? disk->block_bytes : 0};
}

static struct disk_command nvme_access(const struct disk *disk, uint64_t lba, bool data)
{
	struct disk_command c = disk_nvme_read(disk, lba, 1);

	if (!data) {
		c.u.nvme.opcode = NVME_VERIFY;
		c.bytes = 0;
	}
	return c;
}

static struct disk_command scsi_access(const struct disk *disk, uint64_t lba, bool data)
{
	struct disk_command c = {.language = DISK_SCSI, .bytes = data ? disk->block_bytes : 0};
	uint8_t *cdb = c.u.scsi.cdb;

	if (lba <= UINT32_MAX) { /* old drives know only these */
		cdb[0] = data ? 0x28 : 0x2f;
		put_be32(cdb + 2, (uint32_t)lba);
		cdb[8] = 1;
		c.u.scsi.cdb_bytes = 10;
	} else {
		cdb[0] = data ? 0x88 : 0x8f;
		put_be32(cdb + 2, (uint32_t)(lba >> 32));
		put_be32(cdb + 6, (uint32_t)lba);
		cdb[13] = 1;
		c.u.scsi.cdb_bytes = 16;
	}
	return c;
}

static struct disk_command access(const struct disk *disk, uint64_t lba, bool data)
{
	struct disk_command c;

	if ((disk->speaks & DISK_SPEAKS_NVME) != 0)
		c = nvme_access(disk, lba, data);
	else if ((disk->speaks & DISK_SPEAKS_SCSI) != 0)
		c = scsi_access(disk, lba, data);
	else
		c = ata_access(disk, lba, data);
	c.timeout_ns = READ_NS;
	return c;
}

/* Something small that every drive knows, and that touches no medium. */
static struct disk_command are_you_there(const struct disk *disk)
{
	if ((disk->speaks & DISK_SPEAKS_NVME) != 0)
		return (struct disk_command){.language = DISK_NVME_ADMIN,
			.u.nvme = {.opcode = 0x06, .cdw10 = 1},
			.bytes = 4096};
	if ((disk->speaks & DISK_SPEAKS_SCSI) != 0)
		return (struct disk_command){.language = DISK_SCSI,
			.u.scsi = {.cdb = {0x12, 0, 0, 0, 36}, .cdb_bytes = 6},
			.bytes = 36};
	return (struct disk_command){.language = DISK_ATA,
		.u.ata = {.command = 0xec, .count = 1, .device = ATA_LBA, .protocol = ATA_PIO_IN},
		.bytes = 512};
}

/* ---- asking ---- */

static bool is_attention(const struct disk_command *c, const struct disk_answer *a)
{
	uint8_t key;
	uint16_t code;

	return c->language == DISK_SCSI && a->answered &&
	       cause_sense((struct span){a->u.scsi.sense, a->u.scsi.sense_bytes}, &key, &code) &&
	       key == UNIT_ATTENTION;
}

static enum disk_result send(
	const struct disk *disk, const struct disk_command *c, struct disk_answer *ret)
{
	enum disk_result result = disk_command(disk, c, ret);

	for (unsigned i = 1; i < TRIES && is_attention(c, ret); i++)
		result = disk_command(disk, c, ret);
	return result;
}

static void say_unknown(struct cause *ret, const char *why)
{
	ret->kind = CAUSE_UNKNOWN;
	fmt_to(ret->text, sizeof(ret->text), "not known: %s", why);
}

/* Whether the buffer got its block: nothing of the poison is left. */
static bool arrived(const struct disk *disk, uint64_t key)
{
	size_t first, end;

	return !poison_find(disk->buffer, disk->block_bytes, key, &first, &end);
}

void cause_ask(const struct disk *disk, uint64_t lba, uint64_t key, struct cause *ret)
{
	struct disk_command read = access(disk, lba, true), verify = access(disk, lba, false);
	struct disk_answer answer;
	enum disk_result result;

	if (disk->speaks == 0) {
		say_unknown(ret, disk->mute);
		return;
	}
	poison_fill(disk->buffer, disk->block_bytes, key);
	result = send(disk, &read, &answer);
	if (answer.answered && !disk_answer_good(&read, &answer)) {
		cause_name(&read, &answer, ret);
		if (ret->kind == CAUSE_LINK && send(disk, &verify, &answer) == DISK_OK &&
			disk_answer_good(&verify, &answer))
			fmt_add(ret->text, sizeof(ret->text), "; the medium is good");
	} else if (result == DISK_OK && arrived(disk, key)) {
		ret->kind = CAUSE_DELIVERED;
		text_copy(
			ret->text, sizeof(ret->text), "the drive delivers it to a direct command");
	} else if (result == DISK_TIMEOUT) {
		say_unknown(ret, "the drive did not answer a direct command either");
	} else {
		say_unknown(ret, result == DISK_OK ? "a direct command delivered nothing either"
						   : "the drive does not say");
	}
}

void cause_of_silence(const struct disk *disk, struct cause *ret)
{
	struct disk_command c = are_you_there(disk);
	struct disk_answer answer;

	if (disk->speaks == 0) {
		say_unknown(ret, disk->mute);
		return;
	}
	ret->kind = CAUSE_SILENCE;
	if (send(disk, &c, &answer) == DISK_OK &&
		(!answer.answered || disk_answer_good(&c, &answer))) {
		text_copy(ret->text, sizeof(ret->text),
			"the drive answers other commands, but not this read");
		return;
	}
	text_copy(ret->text, sizeof(ret->text), "the drive answers no command at all");
}
