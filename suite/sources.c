/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The options of a run from all their sources, in order of precedence. Pure.
 *
 * Trust. None of the sources; suite/options_read.c says what was not understood.
 */
#include "evidence/smbios.h"
#include "suite/state.h"

#define BURNIN_BUDGET_NS (8 * 3600 * UINT64_C(1000000000)) /* a night, when no budget is given */
#define OEM_PREFIX       "kiriwake:"

struct bounded_text {
	char *at;
	size_t cap;
};

static void bounded_write(void *ctx, const char *text, size_t len)
{
	struct bounded_text *b = ctx;

	fmt_add(b->at, b->cap, "%.*s", (int)len, text);
}

static void read_smbios_options(struct suite *s)
{
	const size_t prefix = sizeof(OEM_PREFIX) - 1;
	char string[256];
	size_t cursor = 0;

	while (smbios_next_oem_string(s->machine->smbios_table, &cursor, string, sizeof(string))) {
		struct text t = {string, text_length(string)};

		if (t.len >= prefix && memcmp(t.at, OEM_PREFIX, prefix) == 0) {
			const struct option_source source = {.name = "SMBIOS OEM string",
				.text = {t.at + prefix, t.len - prefix}};

			options_read(&s->config, &source, &s->problems);
		}
	}
}

void gather_options(struct suite *s)
{
	const struct machine *m = s->machine;

	options_defaults(&s->config);
	for (size_t i = 0; i <= m->option_source_count; i++) {
		if (i == m->smbios_options_at)
			read_smbios_options(s);
		if (i < m->option_source_count) {
			options_read(&s->config, &m->option_sources[i], &s->problems);
			if (m->option_sources[i].words)
				options_show_words(m->option_sources[i].text, s->command_line,
					sizeof(s->command_line));
		}
	}
	if (s->config.interactive)
		prompt_options(s);
	if (s->config.profile == PROFILE_BURNIN && s->config.budget_ns == 0)
		s->config.budget_ns = BURNIN_BUDGET_NS;
	options_print(&s->config, (struct sink){bounded_write,
					  &(struct bounded_text){s->parameters, PARAMETERS_SIZE}});
	if (m->apply != NULL)
		m->apply(s->machine, &s->config);
}
