/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine-check registers of the CPU that runs this.
 *
 * Hardware: model-specific registers, read and cleared by any CPU, also within an exception: no firmware is called.
 * Spec.  Intel SDM volume 3, chapter "Machine-Check Architecture"; AMD APM volume 2, 9.3; scalable MCA by the Processor
 *        Programming References.
 * Trust. CPUID says whether the registers are there, each CPU's own MCG_CAP how many: reading one that is not
 *        there is an exception.
 */
#ifndef KIRIWAKE_EFI_MCA_BANKS_H
#define KIRIWAKE_EFI_MCA_BANKS_H

#include "core/machine.h"

/* Whether this machine's CPUs have machine-check banks; *ret_layout then says how they read. */
bool mca_banks_present(enum mca_layout *ret_layout);

/* MCG_CAP of the calling CPU. */
uint64_t mca_banks_capabilities(void);

/* Takes what the calling CPU's banks hold, clears those banks, and keeps it for mca_banks_collect(), as read on CPU `cpu`.
 * Banks that do not fit keep what they hold. False: not read, because some other CPU holds the lock for ever. */
bool mca_banks_take(enum mca_layout layout, unsigned cpu);

/* The same from within a machine-check exception, which nothing can hold up. Returns how many errors there were. */
unsigned mca_banks_take_exception(enum mca_layout layout, unsigned cpu);

/* Moves what was taken so far to ret->banks and ret->count. On one CPU at a time. */
void mca_banks_collect(struct mca_take *ret);

/* Within an exception: whether the interrupted work can go on (MCG_STATUS.RIPV, and PCC in none of this CPU's banks). */
bool mca_can_return(enum mca_layout layout);

/* Tells the CPU that the exception in hand was dealt with: another one would shut it down otherwise. */
void mca_exception_done(void);

/* CR4.MCE: whether the calling CPU takes machine-check exceptions; without, they shut it down. */
bool mca_exceptions_on(void);

#endif
