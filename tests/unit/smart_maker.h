/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pages that drives send about themselves, made for tests in the formats of their specifications; and real ones, where they are. */
#ifndef KIRIWAKE_TESTS_SMART_MAKER_H
#define KIRIWAKE_TESTS_SMART_MAKER_H

#include "diskbench/ata_logs.h"
#include <stdio.h>
#include <stdlib.h>

#define SPAN(array) ((struct span){(array), sizeof(array)})

static inline void put_le(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* Makes the last byte so that all 512 add up to 0. */
static inline void seal(uint8_t page[512])
{
	uint8_t sum = 0;

	for (size_t i = 0; i < 511; i++)
		sum = (uint8_t)(sum + page[i]);
	page[511] = (uint8_t)-sum;
}

/* ---- ATA ---- */

static inline void put_words(uint8_t *page, size_t first, size_t count, const char *text)
{
	for (size_t i = 0; i < 2 * count; i++)
		page[2 * first + (i ^ 1)] = i < strlen(text) ? (uint8_t)text[i] : ' ';
}

/* A SATA drive with everything that the checks ask for, 1 TB, 7200 rpm or, with rotation 1, solid-state. */
static inline void make_identity(
	uint8_t page[512], const char *model, const char *serial, unsigned rotation)
{
	static const struct {
		uint16_t word, value;
	} words[] = {{76, 0x070e}, {77, 0x0006}, {82, 0x346b}, {83, 0x7d01}, {84, 0x4123},
		{85, 0x3469}, {86, 0xbc01}, {87, 0x4123}, {106, 0x6003}};

	memset(page, 0, 512);
	put_words(page, 10, 10, serial);
	put_words(page, 23, 4, "FW1.0");
	put_words(page, 27, 20, model);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		put_le(page + 2 * words[i].word, words[i].value, 2);
	put_le(page + 2 * 60, 0x0fffffff, 4);
	put_le(page + 2 * 100, 1953525168, 8);
	put_le(page + 2 * 108, 0xc5005000, 4);
	put_le(page + 2 * 217, rotation, 2);
	page[510] = 0xa5;
	seal(page);
}

/* Attributes of a made drive, one line each. */
struct made_attribute {
	uint8_t id, prefail, value, worst, threshold;
	uint64_t raw;
};

static inline void make_smart(
	uint8_t data[512], uint8_t thresholds[512], const struct made_attribute *made, size_t count)
{
	memset(data, 0, 512);
	memset(thresholds, 0, 512);
	data[0] = thresholds[0] = 16;
	for (size_t i = 0; i < count; i++) {
		uint8_t *d = data + 2 + 12 * i, *t = thresholds + 2 + 12 * i;

		d[0] = t[0] = made[i].id;
		d[1] = (uint8_t)(0x32 | made[i].prefail);
		d[3] = made[i].value;
		d[4] = made[i].worst;
		put_le(d + 5, made[i].raw, 6);
		t[1] = made[i].threshold;
	}
	data[367] = 0x5b;
	data[372] = 1;
	seal(data);
	seal(thresholds);
}

/* ---- real ones ---- */

/* What is kept of a real drive: chunks of a 4-byte tag, a big-endian length, and that many bytes. */
struct blob {
	uint8_t bytes[4096];
	size_t len;
};

/* The pages of a real drive; false, and said, where they are not at hand. */
static inline bool blob_load(const char *name, struct blob *ret)
{
	const char *data = getenv("KIRIWAKE_DATA");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/smart/%s", data != NULL ? data : "../shared/data", name);
	f = fopen(path, "rb");
	if (f == NULL) {
		printf("skipped: no %s (KIRIWAKE_DATA)\n", path);
		return false;
	}
	ret->len = fread(ret->bytes, 1, sizeof(ret->bytes), f);
	fclose(f);
	return true;
}

static inline struct span blob_chunk(const struct blob *b, const char *tag)
{
	for (size_t at = 0; at + 8 <= b->len;) {
		struct span chunk;

		if (!span_sub((struct span){b->bytes, b->len}, at + 8, be32(b->bytes + at + 4),
			    &chunk))
			break;
		if (memcmp(b->bytes + at, tag, 4) == 0)
			return chunk;
		at += 8 + chunk.len;
	}
	return (struct span){0};
}

#endif
