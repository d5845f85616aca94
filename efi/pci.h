/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The PCI functions this program cares about: network, mass storage and USB controllers.
 *
 * Hardware: configuration space headers, read through the firmware's PCI I/O.
 * Spec.  UEFI 2.10, 14.4; PCI Local Bus 3.0, 6.1 and appendix D.
 */
#ifndef KIRIWAKE_EFI_PCI_H
#define KIRIWAKE_EFI_PCI_H

#include "efi/firmware.h"

#define PCI_CLASS_STORAGE 0x01u
#define PCI_CLASS_NETWORK 0x02u
#define PCI_CLASS_USB     0x0c03u /* class and subclass, as those below */
#define PCI_CLASS_SCSI    0x0100u
#define PCI_CLASS_RAID    0x0104u
#define PCI_CLASS_SAS     0x0107u
#define PCI_CLASS_NVME    0x0108u
#define PCI_CLASS_SD_HOST 0x0805u

#define PCI_VENDOR_VIRTIO 0x1af4u

struct pci_device {
	EFI_HANDLE handle;
	struct span path;
	uint16_t vendor, device;
	uint16_t kind;     /* class in the upper byte, subclass in the lower */
	uint64_t order;    /* by segment, bus, device, function */
	char location[24]; /* "PCI 0000:00:1f.2" */
};

/* All found by pci_build() (parts.h), in the order of their addresses. */
extern struct pci_device pci_devices[];
extern size_t pci_device_count;

static inline unsigned pci_class(const struct pci_device *d)
{
	return d->kind >> 8;
}

/* The listed device that `path` leads through, or NULL. */
const struct pci_device *pci_above(struct span path);

/* Writes "Intel 8086:10d3"; unknown makers are numbers only. */
void pci_name(const struct pci_device *d, char *dst, size_t cap);

#endif
