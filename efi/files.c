/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Files on the log volume, for the port. See volume.h.
 *
 * Hardware: the firmware's FAT driver.
 * Trust. Writes may be short and errors sticky: a file that fails is opened once more on a volume found anew,
 *        and continued where it stood.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/parts.h"
#include "efi/status.h"
#include "efi/volume.h"

#define FILES_MAX   16
#define PATH_SIZE   64
#define ENTRIES_MAX 4096
#define MODE_WRITE  (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE)

struct volume_file {
	EFI_FILE_HANDLE handle; /* NULL: free */
	uint64_t bytes;         /* written so far */
	char path[PATH_SIZE];
};

static struct {
	struct volume_port *port;
	EFI_FILE_HANDLE root;
	struct volume_file files[FILES_MAX];
} volume;

static const struct {
	EFI_STATUS status;
	enum volume_result result;
} results[] = {
	{EFI_SUCCESS, VOLUME_OK},
	{EFI_NOT_FOUND, VOLUME_NOT_FOUND},
	{EFI_WRITE_PROTECTED, VOLUME_READ_ONLY},
	{EFI_VOLUME_FULL, VOLUME_FULL},
};

static enum volume_result result(const char *call, EFI_STATUS status)
{
	if (EFI_ERROR(status))
		status_say(volume.port->error, sizeof(volume.port->error), call, status);
	else
		status = EFI_SUCCESS;
	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		if (results[i].status == status)
			return results[i].result;
	}
	return VOLUME_ERROR;
}

/* ---- on any volume ---- */

EFI_STATUS file_open(EFI_FILE_HANDLE root, const char *path, UINT64 mode, UINT64 attributes,
	EFI_FILE_HANDLE *ret)
{
	CHAR16 name[PATH_SIZE];
	EFI_FILE_HANDLE file = NULL;
	EFI_STATUS status;

	text_to_ucs2(name, ARRAY_LEN(name), path);
	for (size_t i = 0; name[i] != 0; i++) {
		if (name[i] == '/')
			name[i] = '\\';
	}
	status = root->Open(root, &file, name, mode, attributes);
	if (!EFI_ERROR(status) && file == NULL)
		status = EFI_DEVICE_ERROR;
	if (!EFI_ERROR(status))
		*ret = file;
	return status;
}

union info {
	EFI_FILE_INFO file;
	EFI_FILE_SYSTEM_INFO system;
	uint8_t bytes[1024]; /* with the longest name FAT can hold */
};

static EFI_STATUS file_size(EFI_FILE_HANDLE file, uint64_t *ret)
{
	union info info;
	UINTN size = sizeof(info);
	EFI_STATUS status = file->GetInfo(file, &guid_file_info, &size, &info);

	if (!EFI_ERROR(status))
		*ret = info.file.FileSize;
	return status;
}

EFI_STATUS file_read(
	EFI_FILE_HANDLE root, const char *path, uint64_t offset, void *buf, size_t cap, size_t *ret)
{
	EFI_FILE_HANDLE file;
	uint64_t end = 0;
	UINTN len = cap;
	EFI_STATUS status = file_open(root, path, EFI_FILE_MODE_READ, 0, &file);

	if (EFI_ERROR(status))
		return status;
	status = file_size(file, &end);
	if (!EFI_ERROR(status) && offset >= end)
		len = 0; /* FAT drivers answer a position beyond the end with an error */
	else if (!EFI_ERROR(status))
		status = file->SetPosition(file, offset);
	if (!EFI_ERROR(status) && len > 0)
		status = file->Read(file, &len, buf);
	if (!EFI_ERROR(status))
		*ret = len <= cap ? len : cap;
	file->Close(file);
	return status;
}

/* ---- the port: reading ---- */

static enum volume_result port_list(void *ctx, const char *directory,
	void (*each)(void *arg, const char *name, bool is_directory, uint64_t bytes), void *arg)
{
	union info info;
	EFI_FILE_HANDLE dir;
	EFI_STATUS status = file_open(volume.root, directory, EFI_FILE_MODE_READ, 0, &dir);

	(void)ctx;
	if (EFI_ERROR(status))
		return result("File.Open (directory)", status);
	for (unsigned i = 0; i < ENTRIES_MAX; i++) {
		UINTN size = sizeof(info);
		char name[PATH_SIZE];

		status = dir->Read(dir, &size, &info);
		if (EFI_ERROR(status) || size <= SIZE_OF_EFI_FILE_INFO)
			break;
		text_from_ucs2(name, sizeof(name), info.file.FileName,
			(size - SIZE_OF_EFI_FILE_INFO) / sizeof(CHAR16));
		if (!text_same(name, ".") && !text_same(name, ".."))
			each(arg, name, (info.file.Attribute & EFI_FILE_DIRECTORY) != 0,
				info.file.FileSize);
	}
	dir->Close(dir);
	return result("File.Read (directory)", status);
}

