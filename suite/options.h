/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The options of a run: their table, reading them from text, and printing them.
 *
 * Pure.
 * Trust. None: sources are files, firmware strings and command lines. Bad input is never fatal and never silent:
 *        every word that was not understood becomes a problem, and the value from before stays.
 *
 * A source is either lines, `key = value` with `#` comments (from the start of a line or behind a blank), CR LF and
 * a UTF-8 byte order mark tolerated (UTF-16 is for the reader of the file: text_narrow()); or words, key=value separated by blanks. A value may stand in double quotes.
 * Keys and named values are matched without regard to case.
 */
#ifndef KIRIWAKE_SUITE_OPTIONS_H
#define KIRIWAKE_SUITE_OPTIONS_H

#include "core/config.h"
#include "core/fmt.h"

/* What applies when nobody says anything. */
void options_defaults(struct config *ret);

#define OPTION_SHOWN 48

struct option_problem {
	bool unknown; /* no such option; else one that does not take the value and keeps what it had */
	bool cut; /* the source is longer than what was read of it: nothing from this line on counts */
	bool bare;                 /* unknown, and not even key=value: all of it is in `key` */
	char source[OPTION_SHOWN]; /* these three are printable and cut to fit */
	char key[OPTION_SHOWN];
	char value[OPTION_SHOWN];
	bool words;           /* `line` counts words */
	unsigned line;        /* from 1 */
	const char *accepted; /* what the option takes; NULL for an unknown one. Static. */
	const char *nearest;  /* the key that was probably meant, or NULL. Static. */
};

#define OPTION_PROBLEMS_MAX 32

struct option_problems {
	size_t count;
	struct option_problem items[OPTION_PROBLEMS_MAX];
	unsigned more; /* further ones that did not fit */
};

/* Reads one source on top of what *config holds: call once per source, later ones win. Adds to *problems, which
 * begins zeroed. */
void options_read(struct config *config, const struct option_source *source,
	struct option_problems *problems);

/* Copies a source of words as it was given, cleaned, but for the values of secret options, misspelt ones among them. */
void options_show_words(struct text words, char *dst, size_t cap);

/* Room for the text of any problem. */
#define OPTION_PROBLEM_TEXT 896

/* The problem as a sentence that names source, line and what is accepted, cut to fit. */
void option_problem_text(const struct option_problem *problem, char *buf, size_t cap);

/* All options as "key=value\n" lines. options_read() turns them back into the same configuration, secrets apart. */
void options_print(const struct config *config, struct sink out);

/* A Markdown table of all options, for docs/OPTIONS.md. */
void options_document(struct sink out);

#endif
