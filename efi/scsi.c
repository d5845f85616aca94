/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The search for SCSI units. See scsi.h.
 *
 * Trust. The list of possible units is the driver's: it is bounded in number and in time.
 */
#include "efi/scsi.h"
#include "efi/connect.h"
#include "efi/path.h"

#define UNITS_MAX       4096u
#define SEARCH_NS       UINT64_C(10000000000) /* per controller */
#define INQUIRY_TIMEOUT UINT64_C(10000000)    /* 1 s */
#define INQUIRY         0x12u
#define INQUIRY_BYTES   36u
#define NODE_MAX        64u

/* Peripheral qualifier and type of a unit that is not there (SPC, standard INQUIRY data). */
#define QUALIFIER_MASK 0xe0u
#define TYPE_MASK      0x1fu
#define TYPE_UNKNOWN   0x1fu

struct unit {
	struct scsi_pass_thru *bus;
	UINT8 target[SCSI_TARGET_BYTES];
	UINT64 lun;
};

static bool answers(struct unit *unit)
{
	/* Drivers may refuse what is not aligned to their taste: this is more than any. */
	static UINT8 data[INQUIRY_BYTES] __attribute__((aligned(64)));
	static UINT8 sense[INQUIRY_BYTES] __attribute__((aligned(64)));
	static UINT8 cdb[] __attribute__((aligned(64))) = {INQUIRY, 0, 0, 0, INQUIRY_BYTES, 0};
	struct scsi_packet packet = {.timeout_100ns = INQUIRY_TIMEOUT,
		.in = data,
		.sense = sense,
		.cdb = cdb,
		.in_bytes = sizeof(data),
		.cdb_bytes = sizeof(cdb),
		.direction = SCSI_DATA_IN,
		.sense_bytes = sizeof(sense)};

	memset(data, 0xff, sizeof(data)); /* no unit, if the call claims success and does nothing */
	return !EFI_ERROR(
		       unit->bus->pass_thru(unit->bus, unit->target, unit->lun, &packet, NULL)) &&
	       (data[0] & QUALIFIER_MASK) == 0 && (data[0] & TYPE_MASK) != TYPE_UNKNOWN;
}

/* A handle for this one unit, unless there is one already: the bus driver makes no second. */
static void connect_unit(EFI_HANDLE controller, struct unit *unit)
{
	struct {
		EFI_DEVICE_PATH node;
		uint8_t rest[NODE_MAX];
	} path = {0};
	EFI_DEVICE_PATH *node = NULL;
	uint8_t *bytes = (uint8_t *)&path;
	size_t len;

	if (EFI_ERROR(unit->bus->build_path(unit->bus, unit->target, unit->lun, &node)) ||
		node == NULL)
		return;
	len = le16(node->Length);
	if (len >= sizeof(EFI_DEVICE_PATH) && len <= NODE_MAX) {
		memcpy(bytes, node, len);
		bytes[len] = END_DEVICE_PATH_TYPE;
		bytes[len + 1] = END_ENTIRE_DEVICE_PATH_SUBTYPE;
		bytes[len + 2] = END_DEVICE_PATH_LENGTH;
		fw.boot->ConnectController(controller, NULL, &path.node, FALSE);
	}
	fw.boot->FreePool(node);
}

void scsi_connect(struct machine *machine, const struct pci_device *d, const char *what)
{
	struct unit unit = {.bus = protocol_on(d->handle, &guid_ext_scsi_pass_thru)};
	uint64_t start;

	if (unit.bus == NULL)
		connect_handle(machine, d->handle, CONNECT_CHILDLESS, what);
	unit.bus = protocol_on(d->handle, &guid_ext_scsi_pass_thru);
	if (unit.bus ==
		NULL) { /* a driver that makes disks by itself, or nothing when told not to */
		connect_handle(machine, d->handle, CONNECT_ONE, what);
		return;
	}
	memset(unit.target, 0xff, sizeof(unit.target)); /* asks for the first */
	start = machine_now_ns(machine);
	for (unsigned i = 0; i < UNITS_MAX; i++) {
		UINT8 *target = unit.target;

		if (EFI_ERROR(unit.bus->next_unit(unit.bus, &target, &unit.lun)))
			return;
		if (target != unit.target)
			memcpy(unit.target, target, sizeof(unit.target));
		if (machine_now_ns(machine) - start > SEARCH_NS)
			break;
		if (answers(&unit))
			connect_unit(d->handle, &unit);
	}
	machine_note(machine, "The search for units on %s was given up", what);
}