static enum volume_result port_read(
	void *ctx, const char *path, uint64_t offset, void *buf, size_t cap, size_t *ret_len)
{
	(void)ctx;
	return result("File.Read", file_read(volume.root, path, offset, buf, cap, ret_len));
}

static enum volume_result port_free_bytes(void *ctx, uint64_t *ret)
{
	union info info;
	UINTN size = sizeof(info);
	EFI_STATUS status = volume.root->GetInfo(volume.root, &guid_file_system_info, &size, &info);

	(void)ctx;
	if (!EFI_ERROR(status))
		*ret = info.system.FreeSpace;
	return result("File.GetInfo (file system)", status);
}

/* ---- the port: writing ---- */

static enum volume_result port_make_directory(void *ctx, const char *path)
{
	EFI_FILE_HANDLE dir;
	EFI_STATUS status = file_open(
		volume.root, path, MODE_WRITE | EFI_FILE_MODE_CREATE, EFI_FILE_DIRECTORY, &dir);

	(void)ctx;
	if (!EFI_ERROR(status)) {
		status = dir->Flush(dir);
		dir->Close(dir);
	}
	return result("File.Open (directory)", status);
}

static enum volume_result port_remove(void *ctx, const char *path)
{
	EFI_FILE_HANDLE file;
	EFI_STATUS status = file_open(volume.root, path, MODE_WRITE, 0, &file);

	(void)ctx;
	if (!EFI_ERROR(status)) {
		status = file->Delete(file);
		if (status == EFI_WARN_DELETE_FAILURE)
			status = EFI_ACCESS_DENIED;
	}
	return result("File.Delete", status);
}

static struct volume_file *free_file(void)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (volume.files[i].handle == NULL)
			return &volume.files[i];
	}
	return NULL;
}

static enum volume_result port_create(void *ctx, const char *path, struct volume_file **ret)
{
	struct volume_file *file = free_file();
	enum volume_result removed = port_remove(ctx, path);
	EFI_FILE_HANDLE handle;
	EFI_STATUS status;

	if (removed != VOLUME_OK && removed != VOLUME_NOT_FOUND)
		return removed;
	if (file == NULL)
		return result("File.Open (too many files)", EFI_OUT_OF_RESOURCES);
	status = file_open(volume.root, path, MODE_WRITE | EFI_FILE_MODE_CREATE, 0, &handle);
	if (!EFI_ERROR(status)) {
		*file = (struct volume_file){.handle = handle};
		text_copy(file->path, sizeof(file->path), path);
		*ret = file;
	}
	return result("File.Open (create)", status);
}

static EFI_STATUS write(struct volume_file *file, const void *bytes, size_t len)
{
	UINTN put = len;
	EFI_STATUS status = file->handle->Write(file->handle, &put, (void *)bytes);

	return !EFI_ERROR(status) && put < len ? EFI_VOLUME_FULL : status;
}

/* After an error: the volume found anew, the same file opened on it, at the place where the last good write ended. */
static bool reopen(struct volume_file *file)
{
	EFI_FILE_HANDLE root = volume_find_again(), handle;

	if (root == NULL)
		return false;
	if (EFI_ERROR(file_open(root, file->path, MODE_WRITE, 0, &handle))) {
		root->Close(root);
		return false;
	}
	file->handle->Close(file->handle);
	file->handle = handle;
	volume.root = root; /* the old one may be gone with its medium: not even closed */
	return !EFI_ERROR(handle->SetPosition(handle, file->bytes));
}

static enum volume_result port_append(
	void *ctx, struct volume_file *file, const void *bytes, size_t len)
{
	EFI_STATUS status = write(file, bytes, len);

	(void)ctx;
	if (EFI_ERROR(status) && status != EFI_VOLUME_FULL && status != EFI_WRITE_PROTECTED &&
		reopen(file))
		status = write(file, bytes, len);
	if (!EFI_ERROR(status))
		file->bytes += len;
	return result("File.Write", status);
}

static enum volume_result port_flush(void *ctx, struct volume_file *file)
{
	(void)ctx;
	return result("File.Flush", file->handle->Flush(file->handle));
}

static void port_close(void *ctx, struct volume_file *file)
{
	(void)ctx;
	file->handle->Close(file->handle);
	file->handle = NULL;
}

void volume_settle(void)
{
	if (volume.root != NULL)
		volume.root->Flush(volume.root);
}

void files_build(struct volume_port *port, EFI_FILE_HANDLE root)
{
	volume.port = port;
	volume.root = root;
	port->list = port_list;
	port->read = port_read;
	port->make_directory = port_make_directory;
	port->create = port_create;
	port->append = port_append;
	port->flush = port_flush;
	port->close = port_close;
	port->remove = port_remove;
	port->free_bytes = port_free_bytes;
}
