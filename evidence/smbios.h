/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* SMBIOS: what the firmware says the machine is made of.
 *
 * Pure. Bytes in, structs out.
 * Spec.  DMTF DSP0134 3.7: 5.2 entry points, 6.1 structures, 7.1-7.18 types.
 * Trust. None: tables come from firmware, often wrong and sometimes cut. Lengths are checked before
 *        content, a field beyond the end of a shorter, older structure reads as 0, strings are cleaned.
 */
#ifndef KIRIWAKE_EVIDENCE_SMBIOS_H
#define KIRIWAKE_EVIDENCE_SMBIOS_H

#include "core/bytes.h"
#include "core/inventory.h"

#define SMBIOS_TEXT PART_TEXT

struct smbios_entry {
	unsigned major, minor;  /* with known slips of firmware put right: 2.31 is 2.3 */
	uint64_t table_address; /* physical */
	uint32_t table_bytes;   /* 2.x: exact; 3.x: at most */
	unsigned structures;    /* 0: not said (3.x) */
};

/* Reads an entry point, _SM_ or _SM3_. False, *ret untouched, unless anchor, length and checksums are right. */
bool smbios_entry_read(struct span entry, struct smbios_entry *ret);

/* ---- structures ---- */

struct smbios_structure {
	uint8_t type;
	uint16_t handle;
	struct span formatted; /* header included, at least 4 bytes */
	struct span
		strings; /* with the NUL of the last string, without the one that ends the set */
};

/* Takes the structure at *cursor (0 for the first) and moves *cursor behind it. False at type 127, at the end
 * and at the first structure that is not wholly there. */
bool smbios_next(struct span table, size_t *cursor, struct smbios_structure *ret);

/* The next structure of one type. */
bool smbios_next_of(struct span table, uint8_t type, size_t *cursor, struct smbios_structure *ret);

/* String number `number` (from 1), cleaned; empty for 0 and for one that is not there. Returns its length. */
size_t smbios_string(const struct smbios_structure *s, unsigned number, char *ret, size_t cap);

/* ---- the types we read ---- */

struct smbios_firmware { /* type 0 */
	char vendor[SMBIOS_TEXT], version[SMBIOS_TEXT], date[SMBIOS_TEXT];
};

struct smbios_system { /* type 1 */
	char maker[SMBIOS_TEXT], product[SMBIOS_TEXT], version[SMBIOS_TEXT], serial[SMBIOS_TEXT];
	char uuid[MACHINE_UUID]; /* empty when not set, or set to what many machines have */
};

struct smbios_board { /* type 2 */
	bool is_main; /* not a riser, memory or processor board */
	char maker[SMBIOS_TEXT], product[SMBIOS_TEXT], version[SMBIOS_TEXT], serial[SMBIOS_TEXT];
};

struct smbios_processor { /* type 4 */
	bool populated;
	char socket[SMBIOS_TEXT], maker[SMBIOS_TEXT], version[SMBIOS_TEXT];
	char serial[SMBIOS_TEXT], part_number[SMBIOS_TEXT];
	unsigned cores, threads; /* 0: not said */
};

struct smbios_dimm { /* type 17 */
	uint16_t handle;
	uint16_t array;  /* handle of its type 16 */
	uint16_t errors; /* handle of its type 18 or 33; SMBIOS_NO_ERROR and above: none */
	bool populated;
	bool is_ram; /* false: flash, video memory or persistent memory behind the same interface */
	bool is_stacked; /* HBM: may serve as a cache that no map shows */
	bool is_cached;  /* persistent memory in use as RAM: the DRAM before it may be its cache */
	char locator[SMBIOS_TEXT], bank[SMBIOS_TEXT], maker[SMBIOS_TEXT];
	char serial[SMBIOS_TEXT], part_number[SMBIOS_TEXT];
	const char *technology; /* "DDR4"; "memory" where not known */
	uint64_t size_bytes;    /* 0: not populated, or size unknown */
	unsigned speed_mts;     /* as configured, else the rated one; 0 unknown */
};

#define SMBIOS_NO_ERROR 0xfffe /* and 0xffff: no structure about errors, no error */

struct smbios_array { /* type 16 */
	uint16_t handle;
	uint16_t errors;     /* as in struct smbios_dimm */
	bool is_main_memory; /* not of a video card, of a cache, or behind CXL */
	bool has_ecc;
};

struct smbios_mapping {     /* type 19 or 20 */
	uint16_t owner;     /* handle of the array (19) or the device (20) */
	uint64_t low, high; /* [low, high), whole pages; low == high: nothing, or nonsense */
	uint8_t interleaved; /* type 20: position in the interleave, 0: not interleaved, 0xff: unknown */
};

struct smbios_memory_error { /* type 18 or 33 */
	const char *what;    /* "an uncorrected error"; NULL: none, or not said */
	bool is_corrected;
};

/* Each reads a structure of its type; all fields are set. `entry` may be NULL: then the byte order of the UUID is the
 * one of SMBIOS 2.6 and later. */
void smbios_read_firmware(const struct smbios_structure *s, struct smbios_firmware *ret);
void smbios_read_system(const struct smbios_structure *s, const struct smbios_entry *entry,
	struct smbios_system *ret);
void smbios_read_board(const struct smbios_structure *s, struct smbios_board *ret);
void smbios_read_processor(const struct smbios_structure *s, struct smbios_processor *ret);
void smbios_read_dimm(const struct smbios_structure *s, struct smbios_dimm *ret);
void smbios_read_array(const struct smbios_structure *s, struct smbios_array *ret);
void smbios_read_mapping(const struct smbios_structure *s, struct smbios_mapping *ret);
void smbios_read_memory_error(const struct smbios_structure *s, struct smbios_memory_error *ret);

/* ---- what others ask ---- */

/* The part of the table that the entry point speaks for: nothing when `entry` is there and invalid, all of it when there
 * is none. */
struct span smbios_trusted(struct span entry, struct span table);

/* The structure with that handle. False: there is none. */
bool smbios_by_handle(struct span table, uint16_t handle, struct smbios_structure *ret);

/* The next populated RAM module (type 17). The n-th of them, from 0, is the part "dimm<n>". */
bool smbios_next_module(struct span table, size_t *cursor, struct smbios_dimm *ret);

/* Whether firmware left these words where a name or an identity should be: "To be filled by O.E.M.", "NO DIMM",
 * "12345678-1234-5678-90ab-cddeefaabbcc". */
bool smbios_is_placeholder(const char *s);

/* The next OEM string (type 11), cleaned. *cursor is 0 for the first. False when there are no more. */
bool smbios_next_oem_string(struct span table, size_t *cursor, char *ret, size_t cap);

/* Sum of all populated RAM modules (type 17); 0 when there are none or one does not say its size. */
uint64_t smbios_installed_bytes(struct span table);

/* Appends board, firmware, populated processors and RAM modules to *inv while there is room. Returns how many. Nothing
 * when `entry` is there and invalid; an empty entry is taken as "version not known". */
size_t smbios_inventory(struct span entry, struct span table, struct inventory *inv);

#endif
