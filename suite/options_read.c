/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading options from text, and saying what was not understood. Pure. See options.h. */
#include "suite/option_table.h"
#include "suite/options.h"

#define KEY_MAX        32 /* longer than any key: what is longer resembles none */
#define WORD_SHOWN_MAX 256

static const struct text hidden = {OPTION_HIDDEN, sizeof(OPTION_HIDDEN) - 1};

/* Where in a source we are. */
struct place {
	const struct option_source *source;
	unsigned at; /* line or word, from 1 */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies for showing: unlike text_clean() a NUL byte does not end it. */
static void show(char dst[OPTION_SHOWN], struct text t)
{
	size_t len = t.len < OPTION_SHOWN ? t.len : OPTION_SHOWN - 1;

	for (size_t i = 0; i < len; i++)
		dst[i] = t.at[i] >= ' ' && t.at[i] <= '~' ? t.at[i] : '?';
	dst[len] = '\0';
	text_mark_cut(dst, OPTION_SHOWN, t.len);
}

/* Completes `p` with where and what it was, and adds it. */
static void complain(struct option_problems *problems, struct place place, struct text key,
	struct text value, struct option_problem p)
{
	const char *source = place.source->name;

	if (problems->count == OPTION_PROBLEMS_MAX) {
		problems->more++;
		return;
	}
	p.words = place.source->words;
	p.line = place.at;
	show(p.source, (struct text){source, text_length(source)});
	show(p.key, key);
	show(p.value, value);
	problems->items[problems->count++] = p;
}

static const struct option *find(struct text key)
{
	for (size_t i = 0; i < option_count; i++) {
		struct text name = {option_table[i].key, text_length(option_table[i].key)};

		if (name.len == key.len && text_glob(name, key))
			return &option_table[i];
	}
	return NULL;
}

/* Edit distance (Levenshtein); both shorter than KEY_MAX. */
static unsigned distance(struct text a, struct text b)
{
	unsigned row[KEY_MAX];

	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned change = diagonal + (a.at[i - 1] != b.at[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < change)
				change = row[j] + 1;
			if (row[j - 1] + 1 < change)
				change = row[j - 1] + 1;
			row[j] = change;
		}
	}
	return row[b.len];
}

/* The key that was probably meant: at most a third of its letters differ. NULL if none is so close. */
static const char *nearest_key(struct text key)
{
	const char *best = NULL;
	unsigned least = KEY_MAX;

	if (key.len >= KEY_MAX)
		return NULL;
	for (size_t i = 0; i < option_count; i++) {
		struct text name = {option_table[i].key, text_length(option_table[i].key)};
		unsigned d = distance(key, name);

		if (d < least && d <= name.len / 3) {
			least = d;
			best = name.at;
		}
	}
	return best;
}

/* Whether what stands behind the key must not be shown. */
static bool is_secret(struct text key)
{
	const struct option *o = find(key);
	const char *nearest = o == NULL ? nearest_key(key) : NULL;

	if (nearest != NULL)
		o = find((struct text){nearest, text_length(nearest)});
	return o != NULL && o->kind == &option_secret;
}

static struct text without_quotes(struct text t)
{
	if (t.len >= 2 && t.at[0] == '"' && t.at[t.len - 1] == '"')
		return text_trim((struct text){t.at + 1, t.len - 2});
	return t;
}

/* One "key=value", not empty. */
static void read_pair(struct config *config, struct place place, struct text pair,
	struct option_problems *problems)
{
	struct text key, value, none = {pair.at, 0}, rest = pair, first = none;
	const struct option *o;
	size_t equals = 0;

	while (equals < pair.len && pair.at[equals] != '=')
		equals++;
	if (equals == pair.len) {
		text_word(&rest, &first);
		complain(problems, place, is_secret(first) ? first : pair, none,
			(struct option_problem){.unknown = true, .bare = true});
		return;
	}
	key = text_trim((struct text){pair.at, equals});
	value = text_trim((struct text){pair.at + equals + 1, pair.len - equals - 1});
	o = find(key);
	if (o == NULL)
		complain(problems, place, key, is_secret(key) ? hidden : value,
			(struct option_problem){.unknown = true, .nearest = nearest_key(key)});
	else if (!o->kind->read(o, config, without_quotes(value)))
		complain(problems, place, key, is_secret(key) ? hidden : value,
			(struct option_problem){.accepted = o->accepted});
}

/* The line up to its comment. */
static struct text without_comment(struct text line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '#' && (i == 0 || is_blank(line.at[i - 1])))
			return (struct text){line.at, i};
	}
	return line;
}

