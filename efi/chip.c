/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A PCI card for ourselves. See chip.h. */
#include "efi/chip.h"
#include "efi/registers.h"
#include "efi/status.h"

#define PAGES (NIC_CHIP_BYTES / 4096)

static EFI_PCI_IO_PROTOCOL_ACCESS *space(const struct chip_door *door)
{
	return door->bar.is_io ? &door->io->Io : &door->io->Mem;
}

static uint32_t read_register(void *ctx, uint32_t offset, unsigned bytes)
{
	const struct chip_door *door = ctx;
	UINT32 value = 0;

	if (EFI_ERROR(space(door)->Read(
		    door->io, registers_width(bytes), (UINT8)door->bar.index, offset, 1, &value)))
		return UINT32_MAX;
	return value;
}

static void write_register(void *ctx, uint32_t offset, unsigned bytes, uint32_t value)
{
	const struct chip_door *door = ctx;
	UINT32 word = value;

	space(door)->Write(
		door->io, registers_width(bytes), (UINT8)door->bar.index, offset, 1, &word);
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	const struct chip_door *door = ctx;

	door->clock->sleep_ns(door->clock->ctx, ns);
}

/* Switches on what the card decodes; one of the two it may lack. */
static EFI_STATUS enable(EFI_PCI_IO_PROTOCOL *io)
{
	EFI_STATUS status;

	io->Attributes(io, EfiPciIoAttributeOperationEnable, EFI_PCI_IO_ATTRIBUTE_IO, NULL);
	io->Attributes(io, EfiPciIoAttributeOperationEnable, EFI_PCI_IO_ATTRIBUTE_MEMORY, NULL);
	status = io->Attributes(
		io, EfiPciIoAttributeOperationEnable, EFI_PCI_IO_ATTRIBUTE_BUS_MASTER, NULL);
	return status;
}

/* Memory for the card; without the attribute for 64-bit addresses it comes from below 4 GiB, which every card reaches. */
static const char *get_memory(
	struct chip_door *door, EFI_PHYSICAL_ADDRESS *ret_bus, EFI_STATUS *ret_status)
{
	UINTN mapped = NIC_CHIP_BYTES;

	*ret_status = door->io->AllocateBuffer(
		door->io, AllocateAnyPages, EfiBootServicesData, PAGES, &door->memory, 0);
	if (EFI_ERROR(*ret_status))
		return "PciIo.AllocateBuffer";
	*ret_status = door->io->Map(door->io, EfiPciIoOperationBusMasterCommonBuffer, door->memory,
		&mapped, ret_bus, &door->mapping);
	if (EFI_ERROR(*ret_status) || mapped < NIC_CHIP_BYTES)
		return "PciIo.Map";
	memset(door->memory, 0, NIC_CHIP_BYTES);
	return NULL;
}

const char *chip_take(struct chip_door *door, struct nic_chip *ret, EFI_STATUS *ret_status)
{
	uint8_t config[PCI_CONFIG_BYTES];
	EFI_PHYSICAL_ADDRESS bus = 0;
	VOID *interface = NULL;
	const char *call;

	/* Some drivers hold the card exclusively, so that opening it cannot send them away; and some say Not Found when they
	 * went. */
	fw.boot->DisconnectController(door->pci, NULL, NULL);
	*ret_status = fw.boot->OpenProtocol(
		door->pci, &guid_pci_io, &interface, fw.image, NULL, EFI_OPEN_PROTOCOL_EXCLUSIVE);
	if (EFI_ERROR(*ret_status) || interface == NULL)
		return "OpenProtocol (PciIo, exclusive)";
	door->io = interface;
	*ret_status = enable(door->io);
	if (EFI_ERROR(*ret_status))
		return "PciIo.Attributes";
	*ret_status = EFI_UNSUPPORTED;
	if (!chip_bar(registers_config(door->pci, config), &door->bar))
		return "PciIo.Pci.Read (BAR)";
	call = get_memory(door, &bus, ret_status);
	if (call != NULL)
		return call;
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

void chip_give_back(struct chip_door *door)
{
	if (door->io != NULL) {
		if (door->mapping != NULL)
			door->io->Unmap(door->io, door->mapping);
		if (door->memory != NULL)
			door->io->FreeBuffer(door->io, PAGES, door->memory);
		fw.boot->CloseProtocol(door->pci, &guid_pci_io, fw.image, NULL);
	}
	door->io = NULL;
	door->memory = door->mapping = NULL;
	fw.boot->ConnectController(door->pci, NULL, NULL, FALSE);
}

/* ---- a card that no driver has ---- */

static enum nic_result bare_take(void *ctx, struct nic_chip *ret)
{
	struct chip_door *door = ctx;
	EFI_STATUS status;
	const char *call = chip_take(door, ret, &status);

	if (call == NULL)
		return NIC_OK;
	status_say(door->nic->error, sizeof(door->nic->error), call, status);
	return NIC_FAULT;
}

static enum nic_result bare_give_back(void *ctx)
{
	chip_give_back(ctx);
	return NIC_OK;
}

void chip_offer(struct chip_door *door)
{
	door->nic->ctx = door;
	door->nic->take_chip = bare_take;
	door->nic->give_back_chip = bare_give_back;
}
