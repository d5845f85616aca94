/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading and clearing machine-check banks. See mca_banks.h.
 *
 * What was taken waits in slots that any CPU may fill at any time, in a handler too, and only the boot CPU empties.
 * Banks beyond a core are the same registers on several CPUs: a lock keeps two of them from taking one error twice.
 */
#include "efi/mca_banks.h"
#include <cpuid.h>

#define CPUID_MCE      (1u << 7)  /* leaf 1, EDX */
#define CPUID_MCA      (1u << 14) /* leaf 1, EDX */
#define CPUID_SCALABLE (1u << 3)  /* leaf 0x80000007, EBX, AMD only */

#define MSR_MCG_CAP    0x179u
#define MSR_MCG_STATUS 0x17au
#define MCG_RIPV       UINT64_C(1)
#define CR4_MCE        (UINT64_C(1) << 6)
#define BANKS_MAX      64u

#define STATUS_VALID          (UINT64_C(1) << 63)
#define STATUS_MISC_VALID     (UINT64_C(1) << 59)
#define STATUS_ADDR_VALID     (UINT64_C(1) << 58)
#define STATUS_CONTEXT_LOST   (UINT64_C(1) << 57)
#define STATUS_SYNDROME_VALID (UINT64_C(1) << 53) /* scalable MCA */
#define STATUS_DEFERRED       (UINT64_C(1) << 44) /* scalable MCA */

#define SPINS_MAX 1000000u /* a tenth of a second or more; the lock is held for microseconds */

/* The registers of bank 0, and from one bank to the next. 0: there is none. */
static const struct registers {
	uint32_t status, address, misc, syndrome, identity;
	uint32_t deferred_status, deferred_address; /* errors that may be in no other register */
	uint32_t step;
} layouts[] = {
	[MCA_INTEL] = {.status = 0x401, .address = 0x402, .misc = 0x403, .step = 4},
	[MCA_AMD] = {.status = 0x401, .address = 0x402, .misc = 0x403, .step = 4},
	[MCA_AMD_SCALABLE] = {.status = 0xc0002001,
		.address = 0xc0002002,
		.misc = 0xc0002003,
		.syndrome = 0xc0002006,
		.identity = 0xc0002005,
		.deferred_status = 0xc0002008,
		.deferred_address = 0xc0002009,
		.step = 0x10},
};

enum { FREE, BEING_FILLED, FULL };

static struct {
	uint32_t lock;
	uint8_t state[MCA_TAKE_MAX];
	struct mca_bank slots[MCA_TAKE_MAX];
} taken;

static uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

static void wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

/* ---- what there is ---- */

static bool is_amd(void)
{
	unsigned leaves, name[3]; /* EBX, EDX, ECX */

	__cpuid(0, leaves, name[0], name[2], name[1]);
	return memcmp(name, "AuthenticAMD", sizeof(name)) == 0 ||
	       memcmp(name, "HygonGenuine", sizeof(name)) == 0;
}

bool mca_banks_present(enum mca_layout *ret_layout)
{
	unsigned a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || (d & CPUID_MCE) == 0 || (d & CPUID_MCA) == 0)
		return false;
	*ret_layout = MCA_INTEL;
	if (is_amd())
		*ret_layout = __get_cpuid(0x80000007, &a, &b, &c, &d) && (b & CPUID_SCALABLE) != 0
				      ? MCA_AMD_SCALABLE
				      : MCA_AMD;
	return true;
}

uint64_t mca_banks_capabilities(void)
{
	return rdmsr(MSR_MCG_CAP);
}

bool mca_exceptions_on(void)
{
	uint64_t cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	return (cr4 & CR4_MCE) != 0;
}

void mca_exception_done(void)
{
	wrmsr(MSR_MCG_STATUS, 0);
}

/* ---- slots ---- */

