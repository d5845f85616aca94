/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Disks under test: every whole disk, but the one we were booted from and the one that takes the log only if
 * asked for.
 *
 * Hardware: Block I/O, reading only, synchronous.
 * Spec.  UEFI 2.10, 13.9.
 * Trust. Media may be NULL, change, or be nonsense (iPXE publishes a disk with 1-byte blocks): what is no disk is left
 *        out, a drive that shows nothing to read is reported, and the medium is looked at anew before each read.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/firmware.h"
#include "efi/identity.h"
#include "efi/parts.h"
#include "efi/passage.h"
#include "efi/registers.h"
#include "efi/status.h"
#include "efi/unreachable.h"

#define DISKS_MAX     64
#define BUFFER_BYTES  (1u << 20)
#define BLOCK_MIN     512u
#define OPTICAL_BLOCK 2048u
#define HELD_MAX      16

struct unit {
	EFI_HANDLE handle;
	EFI_BLOCK_IO *io;
	struct disk *disk;
	struct passage passage;
	const struct pci_device
		*pci; /* that the disk is by itself; NULL: it is behind a controller */
};

/* A whole disk that is not tested, unless it carries us and the options ask for it. */
struct held {
	EFI_HANDLE handle;
	EFI_BLOCK_IO *io;
	const char *why;
};

static struct {
	struct disk *disks; /* DISKS_MAX */
	struct unit units[DISKS_MAX];
	size_t count;
	unsigned left_out;
	uint8_t *buffer;
	uint8_t configs[2][PCI_CONFIG_BYTES]; /* of a disk and of the port above it */
	struct held held[HELD_MAX];
	size_t held_count;
} all;

/* ---- reading ---- */

static const struct {
	EFI_STATUS status;
	enum disk_result result;
} results[] = {
	{EFI_TIMEOUT, DISK_TIMEOUT},
	{EFI_NO_MEDIA, DISK_GONE},
	{EFI_MEDIA_CHANGED, DISK_GONE},
};

/* A driver frees its interface when its device is unplugged. */
static bool is_there(struct unit *unit)
{
	if (protocol_on(unit->handle, &guid_block_io) == unit->io)
		return true;
	text_copy(unit->disk->error, sizeof(unit->disk->error), "the firmware took the disk away");
	return false;
}

static enum disk_result disk_read(void *ctx, uint64_t lba, uint32_t count)
{
	struct unit *unit = ctx;
	struct disk *disk = unit->disk;
	uint64_t bytes = (uint64_t)count * disk->block_bytes;
	EFI_STATUS status = EFI_NO_MEDIA;
	const EFI_BLOCK_IO_MEDIA *media;

	if (!is_there(unit))
		return DISK_GONE;
	media = unit->io->Media;
	if (lba >= disk->block_count || count > disk->block_count - lba ||
		bytes > disk->buffer_bytes) {
		text_copy(disk->error, sizeof(disk->error), "read beyond the end of the disk");
		return DISK_ERROR;
	}
	if (media != NULL && media->MediaPresent)
		status = media->BlockSize != disk->block_bytes ||
					 media->LastBlock != disk->block_count - 1
				 ? EFI_MEDIA_CHANGED
				 : unit->io->ReadBlocks(
					   unit->io, media->MediaId, lba, bytes, disk->buffer);
	if (!EFI_ERROR(status))
		return DISK_OK;
	status_say(disk->error, sizeof(disk->error), "BlockIo.ReadBlocks", status);
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		if (results[i].status == status)
			return results[i].result;
	}
	return DISK_ERROR;
}

static enum disk_result disk_send(void *ctx, const struct disk_command *c, struct disk_answer *ret)
{
	struct unit *unit = ctx;

	if (!disk_command_allowed(unit->disk, c))
		return DISK_REFUSED;
	return is_there(unit) ? passage_send(&unit->passage, unit->disk, c, ret) : DISK_GONE;
}

static void read_link(void *ctx, struct span *ret_own, struct span *ret_port)
{
	const struct unit *unit = ctx;

	*ret_own = registers_config(unit->pci->handle, all.configs[0]);
	*ret_port = registers_config_above(unit->pci->path, all.configs[1]);
}

