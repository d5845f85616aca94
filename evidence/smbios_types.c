/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS structure types as structs. Pure. See smbios.h.
 *
 * Spec.  DSP0134 3.7: 7.1 BIOS, 7.2 system, 7.3 baseboard, 7.5 processor, 7.18 memory device.
 */
#include "core/fmt.h"
#include "evidence/smbios_fields.h"

#define UUID_BYTES 16

#define PROCESSOR_POPULATED 0x40 /* status, bit 6 */
#define CORES_SEE_WORD      0xff

#define BOARD_UNKNOWN 1
#define BOARD_MAIN    0x0a

#define SIZE_NONE     0
#define SIZE_UNKNOWN  0xffff
#define SIZE_EXTENDED 0x7fff
#define SIZE_IS_KIB   0x8000

#define TECHNOLOGY_FIRST_NV 5 /* NVDIMM-F; 6 NVDIMM-P, 7 Intel Optane persistent memory */
#define TECHNOLOGY_LAST_NV  7

/* The string whose number stands at `offset`. */
static void text_at(const struct smbios_structure *s, size_t offset, char ret[SMBIOS_TEXT])
{
	smbios_string(s, smbios_byte(s, offset), ret, SMBIOS_TEXT);
}

void smbios_read_firmware(const struct smbios_structure *s, struct smbios_firmware *ret)
{
	text_at(s, 0x04, ret->vendor);
	text_at(s, 0x05, ret->version);
	text_at(s, 0x08, ret->date);
}

/* Whether that may be one machine's alone. Not set is all 00 or all ff (7.2.1); what makers leave in is one byte all over, or
 * counts: 03000200-0400-0500-0006-000700080009. */
static bool is_identity(const uint8_t uuid[UUID_BYTES])
{
	bool counts = true, repeats = true, is_mask = true;

	for (size_t i = 0; i < UUID_BYTES; i++) {
		counts = counts && uuid[i] <= UUID_BYTES;
		repeats = repeats && uuid[i] == uuid[0];
		is_mask = is_mask && (uuid[i] == 0 || uuid[i] == 0xff);
	}
	return !counts && !repeats && !is_mask;
}

/* The first three fields are little-endian from 2.6 on (7.2.1); before, most firmware wrote all of it big-endian. */
static void uuid_text(const uint8_t *p, bool little, char ret[MACHINE_UUID])
{
	uint32_t low = little ? le32(p) : be32(p);
	uint16_t mid = little ? le16(p + 4) : be16(p + 4);
	uint16_t high = little ? le16(p + 6) : be16(p + 6);

	fmt_to(ret, MACHINE_UUID, "%08x-%04x-%04x-%04x-%04x%08x", low, mid, high, be16(p + 8),
		be16(p + 10), be32(p + 12));
}

void smbios_read_system(const struct smbios_structure *s, const struct smbios_entry *entry,
	struct smbios_system *ret)
{
	bool little = entry == NULL || entry->major > 2 || (entry->major == 2 && entry->minor >= 6);
	struct span uuid;

	text_at(s, 0x04, ret->maker);
	text_at(s, 0x05, ret->product);
	text_at(s, 0x06, ret->version);
	text_at(s, 0x07, ret->serial);
	ret->uuid[0] = '\0';
	if (span_sub(s->formatted, 0x08, UUID_BYTES, &uuid) && is_identity(uuid.at))
		uuid_text(uuid.at, little, ret->uuid);
}

void smbios_read_board(const struct smbios_structure *s, struct smbios_board *ret)
{
	uint8_t type = smbios_byte(s, 0x0d);

	ret->is_main = type <= BOARD_UNKNOWN || type == BOARD_MAIN;
	text_at(s, 0x04, ret->maker);
	text_at(s, 0x05, ret->product);
	text_at(s, 0x06, ret->version);
	text_at(s, 0x07, ret->serial);
}

/* A count in a byte, and in a word (3.0) when the byte says 255. */
static unsigned count_at(const struct smbios_structure *s, size_t byte, size_t word)
{
	uint8_t small = smbios_byte(s, byte);

	return small == CORES_SEE_WORD && smbios_word(s, word) != 0 ? smbios_word(s, word) : small;
}

void smbios_read_processor(const struct smbios_structure *s, struct smbios_processor *ret)
{
	ret->populated = (smbios_byte(s, 0x18) & PROCESSOR_POPULATED) != 0;
	text_at(s, 0x04, ret->socket);
	text_at(s, 0x07, ret->maker);
	text_at(s, 0x10, ret->version);
	text_at(s, 0x20, ret->serial);
	text_at(s, 0x22, ret->part_number);
	ret->cores = count_at(s, 0x23, 0x2a);
	ret->threads = count_at(s, 0x25, 0x2e);
}

