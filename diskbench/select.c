/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Choosing disks. Pure. See select.h.
 *
 * Trust. Sizes come from firmware: what later arithmetic relies on is checked here, once.
 */
#include "diskbench/select.h"
#include "core/fmt.h"
#include "diskbench/checks.h"

#define IDS_TEXT 160

const char *disk_name(char buf[DISK_NAME], const struct disk *disk)
{
	if (disk->model[0] == '\0')
		fmt_to(buf, DISK_NAME, "%s", disk->id);
	else
		fmt_to(buf, DISK_NAME, "%s (%s)", disk->id, disk->model);
	return buf;
}

uint64_t disk_bytes(const struct disk *disk)
{
	return disk->block_count * disk->block_bytes;
}

static bool usable(const struct disk *disk)
{
	uint32_t block = disk->block_bytes;

	return block >= 512 && (block & (block - 1)) == 0 && block <= JOB_CHUNK_BYTES &&
	       block <= disk->buffer_bytes && disk->block_count > 0 &&
	       disk->block_count <= INT64_MAX / block;
}

/* The next glob of a list separated by blanks or commas (a GRUB command line leaves only commas). */
static bool next_glob(struct text *rest, struct text *ret)
{
	size_t len = 0;

	while (rest->len > 0 && (rest->at[0] == ',' || rest->at[0] == ' '))
		*rest = (struct text){rest->at + 1, rest->len - 1};
	while (len < rest->len && rest->at[len] != ',' && rest->at[len] != ' ')
		len++;
	*ret = (struct text){rest->at, len};
	*rest = (struct text){rest->at + len, rest->len - len};
	return len > 0;
}

static bool matches(const char *globs, const struct disk *disk)
{
	const char *const names[] = {
		disk->id, disk->model, disk->serial, disk->bus, disk->location};
	struct text rest = {globs, text_length(globs)}, glob;

	while (next_glob(&rest, &glob)) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			struct text name = {names[i], text_length(names[i])};

			if (text_glob(glob, name))
				return true;
		}
	}
	return false;
}

static bool any_matches(const char *globs, const struct machine *m)
{
	for (size_t i = 0; i < m->disk_count; i++) {
		if (matches(globs, &m->disks[i]))
			return true;
	}
	return false;
}

static void report_bad_only(struct run *run, const char *only)
{
	const struct machine *m = run->machine;
	const struct field fields[] = {
		FIELD_STR("key", "disk.only"),
		FIELD_STR("value", only),
	};
	char ids[IDS_TEXT] = "";

	for (size_t i = 0; i < m->disk_count; i++)
		fmt_add(ids, sizeof(ids), "%s%s", i == 0 ? "" : ", ", m->disks[i].id);
	record_finding(run->rec, FINDING_OPTION_BAD_VALUE, NULL, fields, ARRAY_LEN(fields),
		"disk.only = %s matches no disk, so all are used. There are: %s. Globs over id, model, serial, bus "
		"and location are accepted.",
		only, ids);
}

static bool choose(struct run *run, const struct disk *disk, const char *only, const char *exclude)
{
	if (only[0] != '\0' && !matches(only, disk)) {
		record_note(run->rec, disk->id, "%s is left out: not in disk.only = %s.", disk->id,
			only);
		return false;
	}
	if (matches(exclude, disk)) {
		record_note(run->rec, disk->id, "%s is left out: disk.exclude = %s.", disk->id,
			exclude);
		return false;
	}
	if (!usable(disk)) {
		record_fault(run->rec, "BlockIo.Media", disk->id,
			"%s cannot be tested: the firmware claims %llu blocks of %u bytes.",
			disk->id, (unsigned long long)disk->block_count, disk->block_bytes);
		return false;
	}
	return true;
}

void disk_select(struct run *run)
{
	const struct machine *m = run->machine;
	const char *only = run->config->disk_only, *exclude = run->config->disk_exclude;
	struct disk_session *session = run->disk;

	if (session->selected)
		return;
	session->selected = true;
	if (only[0] != '\0' && m->disk_count > 0 && !any_matches(only, m)) {
		report_bad_only(run, only);
		only = "";
	}
	if (exclude[0] != '\0' && !any_matches(exclude, m))
		record_note(run->rec, NULL, "disk.exclude = %s matches no disk.", exclude);
	for (size_t i = 0; i < m->disk_count && i < DISK_SLOTS; i++) {
		session->disks[i].chosen = choose(run, &m->disks[i], only, exclude);
		session->chosen_count += session->disks[i].chosen;
	}
	for (size_t i = DISK_SLOTS; i < m->disk_count; i++)
		record_note(run->rec, m->disks[i].id,
			"%s is not tested: this program tests %u disks at most.", m->disks[i].id,
			DISK_SLOTS);
}
