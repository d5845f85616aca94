/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Small files on the log volume that are written whole.
 *
 * Pure, over struct volume_port.
 */
#ifndef KIRIWAKE_CORE_VOLUME_H
#define KIRIWAKE_CORE_VOLUME_H

#include "core/machine.h"

/* Writes or replaces the file, making its directory if there is none yet. False: v->error says why. A power cut meanwhile leaves a
 * torn file: readers take nothing for granted. */
bool volume_write(const struct volume_port *v, const char *directory, const char *path,
	const void *bytes, size_t len);

#endif
