/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kiriwake.efi: builds the machine from firmware, runs the suite on it, and ends as the options say.
 *
 * Hardware: all of it, through UEFI boot services; gnu-efi's crt0 relocates us and calls efi_main().
 */
#include "efi/firmware.h"
#include "efi/parts.h"
#include "suite/suite.h"

#define WATCHDOG_CODE 0x10000u /* codes below are the firmware's own */

#define CR0_MONITOR_FPU (UINT64_C(1) << 1)
#define CR0_EMULATE_FPU (UINT64_C(1) << 2)
#define CR4_SSE         (UINT64_C(1) << 9)
#define CR4_SSE_FAULTS  (UINT64_C(1) << 10)

/* Called by crt0 with the compiler's own calling convention. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

static void set_watchdog(unsigned seconds)
{
	fw.boot->SetWatchdogTimer(seconds, WATCHDOG_CODE, 0, NULL);
}

static void apply(struct machine *machine, const struct config *config)
{
	console_apply(machine, config);
	cpus_apply(machine, config);
	kernels_apply(machine, config);
	disks_apply(machine, config);
}

static void build(struct machine *machine)
{
	console_build(machine);
	clock_build(machine);
	cpus_build(machine);
	mca_build(machine);
	ram_build(machine);
	tables_build(machine);
	acpi_build(machine);
	encryption_build(machine);
	pci_build(machine);
	storage_connect(machine);
	volume_build(machine);
	disks_build(machine);
	unreachable_build(machine);
	nics_build(machine);
	options_build(machine);
	machine->set_watchdog = set_watchdog;
	machine->apply = apply;
}

/* Compiled code uses SSE registers, which the specification lets it; not all firmware has switched them on. */
static void enable_sse(void)
{
	uint64_t cr0, cr4;

	__asm__ volatile("mov %%cr0, %0; mov %%cr4, %1" : "=r"(cr0), "=r"(cr4));
	if ((cr4 & CR4_SSE) != 0 && (cr0 & CR0_EMULATE_FPU) == 0)
		return;
	cr0 = (cr0 & ~CR0_EMULATE_FPU) | CR0_MONITOR_FPU;
	cr4 |= CR4_SSE | CR4_SSE_FAULTS;
	__asm__ volatile("mov %0, %%cr0; mov %1, %%cr4" : : "r"(cr0), "r"(cr4) : "memory");
}

static EFI_STATUS run(EFI_HANDLE image, EFI_SYSTEM_TABLE *table) __attribute__((noinline));

static EFI_STATUS run(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	static const char no_memory[] =
		"kiriwake: the firmware has no memory left for the program\n";
	static struct machine machine;
	struct suite_outcome outcome;
	struct suite *suite;

	firmware_init(image, table);
	set_watchdog(0); /* the boot manager left it at five minutes */
	build(&machine);
	suite = firmware_pages(suite_bytes());
	if (suite == NULL) {
		machine.console.write(machine.console.ctx, no_memory, sizeof(no_memory) - 1);
		mca_release();
		return EFI_OUT_OF_RESOURCES;
	}
	outcome = suite_run(suite, &machine);
	set_watchdog(0);
	finish(&machine, &outcome);
	return EFI_SUCCESS;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	enable_sse(); /* before any code that may use it: hence run() apart */
	return run(image, table);
}
