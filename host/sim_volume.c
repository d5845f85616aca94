/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A log volume that is a directory of this machine, and that can be made to fail. See sim_volume.h. */
#include "host/sim_volume.h"
#include "core/fmt.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 512

static enum volume_result failed(struct sim_volume *v, const char *call)
{
	fmt_to(v->port->error, sizeof(v->port->error), "%s: %s", call, strerror(errno));
	return errno == ENOENT ? VOLUME_NOT_FOUND : errno == ENOSPC ? VOLUME_FULL : VOLUME_ERROR;
}

static const char *full_path(const struct sim_volume *v, const char *path, char full[PATH_SIZE])
{
	fmt_to(full, PATH_SIZE, "%s%s", v->root, path);
	return full;
}

static enum volume_result list(void *ctx, const char *directory,
	void (*each)(void *arg, const char *name, bool is_directory, uint64_t bytes), void *arg)
{
	char full[PATH_SIZE];
	DIR *dir = opendir(full_path(ctx, directory, full));
	struct dirent *entry;

	if (dir == NULL)
		return failed(ctx, "opendir");
	while ((entry = readdir(dir)) != NULL) {
		char inner[PATH_SIZE];
		struct stat st;

		fmt_to(inner, sizeof(inner), "%s/%s", full, entry->d_name);
		if (entry->d_name[0] != '.' && stat(inner, &st) == 0)
			each(arg, entry->d_name, S_ISDIR(st.st_mode), (uint64_t)st.st_size);
	}
	closedir(dir);
	return VOLUME_OK;
}

static enum volume_result read_file(
	void *ctx, const char *path, uint64_t offset, void *buf, size_t cap, size_t *ret_len)
{
	const struct sim_volume *v = ctx;
	char full[PATH_SIZE];
	FILE *file = fopen(full_path(ctx, path, full), "rb");

	if (file == NULL)
		return failed(ctx, "fopen");
	if (fseek(file, (long)offset, SEEK_SET) != 0) {
		fclose(file);
		return failed(ctx, "fseek");
	}
	*ret_len = fread(buf, 1, cap, file);
	if (v->torn && *ret_len > 0)
		*(uint8_t *)buf ^= 1;
	fclose(file);
	return VOLUME_OK;
}

static enum volume_result make_directory(void *ctx, const char *path)
{
	char full[PATH_SIZE];

	if (mkdir(full_path(ctx, path, full), 0755) != 0 && errno != EEXIST)
		return failed(ctx, "mkdir");
	return VOLUME_OK;
}

static enum volume_result create(void *ctx, const char *path, struct volume_file **ret)
{
	char full[PATH_SIZE];
	FILE *file = fopen(full_path(ctx, path, full), "wb");

	if (file == NULL)
		return failed(ctx, "fopen");
	*ret = (struct volume_file *)file;
	return VOLUME_OK;
}

static enum volume_result append(void *ctx, struct volume_file *file, const void *bytes, size_t len)
{
	struct sim_volume *v = ctx;

	if (len > v->fail_after_bytes - v->taken_bytes) {
		errno = EIO;
		return failed(v, "write");
	}
	v->taken_bytes += len;
	return fwrite(bytes, 1, len, (FILE *)file) == len ? VOLUME_OK : failed(v, "fwrite");
}

static enum volume_result flush(void *ctx, struct volume_file *file)
{
	return fflush((FILE *)file) == 0 ? VOLUME_OK : failed(ctx, "fflush");
}

static void close_file(void *ctx, struct volume_file *file)
{
	(void)ctx;
	fclose((FILE *)file);
}

static enum volume_result remove_file(void *ctx, const char *path)
{
	char full[PATH_SIZE];

	return unlink(full_path(ctx, path, full)) == 0 ? VOLUME_OK : failed(ctx, "unlink");
}

static enum volume_result free_bytes(void *ctx, uint64_t *ret)
{
	*ret = ((const struct sim_volume *)ctx)->free_bytes;
	return VOLUME_OK;
}

void sim_volume_port(struct sim_volume *volume, const char *root, struct volume_port *ret)
{
	*volume = (struct sim_volume){
		.port = ret, .fail_after_bytes = UINT64_MAX, .free_bytes = 1u << 30};
	*ret = (struct volume_port){
		.ctx = volume,
		.present = root != NULL,
		.writable = root != NULL,
		.list = list,
		.read = read_file,
		.make_directory = make_directory,
		.create = create,
		.append = append,
		.flush = flush,
		.close = close_file,
		.remove = remove_file,
		.free_bytes = free_bytes,
	};
	text_copy(volume->root, sizeof(volume->root), root != NULL ? root : "");
	text_copy(ret->where, sizeof(ret->where),
		root != NULL ? root : "no volume with the label KIRIWAKELOG was found");
}
