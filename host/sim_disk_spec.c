/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Building simulated disks from text. Host only. See sim_disk.h. */
#include "core/fmt.h"
#include "host/sim_disk.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_SIZE  (64u << 20)
#define BLOCK_MAX     (64u << 10)
#define PAGE          4096
#define PAGE_FILE_MAX (64u << 10)

/* One key of a spec: how its value is read, and into what. */
struct key {
	const char *name;
	bool (*set)(struct sim_disk *sim, const struct key *key, struct text value);
	size_t at;  /* offset in struct sim_disk, or the kind of fault */
	size_t cap; /* of a text */
};

static void *target(struct sim_disk *sim, const struct key *key)
{
	return (char *)sim + key->at;
}

static bool read_duration(struct text t, uint64_t *ret_ns)
{
	uint64_t us;

	if (t.len > 2 && t.at[t.len - 2] == 'u' && t.at[t.len - 1] == 's' &&
		text_number((struct text){t.at, t.len - 2}, &us)) {
		*ret_ns = us * 1000;
		return true;
	}
	return text_duration(t, ret_ns);
}

static bool set_text(struct sim_disk *sim, const struct key *key, struct text value)
{
	text_clean(target(sim, key), key->cap, value.at, value.len);
	return true;
}

static bool set_size(struct sim_disk *sim, const struct key *key, struct text value)
{
	return text_size(value, target(sim, key));
}

static bool set_number(struct sim_disk *sim, const struct key *key, struct text value)
{
	return text_number(value, target(sim, key));
}

static bool set_duration(struct sim_disk *sim, const struct key *key, struct text value)
{
	return read_duration(value, target(sim, key));
}

static bool set_block(struct sim_disk *sim, const struct key *key, struct text value)
{
	uint64_t bytes;

	if (!text_number(value, &bytes) || bytes < 512 || bytes > BLOCK_MAX ||
		(bytes & (bytes - 1)) != 0)
		return false;
	*(uint32_t *)target(sim, key) = (uint32_t)bytes;
	return true;
}

static bool set_file(struct sim_disk *sim, const struct key *key, struct text value)
{
	char path[256];

	if (value.len >= sizeof(path))
		return false;
	memcpy(path, value.at, value.len);
	path[value.len] = '\0';
	*(int *)target(sim, key) = open(path, O_RDONLY | O_CLOEXEC);
	return sim->file >= 0;
}

static bool set_language(struct sim_disk *sim, const struct key *key, struct text value)
{
	static const struct {
		const char *name;
		unsigned speaks;
	} languages[] = {
		{"ata", DISK_SPEAKS_ATA},
		{"nvme", DISK_SPEAKS_NVME},
		{"scsi", DISK_SPEAKS_SCSI},
	};

	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		if (text_is(value, languages[i].name)) {
			*(unsigned *)target(sim, key) |= languages[i].speaks;
			return true;
		}
	}
	return false;
}

static bool set_smart(struct sim_disk *sim, const struct key *key, struct text value)
{
	return *(bool *)target(sim, key) = text_is(value, "failing");
}

/* Splits *t at the last `c`: what follows it goes to *ret. False when there is none. */
static bool cut_after(struct text *t, char c, struct text *ret)
{
	for (size_t i = t->len; i > 0; i--) {
		if (t->at[i - 1] == c) {
			*ret = (struct text){t->at + i, t->len - i};
			t->len = i - 1;
			return true;
		}
	}
	return false;
}

static bool set_page(struct sim_disk *sim, const struct key *key, struct text value)
{
	uint8_t bytes[PAGE_FILE_MAX];
	struct text path;
	char name[256];
	ssize_t len;
	int file;

	(void)key;
	if (!cut_after(&value, ':', &path) || path.len >= sizeof(name))
		return false;
	fmt_to(name, sizeof(name), "%.*s", (int)path.len, path.at);
	file = open(name, O_RDONLY | O_CLOEXEC);
	len = file < 0 ? -1 : read(file, bytes, sizeof(bytes));
	if (file >= 0)
		close(file);
	return len > 0 && sim_disk_page(sim, value, bytes, (size_t)len);
}

static bool set_fault(struct sim_disk *sim, const struct key *key, struct text value)
{
	struct sim_disk_fault f = {
		.kind = (enum sim_disk_fault_kind)key->at, .count = 1, .times = UINT64_MAX};
	struct text part;

	if (cut_after(&value, '*', &part) && !text_number(part, &f.times))
		return false;
	if (f.kind == SIM_SLOW &&
		(!cut_after(&value, ':', &part) || !read_duration(part, &f.value)))
		return false;
	if ((f.kind == SIM_PARTIAL || f.kind == SIM_STALLS) &&
		(!cut_after(&value, ':', &part) || !text_number(part, &f.value)))
		return false;
	if ((f.kind == SIM_BAD || f.kind == SIM_LINK || f.kind == SIM_LIES) &&
		cut_after(&value, ':', &part) && !text_number(part, &f.value))
		return false;
	if (cut_after(&value, '+', &part) && !text_number(part, &f.count))
		return false;
	if (!text_number(value, &f.lba) || sim->fault_count == SIM_DISK_FAULTS_MAX)
		return false;
	sim->faults[sim->fault_count++] = f;
	return true;
}

