/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ATA commands through SCSI. Pure. See sat.h. */
#include "core/sat.h"

#define ATA_PASS_THROUGH_16 0x85u
#define CHECK_ALWAYS        0x20u /* CK_COND */
#define LOGICAL_BLOCKS      0x10u /* T_TYPE */
#define FROM_DEVICE         0x08u
#define IN_BLOCKS           0x04u
#define LENGTH_IN_COUNT     0x02u
#define ATA_READY           0x50u
#define DESCRIPTOR_FORMAT   0x72u
#define FIXED_FORMAT        0x70u
#define DESCRIPTORS_AT      8u
#define ATA_STATUS_RETURN   0x09u
#define ATA_RETURN_BYTES    14u

static const uint8_t protocols[] = {
	[ATA_NO_DATA] = 3,
	[ATA_PIO_IN] = 4,
	[ATA_DMA_IN] = 6,
};

/* Sectors of a read may be longer than the 512 bytes of everything else. */
static bool counts_blocks(const struct ata_request *ata)
{
	return ata->command == 0x20 || ata->command == 0x24 || ata->command == 0xc8 ||
	       ata->command == 0x25;
}

void sat_wrap(const struct ata_request *ata, struct scsi_request *ret)
{
	bool data = ata->protocol != ATA_NO_DATA;
	uint64_t upper = ata->ext ? ata->lba >> 24 : 0;
	uint16_t count = data && ata->count == 0 ? 1 : ata->count;
	uint8_t *cdb = ret->cdb;

	*ret = (struct scsi_request){.cdb_bytes = SCSI_CDB_BYTES};
	cdb[0] = ATA_PASS_THROUGH_16;
	cdb[1] = (uint8_t)(protocols[ata->protocol] << 1 | ata->ext);
	cdb[2] = data ? FROM_DEVICE | IN_BLOCKS | LENGTH_IN_COUNT |
				 (counts_blocks(ata) ? LOGICAL_BLOCKS : 0)
		      : FROM_DEVICE | CHECK_ALWAYS;
	put_be16(cdb + 3, ata->feature);
	put_be16(cdb + 5, count);
	for (unsigned i = 0; i < 3; i++) {
		cdb[7 + 2 * i] = (uint8_t)(upper >> 8 * i);
		cdb[8 + 2 * i] = (uint8_t)(ata->lba >> 8 * i);
	}
	cdb[13] = ata->ext ? ata->device : (uint8_t)(ata->device | (ata->lba >> 24 & 0xf));
	cdb[14] = ata->command;
}

/* The registers in an ATA Status Return descriptor. */
static void read_descriptor(const uint8_t *d, struct disk_answer *ret)
{
	ret->answered = true;
	ret->u.ata.error = d[3];
	ret->u.ata.count = be16(d + 4);
	for (unsigned i = 0; i < 3; i++)
		ret->u.ata.lba |= (uint64_t)d[7 + 2 * i] << 8 * i | (uint64_t)d[6 + 2 * i]
									    << (24 + 8 * i);
	ret->u.ata.device = d[12];
	ret->u.ata.status = d[13];
}

static void read_descriptors(struct span sense, struct disk_answer *ret)
{
	size_t at = DESCRIPTORS_AT;

	while (at + 2 <= sense.len && !ret->answered) {
		struct span d;

		if (sense.at[at] == ATA_STATUS_RETURN && span_sub(sense, at, ATA_RETURN_BYTES, &d))
			read_descriptor(d.at, ret);
		at += 2u + sense.at[at + 1];
	}
}

/* Fixed format has room for the lower halves only, in the information fields. */
static void read_fixed(struct span sense, struct disk_answer *ret)
{
	const uint8_t *s = sense.at;

	if (sense.len < 14 || s[12] != 0 || s[13] != 0x1d) /* "ATA pass-through information" */
		return;
	ret->answered = true;
	ret->u.ata.error = s[3];
	ret->u.ata.status = s[4];
	ret->u.ata.device = s[5];
	ret->u.ata.count = s[6];
	ret->u.ata.lba = s[9] | (uint64_t)s[10] << 8 | (uint64_t)s[11] << 16;
}

void sat_unwrap(const struct disk_answer *scsi, struct disk_answer *ret)
{
	struct span sense = {scsi->u.scsi.sense, scsi->u.scsi.sense_bytes};

	*ret = (struct disk_answer){.bytes = scsi->bytes};
	if (!scsi->answered)
		return;
	if (scsi->u.scsi.target == SCSI_GOOD && scsi->u.scsi.host == 0) {
		ret->answered = true;
		ret->u.ata.status = ATA_READY;
	} else if (sense.len > 0 && (sense.at[0] & 0x7fu) == DESCRIPTOR_FORMAT) {
		read_descriptors(sense, ret);
	} else if (sense.len > 0 && (sense.at[0] & 0x7fu) == FIXED_FORMAT) {
		read_fixed(sense, ret);
	}
}
