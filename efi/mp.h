/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One job on all CPUs, through the firmware's MP services.
 *
 * Hardware: application processors, which the firmware keeps parked.
 * Spec.  PI 1.8 volume 2, 13.4. Non-blocking calls may be refused after ReadyToBoot.
 * Trust. A part that no CPU picked up is run on the boot CPU, so that no share of the work is ever left out.
 */
#ifndef KIRIWAKE_EFI_MP_H
#define KIRIWAKE_EFI_MP_H

#include "efi/firmware.h"

#define MP_CPUS_MAX 512

/* Looks for the services and lists the usable CPUs, the boot CPU as number 0. Returns how many, at least 1;
 * *ret_present gets the firmware's own count. 1 with "why" in error[PORT_ERROR] where there are no services. */
unsigned mp_build(const struct clock_port *clock, unsigned *ret_present, char *error);

/* The APIC ids of the CPUs that mp_build() listed; NULL where the boot CPU does not know its own. */
const uint32_t *mp_apic_ids(void);

/* Runs work(arg, 0) .. work(arg, parts - 1) in the given way, parts <= the number of CPUs. *ret_here, if not NULL,
 * is how many parts of others the boot CPU had to run. Otherwise as struct cpu_port's run. */
enum cpu_result mp_run(enum cpu_mode mode, cpu_work *work, void *arg, unsigned parts,
	uint64_t timeout_ns, unsigned *ret_here, char *error);

/* Runs work(arg, 0) on one CPU, as struct cpu_port's run_on. */
enum cpu_result mp_run_on(
	unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns, char *error);

/* Our number of the CPU that runs this, by its own id; MP_CPUS_MAX if that is none of ours. Calls no firmware. */
unsigned mp_own_cpu(void);

#endif
