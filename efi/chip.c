/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A PCI card for ourselves. See chip.h. */
#include "efi/chip.h"
#include "efi/registers.h"
#include "nicprobe/wire.h"

#define PAGE_BYTES 4096u

static uint32_t read_register(void *ctx, uint32_t offset)
{
	const struct chip_door *door = ctx;
	UINT32 value = 0;

	if (EFI_ERROR(door->io->Mem.Read(
		    door->io, EfiPciIoWidthUint32, (UINT8)door->bar, offset, 1, &value)))
		return UINT32_MAX;
	return value;
}

static void write_register(void *ctx, uint32_t offset, uint32_t value)
{
	const struct chip_door *door = ctx;
	UINT32 word = value;

	door->io->Mem.Write(door->io, EfiPciIoWidthUint32, (UINT8)door->bar, offset, 1, &word);
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	const struct chip_door *door = ctx;

	door->clock->sleep_ns(door->clock->ctx, ns);
}

static UINTN pages(size_t bytes)
{
	return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
}

const char *chip_take(
	struct chip_door *door, size_t bytes, struct nic_chip *ret, EFI_STATUS *ret_status)
{
	uint8_t config[PCI_CONFIG_BYTES];
	EFI_PHYSICAL_ADDRESS bus = 0;
	UINTN mapped = bytes;
	VOID *interface = NULL;

	/* Some drivers hold the card exclusively, so that opening it cannot send them away; and some say Not Found when they
	 * went. */
	fw.boot->DisconnectController(door->pci, NULL, NULL);
	*ret_status = fw.boot->OpenProtocol(
		door->pci, &guid_pci_io, &interface, fw.image, NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE);
	if (EFI_ERROR(*ret_status) || interface == NULL)
		return "OpenProtocol (PciIo, exclusive)";
	door->io = interface;
	*ret_status = door->io->Attributes(door->io, EfiPciIoAttributeOperationEnable,
		EFI_PCI_IO_ATTRIBUTE_MEMORY | EFI_PCI_IO_ATTRIBUTE_BUS_MASTER, NULL);
	if (EFI_ERROR(*ret_status))
		return "PciIo.Attributes";
	*ret_status = EFI_UNSUPPORTED;
	if (!wire_bar(registers_config(door->pci, config), &door->bar))
		return "PciIo.Pci.Read (BAR)";
	*ret_status = door->io->AllocateBuffer(
		door->io, AllocateAnyPages, EfiBootServicesData, pages(bytes), &door->memory, 0);
	if (EFI_ERROR(*ret_status))
		return "PciIo.AllocateBuffer";
	*ret_status = door->io->Map(door->io, EfiPciIoOperationBusMasterCommonBuffer, door->memory,
		&mapped, &bus, &door->mapping);
	if (EFI_ERROR(*ret_status) || mapped < bytes)
		return "PciIo.Map";
	memset(door->memory, 0, bytes);
	*ret = (struct nic_chip){.ctx = door,
		.vendor_id = le16(config),
		.device_id = le16(config + 2),
		.read = read_register,
		.write = write_register,
		.sleep_ns = sleep_ns,
		.memory = door->memory,
		.bus_address = bus};
	return NULL;
}

void chip_give_back(struct chip_door *door, size_t bytes)
{
	if (door->io != NULL) {
		if (door->mapping != NULL)
			door->io->Unmap(door->io, door->mapping);
		if (door->memory != NULL)
			door->io->FreeBuffer(door->io, pages(bytes), door->memory);
		fw.boot->CloseProtocol(door->pci, &guid_pci_io, fw.image, NULL);
	}
	door->io = NULL;
	door->memory = door->mapping = NULL;
	fw.boot->ConnectController(door->pci, NULL, NULL, TRUE);
}
