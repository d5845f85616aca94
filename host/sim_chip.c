/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What all simulated network chips have in common: their memory, and what may be wrong with them. See sim_chip.h. */
#include "host/sim_chip.h"

#define FRAME_ROOM 2048

uint8_t *sim_chip_at(struct sim_chip *chip, uint64_t bus, size_t bytes)
{
	if (bus < chip->bus || bus - chip->bus > NIC_CHIP_BYTES - bytes)
		return NULL;
	return chip->memory + (bus - chip->bus);
}

void sim_put_le(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void deliver(struct sim_chip *chip, const uint8_t *frame, size_t len)
{
	uint8_t copy[FRAME_ROOM] = {0};
	size_t told = len + chip->extra;

	memcpy(copy, frame, len);
	if (chip->corrupt_at != 0 && chip->corrupt_at < len)
		copy[chip->corrupt_at] ^= 0x20;
	if (chip->corrupt_first)
		copy[0] ^= 0x40;
	if (chip->bad_length)
		told += 0xf00;
	chip->kind->deliver(chip, copy, len + chip->extra, told);
}

void sim_chip_send(struct sim_chip *chip, const uint8_t *frame, size_t len)
{
	static const uint8_t stranger[64] = {0x02, 1, 2, 3, 4, 5, 0x02, 9, 9, 9, 9, 9, 0x88, 0xb5};

	chip->frames++;
	if (!chip->kind->loops(chip) || chip->no_loopback ||
		chip->clock->now_ns(chip->clock->ctx) < chip->deaf_until_ns)
		return;
	for (unsigned i = 0; i < chip->strangers; i++)
		chip->kind->deliver(chip, stranger, sizeof(stranger), sizeof(stranger));
	if ((chip->lose_every == 0 || chip->frames % chip->lose_every != 0) &&
		(chip->dies_after == 0 || chip->frames <= chip->dies_after))
		deliver(chip, frame, len);
}

static uint32_t read_register(void *ctx, uint32_t offset, unsigned bytes)
{
	struct sim_chip *chip = ctx;

	return chip->gone ? UINT32_MAX >> (32 - 8 * bytes) : chip->kind->read(chip, offset, bytes);
}

static void write_register(void *ctx, uint32_t offset, unsigned bytes, uint32_t value)
{
	struct sim_chip *chip = ctx;

	if (!chip->gone)
		chip->kind->write(chip, offset, bytes, value);
}

static void sleep_ns(void *ctx, uint64_t ns)
{
	const struct sim_chip *chip = ctx;

	chip->clock->sleep_ns(chip->clock->ctx, ns);
}

void sim_chip_init(
	struct sim_chip *chip, const struct sim_chip_kind *kind, const struct clock_port *clock)
{
	memset(chip, 0, sizeof(*chip));
	chip->kind = kind;
	chip->clock = clock;
	chip->bus = SIM_CHIP_BUS;
	kind->reset(chip);
}

struct nic_chip sim_chip_port(struct sim_chip *chip)
{
	return (struct nic_chip){.ctx = chip,
		.vendor_id = chip->kind->vendor_id,
		.device_id = chip->kind->device_id,
		.read = read_register,
		.write = write_register,
		.sleep_ns = sleep_ns,
		.memory = chip->memory,
		.bus_address = chip->bus};
}

bool sim_chip_is_tidy(const struct sim_chip *chip)
{
	return !chip->kind->loops(chip) && !chip->kind->runs(chip);
}
