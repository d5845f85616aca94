/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The console: the firmware's own, and the serial port where the firmware's console does not reach it.
 *
 * Hardware: ConOut, ConIn, one Serial I/O port.
 * Spec.  UEFI 2.10, 12.3, 12.4 and 12.8.
 * Trust. ConOut and ConIn may be NULL; a serial port may swallow nothing: it is given up when it times out.
 */
#include "core/fmt.h"
#include "efi/firmware.h"
#include "efi/parts.h"
#include "efi/path.h"

#define CHUNK               120
#define SERIAL_TIMEOUTS_MAX 2 /* in a row; each may cost a second per character */

static struct {
	SIMPLE_TEXT_OUTPUT_INTERFACE *screen; /* may be NULL */
	SIMPLE_INPUT_INTERFACE *keys;         /* may be NULL */
	SERIAL_IO_INTERFACE *port;            /* the first serial port, or NULL */
	bool port_used;
	bool screen_covers_serial; /* what goes to ConOut comes out of a UART as well */
	unsigned timeouts;
} console;

static void write_serial(const char *text, size_t len)
{
	while (len > 0 && console.port_used) {
		UINTN put = len;
		EFI_STATUS status = console.port->Write(console.port, &put, (void *)text);

		if (EFI_ERROR(status) || put == 0 || put > len) {
			if (++console.timeouts >= SERIAL_TIMEOUTS_MAX)
				console.port_used = false;
			return;
		}
		console.timeouts = 0;
		text += put;
		len -= put;
	}
}

static void put_chunk(const char *text, size_t len)
{
	CHAR16 wide[CHUNK + 1];

	for (size_t i = 0; i < len; i++)
		wide[i] = (CHAR16)(unsigned char)text[i];
	wide[len] = 0;
	if (console.screen != NULL)
		console.screen->OutputString(console.screen, wide);
	if (console.port_used)
		write_serial(text, len);
}

static char printable(char c)
{
	return (c >= ' ' && c < 0x7f) || c == '\r' || c == '\t' ? c : '?';
}

static void console_write(void *ctx, const char *text, size_t len)
{
	char chunk[CHUNK];
	size_t used = 0;

	(void)ctx;
	for (size_t i = 0; i < len; i++) {
		if (used + 2 > sizeof(chunk)) {
			put_chunk(chunk, used);
			used = 0;
		}
		if (text[i] == '\n') {
			chunk[used++] = '\r';
			chunk[used++] = '\n';
		} else {
			chunk[used++] = printable(text[i]);
		}
	}
	if (used > 0)
		put_chunk(chunk, used);
}

static int console_key(void *ctx)
{
	EFI_INPUT_KEY key = {0};

	(void)ctx;
	if (console.keys == NULL || EFI_ERROR(console.keys->ReadKeyStroke(console.keys, &key)))
		return KEY_NONE;
	if (key.ScanCode == SCAN_ESC || key.UnicodeChar == KEY_ESCAPE)
		return KEY_ESCAPE;
	if (key.UnicodeChar == CHAR_CARRIAGE_RETURN || key.UnicodeChar == CHAR_LINEFEED)
		return KEY_ENTER;
	return key.UnicodeChar >= ' ' && key.UnicodeChar < 0x7f ? key.UnicodeChar : KEY_NONE;
}

/* Whether one of the devices that make up ConOut is a terminal on a UART. */
static bool find_serial_console(void)
{
	struct handles consoles = handles_with(&guid_console_out_device);
	bool found = false;

	for (size_t i = 0; i < consoles.count && !found; i++)
		found = path_has(path_of(consoles.at[i]), MESSAGING_DEVICE_PATH, MSG_UART_DP);
	handles_free(&consoles);
	return found;
}

/* Whether a person may look at a screen: graphics on real hardware, not the console splitter's own. */
static bool find_screen(void)
{
	struct handles graphics = handles_with(&guid_graphics_output);
	bool found = false;

	for (size_t i = 0; i < graphics.count && !found; i++)
		found = path_of(graphics.at[i]).len > 0;
	handles_free(&graphics);
	return found;
}

static SERIAL_IO_INTERFACE *find_serial_port(void)
{
	struct handles ports = handles_with(&guid_serial_io);
	SERIAL_IO_INTERFACE *found = NULL;

	for (size_t i = 0; i < ports.count && found == NULL; i++)
		found = protocol_on(ports.at[i], &guid_serial_io);
	handles_free(&ports);
	return found;
}

void console_build(struct machine *machine)
{
	console.screen = fw.table->ConOut;
	console.keys = fw.table->ConIn;
	console.screen_covers_serial = find_serial_console();
	console.port = find_serial_port();
	console.port_used = console.port != NULL && !console.screen_covers_serial;
	if (console.screen != NULL) {
		console.screen->SetAttribute(
			console.screen, EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK));
		console.screen->EnableCursor(console.screen, FALSE);
	}
	machine->console = (struct console_port){
		.has_screen = find_screen(), .write = console_write, .key = console_key};
}

/* serial = on writes to the port even where ConOut seems to reach it: for firmware whose claim is wrong. */
void console_apply(struct machine *machine, const struct config *config)
{
	if (config->serial == SERIAL_AUTO)
		return;
	console.port_used = config->serial == SERIAL_ON && console.port != NULL;
	if (config->serial == SERIAL_ON && console.port == NULL)
		machine_note(machine, "serial = on, but the firmware offers no serial port");
}
