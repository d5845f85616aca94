/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* kiriwake.efi: builds the machine from firmware, runs the suite on it, and ends as the options say.
 *
 * Hardware: all of it, through UEFI boot services; gnu-efi's crt0 relocates us and calls efi_main().
 */
#include "efi/firmware.h"
#include "efi/parts.h"
#include "suite/suite.h"

#define WATCHDOG_CODE 0x10000u /* codes below are the firmware's own */

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
}

static void build(struct machine *machine)
{
	console_build(machine);
	clock_build(machine);
	cpus_build(machine);
	ram_build(machine);
	tables_build(machine);
	pci_build(machine);
	storage_connect(machine);
	volume_build(machine);
	disks_build(machine);
	nics_build(machine);
	options_build(machine);
	machine->set_watchdog = set_watchdog;
	machine->apply = apply;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
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
		return EFI_OUT_OF_RESOURCES;
	}
	outcome = suite_run(suite, &machine);
	set_watchdog(0);
	finish(&machine, &outcome);
	return EFI_SUCCESS;
}
