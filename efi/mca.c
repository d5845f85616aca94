/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The machine-check port: what all CPUs' banks hold, and errors that interrupt the work.
 *
 * Hardware: machine-check banks (mca_banks.h), vector 18, the reset control register at port 0xcf9.
 * Spec.  PI 1.8 volume 2, 12.3 (RegisterInterruptHandler); Intel SDM volume 3, "Machine-Check Architecture": the exception
 *        may be returned from if MCG_STATUS.RIPV is set and no bank has PCC set.
 * Trust. Nothing is switched on or off that the firmware had set: MCi_CTL and CR4.MCE stay as they are. Where other
 *        CPUs cannot be asked the boot CPU's banks are read alone. An exception that cannot be returned from, or that comes
 *        again and again, resets the machine as if there were no handler: banks survive that, and the next run tells
 *        both of them and of the run that was interrupted. Other CPUs take the exception through the boot CPU's table.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/mca_banks.h"
#include "efi/mp.h"
#include "efi/parts.h"
#include "efi/status.h"

#define TIMEOUT_NS UINT64_C(10000000000)
#define VECTOR     18
#define EXCEPTIONS_MAX \
	64u /* between two looks: a CPU that executes the same bad load over and over */
#define CAP_COUNT  0xffu
#define RESET_PORT 0xcf9u
#define RESET_HARD 0x06u /* of CPUs and chipset, power stays on */

static struct {
	struct machine *machine;
	enum mca_layout layout;
	uint32_t read;         /* CPUs that were through with their banks in the last look */
	uint32_t exceptions;   /* since the last look */
	struct cpu_arch *arch; /* that has our handler; NULL: none has */
} mca;

/* ---- on any CPU ---- */

/* A part that the boot CPU runs in another's place would read the boot CPU's banks again: it is left out. */
static void take_part(void *arg, unsigned part)
{
	const unsigned own = mp_own_cpu();

	(void)arg;
	if (own != part && own < MP_CPUS_MAX)
		return;
	if (mca_banks_take(mca.layout, part))
		__atomic_add_fetch(&mca.read, 1, __ATOMIC_ACQ_REL);
}

static void reset(void)
{
	__asm__ volatile("outb %0, %1" : : "a"((uint8_t)RESET_HARD), "Nd"((uint16_t)RESET_PORT));
	for (;;)
		__asm__ volatile("hlt");
}

/* One exception goes to all CPUs of a machine: only those that had a part in it count. */
static VOID EFIAPI on_exception(INTN vector, VOID *context)
{
	const unsigned own = mp_own_cpu();

	(void)vector;
	(void)context;
	if (!mca_can_return(mca.layout))
		reset();
	if (mca_banks_take_exception(mca.layout, own < MP_CPUS_MAX ? own : 0) > 0 &&
		__atomic_add_fetch(&mca.exceptions, 1, __ATOMIC_ACQ_REL) > EXCEPTIONS_MAX)
		reset();
	mca_exception_done();
}

/* ---- on the boot CPU ---- */

static enum cpu_result take(void *ctx, unsigned cpus, struct mca_take *ret)
{
	struct machine *m = mca.machine;
	enum cpu_result result = CPUS_DONE;

	(void)ctx;
	mca.read = 0;
	if (cpus > 1)
		result = m->cpus.run(m->cpus.ctx, take_part, NULL, cpus, TIMEOUT_NS);
	if (cpus <= 1 || result == CPUS_REFUSED)
		take_part(NULL, 0);
	if (result != CPUS_DONE)
		text_copy(m->mca.error, sizeof(m->mca.error), m->cpus.error);
	mca_banks_collect(ret);
	ret->cpus = __atomic_load_n(&mca.read, __ATOMIC_ACQUIRE);
	__atomic_store_n(&mca.exceptions, 0, __ATOMIC_RELEASE);
	return result;
}

/* What becomes of machine-check exceptions, for the note. */
static const char *handle_exceptions(char *text, size_t cap)
{
	VOID *found = NULL;
	EFI_STATUS status;

	if (!mca_exceptions_on())
		return "are off: an uncorrected error resets the machine";
	status = fw.boot->LocateProtocol(&guid_cpu_arch, NULL, &found);
	if (!EFI_ERROR(status) && found != NULL) {
		struct cpu_arch *arch = found;

		status = arch->register_handler(arch, VECTOR, on_exception);
		if (!EFI_ERROR(status)) {
			mca.arch = arch;
			return "are taken by this program";
		}
	}
	status_say(text, cap, "are the firmware's: Cpu.RegisterInterruptHandler", status);
	return text;
}

void mca_build(struct machine *machine)
{
	char text[PORT_ERROR];

	mca.machine = machine;
	if (!mca_banks_present(&mca.layout))
		return;
	machine->mca = (struct mca_port){
		.layout = mca.layout, .capabilities = mca_banks_capabilities(), .take = take};
	machine_note(machine, "%u machine-check banks, MCG_CAP 0x%llx; exceptions %s",
		(unsigned)(machine->mca.capabilities & CAP_COUNT),
		(unsigned long long)machine->mca.capabilities,
		handle_exceptions(text, sizeof(text)));
}

void mca_release(void)
{
	if (mca.arch != NULL)
		mca.arch->register_handler(mca.arch, VECTOR, NULL);
	mca.arch = NULL;
}
