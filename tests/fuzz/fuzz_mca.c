/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Machine-check registers as anything: byte 0 is the layout, then MCG_CAP, then banks; every record must be printable. */
#include "evidence/mca_log.h"
#include <stdlib.h>

#define BANK_BYTES 41

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t still(void *ctx)
{
	(void)ctx;
	return 0;
}

static void hear(void *ctx, const struct record *r)
{
	(void)ctx;
	for (const char *c = r->message; c != NULL && *c != '\0'; c++) {
		if (*c < ' ' || *c > '~')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct mca_take take;
	static struct topology topology = {
		.dimm_range_count = 1, .dimm_ranges = {{0, UINT64_MAX, {{UINT64_MAX, 1}}}}};
	static struct inventory inventory;
	struct machine *machine = calloc(1, sizeof(*machine));
	struct mca_log log = {0};
	struct recorder rec;
	struct run run = {
		.machine = machine, .rec = &rec, .topology = &topology, .inventory = &inventory};

	if (machine != NULL && len >= 9) {
		machine->clock.now_ns = still;
		machine->mca.layout = (enum mca_layout)(data[0] % 3);
		machine->mca.capabilities = le64(data + 1);
		recorder_init(&rec, &machine->clock);
		recorder_listen(&rec, (struct listener){hear, NULL});
		take.count = 0;
		for (data += 9, len -= 9; len >= BANK_BYTES && take.count < MCA_TAKE_MAX;
			data += BANK_BYTES, len -= BANK_BYTES)
			take.banks[take.count++] = (struct mca_bank){.cpu = data[0],
				.bank = data[0] % 64,
				.status = le64(data + 1),
				.address = le64(data + 9),
				.misc = le64(data + 17),
				.syndrome = le64(data + 25),
				.identity = le64(data + 33)};
		mca_log_take(&log, &run, &take, data[-1] % 2);
		mca_log_step_end(&log, &run);
	}
	free(machine);
	return 0;
}
