/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Surface scans as ddrescue mapfiles. Pure. See mapfile.h. */
#include "diskbench/mapfile.h"
#include "core/text.h"

#define UNTRIED '?'
#define READ    '+'
#define BAD     '-'
#define FAILED  '/'

/* Ranges on their way out: neighbours of one status become one line. */
struct map {
	const struct disk_session *session;
	const struct disk *disk;
	const struct disk_plan *plan;
	struct sink out;
	bool counts_only;  /* nothing is written */
	bool faults_only;  /* what was read well is shown as not tried */
	bool untried;      /* some of the disk was not tried */
	uint64_t lines;    /* finished so far */
	uint64_t lba, end; /* the open range; empty at first */
	char status;
};

static void finish_line(struct map *m)
{
	const unsigned long long block = m->disk->block_bytes;

	if (m->lba == m->end)
		return;
	m->lines++;
	if (!m->counts_only)
		fmt(m->out, "0x%08llX  0x%08llX  %c\n", m->lba * block, (m->end - m->lba) * block,
			m->status);
	m->lba = m->end;
}

/* The blocks up to `end`, from where the last range ended. */
static void add_until(struct map *m, uint64_t end, char status)
{
	m->untried |= status == UNTRIED && end > m->end;
	if (status == READ && m->faults_only)
		status = UNTRIED;
	if (status != m->status && end > m->end) {
		finish_line(m);
		m->status = status;
	}
	m->end = end;
}

static const struct failed_chunk *failed_at(const struct map *m, uint64_t lba)
{
	for (size_t i = 0; i < m->session->failed_count; i++) {
		const struct failed_chunk *f = &m->session->failed[i];

		if (f->disk == m->disk && f->lba == lba)
			return f;
	}
	return NULL;
}

/* The first bad block in [lba, end), and in *ret_count how many follow there. `end` if none. */
static uint64_t next_bad(const struct map *m, uint64_t lba, uint64_t end, uint64_t *ret_count)
{
	uint64_t found = end;

	*ret_count = 0;
	for (size_t i = 0; i < m->session->bad_count; i++) {
		const struct bad_range *b = &m->session->bad[i];
		uint64_t first = b->lba > lba ? b->lba : lba;

		if (b->disk == m->disk && b->lba + b->count > lba && first < found) {
			found = first;
			*ret_count = b->lba + b->count - first;
		}
	}
	if (found + *ret_count > end)
		*ret_count = end - found;
	return found;
}

static uint64_t bad_in(const struct map *m, uint64_t lba, uint64_t end)
{
	uint64_t sum = 0, count;

	for (; lba < end; lba += count) {
		lba = next_bad(m, lba, end, &count);
		sum += count;
	}
	return sum;
}

/* A chunk that failed, or that was known to have bad blocks. */
static void add_faulty(struct map *m, uint64_t lba, uint64_t end, char status)
{
	const struct failed_chunk *failed = failed_at(m, lba);

	if (failed != NULL && failed->delivered + bad_in(m, lba, end) < failed->count)
		status = FAILED;
	while (lba < end) {
		uint64_t count, bad = next_bad(m, lba, end, &count);

		add_until(m, bad, status);
		add_until(m, bad + count, BAD);
		lba = bad + count;
	}
}

/* The number of the first chunk from `chunk` on that failed or has bad blocks. */
static uint64_t next_faulty(const struct map *m, uint64_t chunk)
{
	const uint32_t blocks = m->plan->chunk_blocks;
	uint64_t count, found = next_bad(m, chunk * blocks, m->plan->block_count, &count) / blocks;

	if (count == 0)
		found = UINT64_MAX;
	for (size_t i = 0; i < m->session->failed_count; i++) {
		const struct failed_chunk *f = &m->session->failed[i];

		if (f->disk == m->disk && f->lba / blocks >= chunk && f->lba / blocks < found)
			found = f->lba / blocks;
	}
	return found;
}

static void add_all(struct map *m)
{
	const struct disk_plan *plan = m->plan;
	const uint64_t chunks = disk_plan_chunks(plan);
	uint64_t faulty = next_faulty(m, 0);

	for (uint64_t chunk = 0; chunk < chunks; chunk++) {
		uint64_t end = chunk + 1 < chunks ? (chunk + 1) * plan->chunk_blocks
						  : plan->block_count;
		char status = disk_plan_visited(plan, chunk) ? READ : UNTRIED;

		if (chunk == faulty) {
			add_faulty(m, chunk * plan->chunk_blocks, end, status);
			faulty = next_faulty(m, chunk + 1);
		} else {
			add_until(m, end, status);
		}
	}
	finish_line(m);
}

static void put_head(const struct map *m, bool finished)
{
	const struct disk *disk = m->disk;
	uint64_t at = m->plan->spread ? 0 : m->plan->next * m->plan->chunk_blocks;

	if (at > disk->block_count)
		at = disk->block_count;
	fmt(m->out, "# Mapfile. Created by Kiriwake %s\n# Disk: %s %s, serial %s\n",
		KIRIWAKE_VERSION, disk->id, disk->model,
		disk->serial[0] == '\0' ? "unknown" : disk->serial);
	if (m->faults_only)
		fmt(m->out,
			"# What was read is a sample of too many places to list: only what failed is shown.\n");
	fmt(m->out,
		"# current_pos  current_status  current_pass\n0x%08llX     %c               1\n",
		(unsigned long long)at * disk->block_bytes, finished ? READ : UNTRIED);
	fmt(m->out, "#      pos        size  status\n");
}

void mapfile_write(const struct disk_session *session, const struct machine *machine, size_t index,
	struct sink out)
{
	const struct disk_plan *plan = &session->disks[index].scanned;
	struct map m = {.session = session,
		.disk = &machine->disks[index],
		.plan = plan,
		.out = out,
		.counts_only = true};
	bool finished;

	add_all(&m);
	finished = !m.untried;
	m = (struct map){.session = session,
		.disk = m.disk,
		.plan = plan,
		.out = out,
		.faults_only = m.lines > MAPFILE_LINES_MAX};
	put_head(&m, finished);
	add_all(&m);
}
