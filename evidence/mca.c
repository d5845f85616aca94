/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Decoding of one machine-check bank. Pure. See mca.h. */
#include "evidence/mca.h"
#include "core/fmt.h"
#include "core/text.h"

#define BIT(n) (UINT64_C(1) << (n))

/* MCi_STATUS */
#define STATUS_OVERFLOW     BIT(62)
#define STATUS_UNCORRECTED  BIT(61)
#define STATUS_ENABLED      BIT(60)
#define STATUS_MISC_VALID   BIT(59)
#define STATUS_ADDR_VALID   BIT(58)
#define STATUS_CONTEXT_LOST BIT(57)
#define STATUS_ACTION       (BIT(56) | BIT(55)) /* Intel: signalled, and software has to act at once */
#define STATUS_DEFERRED     BIT(44)             /* AMD; part of Intel's count */
#define STATUS_POISON       BIT(43)             /* AMD's scalable MCA */

/* MCG_CAP */
#define CAP_COUNTS   BIT(10) /* MCG_CMCI_P: bits 52-38 of a status count corrected errors */
#define CAP_RECOVERY BIT(24) /* MCG_SER_P: MCi_MISC says what kind of address it is */

#define MISC_MODE_PHYSICAL 2u
#define PHYSICAL_BITS      52
#define CODE_FILTERED      0x1000u /* correction report filtering: says nothing about the error */
#define CODE_BITS          0xffffu

/* AMD: the unified memory controller's id in MCA_IPID, and the ECC errors of the northbridge before that. */
#define HARDWARE_UMC        0x96u
#define UMC_TYPES           2u
#define NORTHBRIDGE_BANK    4u
#define NORTHBRIDGE_ECC     8u      /* extended error code */
#define NORTHBRIDGE_MASK    0xf80fu /* of a bus error, to memory, at the generic level */
#define NORTHBRIDGE_MATCHES 0x0803u

/* Intel: data or an instruction that memory or a cache had marked as bad was used. */
#define CODE_DATA_LOAD         0x0134u
#define CODE_INSTRUCTION_FETCH 0x0150u

static uint64_t bits(uint64_t value, unsigned high, unsigned low)
{
	return value >> low & (BIT(high - low + 1) - 1);
}

/* ---- error codes, "Interpreting the MCA Error Codes" ---- */

static const char *const requests[16] = {"", ", read", ", write", ", data read", ", data write",
	", instruction fetch", ", prefetch", ", eviction", ", snoop"};
static const char *const transactions[4] = {"instruction ", "data ", "", ""};
static const char *const levels[4] = {", level 0", ", level 1", ", level 2", ""};
static const char *const memory_requests[8] = {
	"access", "read", "write", "address or command", "scrub", "access", "access", "access"};

static const char *request_of(uint64_t code)
{
	const char *name = requests[bits(code, 7, 4)];

	return name != NULL ? name : "";
}

static void say_memory(uint64_t code, struct mca_error *e)
{
	fmt_to(e->what, MCA_WHAT, "memory %s", memory_requests[bits(code, 6, 4)]);
	e->memory = true;
	e->channel = (unsigned)bits(code, 3, 0);
	e->has_channel = e->channel != 0xf;
}

static void say_cache(uint64_t code, struct mca_error *e)
{
	fmt_to(e->what, MCA_WHAT, "%scache%s%s", transactions[bits(code, 3, 2)],
		levels[bits(code, 1, 0)], request_of(code));
}

static void say_cache_level(uint64_t code, struct mca_error *e)
{
	fmt_to(e->what, MCA_WHAT, "cache%s", levels[bits(code, 1, 0)]);
}

static void say_tlb(uint64_t code, struct mca_error *e)
{
	fmt_to(e->what, MCA_WHAT, "%sTLB%s", transactions[bits(code, 3, 2)],
		levels[bits(code, 1, 0)]);
}

static void say_bus(uint64_t code, struct mca_error *e)
{
	static const char *const targets[4] = {", memory", "", ", I/O", ""};

	fmt_to(e->what, MCA_WHAT, "bus or interconnect%s%s%s", targets[bits(code, 3, 2)],
		request_of(code), bits(code, 8, 8) != 0 ? ", timed out" : "");
}

/* The first row that fits counts. */
static const struct form {
	uint16_t mask, match;
	const char *what; /* NULL: `say` words it */
	void (*say)(uint64_t code, struct mca_error *e);
} forms[] = {
	{0xffff, 0x0000, "no error code", NULL},
	{0xffff, 0x0001, "unclassified", NULL},
	{0xffff, 0x0002, "microcode ROM parity", NULL},
	{0xffff, 0x0003, "external error signal", NULL},
	{0xffff, 0x0004, "redundancy check", NULL},
	{0xffff, 0x0005, "internal parity", NULL},
	{0xffff, 0x0006, "code fetch outside SMM memory", NULL},
	{0xffff, 0x0400, "internal timer", NULL},
	{0xffff, 0x0e0b, "I/O", NULL},
	{0xfc00, 0x0400, "internal", NULL},
	{0xfffc, 0x000c, NULL, say_cache_level},
	{0xfff0, 0x0010, NULL, say_tlb},
	{0xff80, 0x0080, NULL, say_memory},
	{0xff80, 0x0280, NULL, say_memory}, /* memory used as a cache of other memory */
	{0xff00, 0x0100, NULL, say_cache},
	{0xf800, 0x0800, NULL, say_bus},
};

