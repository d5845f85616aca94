/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Hardware is a parameter: the ports through which everything pure reaches a machine.
 *
 * Pure declarations. efi/ fills them from UEFI firmware, host/ from simulated, breakable parts.
 * Rules for every port: functions get their own `ctx`; nothing here writes to a disk under test;
 * a failure leaves its outputs untouched and puts "Call: STATUS" into the port's `error` text, where it has one.
 */
#ifndef KIRIWAKE_CORE_MACHINE_H
#define KIRIWAKE_CORE_MACHINE_H

#include "core/address.h"
#include "core/bytes.h"
#include "core/ram_map.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_TEXT  64
#define PORT_ERROR 96

#define MACHINE_NOTE 200

/* ---- clock ---- */

struct clock_port {
	void *ctx;
	uint64_t (*now_ns)(void *ctx);            /* monotonic, from an arbitrary start */
	void (*sleep_ns)(void *ctx, uint64_t ns); /* at least; a few microseconds more */
	bool (*wall_s)(void *ctx,
		int64_t *ret); /* seconds since 1970 UTC as the RTC has it; false: no RTC */
};

/* ---- CPUs ---- */

enum cpu_mode { CPUS_NONBLOCKING, CPUS_BLOCKING, CPUS_SINGLE };

enum cpu_result {
	CPUS_DONE,
	CPUS_TIMEOUT, /* some part did not return in time; its CPU must be taken as lost */
	CPUS_REFUSED  /* the firmware took no work; nothing was run */
};

/* Work for one CPU. Runs with no firmware services: memory and arithmetic only. `part` says which share. */
typedef void cpu_work(void *arg, unsigned part);

struct cpu_port {
	void *ctx;
	unsigned count;   /* usable logical CPUs, the boot CPU (number 0) included; >= 1 */
	unsigned present; /* as the firmware counts them, usable or not */
	enum cpu_mode
		mode; /* the way work reaches the other CPUs; chosen by what the firmware accepts */
	char why[PORT_ERROR]; /* why this mode: for the log */
	const uint32_t
		*apic_ids; /* of CPU 0 .. count - 1, as ACPI tables name them; NULL: not known */
	char error[PORT_ERROR];

	/* Runs work(arg, 0) .. work(arg, parts - 1), parts <= count, each once and part p on CPU p where the
	 * mode allows (CPUS_SINGLE runs them in turn on the boot CPU), and returns when all are done.
	 * The work of one call should stay under a second: nothing else happens meanwhile. */
	enum cpu_result (*run)(
		void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns);

	/* Runs work(arg, 0) on CPU `cpu` only. */
	enum cpu_result (*run_on)(
		void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns);

	/* Writes back and empties the calling CPU's caches, as far as the platform can. Callable from work. */
	void (*flush_caches)(void);

	/* Time on the calling CPU. Callable from work; only differences on one CPU mean anything. */
	uint64_t (*own_ns)(void);
};

/* ---- RAM ---- */

/* Memory that is ours to overwrite. `at` is where we see it; on UEFI it equals the physical address. */
struct ram_range {
	uint64_t physical;
	uint64_t bytes; /* a multiple of 4096 */
	uint8_t *at;
};

/* Memory in the firmware's map that was not granted, and why: "boot services data", "reserve for firmware". */
struct ram_skipped {
	const char *why;
	uint64_t bytes;
};

#define RAM_RANGES_MAX  256
#define RAM_SKIPPED_MAX 20

struct ram_grant {
	size_t range_count;
	struct ram_range ranges[RAM_RANGES_MAX]; /* ascending, not overlapping */
	uint64_t granted_bytes;
	uint64_t
		mapped_bytes; /* all RAM in the map, granted or not; no MMIO, no persistent memory */
	size_t skipped_count;
	struct ram_skipped skipped[RAM_SKIPPED_MAX];
	uint64_t
		ranges_dropped_bytes; /* lost because RAM_RANGES_MAX was reached; 0 on sane machines */
};

struct kernels; /* memtest/kernels.h: how words are read and written; faulty ones on the host */