/* The number of a slot that is now ours to fill; MCA_TAKE_MAX: none is free. */
static uint32_t claim_slot(void)
{
	uint32_t slot = 0;

	for (; slot < MCA_TAKE_MAX; slot++) {
		uint8_t expected = FREE;

		if (__atomic_compare_exchange_n(&taken.state[slot], &expected, BEING_FILLED, false,
			    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			break;
	}
	return slot;
}

void mca_banks_collect(struct mca_take *ret)
{
	ret->count = 0;
	for (uint32_t slot = 0; slot < MCA_TAKE_MAX; slot++) {
		if (__atomic_load_n(&taken.state[slot], __ATOMIC_ACQUIRE) != FULL)
			continue;
		ret->banks[ret->count++] = taken.slots[slot];
		__atomic_store_n(&taken.state[slot], FREE, __ATOMIC_RELEASE);
	}
}

/* ---- one bank ---- */

static uint64_t read_if(bool there, uint32_t first, uint32_t offset)
{
	return there && first != 0 ? rdmsr(first + offset) : 0;
}

/* Takes the error in one pair of status and address registers. Returns its status, 0 if there is none. */
static uint64_t take_one(const struct registers *r, uint32_t status_register,
	uint32_t address_register, struct mca_bank bank)
{
	const uint32_t offset = bank.bank * r->step;
	const uint64_t status = rdmsr(status_register + offset);
	uint32_t slot;

	if ((status & STATUS_VALID) == 0)
		return 0;
	slot = claim_slot();
	if (slot == MCA_TAKE_MAX)
		return status;
	bank.status = status;
	bank.address = read_if((status & STATUS_ADDR_VALID) != 0, address_register, offset);
	bank.misc = read_if((status & STATUS_MISC_VALID) != 0, r->misc, offset);
	bank.syndrome = read_if((status & STATUS_SYNDROME_VALID) != 0, r->syndrome, offset);
	bank.identity = read_if(true, r->identity, offset);
	taken.slots[slot] = bank;
	__atomic_store_n(&taken.state[slot], FULL, __ATOMIC_RELEASE);
	wrmsr(status_register + offset, 0); /* any other value is an exception */
	return status;
}

static unsigned bank_count(void)
{
	const unsigned said = (unsigned)mca_banks_capabilities() & 0xff;

	return said < BANKS_MAX ? said : BANKS_MAX;
}

/* All banks of this CPU. Returns how many errors they held. */
static unsigned take_all(enum mca_layout layout, unsigned cpu, bool exception)
{
	const struct registers *r = &layouts[layout];
	const unsigned count = bank_count();
	unsigned errors = 0;

	for (unsigned n = 0; n < count; n++) {
		const struct mca_bank bank = {.cpu = cpu, .bank = n, .exception = exception};
		const uint64_t status = take_one(r, r->status, r->address, bank);

		errors += status != 0;
		/* A deferred error may be in both pairs of registers, or in the second alone. */
		if (r->deferred_status != 0 && (status & STATUS_DEFERRED) != 0)
			wrmsr(r->deferred_status + n * r->step, 0);
		else if (r->deferred_status != 0)
			errors += take_one(r, r->deferred_status, r->deferred_address, bank) != 0;
	}
	return errors;
}

bool mca_can_return(enum mca_layout layout)
{
	const struct registers *r = &layouts[layout];
	const unsigned count = bank_count();

	for (unsigned n = 0; n < count; n++) {
		const uint64_t status = rdmsr(r->status + n * r->step);

		if ((status & STATUS_VALID) != 0 && (status & STATUS_CONTEXT_LOST) != 0)
			return false;
	}
	return (rdmsr(MSR_MCG_STATUS) & MCG_RIPV) != 0;
}

/* ---- one CPU ---- */

static bool lock(void)
{
	for (uint32_t spins = 0; spins < SPINS_MAX; spins++) {
		if (__atomic_exchange_n(&taken.lock, 1, __ATOMIC_ACQUIRE) == 0)
			return true;
		__builtin_ia32_pause();
	}
	return false;
}

static void unlock(void)
{
	__atomic_store_n(&taken.lock, 0, __ATOMIC_RELEASE);
}

bool mca_banks_take(enum mca_layout layout, unsigned cpu)
{
	if (!lock())
		return false;
	take_all(layout, cpu, false);
	unlock();
	return true;
}

unsigned mca_banks_take_exception(enum mca_layout layout, unsigned cpu)
{
	const bool locked = lock(); /* it may be this very CPU's own that was interrupted */
	const unsigned errors = take_all(layout, cpu, true);

	if (locked)
		unlock();
	return errors;
}
