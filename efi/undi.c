/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* UNDI commands. See undi.h. */
#include "efi/undi.h"

#define PXE_SIGNATURE        0x45585021u /* "!PXE" */
#define PXE_IS_HARDWARE      0x80000000u
#define PXE_ENTRY_IS_ADDRESS 0x40000000u

enum {
	OP_GET_INIT_INFO = 0x0003,
	OP_INITIALIZE = 0x0005,
	OP_SHUTDOWN = 0x0007,
	OP_RECEIVE_FILTERS = 0x0009,
	OP_GET_STATUS = 0x000e,
	OP_TRANSMIT = 0x0010,
	OP_RECEIVE = 0x0011
};

#define NO_CABLE_DETECT  0x0001u
#define FILTERS_ENABLE   0x8003u /* unicast, broadcast */
#define FILTER_ALL       0x0008u
#define GET_SENT_BUFFERS 0x0002u
#define COMPLETE         0xc000u
#define NO_CPB_OR_DB     0x0001u
#define MEMORY_MAX       (16u << 20)

bool undi_find(struct undi *undi, EFI_HANDLE handle)
{
	const struct interface_identifier *nii = protocol_on(handle, &guid_undi);
	const struct pxe *pxe = nii != NULL ? (const struct pxe *)(UINTN)nii->id : NULL;

	*undi = (struct undi){.entry = NULL};
	if (pxe == NULL || nii->type != INTERFACE_IS_UNDI || pxe->signature != PXE_SIGNATURE ||
		pxe->implementation & PXE_IS_HARDWARE || pxe->entry == 0)
		return false;
	undi->entry = (undi_entry *)(UINTN)(pxe->implementation & PXE_ENTRY_IS_ADDRESS
						    ? pxe->entry
						    : nii->id + pxe->entry);
	undi->interface = nii->number;
	return true;
}

/* `cpb` is what the command gets, `db` what it gives; either may be NULL. False: it did not complete well. */
static bool command(const struct undi *undi, UINT16 op, UINT16 flags, VOID *cpb, UINT16 cpb_bytes,
	VOID *db, UINT16 db_bytes)
{
	struct pxe_cdb cdb = {.op = op,
		.flags = flags,
		.cpb_bytes = cpb_bytes,
		.db_bytes = db_bytes,
		.cpb = cpb != NULL ? (UINTN)cpb : NO_CPB_OR_DB,
		.db = db != NULL ? (UINTN)db : NO_CPB_OR_DB,
		.interface = undi->interface};

	undi->entry((UINTN)&cdb);
	return (cdb.status_flags & COMPLETE) == COMPLETE && cdb.status_code == 0;
}

static bool init_info(const struct undi *undi, struct pxe_init_info *ret)
{
	struct pxe_init_info info = {0};

	if (undi->entry == NULL ||
		!command(undi, OP_GET_INIT_INFO, 0, NULL, 0, &info, sizeof(info)))
		return false;
	*ret = info;
	return true;
}

unsigned undi_modes(const struct undi *undi)
{
	struct pxe_init_info info;

	return init_info(undi, &info) ? info.loopbacks & (NIC_LOOP_INTERNAL | NIC_LOOP_EXTERNAL)
				      : 0;
}

const char *undi_enter(struct undi *undi, unsigned mode)
{
	struct pxe_initialize wanted = {.loopback = (UINT8)mode};
	struct pxe_initialized got = {0};
	struct pxe_init_info info;

	if (!init_info(undi, &info) || info.memory_bytes > MEMORY_MAX)
		return "UNDI GET_INIT_INFO";
	undi->pages = (info.memory_bytes + 4095u) / 4096u;
	if (undi->pages > 0 && EFI_ERROR(fw.boot->AllocatePages(AllocateAnyPages,
				       EfiBootServicesData, undi->pages, &undi->memory)))
		return "AllocatePages (UNDI)";
	wanted.memory = undi->memory;
	wanted.memory_bytes = info.memory_bytes;
	if (!command(undi, OP_INITIALIZE, NO_CABLE_DETECT, &wanted, sizeof(wanted), &got,
		    sizeof(got)))
		return "UNDI INITIALIZE (loopback)";
	if (!command(undi, OP_RECEIVE_FILTERS, FILTERS_ENABLE | FILTER_ALL, NULL, 0, NULL, 0) &&
		!command(undi, OP_RECEIVE_FILTERS, FILTERS_ENABLE, NULL, 0, NULL, 0))
		return "UNDI RECEIVE_FILTERS";
	return NULL;
}

bool undi_send(const struct undi *undi, const uint8_t *frame, size_t len)
{
	/* The header counts as data: so EDK2's Simple Network has it, and so drivers take it. */
	struct pxe_transmit out = {.frame = (UINTN)frame, .data_bytes = (UINT32)len};
	struct pxe_status sent = {0};

	command(undi, OP_GET_STATUS, GET_SENT_BUFFERS, NULL, 0, &sent, sizeof(sent));
	return command(undi, OP_TRANSMIT, 0, &out, sizeof(out), NULL, 0);
}

bool undi_receive(const struct undi *undi, uint8_t *frame, size_t cap, size_t *ret_len)
{
	struct pxe_receive in = {.buffer = (UINTN)frame, .bytes = (UINT32)cap};
	struct pxe_received got = {0};

	if (!command(undi, OP_RECEIVE, 0, &in, sizeof(in), &got, sizeof(got)) ||
		got.frame_bytes > cap)
		return false;
	*ret_len = got.frame_bytes;
	return true;
}

void undi_leave(struct undi *undi)
{
	command(undi, OP_SHUTDOWN, 0, NULL, 0, NULL, 0);
	if (undi->memory != 0)
		fw.boot->FreePages(undi->memory, undi->pages);
	undi->memory = 0;
}
