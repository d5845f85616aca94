/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The fault models of simulated RAM: one row per kind. Their notation stands in sim_ram.h.
 *
 * Hardware: none. A new kind of fault is a row of the table in sim_ram_faults.c.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_FAULTS_H
#define KIRIWAKE_HOST_SIM_RAM_FAULTS_H

#include "host/sim_ram.h"

/* What a kind does; a NULL function: nothing. Addresses are of whole words. */
struct sim_ram_fault_kind {
	const char *name;
	const char *arguments; /* one letter each: see the table of letters in sim_ram_faults.c */

	/* Where an access to `physical` ends up. */
	uint64_t (*redirect)(const struct sim_ram_fault *f, uint64_t physical);
	/* What is read from a word that holds `value`. */
	uint64_t (*read)(const struct sim_ram_fault *f, uint64_t physical, uint64_t value);
	/* What a word that held `old` holds after `value` was written. */
	uint64_t (*write)(
		const struct sim_ram_fault *f, uint64_t physical, uint64_t old, uint64_t value);
	/* Whether a word's change disturbs another one, and which; and what that holds then. */
	bool (*victim)(const struct sim_ram_fault *f, uint64_t physical, uint64_t old, uint64_t new,
		uint64_t *ret_victim);
	uint64_t (*disturbed)(const struct sim_ram_fault *f, uint64_t value);
	/* Concerns every word of memory, not only those named. */
	bool everywhere;
	/* The first argument is the start of a run of as many bytes as the second says. */
	bool run;
};

/* Reads "stuck=0x100008:5:1". False, *ret untouched, if that is no fault. */
bool sim_ram_fault_read(const char *spec, struct sim_ram_fault *ret);

/* The words it names, in ret[]; of a run the first and the last. Returns how many. */
#define SIM_RAM_FAULT_PLACES 2
size_t sim_ram_fault_places(const struct sim_ram_fault *f, uint64_t ret[SIM_RAM_FAULT_PLACES]);

/* Whether it can show in [physical, physical + bytes). */
bool sim_ram_fault_touches(const struct sim_ram_fault *f, uint64_t physical, uint64_t bytes);

#endif
