/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands to a disk in its own language, and what it answers: the way past the firmware's read call.
 *
 * Pure. Data only ever flows in, and only commands of the tables in disk_command.c leave: those that read. The ports
 * ask disk_command_allowed() before anything is sent, whoever calls them.
 * Spec.  ACS-4 (ATA), NVM Express base 2.0 and NVM command set 1.0, SPC-5 and SBC-4 (SCSI).
 * Trust. Answers come from drives and firmware: every number in them is to be checked before it is used.
 */
#ifndef KIRIWAKE_CORE_DISK_COMMAND_H
#define KIRIWAKE_CORE_DISK_COMMAND_H

#include "core/machine.h"

enum disk_language { DISK_ATA, DISK_NVME_ADMIN, DISK_NVME_IO, DISK_SCSI };

enum ata_protocol { ATA_NO_DATA, ATA_PIO_IN, ATA_DMA_IN };

/* The registers of one ATA command. */
struct ata_request {
	uint8_t command;
	uint16_t feature, count; /* upper bytes only with `ext` */
	uint64_t lba;            /* 28 bits, or 48 with `ext`; for logs the address and page */
	uint8_t device;          /* bits 4 to 7; without `ext` the port puts LBA 24 to 27 below */
	bool ext;                /* a 48-bit command */
	enum ata_protocol protocol;
};

struct nvme_request {
	uint8_t opcode;
	uint32_t nsid;
	uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

#define SCSI_CDB_BYTES   16
#define SCSI_SENSE_BYTES 64

struct scsi_request {
	uint8_t cdb[SCSI_CDB_BYTES];
	uint8_t cdb_bytes; /* 6, 10, 12 or 16 */
};

struct disk_command {
	enum disk_language language;
	union {
		struct ata_request ata;
		struct nvme_request nvme; /* admin or I/O queue, as `language` says */
		struct scsi_request scsi;
	} u;
	uint32_t
		bytes; /* that the drive is to send, into disk->buffer; 0: none. As the command itself says. */
	uint64_t timeout_ns; /* 0: DISK_COMMAND_NS; less than that is raised to it */
};

#define DISK_COMMAND_NS UINT64_C(5000000000) /* less makes some firmware reset the controller */

/* Bits of the ATA status and error registers. */
#define ATA_STATUS_ERR 0x01u
#define ATA_STATUS_DF  0x20u
#define ATA_ERROR_ICRC 0x80u
#define ATA_ERROR_UNC  0x40u
#define ATA_ERROR_IDNF 0x10u
#define ATA_ERROR_ABRT 0x04u

#define SCSI_GOOD            0x00u
#define SCSI_CHECK_CONDITION 0x02u

/* What came back. Buffer and members count as far as `answered` goes. */
struct disk_answer {
	bool answered; /* the drive's own status is in `u`; false: only the firmware's word is known */
	uint32_t bytes; /* that arrived, as far as the firmware says; never more than asked for */
	union {
		struct {
			uint8_t status, error, device;
			uint16_t count;
			uint64_t lba; /* 48 bits; the upper half may be 0 for 28-bit commands */
		} ata;
		struct {
			uint8_t sct, sc; /* status code type and status code; 0, 0: success */
			bool dnr;        /* do not retry */
			uint32_t dw0;
		} nvme;
		struct {
			uint8_t host, target; /* as UEFI has them; 0, 0: good */
			uint8_t sense_bytes;
			uint8_t sense[SCSI_SENSE_BYTES];
		} scsi;
	} u;
};

/* Read of the NVM command set: `count` > 0 blocks from `lba`. */
struct disk_command disk_nvme_read(const struct disk *disk, uint64_t lba, uint32_t count);

/* Whether the drive itself called the command a success. False also when it said nothing. */
bool disk_answer_good(const struct disk_command *c, const struct disk_answer *a);

/* Whether a command only reads: it is in the tables, asks for data in one way only, and for no side effect. */
bool disk_command_is_read_only(const struct disk_command *c);

/* Whether it starts or aborts a short or extended self-test; those read too, but keep the drive busy. */
bool disk_command_is_self_test(const struct disk_command *c);

/* What the ports ask: reads, and self-tests where disk->self_test_allowed; the data fits the buffer; and the disk
 * speaks the language. */
bool disk_command_allowed(const struct disk *disk, const struct disk_command *c);

/* Sends it. DISK_OK: the firmware claims it was carried out; the drive's verdict is in *ret, as it may be after
 * DISK_ERROR. DISK_REFUSED: nothing was sent. Fills *ret in any case. */
enum disk_result disk_command(
	const struct disk *disk, const struct disk_command *c, struct disk_answer *ret);

#endif
