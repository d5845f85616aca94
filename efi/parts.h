/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The parts of the machine, each built by one file of this room, in the order efi_main() builds them.
 *
 * Each function fills its fields of *machine and nothing else, adds notes about what it met, and never fails:
 * what is not there is left out. The state behind the ports is this room's and lives as long as the program.
 */
#ifndef KIRIWAKE_EFI_PARTS_H
#define KIRIWAKE_EFI_PARTS_H

#include "core/bytes.h"
#include "core/config.h"
#include "core/machine.h"
#include "suite/suite.h"
#include <efi.h>

void console_build(struct machine *machine);    /* console.c */
void clock_build(struct machine *machine);      /* clock.c */
void cpus_build(struct machine *machine);       /* cpus.c; needs the clock */
void mca_build(struct machine *machine);        /* mca.c; needs the CPUs */
void ram_build(struct machine *machine);        /* ram.c */
void tables_build(struct machine *machine);     /* tables.c: SMBIOS, firmware's name */
void acpi_build(struct machine *machine);       /* acpi.c */
void encryption_build(struct machine *machine); /* encryption.c */
void pci_build(struct machine *machine);        /* pci.c */

/* Starts the firmware's drivers on storage controllers, without letting it near their partitions. connect.c */
void storage_connect(struct machine *machine);

void volume_build(struct machine *machine); /* volume.c; needs storage_connect() */
void disks_build(
	struct machine *machine); /* disks.c; needs volume_build(), which says what not to test */
void unreachable_build(struct machine *machine); /* unreachable.c; needs storage_connect() */
void nics_build(struct machine *machine);        /* nics.c */
void options_build(struct machine *machine);     /* options.c; needs volume_build() */

/* What the options change in parts already built. */
void console_apply(struct machine *machine, const struct config *config);
void cpus_apply(struct machine *machine, const struct config *config);
void disks_apply(struct machine *machine, const struct config *config);
void kernels_apply(
	struct machine *machine, const struct config *config); /* kernels.c; needs cpus_apply() */

/* The time by the calling CPU's own counter. Calls no firmware; needs clock_build(). */
uint64_t clock_own_ns(void); /* clock.c */

/* The path of the disk this program was booted from; empty when unknown. */
struct span boot_disk(void); /* volume.c */

/* The path of the disk that carries the log volume; empty without one. */
struct span log_disk(void); /* volume.c */

/* Gives the machine-check exception back to the firmware: needed before this program is unloaded. */
void mca_release(void); /* mca.c */

/* Empties what the firmware still buffers for the log volume. */
void volume_settle(void); /* files.c */

/* Tells the next program the verdict and does what the outcome asks for. Returns only to hand control back to
 * whoever started us. finish.c */
void finish(struct machine *machine, const struct suite_outcome *outcome);

#endif
