/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Model, serial and firmware of a disk. See identity.h. */
#include "efi/identity.h"
#include "core/disk_command.h"
#include "core/text.h"

#define ATA_BYTES       512
#define INQUIRY_BYTES   96
#define INQUIRY_MIN     36
#define NVME_BYTES      4096
#define NVME_IDENTIFY   6u
#define NVME_CONTROLLER 1u
#define INQUIRY         0x12u
#define SERIAL_PAGE     0x80u

/* ATA strings have the two characters of each word swapped. */
static void ata_string(char *dst, size_t cap, const uint8_t *from, size_t len)
{
	char swapped[40];

	for (size_t i = 0; i + 1 < len && i + 1 < sizeof(swapped); i += 2) {
		swapped[i] = (char)from[i + 1];
		swapped[i + 1] = (char)from[i];
	}
	text_clean(dst, cap, swapped, len);
}

static void read_ata(struct disk_info *info, struct disk *disk)
{
	uint8_t id[ATA_BYTES] = {0};
	UINT32 size = sizeof(id);

	if (EFI_ERROR(info->identify(info, id, &size)) || size < sizeof(id))
		return;
	ata_string(disk->serial, sizeof(disk->serial), id + 20, 20);
	ata_string(disk->firmware, sizeof(disk->firmware), id + 46, 8);
	ata_string(disk->model, sizeof(disk->model), id + 54, 40);
}

/* Vendor and product lie side by side, each padded with spaces. */
static void read_scsi(struct disk_info *info, struct disk *disk)
{
	uint8_t inquiry[INQUIRY_BYTES] = {0};
	UINT32 size = sizeof(inquiry);

	if (EFI_ERROR(info->inquiry(info, inquiry, &size)) || size < INQUIRY_MIN)
		return;
	text_clean(disk->model, sizeof(disk->model), inquiry + 8, 24);
	text_clean(disk->firmware, sizeof(disk->firmware), inquiry + 32, 4);
}

static void read_nvme(struct disk *disk)
{
	const struct disk_command identify = {.language = DISK_NVME_ADMIN,
		.u.nvme = {.opcode = NVME_IDENTIFY, .cdw10 = NVME_CONTROLLER},
		.bytes = NVME_BYTES};
	struct disk_answer answer;

	memset(disk->buffer, 0, NVME_BYTES);
	if (disk_command(disk, &identify, &answer) != DISK_OK)
		return;
	text_clean(disk->serial, sizeof(disk->serial), disk->buffer + 4, 20);
	text_clean(disk->model, sizeof(disk->model), disk->buffer + 24, 40);
	text_clean(disk->firmware, sizeof(disk->firmware), disk->buffer + 64, 8);
}

/* Disk info has no serial number of SCSI units: their vital product data page 80h has. */
static void read_serial(struct disk *disk)
{
	const struct disk_command page = {.language = DISK_SCSI,
		.u.scsi = {.cdb = {INQUIRY, 1, SERIAL_PAGE, 0, INQUIRY_BYTES}, .cdb_bytes = 6},
		.bytes = INQUIRY_BYTES};
	struct disk_answer answer;
	uint8_t *data = disk->buffer;

	memset(data, 0, INQUIRY_BYTES);
	if (disk_command(disk, &page, &answer) == DISK_OK && disk_answer_good(&page, &answer) &&
		data[1] == SERIAL_PAGE && data[3] <= INQUIRY_BYTES - 4)
		text_clean(disk->serial, sizeof(disk->serial), data + 4, data[3]);
}

static const struct {
	EFI_GUID *interface;
	void (*read)(struct disk_info *info, struct disk *disk);
} readers[] = {
	{&guid_disk_info_ahci, read_ata},
	{&guid_disk_info_ide, read_ata},
	{&guid_disk_info_scsi, read_scsi},
	{&guid_disk_info_usb, read_scsi},
};

void identity_read(EFI_HANDLE handle, struct disk *disk)
{
	struct disk_info *info = protocol_on(handle, &guid_disk_info);

	if ((disk->speaks & DISK_SPEAKS_NVME) != 0)
		read_nvme(disk);
	for (size_t i = 0; info != NULL && i < ARRAY_LEN(readers); i++) {
		if (guid_same(&info->interface, readers[i].interface))
			readers[i].read(info, disk);
	}
	if ((disk->speaks & DISK_SPEAKS_SCSI) != 0)
		read_serial(disk);
}
