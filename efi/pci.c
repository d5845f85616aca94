/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* PCI functions. See pci.h. */
#include "efi/pci.h"
#include "core/fmt.h"
#include "efi/connect.h"
#include "efi/parts.h"
#include "efi/path.h"
#include <efipciio.h>

#define PCI_DEVICES_MAX 160
#define HEADER_WORDS    3 /* ids, command and status, class */

struct pci_device pci_devices[PCI_DEVICES_MAX];
size_t pci_device_count;

static const struct {
	uint16_t vendor;
	const char *name;
} makers[] = {
	{0x1000, "Broadcom/LSI"},
	{0x1002, "AMD"},
	{0x1014, "IBM"},
	{0x1022, "AMD"},
	{0x1028, "Dell"},
	{0x103c, "HP"},
	{0x1077, "QLogic"},
	{0x10df, "Emulex"},
	{0x10ec, "Realtek"},
	{0x1137, "Cisco"},
	{0x1179, "Toshiba"},
	{0x11ab, "Marvell"},
	{0x1344, "Micron"},
	{0x1425, "Chelsio"},
	{0x144d, "Samsung"},
	{0x14e4, "Broadcom"},
	{0x1590, "HPE"},
	{0x15ad, "VMware"},
	{0x15b3, "Mellanox"},
	{0x15b7, "SanDisk"},
	{0x1924, "Solarflare"},
	{0x1969, "Atheros"},
	{0x19a2, "Emulex"},
	{0x1af4, "virtio"},
	{0x1b36, "QEMU"},
	{0x1b4b, "Marvell"},
	{0x1c5c, "SK hynix"},
	{0x1cc1, "ADATA"},
	{0x1d0f, "Amazon"},
	{0x1d6a, "Aquantia"},
	{0x1dd8, "Pensando"},
	{0x1e0f, "Kioxia"},
	{0x8086, "Intel"},
	{0x8087, "Intel"},
	{0x9005, "Adaptec"},
	{0xc0a9, "Micron/Crucial"},
};

void pci_name(const struct pci_device *d, char *dst, size_t cap)
{
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(makers) && name == NULL; i++) {
		if (makers[i].vendor == d->vendor)
			name = makers[i].name;
	}
	fmt_to(dst, cap, "%s%s%04x:%04x", name ? name : "", name ? " " : "", d->vendor, d->device);
}

/* Reads one function. False when it is not of a kind we list. */
static bool read_device(EFI_HANDLE handle, struct pci_device *ret)
{
	EFI_PCI_IO_PROTOCOL *io = protocol_on(handle, &guid_pci_io);
	UINT32 header[HEADER_WORDS] = {0};
	UINTN segment = 0, bus = 0, device = 0, function = 0;
	struct pci_device d = {.handle = handle, .path = path_of(handle)};

	if (io == NULL || d.path.len == 0 ||
		EFI_ERROR(io->Pci.Read(io, EfiPciIoWidthUint32, 0, HEADER_WORDS, header)) ||
		EFI_ERROR(io->GetLocation(io, &segment, &bus, &device, &function)))
		return false;
	d.vendor = (uint16_t)header[0];
	d.device = (uint16_t)(header[0] >> 16);
	d.kind = (uint16_t)(header[2] >> 16);
	if (d.vendor == 0xffff ||
		(pci_class(&d) != PCI_CLASS_STORAGE && pci_class(&d) != PCI_CLASS_NETWORK &&
			d.kind != PCI_CLASS_USB && d.kind != PCI_CLASS_SD_HOST))
		return false;
	d.order = (uint64_t)segment << 32 | (bus & 0xff) << 16 | (device & 0x1f) << 8 |
		  (function & 7);
	fmt_to(d.location, sizeof(d.location), "PCI %04x:%02x:%02x.%x", (unsigned)segment & 0xffff,
		(unsigned)bus & 0xff, (unsigned)device & 0x1f, (unsigned)function & 7);
	*ret = d;
	return true;
}

static void insert(const struct pci_device *d)
{
	size_t i = pci_device_count++;

	for (; i > 0 && pci_devices[i - 1].order > d->order; i--)
		pci_devices[i] = pci_devices[i - 1];
	pci_devices[i] = *d;
}

/* Root bridges that no driver has: what is on their buses has no handle yet. */
static void connect_root_bridges(struct machine *machine)
{
	struct handles bridges = handles_with(&guid_pci_root_bridge_io);

	for (size_t i = 0; i < bridges.count; i++) {
		if (!driver_bound(bridges.at[i], &guid_pci_root_bridge_io, NULL))
			connect_handle(machine, bridges.at[i], CONNECT_ONE, "a PCI root bridge");
	}
	handles_free(&bridges);
}

void pci_build(struct machine *machine)
{
	struct handles all;
	unsigned left_out = 0;

	connect_root_bridges(machine);
	all = handles_with(&guid_pci_io);
	for (size_t i = 0; i < all.count; i++) {
		struct pci_device d;

		if (!read_device(all.at[i], &d))
			continue;
		if (pci_device_count < PCI_DEVICES_MAX)
			insert(&d);
		else
			left_out++;
	}
	handles_free(&all);
	if (left_out > 0)
		machine_note(machine, "%u PCI controllers beyond the first %u were left out",
			left_out, PCI_DEVICES_MAX);
}

const struct pci_device *pci_above(struct span path)
{
	const struct pci_device *found = NULL;

	for (size_t i = 0; i < pci_device_count; i++) {
		const struct pci_device *d = &pci_devices[i];

		if (path_below(path, d->path) && (found == NULL || d->path.len > found->path.len))
			found = d;
	}
	return found;
}
