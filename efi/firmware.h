/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The firmware as the rest of this room sees it: its tables, its handles, and text in its encoding.
 *
 * Hardware: UEFI boot services.
 * Spec.  UEFI 2.10, chapters 4 and 7.
 * Trust. Little: any protocol pointer may be NULL, any handle may be listed twice or gone by the time it is
 *        used, any count absurd. What these functions hand out has been checked for that.
 */
#ifndef KIRIWAKE_EFI_FIRMWARE_H
#define KIRIWAKE_EFI_FIRMWARE_H

#include "core/machine.h"
#include "efi/protocols.h"
#include <efi.h>

struct firmware {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *table;
	EFI_BOOT_SERVICES *boot;
	EFI_RUNTIME_SERVICES *runtime;
	EFI_LOADED_IMAGE *loaded; /* NULL where the firmware does not say */
};

/* Set once by firmware_init(), before anything else in this room runs. */
extern struct firmware fw;

/* The two arguments of efi_main(); calls no more than HandleProtocol(). */
void firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* Handles that carry a protocol. */
struct handles {
	EFI_HANDLE *at;
	size_t count;
};

/* An empty list when there are none. Release with handles_free(). */
struct handles handles_with(EFI_GUID *protocol);
void handles_free(struct handles *handles);

/* The protocol's interface on the handle, or NULL. Takes no reference. */
void *protocol_on(EFI_HANDLE handle, EFI_GUID *protocol);

/* Whether a driver has bound itself to the handle through this protocol. *ret_agent, if not NULL, is that driver. */
bool driver_bound(EFI_HANDLE handle, EFI_GUID *protocol, EFI_HANDLE *ret_agent);

/* Zeroed, page aligned memory of at least `bytes`, for the life of the program; below 4 GiB while there is some, so
 * that no driver has to copy a read through a bounce buffer, stale bytes and all. NULL when there is none. */
void *firmware_pages(size_t bytes);

/* Frees all that firmware_pages() handed out. Nothing of it may be used afterwards. */
void firmware_pages_free(void);

/* Printable ASCII from at most `max_chars` UCS-2 characters, up to NUL, through text_clean(). `from` may be NULL. */
void text_from_ucs2(char *dst, size_t cap, const CHAR16 *from, size_t max_chars);

/* UCS-2 from ASCII, cut to fit, always NUL terminated. */
void text_to_ucs2(CHAR16 *dst, size_t cap, const char *from);

/* Keeps a sentence for the log: there is no recorder yet. Further ones are dropped when the machine's list is full. */
void machine_note(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Nanoseconds of the machine's clock. */
static inline uint64_t machine_now_ns(const struct machine *machine)
{
	return machine->clock.now_ns(machine->clock.ctx);
}

#endif
