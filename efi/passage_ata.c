/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands through ATA pass-through. See passage.h.
 *
 * Trust. Success means nothing: some EDK2 report the recovery of the port in place of the command. The status block
 *        does, where its status is one that a drive can have at the end of a command.
 */
#include "efi/passage.h"

#define ATA_STATUS_BUSY 0x80u
#define LENGTH_IN_BYTES 0x80u
#define LENGTH_IN_COUNT 0x20u

/* Drivers ask for alignment to the controller's taste: this is more than any. */
static struct ata_registers command __attribute__((aligned(64)));
static struct ata_registers status __attribute__((aligned(64)));

static const UINT8 protocols[] = {
	[ATA_NO_DATA] = 2,
	[ATA_PIO_IN] = 4,
	[ATA_DMA_IN] = 10,
};

static void fill_registers(const struct ata_request *r)
{
	command = (struct ata_registers){.command = r->command,
		.features = (UINT8)r->feature,
		.lba = {(UINT8)r->lba, (UINT8)(r->lba >> 8), (UINT8)(r->lba >> 16)},
		.device = r->device,
		.count = (UINT8)r->count};
	if (r->ext) {
		command.lba_exp[0] = (UINT8)(r->lba >> 24);
		command.lba_exp[1] = (UINT8)(r->lba >> 32);
		command.lba_exp[2] = (UINT8)(r->lba >> 40);
		command.features_exp = (UINT8)(r->feature >> 8);
		command.count_exp = (UINT8)(r->count >> 8);
	} else {
		command.device |= (r->lba >> 24) & 0xf;
	}
}

static EFI_STATUS send(
	struct passage *passage, const struct disk_command *c, void *data, struct disk_answer *ret)
{
	struct ata_pass_thru *ata = passage->protocol;
	struct ata_packet packet = {.status = &status,
		.command = &command,
		.timeout_100ns = passage_timeout(c),
		.in = c->bytes > 0 ? data : NULL,
		.in_bytes = c->bytes,
		.protocol = protocols[c->u.ata.protocol],
		.length = c->bytes > 0 ? LENGTH_IN_BYTES | LENGTH_IN_COUNT : 0};
	EFI_STATUS result;

	fill_registers(&c->u.ata);
	memset(&status, 0xff, sizeof(status));
	result = ata->pass_thru(ata, passage->port, passage->multiplier, &packet, NULL);
	ret->bytes = packet.in_bytes;
	ret->answered = result != EFI_TIMEOUT && status.command != 0 &&
			(status.command & ATA_STATUS_BUSY) == 0;
	ret->u.ata.status = status.command;
	ret->u.ata.error = status.features;
	ret->u.ata.device = status.device;
	ret->u.ata.count = (uint16_t)(status.count | status.count_exp << 8);
	for (unsigned i = 0; i < 3; i++)
		ret->u.ata.lba |= (uint64_t)status.lba[i] << 8 * i | (uint64_t)status.lba_exp[i]
									     << (24 + 8 * i);
	return result;
}

bool ata_passage(struct span path, const struct pci_device *pci, struct passage *ret)
{
	struct ata_pass_thru *ata = pci ? protocol_on(pci->handle, &guid_ata_pass_thru) : NULL;
	struct path_node node;

	if (ata == NULL || !path_last(path, &node) || node.type != MESSAGING_DEVICE_PATH)
		return false;
	*ret = (struct passage){.call = "AtaPassThru.PassThru", .send = send, .protocol = ata};
	return !EFI_ERROR(ata->get_device(
		ata, (EFI_DEVICE_PATH *)path_node_start(&node), &ret->port, &ret->multiplier));
}
