/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The kinds of option values: reading and writing them. Pure. See option_table.h.
 *
 * Members of struct config are reached by offset and memcpy(): enums are as wide as unsigned.
 */
#include "nicprobe/services.h"

#include "memtest/inject.h"
#include "suite/option_table.h"

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

_Static_assert(sizeof(enum profile) == sizeof(unsigned), "enums are stored as unsigned");

static void store(const struct option *o, struct config *config, const void *value, size_t len)
{
	memcpy((char *)config + o->offset, value, len);
}

static void load(const struct option *o, const struct config *config, void *ret, size_t len)
{
	memcpy(ret, (const char *)config + o->offset, len);
}

static bool same_word(struct text t, const char *word)
{
	struct text glob = {word, text_length(word)};

	return glob.len == t.len && text_glob(glob, t);
}

/* ---- words ---- */

static bool read_word(const struct option *o, struct config *config, struct text value)
{
	for (unsigned i = 0; o->words[i] != NULL; i++) {
		if (same_word(value, o->words[i])) {
			store(o, config, &i, sizeof(i));
			return true;
		}
	}
	return false;
}

static void print_word(const struct option *o, const struct config *config, struct sink out)
{
	unsigned i;

	load(o, config, &i, sizeof(i));
	fmt(out, "%s", o->words[i]);
}

const struct option_kind option_word = {read_word, print_word};

static bool read_yes_no(const struct option *o, struct config *config, struct text value)
{
	bool yes = same_word(value, "yes");

	if (!yes && !same_word(value, "no"))
		return false;
	store(o, config, &yes, sizeof(yes));
	return true;
}

static void print_yes_no(const struct option *o, const struct config *config, struct sink out)
{
	bool yes;

	load(o, config, &yes, sizeof(yes));
	fmt(out, "%s", yes ? "yes" : "no");
}

const struct option_kind option_yes_no = {read_yes_no, print_yes_no};

/* ---- amounts ---- */

/* The option's own word for 0, if it has one. */
static bool is_zero_word(const struct option *o, struct text value)
{
	return o->words != NULL && same_word(value, o->words[0]);
}

static bool is_within(const struct option *o, uint64_t value)
{
	if (value == 0 && o->words != NULL)
		return true;
	return value >= o->min && value <= o->max;
}

static bool read_number(const struct option *o, struct config *config, struct text value)
{
	uint64_t wide = 0;
	unsigned number;

	if (!is_zero_word(o, value) &&
		(!text_number(value, &wide) || wide < o->min || wide > o->max))
		return false;
	number = (unsigned)wide;
	store(o, config, &number, sizeof(number));
	return true;
}

static void print_number(const struct option *o, const struct config *config, struct sink out)
{
	unsigned number;

	load(o, config, &number, sizeof(number));
	if (number == 0 && o->words != NULL)
		fmt(out, "%s", o->words[0]);
	else
		fmt(out, "%u", number);
}

const struct option_kind option_number = {read_number, print_number};

static bool read_size(const struct option *o, struct config *config, struct text value)
{
	uint64_t bytes;

	if (!text_size(value, &bytes) || !is_within(o, bytes))
		return false;
	store(o, config, &bytes, sizeof(bytes));
	return true;
}

static void print_size(const struct option *o, const struct config *config, struct sink out)
{
	uint64_t bytes;

	load(o, config, &bytes, sizeof(bytes));
	fmt(out, "%llu%s", (unsigned long long)(bytes % 1024 != 0 ? bytes : bytes / 1024),
		bytes % 1024 != 0 ? "" : "K");
}

const struct option_kind option_size = {read_size, print_size};

static bool duration(const struct option *o, struct text value, uint64_t *ret_ns)
{
	uint64_t ns = 0;

	if (!is_zero_word(o, value) && !text_duration(value, &ns))
		return false;
	if (!is_within(o, ns))
		return false;
	*ret_ns = ns;
	return true;
}

