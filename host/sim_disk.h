/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated disks: a file, or content made from the LBA, with faults at chosen places.
 *
 * Hardware: none. Time passes on the given clock only. There is no write path: a backing file is opened for reading.
 * Every request is logged, so that tests can prove which blocks were read and how often.
 */
#ifndef KIRIWAKE_HOST_SIM_DISK_H
#define KIRIWAKE_HOST_SIM_DISK_H

#include "core/machine.h"

#define SIM_DISKS_MAX       16
#define SIM_DISK_FAULTS_MAX 64
#define SIM_BUFFER          (1u << 20)
#define SIM_LOG_MAX         (1u << 20)
#define SIM_PATCHES_MAX     4

enum sim_disk_fault_kind {
	SIM_BAD, /* DISK_ERROR; blocks before it in the same request are delivered */
	SIM_LIES, /* success, but from this block to the end of its 128 KiB of the request nothing is delivered */
	SIM_PARTIAL, /* success, but of each block only the first `value` bytes are delivered */
	SIM_SLOW,    /* `value` ns more for the request */
	SIM_TIMEOUT  /* DISK_TIMEOUT after 5 s */
};

struct sim_disk_fault {
	enum sim_disk_fault_kind kind;
	uint64_t lba, count;
	uint64_t value;
	uint64_t times; /* requests it still spoils; UINT64_MAX: all */
};

struct sim_request {
	uint64_t lba;
	uint32_t count;
	enum disk_result result;
};

/* Blocks with a content of their own, owned by the test. */
struct sim_patch {
	uint64_t lba, count;
	const uint8_t *bytes;
};

struct sim_disk {
	struct disk settings; /* what sim_disks_ports() hands out */
	struct disk *port;    /* where it went */
	const struct clock_port *clock;
	int file; /* -1: content made from the LBA */
	uint64_t size_bytes;
	uint64_t latency_ns;
	uint64_t bytes_per_s; /* 0: no limit */
	uint64_t gone_after;  /* requests; UINT64_MAX: stays */
	size_t fault_count;
	struct sim_disk_fault faults[SIM_DISK_FAULTS_MAX];
	size_t patch_count;
	struct sim_patch patches[SIM_PATCHES_MAX];
	uint64_t request_count;
	size_t log_count; /* stays at SIM_LOG_MAX */
	struct sim_request *log;
};

struct sim_disks {
	const struct clock_port *clock;
	size_t count;
	struct sim_disk disks[SIM_DISKS_MAX];
	char error[160]; /* why the last sim_disks_add() failed */
};

/* `clock` must outlive the disks. */
void sim_disks_init(struct sim_disks *sims, const struct clock_port *clock);

/* Adds a disk, from key=value pairs separated by commas:
 *   size=64M  block=512  file=PATH (size: the file's unless given)  model= serial= bus= firmware= location=
 *   latency=100us  rate=200M (bytes per second)  gone_after=REQUESTS
 *   bad=LBA  lies=LBA  partial=LBA:BYTES  slow=LBA:200ms  timeout=LBA     each repeatable
 * where LBA is 1000 or 5000+8 (eight blocks), and a fault that ends in *N happens for the first N requests only.
 * False, with sims->error set, on a spec that cannot be used. */
bool sim_disks_add(struct sim_disks *sims, const char *spec);

/* Fills ret[cap] with up to cap disks, named disk0... Returns how many. The array must stay where it is. */
size_t sim_disks_ports(struct sim_disks *sims, struct disk *ret, size_t cap);

/* Gives blocks the content at `bytes`, which must outlive the disk. False: no room. */
bool sim_disk_patch(struct sim_disk *sim, uint64_t lba, uint64_t count, const void *bytes);

/* Forgets the log. */
void sim_disk_forget(struct sim_disk *sim);

void sim_disks_free(struct sim_disks *sims);

#endif
