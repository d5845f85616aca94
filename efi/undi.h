/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A card's driver one layer below Simple Network, for the one thing that Simple Network cannot ask for: loopback.
 *
 * Hardware: a network card, by its software UNDI.
 * Spec.  UEFI 2.10, 24.2 (network interface identifier) and appendix E: E.3.2 (!PXE), E.4.3, E.4.6, E.4.8, E.4.10, E.4.15 to E.4.18.
 * Trust. Nothing it answers is a proof. The state is Simple Network's: its callbacks, and its Start before and Stop after.
 */
#ifndef KIRIWAKE_EFI_UNDI_H
#define KIRIWAKE_EFI_UNDI_H

#include "efi/firmware.h"

struct undi {
	undi_entry *entry; /* NULL: none */
	UINT16 interface;
	EFI_PHYSICAL_ADDRESS memory; /* 0: none */
	UINTN pages;
};

/* The software UNDI on a handle. False: there is none. */
bool undi_find(struct undi *undi, EFI_HANDLE handle);

/* Loopbacks that it advertises: NIC_LOOP_... bits. It has to be started. */
unsigned undi_modes(const struct undi *undi);

/* From started to initialized in a loopback. NULL: it says so; else the command that failed. undi_leave() is due either way. */
const char *undi_enter(struct undi *undi, unsigned mode);

/* `frame` must stay as it is until several more were sent. */
bool undi_send(const struct undi *undi, const uint8_t *frame, size_t len);
/* One frame of at most `cap` bytes. False: none waits, or it was longer; *ret_len is untouched then. */
bool undi_receive(const struct undi *undi, uint8_t *frame, size_t cap, size_t *ret_len);

/* Back to started. */
void undi_leave(struct undi *undi);

#endif
