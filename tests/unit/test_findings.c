/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The closed list of findings: each has its whole text, some check raises it, and some test sees it. */
#include "core/bytes.h"
#include "core/finding.h"
#include "core/fmt.h"
#include "tests/test.h"
#include <dirent.h>
#include <stdlib.h>

#define TEXT_MAX (4u << 20)

/* All source files of some directories, one behind the other. */
struct sources {
	size_t used;
	char text[TEXT_MAX];
};

static void add_file(struct sources *s, const char *directory, const char *name)
{
	char path[300];
	FILE *file;

	fmt_to(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return;
	s->used += fread(s->text + s->used, 1, sizeof(s->text) - 1 - s->used, file);
	CHECK(s->used < sizeof(s->text) - 1, "no room for %s", path);
	fclose(file);
}

static bool ends_in(const char *name, const char *end)
{
	const size_t len = strlen(name), wanted = strlen(end);

	return len >= wanted && strcmp(name + len - wanted, end) == 0;
}

static void add_directory(struct sources *s, const char *directory, const char *end)
{
	DIR *d = opendir(directory);
	const struct dirent *entry;

	CHECK(d != NULL, "%s", directory);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (ends_in(entry->d_name, end) && strstr(entry->d_name, "triage") == NULL)
			add_file(s, directory, entry->d_name);
	}
	if (d != NULL)
		closedir(d);
}

/* "mem-bit-error" is FINDING_MEM_BIT_ERROR in C. */
static void name_of(char buf[64], const char *code)
{
	fmt_to(buf, 64, "FINDING_%s", code);
	for (char *c = buf; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
		else if (*c == '-')
			*c = '_';
	}
}

/* The name, and no longer one that begins with it. */
static bool has_word(const struct sources *s, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = strstr(s->text, word); at != NULL; at = strstr(at + 1, word)) {
		const char after = at[len];

		if (after != '_' && after != '-' && (after < 'A' || after > 'Z') &&
			(after < 'a' || after > 'z'))
			return true;
	}
	return false;
}

static void test_raised_and_tested(void)
{
	static const char *const rooms[] = {
		"memtest", "nicprobe", "diskbench", "evidence", "suite"};
	struct sources *raising = calloc(1, sizeof(*raising)),
		       *testing = calloc(1, sizeof(*testing));

	for (size_t i = 0; i < ARRAY_LEN(rooms); i++)
		add_directory(raising, rooms[i], ".c");
	add_directory(testing, "tests/unit", ".c");
	add_directory(testing, "qemu-tests", ".py");
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		const char *text = finding_info((enum finding_code)code)->code;
		char name[64];

		name_of(name, text);
		CHECK(has_word(raising, name), "nothing raises %s", text);
		CHECK(has_word(testing, name) || has_word(testing, text), "no test sees %s", text);
	}
	free(raising);
	free(testing);
}

static bool is_sentence(const char *text)
{
	return text != NULL && text[0] >= 'A' && text[0] <= 'Z' && strlen(text) > 10 &&
	       text[strlen(text) - 1] == '.';
}

static void test_texts(void)
{
	for (unsigned code = 0; code < FINDING_COUNT; code++) {
		const struct finding_info *f = finding_info((enum finding_code)code);

		CHECK(f->code != NULL, "finding %u has no row", code);
		if (f->code == NULL)
			continue;
		CHECK(is_sentence(f->seen), "%s: seen", f->code);
		CHECK(is_sentence(f->means), "%s: means", f->code);
		CHECK(is_sentence(f->next), "%s: next", f->code);
		CHECK(is_sentence(f->sure), "%s: sure", f->code);
		CHECK(f->verdict == WARN || f->verdict == FAIL, "%s", f->code);
		CHECK(surety_name(f->surety)[0] != '\0', "%s", f->code);
		for (unsigned other = 0; other < code; other++)
			CHECK(strcmp(f->code, finding_info((enum finding_code)other)->code) != 0,
				"%s twice", f->code);
	}
}

int main(void)
{
	test_texts();
	test_raised_and_tested();
	return test_end(__FILE__);
}
