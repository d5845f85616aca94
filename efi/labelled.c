/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Labels of FAT volumes from the disk itself. See labelled.h.
 *
 * Trust. A partition table may say anything: places outside the disk are not read, counts are bounded, and what is
 *        found is no more than a hint.
 */
#include "efi/labelled.h"
#include "core/text.h"

#define SECTOR_MIN 512u
#define SECTOR_MAX 4096u

#define MBR_TABLE        446u
#define MBR_ENTRIES      4u
#define MBR_ENTRY_BYTES  16u
#define MBR_ENTRY_LBA    8u
#define GPT_HEADER_LBA   1u
#define GPT_HEADER_TABLE 72u
#define GPT_TABLE_COUNT  80u
#define GPT_TABLE_SIZE   84u
#define GPT_ENTRY_LBA    32u
#define GPT_ENTRIES_MAX  128u

/* Where FAT boot sectors have their type and label: FAT32, then FAT12 and FAT16. */
static const struct {
	const char *type;
	size_t type_at, label_at;
} fat_labels[] = {{"FAT32", 82, 71}, {"FAT16", 54, 43}, {"FAT12", 54, 43}};

/* A table and a boot sector: one is read while the other is looked at. */
static uint8_t table[SECTOR_MAX] __attribute__((aligned(4096)));
static uint8_t boot_sector[SECTOR_MAX] __attribute__((aligned(4096)));

static bool read_sector(EFI_BLOCK_IO *io, uint64_t lba, uint8_t sector[SECTOR_MAX])
{
	const EFI_BLOCK_IO_MEDIA *m = io->Media;

	if (m == NULL || !m->MediaPresent || m->BlockSize < SECTOR_MIN ||
		m->BlockSize > SECTOR_MAX || lba > m->LastBlock)
		return false;
	memset(sector, 0, SECTOR_MAX); /* some firmware calls a read that failed a success */
	return !EFI_ERROR(io->ReadBlocks(io, m->MediaId, lba, m->BlockSize, sector));
}

void fat_label_at(EFI_BLOCK_IO *io, uint64_t lba, char label[FAT_LABEL_SIZE])
{
	label[0] = '\0';
	if (!read_sector(io, lba, boot_sector))
		return;
	for (size_t i = 0; i < ARRAY_LEN(fat_labels); i++) {
		if (memcmp(boot_sector + fat_labels[i].type_at, fat_labels[i].type, 5) == 0)
			text_clean(label, FAT_LABEL_SIZE, boot_sector + fat_labels[i].label_at,
				FAT_LABEL_SIZE - 1);
	}
}

static bool has_label_at(EFI_BLOCK_IO *io, uint64_t lba, const char *label)
{
	char found[FAT_LABEL_SIZE];

	fat_label_at(io, lba, found);
	return text_same(found, label);
}

static bool mbr_has_label(EFI_BLOCK_IO *io, const char *label)
{
	if (!read_sector(io, 0, table))
		return false;
	for (size_t i = 0; i < MBR_ENTRIES; i++) {
		uint32_t lba = le32(table + MBR_TABLE + i * MBR_ENTRY_BYTES + MBR_ENTRY_LBA);

		if (lba != 0 && has_label_at(io, lba, label))
			return true;
	}
	return false;
}

static bool gpt_has_label(EFI_BLOCK_IO *io, const char *label)
{
	uint64_t at, read = GPT_HEADER_LBA;
	uint32_t count, size, bytes;

	if (!read_sector(io, GPT_HEADER_LBA, table) || memcmp(table, "EFI PART", 8) != 0)
		return false;
	bytes = io->Media->BlockSize;
	at = le64(table + GPT_HEADER_TABLE);
	count = le32(table + GPT_TABLE_COUNT);
	size = le32(table + GPT_TABLE_SIZE);
	if (size < GPT_ENTRY_LBA + sizeof(uint64_t) || size > bytes || bytes % size != 0)
		return false;
	for (uint32_t i = 0; i < count && i < GPT_ENTRIES_MAX; i++) {
		uint64_t sector = at + i / (bytes / size), lba;

		if (sector != read && !read_sector(io, sector, table))
			return false;
		read = sector;
		lba = le64(table + i % (bytes / size) * size + GPT_ENTRY_LBA);
		if (lba != 0 && has_label_at(io, lba, label))
			return true;
	}
	return false;
}

bool disk_has_label(EFI_BLOCK_IO *io, const char *label)
{
	return has_label_at(io, 0, label) || mbr_has_label(io, label) || gpt_has_label(io, label);
}