struct ram_port {
	void *ctx;
	const struct kernels *kernels;
	struct ram_map
		map; /* the firmware's, as it was before anything was taken; empty: not known */
	char kernel_refused
		[PORT_ERROR]; /* why mem.kernel could not be had; empty: it was, or nothing was asked for */
	char error[PORT_ERROR];

	/* Takes all free conventional memory but a reserve for the firmware (`reserve_bytes`). False: none could be had. */
	bool (*acquire)(void *ctx, uint64_t reserve_bytes, struct ram_grant *ret);
	void (*release)(void *ctx);

	/* Reads the first word of each line, all of them in each round. `flush`: each time from memory, because the
	 * lines leave the caches in between; else from the caches. Callable from a cpu_work. NULL: cannot be done. */
	void (*hammer)(
		void *ctx, uint64_t *const *lines, unsigned count, unsigned rounds, bool flush);
};

/* What the boot CPU's registers say about encryption between caches and memory; all 0 where it has none. AMD APM volume 2,
 * 7.10 (SYSCFG); Intel SDM volume 4 (IA32_TME_ACTIVATE). */
struct memory_encryption {
	bool is_virtual;       /* a hypervisor runs below us: its registers were not read */
	bool has_sme, has_tme; /* the CPU can do it */
	uint64_t syscfg;       /* MSR C001_0010, where has_sme */
	uint64_t tme_activate; /* MSR 982, where has_tme */
};

/* ---- machine-check banks ---- */

/* How their registers read: Intel SDM volume 3, "Machine-Check Architecture"; AMD APM volume 2, chapter 9, before and
 * with scalable MCA. */
enum mca_layout { MCA_INTEL, MCA_AMD, MCA_AMD_SCALABLE };

/* One error as its bank held it. */
struct mca_bank {
	unsigned cpu; /* on which it was read; banks may be shared by the CPUs of a package */
	unsigned bank;
	bool exception;              /* it came as a machine-check exception */
	uint64_t status;             /* bit 63 is set */
	uint64_t address, misc;      /* 0 unless status says they are valid */
	uint64_t syndrome, identity; /* MCA_SYND and MCA_IPID of scalable MCA, else 0 */
};

#define MCA_TAKE_MAX 256

struct mca_take {
	unsigned cpus; /* whose banks were read */
	size_t count;
	struct mca_bank banks[MCA_TAKE_MAX];
};

/* `take` NULL: the CPUs have no machine-check banks. */
struct mca_port {
	void *ctx;
	enum mca_layout layout;
	uint64_t capabilities; /* MCG_CAP of the boot CPU */
	char error[PORT_ERROR];

	/* Takes what the banks of the first `cpus` CPUs hold and clears those banks, so that the next error shows and none is
	 * seen twice; what does not fit stays in its bank for the next time. Fills *ret in any case: where the others
	 * could not be asked it holds the boot CPU's, and the result says why. */
	enum cpu_result (*take)(void *ctx, unsigned cpus, struct mca_take *ret);
};

/* ---- network cards ---- */

enum nic_link { NIC_LINK_UNKNOWN, NIC_LINK_DOWN, NIC_LINK_UP };

enum nic_result {
	NIC_OK,
	NIC_EMPTY,   /* receive: nothing waiting */
	NIC_TX_HANG, /* send: accepted, never completed */
	NIC_FAULT    /* a firmware call failed: see `error` */
};

#define NIC_CHIP_BYTES (128 * 1024)

/* A card without its driver: registers, and memory that both it and we can reach. */
struct nic_chip {
	void *ctx;
	uint16_t vendor_id, device_id;
	/* A register of `bytes` 1, 2 or 4. All ones: gone. */
	uint32_t (*read)(void *ctx, uint32_t offset, unsigned bytes);
	void (*write)(void *ctx, uint32_t offset, unsigned bytes, uint32_t value);
	void (*sleep_ns)(void *ctx, uint64_t ns);
	uint8_t *memory;      /* NIC_CHIP_BYTES, zeroed */
	uint64_t bus_address; /* of `memory` as the card sees it; a multiple of 4096 */
};

/* What a driver's own test of its card came to. */
enum nic_self_test_result {
	SELF_TEST_NONE, /* the driver has no such test, or refuses it */
	SELF_TEST_PASSED,
	SELF_TEST_FAILED, /* the driver says that the card failed */
	SELF_TEST_ERROR   /* it could not be run to its end */
};

