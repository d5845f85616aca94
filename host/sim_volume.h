/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A log volume that is a directory of this machine, and that can be made to fail.
 *
 * Hardware: files below one directory of the host.
 */
#ifndef KIRIWAKE_HOST_SIM_VOLUME_H
#define KIRIWAKE_HOST_SIM_VOLUME_H

#include "core/machine.h"

struct sim_volume {
	char root[256];
	struct volume_port *port;  /* for its error text */
	uint64_t fail_after_bytes; /* appends fail once this many were taken; UINT64_MAX: never */
	uint64_t taken_bytes;
	uint64_t free_bytes; /* what free_bytes() answers */
	bool torn;           /* reads give one wrong byte: for the read-back check */
};

/* `root` must exist; NULL: no volume. `ret` and `volume` must stay where they are. */
void sim_volume_port(struct sim_volume *volume, const char *root, struct volume_port *ret);

#endif
