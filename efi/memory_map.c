/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware's memory map. See memory_map.h. */
#include "efi/memory_map.h"
#include "efi/status.h"

#define TRIES         5
#define SLACK_BYTES   4096u       /* allocating the buffer makes the map longer */
#define MAP_BYTES_MAX (16u << 20) /* far beyond the largest machine */
#define STRIDE_MAX    PAGE_BYTES
#define ADDRESS_BITS  52

bool memory_map_read(struct memory_map *ret, char *error, size_t cap)
{
	UINTN bytes = SLACK_BYTES, room = 0, stride = 0, key;
	UINT32 version;
	EFI_STATUS status = EFI_BUFFER_TOO_SMALL;
	VOID *buffer = NULL;

	for (unsigned i = 0; i < TRIES && status == EFI_BUFFER_TOO_SMALL; i++) {
		bytes += SLACK_BYTES;
		if (bytes > MAP_BYTES_MAX ||
			EFI_ERROR(fw.boot->AllocatePool(EfiLoaderData, bytes, &buffer))) {
			status_say(error, cap, "AllocatePool", EFI_OUT_OF_RESOURCES);
			return false;
		}
		room = bytes;
		status = fw.boot->GetMemoryMap(&bytes, buffer, &key, &stride, &version);
		if (EFI_ERROR(status))
			fw.boot->FreePool(buffer);
	}
	if (EFI_ERROR(status)) {
		status_say(error, cap, "GetMemoryMap", status);
		return false;
	}
	if (stride < sizeof(EFI_MEMORY_DESCRIPTOR) || stride > STRIDE_MAX || bytes > room) {
		fw.boot->FreePool(buffer);
		status_say(error, cap, "GetMemoryMap (sizes)", EFI_BAD_BUFFER_SIZE);
		return false;
	}
	*ret = (struct memory_map){buffer, bytes / stride, stride};
	return true;
}

void memory_map_free(struct memory_map *map)
{
	fw.boot->FreePool(map->descriptors);
	*map = (struct memory_map){NULL, 0, 0};
}

bool memory_map_at(const struct memory_map *map, size_t index, EFI_MEMORY_DESCRIPTOR *ret)
{
	const uint64_t pages_max = UINT64_C(1) << (ADDRESS_BITS - 12);
	EFI_MEMORY_DESCRIPTOR d;

	memcpy(&d, map->descriptors + index * map->stride, sizeof(d));
	if (d.PhysicalStart % PAGE_BYTES != 0 || d.PhysicalStart >> ADDRESS_BITS != 0 ||
		d.NumberOfPages == 0 || d.NumberOfPages > pages_max - d.PhysicalStart / PAGE_BYTES)
		return false;
	*ret = d;
	return true;
}