static void print_ns(const struct option *o, uint64_t ns, struct sink out)
{
	if (ns == 0)
		fmt(out, "%s", o->words != NULL ? o->words[0] : "0");
	else if (ns % NS_PER_S == 0)
		fmt(out, "%llus", (unsigned long long)(ns / NS_PER_S));
	else
		fmt(out, "%llums", (unsigned long long)(ns / NS_PER_MS));
}

static bool read_duration(const struct option *o, struct config *config, struct text value)
{
	uint64_t ns;

	if (!duration(o, value, &ns))
		return false;
	store(o, config, &ns, sizeof(ns));
	return true;
}

static void print_duration(const struct option *o, const struct config *config, struct sink out)
{
	uint64_t ns;

	load(o, config, &ns, sizeof(ns));
	print_ns(o, ns, out);
}

const struct option_kind option_duration = {read_duration, print_duration};

static bool read_seconds(const struct option *o, struct config *config, struct text value)
{
	uint64_t ns;
	unsigned seconds;

	if (!duration(o, value, &ns) || ns % NS_PER_S != 0)
		return false;
	seconds = (unsigned)(ns / NS_PER_S);
	store(o, config, &seconds, sizeof(seconds));
	return true;
}

static void print_seconds(const struct option *o, const struct config *config, struct sink out)
{
	unsigned seconds;

	load(o, config, &seconds, sizeof(seconds));
	print_ns(o, seconds * NS_PER_S, out);
}

const struct option_kind option_seconds = {read_seconds, print_seconds};

/* ---- lists ---- */

static bool read_globs(const struct option *o, struct config *config, struct text value)
{
	char list[CONFIG_GLOBS] = "";
	size_t used = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i] == ',' || value.at[i] == '\t' ? ' ' : value.at[i];

		if (c < ' ' || c > '~' || c == '"' || c == '#')
			return false;
		if (c == ' ' && (used == 0 || list[used - 1] == ' '))
			continue;
		if (used == sizeof(list) - 1)
			return false;
		list[used++] = c;
	}
	if (used > 0 && list[used - 1] == ' ')
		used--;
	list[used] = '\0';
	store(o, config, list, sizeof(list));
	return true;
}

static void print_globs(const struct option *o, const struct config *config, struct sink out)
{
	fmt(out, "%s", (const char *)config + o->offset);
}

const struct option_kind option_globs = {read_globs, print_globs};

/* ---- secrets ---- */

static bool read_secret(const struct option *o, struct config *config, struct text value)
{
	char secret[CONFIG_SECRET] = "";

	if (value.len >= sizeof(secret))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < ' ' || value.at[i] > '~' || value.at[i] == '"')
			return false;
		secret[i] = value.at[i];
	}
	store(o, config, secret, sizeof(secret));
	return true;
}

static void print_secret(const struct option *o, const struct config *config, struct sink out)
{
	const char *secret = (const char *)config + o->offset;

	fmt(out, "%s", secret[0] != '\0' ? OPTION_HIDDEN : "");
}

const struct option_kind option_secret = {read_secret, print_secret};

static bool read_services(const struct option *o, struct config *config, struct text value)
{
	struct config trial = *config;
	struct text rest, word, host;
	uint16_t port;

	if (!read_globs(o, &trial, value))
		return false;
	rest.at = (const char *)&trial + o->offset;
	rest.len = text_length(rest.at);
	while (text_word(&rest, &word)) {
		if (!service_read(word, &host, &port))
			return false;
	}
	*config = trial;
	return true;
}

const struct option_kind option_services = {read_services, print_globs};

/* Read as a list first: commas have become blanks then. */
static bool read_inject(const struct option *o, struct config *config, struct text value)
{
	struct config copy = *config;
	const char *list = (const char *)&copy + o->offset;

	if (!read_globs(o, &copy, value) ||
		!inject_words_valid((struct text){list, text_length(list)}))
		return false;
	*config = copy;
	return true;
}

const struct option_kind option_inject = {read_inject, print_globs};
