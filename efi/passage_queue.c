/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Several NVMe commands in flight, through non-blocking pass-through. See passage.h.
 *
 * Hardware: NVM Express pass-through with an event; reads only.
 * Spec.  UEFI 2.10, 13.16: the driver signals the event when it has seen the completion, and until then keeps pointers to
 *        the packet and what it points to.
 * Trust. The event may never come: then drive and driver may still write to what they were given, so that it is never
 *        freed, reserved against the next system as well, and the event stays open.
 */
#include "efi/passage.h"
#include "efi/status.h"

#define NVME_NON_BLOCKING 4u /* of the attributes */
#define BELOW_4G          UINT64_C(0xffffffff)

struct slot {
	struct nvme_command command;
	struct nvme_completion completion;
	struct nvme_packet packet;
	EFI_EVENT event;
	bool flying;
};

/* All that drive and driver write to. */
struct shared {
	uint8_t buffers[DISK_QUEUE_MAX][DISK_QUEUE_BYTES];
	struct slot slots[DISK_QUEUE_MAX];
};

#define SHARED_PAGES EFI_SIZE_TO_PAGES(sizeof(struct shared))

static struct shared *shared; /* of the open queue; there is one at a time */

static void queue_close(void *ctx)
{
	bool flying = false;

	(void)ctx;
	for (unsigned i = 0; i < DISK_QUEUE_MAX; i++) {
		struct slot *slot = &shared->slots[i];

		flying |= slot->flying;
		if (slot->event != NULL && !slot->flying)
			fw.boot->CloseEvent(slot->event);
	}
	if (!flying)
		fw.boot->FreePages((EFI_PHYSICAL_ADDRESS)(uintptr_t)shared, SHARED_PAGES);
	shared = NULL;
}

static uint8_t *queue_open(void *ctx, unsigned depth)
{
	EFI_PHYSICAL_ADDRESS at = BELOW_4G;

	if (depth > DISK_QUEUE_MAX || EFI_ERROR(fw.boot->AllocatePages(AllocateMaxAddress,
					      EfiReservedMemoryType, SHARED_PAGES, &at)))
		return NULL;
	shared = (struct shared *)(uintptr_t)at;
	memset(shared, 0, sizeof(*shared));
	for (unsigned i = 0; i < depth; i++) {
		if (EFI_ERROR(fw.boot->CreateEvent(0, 0, NULL, NULL, &shared->slots[i].event))) {
			shared->slots[i].event = NULL;
			queue_close(ctx);
			return NULL;
		}
	}
	return shared->buffers[0];
}

/* The driver of a drive that was unplugged took its protocol away. */
static bool is_there(const struct passage *passage)
{
	return protocol_on(passage->controller, &guid_nvme_pass_thru) == passage->protocol;
}

static enum disk_result queue_start(void *ctx, unsigned number, const struct disk_command *c)
{
	struct passage *passage = ctx;
	struct nvme_pass_thru *nvme = passage->protocol;
	struct slot *slot = &shared->slots[number];
	EFI_STATUS status;
	EFI_TPL tpl;

	if (number >= DISK_QUEUE_MAX || slot->flying || c->language != DISK_NVME_IO ||
		c->bytes > DISK_QUEUE_BYTES || !disk_command_allowed(passage->disk, c) ||
		!is_there(passage))
		return DISK_REFUSED;
	slot->command = passage_nvme_command(&c->u.nvme);
	slot->completion = (struct nvme_completion){.dw3 = NVME_UNWRITTEN};
	slot->packet = (struct nvme_packet){.timeout_100ns = passage_timeout(c),
		.transfer = shared->buffers[number],
		.transfer_bytes = c->bytes,
		.queue = NVME_QUEUE_IO,
		.command = &slot->command,
		.completion = &slot->completion};
	/* EDK2 rings the bell before it takes the command down: a timer in between throws its completion away. */
	tpl = fw.boot->RaiseTPL(TPL_NOTIFY);
	status = nvme->pass_thru(nvme, c->u.nvme.nsid, &slot->packet, slot->event);
	fw.boot->RestoreTPL(tpl);
	slot->flying = !EFI_ERROR(status);
	if (slot->flying)
		return DISK_OK;
	status_say(passage->disk->error, sizeof(passage->disk->error), passage->call, status);
	return DISK_REFUSED;
}

static bool queue_done(void *ctx, unsigned number, struct disk_answer *ret)
{
	struct slot *slot = &shared->slots[number];

	(void)ctx;
	if (!slot->flying || fw.boot->CheckEvent(slot->event) != EFI_SUCCESS)
		return false;
	slot->flying = false;
	*ret = (struct disk_answer){0};
	passage_nvme_answer(&slot->completion, ret);
	return true;
}

void passage_queue(struct passage *passage, struct disk *disk)
{
	const struct nvme_pass_thru *nvme = passage->protocol;

	if ((disk->speaks & DISK_SPEAKS_NVME) == 0 || nvme->mode == NULL ||
		(nvme->mode->attributes & NVME_NON_BLOCKING) == 0)
		return;
	passage->disk = disk;
	disk->queue = (struct disk_queue){
		passage, queue_open, queue_start, queue_done, queue_close};
}
