/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Network chips by their own registers: sent frames come back inside them. What the drivers of all chips have in common.
 *
 * Pure over struct nic_chip: registers and memory of a card that no firmware driver has. Rows of data and a few small functions per
 * chip; sending, polling and comparing is loop.h's.
 * Trust. The chip may be gone, deaf or mad: every wait is bounded, every length it writes is checked.
 */
#ifndef KIRIWAKE_NICPROBE_CHIP_H
#define KIRIWAKE_NICPROBE_CHIP_H

#include "core/machine.h"

#define CHIP_FRAME_BYTES 2048
#define CHIP_RX_SLOTS    32 /* strangers' frames may come in between */
#define CHIP_TX_SLOTS    8
#define CHIP_SLOT_BYTES  16
#define CHIP_BURST_MAX   4 /* frames handed over before any is waited for */

struct chip_driver;
struct ring_format;

struct chip {
	struct nic_chip port;
	const struct chip_driver *driver;
	unsigned next_rx, next_tx;
	bool wide; /* what this means is the driver's business */
};

/* How one family of chips is driven. */
struct chip_driver {
	const char *loop;      /* whose loopback: "PHY's" */
	const char *unseen;    /* NULL: driven in an emulator; else what it was never tried on */
	unsigned address_bits; /* that it can put on the bus */
	uint64_t settle_ns;    /* frames sent earlier after begin() may get lost */
	const void *registers; /* of the family, where several share the functions */

	/* Resets the chip and starts it in loopback. NULL: done; else what went wrong, in words. end() is due either way. */
	const char *(*begin)(struct chip *chip);

	/* How its rings are made; NULL: it has none, and these instead. See chip_send() and so on. */
	const struct ring_format *ring;
	bool (*send)(struct chip *chip, const uint8_t *frame, size_t len);
	bool (*has_sent)(const struct chip *chip);
	bool (*receive)(struct chip *chip, uint8_t *frame, size_t *ret_len);

	/* Stops the chip and ends the loopback. */
	void (*end)(struct chip *chip);
};

extern const struct chip_driver intel_8254x_driver, intel_82574_driver, intel_82580_driver,
	intel_i210_driver, intel_82599_driver, intel_x540_driver, pcnet_driver, rtl8139_driver,
	tulip_driver;

/* The driver for a card, or NULL: no loopback of it is known. */
const struct chip_driver *chip_driver_of(uint16_t vendor_id, uint16_t device_id);

/* Where a card's registers are. */
struct chip_bar {
	unsigned index;
	bool is_io; /* I/O ports, else memory */
};

/* The first memory BAR in `config`, a PCI configuration header, or else the first I/O BAR. False: it decodes neither. */
bool chip_bar(struct span config, struct chip_bar *ret);

/* As the driver's begin(), after a look whether the chip is there and reaches its memory. */
const char *chip_begin(struct chip *chip, const struct nic_chip *port);

/* Hands a frame of 60 to 1514 bytes to the chip. False: it did not take it within a second. */
bool chip_send(struct chip *chip, const uint8_t *frame, size_t len);

/* Whether all frames handed over so far were sent, as the chip says. */
bool chip_has_sent(const struct chip *chip);

/* Takes a frame that came back into frame[CHIP_FRAME_BYTES]. False: there is none. */
bool chip_receive(struct chip *chip, uint8_t *frame, size_t *ret_len);

/* Stops the chip and ends its loopback, if it has a driver. */
void chip_end(struct chip *chip);

/* ---- for the drivers ---- */

#define CHIP_NS_PER_US UINT64_C(1000)
#define CHIP_NS_PER_MS UINT64_C(1000000)
#define CHIP_ALL_ONES  UINT32_C(0xffffffff)

static inline uint32_t chip_read(const struct chip *chip, uint32_t offset)
{
	return chip->port.read(chip->port.ctx, offset, 4);
}

static inline void chip_write(const struct chip *chip, uint32_t offset, uint32_t value)
{
	chip->port.write(chip->port.ctx, offset, 4, value);
}

static inline void chip_sleep(const struct chip *chip, uint64_t ns)
{
	chip->port.sleep_ns(chip->port.ctx, ns);
}

/* Polls up to `polls` times, a millisecond apart, until the bits of `mask` read as `want`. */
bool chip_await(const struct chip *chip, uint32_t offset, unsigned bytes, uint32_t mask,
	uint32_t want, unsigned polls);

/* Memory: little-endian words at an offset from its start, in the order they are written. */
static inline volatile uint8_t *chip_at(const struct chip *chip, size_t offset)
{
	return chip->port.memory + offset;
}

static inline uint64_t chip_bus(const struct chip *chip, size_t offset)
{
	return chip->port.bus_address + offset;
}

static inline void chip_put(volatile uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static inline uint32_t chip_get(const volatile uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* ---- rings of descriptors, where a chip has them ---- */

/* Where the rings are: for transmission and for reception. */
#define CHIP_RX_RING 0x200
#define CHIP_TX_RING 0x400
#define CHIP_BUFFERS 0x1000

enum chip_arrival { CHIP_NOTHING, CHIP_GOOD, CHIP_BAD };

/* A chip's descriptors. `slot` is one, `bus` the place of its buffer of CHIP_FRAME_BYTES. */
struct ring_format {
	void (*offer)(volatile uint8_t *slot, uint64_t bus, bool last); /* an empty buffer */
	void (*load)(volatile uint8_t *slot, uint64_t bus, size_t len, bool last);
	bool (*sent)(const volatile uint8_t *slot);
	enum chip_arrival (*arrival)(const volatile uint8_t *slot, size_t *ret_len);
	/* Tells the chip of a change; `next` is the slot after the one that changed. */
	void (*tell_rx)(const struct chip *chip, unsigned changed);
	void (*tell_tx)(const struct chip *chip, unsigned next);
};

/* Empties both rings and offers all buffers for reception; nothing is told yet. */
void ring_start(struct chip *chip);

#endif
