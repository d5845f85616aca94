/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Wide registers: which of them every CPU has, and kernels that switch them on for as long as they run.
 *
 * Hardware: CPUID, CR4, XCR0, the interrupt flag of each CPU.
 * Spec.  Intel SDM volume 1, chapter 13 (XSAVE-managed state) and volume 2 (CPUID leaves 1, 7 and 0xD).
 * Trust. Firmware need not have switched the registers on, and puts a CPU's control registers back before it gets its
 *        next work: so nothing is expected to last. Its interrupt handlers may save no more than FXSAVE does.
 */
#ifndef KIRIWAKE_EFI_VECTOR_H
#define KIRIWAKE_EFI_VECTOR_H

#include "memtest/kernel_choice.h"

/* Fills in the instances: those with wide registers as kernels that switch them on piece by piece, and why they cannot
 * run where some CPU lacks them. Asks every CPU, so the CPU port must be settled. */
void vector_candidates(const struct cpu_port *cpus, struct kernel_candidates *ret);

#endif
