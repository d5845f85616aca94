/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What one machine-check bank says: status words put together bit by bit from the manuals' tables. */
#include "core/rng.h"
#include "evidence/mca.h"
#include "tests/test.h"

#define BIT(n)       (UINT64_C(1) << (n))
#define VAL          BIT(63)
#define OVER         BIT(62)
#define UC           BIT(61)
#define EN           BIT(60)
#define MISCV        BIT(59)
#define ADDRV        BIT(58)
#define PCC          BIT(57)
#define S_AR         (BIT(56) | BIT(55))
#define AMD_DEFERRED BIT(44)
#define AMD_POISON   BIT(43)
#define COUNT(n)     ((uint64_t)(n) << 38)
#define EXTENDED(n)  ((uint64_t)(n) << 16)

#define CMCI BIT(10)
#define SER  BIT(24)
#define OLD  10 /* banks, nothing else */

#define PHYSICAL(lsb) (UINT64_C(2) << 6 | (lsb))
#define LINEAR        (UINT64_C(1) << 6)
#define IN_CHANNEL    (UINT64_C(3) << 6)

#define UMC(channel) (UINT64_C(0x96) << 32 | (uint64_t)(channel) << 20)
#define UMC_V2       (UINT64_C(1) << 48 | UINT64_C(0x96) << 32)
#define LS_UNIT      (UINT64_C(0x10) << 48 | UINT64_C(0xb0) << 32)

#define NO_CHANNEL 99u
#define NONE       UINT64_MAX

