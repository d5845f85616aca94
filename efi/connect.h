/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Starting the firmware's drivers on a handle.
 *
 * Hardware: whatever the drivers touch; a connect may read disks and take seconds.
 * Spec.  UEFI 2.10, 7.3 (ConnectController). Why the guards work: docs/QUIRKS.md.
 */
#ifndef KIRIWAKE_EFI_CONNECT_H
#define KIRIWAKE_EFI_CONNECT_H

#include "efi/firmware.h"

enum connect_way {
	CONNECT_ONE,     /* drivers for this handle only, not for the children they create */
	CONNECT_GUARDED, /* the same, and nothing that looks for partitions on it */
	CONNECT_USB_BUS, /* the same for USB host controllers, whose bus driver would go on by itself */
	CONNECT_CHILDLESS, /* the same, and buses create no children yet */
	CONNECT_ALL        /* children and theirs as well: never on a disk that is not ours */
};

/* Connects; says so on the console first, for the case that it never returns, and notes it when it was slow.
 * `what` is what people call the handle. */
void connect_handle(
	struct machine *machine, EFI_HANDLE handle, enum connect_way way, const char *what);

#endif