/* ---- listing ---- */

static const struct {
	uint8_t subtype;
	const char *bus;
} buses[] = {
	{MSG_NVME_DP, "nvme"},
	{MSG_USB_DP, "usb"}, /* before SCSI: units on USB may have both */
	{MSG_SATA_DP, "sata"},
	{MSG_ATAPI_DP, "ide"},
	{MSG_SCSI_DP, "scsi"},
	{MSG_SAS_EX_DP, "sas"},
	{MSG_FIBRECHANNEL_DP, "fc"},
	{MSG_FIBRECHANNELEX_DP, "fc"},
	{MSG_UFS_DP, "ufs"},
	{MSG_SD_DP, "sd"},
	{MSG_EMMC_DP, "emmc"},
};

static const char *bus_of(struct span path, const struct pci_device *pci)
{
	for (size_t i = 0; i < ARRAY_LEN(buses); i++) {
		if (path_has(path, MESSAGING_DEVICE_PATH, buses[i].subtype))
			return buses[i].bus;
	}
	return pci != NULL && pci->vendor == PCI_VENDOR_VIRTIO ? "virtio" : "block";
}

static bool is_whole_disk(const EFI_BLOCK_IO *io, struct span path)
{
	return io->Media != NULL && !io->Media->LogicalPartition && path_disk(path).len == path.len;
}

/* Whether a medium can be read, by what the firmware says of it. *ret_why is set where it cannot. */
static bool is_readable(const EFI_BLOCK_IO_MEDIA *m, enum unreachable_why *ret_why)
{
	const uint32_t block = m->BlockSize;

	if (!m->MediaPresent)
		*ret_why = NO_MEDIUM;
	else if (block == 0 || m->LastBlock == 0 || m->LastBlock >= INT64_MAX / block)
		*ret_why = NO_CAPACITY;
	else if (block < BLOCK_MIN || block > BUFFER_BYTES || (block & (block - 1)) != 0)
		*ret_why = ODD_BLOCKS;
	else
		return true;
	return false;
}

static bool is_listed(const EFI_BLOCK_IO *io)
{
	for (size_t i = 0; i < all.count; i++) {
		if (all.units[i].io == io)
			return true;
	}
	return false;
}

/* What it is and where. */
static void describe(struct disk *d, struct span path, const struct pci_device *pci)
{
	text_copy(d->bus, sizeof(d->bus), bus_of(path, pci));
	fmt_to(d->location, sizeof(d->location), "%s", pci ? pci->location : "no PCI address");
	path_describe(path, d->location, sizeof(d->location));
}

static const char from_here[] = "it is the medium booted from", log_here[] = "it carries the log";

/* Why a whole disk is not tested, or NULL. */
static const char *spared(const EFI_BLOCK_IO *io, struct span path)
{
	const EFI_BLOCK_IO_MEDIA *m = io->Media;

	if (path_below(path, boot_disk()) && path.len == boot_disk().len)
		return from_here;
	if (path_below(path, log_disk()) && path.len == log_disk().len)
		return log_here;
	if (m->BlockSize == OPTICAL_BLOCK && m->ReadOnly && m->RemovableMedia)
		return "it is an optical drive";
	return NULL;
}

static void add_disk(EFI_HANDLE handle, EFI_BLOCK_IO *io)
{
	struct span path = path_of(handle);
	const struct pci_device *pci = pci_above(path);
	struct disk *d = &all.disks[all.count];
	struct unit *unit = &all.units[all.count];

	*d = (struct disk){.block_bytes = io->Media->BlockSize,
		.block_count = io->Media->LastBlock + 1,
		.removable = io->Media->RemovableMedia,
		.buffer = all.buffer,
		.buffer_bytes = BUFFER_BYTES,
		.ctx = unit,
		.read = disk_read,
		.command = disk_send};
	describe(d, path, pci);
	fmt_to(d->id, sizeof(d->id), "disk%u", (unsigned)all.count);
	*unit = (struct unit){.handle = handle, .io = io, .disk = d};
	if (pci != NULL && text_same(d->bus, "nvme")) {
		unit->pci = pci;
		d->link = read_link;
	}
	passage_find(handle, pci, d, &unit->passage);
	passage_queue(&unit->passage, d);
	identity_read(handle, d);
	all.count++;
}

