/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A remembered network from any bytes: no crash, printable facts, and what was read is written and read again unchanged. */
#include "nicprobe/baseline.h"
#include "tests/fuzz/printable.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts facts, again;
	char buf[BASELINE_BYTES];
	size_t len;

	if (!baseline_read((struct span){data, size}, &facts))
		return 0;
	for (size_t i = 0; i < FACT_COUNT; i++)
		check_text(facts.at[i], sizeof(facts.at[i]));
	len = baseline_write(&facts, buf);
	if (!baseline_read((struct span){(const uint8_t *)buf, len}, &again))
		abort();
	for (size_t i = 0; i < FACT_COUNT; i++) {
		if (!text_same(facts.at[i], again.at[i]))
			abort();
	}
	return 0;
}
