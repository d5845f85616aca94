/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading simulated disks. Host only. See sim_disk.h. */
#include "host/sim_disk.h"
#include "core/rng.h"
#include <stdlib.h>
#include <unistd.h>

#define TIMEOUT_NS UINT64_C(5000000000)
#define PIECE_BYTES \
	(128u << 10) /* what one lost transfer leaves untouched, as seen with AHCI under EDK2 */
#define SECOND_NS UINT64_C(1000000000)

static void make_content(uint64_t lba, uint8_t *block, uint32_t block_bytes)
{
	for (uint32_t at = 0; at < block_bytes; at += 8) {
		uint64_t word = rng_mix(lba * 0x10001 + at / 8 + 1);

		memcpy(block + at, &word, sizeof(word));
	}
}

static const uint8_t *patch_at(const struct sim_disk *sim, uint64_t lba)
{
	for (size_t i = 0; i < sim->patch_count; i++) {
		const struct sim_patch *p = &sim->patches[i];

		if (lba >= p->lba && lba - p->lba < p->count)
			return p->bytes + (lba - p->lba) * sim->settings.block_bytes;
	}
	return NULL;
}

/* Delivers the first `bytes` bytes of one block to its place in the buffer. */
static void deliver_block(struct sim_disk *sim, uint64_t lba, uint8_t *to, size_t bytes)
{
	uint32_t block_bytes = sim->settings.block_bytes;
	const uint8_t *patch = patch_at(sim, lba);
	uint8_t block[SIM_BUFFER >> 4];

	if (patch != NULL) {
		memcpy(to, patch, bytes);
	} else if (sim->file >= 0) {
		ssize_t got = pread(sim->file, to, bytes, (off_t)(lba * block_bytes));

		if (got < (ssize_t)bytes) /* beyond the end of a short file */
			memset(to + (got < 0 ? 0 : got), 0, bytes - (size_t)(got < 0 ? 0 : got));
	} else {
		make_content(lba, block, block_bytes);
		memcpy(to, block, bytes);
	}
}

static bool touches(const struct sim_disk_fault *f, uint64_t lba, uint64_t count)
{
	return f->times > 0 && f->lba < lba + count && lba < f->lba + f->count;
}

/* The fault of one kind that this block has, or NULL. */
static const struct sim_disk_fault *fault_at(
	const struct sim_disk *sim, enum sim_disk_fault_kind kind, uint64_t lba)
{
	for (size_t i = 0; i < sim->fault_count; i++) {
		if (sim->faults[i].kind == kind && touches(&sim->faults[i], lba, 1))
			return &sim->faults[i];
	}
	return NULL;
}

/* The first fault in the way of a request that makes it an error, or a lie; NULL: none. */
static const struct sim_disk_fault *error_at(
	const struct sim_disk *sim, uint64_t lba, bool command, bool data)
{
	static const enum sim_disk_fault_kind kinds[] = {
		SIM_LINK, SIM_BAD, SIM_STALLS, SIM_LIES, SIM_LOSES};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct sim_disk_fault *f = fault_at(sim, kinds[i], lba);

		if (f != NULL && !(command && f->kind == SIM_LOSES) &&
			(data || f->kind != SIM_LINK))
			return f;
	}
	return NULL;
}

static bool is_silent(const struct sim_disk_fault *f)
{
	return f->kind == SIM_LIES || f->kind == SIM_LOSES;
}

/* The firmware's reads deliver what they can; a drive's command ends at the first fault, lie or not. */
static enum disk_result transfer(struct sim_disk *sim, uint64_t lba, uint32_t count, bool command,
	bool data, struct sim_disk_fault *ret_fault)
{
	uint32_t block_bytes = sim->settings.block_bytes;
	uint32_t piece_blocks = block_bytes < PIECE_BYTES ? PIECE_BYTES / block_bytes : 1;

	for (uint32_t i = 0; i < count; i++) {
		const struct sim_disk_fault *f = error_at(sim, lba + i, command, data);
		const struct sim_disk_fault *partial = command ? NULL
							       : fault_at(
									 sim, SIM_PARTIAL, lba + i);
		size_t bytes = partial != NULL && partial->value < block_bytes
				       ? (size_t)partial->value
				       : block_bytes;

		if (f != NULL && f->kind == SIM_STALLS)
			sim->stalled_requests = f->value;
		if (f != NULL && (command || !is_silent(f))) {
			*ret_fault = *f;
			ret_fault->lba = lba + i;
			return is_silent(f) ? DISK_OK : DISK_ERROR;
		}
		if (f != NULL)
			i += piece_blocks - i % piece_blocks - 1;
		else if (data)
			deliver_block(sim, lba + i, sim->settings.buffer + (size_t)i * block_bytes,
				bytes);
	}
	return DISK_OK;
}

