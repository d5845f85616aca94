/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finding the log volume: by label and marker file, on the disk booted from, or anywhere if it is the only one.
 *
 * Hardware: FAT volumes of the firmware.
 * Trust. Never the loaded image's device handle alone: chainloaded programs have been seen with a wrong one. Never
 *        the first FAT that can be written: the server's own system partition is one.
 */
#include "efi/volume.h"
#include "core/fmt.h"
#include "core/text.h"
#include "efi/connect.h"
#include "efi/labelled.h"
#include "efi/parts.h"
#include "efi/path.h"
#include "efi/pci.h"
#include "efi/status.h"

#define MARKER      "/kiriwake.id"
#define MARKER_TEXT "kiriwake log volume"
#define PROBE       "/kiriwake.tmp"
#define LABEL_SIZE  16

static struct {
	struct span boot;  /* path of the disk booted from */
	EFI_HANDLE handle; /* of the log volume, or NULL */
} volume;

struct span boot_disk(void)
{
	return volume.boot;
}

struct span log_disk(void)
{
	return path_disk(path_of(volume.handle));
}

EFI_HANDLE log_volume(void)
{
	return volume.handle;
}

/* ---- one volume ---- */

EFI_FILE_HANDLE volume_open(EFI_HANDLE handle, char *label, size_t cap)
{
	EFI_FILE_IO_INTERFACE *fs = protocol_on(handle, &guid_simple_file_system);
	EFI_BLOCK_IO *io = protocol_on(handle, &guid_block_io);
	EFI_FILE_HANDLE root = NULL;
	union {
		EFI_FILE_SYSTEM_INFO info;
		uint8_t bytes[256]; /* with any label a file system may have */
	} u;
	UINTN size = sizeof(u);
	char fat_label[FAT_LABEL_SIZE];

	if (fs == NULL || EFI_ERROR(fs->OpenVolume(fs, &root)) || root == NULL)
		return NULL;
	memset(&u, 0, sizeof(u));
	label[0] = '\0';
	if (!EFI_ERROR(root->GetInfo(root, &guid_file_system_info, &size, &u)) &&
		size > SIZE_OF_EFI_FILE_SYSTEM_INFO && size <= sizeof(u))
		text_from_ucs2(label, cap, u.info.VolumeLabel,
			(size - SIZE_OF_EFI_FILE_SYSTEM_INFO) / sizeof(CHAR16));
	if (label[0] == '\0' && io != NULL) { /* U-Boot's file system does not tell */
		fat_label_at(io, 0, fat_label);
		text_copy(label, cap, fat_label);
	}
	return root;
}

static bool is_log_volume(EFI_HANDLE handle)
{
	char label[LABEL_SIZE], text[sizeof(MARKER_TEXT) - 1];
	EFI_FILE_HANDLE root = volume_open(handle, label, sizeof(label));
	size_t len = 0;
	bool ours;

	if (root == NULL)
		return false;
	ours = text_same(label, LOG_LABEL) &&
	       !EFI_ERROR(file_read(root, MARKER, 0, text, sizeof(text), &len)) &&
	       len == sizeof(text) && memcmp(text, MARKER_TEXT, len) == 0;
	root->Close(root);
	return ours;
}

/* ---- all volumes ---- */

struct search {
	EFI_HANDLE on_boot_disk; /* the first log volume there, or NULL */
	EFI_HANDLE elsewhere;    /* the last one anywhere else, or NULL */
	unsigned count_boot, count_elsewhere;
};

static struct search search_log_volumes(void)
{
	struct handles volumes = handles_with(&guid_simple_file_system);
	struct search s = {NULL, NULL, 0, 0};

	for (size_t i = 0; i < volumes.count; i++) {
		if (!is_log_volume(volumes.at[i]))
			continue;
		if (path_below(path_of(volumes.at[i]), volume.boot)) {
			if (s.count_boot++ == 0)
				s.on_boot_disk = volumes.at[i];
		} else {
			s.elsewhere = volumes.at[i];
			s.count_elsewhere++;
		}
	}
	handles_free(&volumes);
	return s;
}

static EFI_HANDLE pick(const struct search *s)
{
	if (s->on_boot_disk != NULL)
		return s->on_boot_disk;
	return s->count_elsewhere == 1 ? s->elsewhere : NULL;
}

EFI_FILE_HANDLE volume_find_again(void)
{
	struct search s = search_log_volumes();
	char label[LABEL_SIZE];

	volume.handle = pick(&s);
	return volume.handle != NULL ? volume_open(volume.handle, label, sizeof(label)) : NULL;
}

/* The handle of the whole disk booted from, or NULL. */
static EFI_HANDLE boot_disk_handle(void)
{
	struct handles disks = handles_with(&guid_block_io);
	EFI_HANDLE found = NULL;

	for (size_t i = 0; i < disks.count && found == NULL; i++) {
		struct span path = path_of(disks.at[i]);

		if (path.len == volume.boot.len && path_below(path, volume.boot))
			found = disks.at[i];
	}
	handles_free(&disks);
	return found;
}

