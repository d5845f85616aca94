/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How a run ended, from any bytes: no crash, printable answers, and a torn last line changes nothing. */
#include "suite/previous.h"
#include "tests/fuzz/printable.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct previous_run run, whole;
	size_t lines = size;

	previous_run_read((struct span){data, size}, &run);
	check_text(run.check, sizeof(run.check));
	check_text(run.where, sizeof(run.where));
	while (lines > 0 && data[lines - 1] != '\n')
		lines--;
	previous_run_read((struct span){data, lines}, &whole);
	if (memcmp(&run, &whole, sizeof(run)) != 0)
		abort();
	previous_run_read_head((struct span){data, size}, &run);
	check_text(run.machine, sizeof(run.machine));
	return 0;
}
