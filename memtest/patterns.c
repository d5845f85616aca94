/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Choosing backgrounds by name. Pure. See patterns.h. */
#include "memtest/patterns.h"
#include "core/fmt.h"
#include "memtest/checks.h"

static struct text name_of(size_t i)
{
	return (struct text){backgrounds[i].name, text_length(backgrounds[i].name)};
}

static struct text option_text(const struct config *config)
{
	return (struct text){config->mem_patterns, text_length(config->mem_patterns)};
}

bool mem_pattern_known(struct text glob)
{
	for (size_t i = 0; i < BACKGROUND_COUNT; i++) {
		if (text_glob(glob, name_of(i)))
			return true;
	}
	return false;
}

void mem_pattern_list(char *buf, size_t cap)
{
	buf[0] = '\0';
	for (size_t i = 0; i < BACKGROUND_COUNT; i++)
		fmt_add(buf, cap, "%s%s", i > 0 ? ", " : "", backgrounds[i].name);
}

unsigned patterns_named(const struct config *config, bool ret[BACKGROUND_COUNT])
{
	struct text words = option_text(config), word;
	unsigned count = 0;

	memset(ret, 0, BACKGROUND_COUNT * sizeof(*ret));
	while (text_word(&words, &word)) {
		for (size_t i = 0; i < BACKGROUND_COUNT; i++) {
			if (ret[i] || !text_glob(word, name_of(i)))
				continue;
			ret[i] = true;
			count++;
		}
	}
	return count;
}

unsigned patterns_choose(const struct config *config, bool ret[BACKGROUND_COUNT])
{
	unsigned count = patterns_named(config, ret);

	if (count > 0)
		return count;
	for (size_t i = 0; i < BACKGROUND_COUNT; i++) {
		ret[i] = backgrounds[i].use == BACKGROUND_QUICK ||
			 (backgrounds[i].use == BACKGROUND_THOROUGH && config_thorough(config));
		count += ret[i];
	}
	return count;
}

bool patterns_unknown(const struct config *config, struct text *ret)
{
	struct text words = option_text(config), word;

	while (text_word(&words, &word)) {
		if (mem_pattern_known(word))
			continue;
		*ret = word;
		return true;
	}
	return false;
}
