/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What gnu-efi's headers lack: GUIDs as objects, and the protocols it does not declare.
 *
 * Spec.  UEFI 2.10 (chapters named below) and PI 1.8 volume 2, section 13.4 (MP services).
 *        Structures are laid out as the specifications give them: natural alignment, but UNDI's are packed.
 *        Members behind the last one used are left out: these structures are only ever pointed at.
 */
#ifndef KIRIWAKE_EFI_PROTOCOLS_H
#define KIRIWAKE_EFI_PROTOCOLS_H

#include <efi.h>

/* The firmware takes GUIDs by pointer to non-const. */
extern EFI_GUID guid_acpi1;
extern EFI_GUID guid_acpi2;
extern EFI_GUID guid_adapter_information;
extern EFI_GUID guid_ata_pass_thru;
extern EFI_GUID guid_block_io;
extern EFI_GUID guid_driver_binding;
extern EFI_GUID guid_component_name;
extern EFI_GUID guid_component_name2;
extern EFI_GUID guid_console_out_device;
extern EFI_GUID guid_cpu_arch;
extern EFI_GUID guid_device_path;
extern EFI_GUID guid_disk_info;
extern EFI_GUID guid_driver_diagnostics;
extern EFI_GUID guid_driver_diagnostics2;
extern EFI_GUID guid_ext_scsi_pass_thru;
extern EFI_GUID guid_file_info;
extern EFI_GUID guid_file_system_info;
extern EFI_GUID guid_graphics_output;
extern EFI_GUID guid_kiriwake;
extern EFI_GUID guid_loaded_image;
extern EFI_GUID guid_media_state;
extern EFI_GUID guid_mp_services;
extern EFI_GUID guid_nvme_pass_thru;
extern EFI_GUID guid_pci_io;
extern EFI_GUID guid_pci_root_bridge_io;
extern EFI_GUID guid_scsi_io;
extern EFI_GUID guid_serial_io;
extern EFI_GUID guid_simple_file_system;
extern EFI_GUID guid_simple_network;
extern EFI_GUID guid_smbios2;
extern EFI_GUID guid_smbios3;
extern EFI_GUID guid_undi; /* network interface identifier 3.1 */
extern EFI_GUID guid_usb_io;
extern EFI_GUID guid_wifi2;

/* What EFI_DISK_INFO_PROTOCOL.Interface may say. */
extern EFI_GUID guid_disk_info_ahci;
extern EFI_GUID guid_disk_info_ide;
extern EFI_GUID guid_disk_info_scsi;
extern EFI_GUID guid_disk_info_usb;

/* Whether two GUIDs are equal. */
BOOLEAN guid_same(const EFI_GUID *a, const EFI_GUID *b);

/* ---- MP services (PI 1.8 volume 2, 13.4) ---- */

typedef VOID(EFIAPI *ap_procedure)(VOID *argument);

#define MP_PROCESSOR_IS_BSP  1u
#define MP_PROCESSOR_ENABLED 2u
#define MP_PROCESSOR_HEALTHY 4u

struct mp_processor {
	UINT64 id; /* the local APIC id */
	UINT32 status;
	UINT32 package, core, thread;
	UINT32 extended[6];
	UINT8 slack[64]; /* newer firmware may know more than we do */
};

struct mp_services {
	EFI_STATUS(EFIAPI *count)(struct mp_services *self, UINTN *ret_all, UINTN *ret_enabled);
	EFI_STATUS(EFIAPI *info)(struct mp_services *self, UINTN number, struct mp_processor *ret);
	EFI_STATUS(EFIAPI *start_all)
	(struct mp_services *self, ap_procedure run, BOOLEAN one_by_one, EFI_EVENT done,
		UINTN timeout_us, VOID *argument, UINTN **ret_failed);
	EFI_STATUS(EFIAPI *start_one)
	(struct mp_services *self, ap_procedure run, UINTN number, EFI_EVENT done, UINTN timeout_us,
		VOID *argument, BOOLEAN *ret_finished);
	EFI_STATUS(EFIAPI *switch_bsp)(struct mp_services *self, UINTN number, BOOLEAN keep_old);
	EFI_STATUS(EFIAPI *enable)
	(struct mp_services *self, UINTN number, BOOLEAN enable, UINT32 *health);
	EFI_STATUS(EFIAPI *who_am_i)(struct mp_services *self, UINTN *ret_number);
};