static void decode_code(uint64_t code, struct mca_error *e)
{
	code &= CODE_BITS & ~(uint64_t)CODE_FILTERED;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const struct form *f = &forms[i];

		if ((code & f->mask) != f->match)
			continue;
		if (f->say != NULL)
			f->say(code, e);
		else
			text_copy(e->what, MCA_WHAT, f->what);
		return;
	}
	fmt_to(e->what, MCA_WHAT, "error code 0x%x", (unsigned)code);
}

/* ---- what only one maker's banks say ---- */

static void say_poison(struct mca_error *e)
{
	text_copy(e->what, MCA_WHAT, "use of data marked as bad");
	e->memory =
		true; /* where nearly all such data come from; a cache that lost them has its own report */
}

static void refine_intel(const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e)
{
	const uint64_t code = bits(bank->status, 15, 0);

	if ((capabilities & CAP_COUNTS) != 0 && e->severity == MCA_CORRECTED)
		e->count = bits(bank->status, 52, 38);
	if ((capabilities & CAP_RECOVERY) != 0 && e->severity == MCA_UNCORRECTED &&
		(bank->status & STATUS_ACTION) == STATUS_ACTION &&
		(code == CODE_DATA_LOAD || code == CODE_INSTRUCTION_FETCH))
		say_poison(e);
}

static void refine_amd(const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e)
{
	(void)capabilities;
	if (bank->bank != NORTHBRIDGE_BANK || bits(bank->status, 20, 16) != NORTHBRIDGE_ECC ||
		(bank->status & NORTHBRIDGE_MASK) != NORTHBRIDGE_MATCHES)
		return;
	text_copy(e->what, MCA_WHAT, "memory ECC");
	e->memory = true;
}

/* Names by extended error code. Only DRAM ECC is the cells' alone; the others are the way to them, or the controller. */
static const char *const umc_errors[] = {"memory ECC", "memory write of poisoned data",
	"memory controller, fabric parity", "memory controller, register access",
	"memory address or command parity", "memory write data CRC",
	"memory controller, command queue", "memory controller, encryption",
	"memory scrub of a row", "memory scrub", "memory controller, throttling",
	"memory read data CRC"};

static void refine_scalable(const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e)
{
	const uint64_t extended = bits(bank->status, 21, 16);

	(void)capabilities;
	if (bits(bank->identity, 43, 32) == HARDWARE_UMC &&
		bits(bank->identity, 63, 48) < UMC_TYPES) {
		text_copy(e->what, MCA_WHAT,
			extended < ARRAY_LEN(umc_errors) ? umc_errors[extended]
							 : "memory controller");
		e->memory = true;
		e->has_channel = true;
		e->channel = (unsigned)bits(bank->identity, 31, 20);
	} else if ((bank->status & STATUS_POISON) != 0 && e->severity != MCA_CORRECTED) {
		say_poison(e);
	}
}

/* ---- the address ---- */

/* A memory controller of scalable MCA counts within its channel, and no register says when an address is physical. */
static void take_raw_address(
	const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e)
{
	(void)capabilities;
	e->has_raw_address = true;
	e->raw_address = bank->address;
}

/* Where MCi_MISC says what the address is, that decides; where it cannot, a memory controller's is physical. */
static void take_address(const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e)
{
	const bool told = (capabilities & CAP_RECOVERY) != 0 &&
			  (bank->status & STATUS_MISC_VALID) != 0;
	const unsigned lowest = told ? (unsigned)bits(bank->misc, 5, 0) : 0;
	const bool physical = told ? bits(bank->misc, 8, 6) == MISC_MODE_PHYSICAL : e->memory;

	if (!physical || lowest >= PHYSICAL_BITS || bank->address >> PHYSICAL_BITS != 0) {
		take_raw_address(bank, capabilities, e);
		return;
	}
	e->has_address = true;
	e->address = bank->address >> lowest << lowest;
}

/* ---- all together ---- */

static const struct {
	uint64_t deferred; /* bit of the status */
	void (*refine)(const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e);
	void (*take_address)(
		const struct mca_bank *bank, uint64_t capabilities, struct mca_error *e);
} layouts[] = {
	[MCA_INTEL] = {0, refine_intel, take_address},
	[MCA_AMD] = {STATUS_DEFERRED, refine_amd, take_address},
	[MCA_AMD_SCALABLE] = {STATUS_DEFERRED, refine_scalable, take_raw_address},
};

static enum mca_severity severity_of(uint64_t status, uint64_t deferred)
{
	if ((status & STATUS_UNCORRECTED) != 0)
		return MCA_UNCORRECTED;
	return (status & deferred) != 0 ? MCA_DEFERRED : MCA_CORRECTED;
}

void mca_decode(const struct mca_bank *bank, enum mca_layout layout, uint64_t capabilities,
	struct mca_error *ret)
{
	struct mca_error e = {.severity = severity_of(bank->status, layouts[layout].deferred),
		.reporting = (bank->status & STATUS_ENABLED) != 0,
		.overflow = (bank->status & STATUS_OVERFLOW) != 0,
		.context_lost = (bank->status & STATUS_CONTEXT_LOST) != 0};

	decode_code(bank->status, &e);
	layouts[layout].refine(bank, capabilities, &e);
	if (e.count == 0)
		e.count = 1;
	if ((bank->status & STATUS_ADDR_VALID) != 0)
		layouts[layout].take_address(bank, capabilities, &e);
	*ret = e;
}
