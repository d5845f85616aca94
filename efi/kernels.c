/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which kernels test memory: where a check of it will run, the candidates are timed on a little free memory, on the boot
 * CPU.
 *
 * Hardware: memory that UEFI boot services hand out, and give back.
 */
#include "efi/firmware.h"
#include "efi/memory_map.h"
#include "efi/parts.h"
#include "efi/vector.h"
#include "suite/catalogue.h"

#define MEASURED_BYTES (4u << 20)

/* How fast the candidates are on a little free memory; not measured where there is none. */
static void measure(const struct clock_port *clock, struct kernel_candidates *candidates)
{
	EFI_PHYSICAL_ADDRESS at = UINT32_MAX; /* where the program itself lies well, too */
	const UINTN pages = MEASURED_BYTES / PAGE_BYTES;

	if (EFI_ERROR(fw.boot->AllocatePages(AllocateMaxAddress, EfiLoaderData, pages, &at)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(candidates->at); i++) {
		struct kernel_candidate *c = &candidates->at[i];

		if (c->unusable == NULL)
			c->mb_per_s = kernel_speed(c->kernels,
				(struct mem_chunk){
					(uint64_t *)at, MEASURED_BYTES / sizeof(uint64_t), at},
				clock);
	}
	fw.boot->FreePages(at, pages);
}

void kernels_apply(struct machine *machine, const struct config *config)
{
	struct kernel_candidates candidates;
	char note[MACHINE_NOTE];

	if (!catalogue_needs(config, NEED_RAM))
		return;
	vector_candidates(&machine->cpus, &candidates);
	measure(&machine->clock, &candidates);
	machine->ram.kernels = kernel_choose(
		&candidates, config->mem_kernel, machine->ram.kernel_refused, note);
	machine_note(machine, "%s", note);
}
