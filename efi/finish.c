/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The end: the verdict for whoever comes next, and what the options want done with the machine.
 *
 * Hardware: a volatile UEFI variable, QEMU's isa-debug-exit port, ResetSystem().
 * Spec.  UEFI 2.10, 8.2 and 8.5.
 */
#include "core/fmt.h"
#include "core/text.h"
#include "efi/firmware.h"
#include "efi/parts.h"

#define DEBUG_EXIT_PORT 0xf4u
#define MENU_WAIT_NS    UINT64_C(30000000000)
#define CHOICE_WAIT_NS  UINT64_C(600000000000)
#define POLL_NS         UINT64_C(20000000)
#define SETTLE_NS       UINT64_C(1000000000) /* a stick empties its own cache behind the flush */

static const uint8_t exit_codes[VERDICT_COUNT] = {
	[UNDECIDED] = 0x12, /* cannot be: a run folds it into ERROR */
	[PASS] = 0x10,
	[FAIL] = 0x11,
	[ERROR] = 0x12,
	[WARN] = 0x13,
	[SKIP] = 0x14,
};

static void leave_verdict(enum verdict verdict)
{
	static CHAR16 name[] = {
		'K', 'i', 'r', 'i', 'w', 'a', 'k', 'e', 'V', 'e', 'r', 'd', 'i', 'c', 't', 0};
	const char *word = verdict_name(verdict);

	fw.runtime->SetVariable(name, &guid_kiriwake,
		EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS, text_length(word),
		(VOID *)word);
}

static void reset(EFI_RESET_TYPE type)
{
	fw.runtime->ResetSystem(type, EFI_SUCCESS, 0, NULL);
}

static void qemu_exit(enum verdict verdict)
{
	__asm__ volatile("outb %0, %1"
			 :
			 : "a"(exit_codes[verdict]), "Nd"((uint16_t)DEBUG_EXIT_PORT));
}

/* The next key within the time, or KEY_NONE. */
static int wait_key(const struct machine *machine, uint64_t ns)
{
	uint64_t start = machine_now_ns(machine);
	int key = KEY_NONE;

	while (key == KEY_NONE && machine_now_ns(machine) - start < ns) {
		machine->clock.sleep_ns(machine->clock.ctx, POLL_NS);
		key = machine->console.key(machine->console.ctx);
	}
	return key;
}

static const struct {
	char key;
	enum finish finish;
} choices[] = {
	{'r', FINISH_REBOOT},
	{'s', FINISH_SHUTDOWN},
	{'e', FINISH_EXIT},
};

/* Asks a person, if there is one. The end line stays the last one on the console. */
static enum finish ask(const struct machine *machine, const char *end_line)
{
	char text[256];
	size_t len = fmt_to(text, sizeof(text),
		"\n[R]eboot  [S]hut down  [E]xit to the boot loader\n%s\n", end_line);
	int key;

	if (!machine->console.has_screen || wait_key(machine, MENU_WAIT_NS) == KEY_NONE)
		return FINISH_SHUTDOWN;
	machine->console.write(machine->console.ctx, text, len);
	do {
		key = wait_key(machine, CHOICE_WAIT_NS);
		for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
			if ((key | 0x20) == choices[i].key)
				return choices[i].finish;
		}
	} while (key != KEY_NONE);
	return FINISH_SHUTDOWN;
}

void finish(struct machine *machine, const struct suite_outcome *outcome)
{
	enum finish how = outcome->on_finish;

	leave_verdict(outcome->verdict);
	volume_settle();
	if (how == FINISH_MENU)
		how = ask(machine, outcome->end_line);
	if (how == FINISH_QEMU_EXIT)
		qemu_exit(outcome->verdict);
	if (how != FINISH_EXIT) {
		machine->clock.sleep_ns(machine->clock.ctx, SETTLE_NS);
		reset(how == FINISH_REBOOT ? EfiResetCold : EfiResetShutdown);
	}
	/* Also where the firmware cannot reset the machine: it gets it back as after FINISH_EXIT. */
	mca_release();
	if (fw.table->ConOut != NULL)
		fw.table->ConOut->EnableCursor(fw.table->ConOut, TRUE);
	firmware_pages_free();
}
