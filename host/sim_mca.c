/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated machine-check banks. Hardware: none. See sim_mca.h. */
#include "host/sim_mca.h"
#include "core/text.h"

#define CAPABILITIES \
	UINT64_C(0x1000c0a) /* 10 banks, corrected errors counted, kinds of addresses told */
#define STATUS_VALID (UINT64_C(1) << 63)
#define TIMEOUT_NS   UINT64_C(1000000000)
#define CPUS_MAX     1024

/* ---- specs ---- */

struct spec {
	uint64_t cpu, bank, status, addr, misc, synd, ipid, at_ns, times, every_ns;
};

static const struct {
	const char *name;
	bool (*read)(struct text t, uint64_t *ret);
	size_t at; /* of a uint64_t in struct spec */
} keys[] = {
	{"cpu", text_number, offsetof(struct spec, cpu)},
	{"bank", text_number, offsetof(struct spec, bank)},
	{"status", text_number, offsetof(struct spec, status)},
	{"addr", text_number, offsetof(struct spec, addr)},
	{"misc", text_number, offsetof(struct spec, misc)},
	{"synd", text_number, offsetof(struct spec, synd)},
	{"ipid", text_number, offsetof(struct spec, ipid)},
	{"at", text_duration, offsetof(struct spec, at_ns)},
	{"times", text_number, offsetof(struct spec, times)},
	{"every", text_duration, offsetof(struct spec, every_ns)},
};

/* Splits *rest at the first `c`: what precedes it goes to *ret. */
static void cut(struct text *rest, char c, struct text *ret)
{
	size_t len = 0;

	while (len < rest->len && rest->at[len] != c)
		len++;
	*ret = (struct text){rest->at, len};
	len += len < rest->len;
	*rest = (struct text){rest->at + len, rest->len - len};
}

static bool set(struct spec *spec, struct text name, struct text value)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (text_is(name, keys[i].name))
			return keys[i].read(value, (uint64_t *)(void *)((char *)spec + keys[i].at));
	}
	return false;
}

bool sim_mca_add(struct sim_mca *sim, const char *text)
{
	struct spec spec = {.times = 1};
	struct text rest = {text, text_length(text)}, word, name;

	while (rest.len > 0) {
		cut(&rest, ',', &word);
		cut(&word, '=', &name);
		if (!set(&spec, name, word))
			return false;
	}
	if (sim->count == SIM_MCA_ERRORS || (spec.status & STATUS_VALID) == 0 ||
		spec.cpu >= CPUS_MAX || spec.bank > UINT8_MAX)
		return false;
	sim->errors[sim->count++] = (struct sim_mca_error){.bank = {.cpu = (unsigned)spec.cpu,
								   .bank = (unsigned)spec.bank,
								   .status = spec.status,
								   .address = spec.addr,
								   .misc = spec.misc,
								   .syndrome = spec.synd,
								   .identity = spec.ipid},
		.at_ns = spec.at_ns,
		.times = spec.times,
		.every_ns = spec.every_ns};
	return true;
}

/* ---- the port ---- */

static void come(void *arg, unsigned part)
{
	bool *came = arg;

	came[part] = true;
}

static enum cpu_result sim_take(void *ctx, unsigned cpus, struct mca_take *ret)
{
	struct sim_mca *sim = ctx;
	const uint64_t now_ns = sim->clock->now_ns(sim->clock->ctx) - sim->start_ns;
	bool came[CPUS_MAX] = {false};
	enum cpu_result result = CPUS_DONE;

	if (cpus > 1)
		result = sim->cpus->run(sim->cpus->ctx, come, came, cpus, TIMEOUT_NS);
	came[0] = true;
	ret->cpus = 0;
	ret->count = 0;
	for (unsigned cpu = 0; cpu < CPUS_MAX; cpu++)
		ret->cpus += came[cpu];
	for (size_t i = 0; i < sim->count && ret->count < MCA_TAKE_MAX; i++) {
		struct sim_mca_error *e = &sim->errors[i];

		if (e->times == 0 || e->at_ns > now_ns || !came[e->bank.cpu])
			continue;
		ret->banks[ret->count++] = e->bank;
		e->times--;
		e->at_ns = now_ns + e->every_ns;
	}
	return result;
}

void sim_mca_port(struct sim_mca *sim, const struct clock_port *clock, const struct cpu_port *cpus,
	struct mca_port *ret)
{
	sim->clock = clock;
	sim->cpus = cpus;
	sim->start_ns = clock->now_ns(clock->ctx);
	*ret = (struct mca_port){
		.ctx = sim, .layout = MCA_INTEL, .capabilities = CAPABILITIES, .take = sim_take};
}
