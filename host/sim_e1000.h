/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* An Intel 8254x as far as its loopback needs it, breakable.
 *
 * Hardware: none. Written from the manual, not from the code that drives it: rings by registers, frames only while receiver,
 * transmitter and the PHY's loopback are on, and a receiver that is deaf for a second after each write to its control register, as
 * an emulated one is.
 */
#ifndef KIRIWAKE_HOST_SIM_E1000_H
#define KIRIWAKE_HOST_SIM_E1000_H

#include "core/machine.h"

#define SIM_E1000_MEMORY_BYTES 65536
#define SIM_E1000_REGISTERS    0x6000

struct sim_e1000 {
	const struct clock_port *clock;
	uint32_t registers[SIM_E1000_REGISTERS / 4];
	uint16_t phy[32];
	uint64_t deaf_until_ns;
	unsigned frames; /* sent so far */
	unsigned resets;
	uint8_t memory[SIM_E1000_MEMORY_BYTES];

	/* What is wrong with it. */
	bool gone, no_loopback, tx_dead, bad_length;
	unsigned lose_every; /* nth frame; 0: none */
	size_t corrupt_at;   /* byte of every frame that has one there; 0: none */
};

/* A good one. `clock` must outlive it. */
void sim_e1000_init(struct sim_e1000 *e, const struct clock_port *clock);

struct nic_chip sim_e1000_chip(struct sim_e1000 *e);

/* Whether it may be handed to a driver: stopped, and out of loopback. */
bool sim_e1000_is_tidy(const struct sim_e1000 *e);

#endif
