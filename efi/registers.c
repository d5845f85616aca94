/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Peeking at a network card's registers. See registers.h. */
#include "efi/registers.h"
#include "efi/path.h"
#include "nicprobe/wire.h"

struct bar {
	EFI_PCI_IO_PROTOCOL *io;
	unsigned index;
};

EFI_PCI_IO_PROTOCOL_WIDTH registers_width(unsigned bytes)
{
	return bytes == 1   ? EfiPciIoWidthUint8
	       : bytes == 2 ? EfiPciIoWidthUint16
			    : EfiPciIoWidthUint32;
}

static bool read_register(void *ctx, uint32_t offset, unsigned bytes, uint32_t *ret)
{
	const struct bar *bar = ctx;
	UINT32 value = 0;

	if (EFI_ERROR(bar->io->Mem.Read(
		    bar->io, registers_width(bytes), (UINT8)bar->index, offset, 1, &value)))
		return false;
	*ret = value;
	return true;
}

struct span registers_config(EFI_HANDLE handle, uint8_t config[PCI_CONFIG_BYTES])
{
	EFI_PCI_IO_PROTOCOL *io = protocol_on(handle, &guid_pci_io);
	struct span none = {config, 0};

	if (io == NULL || EFI_ERROR(io->Pci.Read(io, EfiPciIoWidthUint32, 0,
				  PCI_CONFIG_BYTES / sizeof(UINT32), config)))
		return none;
	return (struct span){config, PCI_CONFIG_BYTES};
}

struct span registers_config_above(struct span path, uint8_t config[PCI_CONFIG_BYTES])
{
	struct handles all = handles_with(&guid_pci_io);
	EFI_HANDLE port = NULL;
	size_t len = 0;

	for (size_t i = 0; i < all.count; i++) {
		struct span above = path_of(all.at[i]);

		if (above.len > len && above.len < path.len && path_below(path, above)) {
			port = all.at[i];
			len = above.len;
		}
	}
	handles_free(&all);
	return port != NULL ? registers_config(port, config) : (struct span){config, 0};
}

bool registers_wire(EFI_HANDLE handle, struct nic_wire *ret)
{
	uint8_t config[PCI_CONFIG_BYTES];
	struct span all = registers_config(handle, config);
	struct bar bar = {protocol_on(handle, &guid_pci_io), 0};
	const struct register_port port = {&bar, read_register};

	return all.len > 0 && wire_bar(all, false, &bar.index) &&
	       wire_read(le16(config), le16(config + 2), &port, ret);
}
