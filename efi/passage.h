/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The way by which commands reach a disk past the firmware's disk driver.
 *
 * Hardware: ATA, NVM Express and SCSI pass-through protocols, synchronous, data flowing in only.
 * Spec.  UEFI 2.10, 13.13 (ATA), 13.16 (NVMe), 15.4 (SCSI I/O); SAT-4 for ATA behind SCSI.
 * Trust. What the drivers put into status blocks counts only where they wrote at all: all are filled with ones before.
 */
#ifndef KIRIWAKE_EFI_PASSAGE_H
#define KIRIWAKE_EFI_PASSAGE_H

#include "core/disk_command.h"
#include "efi/path.h"
#include "efi/pci.h"

struct passage {
	const char *call; /* the firmware's name for it */
	EFI_STATUS(*send)
	(struct passage *passage, const struct disk_command *c, void *data,
		struct disk_answer *ret);
	void *protocol;
	uint16_t port, multiplier; /* ATA */
	EFI_HANDLE controller;     /* NVMe: where the protocol is */
	struct disk *disk;         /* of passage_queue() */
};

/* Finds the way to the disk on `handle`: fills *ret, and the disk's languages or why it has none. `pci` may be NULL.
 * Sends nothing but an INQUIRY. */
void passage_find(
	EFI_HANDLE handle, const struct pci_device *pci, struct disk *disk, struct passage *ret);

/* One command, which has passed disk_command_allowed(). Says what failed in disk->error. */
enum disk_result passage_send(struct passage *passage, struct disk *disk,
	const struct disk_command *c, struct disk_answer *ret);

/* What each protocol makes of it. False: not for this disk. */
bool ata_passage(struct span path, const struct pci_device *pci, struct passage *ret);
bool nvme_passage(const struct pci_device *pci, struct passage *ret);
bool scsi_passage(EFI_HANDLE handle, struct passage *ret);

/* Gives the disk its queue, if the driver can have several commands in flight. `passage` must stay where it is. */
void passage_queue(struct passage *passage, struct disk *disk);

/* A command as the protocol takes it, and what a completion that began as NVME_UNWRITTEN in its dw3 says. */
#define NVME_UNWRITTEN 0xffffffffu
struct nvme_command passage_nvme_command(const struct nvme_request *r);
void passage_nvme_answer(const struct nvme_completion *completion, struct disk_answer *ret);

/* In the unit of the protocols; never less than DISK_COMMAND_NS. */
static inline UINT64 passage_timeout(const struct disk_command *c)
{
	return (c->timeout_ns < DISK_COMMAND_NS ? DISK_COMMAND_NS : c->timeout_ns) / 100;
}

#endif
