/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Raw frames through one Simple Network interface.
 *
 * Hardware: a network card, by the firmware's driver.
 * Spec.  UEFI 2.10, 24.1; what drivers make of it: docs/QUIRKS.md.
 * Trust. Lengths, states and completions are the driver's word: all are bounded, none is waited for without end.
 */
#ifndef KIRIWAKE_EFI_SNP_H
#define KIRIWAKE_EFI_SNP_H

#include "efi/chip.h"
#include "efi/firmware.h"
#include "efi/undi.h"

#define SNP_TX_SLOTS    8
#define SNP_FRAME_BYTES 2048
#define SNP_RX_BYTES    16384

struct snp_card {
	EFI_HANDLE handle; /* the one whose path ends at the MAC address */
	EFI_HANDLE pci;    /* the function it is; NULL: not on PCI */
	EFI_SIMPLE_NETWORK *snp;
	struct nic *nic; /* filled from this card; gets the error texts */
	const struct clock_port *clock;
	struct chip_door door;
	struct undi undi;
	unsigned loop_slot;
	bool is_open;
	bool was_used;     /* a driver of the firmware's own network stack had it */
	bool heard;        /* a frame came in since the link was last asked for */
	uint8_t in_flight; /* a bit per slot: the driver has not given it back */
	uint8_t tx[SNP_TX_SLOTS][SNP_FRAME_BYTES];
	uint8_t rx[SNP_RX_BYTES];
};

/* Sets the functions of card->nic, its addresses and frame size. card's first five members are filled. */
void snp_build(struct snp_card *card);

/* ---- between snp.c and snp_loop.c ---- */

/* Sets the functions by which the card can be tested in itself, as far as its driver or this program know how. */
void snp_offer_loops(struct snp_card *card);

/* Closes the protocol, whatever state the card is in. */
void snp_give_back(struct snp_card *card);

/* Says in card->nic->error which call failed how. Returns NIC_FAULT. */
enum nic_result snp_fault(struct snp_card *card, const char *call, EFI_STATUS status);

#endif
