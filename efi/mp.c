/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* One job on all CPUs. See mp.h.
 *
 * The job is one static record that every CPU reads. It is only changed when all CPUs have left our code: each
 * counts itself out, and where one does not, the firmware's word that it is done is waited for.
 */
#include "efi/mp.h"
#include "core/fmt.h"
#include "core/text.h"
#include "efi/status.h"
#include <cpuid.h>

#define MARGIN_NS UINT64_C(1000000000) /* what the firmware may take to notice its own timeout */
#define RETURN_NS UINT64_C(2000000)    /* for CPUs to get from our code back to the firmware's */
#define NO_SEAT   UINT32_MAX
#define NS_PER_US 1000u

/* Our number of a CPU is its index. */
struct seat {
	uint64_t apic_id;
	UINTN number; /* the firmware's */
};

static struct {
	struct mp_services *mp; /* NULL: none */
	const struct clock_port *clock;
	struct seat seats[MP_CPUS_MAX];
	uint32_t seat_count;
	uint32_t apic_ids[MP_CPUS_MAX];
	EFI_EVENT
	done; /* signalled once the firmware sees the last non-blocking job's end; or NULL */
} mp;

static struct {
	cpu_work *work;
	void *arg;
	uint32_t parts;
	uint32_t left; /* CPUs other than the boot CPU that are through with it */
	uint8_t started[MP_CPUS_MAX];
	uint8_t ended[MP_CPUS_MAX];
} job;

/* ---- on any CPU ---- */

static uint64_t own_apic_id(void)
{
	unsigned a, b, c, d;

	if (__get_cpuid_count(0x0b, 0, &a, &b, &c, &d) && b != 0)
		return d;
	if (__get_cpuid(1, &a, &b, &c, &d))
		return b >> 24;
	return UINT64_MAX;
}

unsigned mp_own_cpu(void)
{
	uint64_t id = own_apic_id();

	for (uint32_t i = 0; i < mp.seat_count; i++) {
		if (mp.seats[i].apic_id == id)
			return i;
	}
	return MP_CPUS_MAX;
}

static uint32_t own_seat(void)
{
	unsigned cpu = mp_own_cpu();
	UINTN number = 0;

	if (cpu < MP_CPUS_MAX)
		return cpu;
	/* The one service that other CPUs may call: for firmware whose ids are not CPUID's. */
	if (EFI_ERROR(mp.mp->who_am_i(mp.mp, &number)))
		return NO_SEAT;
	for (uint32_t i = 0; i < mp.seat_count; i++) {
		if (mp.seats[i].number == number)
			return i;
	}
	return NO_SEAT;
}

/* Runs a part unless some CPU already has. */
static bool run_part(uint32_t part)
{
	if (__atomic_exchange_n(&job.started[part], 1, __ATOMIC_ACQ_REL) != 0)
		return false;
	job.work(job.arg, part);
	__atomic_store_n(&job.ended[part], 1, __ATOMIC_RELEASE);
	return true;
}

static VOID EFIAPI enter(VOID *argument)
{
	uint32_t seat = own_seat();

	(void)argument;
	if (seat == 0 || seat == NO_SEAT)
		return;
	if (seat < job.parts)
		run_part(seat);
	__atomic_add_fetch(&job.left, 1, __ATOMIC_ACQ_REL);
}

static VOID EFIAPI enter_alone(VOID *argument)
{
	(void)argument;
	run_part(0);
}

/* ---- on the boot CPU ---- */

static uint64_t now_ns(void)
{
	return mp.clock->now_ns(mp.clock->ctx);
}

static UINTN timeout_us(uint64_t timeout_ns)
{
	return timeout_ns / NS_PER_US + 1; /* 0 would mean for ever */
}

static void set_job(cpu_work *work, void *arg, unsigned parts)
{
	memset(&job, 0, sizeof(job));
	job.work = work;
	job.arg = arg;
	job.parts = parts;
}

static bool ended(uint32_t part)
{
	return __atomic_load_n(&job.ended[part], __ATOMIC_ACQUIRE) != 0;
}

static bool all_left(void)
{
	return __atomic_load_n(&job.left, __ATOMIC_ACQUIRE) + 1 >= mp.seat_count;
}

static enum cpu_result refused(char *error, const char *call, EFI_STATUS status)
{
	status_say(error, PORT_ERROR, call, status);
	return CPUS_REFUSED;
}

static enum cpu_result lost(char *error, unsigned cpu)
{
	fmt_to(error, PORT_ERROR, "CPU %u did not finish its work in time", cpu);
	return CPUS_TIMEOUT;
}

/* All CPUs are back, or late: judges that, and runs what nobody picked up. */
static enum cpu_result collect(bool late, unsigned *ret_here, char *error)
{
	unsigned here = 0;

	for (uint32_t part = 0; part < job.parts; part++) {
		if (!ended(part) && (late || job.started[part]))
			return lost(error, part);
	}
	for (uint32_t part = 0; part < job.parts; part++)
		here += run_part(part);
	if (ret_here != NULL)
		*ret_here = here;
	return CPUS_DONE;
}

/* Waits until the firmware has noticed that the last job is over: it may look only every 100 ms. */
static bool settle(void)
{
	uint64_t start = now_ns();

	while (mp.done != NULL && EFI_ERROR(fw.boot->CheckEvent(mp.done))) {
		if (now_ns() - start > MARGIN_NS)
			return false; /* the event stays: it may still be signalled */
		__builtin_ia32_pause();
	}
	if (mp.done != NULL)
		fw.boot->CloseEvent(mp.done);
	mp.done = NULL;
	return true;
}

