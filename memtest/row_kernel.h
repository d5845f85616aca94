/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Reading rows of real memory as fast as they can be opened.
 *
 * Pure. Needs SSE2, which every x86-64 CPU has.
 */
#ifndef KIRIWAKE_MEMTEST_ROW_KERNEL_H
#define KIRIWAKE_MEMTEST_ROW_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* ram_port.hammer on real memory. */
void row_kernel(void *ctx, uint64_t *const *lines, unsigned count, unsigned rounds, bool flush);

#endif