static const struct {
	const char *name;
	enum mca_layout layout;
	uint64_t capabilities;
	struct mca_bank bank;
	bool memory;
	enum mca_severity severity;
	uint64_t count;
	uint64_t address, raw_address;
	unsigned channel;
	const char *what;
} rows[] = {
	/* ---- memory controllers: 000F 0000 1MMM CCCC ---- */
	{"read, channel not said", MCA_INTEL, CMCI | SER,
		{.bank = 9,
			.status = VAL | EN | MISCV | ADDRV | COUNT(1) | 0x009f,
			.address = 0x1234567,
			.misc = PHYSICAL(6)},
		true, MCA_CORRECTED, 1, 0x1234540, NONE, NO_CHANNEL, "memory read"},
	{"write, channel 2, 700 of them", MCA_INTEL, CMCI | SER,
		{.bank = 7,
			.status = VAL | EN | MISCV | ADDRV | COUNT(700) | 0x00a2,
			.address = 0x880001000,
			.misc = PHYSICAL(12)},
		true, MCA_CORRECTED, 700, 0x880001000, NONE, 2, "memory write"},
	{"the count has 15 bits", MCA_INTEL, CMCI,
		{.bank = 7, .status = VAL | BIT(53) | COUNT(0x7fff) | 0x0080}, true, MCA_CORRECTED,
		0x7fff, NONE, NONE, 0, "memory access"},
	{"no count without CMCI", MCA_INTEL, SER, {.bank = 7, .status = VAL | COUNT(700) | 0x00b3},
		true, MCA_CORRECTED, 1, NONE, NONE, 3, "memory address or command"},
	{"scrub, uncorrected, no action needed", MCA_INTEL, CMCI | SER,
		{.bank = 7,
			.status = VAL | UC | EN | MISCV | ADDRV | COUNT(5) | 0x00c1,
			.address = 0x7000,
			.misc = PHYSICAL(12)},
		true, MCA_UNCORRECTED, 1, 0x7000, NONE, 1, "memory scrub"},
	{"correction report filtering is no part of the code", MCA_INTEL, CMCI,
		{.bank = 7, .status = VAL | 0x1090}, true, MCA_CORRECTED, 1, NONE, NONE, 0,
		"memory read"},
	{"memory as a cache of memory", MCA_INTEL, CMCI, {.bank = 7, .status = VAL | 0x0291}, true,
		MCA_CORRECTED, 1, NONE, NONE, 1, "memory read"},
	{"reserved request", MCA_INTEL, CMCI, {.bank = 7, .status = VAL | 0x00f4}, true,
		MCA_CORRECTED, 1, NONE, NONE, 4, "memory access"},

	/* ---- addresses ---- */
	{"linear address", MCA_INTEL, SER,
		{.status = VAL | MISCV | ADDRV | 0x0090, .address = 0x5000, .misc = LINEAR}, true,
		MCA_CORRECTED, 1, NONE, 0x5000, 0, "memory read"},
	{"address within the channel", MCA_INTEL, SER,
		{.status = VAL | MISCV | ADDRV | 0x0090, .address = 0x5000, .misc = IN_CHANNEL},
		true, MCA_CORRECTED, 1, NONE, 0x5000, 0, "memory read"},
	{"physical, but no bit of it is good", MCA_INTEL, SER,
		{.status = VAL | MISCV | ADDRV | 0x0090, .address = 0x5000, .misc = PHYSICAL(63)},
		true, MCA_CORRECTED, 1, NONE, 0x5000, 0, "memory read"},
	{"beyond any physical address", MCA_INTEL, SER,
		{.status = VAL | MISCV | ADDRV | 0x0090, .address = BIT(52), .misc = PHYSICAL(0)},
		true, MCA_CORRECTED, 1, NONE, BIT(52), 0, "memory read"},
	{"old CPU: a memory controller's is physical", MCA_INTEL, OLD,
		{.status = VAL | MISCV | ADDRV | 0x0090, .address = 0x5678, .misc = LINEAR}, true,
		MCA_CORRECTED, 1, 0x5678, NONE, 0, "memory read"},
	{"old CPU: a cache's may be anything", MCA_INTEL, OLD,
		{.status = VAL | ADDRV | 0x0135, .address = 0x5678}, false, MCA_CORRECTED, 1, NONE,
		0x5678, NO_CHANNEL, "data cache, level 1, data read"},
	{"not valid: not looked at", MCA_INTEL, SER,
		{.status = VAL | MISCV | 0x0090, .address = 0x5000, .misc = PHYSICAL(0)}, true,
		MCA_CORRECTED, 1, NONE, NONE, 0, "memory read"},

	/* ---- CPUs ---- */
	{"poisoned load", MCA_INTEL, SER,
		{.bank = 1,
			.status = VAL | UC | EN | MISCV | ADDRV | S_AR | 0x0134,
			.address = 0x5040,
			.misc = PHYSICAL(6)},
		true, MCA_UNCORRECTED, 1, 0x5040, NONE, NO_CHANNEL, "use of data marked as bad"},
	{"the same code without the action bits", MCA_INTEL, SER,
		{.bank = 1, .status = VAL | UC | EN | 0x0134}, false, MCA_UNCORRECTED, 1, NONE,
		NONE, NO_CHANNEL, "data cache, level 0, data read"},
	{"eviction", MCA_INTEL, CMCI, {.status = VAL | COUNT(3) | 0x017a}, false, MCA_CORRECTED, 3,
		NONE, NONE, NO_CHANNEL, "cache, level 2, eviction"},
	{"reserved request", MCA_INTEL, CMCI, {.status = VAL | 0x01fb}, false, MCA_CORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "cache"},
	{"cache of some level", MCA_INTEL, CMCI, {.status = VAL | 0x000e}, false, MCA_CORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "cache, level 2"},
	{"TLB", MCA_INTEL, CMCI, {.status = VAL | 0x0011}, false, MCA_CORRECTED, 1, NONE, NONE,
		NO_CHANNEL, "instruction TLB, level 1"},
	{"bus", MCA_INTEL, CMCI, {.status = VAL | UC | PCC | 0x0f3b}, false, MCA_UNCORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "bus or interconnect, I/O, data read, timed out"},
	{"I/O is no bus error", MCA_INTEL, CMCI, {.status = VAL | UC | 0x0e0b}, false,
		MCA_UNCORRECTED, 1, NONE, NONE, NO_CHANNEL, "I/O"},
	{"internal timer", MCA_INTEL, CMCI, {.status = VAL | UC | PCC | 0x0400}, false,
		MCA_UNCORRECTED, 1, NONE, NONE, NO_CHANNEL, "internal timer"},
	{"internal", MCA_INTEL, CMCI, {.status = VAL | UC | 0x0412}, false, MCA_UNCORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "internal"},
	{"parity", MCA_INTEL, CMCI, {.status = VAL | 0x0005}, false, MCA_CORRECTED, 1, NONE, NONE,
		NO_CHANNEL, "internal parity"},
	{"nothing said", MCA_INTEL, CMCI, {.status = VAL}, false, MCA_CORRECTED, 1, NONE, NONE,
		NO_CHANNEL, "no error code"},
	{"a code that does not exist", MCA_INTEL, CMCI, {.status = VAL | 0xe123}, false,
		MCA_CORRECTED, 1, NONE, NONE, NO_CHANNEL, "error code 0xe123"},

	/* ---- bit 44 is the count on one maker's CPUs, a kind of error on the other's ---- */
	{"64 corrected ones", MCA_INTEL, CMCI, {.status = VAL | BIT(44) | 0x0090}, true,
		MCA_CORRECTED, 64, NONE, NONE, 0, "memory read"},
	{"northbridge ECC", MCA_AMD, OLD,
		{.bank = 4, .status = VAL | EN | ADDRV | EXTENDED(8) | 0x0a13, .address = 0x12340},
		true, MCA_CORRECTED, 1, 0x12340, NONE, NO_CHANNEL, "memory ECC"},
	{"the same of another bank", MCA_AMD, OLD,
		{.bank = 2, .status = VAL | EN | EXTENDED(8) | 0x0a13}, false, MCA_CORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "bus or interconnect, memory, read"},
	{"northbridge, not ECC", MCA_AMD, OLD,
		{.bank = 4, .status = VAL | UC | EXTENDED(7) | 0x0a13}, false, MCA_UNCORRECTED, 1,
		NONE, NONE, NO_CHANNEL, "bus or interconnect, memory, read"},
	{"northbridge, deferred", MCA_AMD, OLD,
		{.bank = 4, .status = VAL | AMD_DEFERRED | EXTENDED(8) | 0x0813}, true,
		MCA_DEFERRED, 1, NONE, NONE, NO_CHANNEL, "memory ECC"},
	{"UMC: looks like a cache's, address within the channel", MCA_AMD_SCALABLE, OLD,
		{.bank = 17,
			.status = VAL | EN | MISCV | ADDRV | 0x011b,
			.address = 0x123400,
			.misc = PHYSICAL(0),
			.identity = UMC(3)},
		true, MCA_CORRECTED, 1, NONE, 0x123400, 3, "memory ECC"},
	{"UMC, never physical even where the CPU tells of kinds", MCA_AMD_SCALABLE, SER,
		{.bank = 17,
			.status = VAL | MISCV | ADDRV | 0x011b,
			.address = 0x123400,
			.misc = PHYSICAL(0),
			.identity = UMC(0)},
		true, MCA_CORRECTED, 1, NONE, 0x123400, 0, "memory ECC"},
	{"UMC command parity", MCA_AMD_SCALABLE, OLD,
		{.bank = 17, .status = VAL | UC | PCC | EXTENDED(4) | 0x0e0b, .identity = UMC(1)},
		true, MCA_UNCORRECTED, 1, NONE, NONE, 1, "memory address or command parity"},
	{"UMC, code from the future", MCA_AMD_SCALABLE, OLD,
		{.bank = 17, .status = VAL | EXTENDED(63) | 0x011b, .identity = UMC_V2}, true,
		MCA_CORRECTED, 1, NONE, NONE, 0, "memory controller"},
	{"deferred", MCA_AMD_SCALABLE, OLD,
		{.bank = 17, .status = VAL | AMD_DEFERRED | 0x011b, .identity = UMC(0)}, true,
		MCA_DEFERRED, 1, NONE, NONE, 0, "memory ECC"},
	{"poison used", MCA_AMD_SCALABLE, OLD,
		{.bank = 0, .status = VAL | UC | AMD_POISON | 0x0135, .identity = LS_UNIT}, true,
		MCA_UNCORRECTED, 1, NONE, NONE, NO_CHANNEL, "use of data marked as bad"},
	{"the same bank, its own error", MCA_AMD_SCALABLE, OLD,
		{.bank = 0, .status = VAL | UC | 0x0135, .identity = LS_UNIT}, false,
		MCA_UNCORRECTED, 1, NONE, NONE, NO_CHANNEL, "data cache, level 1, data read"},
};

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mca_error e;

		mca_decode(&rows[i].bank, rows[i].layout, rows[i].capabilities, &e);
		CHECK(e.memory == rows[i].memory, "%s", rows[i].name);
		CHECK(e.severity == rows[i].severity, "%s", rows[i].name);
		CHECK(e.count == rows[i].count, "%s: %" PRIu64, rows[i].name, e.count);
		CHECK((e.has_address ? e.address : NONE) == rows[i].address, "%s: %" PRIx64,
			rows[i].name, e.address);
		CHECK((e.has_raw_address ? e.raw_address : NONE) == rows[i].raw_address,
			"%s: %" PRIx64, rows[i].name, e.raw_address);
		CHECK((e.has_channel ? e.channel : NO_CHANNEL) == rows[i].channel, "%s: %u",
			rows[i].name, e.channel);
		CHECK(strcmp(e.what, rows[i].what) == 0, "%s: \"%s\"", rows[i].name, e.what);
	}
}

