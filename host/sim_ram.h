/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated RAM that can be broken.
 *
 * Hardware: none. Half of the memory lies at 1 MiB, the other half from 4 GiB up, as on a real machine with a
 *           hole below 4 GiB. Pages without a faulty word are tested by the same kernels as real memory; in the
 *           others each access goes through the fault models, one at a time.
 * Spec.  Fault classes after van de Goor, "Testing Semiconductor Memories", Wiley 1991.
 *
 * A fault is written KIND=ARGUMENTS; addresses are physical and name the 64-bit word they lie in, bits are 0..63:
 *   stuck=ADDRESS:BIT:VALUE                     reads VALUE whatever was written
 *   transition=ADDRESS:BIT:up|down              cannot go from 0 to 1 (up), or from 1 to 0 (down)
 *   open=ADDRESS:BIT                            no contact: reads what the same column of another line read last
 *   misread=ADDRESS:BIT:VALUE                   VALUE is read as its opposite
 *   readflip=ADDRESS:BIT:VALUE                  a read turns VALUE round, and returns the result
 *   deceive=ADDRESS:BIT:VALUE                   a read turns VALUE round, but still returns VALUE
 *   writeflip=ADDRESS:BIT:VALUE                 VALUE written over VALUE turns it round
 *   hasty=ADDRESS:BIT:OLD:VALUE                 read straight after VALUE was written over OLD, it turns round
 *   fade=ADDRESS:BIT:VALUE                      becomes VALUE when memory rests
 *   coupling=ADDRESS:BIT:up|down:VICTIM:BIT:EFFECT
 *                                               that change of the first bit sets the victim's: EFFECT is
 *                                               0, 1 (idempotent) or invert (inversion coupling)
 *   disturb=ADDRESS:BIT:VALUE:VICTIM:BIT:EFFECT that VALUE written over VALUE does
 *   force=ADDRESS:BIT:VALUE:VICTIM:BIT:EFFECT   while the first bit is VALUE the victim's is EFFECT, 0 or 1
 *   block=ADDRESS:BIT:VALUE:VICTIM:BIT:up|down  while the first bit is VALUE the victim's cannot make that change
 *   alias=ADDRESS:OTHER                         accesses to OTHER reach ADDRESS
 *   both=ADDRESS:OTHER                          accesses to OTHER reach ADDRESS as well; reads return the AND
 *   line=BIT                                    address line stuck at 0 (where that leads to RAM)
 *   dead=ADDRESS:BYTES                          reads all ones, writes are lost
 */
#ifndef KIRIWAKE_HOST_SIM_RAM_H
#define KIRIWAKE_HOST_SIM_RAM_H

#include "memtest/kernels.h"
#include <pthread.h>

#define SIM_RAM_FAULTS_MAX 32
#define SIM_RAM_RANGES     2
#define SIM_RAM_LOW        ((uint64_t)1 << 20)
#define SIM_RAM_HIGH       ((uint64_t)1 << 32)

struct sim_ram_fault {
	const struct sim_ram_fault_kind *kind;
	uint64_t at[6]; /* the arguments, in the order written */
	uint64_t state; /* what the kind remembers, 0 at first */
};

#define SIM_RAM_LINE_WORDS 8

/* One line between kernels and cells: what the largest cache leaves of a sweep over a larger memory. */
struct sim_ram_cache {
	bool valid, dirty;
	uint64_t physical;
	uint64_t words[SIM_RAM_LINE_WORDS];
};

/* Zero it before the first call. */
struct sim_ram {
	struct ram_range ranges[SIM_RAM_RANGES];
	size_t range_count;
	uint64_t bytes;
	uint8_t *memory;
	bool *hooked; /* by page of `memory`: accesses go through the faults */
	size_t fault_count;
	struct sim_ram_fault faults[SIM_RAM_FAULTS_MAX];
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

void sim_ram_free(struct sim_ram *ram);

/* Takes all faults away and fills the memory with `value`. */
void sim_ram_reset(struct sim_ram *ram, uint64_t value);

/* Kernels every access of which goes through the faults, wherever they are. */
struct kernels sim_ram_faulty_kernels(struct sim_ram *ram);

/* The physical address of a word of ram->memory. */
uint64_t sim_ram_physical(const struct sim_ram *ram, const void *word);

/* A store around the cache. */
void sim_ram_stream(struct sim_ram *ram, uint64_t physical, uint64_t value);

/* The cache is written back and empty. */
void sim_ram_flush(struct sim_ram *ram);

/* Nobody touches the memory for a long time. */
void sim_ram_rest(struct sim_ram *ram);

/* One access by physical address through the faults, as a CPU would make it. The address must be in RAM. */
uint64_t sim_ram_load(struct sim_ram *ram, uint64_t physical);
void sim_ram_store(struct sim_ram *ram, uint64_t physical, uint64_t value);

#endif
