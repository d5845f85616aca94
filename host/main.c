/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* build/kiriwake: the same program as kiriwake.efi, on simulated hardware that can be broken at will.
 *
 * Hardware: none; the parts are described on the command line, time is simulated, the log volume is a directory.
 * Trust. The command line is checked part by part; a wrong one ends the program with exit code 64.
 */
#include "core/fmt.h"
#include "host/commands.h"
#include "host/sim_clock.h"
#include "host/sim_cpus.h"
#include "host/sim_disk.h"
#include "host/sim_mca.h"
#include "host/sim_nic.h"
#include "host/sim_ram.h"
#include "host/sim_volume.h"
#include "memtest/kernel_choice.h"
#include "suite/catalogue.h"
#include "suite/options.h"
#include "suite/suite.h"
#include <stdio.h>
#include <stdlib.h>

#define NICS_MAX    16
#define DISKS_MAX   16
#define WORDS_SIZE  4096
#define SMBIOS_SIZE 65536
#define ENTRY_BYTES 32
#define ACPI_SIZE   65536
#define RAM_BYTES   (16u << 20)

struct bench {
	struct machine machine;
	struct sim_clock clock;
	struct sim_ram ram;
	struct sim_cpus cpus;
	struct sim_mca mca;
	struct sim_net net;
	struct sim_disks disks;
	struct sim_volume volume;
	struct nic nics[NICS_MAX];
	struct disk disk_ports[DISKS_MAX];
	uint64_t ram_bytes;
	unsigned cpu_count;
	enum cpu_mode cpu_mode;
	char words[WORDS_SIZE]; /* key=value arguments, as GRUB would pass them */
	uint8_t smbios[SMBIOS_SIZE];
	uint8_t acpi[ACPI_SIZE]; /* the tables one behind the other */
	size_t acpi_used;
};

/* ---- console ---- */

static void console_write(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	fwrite(text, 1, len, stdout);
}

static int console_key(void *ctx)
{
	(void)ctx;
	return KEY_NONE;
}

/* ---- command line ---- */

static bool take_ram(struct bench *b, const char *value)
{
	return text_size((struct text){value, strlen(value)}, &b->ram_bytes) &&
	       b->ram_bytes >= 4096;
}

static bool take_fault(struct bench *b, const char *value)
{
	return sim_ram_add_fault(&b->ram, value);
}

static bool take_cpus(struct bench *b, const char *value)
{
	uint64_t count;

	if (!text_number((struct text){value, strlen(value)}, &count) || count < 1 || count > 512)
		return false;
	b->cpu_count = (unsigned)count;
	return true;
}

static bool take_mp(struct bench *b, const char *value)
{
	static const char *const names[] = {[CPUS_NONBLOCKING] = "nonblocking",
		[CPUS_BLOCKING] = "blocking",
		[CPUS_SINGLE] = "single"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (text_same(names[i], value)) {
			b->cpu_mode = (enum cpu_mode)i;
			return true;
		}
	}
	return false;
}

static bool take_mca(struct bench *b, const char *value)
{
	return sim_mca_add(&b->mca, value);
}

static bool take_nic(struct bench *b, const char *value)
{
	return sim_net_add(&b->net, value);
}

static bool take_disk(struct bench *b, const char *value)
{
	return sim_disks_add(&b->disks, value);
}

static bool take_log(struct bench *b, const char *value)
{
	sim_volume_port(&b->volume, value, &b->machine.volume);
	return true;
}

/* A dump has the entry point first and the structure table at the offset the entry point names. */
static bool take_smbios(struct bench *b, const char *value)
{
	FILE *file = fopen(value, "rb");
	size_t len, at = ENTRY_BYTES;

	if (file == NULL)
		return false;
	len = fread(b->smbios, 1, sizeof(b->smbios), file);
	fclose(file);
	if (len < ENTRY_BYTES)
		return false;
	if (memcmp(b->smbios, "_SM3_", 5) == 0)
		at = (size_t)le64(b->smbios + 16);
	else if (memcmp(b->smbios, "_SM_", 4) == 0)
		at = le32(b->smbios + 24);
	if (at > len)
		return false;
	b->machine.smbios_entry = (struct span){b->smbios, ENTRY_BYTES};
	b->machine.smbios_table = (struct span){b->smbios + at, len - at};
	return true;
}

static bool take_acpi(struct bench *b, const char *value)
{
	struct machine *m = &b->machine;
	FILE *file = fopen(value, "rb");
	size_t len;

	if (file == NULL || m->acpi_table_count == ACPI_TABLES_MAX)
		return false;
	len = fread(b->acpi + b->acpi_used, 1, sizeof(b->acpi) - b->acpi_used, file);
	fclose(file);
	m->acpi_tables[m->acpi_table_count++] = (struct span){b->acpi + b->acpi_used, len};
	b->acpi_used += len;
	return len > 0;
}