/* ---- CPU architectural protocol (PI 1.8 volume 2, 12.3) ---- */

typedef VOID(EFIAPI *interrupt_handler)(INTN vector, VOID *context);

struct cpu_arch {
	VOID *services[5]; /* flush, enable, disable, get interrupt state, init */
	EFI_STATUS(EFIAPI *register_handler)
	(struct cpu_arch *self, INTN vector, interrupt_handler handler);
};

/* ---- disk info (PI 1.8 volume 5, 12.2) ---- */

struct disk_info {
	EFI_GUID interface;
	EFI_STATUS(EFIAPI *inquiry)(struct disk_info *self, VOID *data, UINT32 *size);
	EFI_STATUS(EFIAPI *identify)(struct disk_info *self, VOID *data, UINT32 *size);
};

/* ---- ATA pass through (13.13) ---- */

/* Command block and status block alike: `command` is the status, `features` the error. */
struct ata_registers {
	UINT8 reserved[2];
	UINT8 command, features, lba[3], device, lba_exp[3], features_exp, count, count_exp;
	UINT8 reserved2[6];
};

struct ata_packet {
	struct ata_registers *status, *command;
	UINT64 timeout_100ns;
	VOID *in, *out;
	UINT32 in_bytes, out_bytes;
	UINT8 protocol, length;
};

struct ata_pass_thru {
	VOID *mode;
	EFI_STATUS(EFIAPI *pass_thru)
	(struct ata_pass_thru *self, UINT16 port, UINT16 multiplier, struct ata_packet *packet,
		EFI_EVENT event);
	VOID *enumeration[3]; /* next port, next device, build path */
	EFI_STATUS(EFIAPI *get_device)
	(struct ata_pass_thru *self, EFI_DEVICE_PATH *node, UINT16 *ret_port,
		UINT16 *ret_multiplier);
};

/* ---- NVM Express pass through (13.16) ---- */

#define NVME_QUEUE_ADMIN 0u
#define NVME_QUEUE_IO    1u