static void test_flags(void)
{
	struct mca_bank bank = {.status = VAL | 0x0090};
	struct mca_error e;

	mca_decode(&bank, MCA_INTEL, 0, &e);
	CHECK(!e.overflow && !e.context_lost && !e.reporting);
	bank.status |= OVER;
	mca_decode(&bank, MCA_INTEL, 0, &e);
	CHECK(e.overflow && !e.context_lost && !e.reporting);
	bank.status |= PCC | EN;
	mca_decode(&bank, MCA_INTEL, 0, &e);
	CHECK(e.overflow && e.context_lost && e.reporting);
}

/* Whatever the registers hold: a text, a count, and at most one address, which is one that a machine can have. */
static void test_anything(void)
{
	struct rng r = {17};

	for (unsigned i = 0; i < 200000; i++) {
		const struct mca_bank bank = {.bank = (unsigned)rng_next(&r) % 64,
			.status = rng_next(&r),
			.address = rng_next(&r) >> rng_next(&r) % 64,
			.misc = rng_next(&r),
			.identity = i % 2 ? rng_next(&r) : UMC(rng_next(&r) % 4096)};
		struct mca_error e;

		mca_decode(&bank, (enum mca_layout)(i % 3), rng_next(&r), &e);
		CHECK(e.what[0] != '\0' && memchr(e.what, '\0', sizeof(e.what)) != NULL &&
			e.count >= 1 && e.count <= 0x7fff &&
			!(e.has_address && e.has_raw_address) &&
			(!e.has_address || e.address < BIT(52)));
	}
}

int main(void)
{
	test_rows();
	test_flags();
	test_anything();
	return test_end(__FILE__);
}
