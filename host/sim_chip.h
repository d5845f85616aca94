/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Network chips as far as their loopback needs them, breakable.
 *
 * Hardware: none. Written from the manuals and not from the code that drives them: rings by registers, frames only while receiver,
 * transmitter and loopback are on, and DMA only into the chip's own memory.
 */
#ifndef KIRIWAKE_HOST_SIM_CHIP_H
#define KIRIWAKE_HOST_SIM_CHIP_H

#include "core/machine.h"

#define SIM_CHIP_REGISTERS 0x10000
#define SIM_CHIP_BUS       UINT64_C(0x12340000) /* of its memory */
#define SIM_FCS_BYTES      4

struct sim_chip;

/* One model. */
struct sim_chip_kind {
	const char *name;
	uint16_t vendor_id, device_id;
	void (*reset)(struct sim_chip *chip);
	uint32_t (*read)(struct sim_chip *chip, uint32_t offset, unsigned bytes);
	void (*write)(struct sim_chip *chip, uint32_t offset, unsigned bytes, uint32_t value);
	bool (*loops)(const struct sim_chip *chip); /* in loopback */
	bool (*runs)(const struct sim_chip *chip);  /* receiver or transmitter are on */
	/* Puts a frame that arrived where the driver finds it; `told` is the length it says. */
	void (*deliver)(struct sim_chip *chip, const uint8_t *frame, size_t len, size_t told);
	const void *layout; /* where its registers are, for models that differ in that alone */
};

struct sim_chip {
	const struct sim_chip_kind *kind;
	const struct clock_port *clock;
	uint32_t registers[SIM_CHIP_REGISTERS / 4];
	uint16_t phy[32], csr[128], bcr[32]; /* behind an index, where a chip has such */
	uint32_t rx_at, tx_at, index;
	uint64_t deaf_until_ns;
	uint64_t bus;
	unsigned frames; /* sent so far */
	unsigned resets;
	uint8_t memory[NIC_CHIP_BYTES];

	/* What is wrong with it. */
	bool gone, no_loopback, tx_dead, bad_length;
	unsigned strangers;  /* so many frames of somebody else come before each */
	unsigned lose_every; /* nth frame; 0: none */
	size_t corrupt_at;   /* byte of every frame that has one there; 0: none */
	bool corrupt_first;  /* the first byte of every frame */
	size_t extra;        /* bytes more than were sent */
	unsigned dies_after; /* frames; 0: never */
};

extern const struct sim_chip_kind sim_8254x, sim_82574, sim_82580, sim_i210, sim_82599, sim_x540,
	sim_rtl8139, sim_pcnet, sim_tulip;

/* A good one. `clock` must outlive it. */
void sim_chip_init(
	struct sim_chip *chip, const struct sim_chip_kind *kind, const struct clock_port *clock);

/* The chip as a port hands it out. Valid as long as *chip. */
struct nic_chip sim_chip_port(struct sim_chip *chip);

/* Whether it may be handed to a driver: stopped, and out of loopback. */
bool sim_chip_is_tidy(const struct sim_chip *chip);

/* ---- for the models ---- */

static inline uint32_t *sim_register(struct sim_chip *chip, uint32_t offset)
{
	return &chip->registers[offset % SIM_CHIP_REGISTERS / 4];
}

static inline uint32_t sim_has(const struct sim_chip *chip, uint32_t offset, uint32_t bits)
{
	return chip->registers[offset % SIM_CHIP_REGISTERS / 4] & bits;
}

/* `bytes` of its memory at a bus address. NULL: the chip would write into somebody else's. */
uint8_t *sim_chip_at(struct sim_chip *chip, uint64_t bus, size_t bytes);

void sim_put_le(uint8_t *at, uint64_t value, unsigned bytes);

/* A frame that the transmitter took: it comes back, or what is wrong happens to it. */
void sim_chip_send(struct sim_chip *chip, const uint8_t *frame, size_t len);

#endif
