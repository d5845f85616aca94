/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The disks in turns. Pure, over struct disk. See together.h. */
#include "diskbench/together.h"
#include "diskbench/checks.h"

#define READS       16 /* of each kind; the first finds the place and does not count */
#define PLACE_OF_16 5  /* where on the disk, in sixteenths */

/* Reads number `i` of the area, and adds its time to *ns if it is to count. */
static void read_one(struct disk_job *job, unsigned i, uint64_t *ns)
{
	const uint32_t chunk = job_chunk_blocks(job);
	const uint64_t first = job->disk->block_count / 16 * PLACE_OF_16;
	struct job_read r;

	if (!job_going(job))
		return;
	r = job_read(job, first + (uint64_t)i * chunk, chunk);
	if (r.clean && i % READS != 0)
		*ns += r.took_ns;
}

static bool can_take_part(const struct disk_session *session, const struct disk *disk, size_t index)
{
	const struct disk_state *state = &session->disks[index];

	return state->chosen && state->given_up == JOB_GOING &&
	       disk->block_count * disk->block_bytes >= UINT64_C(4) * READS * JOB_CHUNK_BYTES;
}

/* Returns how many disks take part. */
static size_t begin(struct run *run, uint64_t limit_ns)
{
	struct disk_session *session = run->disk;
	size_t count = 0;

	for (size_t i = 0; i < run->machine->disk_count && i < DISK_SLOTS; i++) {
		if (!can_take_part(session, &run->machine->disks[i], i))
			continue;
		job_begin(&session->together[count].job, run, i, limit_ns);
		session->together[count].job.what = "reading the disks in turns";
		session->together[count].alone_ns = session->together[count].in_turns_ns = 0;
		count++;
	}
	return count;
}

static void tell(struct together *t, const char *name, uint64_t ns)
{
	uint64_t bytes = (uint64_t)(READS - 1) * job_chunk_blocks(&t->job) *
			 t->job.disk->block_bytes;

	record_measure(t->job.run->rec, t->job.disk->id, name, bytes * 10000 / ns, 1, "MB/s");
}

/* Only of disks of which every read came, and came in time. */
static void end(struct run *run, struct together *t)
{
	if (job_gave_up(t->job.end))
		job_leave_undone(run, t->job.disk, t->job.end);
	if (t->job.end != JOB_GOING || t->job.failures > 0 || t->alone_ns == 0 ||
		t->in_turns_ns == 0)
		return;
	tell(t, "together-alone", t->alone_ns);
	tell(t, "together-in-turns", t->in_turns_ns);
}

void together_measure(struct run *run, uint64_t limit_ns)
{
	struct together *all = run->disk->together;
	size_t count = begin(run, limit_ns);

	if (count < 2) {
		record_note(run->rec, NULL,
			"disk.together: it takes two disks of 64 MiB that can be read; there are %zu.",
			count);
		return;
	}
	for (size_t d = 0; d < count; d++) {
		for (unsigned i = 0; i < READS; i++)
			read_one(&all[d].job, i, &all[d].alone_ns);
	}
	for (unsigned i = READS; i < 2 * READS; i++) {
		for (size_t d = 0; d < count; d++)
			read_one(&all[d].job, i, &all[d].in_turns_ns);
	}
	for (size_t d = 0; d < count; d++)
		end(run, &all[d]);
}