#define TEXT_KEY(field) \
	set_text, offsetof(struct sim_disk, settings.field), sizeof(((struct disk *)0)->field)

static const struct key keys[] = {
	{"size", set_size, offsetof(struct sim_disk, size_bytes), 0},
	{"block", set_block, offsetof(struct sim_disk, settings.block_bytes), 0},
	{"file", set_file, offsetof(struct sim_disk, file), 0},
	{"model", TEXT_KEY(model)},
	{"serial", TEXT_KEY(serial)},
	{"firmware", TEXT_KEY(firmware)},
	{"bus", TEXT_KEY(bus)},
	{"location", TEXT_KEY(location)},
	{"latency", set_duration, offsetof(struct sim_disk, latency_ns), 0},
	{"rate", set_size, offsetof(struct sim_disk, bytes_per_s), 0},
	{"gone_after", set_number, offsetof(struct sim_disk, gone_after), 0},
	{"parallel", set_number, offsetof(struct sim_disk, parallel), 0},
	{"speaks", set_language, offsetof(struct sim_disk, settings.speaks), 0},
	{"smart", set_smart, offsetof(struct sim_disk, smart_failing), 0},
	{"page", set_page, 0, 0},
	{"bad", set_fault, SIM_BAD, 0},
	{"link", set_fault, SIM_LINK, 0},
	{"lies", set_fault, SIM_LIES, 0},
	{"loses", set_fault, SIM_LOSES, 0},
	{"stalls", set_fault, SIM_STALLS, 0},
	{"partial", set_fault, SIM_PARTIAL, 0},
	{"slow", set_fault, SIM_SLOW, 0},
	{"timeout", set_fault, SIM_TIMEOUT, 0},
};

static bool set_pair(struct sim_disk *sim, struct text pair)
{
	size_t name_len = 0;

	while (name_len < pair.len && pair.at[name_len] != '=')
		name_len++;
	for (size_t i = 0; i < ARRAY_LEN(keys) && name_len < pair.len; i++) {
		if (text_is((struct text){pair.at, name_len}, keys[i].name))
			return keys[i].set(sim, &keys[i],
				(struct text){pair.at + name_len + 1, pair.len - name_len - 1});
	}
	return false;
}

/* The size, and what depends on it. */
static bool complete(struct sim_disk *sim)
{
	struct disk *d = &sim->settings;
	struct stat st;

	if (sim->file >= 0 && sim->size_bytes == 0 && fstat(sim->file, &st) == 0)
		sim->size_bytes = (uint64_t)st.st_size;
	if (sim->file < 0 && sim->size_bytes == 0)
		sim->size_bytes = DEFAULT_SIZE;
	d->block_count = sim->size_bytes / d->block_bytes;
	d->buffer_bytes = SIM_BUFFER;
	d->buffer = aligned_alloc(PAGE, SIM_BUFFER);
	sim->log = calloc(SIM_LOG_MAX, sizeof(*sim->log));
	return d->block_count > 0 && d->buffer != NULL && sim->log != NULL;
}

void sim_disks_init(struct sim_disks *sims, const struct clock_port *clock)
{
	*sims = (struct sim_disks){.clock = clock};
}

bool sim_disks_add(struct sim_disks *sims, const char *spec)
{
	struct text rest = {spec, text_length(spec)};
	struct sim_disk *sim = &sims->disks[sims->count];

	if (sims->count == SIM_DISKS_MAX) {
		fmt_to(sims->error, sizeof(sims->error), "at most %d disks", SIM_DISKS_MAX);
		return false;
	}
	*sim = (struct sim_disk){.clock = sims->clock,
		.file = -1,
		.gone_after = UINT64_MAX,
		.queue_limit = UINT64_MAX};
	fmt_to(sim->settings.id, sizeof(sim->settings.id), "disk%zu", sims->count);
	text_copy(sim->settings.bus, sizeof(sim->settings.bus), "block");
	sim->settings.block_bytes = 512;
	sim->settings.namespace_id = 1;
	text_copy(sim->settings.mute, sizeof(sim->settings.mute),
		"the simulated disk has no language");
	sims->count++; /* from here on sim_disks_free() cleans up */
	while (rest.len > 0) {
		struct text pair = {rest.at, 0};

		while (pair.len < rest.len && rest.at[pair.len] != ',')
			pair.len++;
		if (pair.len > 0 && !set_pair(sim, pair)) {
			fmt_to(sims->error, sizeof(sims->error), "cannot use %.*s", (int)pair.len,
				pair.at);
			return false;
		}
		rest.at += pair.len + (pair.len < rest.len);
		rest.len -= pair.len + (pair.len < rest.len);
	}
	if (!complete(sim)) {
		fmt_to(sims->error, sizeof(sims->error), "no size or no memory");
		return false;
	}
	return true;
}
