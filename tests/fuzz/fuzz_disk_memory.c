/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A remembered disk from any bytes: no crash, printable names, and what was read is written and read again unchanged. */
#include "core/text.h"
#include "diskbench/disk_memory.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

static void must_be_clean(const char *text)
{
	size_t at = 0;

	for (; at < PORT_TEXT && text[at] != '\0'; at++)
		must(text[at] >= ' ' && text[at] <= '~');
	must(at < PORT_TEXT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_memory memory, again;
	char buf[DISK_MEMORY_BYTES], path[DISK_MEMORY_PATH];
	size_t len;

	if (!disk_memory_read((struct span){data, size}, &memory))
		return 0;
	must_be_clean(memory.model);
	must_be_clean(memory.serial);
	if (disk_memory_path(memory.model, memory.serial, path))
		must(text_length(path) < DISK_MEMORY_PATH - 1);
	len = disk_memory_write(&memory, buf);
	must(len < DISK_MEMORY_BYTES - 1);
	must(disk_memory_read((struct span){(const uint8_t *)buf, len}, &again));
	must(text_same(memory.model, again.model) && text_same(memory.serial, again.serial));
	must(memory.sata_gen == again.sata_gen && memory.bytes_per_s == again.bytes_per_s);
	for (enum health_count i = 0; i < HEALTH_COUNTS; i++)
		must(memory.health.counts[i].source == again.health.counts[i].source &&
			(memory.health.counts[i].source == SOURCE_NONE ||
				memory.health.counts[i].value == again.health.counts[i].value));
	return 0;
}