/* A file that was cut ends with its last whole line. */
static void read_lines(struct config *config, struct place place, struct text rest,
	struct option_problems *problems)
{
	while (place.source->cut && rest.len > 0 && rest.at[rest.len - 1] != '\n')
		rest.len--;
	while (rest.len > 0) {
		struct text line = {rest.at, 0};
		size_t taken;

		while (line.len < rest.len && rest.at[line.len] != '\n')
			line.len++;
		taken = line.len + (line.len < rest.len);
		rest = (struct text){rest.at + taken, rest.len - taken};
		line = text_trim(without_comment(line));
		place.at++;
		if (line.len > 0)
			read_pair(config, place, line, problems);
	}
	place.at++;
	if (place.source->cut)
		complain(problems, place, rest, rest, (struct option_problem){.cut = true});
}

/* The word at the start of `t`: up to a blank outside double quotes. */
static size_t word_length(struct text t)
{
	bool quoted = false;
	size_t len = 0;

	for (; len < t.len && (quoted || !is_blank(t.at[len])); len++) {
		if (t.at[len] == '"')
			quoted = !quoted;
	}
	return len;
}

/* The program's own name, which some firmware puts before the options. */
static bool is_program(struct place place, struct text word)
{
	static const char glob[] = "*.efi";

	return place.at == 1 && text_glob((struct text){glob, sizeof(glob) - 1}, word);
}

/* The words of a source, one after the other. A secret that stands apart from its key, behind a blank, is a word by itself:
 * nobody may see it. */
struct words {
	struct text rest, word;
	struct text key; /* the word up to its '=' */
	bool due;        /* the secret key before this word had no value */
	bool secret;     /* this word is that value */
};

/* False: there is no further one. */
static bool next_word(struct words *w)
{
	w->rest = text_trim(w->rest);
	w->word = w->key = (struct text){w->rest.at, word_length(w->rest)};
	w->rest = (struct text){w->rest.at + w->word.len, w->rest.len - w->word.len};
	w->key.len = 0;
	while (w->key.len < w->word.len && w->word.at[w->key.len] != '=')
		w->key.len++;
	w->secret = w->due && (w->key.len == w->word.len || find(w->key) == NULL);
	w->due = w->secret ? text_is(w->word, "=")
			   : w->word.len <= w->key.len + 1 && is_secret(w->key);
	return w->word.len > 0;
}

static void read_words(struct config *config, struct place place, struct text words,
	struct option_problems *problems)
{
	struct words w = {.rest = words};

	while (next_word(&w)) {
		place.at++;
		if (w.secret)
			complain(problems, place, hidden, (struct text){w.word.at, 0},
				(struct option_problem){.unknown = true, .bare = true});
		else if (!is_program(place, w.word))
			read_pair(config, place, w.word, problems);
	}
}

void options_show_words(struct text words, char *dst, size_t cap)
{
	struct words w = {.rest = words};
	char shown[WORD_SHOWN_MAX];

	for (dst[0] = '\0'; next_word(&w);) {
		const bool has_value = w.key.len < w.word.len;
		const bool hides = has_value && is_secret(w.key);
		const struct text seen = w.secret ? hidden : hides ? w.key : w.word;

		text_clean(shown, sizeof(shown), seen.at, seen.len);
		fmt_add(dst, cap, "%s%s%s", dst[0] != '\0' ? " " : "", shown,
			hides && !w.secret ? "=" OPTION_HIDDEN : "");
	}
}

void options_read(
	struct config *config, const struct option_source *source, struct option_problems *problems)
{
	static const char byte_order_mark[] = {'\xef', '\xbb', '\xbf'};
	struct text t = source->text;
	struct place place = {source, 0};

	if (t.len >= sizeof(byte_order_mark) &&
		memcmp(t.at, byte_order_mark, sizeof(byte_order_mark)) == 0)
		t = (struct text){t.at + sizeof(byte_order_mark), t.len - sizeof(byte_order_mark)};
	if (source->words)
		read_words(config, place, t, problems);
	else
		read_lines(config, place, t, problems);
}

void option_problem_text(const struct option_problem *problem, char *buf, size_t cap)
{
	fmt_to(buf, cap, "%s, %s %u: ", problem->source, problem->words ? "word" : "line",
		problem->line);
	if (problem->cut) {
		fmt_add(buf, cap, "the file is too long: from here on nothing of it was read");
		return;
	}
	if (!problem->unknown) {
		fmt_add(buf, cap, "bad value \"%s\" for %s; accepted: %s", problem->value,
			problem->key, problem->accepted);
		return;
	}
	if (problem->bare)
		fmt_add(buf, cap, "\"%s\" is not key=value", problem->key);
	else
		fmt_add(buf, cap, "unknown key \"%s\"", problem->key);
	if (problem->nearest != NULL)
		fmt_add(buf, cap, " (did you mean %s?)", problem->nearest);
	fmt_add(buf, cap, "; accepted keys:");
	for (size_t i = 0; i < option_count; i++)
		fmt_add(buf, cap, "%s %s", i > 0 ? "," : "", option_table[i].key);
}