/* Starts the job with an event of its own. Most firmware looks for CPUs that are done with the last job before it
 * answers, so that this need not be waited for; where it does not, or they are still on their way back, it is. */
static EFI_STATUS start_all(uint64_t timeout_ns)
{
	UINTN us = timeout_us(timeout_ns);
	uint64_t start = now_ns();
	EFI_EVENT done = NULL;
	EFI_STATUS status = fw.boot->CreateEvent(0, TPL_APPLICATION, NULL, NULL, &done);

	if (EFI_ERROR(status))
		return status;
	do {
		status = mp.mp->start_all(mp.mp, enter, FALSE, done, us, NULL, NULL);
	} while (status == EFI_NOT_READY && mp.done != NULL && now_ns() - start < RETURN_NS);
	if (status == EFI_NOT_READY && mp.done != NULL && settle())
		status = mp.mp->start_all(mp.mp, enter, FALSE, done, us, NULL, NULL);
	if (EFI_ERROR(status)) {
		fw.boot->CloseEvent(done);
		return status;
	}
	if (mp.done != NULL)
		fw.boot->CloseEvent(mp.done); /* it took new work: it is done with the old */
	mp.done = done;
	return status;
}

static enum cpu_result run_nonblocking(uint64_t timeout_ns, unsigned *ret_here, char *error)
{
	EFI_STATUS status = start_all(timeout_ns);
	uint64_t start = now_ns();
	bool late = false, told = false;

	if (EFI_ERROR(status))
		return refused(error, "MpServices.StartupAllAPs (non-blocking)", status);
	run_part(0);
	while (!all_left() && !late && !told) {
		told = !EFI_ERROR(fw.boot->CheckEvent(mp.done));
		late = now_ns() - start > timeout_ns + MARGIN_NS;
		__builtin_ia32_pause();
	}
	if (told) {
		fw.boot->CloseEvent(mp.done);
		mp.done = NULL;
	}
	return collect(late, ret_here, error);
}

static enum cpu_result run_blocking(uint64_t timeout_ns, unsigned *ret_here, char *error)
{
	EFI_STATUS status = EFI_NOT_READY;

	if (settle())
		status = mp.mp->start_all(
			mp.mp, enter, FALSE, NULL, timeout_us(timeout_ns), NULL, NULL);
	if (EFI_ERROR(status) && status != EFI_TIMEOUT)
		return refused(error, "MpServices.StartupAllAPs (blocking)", status);
	run_part(0);
	return collect(status == EFI_TIMEOUT, ret_here, error);
}

enum cpu_result mp_run(enum cpu_mode mode, cpu_work *work, void *arg, unsigned parts,
	uint64_t timeout_ns, unsigned *ret_here, char *error)
{
	set_job(work, arg, parts);
	if (parts > 1 && mode == CPUS_NONBLOCKING)
		return run_nonblocking(timeout_ns, ret_here, error);
	if (parts > 1 && mode == CPUS_BLOCKING)
		return run_blocking(timeout_ns, ret_here, error);
	for (uint32_t part = 0; part < parts; part++)
		run_part(part);
	return CPUS_DONE;
}

enum cpu_result mp_run_on(unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns, char *error)
{
	EFI_STATUS status = EFI_NOT_READY;

	set_job(work, arg, 1);
	if (cpu == 0) {
		run_part(0);
		return CPUS_DONE;
	}
	if (settle())
		status = mp.mp->start_one(mp.mp, enter_alone, mp.seats[cpu].number, NULL,
			timeout_us(timeout_ns), NULL, NULL);
	if (EFI_ERROR(status) && status != EFI_TIMEOUT)
		return refused(error, "MpServices.StartupThisAP", status);
	return ended(0) ? CPUS_DONE : lost(error, cpu);
}

/* ---- set-up ---- */

static void list_processors(UINTN all)
{
	const uint32_t usable = MP_PROCESSOR_ENABLED | MP_PROCESSOR_HEALTHY;

	for (UINTN number = 0; number < all && mp.seat_count < MP_CPUS_MAX; number++) {
		struct mp_processor info = {0};

		if (EFI_ERROR(mp.mp->info(mp.mp, number, &info)))
			continue;
		if ((info.status & MP_PROCESSOR_IS_BSP) != 0)
			mp.seats[0] = (struct seat){info.id, number};
		else if ((info.status & usable) == usable)
			mp.seats[mp.seat_count++] = (struct seat){info.id, number};
	}
}

const uint32_t *mp_apic_ids(void)
{
	for (uint32_t i = 0; i < mp.seat_count; i++)
		mp.apic_ids[i] = (uint32_t)mp.seats[i].apic_id;
	return mp.seats[0].apic_id == UINT64_MAX ? NULL : mp.apic_ids;
}

unsigned mp_build(const struct clock_port *clock, unsigned *ret_present, char *error)
{
	UINTN all = 0, enabled = 0;
	VOID *services = NULL;

	mp.clock = clock;
	mp.seat_count = 1;
	mp.seats[0] = (struct seat){own_apic_id(), 0};
	*ret_present = 1;
	if (EFI_ERROR(fw.boot->LocateProtocol(&guid_mp_services, NULL, &services)) ||
		services == NULL) {
		text_copy(error, PORT_ERROR, "the firmware has no MP services");
		return 1;
	}
	mp.mp = services;
	if (EFI_ERROR(mp.mp->count(mp.mp, &all, &enabled)) || all == 0 || all > UINT16_MAX) {
		text_copy(error, PORT_ERROR, "the firmware's MP services do not count the CPUs");
		return 1;
	}
	*ret_present = (unsigned)all;
	list_processors(all);
	text_copy(error, PORT_ERROR, all == 1 ? "there is one CPU" : "one CPU is usable");
	return mp.seat_count;
}