static void take(EFI_HANDLE handle, EFI_BLOCK_IO *io)
{
	const char *why = spared(io, path_of(handle));

	if (why != NULL && all.held_count < HELD_MAX)
		all.held[all.held_count++] = (struct held){handle, io, why};
	else if (why != NULL || all.count == DISKS_MAX)
		all.left_out++;
	else
		add_disk(handle, io);
}

void disks_apply(struct machine *machine, const struct config *config)
{
	for (size_t i = 0; i < all.held_count; i++) {
		const struct held *held = &all.held[i];
		const struct span path = path_of(held->handle);
		const bool ours = held->why == from_here || held->why == log_here;
		const bool tested = ours && config->disk_boot_medium && all.count < DISKS_MAX;
		struct disk d = {.speaks = 0};

		describe(&d, path, pci_above(path));
		machine_note(machine, "%s: %s disk at %s: %s",
			tested ? "Tested as disk.boot-medium asks" : "Not tested", d.bus,
			d.location, held->why);
		if (tested)
			add_disk(held->handle, held->io);
	}
	machine->disk_count = all.count;
}

/* A fixed drive without a readable medium is a broken one, or made for something else. Slots without a card are not, nor
 * are "disks" of a few bytes a block, which firmware makes up for its own ends. */
static void add_unreadable(EFI_HANDLE handle, const EFI_BLOCK_IO_MEDIA *m,
	const struct pci_device *pci, enum unreachable_why why)
{
	struct disk d = {.speaks = 0};
	struct unreachable *u;

	if (m->RemovableMedia || (m->BlockSize > 0 && m->BlockSize < BLOCK_MIN))
		return;
	describe(&d, path_of(handle), pci);
	u = unreachable_add(d.location, why);
	if (u == NULL)
		return;
	identity_read(handle, &d);
	fmt_to(u->name, sizeof(u->name), "%s drive%s%s", d.bus, d.model[0] != '\0' ? " " : "",
		d.model);
	if (pci != NULL) {
		u->vendor_id = pci->vendor;
		u->device_id = pci->device;
		u->pci_class = pci->kind;
	}
}

/* The disks on one controller, or with NULL those on none. */
static void list_disks_on(const struct handles *handles, const struct pci_device *pci)
{
	for (size_t i = 0; i < handles->count; i++) {
		struct span path = path_of(handles->at[i]);
		EFI_BLOCK_IO *io = protocol_on(handles->at[i], &guid_block_io);
		enum unreachable_why why;

		if (io == NULL || pci_above(path) != pci || !is_whole_disk(io, path) ||
			is_listed(io))
			continue;
		if (!is_readable(io->Media, &why))
			add_unreadable(handles->at[i], io->Media, pci, why);
		else
			take(handles->at[i], io);
	}
}

/* In the order of their controllers' addresses, so that ids stay the same from boot to boot. */
static void list_disks(struct machine *machine)
{
	struct handles handles = handles_with(&guid_block_io);

	for (size_t i = 0; i < pci_device_count; i++)
		list_disks_on(&handles, &pci_devices[i]);
	list_disks_on(&handles, NULL);
	handles_free(&handles);
	if (all.left_out > 0)
		machine_note(machine, "%u disks beyond the first %u were left out", all.left_out,
			DISKS_MAX);
}

void disks_build(struct machine *machine)
{
	all.disks = firmware_pages(DISKS_MAX * sizeof(struct disk));
	all.buffer = firmware_pages(BUFFER_BYTES);
	if (all.disks == NULL || all.buffer == NULL) {
		machine_note(machine, "No disk is tested: the firmware has no memory for it");
		return;
	}
	list_disks(machine);
	machine->disks = all.disks;
	machine->disk_count = all.count;
}
