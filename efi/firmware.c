/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Handles, protocols, memory and text of the firmware. See firmware.h. */
#include "efi/firmware.h"
#include "core/fmt.h"
#include "core/text.h"

#define HANDLES_MAX     8192 /* more than any machine has: a larger count is nonsense */
#define UCS2_CHARS_MAX  256
#define DRIVER_USES_MAX 1024
#define BLOCKS_MAX      16
#define PAGE_BYTES      4096u
#define BELOW_4G        UINT64_C(0xffffffff)

struct firmware fw;

/* What firmware_pages() handed out. */
static struct {
	EFI_PHYSICAL_ADDRESS at;
	UINTN pages;
} blocks[BLOCKS_MAX];
static size_t block_count;

void firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	fw = (struct firmware){.image = image,
		.table = table,
		.boot = table->BootServices,
		.runtime = table->RuntimeServices};
	fw.loaded = protocol_on(image, &guid_loaded_image);
}

struct handles handles_with(EFI_GUID *protocol)
{
	struct handles found = {NULL, 0};
	EFI_HANDLE *at = NULL;
	UINTN count = 0;
	EFI_STATUS status = fw.boot->LocateHandleBuffer(ByProtocol, protocol, NULL, &count, &at);

	if (EFI_ERROR(status) || at == NULL)
		return found;
	found.at = at;
	found.count = count < HANDLES_MAX ? count : HANDLES_MAX;
	return found;
}

void handles_free(struct handles *handles)
{
	if (handles->at != NULL)
		fw.boot->FreePool(handles->at);
	*handles = (struct handles){NULL, 0};
}

void *protocol_on(EFI_HANDLE handle, EFI_GUID *protocol)
{
	VOID *interface = NULL;

	if (handle == NULL || EFI_ERROR(fw.boot->HandleProtocol(handle, protocol, &interface)))
		return NULL;
	return interface;
}

bool driver_bound(EFI_HANDLE handle, EFI_GUID *protocol, EFI_HANDLE *ret_agent)
{
	EFI_OPEN_PROTOCOL_INFORMATION_ENTRY *uses = NULL;
	UINTN count = 0;
	bool bound = false;

	if (EFI_ERROR(fw.boot->OpenProtocolInformation(handle, protocol, &uses, &count)) ||
		uses == NULL)
		return false;
	for (UINTN i = 0; i < count && i < DRIVER_USES_MAX && !bound; i++) {
		bound = (uses[i].Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) != 0;
		if (bound && ret_agent != NULL)
			*ret_agent = uses[i].AgentHandle;
	}
	fw.boot->FreePool(uses);
	return bound;
}

void *firmware_pages(size_t bytes)
{
	EFI_PHYSICAL_ADDRESS at = BELOW_4G;
	UINTN pages = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;

	if (block_count == BLOCKS_MAX)
		return NULL;
	if (EFI_ERROR(fw.boot->AllocatePages(AllocateMaxAddress, EfiLoaderData, pages, &at)) &&
		EFI_ERROR(fw.boot->AllocatePages(AllocateAnyPages, EfiLoaderData, pages, &at)))
		return NULL;
	blocks[block_count].at = at;
	blocks[block_count].pages = pages;
	block_count++;
	memset((void *)at, 0, pages * PAGE_BYTES);
	return (void *)at;
}

void firmware_pages_free(void)
{
	while (block_count > 0) {
		block_count--;
		fw.boot->FreePages(blocks[block_count].at, blocks[block_count].pages);
	}
}

void text_from_ucs2(char *dst, size_t cap, const CHAR16 *from, size_t max_chars)
{
	char narrow[UCS2_CHARS_MAX];
	size_t len = 0;

	for (; from != NULL && len < max_chars && len < sizeof(narrow) && from[len] != 0; len++)
		narrow[len] = (char)(from[len] < 0x7f ? from[len] : '?');
	text_clean(dst, cap, narrow, len);
}

void text_to_ucs2(CHAR16 *dst, size_t cap, const char *from)
{
	size_t len = 0;

	for (; len + 1 < cap && from[len] != '\0'; len++)
		dst[len] = (CHAR16)(unsigned char)from[len];
	dst[len] = 0;
}

void machine_note(struct machine *machine, const char *format, ...)
{
	va_list args;

	if (machine->note_count >= MACHINE_NOTES_MAX)
		return;
	va_start(args, format);
	fmt_to_v(machine->notes[machine->note_count], sizeof(machine->notes[0]), format, args);
	va_end(args);
	machine->note_count++;
}