struct nic_self_test {
	enum nic_self_test_result result;
	char text[160]; /* what the driver or the call says: printable, may be empty */
};

/* Ways into a loopback that a driver advertises. */
#define NIC_LOOP_INTERNAL 1u
#define NIC_LOOP_EXTERNAL 2u /* through a plug in the socket */

/* A card's loopback by its own driver. Every function gets the card's ctx. */
struct nic_loop {
	unsigned (*modes)(void *ctx); /* of an open card: NIC_LOOP_..., 0 if none or not known */

	/* Closes the open card and starts it in one of its modes. Success proves nothing. leave() is due either way; then it
	 * can be opened again. */
	enum nic_result (*enter)(void *ctx, unsigned mode);
	bool (*send)(void *ctx, const uint8_t *frame, size_t len);
	bool (*receive)(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len);
	void (*leave)(void *ctx);
};

enum duplex { DUPLEX_UNKNOWN, DUPLEX_HALF, DUPLEX_FULL };

/* What a card may count. */
enum nic_count {
	NIC_CRC,       /* frames with a wrong checksum */
	NIC_ALIGNMENT, /* and not of whole bytes */
	NIC_SYMBOL,
	NIC_RECEIVE, /* errors that the PHY told of within a frame */
	NIC_MISSED,  /* frames for which the card had no room */
	NIC_LATE_COLLISION,
	NIC_NO_BUFFER, /* times the driver had no buffer ready */
	NIC_COUNTS
};

/* What a card's own registers say. */
struct nic_wire {
	bool link;
	unsigned speed_mbps; /* 0 without link */
	unsigned max_speed_mbps;
	enum duplex duplex;
	bool counted;                /* it has the counters: */
	uint32_t counts[NIC_COUNTS]; /* since they were read last; reading clears them */
	uint32_t
		missed_so_far; /* of a card that counts nothing but missed frames, since its reset; else 0 */
};

struct nic {
	char id[12];              /* "nic0" */
	char name[PORT_TEXT];     /* "Intel 8086:10d3" */
	char location[PORT_TEXT]; /* "PCI 0000:00:02.0" */
	char driver[PORT_TEXT];   /* the firmware driver's name and version, or empty */
	uint16_t vendor_id, device_id;
	bool has_driver; /* false: on the PCI bus only; of the calls below only take_chip and give_back_chip may be made */
	struct mac mac;         /* current; valid when has_driver */
	struct mac permanent;   /* burned in; valid when has_driver */
	size_t max_frame_bytes; /* Ethernet header included, CRC not: 1514 */
	struct span
		pci_config; /* its PCI configuration space as it was at the start; empty: none */
	char error[PORT_ERROR];
	void *ctx;

	enum nic_result (*open)(
		void *ctx);       /* exclusive raw frames, promiscuous where it can be had */
	void (*close)(void *ctx); /* gives the card back to the firmware's network stack */
	enum nic_link (*link)(void *ctx); /* asks the card; valid after open */

	/* Sends one frame without CRC, at least 14 bytes; pads to 60. Waits a bounded time for completion. */
	enum nic_result (*send)(void *ctx, const uint8_t *frame, size_t len);

	/* Takes one waiting frame into frame[cap]; cap >= max_frame_bytes + 16. Never blocks. */
	enum nic_result (*receive)(void *ctx, uint8_t *frame, size_t cap, size_t *ret_len);

	/* Reads the card's own registers beside its driver. False, *ret untouched: not to be had. NULL: not known. */
	bool (*wire)(void *ctx, struct nic_wire *ret);

	/* Runs a test that the driver brings along, on an open card: may take minutes, and the link. The card is to be closed
	 * and opened again afterwards. NULL: it brings none. */
	void (*self_test)(void *ctx, bool extended, struct nic_self_test *ret);

	const struct nic_loop *loop; /* NULL: the driver knows of none */

	/* Takes a card away from its driver, if it has one, with memory for rings and buffers for it; an open one is closed by
	 * that. NULL: not offered. */
	enum nic_result (*take_chip)(void *ctx, struct nic_chip *ret);
	/* Gives it back to its driver, also after take_chip failed. NIC_OK: it can be opened again. */
	enum nic_result (*give_back_chip)(void *ctx);
};

