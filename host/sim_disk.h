/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Simulated disks: a file, or content made from the LBA, with faults at chosen places.
 *
 * Hardware: none. Time passes on the given clock only. There is no write path: a backing file is opened for reading.
 * Every request is logged, so that tests can prove which blocks were read and how often.
 */
#ifndef KIRIWAKE_HOST_SIM_DISK_H
#define KIRIWAKE_HOST_SIM_DISK_H

#include "core/disk_command.h"
#include "core/machine.h"

#define SIM_DISKS_MAX       16
#define SIM_DISK_FAULTS_MAX 64
#define SIM_BUFFER          (1u << 20)
#define SIM_LOG_MAX         (1u << 20)
#define SIM_PATCHES_MAX     4
#define SIM_PAGES_MAX       32

enum sim_disk_fault_kind {
	SIM_BAD, /* DISK_ERROR; blocks before it in the same request are delivered. `value`: what the drive itself says */
	SIM_LINK, /* the same, but commands that read without transfer work */
	SIM_LIES, /* as SIM_BAD, but the firmware claims success: from this block to the end of its 128 KiB of the request
		   * nothing is delivered */
	SIM_LOSES,   /* as SIM_LIES, but it is the firmware: the drive delivers to commands */
	SIM_PARTIAL, /* success, but of each block only the first `value` bytes are delivered */
	SIM_SLOW,    /* `value` ns more for the request */
	SIM_STALLS,  /* DISK_ERROR, and then the next `value` requests time out, wherever they go */
	SIM_TIMEOUT  /* DISK_TIMEOUT after 5 s */
};

/* What the drive says of a bad block unless the fault has a `value`: the ATA error register, NVMe SCT << 8 | SC, or SCSI
 * sense key << 16 | ASC << 8 | ASCQ. */
#define SIM_ATA_CAUSE  0x40u
#define SIM_NVME_CAUSE 0x281u
#define SIM_SCSI_CAUSE 0x031100u

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

/* What a drive answers to one command that asks for data. */
struct sim_page {
	uint32_t key; /* sim_page_key() */
	uint8_t *bytes;
	size_t len;
};

struct sim_range {
	uint64_t lba;
	uint32_t count;
};

/* A command in flight. */
struct sim_flight {
	struct disk_command command;
	struct disk_answer answer;
	uint64_t through_ns;
	bool flying, delivered;
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
	size_t page_count;
	struct sim_page pages[SIM_PAGES_MAX];
	bool smart_failing;        /* the answer to ATA's RETURN STATUS */
	unsigned self_tests;       /* started or aborted */
	uint64_t stalled_requests; /* that still time out */
	uint64_t command_count;    /* other than reads */
	uint64_t request_count;
	uint64_t parallel;    /* commands it works on at once; 0: its driver takes one at a time */
	uint64_t queue_limit; /* commands that the driver takes at once */
	bool bounces;         /* data of commands in flight shows when their end is told */
	uint64_t busy_until_ns[DISK_QUEUE_MAX];
	struct sim_flight flights[DISK_QUEUE_MAX];
	uint8_t *queue_buffers;
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
 *   parallel=COMMANDS (that it works on at once; needs speaks=nvme)
 *   speaks=ata|nvme|scsi  smart=failing  page=KEY:FILE (what a command delivers; KEY as sim_disk_page() has it)
 *   bad=LBA  bad=LBA:CAUSE  link=LBA:CAUSE  lies=LBA  lies=LBA:CAUSE  loses=LBA  partial=LBA:BYTES  slow=LBA:200ms  timeout=LBA
 *   stalls=LBA:REQUESTS     each repeatable
 * where LBA is 1000 or 5000+8 (eight blocks), and a fault that ends in *N happens for the first N requests only.
 * False, with sims->error set, on a spec that cannot be used. */
bool sim_disks_add(struct sim_disks *sims, const char *spec);

/* Fills ret[cap] with up to cap disks, named disk0... Returns how many. The array must stay where it is. */
size_t sim_disks_ports(struct sim_disks *sims, struct disk *ret, size_t cap);

/* Gives blocks the content at `bytes`, which must outlive the disk. False: no room. */
bool sim_disk_patch(struct sim_disk *sim, uint64_t lba, uint64_t count, const void *bytes);

/* Has the drive answer a command with a copy of these bytes, zeroes behind them. `key` is up to three hexadecimal numbers
 * with dots between:
 *   ATA   command, feature, log     "ec"  "b0.d0"  "b0.d5.6"  "2f.0.4" (all pages of that log)
 *   NVMe  opcode, CNS or log        "6.1"  "2.2"
 *   SCSI  INQUIRY: 12.EVPD.page; LOG SENSE and MODE SENSE: opcode, page, subpage; else the opcode
 * False: no room, or no key. */
bool sim_disk_page(struct sim_disk *sim, struct text key, const void *bytes, size_t len);

/* One request, of any kind: what of it the faults leave. DISK_ERROR and lies have their first fault in *ret_fault, else
 * NULL. Data goes to the buffer unless !data. Time passes, and the request may stall, unless it was `timed` elsewhere.
 * sim_disk.c */
enum disk_result sim_disk_perform(struct sim_disk *sim, const struct sim_range *range, bool command,
	bool data, bool timed, struct sim_disk_fault *ret_fault);

/* The time that a request takes, and whether it times out. */
uint64_t sim_disk_request_ns(const struct sim_disk *sim, const struct sim_range *range);
bool sim_disk_times_out(const struct sim_disk *sim, const struct sim_range *range);

/* The port's `command`. sim_disk_command.c */
enum disk_result sim_disk_command(void *ctx, const struct disk_command *c, struct disk_answer *ret);

/* The blocks that a command reads or verifies. False: it is another one. */
bool sim_disk_range(const struct disk_command *c, struct sim_range *ret);

/* What the drive makes of a read that takes no time any more. */
enum disk_result sim_disk_answer(
	struct sim_disk *sim, const struct disk_command *c, struct disk_answer *ret);

/* The port's `queue`. sim_disk_queue.c */
struct disk_queue sim_disk_queue(struct sim_disk *sim);

/* Forgets the log. */
void sim_disk_forget(struct sim_disk *sim);

/* Frees what sim_disks_add() took. */
void sim_disks_free(struct sim_disks *sims);

#endif