EFI_FILE_HANDLE volume_open_esp(void)
{
	struct handles volumes = handles_with(&guid_simple_file_system);
	EFI_FILE_HANDLE esp = NULL;
	char label[LABEL_SIZE];

	for (size_t i = 0; i < volumes.count && esp == NULL; i++) {
		if (!path_below(path_of(volumes.at[i]), volume.boot))
			continue;
		esp = volume_open(volumes.at[i], label, sizeof(label));
		if (esp != NULL && !text_same(label, ESP_LABEL)) {
			esp->Close(esp);
			esp = NULL;
		}
	}
	handles_free(&volumes);
	if (esp == NULL && fw.loaded != NULL)
		esp = volume_open(fw.loaded->DeviceHandle, label, sizeof(label));
	return esp;
}

/* ---- the port ---- */

static bool medium_is_read_only(EFI_HANDLE handle)
{
	const EFI_BLOCK_IO *io = protocol_on(handle, &guid_block_io);

	return io != NULL && io->Media != NULL && io->Media->ReadOnly;
}

/* Whether a file can be made, tried on a file that is deleted again. */
static bool can_write(EFI_FILE_HANDLE root, char *error, size_t cap)
{
	EFI_FILE_HANDLE probe = NULL;
	EFI_STATUS status = file_open(root, PROBE,
		EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE | EFI_FILE_MODE_CREATE, 0, &probe);

	if (EFI_ERROR(status)) {
		status_say(error, cap, "File.Open (create)", status);
		return false;
	}
	probe->Delete(probe);
	return true;
}

static void say_where(struct volume_port *port, EFI_HANDLE handle)
{
	struct span path = path_of(handle);
	const struct pci_device *pci = pci_above(path);

	fmt_to(port->where, sizeof(port->where), "%s, %s", LOG_LABEL,
		path_below(path, volume.boot) ? "on the disk booted from" : "on another disk");
	if (pci != NULL)
		fmt_add(port->where, sizeof(port->where), ", %s", pci->location);
	path_describe(path, port->where, sizeof(port->where));
}

static void use(struct volume_port *port, EFI_HANDLE handle)
{
	char label[LABEL_SIZE];
	EFI_FILE_HANDLE root = volume_open(handle, label, sizeof(label));

	if (root == NULL) {
		text_copy(port->where, sizeof(port->where), LOG_LABEL " cannot be opened again");
		return;
	}
	volume.handle = handle;
	files_build(port, root);
	port->present = true;
	say_where(port, handle);
	if (medium_is_read_only(handle))
		text_copy(port->error, sizeof(port->error), "the medium is read-only");
	else
		port->writable = can_write(root, port->error, sizeof(port->error));
}

/* Partitions of disks other than the one booted from are not looked for, or the firmware may write to a patient.
 * A removable disk that is labelled as a log stick is none. */
static void connect_log_sticks(struct machine *machine)
{
	struct handles disks = handles_with(&guid_block_io);

	for (size_t i = 0; i < disks.count; i++) {
		EFI_BLOCK_IO *io = protocol_on(disks.at[i], &guid_block_io);
		struct span path = path_of(disks.at[i]);

		if (io != NULL && io->Media != NULL && io->Media->RemovableMedia &&
			!io->Media->LogicalPartition && path_disk(path).len == path.len &&
			disk_has_label(io, LOG_LABEL))
			connect_handle(machine, disks.at[i], CONNECT_ALL,
				"the partitions of a stick labelled " LOG_LABEL);
	}
	handles_free(&disks);
}

void volume_build(struct machine *machine)
{
	EFI_HANDLE disk;
	struct search s;

	if (fw.loaded != NULL)
		volume.boot = path_disk(path_of(fw.loaded->DeviceHandle));
	s = search_log_volumes();
	disk = boot_disk_handle();
	if (s.on_boot_disk == NULL && disk != NULL) { /* partitions may not be looked for yet */
		connect_handle(
			machine, disk, CONNECT_ALL, "the partitions of the disk booted from");
		s = search_log_volumes();
	}
	if (s.on_boot_disk == NULL) {
		connect_log_sticks(machine);
		s = search_log_volumes();
	}
	if (s.count_boot > 1)
		machine_note(machine, "%u volumes %s on the disk booted from: the first is used",
			s.count_boot, LOG_LABEL);
	if (pick(&s) != NULL)
		use(&machine->volume, pick(&s));
	else if (s.count_elsewhere == 0)
		text_copy(machine->volume.where, sizeof(machine->volume.where),
			"no volume is labelled " LOG_LABEL " and has the file kiriwake.id");
	else
		fmt_to(machine->volume.where, sizeof(machine->volume.where),
			"%u volumes " LOG_LABEL ", none on the disk booted from: not used",
			s.count_elsewhere);
}
