/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which chip is driven how, and rings of descriptors. Pure. See chip.h. */
#include "nicprobe/chip.h"
#include "nicprobe/wire.h"

#define SEND_POLLS    20000
#define SEND_POLL_NS  (50 * CHIP_NS_PER_US)
#define AWAIT_POLL_NS CHIP_NS_PER_MS

/* ---- which chip ---- */

/* Device ids as the makers' manuals give them: Intel's 8254x Software Developer's Manual and the datasheet of each later chip; RTL8139D
 * and Am79C970A datasheets; 21143 hardware reference manual. Copper only where the PHY is looped. The source of each loopback is in
 * its driver's header comment. */
static const struct {
	uint16_t vendor_id, device_id;
	const struct chip_driver *driver;
} chips[] = {
	{0x8086, 0x1008, &intel_8254x_driver}, /* 82544GC */
	{0x8086, 0x100e, &intel_8254x_driver}, /* 82540EM */
	{0x8086, 0x100f, &intel_8254x_driver}, /* 82545EM */
	{0x8086, 0x10d3, &intel_82574_driver}, /* 82574L */
	{0x8086, 0x150e, &intel_82580_driver}, /* 82580 */
	{0x8086, 0x1516, &intel_82580_driver}, /* 82580, two ports */
	{0x8086, 0x1521, &intel_82580_driver}, /* I350 */
	{0x8086, 0x1533, &intel_i210_driver},  /* I210 */
	{0x8086, 0x157b, &intel_i210_driver},  /* I210 without flash */
	{0x8086, 0x1539, &intel_i210_driver},  /* I211 */
	{0x8086, 0x10f7, &intel_82599_driver}, /* 82599 KX4 */
	{0x8086, 0x10f8, &intel_82599_driver}, /* 82599 backplane */
	{0x8086, 0x10fb, &intel_82599_driver}, /* 82599 SFP+ */
	{0x8086, 0x1528, &intel_x540_driver},  /* X540-T */
	{0x8086, 0x1563, &intel_x540_driver},  /* X550-T */
	{0x10ec, 0x8139, &rtl8139_driver},     /* RTL8139 */
	{0x1022, 0x2000, &pcnet_driver},       /* Am79C970A to Am79C973 */
	{0x1011, 0x0019, &tulip_driver},       /* 21142, 21143 */
};

const struct chip_driver *chip_driver_of(uint16_t vendor_id, uint16_t device_id)
{
	for (size_t i = 0; i < ARRAY_LEN(chips); i++) {
		if (chips[i].vendor_id == vendor_id && chips[i].device_id == device_id)
			return chips[i].driver;
	}
	return NULL;
}

bool chip_bar(struct span config, struct chip_bar *ret)
{
	unsigned index;

	for (unsigned io = 0; io < 2; io++) {
		if (wire_bar(config, io == 1, &index)) {
			*ret = (struct chip_bar){index, io == 1};
			return true;
		}
	}
	return false;
}

const char *chip_begin(struct chip *chip, const struct nic_chip *port)
{
	const struct chip_driver *driver = chip_driver_of(port->vendor_id, port->device_id);

	*chip = (struct chip){.port = *port};
	if (driver == NULL)
		return "no loopback of this card is known to this program";
	if (driver->address_bits < 64 &&
		(port->bus_address + NIC_CHIP_BYTES - 1) >> driver->address_bits != 0)
		return "it does not reach the memory that the firmware gave for it";
	chip->driver = driver;
	return driver->begin(chip);
}

bool chip_await(const struct chip *chip, uint32_t offset, unsigned bytes, uint32_t mask,
	uint32_t want, unsigned polls)
{
	for (unsigned i = 0; i < polls; i++) {
		if ((chip->port.read(chip->port.ctx, offset, bytes) & mask) == want)
			return true;
		chip_sleep(chip, AWAIT_POLL_NS);
	}
	return false;
}

/* ---- rings ---- */

#define ALL_SLOTS (CHIP_RX_SLOTS + CHIP_TX_SLOTS)

