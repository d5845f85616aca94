/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What no disk can be read behind. See unreachable.h. */
#include "efi/unreachable.h"
#include "core/fmt.h"
#include "core/text.h"
#include "efi/parts.h"
#include "efi/path.h"
#include "efi/pci.h"
#include <efipciio.h>

#define UNREACHABLE_MAX  16
#define SD_PRESENT_STATE 0x24u
#define SD_CARD_INSERTED (1u << 16)

static struct unreachable all[UNREACHABLE_MAX];
static size_t count;

struct unreachable *unreachable_add(const char *location, enum unreachable_why why)
{
	for (size_t i = 0; i < count; i++) {
		if (text_same(all[i].location, location))
			return NULL;
	}
	if (count == UNREACHABLE_MAX)
		return NULL;
	text_copy(all[count].location, sizeof(all[count].location), location);
	all[count].why = why;
	return &all[count++];
}

static const struct {
	uint16_t kind;
	const char *name;
} controllers[] = {
	{PCI_CLASS_SCSI, "SCSI controller"},
	{0x0101, "IDE controller"},
	{PCI_CLASS_RAID, "RAID controller"},
	{0x0106, "SATA controller"},
	{PCI_CLASS_SAS, "SAS controller"},
	{PCI_CLASS_NVME, "NVMe controller"},
	{PCI_CLASS_SD_HOST, "SD host controller"},
};

static bool has_disk_below(struct span path)
{
	struct handles handles = handles_with(&guid_block_io);
	bool found = false;

	for (size_t i = 0; i < handles.count && !found; i++)
		found = path_below(path_of(handles.at[i]), path);
	handles_free(&handles);
	return found;
}

/* Whether an SD slot says that no card is in it (SD Host Controller Specification 3.0, 2.2.9). */
static bool is_empty_slot(const struct pci_device *d)
{
	EFI_PCI_IO_PROTOCOL *io = protocol_on(d->handle, &guid_pci_io);
	UINT32 state = 0;

	return d->kind == PCI_CLASS_SD_HOST && io != NULL &&
	       !EFI_ERROR(io->Mem.Read(io, EfiPciIoWidthUint32, 0, SD_PRESENT_STATE, 1, &state)) &&
	       (state & SD_CARD_INSERTED) == 0;
}

/* Most may be there without a disk, but for NVMe the controller is the drive: with a driver it lacks a namespace. */
static void list_controllers(void)
{
	for (size_t i = 0; i < pci_device_count; i++) {
		const struct pci_device *d = &pci_devices[i];
		const char *name = NULL;
		struct unreachable *u;
		char maker[40];
		bool driven;

		for (size_t j = 0; j < ARRAY_LEN(controllers); j++) {
			if (controllers[j].kind == d->kind)
				name = controllers[j].name;
		}
		driven = driver_bound(d->handle, &guid_pci_io, NULL);
		if (name == NULL || (driven && d->kind != PCI_CLASS_NVME) ||
			has_disk_below(d->path) || is_empty_slot(d) ||
			(u = unreachable_add(d->location, driven ? NO_CAPACITY : NO_DRIVER)) ==
				NULL)
			continue;
		pci_name(d, maker, sizeof(maker));
		fmt_to(u->name, sizeof(u->name), "%s %s", name, maker);
		u->vendor_id = d->vendor;
		u->device_id = d->device;
		u->pci_class = d->kind;
	}
}

/* Mass storage on USB that no driver took, such as drives that speak UAS only. Empty card readers have a driver. */
static void list_usb_drives(void)
{
	struct handles handles = handles_with(&guid_usb_io);

	for (size_t i = 0; i < handles.count; i++) {
		struct usb_io *usb = protocol_on(handles.at[i], &guid_usb_io);
		struct span path = path_of(handles.at[i]);
		const struct pci_device *pci = pci_above(path);
		struct usb_interface_descriptor d = {0};
		struct usb_device_descriptor device = {0};
		char location[PORT_TEXT];
		struct unreachable *u;

		fmt_to(location, sizeof(location), "%s", pci ? pci->location : "USB");
		path_describe(path, location, sizeof(location));
		if (usb == NULL || EFI_ERROR(usb->interface_descriptor(usb, &d)) ||
			d.class != USB_CLASS_MASS_STORAGE || has_disk_below(path) ||
			EFI_ERROR(usb->device_descriptor(usb, &device)) ||
			(u = unreachable_add(location, NO_DRIVER)) == NULL)
			continue;
		u->vendor_id = le16(device.vendor);
		u->device_id = le16(device.product);
		fmt_to(u->name, sizeof(u->name), "USB drive %04x:%04x%s", u->vendor_id,
			u->device_id, d.protocol == USB_PROTOCOL_UAS ? " (UAS)" : "");
	}
	handles_free(&handles);
}

void unreachable_build(struct machine *machine)
{
	list_controllers();
	list_usb_drives();
	machine->unreachable = all;
	machine->unreachable_count = count;
}
