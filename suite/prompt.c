/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Asking a person at the console for a profile and options (interactive=yes). Pure over console_port.
 *
 * Trust. What is typed goes through the same parser as every other source of options.
 */
#include "core/fmt.h"
#include "suite/state.h"

#define PATIENCE_NS \
	60000000000u /* without any key the run goes on by itself: the machine may be headless */
#define POLL_NS   20000000u
#define LINE_SIZE 128
#define BACKSPACE 8
#define DELETE    127

static void say(struct suite *s, const char *text)
{
	const struct console_port *c = &s->machine->console;

	c->write(c->ctx, text, text_length(text));
}

/* The next key, or KEY_NONE after a minute. */
static int wait_key(struct suite *s)
{
	const struct machine *m = s->machine;
	uint64_t deadline_ns = m->clock.now_ns(m->clock.ctx) + PATIENCE_NS;
	int key = KEY_NONE;

	while (key == KEY_NONE && m->clock.now_ns(m->clock.ctx) < deadline_ns) {
		key = m->console.key(m->console.ctx);
		if (key == KEY_NONE)
			m->clock.sleep_ns(m->clock.ctx, POLL_NS);
	}
	return key;
}

static void edit(struct suite *s, char line[LINE_SIZE], size_t *len, int key)
{
	char echo[2] = {(char)key, '\0'};

	if ((key == BACKSPACE || key == DELETE) && *len > 0) {
		(*len)--;
		say(s, "\b \b");
	} else if (key >= ' ' && key < DELETE && *len + 1 < LINE_SIZE) {
		line[(*len)++] = echo[0];
		say(s, echo);
	}
}

/* Reads a line. False: nobody there, or Escape. */
static bool read_line(struct suite *s, char line[LINE_SIZE], size_t *ret_len)
{
	size_t len = 0;

	for (;;) {
		int key = wait_key(s);

		if (key == KEY_NONE || key == KEY_ESCAPE)
			return false;
		if (key == KEY_ENTER) {
			say(s, "\n");
			*ret_len = len;
			return true;
		}
		edit(s, line, &len, key);
	}
}

static void take(struct suite *s, const char *line, size_t len)
{
	const struct option_source typed = {.name = "typed at the console", .text = {line, len}};

	options_read(&s->config, &typed, &s->problems);
}

void prompt_options(struct suite *s)
{
	static const char *const profiles[] = {
		"quick", "full", "memory", "network", "disk", "burnin"};
	char line[LINE_SIZE];
	size_t len;
	int key;

	say(s, "\nKiriwake. Which profile?\n");
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		fmt_to(line, sizeof(line), "  %zu  %s\n", i + 1, profiles[i]);
		say(s, line);
	}
	say(s, "Press 1 to 6, or Enter for what the configuration says: ");
	key = wait_key(s);
	say(s, "\n");
	if (key == KEY_NONE)
		return;
	if (key >= '1' && (size_t)(key - '1') < ARRAY_LEN(profiles)) {
		len = fmt_to(line, sizeof(line), "profile=%s", profiles[key - '1']);
		take(s, line, len);
	}
	say(s, "More options, one per line (net.ip = 192.168.1.20/24). An empty line starts the run.\n");
	for (;;) {
		say(s, "> ");
		if (!read_line(s, line, &len) || len == 0)
			break;
		take(s, line, len);
	}
}