static const struct part_argument {
	const char *name;
	bool (*take)(struct bench *b, const char *value);
} part_arguments[] = {
	{"--ram", take_ram},
	{"--fault", take_fault},
	{"--cpus", take_cpus},
	{"--mp", take_mp},
	{"--mca", take_mca},
	{"--nic", take_nic},
	{"--disk", take_disk},
	{"--log", take_log},
	{"--smbios", take_smbios},
	{"--acpi", take_acpi},
};

static bool take_part(struct bench *b, const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(part_arguments); i++) {
		if (text_same(part_arguments[i].name, name))
			return value != NULL && part_arguments[i].take(b, value);
	}
	return false;
}

/* Adds one key=value argument to the words. The shell took its quotes away: a value with blanks gets new ones. */
static bool take_word(struct bench *b, const char *argument)
{
	const char *equals = strchr(argument, '=');
	size_t used = strlen(b->words), key = equals != NULL ? (size_t)(equals + 1 - argument) : 0;
	const char *quote = equals != NULL && strpbrk(equals, " \t") != NULL && equals[1] != '"'
				    ? "\""
				    : "";

	if (used + strlen(argument) + 4 > sizeof(b->words))
		return false;
	fmt_add(b->words, sizeof(b->words), "%.*s%s%s%s ", (int)key, argument, quote,
		argument + key, quote);
	return true;
}

static bool take_arguments(struct bench *b, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-') {
			if (take_word(b, argv[i]))
				continue;
			fputs("kiriwake: too many options\n", stderr);
			return false;
		}
		if (!take_part(b, argv[i], i + 1 < argc ? argv[i + 1] : NULL)) {
			fprintf(stderr, "kiriwake: cannot use %s %s\n\n%s", argv[i],
				i + 1 < argc ? argv[i + 1] : "", command_usage);
			return false;
		}
		i++;
	}
	return true;
}

/* ---- the machine ---- */

/* Whole pages of simulated RAM are tested with what this CPU has. Nothing is timed: results are to be repeatable. */
static void apply(struct machine *machine, const struct config *config)
{
	struct kernel_candidates c = {{{.kernels = &kernels_scalar}, {.kernels = &kernels_sse2},
		{.kernels = &kernels_avx2,
			.unusable = __builtin_cpu_supports("avx2") ? NULL : "not on this CPU"},
		{.kernels = &kernels_avx512,
			.unusable = __builtin_cpu_supports("avx512f") ? NULL : "not on this CPU"}}};
	struct sim_ram *ram = machine->ram.ctx;
	char note[MACHINE_NOTE];

	ram->real = kernel_choose(&c, config->mem_kernel, machine->ram.kernel_refused, note);
	ram->kernels.name = ram->real->name;
	if (machine->note_count < MACHINE_NOTES_MAX && config->mem_kernel != MEM_KERNEL_AUTO)
		text_copy(machine->notes[machine->note_count++], MACHINE_NOTE, note);
}

static bool build(struct bench *b, int argc, char **argv)
{
	struct machine *m = &b->machine;

	b->ram_bytes = RAM_BYTES;
	b->cpu_count = 2;
	sim_clock_init(&b->clock, &m->clock);
	sim_net_init(&b->net, &m->clock);
	sim_disks_init(&b->disks, &m->clock);
	sim_volume_port(&b->volume, NULL, &m->volume);
	if (!take_arguments(b, argc, argv) || !sim_ram_init(&b->ram, b->ram_bytes))
		return false;
	sim_ram_port(&b->ram, &m->ram);
	m->apply = apply;
	sim_cpus_port(&b->cpus, b->cpu_count, b->cpu_mode, &m->cpus);
	sim_mca_port(&b->mca, &m->clock, &m->cpus, &m->mca);
	m->nics = b->nics;
	m->nic_count = sim_net_nics(&b->net, b->nics, NICS_MAX);
	m->disks = b->disk_ports;
	m->disk_count = sim_disks_ports(&b->disks, b->disk_ports, DISKS_MAX);
	m->console = (struct console_port){.write = console_write, .key = console_key};
	m->option_sources[0] = (struct option_source){
		.name = "command line", .text = {b->words, strlen(b->words)}, .words = true};
	m->option_source_count = 1;
	text_copy(m->firmware, sizeof(m->firmware), "simulated hardware");
	return true;
}

int main(int argc, char **argv)
{
	static const int exit_codes[VERDICT_COUNT] = {
		[PASS] = 0, [FAIL] = 1, [ERROR] = 2, [WARN] = 3, [SKIP] = 4};
	struct suite_outcome outcome;
	struct suite *suite;
	struct bench *bench;
	int status;

	if (command_run(argc, argv, &status))
		return status;
	bench = calloc(1, sizeof(*bench));
	suite = calloc(1, suite_bytes());
	if (bench == NULL || suite == NULL || !build(bench, argc, argv))
		return EXIT_USAGE;
	outcome = suite_run(suite, &bench->machine);
	free(suite);
	free(bench);
	return exit_codes[outcome.verdict];
}
