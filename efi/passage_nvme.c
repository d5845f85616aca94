/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands through NVM Express pass-through. See passage.h.
 *
 * Trust. The driver forwards only the words that `flags` names; the completion says what the status code hides.
 */
#include "efi/passage.h"

#define QUEUE_IO    1u
#define CDW10_TO_15 0xfcu
#define UNWRITTEN   0xffffffffu

static EFI_STATUS send(
	struct passage *passage, const struct disk_command *c, void *data, struct disk_answer *ret)
{
	struct nvme_pass_thru *nvme = passage->protocol;
	const struct nvme_request *r = &c->u.nvme;
	struct nvme_command command = {.cdw0 = r->opcode,
		.flags = CDW10_TO_15,
		.nsid = r->nsid,
		.cdw10 = r->cdw10,
		.cdw11 = r->cdw11,
		.cdw12 = r->cdw12,
		.cdw13 = r->cdw13,
		.cdw14 = r->cdw14,
		.cdw15 = r->cdw15};
	struct nvme_completion completion = {.dw3 = UNWRITTEN};
	struct nvme_packet packet = {.timeout_100ns = passage_timeout(c),
		.transfer = c->bytes > 0 ? data : NULL,
		.transfer_bytes = c->bytes,
		.queue = c->language == DISK_NVME_IO ? QUEUE_IO : NVME_QUEUE_ADMIN,
		.command = &command,
		.completion = &completion};
	EFI_STATUS result = nvme->pass_thru(nvme, r->nsid, &packet, NULL);

	ret->bytes = EFI_ERROR(result) ? 0 : packet.transfer_bytes;
	ret->answered = result != EFI_TIMEOUT && completion.dw3 != UNWRITTEN;
	ret->u.nvme.sc = (uint8_t)(completion.dw3 >> 17);
	ret->u.nvme.sct = completion.dw3 >> 25 & 7;
	ret->u.nvme.dnr = completion.dw3 >> 31 != 0;
	ret->u.nvme.dw0 = completion.dw0;
	return result;
}

bool nvme_passage(const struct pci_device *pci, struct passage *ret)
{
	struct nvme_pass_thru *nvme = pci ? protocol_on(pci->handle, &guid_nvme_pass_thru) : NULL;

	*ret = (struct passage){"NvmePassThru.PassThru", send, nvme, 0, 0};
	return nvme != NULL;
}
