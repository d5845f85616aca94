/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the machine under test, as records refer to them.
 *
 * Pure. Strings come from devices and tables through text_clean().
 */
#ifndef KIRIWAKE_CORE_INVENTORY_H
#define KIRIWAKE_CORE_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum part_kind {
	PART_BOARD,
	PART_FIRMWARE,
	PART_CPU,
	PART_MEMORY,
	PART_DIMM,
	PART_NETWORK,
	PART_NIC,
	PART_DISK,
	PART_KIND_COUNT
};

#define PART_ID   12
#define PART_TEXT 64

struct part {
	enum part_kind kind;
	char id[PART_ID];      /* "nic0", "dimm3": what findings and measurements refer to */
	char name[PART_TEXT];  /* what a person calls it: model, product */
	char maker[PART_TEXT]; /* the fields from here on may be empty */
	char part_number[PART_TEXT];
	char serial[PART_TEXT];
	char version[PART_TEXT];
	char location[PART_TEXT]; /* slot label, PCI address */
	uint64_t size_bytes;      /* DIMM, disk: capacity; 0 unknown */
};

/* "memory", "network card", "DIMM". Never NULL. */
const char *part_kind_name(enum part_kind kind);

/* Parts that every machine has exactly once; the others are numbered: cpu0, dimm3, nic0, disk1. */
#define PART_ID_BOARD    "board"
#define PART_ID_FIRMWARE "fw"
#define PART_ID_MEMORY   "mem"
#define PART_ID_NETWORK  "net"

#define PARTS_MAX    192
#define MACHINE_UUID 37

struct inventory {
	bool has_bmc; /* SMBIOS tells of an IPMI device */
	char uuid
		[MACHINE_UUID]; /* of the machine, by SMBIOS; empty: none that tells it from others */
	size_t count;
	struct part parts[PARTS_MAX];
};

/* The part with that id; NULL: there is none. */
const struct part *inventory_part(const struct inventory *inventory, const char *id);

#define PART_LABEL 256

/* What a person needs to find a module, into buf[cap]: "dimm2 in DIMM_B1 (Samsung M393A4K40, serial 12AB)". Only "dimm2"
 * where nothing else is known, or `inventory` is NULL. Returns buf. */
const char *dimm_label(char *buf, size_t cap, const struct inventory *inventory, unsigned number);

#endif
