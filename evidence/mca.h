/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the registers of one machine-check bank say.
 *
 * Pure.
 * Spec.  Intel SDM volume 3, chapter "Machine-Check Architecture": "Error-Reporting Register Banks" and "Interpreting
 *        the MCA Error Codes"; AMD APM volume 2, 9.3; for scalable MCA
 *        the MCA chapter of the Processor Programming References (family 17h and later).
 * Trust. None: every value of every register is decoded to something, and an address is called physical only where
 *        the registers say so.
 */
#ifndef KIRIWAKE_EVIDENCE_MCA_H
#define KIRIWAKE_EVIDENCE_MCA_H

#include "core/machine.h"

enum mca_severity {
	MCA_CORRECTED,
	MCA_DEFERRED, /* uncorrected, but nobody has used the data yet */
	MCA_UNCORRECTED
};

#define MCA_WHAT 64

struct mca_error {
	bool memory; /* of memory or its controller; else of the CPU or what is around it */
	enum mca_severity severity;
	bool reporting; /* the bank was switched on for this error: it is no leftover of the firmware's own work */
	bool overflow;       /* further errors were lost: the count is a lower bound */
	bool context_lost;   /* the CPU's state was damaged with it */
	uint64_t count;      /* at least 1 */
	char what[MCA_WHAT]; /* "memory read", "data cache, level 2, eviction" */
	bool has_channel;
	unsigned channel;     /* of the memory controller that the bank belongs to */
	bool has_address;     /* a physical one */
	uint64_t address;     /* of the granule, its low bits cleared */
	bool has_raw_address; /* an address was given, but it is not physical */
	uint64_t raw_address;
};

/* Decodes what one bank held, for banks with `layout` and MCG_CAP `capabilities`. */
void mca_decode(const struct mca_bank *bank, enum mca_layout layout, uint64_t capabilities,
	struct mca_error *ret);

#endif