struct memory_type {
	const char *name;
	bool not_ram;
	bool is_stacked;
};

static const struct memory_type *memory_type(uint8_t type)
{
	static const struct memory_type types[] = {
		[0x01] = {"memory", false, false},
		[0x03] = {"DRAM", false, false},
		[0x04] = {"EDRAM", false, false},
		[0x05] = {"VRAM", true, false},
		[0x06] = {"SRAM", false, false},
		[0x07] = {"RAM", false, false},
		[0x08] = {"ROM", true, false},
		[0x09] = {"flash", true, false},
		[0x0a] = {"EEPROM", true, false},
		[0x0b] = {"FEPROM", true, false},
		[0x0c] = {"EPROM", true, false},
		[0x0f] = {"SDRAM", false, false},
		[0x11] = {"RDRAM", false, false},
		[0x12] = {"DDR", false, false},
		[0x13] = {"DDR2", false, false},
		[0x14] = {"DDR2 FB-DIMM", false, false},
		[0x18] = {"DDR3", false, false},
		[0x19] = {"FBD2", false, false},
		[0x1a] = {"DDR4", false, false},
		[0x1b] = {"LPDDR", false, false},
		[0x1c] = {"LPDDR2", false, false},
		[0x1d] = {"LPDDR3", false, false},
		[0x1e] = {"LPDDR4", false, false},
		[0x1f] = {"non-volatile memory", true, false},
		[0x20] = {"HBM", false, true},
		[0x21] = {"HBM2", false, true},
		[0x22] = {"DDR5", false, false},
		[0x23] = {"LPDDR5", false, false},
		[0x24] = {"HBM3", false, true},
	};

	if (type >= ARRAY_LEN(types) || types[type].name == NULL)
		return &types[1];
	return &types[type];
}

static uint64_t dimm_size(const struct smbios_structure *s)
{
	uint16_t size = smbios_word(s, 0x0c);

	if (size == SIZE_NONE || size == SIZE_UNKNOWN)
		return 0;
	if (size == SIZE_EXTENDED)
		return (uint64_t)(smbios_dword(s, 0x1c) & INT32_MAX) << 20;
	if ((size & SIZE_IS_KIB) != 0)
		return (uint64_t)(size & ~SIZE_IS_KIB) << 10;
	return (uint64_t)size << 20;
}

/* The configured speed, else the rated one; 0xffff sends us to the 32-bit fields of 3.3. */
static unsigned dimm_speed(const struct smbios_structure *s)
{
	static const struct {
		size_t word, dword;
	} fields[] = {
		{0x20, 0x58},
		{0x15, 0x54},
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		uint16_t speed = smbios_word(s, fields[i].word);

		if (speed == UINT16_MAX)
			return smbios_dword(s, fields[i].dword);
		if (speed != 0)
			return speed;
	}
	return 0;
}

void smbios_read_dimm(const struct smbios_structure *s, struct smbios_dimm *ret)
{
	const struct memory_type *type = memory_type(smbios_byte(s, 0x12));
	uint8_t technology = smbios_byte(s, 0x28);
	uint64_t volatile_bytes = smbios_qword(s, 0x3c);

	ret->handle = s->handle;
	ret->array = smbios_word(s, 0x04);
	ret->errors = s->formatted.len >= 0x08 ? smbios_word(s, 0x06) : SMBIOS_NO_ERROR;
	ret->populated = smbios_word(s, 0x0c) != SIZE_NONE;
	ret->is_ram = !type->not_ram;
	ret->size_bytes = dimm_size(s);
	ret->technology = type->name;
	ret->is_stacked = type->is_stacked;
	ret->is_cached = false;
	ret->speed_mts = dimm_speed(s);
	text_at(s, 0x10, ret->locator);
	text_at(s, 0x11, ret->bank);
	text_at(s, 0x17, ret->maker);
	text_at(s, 0x18, ret->serial);
	text_at(s, 0x1a, ret->part_number);
	/* Of a persistent module only the part in volatile use is RAM. */
	if (technology >= TECHNOLOGY_FIRST_NV && technology <= TECHNOLOGY_LAST_NV) {
		ret->is_ram = volatile_bytes != 0 && volatile_bytes != UINT64_MAX;
		ret->is_cached = ret->is_ram;
		if (ret->is_ram)
			ret->size_bytes = volatile_bytes;
	}
}
