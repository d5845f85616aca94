/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The CPU port: which of three ways work reaches the other CPUs, and falling back when one stops working.
 *
 * Hardware: all CPUs the firmware counts as enabled and healthy; WBINVD.
 * Trust. Every way is tried with a trivial job before it is used. After a CPU was lost all work stays here: neither
 *        that CPU nor the service that lost it can be trusted with more.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/mp.h"
#include "efi/parts.h"

#define PROBE_TIMEOUT_NS UINT64_C(2000000000)

static struct {
	struct cpu_port *port;
	unsigned usable; /* CPUs, the boot CPU included */
} cpus;

static const char *const mode_names[] = {[CPUS_NONBLOCKING] = "non-blocking",
	[CPUS_BLOCKING] = "blocking",
	[CPUS_SINGLE] = "single"};

static enum cpu_result give_up_if_lost(enum cpu_result result)
{
	if (result == CPUS_TIMEOUT) {
		cpus.port->mode = CPUS_SINGLE;
		text_copy(cpus.port->why, sizeof(cpus.port->why), cpus.port->error);
	}
	return result;
}

static enum cpu_result cpus_run(
	void *ctx, cpu_work *work, void *arg, unsigned parts, uint64_t timeout_ns)
{
	struct cpu_port *port = cpus.port;

	(void)ctx;
	return give_up_if_lost(mp_run(port->mode, work, arg,
		parts < port->count ? parts : port->count, timeout_ns, NULL, port->error));
}

static enum cpu_result cpus_run_on(
	void *ctx, unsigned cpu, cpu_work *work, void *arg, uint64_t timeout_ns)
{
	struct cpu_port *port = cpus.port;

	(void)ctx;
	if (cpu >= port->count || (cpu > 0 && port->mode == CPUS_SINGLE)) {
		fmt_to(port->error, sizeof(port->error), "CPU %u cannot be used", cpu);
		return CPUS_REFUSED;
	}
	return give_up_if_lost(mp_run_on(cpu, work, arg, timeout_ns, port->error));
}

static void flush_caches(void)
{
	__asm__ volatile("wbinvd" : : : "memory");
}

static void trivial(void *arg, unsigned part)
{
	(void)arg;
	(void)part;
}

/* Whether the firmware runs a trivial job this way, on every CPU it promised; if not, why in the port's error. */
static bool way_works(enum cpu_mode mode)
{
	struct cpu_port *port = cpus.port;
	unsigned here = 0;

	if (mp_run(mode, trivial, NULL, cpus.usable, PROBE_TIMEOUT_NS, &here, port->error) !=
		CPUS_DONE)
		return false;
	if (here > 0)
		fmt_to(port->error, sizeof(port->error), "%u of %u CPUs did not come for work",
			here, cpus.usable);
	return here == 0;
}

static void use(enum cpu_mode mode, const char *why)
{
	cpus.port->mode = mode;
	cpus.port->count = mode == CPUS_SINGLE ? 1 : cpus.usable;
	text_copy(cpus.port->why, sizeof(cpus.port->why), why);
}

/* The first way that works; with the reason why the ones before it did not. */
static void choose(void)
{
	char why[PORT_ERROR] = "";

	for (enum cpu_mode mode = CPUS_NONBLOCKING; mode < CPUS_SINGLE; mode++) {
		if (way_works(mode)) {
			fmt_add(why, sizeof(why), "%s%s MP services", why[0] ? "; so " : "",
				mode_names[mode]);
			use(mode, why);
			return;
		}
		text_copy(why, sizeof(why), cpus.port->error);
	}
	use(CPUS_SINGLE, why);
}

void cpus_build(struct machine *machine)
{
	machine->cpus = (struct cpu_port){.run = cpus_run,
		.run_on = cpus_run_on,
		.flush_caches = flush_caches,
		.own_ns = clock_own_ns};
	cpus.port = &machine->cpus;
	cpus.usable = mp_build(&machine->clock, &cpus.port->present, cpus.port->error);
	if (cpus.usable > 1)
		choose();
	else
		use(CPUS_SINGLE, cpus.port->error);
	cpus.port->apic_ids = mp_apic_ids();
}

static const enum cpu_mode forced[] = {[MEM_MP_NONBLOCKING] = CPUS_NONBLOCKING,
	[MEM_MP_BLOCKING] = CPUS_BLOCKING,
	[MEM_MP_SINGLE] = CPUS_SINGLE};

void cpus_apply(struct machine *machine, const struct config *config)
{
	enum cpu_mode wanted;

	if (config->mem_mp == MEM_MP_AUTO || (size_t)config->mem_mp >= ARRAY_LEN(forced))
		return;
	wanted = forced[config->mem_mp];
	if (wanted == CPUS_SINGLE || (cpus.usable > 1 && way_works(wanted)))
		use(wanted, "asked for by mem.mp");
	else
		machine_note(machine, "mem.mp = %s does not work here: %s", mode_names[wanted],
			machine->cpus.error);
}
