/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Device paths as bounded spans: where a handle sits in the machine.
 *
 * Hardware: none beyond reading the firmware's memory.
 * Spec.  UEFI 2.10, chapter 10.
 * Trust. A path has no stated length, so its walk is bounded; every node's length is checked before its content.
 */
#ifndef KIRIWAKE_EFI_PATH_H
#define KIRIWAKE_EFI_PATH_H

#include "core/bytes.h"
#include <efi.h>

/* Subtypes of messaging nodes that gnu-efi's headers do not name. */
#define MSG_SAS_EX_DP 22
#define MSG_NVME_DP   23
#define MSG_UFS_DP    25
#define MSG_SD_DP     26
#define MSG_EMMC_DP   29

/* One node: type, subtype, and what follows its header. */
struct path_node {
	uint8_t type;
	uint8_t subtype;
	struct span body;
};

/* The node with its header, as the firmware takes it; what follows it in the path stands behind it. */
static inline const uint8_t *path_node_start(const struct path_node *node)
{
	return node->body.at - END_DEVICE_PATH_LENGTH;
}

/* The bytes of a path up to its end node; empty when it is NULL, malformed or absurdly long. */
struct span path_span(const EFI_DEVICE_PATH *path);

/* The path of a handle; empty when it has none. Valid as long as the handle keeps it. */
struct span path_of(EFI_HANDLE handle);

/* Takes the next node off *rest. False at the end. */
bool path_next(struct span *rest, struct path_node *ret);

/* The part before the first media node (partition, CD entry, file): the whole disk that `path` lies on. */
struct span path_disk(struct span path);

/* Whether `path` is `prefix` or lies below it. Nothing lies below an empty prefix. */
bool path_below(struct span path, struct span prefix);

/* Whether any node is of this kind. */
bool path_has(struct span path, uint8_t type, uint8_t subtype);

/* The last node. False when the path is empty. */
bool path_last(struct span path, struct path_node *ret);

/* Appends to dst[cap] what the nodes of `path` mean, for people: " port 1", " namespace 1", " target 0 lun 0". */
void path_describe(struct span path, char *dst, size_t cap);

#endif
