/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What drives' status codes are called, and which of them blame the way and not the medium. Pure. See cause.h. */
#include "core/fmt.h"
#include "core/text.h"
#include "diskbench/cause.h"

struct name {
	uint32_t code;
	enum cause_kind kind;
	const char *text;
};

static const struct name *find(const struct name *names, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i].code == code)
			return &names[i];
	}
	return NULL;
}

static void set(struct cause *ret, const struct name *name)
{
	ret->kind = name->kind;
	text_copy(ret->text, sizeof(ret->text), name->text);
}

/* ---- ATA: bits of the error register, the telling ones first ---- */

static const struct name ata_names[] = {
	{ATA_ERROR_UNC, CAUSE_MEDIUM, "UNC, uncorrectable data"},
	{ATA_ERROR_ICRC, CAUSE_LINK, "ICRC, checksum error on the interface"},
	{ATA_ERROR_IDNF, CAUSE_MEDIUM, "IDNF, sector not found"},
	{0x01, CAUSE_MEDIUM, "AMNF, address mark not found"},
	{ATA_ERROR_ABRT, CAUSE_MEDIUM, "ABRT, command aborted"},
};

static void name_ata(const struct disk_answer *a, struct cause *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(ata_names); i++) {
		if ((a->u.ata.error & ata_names[i].code) != 0) {
			set(ret, &ata_names[i]);
			return;
		}
	}
	ret->kind = CAUSE_MEDIUM;
	if ((a->u.ata.status & ATA_STATUS_DF) != 0)
		fmt_to(ret->text, sizeof(ret->text), "DF, device fault");
	else
		fmt_to(ret->text, sizeof(ret->text), "ATA status 0x%02x, error 0x%02x",
			a->u.ata.status, a->u.ata.error);
}

/* ---- NVMe: status code type << 8 | status code ---- */

static const struct name nvme_names[] = {
	{0x004, CAUSE_LINK, "data transfer error"},
	{0x006, CAUSE_MEDIUM, "internal error"},
	{0x007, CAUSE_MEDIUM, "command aborted on request"},
	{0x008, CAUSE_MEDIUM, "command aborted, queue deleted"},
	{0x00b, CAUSE_MEDIUM, "invalid namespace or format"},
	{0x01d, CAUSE_MEDIUM, "sanitize in progress"},
	{0x022, CAUSE_LINK, "transient transport error"},
	{0x080, CAUSE_MEDIUM, "LBA out of range"},
	{0x082, CAUSE_MEDIUM, "namespace not ready"},
	{0x084, CAUSE_MEDIUM, "format in progress"},
	{0x281, CAUSE_MEDIUM, "unrecovered read error"},
	{0x282, CAUSE_MEDIUM, "end-to-end guard check error"},
	{0x283, CAUSE_MEDIUM, "end-to-end application tag error"},
	{0x284, CAUSE_MEDIUM, "end-to-end reference tag error"},
	{0x286, CAUSE_MEDIUM, "access denied"},
	{0x287, CAUSE_MEDIUM, "deallocated or unwritten block"},
	{0x300, CAUSE_LINK, "internal path error"},
	{0x360, CAUSE_LINK, "controller pathing error"},
	{0x370, CAUSE_LINK, "host pathing error"},
};

static void name_nvme(const struct disk_answer *a, struct cause *ret)
{
	const struct name *name = find(
		nvme_names, ARRAY_LEN(nvme_names), (uint32_t)a->u.nvme.sct << 8 | a->u.nvme.sc);

	ret->kind = CAUSE_MEDIUM;
	if (name != NULL)
		set(ret, name);
	else
		text_copy(ret->text, sizeof(ret->text), "error");
	fmt_add(ret->text, sizeof(ret->text), " (NVMe SCT %x SC %02xh%s)", a->u.nvme.sct,
		a->u.nvme.sc, a->u.nvme.dnr ? ", do not retry" : "");
}

/* ---- SCSI ---- */

