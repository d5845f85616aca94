/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Inside the options: a row per key, and the kinds of values.
 *
 * Pure.
 */
#ifndef KIRIWAKE_SUITE_OPTION_TABLE_H
#define KIRIWAKE_SUITE_OPTION_TABLE_H

#include "core/config.h"
#include "core/fmt.h"

struct option;

/* How values of one kind are read and written. */
struct option_kind {
	/* Reads the whole of `value` into *config; false, with it untouched, if the option does not take it. */
	bool (*read)(const struct option *o, struct config *config, struct text value);
	/* Writes the value so that read() accepts it. */
	void (*print)(const struct option *o, const struct config *config, struct sink out);
};

/* A named 0 is a word that stands for 0, which the bounds need not contain: "off". */
struct option {
	const char *key;
	const struct option_kind *kind;
	size_t offset; /* of the member of struct config, where the kind needs one */
	const char *const *
		words; /* of a word: names of 0, 1, 2... and NULL; of an amount: the named 0, or NULL */
	uint64_t min, max;    /* bounds of an amount; times in nanoseconds */
	const char *accepted; /* for people */
	const char *help;     /* one line */
};

extern const struct option option_table[];
extern const size_t option_count;

/* One of `words`, stored as its number in an enum or unsigned. */
extern const struct option_kind option_word;
/* yes or no, in a bool. */
extern const struct option_kind option_yes_no;
/* An unsigned between min and max. */
extern const struct option_kind option_number;
/* Bytes in a uint64_t, "64M", between min and max. */
extern const struct option_kind option_size;
/* A time in a uint64_t of nanoseconds, "30m". */
extern const struct option_kind option_duration;
/* The same in an unsigned of whole seconds. */
extern const struct option_kind option_seconds;
/* A host address in a struct ip4, or "none". */
extern const struct option_kind option_ip;
/* The MAC address of one device in a struct mac, or "none". */
extern const struct option_kind option_mac;
/* Blank-separated words in a char[CONFIG_GLOBS]; commas count as blanks. */
extern const struct option_kind option_globs;
/* The same of host:port words. */
extern const struct option_kind option_services;
/* The same, of words that mem.inject understands. */
extern const struct option_kind option_inject;
/* Printable text in a char[CONFIG_SECRET] that is never shown: printed, it is OPTION_HIDDEN. */
extern const struct option_kind option_secret;
#define OPTION_HIDDEN "***"
/* Each for one option: net.ip, net.expect_mac, mem.range. */
extern const struct option_kind option_own_ip;
extern const struct option_kind option_own_mac;
extern const struct option_kind option_range;

#endif
