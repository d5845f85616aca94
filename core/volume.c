/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small files on the log volume. Pure. See volume.h. */
#include "core/volume.h"

bool volume_write(const struct volume_port *v, const char *directory, const char *path,
	const void *bytes, size_t len)
{
	struct volume_file *file;
	bool good;

	v->make_directory(v->ctx, directory); /* it may be there already: create() will tell */
	if (v->create(v->ctx, path, &file) != VOLUME_OK)
		return false;
	good = v->append(v->ctx, file, bytes, len) == VOLUME_OK &&
	       v->flush(v->ctx, file) == VOLUME_OK;
	v->close(v->ctx, file);
	return good;
}
