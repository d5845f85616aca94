/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Starting drivers, storage first: every disk gets its Block I/O, and nobody looks for partitions on it.
 *
 * Hardware: storage and USB host controllers.
 * Why.   The firmware's partition driver repairs a damaged GPT, that is, writes to the patient. It binds to
 *        handles with Block I/O, so those must not be connected: controllers are connected without their children,
 *        and where Block I/O comes to sit on the connected handle itself, a guard keeps the driver away.
 */
#include "efi/connect.h"
#include "core/fmt.h"
#include "efi/parts.h"
#include "efi/path.h"
#include "efi/pci.h"
#include "efi/scsi.h"

#define SLOW_NS          UINT64_C(1000000000)
#define USB_SETTLE_NS    UINT64_C(1500000000) /* hubs report their ports once a second or so */
#define VIRTIO_BLOCK_OLD 0x1001u
#define VIRTIO_BLOCK     0x1042u

/* A remaining device path names the one child that is wanted. These name children that do not exist: a vendor's
 * hardware node, which no partition driver takes; and a USB device of vendor 0, which no bus has. */
static uint8_t partition_guard[] = {HARDWARE_DEVICE_PATH, HW_VENDOR_DP, 20, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, 4, 0};
static uint8_t usb_guard[] = {MESSAGING_DEVICE_PATH, MSG_USB_CLASS_DP, 11, 0, 0, 0, 0, 0, 0, 0, 0,
	END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, 4, 0};

static uint8_t no_children[] = {
	END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, END_DEVICE_PATH_LENGTH, 0};

static uint8_t *const guards[] = {[CONNECT_GUARDED] = partition_guard,
	[CONNECT_USB_BUS] = usb_guard,
	[CONNECT_CHILDLESS] = no_children,
	[CONNECT_ALL] = NULL};

static void say(const struct machine *machine, const char *what)
{
	char line[96];
	size_t len = fmt_to(line, sizeof(line), "kiriwake: connecting %s\n", what);

	machine->console.write(machine->console.ctx, line, len);
}

void connect_handle(
	struct machine *machine, EFI_HANDLE handle, enum connect_way way, const char *what)
{
	uint64_t start = machine_now_ns(machine), took;
	char time[FMT_SIZE];

	say(machine, what);
	fw.boot->ConnectController(
		handle, NULL, (EFI_DEVICE_PATH *)guards[way], way == CONNECT_ALL);
	took = machine_now_ns(machine) - start;
	if (took > SLOW_NS)
		machine_note(machine, "Connecting %s took %s", what, fmt_duration(time, took));
}

/* Whether Block I/O sits on the handle itself. */
static bool has_disk(EFI_HANDLE handle)
{
	return protocol_on(handle, &guid_block_io) != NULL;
}

/* For handles that become disks themselves. The second try is for drivers that take the guard for an order. */
static void connect_unit(struct machine *machine, EFI_HANDLE handle, const char *what)
{
	if (has_disk(handle))
		return;
	connect_handle(machine, handle, CONNECT_GUARDED, what);
	if (!has_disk(handle))
		connect_handle(machine, handle, CONNECT_ONE, what);
}

static bool is_virtio_block(const struct pci_device *d)
{
	return d->vendor == PCI_VENDOR_VIRTIO &&
	       (d->device == VIRTIO_BLOCK_OLD || d->device == VIRTIO_BLOCK);
}

static bool is_mass_storage(EFI_HANDLE handle)
{
	struct usb_io *usb = protocol_on(handle, &guid_usb_io);
	struct usb_interface_descriptor d = {0};

	return usb != NULL && !EFI_ERROR(usb->interface_descriptor(usb, &d)) &&
	       d.class == USB_CLASS_MASS_STORAGE;
}

static bool any_handle(EFI_HANDLE handle)
{
	return handle != NULL;
}

/* Connects what buses found: units behind SCSI controllers, mass storage on USB. */
static void connect_units(
	struct machine *machine, EFI_GUID *protocol, bool (*wanted)(EFI_HANDLE handle))
{
	struct handles units = handles_with(protocol);

	for (size_t i = 0; i < units.count; i++) {
		struct span path = path_of(units.at[i]);
		const struct pci_device *pci = pci_above(path);
		char what[PORT_TEXT];

		if (pci == NULL || !wanted(units.at[i]))
			continue;
		fmt_to(what, sizeof(what), "%s", pci->location);
		path_describe(path, what, sizeof(what));
		connect_unit(machine, units.at[i], what);
	}
	handles_free(&units);
}

static void connect_controller(
	struct machine *machine, const struct pci_device *d, enum connect_way way)
{
	char name[40], what[PORT_TEXT];

	pci_name(d, name, sizeof(name));
	fmt_to(what, sizeof(what), "%s %s", name, d->location);
	if (is_virtio_block(d))
		connect_unit(machine, d->handle, what);
	else if (d->kind == PCI_CLASS_SCSI || d->kind == PCI_CLASS_RAID || d->kind == PCI_CLASS_SAS)
		scsi_connect(machine, d, what);
	else
		connect_handle(machine, d->handle, way, what);
}

/* Host controllers that the firmware has not started; the others' buses have been searched already. */
static bool connect_usb(struct machine *machine)
{
	bool any = false;

	for (size_t i = 0; i < pci_device_count; i++) {
		const struct pci_device *d = &pci_devices[i];

		if (d->kind != PCI_CLASS_USB || driver_bound(d->handle, &guid_pci_io, NULL))
			continue;
		connect_controller(machine, d, CONNECT_USB_BUS);
		any = true;
	}
	return any;
}

void storage_connect(struct machine *machine)
{
	for (size_t i = 0; i < pci_device_count; i++) {
		if (pci_class(&pci_devices[i]) == PCI_CLASS_STORAGE ||
			pci_devices[i].kind == PCI_CLASS_SD_HOST)
			connect_controller(machine, &pci_devices[i], CONNECT_ONE);
	}
	if (connect_usb(machine))
		machine->clock.sleep_ns(machine->clock.ctx, USB_SETTLE_NS);
	connect_units(machine, &guid_scsi_io, any_handle);
	connect_units(machine, &guid_usb_io, is_mass_storage);
}