_Static_assert(CHIP_RX_RING + CHIP_RX_SLOTS * CHIP_SLOT_BYTES <= CHIP_TX_RING, "apart");
_Static_assert(CHIP_BUFFERS + ALL_SLOTS * CHIP_FRAME_BYTES <= NIC_CHIP_BYTES, "fits");
_Static_assert(CHIP_BURST_MAX < CHIP_TX_SLOTS, "a full ring looks like an empty one");

static volatile uint8_t *slot_at(const struct chip *chip, bool tx, unsigned slot)
{
	return chip_at(chip, (tx ? CHIP_TX_RING : CHIP_RX_RING) + slot * CHIP_SLOT_BYTES);
}

static size_t buffer_of(bool tx, unsigned slot)
{
	return CHIP_BUFFERS + ((tx ? CHIP_RX_SLOTS : 0u) + slot) * (size_t)CHIP_FRAME_BYTES;
}

static void offer(const struct chip *chip, unsigned slot)
{
	chip->driver->ring->offer(slot_at(chip, false, slot),
		chip_bus(chip, buffer_of(false, slot)), slot == CHIP_RX_SLOTS - 1);
}

void ring_start(struct chip *chip)
{
	memset(chip->port.memory, 0, CHIP_BUFFERS);
	chip->next_rx = chip->next_tx = 0;
	for (unsigned i = 0; i < CHIP_RX_SLOTS; i++)
		offer(chip, i);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* A slot that was never used is all zero. */
static bool is_free(const struct chip *chip, unsigned slot)
{
	const volatile uint8_t *at = slot_at(chip, true, slot);

	return (chip_get(at) | chip_get(at + 4) | chip_get(at + 8)) == 0 ||
	       chip->driver->ring->sent(at);
}

static bool ring_send(struct chip *chip, const uint8_t *frame, size_t len)
{
	const struct ring_format *format = chip->driver->ring;
	const unsigned slot = chip->next_tx;

	for (unsigned i = 0; !is_free(chip, slot); i++) {
		if (i == SEND_POLLS)
			return false;
		chip_sleep(chip, SEND_POLL_NS);
	}
	memcpy(chip->port.memory + buffer_of(true, slot), frame, len);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	format->load(slot_at(chip, true, slot), chip_bus(chip, buffer_of(true, slot)), len,
		slot == CHIP_TX_SLOTS - 1);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	chip->next_tx = (slot + 1) % CHIP_TX_SLOTS;
	format->tell_tx(chip, chip->next_tx);
	return true;
}

static bool ring_has_sent(const struct chip *chip)
{
	for (unsigned i = 0; i < CHIP_TX_SLOTS; i++) {
		if (!is_free(chip, i))
			return false;
	}
	return true;
}

static bool ring_receive(struct chip *chip, uint8_t *frame, size_t *ret_len)
{
	const struct ring_format *format = chip->driver->ring;
	const unsigned slot = chip->next_rx;
	uint8_t *buffer = chip->port.memory + buffer_of(false, slot);
	size_t len = 0;
	const enum chip_arrival arrival = format->arrival(slot_at(chip, false, slot), &len);
	const bool good = arrival == CHIP_GOOD && len <= CHIP_FRAME_BYTES;

	if (arrival == CHIP_NOTHING)
		return false;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (good) {
		memcpy(frame, buffer, len);
		*ret_len = len;
	}
	memset(buffer, 0, CHIP_FRAME_BYTES); /* what comes next is what the chip wrote */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	offer(chip, slot);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	chip->next_rx = (slot + 1) % CHIP_RX_SLOTS;
	format->tell_rx(chip, slot);
	return good;
}

/* ---- whichever it has ---- */

bool chip_send(struct chip *chip, const uint8_t *frame, size_t len)
{
	return chip->driver->ring != NULL ? ring_send(chip, frame, len)
					  : chip->driver->send(chip, frame, len);
}

bool chip_has_sent(const struct chip *chip)
{
	return chip->driver->ring != NULL ? ring_has_sent(chip) : chip->driver->has_sent(chip);
}

bool chip_receive(struct chip *chip, uint8_t *frame, size_t *ret_len)
{
	return chip->driver->ring != NULL ? ring_receive(chip, frame, ret_len)
					  : chip->driver->receive(chip, frame, ret_len);
}

void chip_end(struct chip *chip)
{
	if (chip->driver != NULL)
		chip->driver->end(chip);
}
