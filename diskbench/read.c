/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The truthful read. Pure. See read.h. */
#include "diskbench/read.h"
#include "diskbench/poison.h"

/* One firmware call and what it left behind. */
struct delivery {
	enum disk_result result;
	uint64_t key;
	uint64_t took_ns;
	bool suspicious;   /* poison seen in bytes [first, end) */
	size_t first, end; /* whole blocks */
};

void disk_reader_init(struct disk_reader *reader, const struct disk *disk,
	const struct clock_port *clock, uint64_t seed)
{
	*reader = (struct disk_reader){.disk = disk, .clock = clock, .keys = {seed}};
}

/* A drive that was reset under us has the firmware report another medium, once, though it is the same: only who is
 * gone twice is gone. */
static enum disk_result read_blocks(const struct disk *disk, uint64_t lba, uint32_t count)
{
	enum disk_result result = disk->read(disk->ctx, lba, count);

	return result == DISK_GONE ? disk->read(disk->ctx, lba, count) : result;
}

static struct delivery deliver(struct disk_reader *reader, uint64_t lba, uint32_t count)
{
	const struct disk *disk = reader->disk;
	size_t bytes = (size_t)count * disk->block_bytes;
	struct delivery d = {.key = rng_next(&reader->keys)};
	uint64_t start_ns;

	poison_fill(disk->buffer, bytes, d.key);
	start_ns = reader->clock->now_ns(reader->clock->ctx);
	d.result = read_blocks(disk, lba, count);
	d.took_ns = reader->clock->now_ns(reader->clock->ctx) - start_ns;
	if (d.result == DISK_OK && poison_find(disk->buffer, bytes, d.key, &d.first, &d.end)) {
		d.suspicious = true;
		d.first &= ~((size_t)disk->block_bytes - 1);
		d.end = (d.end + disk->block_bytes - 1) & ~((size_t)disk->block_bytes - 1);
	}
	return d;
}

static enum read_status status_of(enum disk_result result)
{
	static const enum read_status table[] = {
		[DISK_OK] = READ_GOOD,
		[DISK_ERROR] = READ_ERROR,
		[DISK_TIMEOUT] = READ_TIMEOUT,
		[DISK_GONE] = READ_GONE,
	};

	return (unsigned)result < ARRAY_LEN(table) ? table[result] : READ_ERROR;
}

struct read_result disk_reader_read(struct disk_reader *reader, uint64_t lba, uint32_t count)
{
	const struct disk *disk = reader->disk;
	struct delivery first = deliver(reader, lba, count), second;
	struct read_result r = {.status = status_of(first.result),
		.took_ns = first.took_ns,
		.bad_lba = lba,
		.bad_count = count};
	uint64_t digest;
	size_t left;

	if (!first.suspicious)
		return r;
	digest = poison_digest(disk->buffer, first.first, first.end);
	left = poison_left(disk->buffer, first.first, first.end, first.key);
	second = deliver(reader, lba, count);
	r.status = status_of(second.result);
	if (r.status != READ_GOOD)
		return r;
	if (second.suspicious) {
		first = second;
		left = poison_left(disk->buffer, second.first, second.end, second.key);
	} else if (poison_digest(disk->buffer, first.first, first.end) == digest) {
		return r;
	}
	r.status = READ_LIED;
	r.bad_lba = lba + first.first / disk->block_bytes;
	r.bad_count = (uint32_t)((first.end - first.first) / disk->block_bytes);
	r.in_part = left < first.end - first.first;
	return r;
}
