/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the boot CPU's registers say about memory encryption.
 *
 * Hardware: CPUID, and model specific registers that it says exist.
 * Spec.  AMD APM volume 3, E.4.17 (CPUID 8000_001F), volume 2, 7.10; Intel SDM volume 2, CPUID leaf 7, volume 4.
 * Trust. CPUID, but not that of a hypervisor: some show the CPU's bits without the registers behind them, and reading
 *        a register that is not there stops the machine.
 */
#include "efi/parts.h"
#include <cpuid.h>

#define LEAF_AMD_ENCRYPTION 0x8000001fu
#define AMD_SME             1u         /* EAX, bit 0 */
#define INTEL_TME           (1u << 13) /* leaf 7, ECX */
#define HYPERVISOR          (1u << 31) /* leaf 1, ECX */
#define MSR_SYSCFG          0xc0010010u
#define MSR_TME_ACTIVATE    0x982u

static uint64_t read_msr(uint32_t number)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (uint64_t)high << 32 | low;
}

void encryption_build(struct machine *machine)
{
	struct memory_encryption *e = &machine->encryption;
	unsigned a, b, c, d;

	*e = (struct memory_encryption){0};
	e->is_virtual = __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & HYPERVISOR) != 0;
	e->has_sme = __get_cpuid(LEAF_AMD_ENCRYPTION, &a, &b, &c, &d) != 0 && (a & AMD_SME) != 0;
	e->has_tme = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (c & INTEL_TME) != 0;
	if (e->has_sme && !e->is_virtual)
		e->syscfg = read_msr(MSR_SYSCFG);
	if (e->has_tme && !e->is_virtual)
		e->tme_activate = read_msr(MSR_TME_ACTIVATE);
}
