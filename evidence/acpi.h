/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* ACPI tables: which node memory and CPUs belong to, who hears of hardware errors first, and what the last boot left.
 *
 * Pure. Bytes in, facts out.
 * Spec.  ACPI 6.5: 5.2.6 header, 5.2.16 SRAT, 18.3.1 BERT, 18.3.2 HEST.
 * Trust. None: tables come from firmware. A table whose length or checksum is wrong is as good as none; entries that
 *        contradict each other leave "not known".
 */
#ifndef KIRIWAKE_EVIDENCE_ACPI_H
#define KIRIWAKE_EVIDENCE_ACPI_H

#include "core/bytes.h"
#include "core/topology.h"

#define ACPI_HEADER_BYTES 36

/* The first sound table with that signature of four letters, header included, cut to the length it states. False,
 * *ret untouched: there is none. */
bool acpi_find(const struct span *tables, size_t count, const char *signature, struct span *ret);

/* Fills the node part of *t from an SRAT: nodes in ascending order of their proximity domains. `apic_ids` are those of
 * CPU 0 .. cpus - 1, or NULL. *t is untouched where the table places no memory. */
void srat_read(struct span srat, const uint32_t *apic_ids, unsigned cpus, struct topology *t);

/* Who hears of hardware errors first. */
struct hest {
	bool firmware_first; /* a machine check source says so */
	bool generic; /* firmware reports errors of its own choosing, hence sees them before anybody */
};

/* All false for a table without sources. */
void hest_read(struct span hest, struct hest *ret);

/* The status word of the boot error region, 0: no error was left in it. ACPI 6.5, 18.3.2.7.1. */
#define BERT_UNCORRECTED 0x5u /* one, or several */
#define BERT_CORRECTED   0xau
uint32_t bert_status(struct span region);

#endif
