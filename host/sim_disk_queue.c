/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated drives with several commands in flight. Host only. See sim_disk.h.
 *
 * Method: the drive works on `parallel` commands at once, each as long as it takes alone; the others wait for the first
 *         that is free. Data is in its buffer as soon as the command is through, and the end is told at the next tick of the
 *         driver's timer, as firmware does it.
 */
#include "host/sim_disk.h"
#include <stdlib.h>

#define TICK_NS UINT64_C(10000000)
#define NEVER   UINT64_MAX

static uint64_t now_ns(const struct sim_disk *sim)
{
	return sim->clock->now_ns(sim->clock->ctx);
}

static uint8_t *queue_open(void *ctx, unsigned depth)
{
	struct sim_disk *sim = ctx;

	if (sim->queue_buffers == NULL)
		sim->queue_buffers = aligned_alloc(
			DISK_QUEUE_BYTES, (size_t)DISK_QUEUE_MAX * DISK_QUEUE_BYTES);
	memset(sim->flights, 0, sizeof(sim->flights));
	return depth <= DISK_QUEUE_MAX ? sim->queue_buffers : NULL;
}

/* When the drive is through with a command that it gets now. */
static uint64_t through_ns(struct sim_disk *sim, const struct sim_range *range)
{
	uint64_t *first = &sim->busy_until_ns[0], start = now_ns(sim);

	for (size_t i = 1; i < sim->parallel && i < DISK_QUEUE_MAX; i++) {
		if (sim->busy_until_ns[i] < *first)
			first = &sim->busy_until_ns[i];
	}
	if (sim_disk_times_out(sim, range))
		return NEVER;
	if (start < *first)
		start = *first;
	return *first = start + sim_disk_request_ns(sim, range);
}

static enum disk_result queue_start(void *ctx, unsigned slot, const struct disk_command *c)
{
	struct sim_disk *sim = ctx;
	struct sim_flight *f = &sim->flights[slot];
	struct sim_range range;

	if (slot >= DISK_QUEUE_MAX || f->flying || c->bytes > DISK_QUEUE_BYTES ||
		!disk_command_allowed(sim->port, c) || !sim_disk_range(c, &range) ||
		slot >= sim->queue_limit)
		return DISK_REFUSED;
	*f = (struct sim_flight){.command = *c, .flying = true};
	f->through_ns = through_ns(sim, &range);
	return DISK_OK;
}

/* Data that is due, of all slots: a drive delivers without being asked. */
static void deliver(struct sim_disk *sim, uint64_t until_ns)
{
	for (unsigned i = 0; i < DISK_QUEUE_MAX; i++) {
		struct sim_flight *f = &sim->flights[i];
		uint8_t *own = sim->settings.buffer;

		if (!f->flying || f->delivered || f->through_ns > until_ns)
			continue;
		f->delivered = true;
		sim->settings.buffer = sim->queue_buffers + (size_t)i * DISK_QUEUE_BYTES;
		sim_disk_answer(sim, &f->command, &f->answer);
		sim->settings.buffer = own;
	}
}

static bool queue_done(void *ctx, unsigned slot, struct disk_answer *ret)
{
	struct sim_disk *sim = ctx;
	struct sim_flight *f = &sim->flights[slot];
	const uint64_t now = now_ns(sim), tick = now - now % TICK_NS;

	deliver(sim, sim->bounces ? tick : now);
	if (!f->flying || f->through_ns > tick)
		return false;
	f->flying = false;
	*ret = f->answer;
	return true;
}

static void queue_close(void *ctx)
{
	(void)ctx;
}

struct disk_queue sim_disk_queue(struct sim_disk *sim)
{
	if (sim->parallel == 0)
		return (struct disk_queue){0};
	return (struct disk_queue){sim, queue_open, queue_start, queue_done, queue_close};
}