uint64_t sim_disk_request_ns(const struct sim_disk *sim, const struct sim_range *range)
{
	uint64_t ns = sim->latency_ns;

	if (sim->bytes_per_s > 0)
		ns += (uint64_t)range->count * sim->settings.block_bytes * SECOND_NS /
		      sim->bytes_per_s;
	for (size_t i = 0; i < sim->fault_count; i++) {
		const struct sim_disk_fault *f = &sim->faults[i];

		if (!touches(f, range->lba, range->count))
			continue;
		if (f->kind == SIM_SLOW)
			ns += f->value;
		else if (f->kind == SIM_TIMEOUT)
			ns += TIMEOUT_NS;
	}
	return ns;
}

bool sim_disk_times_out(const struct sim_disk *sim, const struct sim_range *range)
{
	for (size_t i = 0; i < sim->fault_count; i++) {
		if (sim->faults[i].kind == SIM_TIMEOUT &&
			touches(&sim->faults[i], range->lba, range->count))
			return true;
	}
	return false;
}

/* Lets the time of the request pass. False: for nothing. */
static bool take_time(struct sim_disk *sim, const struct sim_range *range)
{
	const bool stalls = sim->stalled_requests > 0;
	const uint64_t ns = stalls ? TIMEOUT_NS : sim_disk_request_ns(sim, range);

	sim->stalled_requests -= stalls;
	if (ns > 0)
		sim->clock->sleep_ns(sim->clock->ctx, ns);
	return !stalls;
}

enum disk_result sim_disk_perform(struct sim_disk *sim, const struct sim_range *range, bool command,
	bool data, bool timed, struct sim_disk_fault *ret_fault)
{
	enum disk_result result = DISK_OK;

	*ret_fault = (struct sim_disk_fault){0};
	if (++sim->request_count > sim->gone_after)
		return DISK_GONE;
	if (!timed && !take_time(sim, range))
		return DISK_TIMEOUT;
	result = sim_disk_times_out(sim, range)
			 ? DISK_TIMEOUT
			 : transfer(sim, range->lba, range->count, command, data, ret_fault);
	for (size_t i = 0; i < sim->fault_count; i++) {
		struct sim_disk_fault *f = &sim->faults[i];

		if (touches(f, range->lba, range->count) && f->times != UINT64_MAX)
			f->times--;
	}
	return result;
}

static enum disk_result sim_read(void *ctx, uint64_t lba, uint32_t count)
{
	static const char *const errors[] = {
		[DISK_OK] = "",
		[DISK_ERROR] = "BlockIo.ReadBlocks: DEVICE_ERROR",
		[DISK_TIMEOUT] = "BlockIo.ReadBlocks: TIMEOUT",
		[DISK_GONE] = "BlockIo.ReadBlocks: NO_MEDIA",
	};
	struct sim_disk *sim = ctx;
	struct sim_disk_fault fault;
	enum disk_result result;

	if (count == 0 || lba >= sim->settings.block_count ||
		count > sim->settings.block_count - lba ||
		(uint64_t)count * sim->settings.block_bytes > sim->settings.buffer_bytes) {
		text_copy(sim->port->error, PORT_ERROR, "BlockIo.ReadBlocks: INVALID_PARAMETER");
		return DISK_ERROR;
	}
	result = sim_disk_perform(sim, &(struct sim_range){lba, count}, false, true, false, &fault);
	if (sim->log_count < SIM_LOG_MAX)
		sim->log[sim->log_count++] = (struct sim_request){lba, count, result};
	text_copy(sim->port->error, PORT_ERROR, errors[result]);
	return result;
}

size_t sim_disks_ports(struct sim_disks *sims, struct disk *ret, size_t cap)
{
	size_t count = sims->count < cap ? sims->count : cap;

	for (size_t i = 0; i < count; i++) {
		struct sim_disk *sim = &sims->disks[i];

		ret[i] = sim->settings;
		ret[i].ctx = sim;
		ret[i].read = sim_read;
		ret[i].command = sim_disk_command;
		ret[i].queue = sim_disk_queue(sim);
		sim->port = &ret[i];
	}
	return count;
}

bool sim_disk_patch(struct sim_disk *sim, uint64_t lba, uint64_t count, const void *bytes)
{
	if (sim->patch_count == SIM_PATCHES_MAX)
		return false;
	sim->patches[sim->patch_count++] = (struct sim_patch){lba, count, bytes};
	return true;
}

void sim_disk_forget(struct sim_disk *sim)
{
	sim->log_count = 0;
}

void sim_disks_free(struct sim_disks *sims)
{
	for (size_t i = 0; i < sims->count; i++) {
		struct sim_disk *sim = &sims->disks[i];

		free(sim->settings.buffer);
		free(sim->queue_buffers);
		free(sim->log);
		for (size_t j = 0; j < sim->page_count; j++)
			free(sim->pages[j].bytes);
		if (sim->file >= 0)
			close(sim->file);
	}
	sims->count = 0;
}