/* ---- disks ---- */

enum disk_result {
	DISK_OK, /* the firmware claims the buffer is filled: the caller still checks */
	DISK_ERROR,
	DISK_TIMEOUT,
	DISK_GONE,   /* no medium, or another one */
	DISK_REFUSED /* commands only: not sent, be it ours or the firmware's refusal */
};

/* Languages a disk takes commands in: core/disk_command.h. */
enum {
	DISK_SPEAKS_ATA = 1, /* be it through a SCSI bridge */
	DISK_SPEAKS_NVME = 2,
	DISK_SPEAKS_SCSI = 4
};

struct disk_command;
struct disk_answer;

#define DISK_QUEUE_MAX   32   /* commands in flight */
#define DISK_QUEUE_BYTES 4096 /* that each may ask for */

/* Commands that read, several in flight at once, each into a buffer of its own. Slots count from 0. */
struct disk_queue {
	void *ctx;

	/* The buffers of slots 0 to depth - 1, DISK_QUEUE_BYTES each, side by side. NULL: cannot be had. */
	uint8_t *(*open)(void *ctx, unsigned depth);

	/* Sends it and returns at once. DISK_OK: it is in flight, and the slot taken, until done() says so. */
	enum disk_result (*start)(void *ctx, unsigned slot, const struct disk_command *c);

	/* Whether the command of a taken slot has ended; then its answer is in *ret. May come much later than the data. */
	bool (*done)(void *ctx, unsigned slot, struct disk_answer *ret);

	/* After open(). What is still in flight keeps its buffer for ever: the drive may write there at any time. */
	void (*close)(void *ctx);
};

/* There is no write call, and there never will be. */
struct disk {
	char id[12];  /* "disk0" */
	char bus[16]; /* "nvme", "sata", "ide", "scsi", "virtio", "usb", "block" where unknown */
	char model[PORT_TEXT];    /* what the drive or firmware says, or empty */
	char serial[PORT_TEXT];   /* likewise */
	char firmware[PORT_TEXT]; /* likewise */
	char location[PORT_TEXT]; /* "PCI 0000:00:04.0 namespace 1" */
	uint32_t block_bytes;     /* power of two, >= 512 */
	uint64_t block_count;
	bool removable;
	uint8_t *buffer;     /* page aligned, the target of every read */
	size_t buffer_bytes; /* >= 1 MiB and a multiple of block_bytes */
	char error[PORT_ERROR];
	void *ctx;

	/* Reads `count` blocks from `lba` into buffer, count * block_bytes <= buffer_bytes. Synchronous. */
	enum disk_result (*read)(void *ctx, uint64_t lba, uint32_t count);

	/* Commands that read, past the firmware's disk driver; go through disk_command() of core/disk_command.h. */
	unsigned speaks;       /* DISK_SPEAKS_...; 0: `command` may not be called */
	char mute[PORT_ERROR]; /* speaks == 0: why, as the end of a sentence */
	uint32_t namespace_id; /* with DISK_SPEAKS_NVME */
	bool self_test_allowed; /* set by whoever was asked for a self-test: no port starts one without */
	enum disk_result (*command)(
		void *ctx, const struct disk_command *c, struct disk_answer *ret);

	struct disk_queue queue; /* `open` NULL: one command at a time is all that can be had */

	/* Reads the configuration space of a disk that is a PCI function by itself (NVMe), and of the port above it, as they are
	 * now; either may come out empty. NULL: not such a disk. */
	void (*link)(void *ctx, struct span *ret_own, struct span *ret_port);
};

/* Why there is no access: the first is a controller's or USB drive's, the others are drives' that have a driver. */
enum unreachable_why { NO_DRIVER, NO_MEDIUM, NO_CAPACITY, ODD_BLOCKS };

/* Storage that is there and cannot be read. */
struct unreachable {
	char name[PORT_TEXT]; /* "RAID controller 1000:005d", "nvme drive Brand X" */
	char location[PORT_TEXT];
	uint16_t vendor_id, device_id; /* of PCI (a drive's controller), or of USB */
	uint16_t pci_class;            /* class << 8 | subclass; 0: on USB */
	enum unreachable_why why;
};

