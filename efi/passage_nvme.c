/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Commands through NVM Express pass-through. See passage.h.
 *
 * Trust. The driver forwards only the words that `flags` names; the completion says what the status code hides.
 */
#include "efi/passage.h"

#define CDW10_TO_15 0xfcu

struct nvme_command passage_nvme_command(const struct nvme_request *r)
{
	return (struct nvme_command){.cdw0 = r->opcode,
		.flags = CDW10_TO_15,
		.nsid = r->nsid,
		.cdw10 = r->cdw10,
		.cdw11 = r->cdw11,
		.cdw12 = r->cdw12,
		.cdw13 = r->cdw13,
		.cdw14 = r->cdw14,
		.cdw15 = r->cdw15};
}

void passage_nvme_answer(const struct nvme_completion *completion, struct disk_answer *ret)
{
	ret->answered = completion->dw3 != NVME_UNWRITTEN;
	ret->u.nvme.sc = (uint8_t)(completion->dw3 >> 17);
	ret->u.nvme.sct = completion->dw3 >> 25 & 7;
	ret->u.nvme.dnr = completion->dw3 >> 31 != 0;
	ret->u.nvme.dw0 = completion->dw0;
}

static EFI_STATUS send(
	struct passage *passage, const struct disk_command *c, void *data, struct disk_answer *ret)
{
	struct nvme_pass_thru *nvme = passage->protocol;
	const struct nvme_request *r = &c->u.nvme;
	struct nvme_command command = passage_nvme_command(r);
	struct nvme_completion completion = {.dw3 = NVME_UNWRITTEN};
	struct nvme_packet packet = {.timeout_100ns = passage_timeout(c),
		.transfer = c->bytes > 0 ? data : NULL,
		.transfer_bytes = c->bytes,
		.queue = c->language == DISK_NVME_IO ? NVME_QUEUE_IO : NVME_QUEUE_ADMIN,
		.command = &command,
		.completion = &completion};
	EFI_STATUS result = nvme->pass_thru(nvme, r->nsid, &packet, NULL);

	ret->bytes = EFI_ERROR(result) ? 0 : packet.transfer_bytes;
	passage_nvme_answer(&completion, ret);
	ret->answered = ret->answered && result != EFI_TIMEOUT;
	return result;
}

bool nvme_passage(const struct pci_device *pci, struct passage *ret)
{
	struct nvme_pass_thru *nvme = pci ? protocol_on(pci->handle, &guid_nvme_pass_thru) : NULL;

	*ret = (struct passage){.call = "NvmePassThru.PassThru", .send = send, .protocol = nvme};
	if (nvme != NULL)
		ret->controller = pci->handle;
	return nvme != NULL;
}
