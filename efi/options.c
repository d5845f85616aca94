/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Where options come from on this machine: two files and the boot loader's command line, as they arrived.
 *
 * Hardware: the stick's two volumes.
 * Spec.  UEFI 2.10, 9.1 (LoadOptions).
 * Trust. A file may be anything; it is cut at a bound. Load options may be binary, unterminated or of odd length:
 *        only printable text is taken, the rest is named and ignored.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/firmware.h"
#include "efi/parts.h"
#include "efi/volume.h"

#define FILE_NAME    "/kiriwake.cfg"
#define FILE_BYTES   65536u
#define WORDS_BYTES  2048u
#define PROGRAM_TAIL ".efi"

static void add(struct machine *machine, const char *name, struct text text, bool words, bool cut)
{
	if (machine->option_source_count < OPTION_SOURCES_MAX)
		machine->option_sources[machine->option_source_count++] = (struct option_source){
			.name = name, .text = text, .words = words, .cut = cut};
}

/* Reads the file from an open volume into buf[FILE_BYTES]. */
static void add_file(struct machine *machine, EFI_FILE_HANDLE root, const char *name, char *buf)
{
	size_t len = 0;

	if (EFI_ERROR(file_read(root, FILE_NAME, 0, buf, FILE_BYTES, &len)))
		return;
	add(machine, name, (struct text){buf, text_narrow(buf, len)}, false, len == FILE_BYTES);
}

static bool is_text(CHAR16 c)
{
	return (c >= ' ' && c < 0x7f) || c == '\t';
}

/* The UEFI shell puts the program's own name first; GRUB does not. */
static struct text without_program(struct text words)
{
	static const struct text program = {"*" PROGRAM_TAIL, sizeof(PROGRAM_TAIL)};
	struct text rest = words, first;

	return text_word(&rest, &first) && text_glob(program, first) ? rest : words;
}

static void add_command_line(struct machine *machine, char *buf)
{
	const CHAR16 *from = fw.loaded != NULL ? fw.loaded->LoadOptions : NULL;
	size_t chars = from != NULL ? fw.loaded->LoadOptionsSize / sizeof(CHAR16) : 0, len = 0;

	while (len < chars && len < WORDS_BYTES && from[len] != 0 && is_text(from[len])) {
		buf[len] = (char)from[len];
		len++;
	}
	if (len < chars && from[len] != 0) {
		machine_note(machine, "The loader passed %u bytes that are not text: ignored",
			fw.loaded->LoadOptionsSize);
		return;
	}
	if (len > 0)
		add(machine, "GRUB command line", without_program((struct text){buf, len}), true,
			false);
}

void options_build(struct machine *machine)
{
	char *buf = firmware_pages(2 * FILE_BYTES + WORDS_BYTES), label[16];
	EFI_FILE_HANDLE root;

	if (buf == NULL) {
		machine_note(machine, "No options are read: the firmware has no memory for them");
		return;
	}
	root = volume_open_esp();
	if (root != NULL) {
		add_file(machine, root, "ESP:" FILE_NAME, buf);
		root->Close(root);
	}
	root = machine->volume.present ? volume_open(log_volume(), label, sizeof(label)) : NULL;
	if (root != NULL) {
		add_file(machine, root, LOG_LABEL ":" FILE_NAME, buf + FILE_BYTES);
		root->Close(root);
	}
	machine->smbios_options_at = machine->option_source_count;
	add_command_line(machine, buf + 2 * FILE_BYTES);
}
