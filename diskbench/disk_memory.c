/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What a disk was like, as a small text file. Pure. See disk_memory.h. */
#include "diskbench/disk_memory.h"
#include "core/fmt.h"
#include "core/rng.h"

#define FIRST_LINE "kiriwake-disk 1"
#define NAME_LETTERS \
	20 /* of the serial number in the file's name; the rest is in the digits after it */

static const char key_model[] = "model", key_serial[] = "serial", key_gen[] = "sata_generation",
		  key_speed[] = "bytes_per_second";

static uint64_t mix(uint64_t sum, const char *text)
{
	for (; *text != '\0'; text++)
		sum = rng_mix(sum ^ (uint8_t)*text);
	return rng_mix(sum ^ UINT64_C(0x100));
}

bool disk_memory_path(const char *model, const char *serial, char ret[DISK_MEMORY_PATH])
{
	const uint32_t sum = (uint32_t)mix(mix(0, model), serial);

	if (serial[0] == '\0')
		return false;
	fmt_to(ret, DISK_MEMORY_PATH, "/baseline/disk-");
	for (size_t i = 0; i < NAME_LETTERS && serial[i] != '\0'; i++) {
		const char c = serial[i];
		const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
				   (c >= 'a' && c <= 'z');

		fmt_add(ret, DISK_MEMORY_PATH, "%c", plain ? c : '-');
	}
	fmt_add(ret, DISK_MEMORY_PATH, "-%08x.txt", (unsigned)sum);
	return true;
}

/* ---- writing ---- */

size_t disk_memory_write(const struct disk_memory *memory, char buf[DISK_MEMORY_BYTES])
{
	size_t len = fmt_to(buf, DISK_MEMORY_BYTES, FIRST_LINE "\n%s=%s\n%s=%s\n", key_model,
		memory->model, key_serial, memory->serial);

	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		const struct health_figure *f = &memory->health.counts[i];

		if (f->source != SOURCE_NONE)
			len = fmt_add(buf, DISK_MEMORY_BYTES, "%s=%llu %s\n", health_info(i)->key,
				(unsigned long long)f->value, health_source_key(f->source));
	}
	if (memory->sata_gen != 0)
		len = fmt_add(buf, DISK_MEMORY_BYTES, "%s=%u\n", key_gen, memory->sata_gen);
	if (memory->bytes_per_s != 0)
		len = fmt_add(buf, DISK_MEMORY_BYTES, "%s=%llu\n", key_speed,
			(unsigned long long)memory->bytes_per_s);
	return len;
}

/* ---- reading ---- */

static void take_figure(struct text value, struct health_figure *ret)
{
	struct text number, source;
	uint64_t n;

	if (!text_word(&value, &number) || !text_word(&value, &source) || !text_number(number, &n))
		return;
	for (enum health_source s = SOURCE_NONE + 1; s < HEALTH_SOURCES; s++) {
		if (text_is(source, health_source_key(s)))
			*ret = (struct health_figure){s, n};
	}
}

static void take_line(struct text key, struct text value, struct disk_memory *m)
{
	uint64_t number;

	if (text_is(key, key_model))
		text_clean(m->model, sizeof(m->model), value.at, value.len);
	else if (text_is(key, key_serial))
		text_clean(m->serial, sizeof(m->serial), value.at, value.len);
	else if (text_is(key, key_gen) && text_number(value, &number) && number <= 7)
		m->sata_gen = (unsigned)number;
	else if (text_is(key, key_speed) && text_number(value, &number))
		m->bytes_per_s = number;
	for (enum health_count i = 0; i < HEALTH_COUNTS; i++) {
		if (text_is(key, health_info(i)->key))
			take_figure(value, &m->health.counts[i]);
	}
}

bool disk_memory_read(struct span file, struct disk_memory *ret)
{
	struct text rest = {(const char *)file.at, file.len}, line;
	struct disk_memory m = {0};

	if (!text_line(&rest, &line) || !text_is(line, FIRST_LINE))
		return false;
	while (text_line(&rest, &line)) {
		size_t len = 0;

		while (len < line.len && line.at[len] != '=')
			len++;
		if (len < line.len)
			take_line((struct text){line.at, len},
				(struct text){line.at + len + 1, line.len - len - 1}, &m);
	}
	*ret = m;
	return true;
}
