/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated RAM that can be broken.
 *
 * Hardware: none. Half of the memory lies at 1 MiB, the other half from 4 GiB up, as on a real machine with a
 *           hole below 4 GiB. Pages without a faulty word are tested by the same kernels as real memory; in the
 *           others each access goes through the fault models, one at a time.
 * Notation. Faults are written as in memtest/faults.h.
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_H
#define KIRIWAKE_HOST_SIM_RAM_H

#include "memtest/faults.h"
#include "memtest/kernels.h"
#include <pthread.h>

#define SIM_RAM_FAULTS_MAX FAULTS_MAX
#define SIM_RAM_LINE_WORDS FAULT_LINE_WORDS
#define SIM_RAM_RANGES     2
#define SIM_RAM_LOW        ((uint64_t)1 << 20)
#define SIM_RAM_HIGH       ((uint64_t)1 << 32)

/* One line between kernels and cells: what the largest cache leaves of a sweep over a larger memory. It is written
 * back in one burst, whose words reach their cells at the same time: JESD79-4, 4.24, a burst of eight is one access
 * to the array. Streamed words are gathered in it without a fetch, as in a write-combining buffer. */
struct sim_ram_cache {
	bool valid;
	uint64_t physical;
	unsigned held, dirty; /* words that are there, and to be written back, as bits */
	uint64_t words[SIM_RAM_LINE_WORDS];
};

/* Zero it before the first call. */
struct sim_ram {
	struct ram_range ranges[SIM_RAM_RANGES];
	size_t range_count;
	uint64_t bytes;
	uint8_t *memory;
	bool *hooked; /* by page of `memory`: accesses go through the faults */
	struct faults faults;
	pthread_mutex_t one_access; /* a fault may change a word that another CPU is working on */
	struct kernels kernels;     /* valid after sim_ram_port(), like... */
	const struct kernels *real; /* ...those for pages that are not hooked */
	bool cached;                /* accesses go through `cache` */
	struct sim_ram_cache cache;
};

/* Adds a fault, before or after sim_ram_init(). False: not understood, or too many. */
bool sim_ram_add_fault(struct sim_ram *ram, const char *spec);

/* Makes the memory, whole pages, at least two; its content is arbitrary. False: no memory, or too little. */
bool sim_ram_init(struct sim_ram *ram, uint64_t bytes);

/* A port to it, which `ram` must outlive. At most an eighth of the memory is held back as reserve. */
void sim_ram_port(struct sim_ram *ram, struct ram_port *ret);

/* Frees the memory; the port may not be used afterwards. */
void sim_ram_free(struct sim_ram *ram);

/* Takes all faults away and fills the memory with `value`. */
void sim_ram_reset(struct sim_ram *ram, uint64_t value);

/* Kernels every access of which goes through the faults, wherever they are. */
struct kernels sim_ram_faulty_kernels(struct sim_ram *ram);

/* The physical address of a word of ram->memory. */
uint64_t sim_ram_physical(const struct sim_ram *ram, const void *word);

/* A store around the cache, where there is one. */
void sim_ram_stream(struct sim_ram *ram, uint64_t physical, uint64_t value);

/* The cache is written back and empty. */
void sim_ram_flush(struct sim_ram *ram);

/* Nobody touches the memory for a long time. */
void sim_ram_rest(struct sim_ram *ram);

/* One access by physical address through the faults, as a CPU would make it. The address must be in RAM. */
uint64_t sim_ram_load(struct sim_ram *ram, uint64_t physical);
void sim_ram_store(struct sim_ram *ram, uint64_t physical, uint64_t value);

#endif