struct nvme_command {
	UINT32 cdw0; /* opcode in bits 0-7 */
	UINT8 flags; /* which of the words below are used */
	UINT32 nsid;
	UINT32 cdw2, cdw3;
	UINT32 cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct nvme_completion {
	UINT32 dw0, dw1, dw2, dw3;
};

struct nvme_packet {
	UINT64 timeout_100ns;
	VOID *transfer;
	UINT32 transfer_bytes;
	VOID *metadata;
	UINT32 metadata_bytes;
	UINT8 queue;
	struct nvme_command *command;
	struct nvme_completion *completion;
};

struct nvme_mode {
	UINT32 attributes, alignment, version;
};

struct nvme_pass_thru {
	struct nvme_mode *mode;
	EFI_STATUS(EFIAPI *pass_thru)
	(struct nvme_pass_thru *self, UINT32 nsid, struct nvme_packet *packet, EFI_EVENT event);
};

/* ---- extended SCSI pass through (15.7) ---- */

#define SCSI_TARGET_BYTES 16
#define SCSI_DATA_IN      0u

struct scsi_packet {
	UINT64 timeout_100ns;
	VOID *in, *out, *sense, *cdb;
	UINT32 in_bytes, out_bytes;
	UINT8 cdb_bytes, direction, adapter_status, target_status, sense_bytes;
};

struct scsi_pass_thru {
	VOID *mode;
	EFI_STATUS(EFIAPI *pass_thru)
	(struct scsi_pass_thru *self, UINT8 *target, UINT64 lun, struct scsi_packet *packet,
		EFI_EVENT event);
	EFI_STATUS(EFIAPI *next_unit)(struct scsi_pass_thru *self, UINT8 **target, UINT64 *lun);
	EFI_STATUS(EFIAPI *build_path)
	(struct scsi_pass_thru *self, UINT8 *target, UINT64 lun, EFI_DEVICE_PATH **ret_node);
};

/* ---- SCSI I/O of one unit (15.4); the same packet ---- */

struct scsi_io {
	VOID *services[4]; /* type, location, reset bus, reset unit */
	EFI_STATUS(EFIAPI *execute)
	(struct scsi_io *self, struct scsi_packet *packet, EFI_EVENT event);
};

/* ---- USB I/O (17.2) ---- */

#define USB_CLASS_MASS_STORAGE 8u

struct usb_interface_descriptor {
	UINT8 length, type, number, alternate, endpoints, class, subclass, protocol, string;
};

#define USB_PROTOCOL_UAS 0x62u

struct usb_device_descriptor {
	UINT8 length, type, release[2], class, subclass, protocol, max_packet, vendor[2],
		product[2];
	UINT8 rest[6];
};

struct usb_io {
	VOID *transfers[6]; /* control, bulk, interrupt (async, sync), isochronous (sync, async) */
	EFI_STATUS(EFIAPI *device_descriptor)
	(struct usb_io *self, struct usb_device_descriptor *ret);
	VOID *config_descriptor;
	EFI_STATUS(EFIAPI *interface_descriptor)
	(struct usb_io *self, struct usb_interface_descriptor *ret);
};

/* ---- adapter information (11.12): whether a cable is plugged in ---- */

struct adapter_information {
	EFI_STATUS(EFIAPI *get)
	(struct adapter_information *self, EFI_GUID *type, VOID **ret_block, UINTN *ret_size);
};

/* ---- driver diagnostics (11.4) ---- */

#define DIAGNOSTIC_STANDARD 0u
#define DIAGNOSTIC_EXTENDED 1u

struct driver_diagnostics {
	EFI_STATUS(EFIAPI *run)
	(struct driver_diagnostics *self, EFI_HANDLE controller, EFI_HANDLE child, UINT32 kind,
		CHAR8 *language, EFI_GUID **ret_error_type, UINTN *ret_bytes, CHAR16 **ret_text);
	CHAR8 *languages;
};

/* ---- network interface identifier (24.2) and UNDI (appendix E) ---- */

#define INTERFACE_IS_UNDI 1u

struct interface_identifier {
	UINT64 revision;
	UINT64 id; /* address of struct pxe */
	UINT64 image;
	UINT32 image_bytes;
	CHAR8 name[4];
	UINT8 type, major, minor;
	BOOLEAN ipv6;
	UINT16 number;
};

typedef VOID(EFIAPI undi_entry)(UINT64 cdb);

struct pxe {
	UINT32 signature;
	UINT8 bytes, fudge, revision, interfaces, major, minor, more_interfaces, reserved;
	UINT32 implementation;
	UINT64 entry;
} __attribute__((packed));

struct pxe_cdb {
	UINT16 op, flags, cpb_bytes, db_bytes;
	UINT64 cpb, db;
	UINT16 status_code, status_flags, interface, control;
} __attribute__((packed));

struct pxe_init_info {
	UINT32 memory_bytes, frame_bytes, speeds[4], nv_count;
	UINT16 nv_width, header_bytes, address_bytes, multicasts;
	UINT16 tx_count, tx_bytes, rx_count, rx_bytes;
	UINT8 kind, duplexes, loopbacks;
} __attribute__((packed));

struct pxe_initialize {
	UINT64 memory;
	UINT32 memory_bytes, speed;
	UINT16 tx_count, tx_bytes, rx_count, rx_bytes;
	UINT8 duplex, loopback;
} __attribute__((packed));

struct pxe_initialized {
	UINT32 memory_bytes;
	UINT16 tx_count, tx_bytes, rx_count, rx_bytes;
} __attribute__((packed));

struct pxe_transmit {
	UINT64 frame;
	UINT32 data_bytes;
	UINT16 header_bytes, reserved;
} __attribute__((packed));

struct pxe_receive {
	UINT64 buffer;
	UINT32 bytes, reserved;
} __attribute__((packed));

struct pxe_received {
	UINT8 source[32], destination[32];
	UINT32 frame_bytes;
	UINT16 protocol, header_bytes;
	UINT8 kind, reserved[7];
} __attribute__((packed));

struct pxe_status {
	UINT32 rx_bytes, reserved;
	UINT64 sent[32];
} __attribute__((packed));

#endif