/* ASC << 8 | ASCQ. */
static const struct name sense_names[] = {
	{0x0006, CAUSE_MEDIUM, "I/O process terminated"},
	{0x0400, CAUSE_MEDIUM, "not ready"},
	{0x0401, CAUSE_MEDIUM, "becoming ready"},
	{0x0403, CAUSE_MEDIUM, "not ready, a person is needed"},
	{0x0404, CAUSE_MEDIUM, "format in progress"},
	{0x0800, CAUSE_LINK, "communication failure"},
	{0x0801, CAUSE_LINK, "communication timeout"},
	{0x0802, CAUSE_LINK, "communication parity error"},
	{0x0803, CAUSE_LINK, "communication CRC error"},
	{0x0900, CAUSE_MEDIUM, "track following error"},
	{0x1000, CAUSE_MEDIUM, "ID CRC or ECC error"},
	{0x1100, CAUSE_MEDIUM, "unrecovered read error"},
	{0x1101, CAUSE_MEDIUM, "read retries exhausted"},
	{0x1102, CAUSE_MEDIUM, "error too long to correct"},
	{0x1104, CAUSE_MEDIUM, "unrecovered read error, reallocation failed"},
	{0x110b, CAUSE_MEDIUM, "unrecovered read error, reassign recommended"},
	{0x1114, CAUSE_MEDIUM, "marked unreadable by an application"},
	{0x1400, CAUSE_MEDIUM, "record not found"},
	{0x1401, CAUSE_MEDIUM, "record not found"},
	{0x1500, CAUSE_MEDIUM, "positioning error"},
	{0x1600, CAUSE_MEDIUM, "data synchronization mark error"},
	{0x2100, CAUSE_MEDIUM, "LBA out of range"},
	{0x3100, CAUSE_MEDIUM, "medium format corrupted"},
	{0x3a00, CAUSE_MEDIUM, "medium not present"},
	{0x3e00, CAUSE_MEDIUM, "not yet configured"},
	{0x4400, CAUSE_MEDIUM, "internal target failure"},
	{0x4700, CAUSE_LINK, "parity error on the bus"},
	{0x4701, CAUSE_LINK, "data phase CRC error"},
	{0x4703, CAUSE_LINK, "information unit CRC error"},
	{0x4b00, CAUSE_LINK, "data phase error"},
	{0x4b03, CAUSE_LINK, "ACK or NAK timeout"},
};

static const char *const sense_keys[16] = {"no sense", "recovered error", "not ready",
	"medium error", "hardware error", "illegal request", "unit attention", "data protect",
	"blank check", "vendor specific", "copy aborted", "aborted command", "reserved",
	"volume overflow", "miscompare", "completed"};

bool cause_sense(struct span sense, uint8_t *ret_key, uint16_t *ret_code)
{
	uint8_t format = sense.len > 0 ? sense.at[0] & 0x7f : 0;

	if ((format == 0x70 || format == 0x71) && sense.len >= 14) {
		*ret_key = sense.at[2] & 0xf;
		*ret_code = be16(sense.at + 12);
		return true;
	}
	if ((format == 0x72 || format == 0x73) && sense.len >= 8) {
		*ret_key = sense.at[1] & 0xf;
		*ret_code = be16(sense.at + 2);
		return true;
	}
	return false;
}

static void name_scsi(const struct disk_answer *a, struct cause *ret)
{
	const struct name *name;
	uint8_t key;
	uint16_t code;

	ret->kind = CAUSE_MEDIUM;
	if (!cause_sense((struct span){a->u.scsi.sense, a->u.scsi.sense_bytes}, &key, &code)) {
		fmt_to(ret->text, sizeof(ret->text), "SCSI status %02xh, host status %02xh",
			a->u.scsi.target, a->u.scsi.host);
		return;
	}
	name = find(sense_names, ARRAY_LEN(sense_names), code);
	if (name != NULL)
		set(ret, name);
	else
		text_copy(ret->text, sizeof(ret->text), sense_keys[key]);
	fmt_add(ret->text, sizeof(ret->text), " (%s, ASC %02xh ASCQ %02xh)", sense_keys[key],
		(unsigned)code >> 8, code & 0xffu);
}

void cause_name(const struct disk_command *c, const struct disk_answer *a, struct cause *ret)
{
	static void (*const names[])(const struct disk_answer *a, struct cause *ret) = {
		[DISK_ATA] = name_ata,
		[DISK_NVME_ADMIN] = name_nvme,
		[DISK_NVME_IO] = name_nvme,
		[DISK_SCSI] = name_scsi,
	};

	names[c->language](a, ret);
}
