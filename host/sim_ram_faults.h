/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The fault models of simulated RAM: one row per kind. Their notation stands in sim_ram.h.
 *
 * Hardware: none. A new kind of fault is a row of the table in sim_ram_faults.c.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_FAULTS_H
#define KIRIWAKE_HOST_SIM_RAM_FAULTS_H

#include "host/sim_ram.h"

/* One access to one word of the cells. */
struct sim_ram_access {
	struct sim_ram *ram;
	uint64_t physical;
	uint64_t old;   /* what the word held before */
	uint64_t value; /* what it is to hold, or of a read, what it returns */
	bool write;
};

/* What a kind does; a NULL function: nothing. Addresses are of whole words. */
struct sim_ram_fault_kind {
	const char *name;
	const char *arguments; /* one letter each: see the table of letters in sim_ram_faults.c */

	/* Where an access to `physical` ends up. */
	uint64_t (*redirect)(const struct sim_ram_fault *f, uint64_t physical);
	/* Before a read returns: may change a->value, or the cell. */
	void (*read)(struct sim_ram_fault *f, struct sim_ram_access *a);
	/* Before a write reaches the cell: may change a->value. */
	void (*write)(struct sim_ram_fault *f, struct sim_ram_access *a);
	/* After any access: may change other cells. */
	void (*after)(struct sim_ram_fault *f, const struct sim_ram_access *a);
	/* Memory was left alone for long. */
	void (*rest)(struct sim_ram_fault *f, struct sim_ram *ram);
	/* Concerns every word of memory, not only those named. */
	bool everywhere;
	/* The first argument is the start of a run of as many bytes as the second says. */
	bool run;
};

/* The cell that the word at `physical` reaches. */
uint64_t *sim_ram_cell(struct sim_ram *ram, uint64_t physical);

/* Reads "stuck=0x100008:5:1". False, *ret untouched, if that is no fault. */
bool sim_ram_fault_read(const char *spec, struct sim_ram_fault *ret);

/* The words it names, in ret[]; of a run the first and the last. Returns how many. */
#define SIM_RAM_FAULT_PLACES 2
size_t sim_ram_fault_places(const struct sim_ram_fault *f, uint64_t ret[SIM_RAM_FAULT_PLACES]);

/* Whether it can show in [physical, physical + bytes). */
bool sim_ram_fault_touches(const struct sim_ram_fault *f, uint64_t physical, uint64_t bytes);

#endif