/* ---- the log volume ---- */

enum volume_result { VOLUME_OK, VOLUME_NOT_FOUND, VOLUME_READ_ONLY, VOLUME_FULL, VOLUME_ERROR };

struct volume_file;

struct volume_port {
	void *ctx;
	bool present; /* a volume with label and marker was found */
	bool writable;
	char where[PORT_ERROR]; /* where it is, or why there is none */
	char error[PORT_ERROR];

	/* Paths are absolute with '/', at most 60 characters, no drive: "/runs/0007/log.txt". */
	enum volume_result (*list)(void *ctx, const char *directory,
		void (*each)(void *arg, const char *name, bool is_directory, uint64_t bytes),
		void *arg);
	/* Reads up to cap bytes from `offset`; *ret_len < cap means the end was reached. */
	enum volume_result (*read)(void *ctx, const char *path, uint64_t offset, void *buf,
		size_t cap, size_t *ret_len);
	enum volume_result (*make_directory)(void *ctx, const char *path);
	/* Creates the file empty, or empties it. */
	enum volume_result (*create)(void *ctx, const char *path, struct volume_file **ret);
	enum volume_result (*append)(
		void *ctx, struct volume_file *file, const void *bytes, size_t len);
	enum volume_result (*flush)(void *ctx, struct volume_file *file);
	void (*close)(void *ctx, struct volume_file *file);
	enum volume_result (*remove)(void *ctx, const char *path);
	enum volume_result (*free_bytes)(void *ctx, uint64_t *ret);
};

/* ---- console ---- */

#define KEY_NONE   0
#define KEY_ENTER  13
#define KEY_ESCAPE 27

struct console_port {
	void *ctx;
	bool has_screen; /* a person may be looking */
	void (*write)(void *ctx, const char *text,
		size_t len);   /* ASCII, "\n" line ends, "\r" back to column 0 */
	int (*key)(void *ctx); /* next key as ASCII, or KEY_NONE; never blocks */
};

/* ---- options as they arrived ---- */

struct option_source {
	const char *name; /* "KIRIWAKELOG:/kiriwake.cfg", "GRUB command line" */
	struct text text;
	bool words; /* key=value words on one line; else lines with # comments */
	bool cut;   /* of lines: there is more than was read */
};

#define OPTION_SOURCES_MAX 8
#define MACHINE_NOTES_MAX  24
#define ACPI_TABLES_MAX    64

struct config;

struct machine {
	struct clock_port clock;
	struct cpu_port cpus;
	struct ram_port ram;
	struct mca_port mca;
	struct volume_port volume;
	struct console_port console;

	size_t nic_count;
	struct nic *nics;
	size_t disk_count;
	struct disk *disks;
	size_t unreachable_count;
	const struct unreachable *unreachable;

	struct span smbios_entry; /* SMBIOS entry point, empty when the firmware has none */
	struct span smbios_table; /* the structure table it points to */
	size_t acpi_table_count;  /* what the XSDT or RSDT lists, header included; unchecked */
	struct span acpi_tables[ACPI_TABLES_MAX];
	struct span boot_errors; /* the region that ACPI's BERT points to; empty without one */
	struct memory_encryption encryption;

	size_t option_source_count; /* in order of precedence, later wins; SMBIOS strings are not among them */
	struct option_source option_sources[OPTION_SOURCES_MAX];
	size_t smbios_options_at; /* index in option_sources before which SMBIOS strings apply */

	char firmware[PORT_TEXT]; /* "EDK II 1.00, UEFI 2.70" */

	/* What happened before there was a recorder; repeated into the log at the start. */
	size_t note_count;
	char notes[MACHINE_NOTES_MAX][MACHINE_NOTE];

	/* Restarts the firmware's watchdog: the machine resets after `seconds` without another call. 0: off. NULL: none. */
	void (*set_watchdog)(unsigned seconds);

	/* Told once, when the options are known and before the first check: serial, mem.mp, mem.kernel. */
	void (*apply)(struct machine *machine, const struct config *config);
};

#endif
